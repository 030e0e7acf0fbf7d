import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Task } from '../../parallel/task.ts';
import { POLL_NODES } from '../../search/mapping/bounds/incumbent.ts';
import {
  type CutLayer,
  type MappedLayer,
  type MapperSettings,
  mapLayer,
  type UnmappableLayer,
} from '../../search/mapping/map-layer.ts';
import { type MappedStep, mapStep } from '../../search/mapping/step-label.ts';
import { type ErrorCode, type ErrorDetails, TrifoldError } from '../../util/errors.ts';
import { isRaised, type StopFlag } from '../../util/stop-flag.ts';
import type { LayerShape } from '../../workload/network.ts';
import { goalObjective, type LayerGoal } from './goal.ts';
import { nodeBudget } from './node-budget.ts';

/** Layers to be mapped one after the other on one accelerator. Plain data: it travels to a worker. */
export interface LayerWork {
  /** For messages. */
  readonly name: string;
  readonly layers: readonly LayerShape[];
  readonly accelerator: Accelerator;
  readonly goal: LayerGoal;
  readonly settings: MapperSettings;
  /** Value of the goal from which on the caller does not care; absent = never. */
  readonly cutoff?: number | undefined;
  /** Ends the search of each layer with what it has. */
  readonly secondsPerLayer?: number;
  /** Ends the search of each layer with the best mapping so far, once it has one; absent = never. */
  readonly stop?: StopFlag | undefined;
  /** Partial mappings that each layer may bound before `stop` counts; default: 0. */
  readonly nodesBeforeStop?: number | undefined;
  /** Partial mappings that an exact mapper may bound over all layers; see {@link nodeBudget}. */
  readonly jointNodeLimit?: number;
}

/** A layer, or a step of a schedule, with its best mapping. */
export type WorkedLayer = MappedLayer | MappedStep;

/** Outcome of a piece of work. */
export type LayerWorkResult =
  | {
      readonly kind: 'mapped';
      readonly layers: readonly WorkedLayer[];
      readonly seconds: number;
      /** Whether `stop` ended a search: without it the mapping may be better. */
      readonly isStopped?: boolean;
    }
  | FailedWork;

/** The first layer without a mapping, as the error to throw. */
export interface FailedWork {
  readonly kind: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  /** The same without the names of layer and accelerator. */
  readonly outcome: CutLayer | UnmappableLayer;
  /** Whether the joint node limit was used up. */
  readonly outOfNodes: boolean;
}

/** Maps layers; bad input and missing mappings are values, so that one of many need not end the others. */
export const task: Task<null, LayerWork, LayerWorkResult> = {
  moduleUrl: import.meta.url,
  start: () => mapWork,
  describe: ({ name }) => name,
};

/** The error that a failed piece of work stands for. */
export function workError({ code, message, details }: Pick<FailedWork, 'code' | 'message' | 'details'>): TrifoldError {
  return new TrifoldError(code, message, details);
}

/** Work for every shape alone, for a pool to spread. */
export function workPerShape(shapes: readonly LayerShape[], how: Omit<LayerWork, 'name' | 'layers'>): LayerWork[] {
  return shapes.map((shape) => ({ ...how, name: shape.problem.name, layers: [shape] }));
}

/** Does a piece of work on this thread. @param poll called now and then; what it throws ends the work */
export function mapWork(work: LayerWork, poll: () => void = () => {}): LayerWorkResult {
  const {
    layers,
    accelerator,
    goal,
    settings,
    cutoff,
    secondsPerLayer,
    stop,
    nodesBeforeStop = 0,
    jointNodeLimit,
  } = work;
  const nodes = jointNodeLimit === undefined || settings.mapper !== 'exact' ? null : nodeBudget(jointNodeLimit);
  const begun = performance.now();
  const fail = ({ code, headline: message, details }: TrifoldError, outcome: FailedWork['outcome']): FailedWork => {
    return { kind: 'failed', code, message, details, outcome, outOfNodes: nodes?.isUsedUp() === true };
  };
  const mapped: WorkedLayer[] = [];
  let isStopped = false;
  let polls = 0;
  const ask = (isFound: boolean): boolean => {
    poll();
    if (!isFound || polls++ * POLL_NODES < nodesBeforeStop || stop === undefined || !isRaised(stop)) return false;
    isStopped = true;
    return true;
  };
  try {
    const objective = goalObjective(goal, accelerator);
    for (const layer of layers) {
      nodes?.nextLayer();
      polls = 0;
      const deadline = secondsPerLayer === undefined ? null : performance.now() + secondsPerLayer * 1000;
      const isLate = () => deadline !== null && performance.now() > deadline;
      const map = layer.residency === undefined ? mapLayer : mapStep;
      const outcome = map(layer, accelerator, objective, settings, {
        cutoff,
        shouldStop: nodes === null && deadline === null ? undefined : () => nodes?.shouldStop() === true || isLate(),
        poll: ask,
      });
      if (outcome.kind !== 'mapped') return fail(infeasible(layer, work, outcome), outcome);
      mapped.push(outcome);
    }
  } catch (error) {
    if (!(error instanceof TrifoldError)) throw error;
    return fail(error, { kind: 'unmappable', reason: error.message });
  }
  return {
    kind: 'mapped',
    layers: mapped,
    seconds: (performance.now() - begun) / 1000,
    ...(isStopped ? { isStopped } : {}),
  };
}

function infeasible(
  { problem }: LayerShape,
  { accelerator, settings: { dataflow } }: LayerWork,
  outcome: FailedWork['outcome'],
): TrifoldError {
  const {
    reason,
    hint,
    isTimeOut = false,
  } = outcome.kind === 'cut' ? { reason: 'no mapping is below the cutoff' } : outcome;
  const within = dataflow === undefined ? '' : ` within ${dataflow.name}`;
  const details = hint === undefined ? {} : { hint };
  return new TrifoldError(
    isTimeOut ? 'time-out' : 'infeasible',
    `${problem.name} on ${accelerator.name}${within}: ${reason}`,
    details,
  );
}
