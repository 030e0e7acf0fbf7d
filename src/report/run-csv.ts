import type { AccuracyPoint } from '../search/found-network.ts';
import { trialCell, trialText } from '../search/trials.ts';
import { TENSORS } from '../util/vocabulary.ts';
import { type Cell, toCsv } from './csv.ts';
import { axesText } from './design-labels.ts';
import type { ReportModel } from './report-model.ts';

const DESIGN_COLUMNS = ['processing_elements', 'l1_bytes_per_pe', 'l2_bytes', 'buffer_words_per_cycle', 'array'];

/** All figures of a report as CSV files by name, with all their digits; tables without rows are left out. */
export function csvFiles(model: ReportModel): Record<string, string> {
  const files: Record<string, string> = {};
  const add = (name: string, header: readonly string[], rows: readonly (readonly Cell[])[]) => {
    if (rows.length > 0) files[name] = toCsv(header, rows);
  };
  const hasNetworks = model.trials.some(({ network }) => network !== undefined);
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
    [
      ...['trial', 'generation', 'outcome', 'score', 'bound', 'cutoff', 'area_mm2', ...DESIGN_COLUMNS, 'reason'],
      ...(hasNetworks ? ['network', 'top1_percent', 'error_points'] : []),
    ],
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
      ...(hasNetworks ? networkCells(record) : []),
    ]),
  );
  add(
    'front.csv',
    ['trial', 'energy_pj', 'cycles', 'area_mm2', ...DESIGN_COLUMNS],
    model.front.map((point) => [
      trialCell(point.trial),
      point.energyPj,
      point.cycles,
      point.areaMm2,
      ...designCells(point.design),
    ]),
  );
  add('accuracy-front.csv', ACCURACY_COLUMNS, model.accuracyFront.map(accuracyCells));
  model.correlations.forEach(({ xLabel, yLabel, points }, i) => {
    add(model.correlations.length === 1 ? 'correlation.csv' : `correlation-${i + 1}.csv`, [xLabel, yLabel], points);
  });
  return files;
}

const ACCURACY_COLUMNS = [
  'trial',
  'network',
  'top1_percent',
  'reported_top1_percent',
  'error_points',
  'source',
  'in_domain',
  'saturated',
  'energy_pj',
  'cycles',
  'edp_pj_cycles',
  'area_mm2',
  'macs',
  'parameters',
  'genes',
];

function accuracyCells({ trial, network, energyPj, cycles, edpPjCycles, areaMm2 }: AccuracyPoint): Cell[] {
  const { accuracy, key, macs, parameters, genes } = network;
  const { top1Percent, reportedTop1Percent, errorPoints, source, inDomain, saturated } = accuracy;
  return [
    ...[trialCell(trial), key, top1Percent, reportedTop1Percent, errorPoints, source, inDomain, saturated],
    ...[energyPj, cycles, edpPjCycles, areaMm2, macs, parameters, JSON.stringify(genes)],
  ];
}

function networkCells({ network }: ReportModel['trials'][number]): Cell[] {
  return [network?.key ?? null, network?.accuracy.top1Percent ?? null, network?.accuracy.errorPoints ?? null];
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
      const own = best === null ? (started.accelerator ?? specification?.name ?? null) : trialText(best.trial);
      const accelerator = which === 'result' ? own : (event?.accelerator ?? null);
      const area = which === 'result' ? (best?.areaMm2 ?? null) : (event?.areaMm2 ?? null);
      return [[figures.network, which, accelerator, figures.energyPj, figures.cycles, figures.edpPjCycles, area]];
    }),
  );
}

function energyRows({ layers }: ReportModel): Cell[][] {
  return layers.flatMap((layer) => [
    ...layer.energyByLevelPj.map(({ name, energyPj }): Cell[] => [layer.network, layer.name, 'level', name, energyPj]),
    ...TENSORS.map((name): Cell[] => [layer.network, layer.name, 'tensor', name, layer.energyByTensorPj[name]]),
  ]);
}
