import type { OperatorSummary } from '../schedule/summary.ts';
import { isTiled, loopsText, type SegmentSummary, savedByOutput } from '../schedule/summary-figures.ts';
import type { AccuracyPoint } from '../search/found-network.ts';
import type { Design, FrontPoint, TrialRecord } from '../search/ports.ts';
import type { LayerSummary, NetworkSchedule } from '../search/run-events.ts';
import { energyParts } from '../search/run-figures.ts';
import { trialCell, trialText } from '../search/trials.ts';
import { type Cell, toCsv } from './csv.ts';
import { axesText } from './design-labels.ts';
import type { ReportModel } from './report-model.ts';

/** A column of a CSV file. */
type Column<Row> = readonly [name: string, of: (row: Row) => Cell];

/** A figure that only layers have. */
const ofLayers =
  (of: (row: LayerSummary) => Cell) =>
  (row: LayerSummary): Cell =>
    row.isVector === true ? null : of(row);

/** All figures of a report as CSV files by name, with all their digits; tables without rows are left out. */
export function csvFiles(model: ReportModel): Record<string, string> {
  const { layers, schedules, trials, front, accuracyFront, correlations } = model;
  const files: Record<string, string> = {};
  const add = (name: string, header: readonly string[], rows: readonly (readonly Cell[])[]) => {
    if (rows.length > 0) files[name] = toCsv(header, rows);
  };
  const addColumns = <Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]) =>
    add(
      name,
      columns.map(([title]) => title),
      rows.map((row) => columns.map(([, of]) => of(row))),
    );
  const hasNetworks = trials.some(({ network }) => network !== undefined);
  add('summary.csv', SUMMARY_HEADER, summaryRows(model));
  addColumns('layers.csv', LAYER_COLUMNS, layers);
  addColumns('schedule.csv', SCHEDULE_COLUMNS, schedules.flatMap(scheduleRows));
  add('cycles.csv', ['network', 'layer', 'term', 'cycles_per_repeat'], cycleRows(layers));
  add('energy.csv', ['network', 'layer', 'split', 'part', 'energy_pj_per_repeat'], energyRows(layers));
  addColumns('trials.csv', hasNetworks ? [...TRIAL_COLUMNS, ...NETWORK_COLUMNS] : TRIAL_COLUMNS, trials);
  addColumns('front.csv', FRONT_COLUMNS, front);
  addColumns('accuracy-front.csv', ACCURACY_COLUMNS, accuracyFront);
  correlations.forEach(({ xLabel, yLabel, points }, i) => {
    add(correlations.length === 1 ? 'correlation.csv' : `correlation-${i + 1}.csv`, [xLabel, yLabel], points);
  });
  return files;
}

const LAYER_COLUMNS: readonly Column<LayerSummary>[] = [
  ['network', ({ network }) => network],
  ['layer', ({ name }) => name],
  ['repeat', ({ repeat }) => repeat],
  ['macs', ({ macs }) => macs],
  ['cycles', ({ cycles }) => cycles],
  ['energy_pj', ({ energyPj }) => energyPj],
  ['wires_pj', ({ wiresPj }) => wiresPj ?? null],
  ['leakage_pj', ({ leakagePj }) => leakagePj ?? null],
  ['moves_pj', ({ movesPj }) => movesPj ?? null],
  ['utilization', ofLayers(({ utilization }) => utilization)],
  ['bound_by', ({ bottleneck }) => bottleneck],
  ['gain_if_removed', ofLayers(({ bottleneckGain }) => bottleneckGain)],
  ['macs_per_dram_byte', ofLayers(({ macsPerDramByte }) => macsPerDramByte)],
  ['optimal', ofLayers(({ optimal }) => optimal)],
  ['loop_nest', ({ loopNest }) => loopNest],
];

/** An operator of a schedule with what surrounds it. */
interface ScheduledOperator extends NetworkSchedule {
  readonly operator: OperatorSummary;
  readonly index: number;
}

function scheduleRows(one: NetworkSchedule): readonly ScheduledOperator[] {
  return one.schedule.operators.map((operator, index) => ({ ...one, operator, index }));
}

const SCHEDULE_COLUMNS: readonly Column<ScheduledOperator>[] = [
  ['network', ({ network }) => network],
  ['operator', ({ operator }) => operator.name],
  ['kind', ({ operator }) => operator.kind],
  ['segment', ({ operator }) => operator.segment + 1],
  ['loops', ({ schedule, operator }) => loopsText(schedule.segments[operator.segment]!, 'x')],
  ['halo', ({ schedule, operator }) => haloOf(schedule.segments[operator.segment]!)],
  ['steps', ({ operator }) => operator.steps],
  ['inputs', ({ schedule, operator }) => JSON.stringify(operator.inputs.map((at) => schedule.storages[at]!.name))],
  ['input_homes', ({ schedule, operator }) => operator.inputs.map((at) => schedule.storages[at]!.home).join(' ')],
  ['output', ({ schedule, operator }) => schedule.storages[operator.output]!.name],
  ['output_home', ({ schedule, operator }) => schedule.storages[operator.output]!.home],
  ['output_words', ({ schedule, operator }) => schedule.storages[operator.output]!.words],
  ['saved_dram_words', ({ schedule, operator, index }) => savedByOutput(schedule, operator, index)],
  ['weights', ({ operator }) => operator.weights],
  ['energy_pj', ({ operator }) => operator.energyPj],
  ['cycles', ({ operator }) => operator.cycles],
  ['dram_words', ({ operator }) => operator.dramWords],
  ['room_bits', ({ operator }) => operator.roomBits],
  ['tile_bits', ({ operator }) => operator.tileBits],
];

/** A halo is of tiles alone. */
function haloOf(segment: SegmentSummary): Cell {
  return isTiled(segment) ? segment.halo : null;
}

const DESIGN_COLUMNS: readonly Column<{ readonly design: Design }>[] = [
  ['processing_elements', ({ design }) => design.processingElements],
  ['l1_bytes_per_pe', ({ design }) => design.l1BytesPerPe],
  ['l2_bytes', ({ design }) => design.l2Bytes],
  ['buffer_words_per_cycle', ({ design }) => design.bufferWordsPerCycle],
  ['array', ({ design }) => axesText(design)],
];

const TRIAL_COLUMNS: readonly Column<TrialRecord>[] = [
  ['trial', ({ trial }) => trial],
  ['generation', ({ generation }) => generation],
  ['outcome', ({ outcome }) => outcome],
  ['score', ({ score }) => score ?? null],
  ['bound', ({ bound }) => bound],
  ['cutoff', ({ cutoff }) => cutoff ?? null],
  ['area_mm2', ({ areaMm2 }) => areaMm2],
  ...DESIGN_COLUMNS,
  ['reason', ({ reason }) => reason ?? null],
];

const NETWORK_COLUMNS: readonly Column<TrialRecord>[] = [
  ['network', ({ network }) => network?.key ?? null],
  ['top1_percent', ({ network }) => network?.accuracy.top1Percent ?? null],
  ['error_points', ({ network }) => network?.accuracy.errorPoints ?? null],
];

const FRONT_COLUMNS: readonly Column<FrontPoint>[] = [
  ['trial', ({ trial }) => trialCell(trial)],
  ['energy_pj', ({ energyPj }) => energyPj],
  ['cycles', ({ cycles }) => cycles],
  ['area_mm2', ({ areaMm2 }) => areaMm2],
  ...DESIGN_COLUMNS,
];

const ACCURACY_COLUMNS: readonly Column<AccuracyPoint>[] = [
  ['trial', ({ trial }) => trialCell(trial)],
  ['network', ({ network }) => network.key],
  ['top1_percent', ({ network }) => network.accuracy.top1Percent],
  ['reported_top1_percent', ({ network }) => network.accuracy.reportedTop1Percent],
  ['error_points', ({ network }) => network.accuracy.errorPoints],
  ['source', ({ network }) => network.accuracy.source],
  ['in_domain', ({ network }) => network.accuracy.inDomain],
  ['saturated', ({ network }) => network.accuracy.saturated],
  ['energy_pj', ({ energyPj }) => energyPj],
  ['cycles', ({ cycles }) => cycles],
  ['edp_pj_cycles', ({ edpPjCycles }) => edpPjCycles],
  ['area_mm2', ({ areaMm2 }) => areaMm2],
  ['macs', ({ network }) => network.macs],
  ['parameters', ({ network }) => network.parameters],
  ['genes', ({ network }) => JSON.stringify(network.genes)],
];

const SUMMARY_HEADER = ['network', 'which', 'accelerator', 'energy_pj', 'cycles', 'edp_pj_cycles', 'area_mm2'];

function summaryRows({
  networks,
  published,
  optimal,
  best,
  specification,
  started,
  areaMm2: area,
}: ReportModel): Cell[][] {
  const own = best === null ? (started.accelerator ?? specification?.name ?? null) : trialText(best.trial);
  const compared = {
    result: [own, area],
    optimal: [optimal?.accelerator ?? null, optimal?.areaMm2 ?? null],
    published: [published?.accelerator ?? null, published?.areaMm2 ?? null],
  } satisfies Record<string, [Cell, Cell]>;
  return networks.flatMap((row) =>
    (['result', 'optimal', 'published'] as const).flatMap((which) => {
      const figures = row[which];
      if (figures === null) return [];
      const [accelerator, areaMm2] = compared[which];
      return [[figures.network, which, accelerator, figures.energyPj, figures.cycles, figures.edpPjCycles, areaMm2]];
    }),
  );
}

/** Terms of the maximum that the cycles of each layer are. */
function cycleRows(layers: readonly LayerSummary[]): Cell[][] {
  return layers.flatMap(({ network, name, cyclesByTerm = [] }) =>
    cyclesByTerm.map((term) => [network, name, term.name, term.cycles]),
  );
}

function energyRows(layers: readonly LayerSummary[]): Cell[][] {
  return layers.flatMap((layer) =>
    (['level', 'tensor'] as const).flatMap((split) =>
      energyParts(layer, split).map(({ name, energyPj }) => [layer.network, layer.name, split, name, energyPj]),
    ),
  );
}
