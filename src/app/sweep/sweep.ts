import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import { type AcceleratorSpecification, specificationProblems } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { MODEL_LIMITS } from '../../cost/analysis/breakdown.ts';
import type { SweepRequest } from '../../options/sweep.ts';
import type { MappedLayer } from '../../search/mapping/map-layer.ts';
import type { RunEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import { type DistinctShapes, distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import { selectLayers } from '../../workload/select-layers.ts';
import { energyNotes } from '../explain/energy-notes.ts';
import type { NetworkTotals } from '../explain/evaluate.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import { type LayerWork, type LayerWorkResult, workError, workPerShape } from '../layers/layer-work.ts';
import { mappedNetwork } from '../layers/map-network.ts';
import { layerGoal, layerSettings, partialMapping, requestedObjective, requestJson } from '../map/inputs.ts';
import { loadSpecification, loadTechnology, loadWorkload } from '../presets/load.ts';
import { refuseExisting, writeNewFile } from '../run/output-files.ts';
import { readVariation, type VariedParameter } from './vary.ts';

/** The best mapping of the network for one setting of the parameters. */
export interface SweepPoint {
  /** Per parameter of the sweep. */
  readonly values: readonly number[];
  /** Null when the accelerator is illegal or some layer has no mapping. */
  readonly figures: {
    readonly totals: NetworkTotals;
    /** On-chip area; 0 when not stated. */
    readonly areaMm2: number;
    /** Whether every layer is proven optimal. */
    readonly optimal: boolean;
  } | null;
  /** Why there are no figures. */
  readonly reason: string | null;
}

/** Result of {@link runSweep}. */
export interface SweepResult {
  readonly request: SweepRequest;
  readonly workload: string;
  readonly accelerator: string;
  readonly parameters: readonly VariedParameter[];
  /** The last parameter varies fastest. */
  readonly points: readonly SweepPoint[];
  /** Index of the best point by each figure. */
  readonly best: { readonly edp: number; readonly energy: number; readonly latency: number };
  readonly energyNotes: readonly string[];
  readonly seconds: number;
}

/** Most points of a sweep. */
const MAX_POINTS = 400;

/**
 * Maps a network for every setting of one or two parameters.
 * @param csv a new file for the points
 * @throws TrifoldError for bad input; `infeasible` when no point has a mapping
 */
export async function runSweep(
  { csv, ...request }: SweepRequest & { readonly csv?: string | undefined },
  pool: LayerPool,
  emit: (event: RunEvent) => void,
): Promise<SweepResult> {
  const started = performance.now();
  const specification = loadSpecification(request.accelerator, request.technology);
  const technology = loadTechnology(request.technology ?? specification.technology);
  const parameters = readParameters(request, specification);
  if (csv !== undefined) refuseExisting(csv);
  const { name: workload } = loadWorkload(request.workload, request.batch).network;
  const settings = parameters.reduce<number[][]>(
    (rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
  requestedObjective(request, buildAccelerator(specification, technology));
  const plans = settings.map((values) => planPoint(request, specification, technology, parameters, values));
  const points: SweepPoint[] = [];
  let results: LayerWorkResult[] = [];
  const finishPoints = (): void => {
    for (let plan = plans[points.length]; plan !== undefined; plan = plans[points.length]) {
      if (results.length < plan.work.length) return;
      const point = pointOf(plan, results);
      results = [];
      points.push(point);
      const place = `point ${points.length}/${plans.length}`;
      emit({ kind: 'note', level: 'info', text: `${place}: ${pointText(parameters, point)}` });
    }
  };
  finishPoints();
  await pool.map(
    plans.flatMap(({ work }) => work),
    (result) => {
      results.push(result);
      finishPoints();
    },
  );
  if (points.every((point) => point.figures === null))
    throw new TrifoldError('infeasible', `no point of the sweep has a mapping: ${points[0]!.reason}`);
  const result: SweepResult = {
    request,
    workload,
    accelerator: specification.name,
    parameters,
    points,
    best: {
      edp: bestOf(points, (totals) => totals.edpPjCycles),
      energy: bestOf(points, (totals) => totals.energyPj),
      latency: bestOf(points, (totals) => totals.cycles),
    },
    energyNotes: energyNotes(specification, technology),
    seconds: (performance.now() - started) / 1000,
  };
  if (csv !== undefined) writeNewFile(csv, sweepCsv(result));
  return result;
}

function readParameters(request: SweepRequest, specification: AcceleratorSpecification): VariedParameter[] {
  if (request.vary.length < 1 || request.vary.length > 2)
    throw new TrifoldError('usage', `a sweep varies one or two parameters, not ${request.vary.length}`, {
      hint: "for example --vary 'L2=64KiB..1MiB' --vary 'X=8..32 +4'",
    });
  const parameters = request.vary.map((text) => readVariation(text, specification));
  const [first, second] = parameters;
  if (second !== undefined && first!.name === second.name)
    throw new TrifoldError('usage', `${second.name} is varied twice`, { hint: 'name two different parameters' });
  const count = parameters.reduce((all, { values }) => all * values.length, 1);
  if (count > MAX_POINTS)
    throw new TrifoldError('value', `the sweep has ${count} points; at most ${MAX_POINTS} are mapped`, {
      hint: 'take larger steps',
    });
  return parameters;
}

/** A point before it is mapped. */
interface PointPlan {
  readonly values: readonly number[];
  /** Why it cannot be mapped; then there is no work. */
  readonly problem: string | null;
  readonly network: Network;
  readonly accelerator: Accelerator;
  readonly distinct: DistinctShapes;
  /** One per shape. */
  readonly work: readonly LayerWork[];
}

function planPoint(
  request: SweepRequest,
  specification: AcceleratorSpecification,
  technology: Technology,
  parameters: readonly VariedParameter[],
  values: readonly number[],
): PointPlan {
  const changed = parameters.reduce((from, { apply }, i) => apply(from, values[i]!), specification);
  const problem = specificationProblems(changed)[0]?.message ?? null;
  const accelerator = buildAccelerator(problem === null ? changed : specification, technology);
  const batchAt = parameters.findIndex(({ name }) => name === 'batch');
  const whole = loadWorkload(request.workload, batchAt < 0 ? request.batch : values[batchAt]!).network;
  const network = { ...whole, layers: selectLayers(whole, request.layer) };
  const distinct = distinctShapes(network);
  const settings = layerSettings(request, partialMapping(request, accelerator));
  const work = workPerShape(distinct.shapes, {
    accelerator,
    goal: layerGoal(request, false),
    settings,
    ...(request.time === undefined ? {} : { secondsPerLayer: request.time }),
  });
  return { values, problem, network, accelerator, distinct, work: problem === null ? work : [] };
}

function pointOf(
  { values, problem, network, accelerator, distinct }: PointPlan,
  results: readonly LayerWorkResult[],
): SweepPoint {
  if (problem !== null) return { values, figures: null, reason: problem };
  const layers: MappedLayer[] = [];
  for (const result of results) {
    if (result.kind === 'mapped') layers.push(result.layers[0]!);
    else if (result.code === 'infeasible') return { values, figures: null, reason: result.message };
    else throw workError(result);
  }
  const { report, proofs } = mappedNetwork(network, accelerator, distinct, layers);
  const optimal = proofs.every((proof) => proof.optimal);
  return { values, figures: { totals: report.totals, areaMm2: areaMm2(accelerator), optimal }, reason: null };
}

function bestOf(points: readonly SweepPoint[], figure: (totals: NetworkTotals) => number): number {
  const value = (point: SweepPoint) =>
    point.figures === null ? Number.POSITIVE_INFINITY : figure(point.figures.totals);
  return points.reduce((best, point, index) => (value(point) < value(points[best]!) ? index : best), 0);
}

function pointText(parameters: readonly VariedParameter[], { values, figures, reason }: SweepPoint): string {
  const setting = parameters
    .map((parameter, i) => `${parameter.name} = ${valueText(parameter, values[i]!)}`)
    .join(', ');
  return `${setting}: ${figures === null ? reason : `EDP ${figures.totals.edpPjCycles.toExponential(4)} pJ*cycles`}`;
}

/** A value of a parameter with its unit, e.g. `64 KiB`, `9 words/cycle`, `1.5 GB/s`, `12`. */
export function valueText({ unit }: Pick<VariedParameter, 'unit'>, value: number): string {
  const scaled = (size: number, name: string) => `${Number((value / size).toPrecision(6))} ${name}`;
  if (unit === 'bit') {
    if (value >= 2 ** 23) return scaled(2 ** 23, 'MiB');
    return value >= 2 ** 13 ? scaled(2 ** 13, 'KiB') : scaled(8, 'B');
  }
  if (unit === 'B/s') return value >= 1e9 ? scaled(1e9, 'GB/s') : scaled(1e6, 'MB/s');
  return unit === '' ? String(value) : scaled(1, unit);
}

/** The unit in which all values of a parameter are listed, and its size in that of the values: the largest in which none is below 1. */
export function listUnit({ unit, values }: Pick<VariedParameter, 'unit' | 'values'>): {
  readonly size: number;
  readonly name: string;
} {
  const least = Math.min(...values);
  if (unit === 'bit') return least >= 2 ** 13 ? { size: 2 ** 13, name: 'KiB' } : { size: 8, name: 'B' };
  if (unit === 'B/s') return least >= 1e9 ? { size: 1e9, name: 'GB/s' } : { size: 1e6, name: 'MB/s' };
  return { size: 1, name: unit };
}

/** The points as CSV: parameters with their units, then the figures of the network. */
function sweepCsv({ parameters, points }: SweepResult): string {
  const units = parameters.map(listUnit);
  const head = [
    ...units.map(({ name: unit }, i) => (unit === '' ? parameters[i]!.name : `${parameters[i]!.name} (${unit})`)),
    'energy (pJ)',
    'cycles',
    'EDP (pJ*cycles)',
    'energy (J)',
    'latency (s)',
    'EDP (J*s)',
    'utilization',
    'area (mm^2)',
    'proven optimal',
    'reason',
  ];
  const rows = points.map(({ values: settings, figures, reason }) => {
    const values = settings.map((value, i) => value / units[i]!.size);
    if (figures === null) return [...values, '', '', '', '', '', '', '', '', '', reason ?? ''];
    const { totals, areaMm2: area, optimal } = figures;
    const { physical } = totals;
    return [
      ...values,
      totals.energyPj,
      totals.cycles,
      totals.edpPjCycles,
      physical.energyJoule,
      physical.seconds,
      totals.edpJouleSeconds,
      totals.utilization,
      area,
      optimal,
      '',
    ];
  });
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('');
}

function csvCell(value: string | number | boolean): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Plain JSON of a sweep. Without times: equal sweeps give equal documents. */
export function sweepJson({
  request,
  workload,
  accelerator,
  parameters,
  points,
  best,
  energyNotes: notes,
}: SweepResult) {
  return {
    command: 'sweep',
    workload,
    accelerator,
    layer: request.layer ?? null,
    ...requestJson(request),
    parameters: parameters.map(({ name, unit, values }) => ({ name, unit, values })),
    points: points.map(({ values, figures, reason }) => {
      const setting = Object.fromEntries(parameters.map(({ name }, i) => [name, values[i]!]));
      if (figures === null) return { setting, feasible: false, reason };
      const { physical, ...totals } = figures.totals;
      return { setting, feasible: true, optimal: figures.optimal, areaMm2: figures.areaMm2, ...totals, ...physical };
    }),
    best,
    notes,
    notModelled: MODEL_LIMITS,
  };
}
