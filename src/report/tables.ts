import { TENSORS } from '../util/vocabulary.ts';
import { type Cell, toCsv } from './csv.ts';
import { axesText } from './design-text.ts';
import type { ReportModel } from './model.ts';

const DESIGN_COLUMNS = ['processing_elements', 'l1_bytes_per_pe', 'l2_bytes', 'buffer_words_per_cycle', 'array'];

/** All figures of a report as CSV files by name, with all their digits; tables without rows are left out. */
export function csvFiles(model: ReportModel): Record<string, string> {
  const files: Record<string, string> = {};
  const add = (name: string, header: readonly string[], rows: readonly (readonly Cell[])[]) => {
    if (rows.length > 0) files[name] = toCsv(header, rows);
  };
  add(
    'summary.csv',
    ['network', 'which', 'accelerator', 'energy_pj', 'cycles', 'edp_pj_cycles', 'area_mm2'],
    summaryRows(model),
  );
  add(
    'layers.csv',
    [
      'network',
      'layer',
      'repeat',
      'macs',
      'cycles',
      'energy_pj',
      'utilization',
      'bound_by',
      'gain_if_removed',
      'macs_per_dram_byte',
      'optimal',
      'loop_nest',
    ],
    model.layers.map((layer) => [
      layer.network,
      layer.name,
      layer.repeat,
      layer.macs,
      layer.cycles,
      layer.energyPj,
      layer.utilization,
      layer.bottleneck,
      layer.bottleneckGain,
      layer.macsPerDramByte,
      layer.optimal,
      layer.loopNest,
    ]),
  );
  add('energy.csv', ['network', 'layer', 'split', 'part', 'energy_pj_per_repeat'], energyRows(model));
  add(
    'trials.csv',
    ['trial', 'generation', 'outcome', 'score', 'bound', 'cutoff', 'area_mm2', ...DESIGN_COLUMNS, 'reason'],
    model.trials.map((record) => [
      record.trial,
      record.generation,
      record.outcome,
      record.score ?? null,
      record.bound,
      record.cutoff ?? null,
      record.areaMm2,
      ...designCells(record.design),
      record.reason ?? null,
    ]),
  );
  add(
    'front.csv',
    ['trial', 'energy_pj', 'cycles', 'area_mm2', ...DESIGN_COLUMNS],
    model.front.map((point) => [
      point.trial,
      point.energyPj,
      point.cycles,
      point.areaMm2,
      ...designCells(point.design),
    ]),
  );
  return files;
}

function designCells(design: ReportModel['front'][number]['design']): Cell[] {
  const { processingElements, l1BytesPerPe, l2Bytes, bufferWordsPerCycle } = design;
  return [processingElements, l1BytesPerPe, l2Bytes, bufferWordsPerCycle, axesText(design)];
}

function summaryRows({ networks, published, optimal, best, specification, started }: ReportModel): Cell[][] {
  return networks.flatMap((row) =>
    (['result', 'optimal', 'published'] as const).flatMap((which) => {
      const figures = row[which];
      if (figures === null) return [];
      const event = which === 'published' ? published : optimal;
      const own = best === null ? (started.accelerator ?? specification?.name ?? null) : `trial ${best.trial}`;
      const accelerator = which === 'result' ? own : (event?.accelerator ?? null);
      const area = which === 'result' ? (best?.areaMm2 ?? null) : (event?.areaMm2 ?? null);
      return [[row.network, which, accelerator, figures.energyPj, figures.cycles, figures.edpPjCycles, area]];
    }),
  );
}

function energyRows({ layers }: ReportModel): Cell[][] {
  return layers.flatMap((layer) => [
    ...layer.energyByLevelPj.map(({ name, energyPj }): Cell[] => [layer.network, layer.name, 'level', name, energyPj]),
    ...TENSORS.map((name): Cell[] => [layer.network, layer.name, 'tensor', name, layer.energyByTensorPj[name]]),
  ]);
}
