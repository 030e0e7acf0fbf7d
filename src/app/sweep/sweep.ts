import type { Accelerator } from '../../accelerator/accelerator.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import { type AcceleratorSpecification, specificationProblems } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { notModelled } from '../../cost/analysis/not-modelled.ts';
import type { SweepRequest } from '../../options/sweep.ts';
import { toCsv } from '../../report/csv.ts';
import type { RunEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import type { Network } from '../../workload/network.ts';
import { selectNetwork } from '../../workload/select-layers.ts';
import { energyNotes } from '../explain/energy-notes.ts';
import type { NetworkTotals } from '../explain/evaluate.ts';
import { valueText } from '../explain/value-text.ts';
import { resolveBetweenLayers } from '../layers/between-layers.ts';
import { type PinnedFigure, pinnedGoal } from '../layers/goal.ts';
import type { LayerPool } from '../layers/layer-pool.ts';
import {
  isWithoutMapping,
  levelOfStaying,
  MORE_TIME,
  type NetworkQuestion,
  networkAnswerSteps,
  type Staying,
  scopeText,
  stayingOf,
  withoutFiguresJson,
} from '../layers/network-answer.ts';
import { isOneLayer } from '../layers/one-layer.ts';
import { type LayerSteps, runStepsTogether } from '../layers/steps.ts';
import { checkGoal, layerSettings, partialMapping, requestedGoal, requestJson } from '../map/inputs.ts';
import { loadSpecification, loadTechnology, loadWorkload } from '../presets/load.ts';
import { refuseUnwritable } from '../run/output-files.ts';
import { readVariation, type VariedParameter } from './vary.ts';

/** The answer that `map` gives for one setting of the parameters. */
export interface SweepPoint {
  /** Per parameter of the sweep. */
  readonly values: readonly number[];
  /** Null when the accelerator is illegal or some layer has no mapping. */
  readonly figures: {
    readonly totals: NetworkTotals;
    /** On-chip area; 0 when not stated. */
    readonly areaMm2: number;
    /** Whether nothing is better: no choice of mappings of the network as a whole, or of the layer. */
    readonly optimal: boolean;
    /** What stays on chip between layers. */
    readonly staying: Staying;
  } | null;
  /** Why there are no figures. */
  readonly reason: string | null;
  /** Whether that is the time given: there may be a mapping. */
  readonly isTimeOut: boolean;
}

/** Result of {@link runSweep}. */
export interface SweepResult {
  readonly request: SweepRequest;
  readonly workload: string;
  readonly accelerator: string;
  readonly parameters: readonly VariedParameter[];
  /** The last parameter varies fastest. */
  readonly points: readonly SweepPoint[];
  /** What the points are optima of, in words: the layer, the network as a whole, every layer on its own. */
  readonly scope: string;
  /** With `--pin`: the sums of the accelerator as given, per batch; one of them is held. */
  readonly pinned: readonly { readonly batch: number; readonly energyPj: number; readonly cycles: number }[];
  /** Index of the best point by each figure. */
  readonly best: { readonly edp: number; readonly energy: number; readonly latency: number };
  readonly energyNotes: readonly string[];
  /** What the figures leave out. */
  readonly notModelled: readonly string[];
  readonly seconds: number;
}

/** Where the points of a sweep go. */
export interface SweepOutput {
  readonly csv?: string | undefined;
  readonly isForced?: boolean;
}

/** Most points of a sweep. */
const MAX_POINTS = 400;

/**
 * Maps a network for every setting of one or two parameters.
 * @param csv a file that is to be written with {@link sweepCsv}: refused before any work if it cannot be
 * @param isForced whether it is overwritten
 * @throws TrifoldError for bad input; `infeasible` when no point has a mapping
 */
export async function runSweep(
  { csv, isForced = false, ...request }: SweepRequest & SweepOutput,
  pool: LayerPool,
  emit: (event: RunEvent) => void,
): Promise<SweepResult> {
  const started = performance.now();
  const specification = loadSpecification(request.accelerator, request.technology);
  const technology = loadTechnology(request.technology ?? specification.technology);
  const parameters = readParameters(request, specification);
  if (csv !== undefined) refuseUnwritable(csv, { isForced, inputs: [request, specification.technology] });
  const { network } = loadWorkload(request.workload, request.batch, request);
  const settings = parameters.reduce<number[][]>(
    (rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
  const accelerator = buildAccelerator(specification, technology);
  checkGoal(request, !isOneLayer(selectNetwork(network, request.layer), accelerator), accelerator);
  const plans = settings.map((values) => planPoint(request, specification, technology, parameters, values));
  const pinned =
    request.pin === undefined ? null : await pinnedFigures(request, plans, specification, technology, pool);
  if (request.pin !== undefined)
    emit({ kind: 'note', level: 'info', text: `${request.pin} is held at that of ${specification.name} as given` });
  const points = await runStepsTogether(
    plans.map((plan) => pointSteps(plan, pinned?.get(plan.batch) ?? null, request.pin)),
    pool,
    (point, index) => {
      const place = `point ${index + 1}/${plans.length}`;
      emit({ kind: 'note', level: 'info', text: `${place}: ${pointText(parameters, point)}` });
    },
  );
  if (points.every((point) => point.figures === null)) {
    const late = points.find((point) => point.isTimeOut);
    throw late === undefined
      ? new TrifoldError('infeasible', `no point of the sweep has a mapping: ${points[0]!.reason}`)
      : new TrifoldError('time-out', `no point of the sweep has a mapping yet: ${late.reason}`, { hint: MORE_TIME });
  }
  return {
    request,
    workload: network.name,
    accelerator: specification.name,
    parameters,
    points,
    scope: scopeText(plans[0]!.question),
    pinned: pinned === null ? [] : [...pinned].map(([batch, { energyPj, cycles }]) => ({ batch, energyPj, cycles })),
    best: {
      edp: bestOf(points, (totals) => [totals.edpPjCycles, totals.energyPj]),
      energy: bestOf(points, (totals) => [totals.energyPj, totals.cycles]),
      latency: bestOf(points, (totals) => [totals.cycles, totals.energyPj]),
    },
    energyNotes: energyNotes(specification, technology),
    notModelled: notModelled(accelerator, [shownNetwork(plans)], request.temporalReuse, levelOfStaying(points)),
    seconds: (performance.now() - started) / 1000,
  };
}

/** The network of the first point; where points differ in their batch, named after it, as words do too. */
function shownNetwork([first, ...others]: readonly PointPlan[]): Network {
  const { network } = first!.question;
  const isVaried = others.some(({ batch }) => batch !== first!.batch);
  return isVaried ? { ...network, name: `${network.name} (batch ${first!.batch})` } : network;
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
  /** Why it cannot be mapped. */
  readonly problem: string | null;
  readonly batch: number;
  readonly question: NetworkQuestion;
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
  const batch = batchAt < 0 ? request.batch : values[batchAt]!;
  return { values, problem, batch, question: questionOf(request, accelerator, batch) };
}

function questionOf(request: SweepRequest, accelerator: Accelerator, batch: number): NetworkQuestion {
  const whole = loadWorkload(request.workload, batch, request).network;
  const asked = {
    network: selectNetwork(whole, request.layer),
    accelerator,
    goal: requestedGoal(request),
    settings: layerSettings(request, partialMapping(request, accelerator)),
  };
  return {
    ...asked,
    between: resolveBetweenLayers(request, asked),
    ...(request.time === undefined ? {} : { secondsPerLayer: request.time }),
  };
}

/** The network on the accelerator as given, per batch: what a pinned figure is held at. @throws TrifoldError where it has no mapping */
async function pinnedFigures(
  request: SweepRequest,
  plans: readonly PointPlan[],
  specification: AcceleratorSpecification,
  technology: Technology,
  pool: LayerPool,
): Promise<ReadonlyMap<number, NetworkTotals>> {
  const accelerator = buildAccelerator(specification, technology);
  const batches = [...new Set(plans.map(({ batch }) => batch))];
  const answers = await runStepsTogether(
    batches.map((batch) => networkAnswerSteps(questionOf(request, accelerator, batch))),
    pool,
  );
  return new Map(
    answers.map((answer, i) => {
      if (answer.kind === 'failed') throw answer.error;
      return [batches[i]!, answer.report.totals];
    }),
  );
}

function* pointSteps(
  { values, problem, question }: PointPlan,
  pinned: NetworkTotals | null,
  pin?: PinnedFigure,
): LayerSteps<SweepPoint> {
  if (problem !== null) return { values, figures: null, reason: problem, isTimeOut: false };
  const goal =
    pinned === null || pin === undefined
      ? question.goal
      : pinnedGoal(question.goal, pin, pinned, question.network, question.accelerator);
  const answer = yield* networkAnswerSteps({ ...question, goal });
  if (answer.kind === 'answered') {
    const { totals, areaMm2: area } = answer.report;
    const staying = stayingOf(question, answer);
    return {
      ...{ values, reason: null, isTimeOut: false },
      figures: { totals, areaMm2: area, optimal: answer.optimal, staying },
    };
  }
  const { error } = answer;
  if (!isWithoutMapping(error)) throw error;
  return { values, figures: null, reason: error.message, isTimeOut: error.code === 'time-out' };
}

/** Sums of the same energies in another order differ by less. */
const SAME = 1e-12;

/** The point with the least first figure; where points have equal ones the second decides, then the order. */
function bestOf(
  points: readonly SweepPoint[],
  figures: (totals: NetworkTotals) => readonly [first: number, second: number],
): number {
  const valuesOf = ({ figures: own }: SweepPoint) =>
    own === null ? ([Number.POSITIVE_INFINITY, 0] as const) : figures(own.totals);
  const isLess = (a: number, b: number) => a < b * (1 - SAME);
  return points.reduce((best, point, index) => {
    const [[first, second], [bestFirst, bestSecond]] = [valuesOf(point), valuesOf(points[best]!)];
    const isBetter = isLess(first, bestFirst) || (!isLess(bestFirst, first) && isLess(second, bestSecond));
    return isBetter ? index : best;
  }, 0);
}

function pointText(parameters: readonly VariedParameter[], { values, figures, reason }: SweepPoint): string {
  const setting = parameters
    .map((parameter, i) => `${parameter.name} = ${valueText(parameter, values[i]!)}`)
    .join(', ');
  return `${setting}: ${figures === null ? reason : `EDP ${figures.totals.edpPjCycles.toExponential(4)} pJ*cycles`}`;
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
export function sweepCsv({ parameters, points }: SweepResult): string {
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
    'between layers',
    'reason',
  ];
  const rows = points.map(({ values: settings, figures, reason }) => {
    const values = settings.map((value, i) => value / units[i]!.size);
    if (figures === null) return [...values, ...Array<null>(10).fill(null), reason];
    const { totals, areaMm2: area, optimal, staying } = figures;
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
      staying.mode,
      null,
    ];
  });
  return toCsv(head, rows);
}

/** Plain JSON of a sweep. Without times: equal sweeps give equal documents. */
export function sweepJson({
  request,
  workload,
  accelerator,
  parameters,
  points,
  pinned,
  best,
  energyNotes: notes,
  notModelled: limits,
}: SweepResult) {
  return {
    command: 'sweep',
    workload,
    accelerator,
    layer: request.layer ?? null,
    ...requestJson(request),
    ...(pinned.length === 0 ? {} : { pinned }),
    parameters: parameters.map(({ name, unit, values }) => ({ name, unit, values })),
    points: points.map(({ values, figures, reason, isTimeOut }) => {
      const setting = Object.fromEntries(parameters.map(({ name }, i) => [name, values[i]!]));
      if (figures === null) return { setting, ...withoutFiguresJson(reason, isTimeOut) };
      const { physical, ...totals } = figures.totals;
      return {
        setting,
        feasible: true,
        optimal: figures.optimal,
        between: figures.staying,
        areaMm2: figures.areaMm2,
        ...totals,
        ...physical,
      };
    }),
    best,
    notes,
    notModelled: limits,
  };
}
