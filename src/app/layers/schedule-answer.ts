import type { Accelerator } from '../../accelerator/accelerator.ts';
import { hostLoad, linkCost } from '../../cost/link-cost.ts';
import { tileBitsAt } from '../../mapping/tile-bits.ts';
import type { Retention } from '../../schedule/retention.ts';
import { type ScoredSchedule, scoreSchedule } from '../../schedule/score.ts';
import { summarizeSchedule } from '../../schedule/summarize.ts';
import type { ScheduleSummary } from '../../schedule/summary.ts';
import type { MappedLayer } from '../../search/mapping/map-layer.ts';
import type { ScheduleSpace } from '../../search/schedule/declared-space.ts';
import type { ScheduleGoal, ScheduleSteps } from '../../search/schedule/schedule-hull.ts';
import { type KnownSoFar, type ScheduleOptimum, ScheduleSearch } from '../../search/schedule/search-schedule.ts';
import type { LabelAsk, LabelOutcome } from '../../search/schedule/step-labels.ts';
import { type EnergyAndCycles, NO_COST } from '../../util/network-totals.ts';
import { isRaised } from '../../util/stop-flag.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { LayerShape, Network } from '../../workload/network.ts';
import { NO_MOVES } from '../../workload/residency.ts';
import type { NetworkReport } from '../explain/evaluate.ts';
import { scheduleReport } from '../explain/schedule-report.ts';
import { goalObjective, limitFrom, type TextGoal } from './goal.ts';
import { type LayerWork, type LayerWorkResult, workError } from './layer-work.ts';
import type { NetworkMapper } from './network-wise.ts';
import type { LayerSteps } from './steps.ts';
import { stopAfter } from './timed-stop.ts';

/** What a network is to be scheduled for: {@link NetworkMapper} with what may stay on chip. */
export interface ScheduledQuestion extends NetworkMapper {
  readonly network: Network;
  readonly accelerator: Accelerator;
  readonly goal: TextGoal;
  readonly sequence: Sequence;
  readonly retention: Retention;
  readonly space: ScheduleSpace;
  /** Words that pass the outermost level with each layer on its own; null: not known. */
  readonly islandWords: number | null;
  /** Weights of the cycles for which layers of their own are mapped already; absent: none. */
  readonly weights?: readonly number[];
  /** Sums of the best mappings with nothing on chip between layers; absent: not known. */
  readonly expected?: EnergyAndCycles | undefined;
}

/** The best schedule of a network, scored step by step. */
export interface ScheduleAnswer {
  readonly kind: 'scheduled';
  readonly sequence: Sequence;
  readonly optimum: ScheduleOptimum;
  readonly scored: ScoredSchedule;
  /** Of its steps, equal ones together. */
  readonly report: NetworkReport;
  readonly summary: ScheduleSummary;
  /** Limits that it keeps. */
  readonly limits: readonly string[];
}

/** Why there is no schedule. */
export interface NoScheduleAnswer {
  readonly kind: 'unscheduled';
  readonly reason: string;
  readonly isTimeOut: boolean;
}

/** Told what a search of schedules knows, before more steps are mapped. */
export type TellKnown = (known: KnownSoFar) => void;

/**
 * The best schedule of a network for a goal; where each layer has a time, the search for it ends after as much with the best schedule met.
 * @throws TrifoldError where a layer cannot be mapped for another reason than that nothing fits
 */
export function* scheduleSteps(
  question: ScheduledQuestion,
  tell: TellKnown = () => {},
): LayerSteps<ScheduleAnswer | NoScheduleAnswer> {
  const { network, accelerator, goal, sequence, retention, space, islandWords, weights, expected, ...mapper } =
    question;
  const limits = goal.subjectTo.map((text) => limitFrom(text, accelerator));
  const asked: ScheduleGoal = {
    objective: goalObjective({ ...goal, subjectTo: [] }, accelerator),
    ...{ weights, expected },
    ...(limits.length === 0
      ? {}
      : { holds: (energyPj: number, cycles: number) => limits.every((limit) => limit.holds(energyPj, cycles)) }),
  };
  const search = new ScheduleSearch({
    ...{ sequence, accelerator, retention, space, factors: mapper.settings.factors },
    beside: linkCost(hostLoad(network), accelerator) ?? NO_COST,
  });
  const timed =
    question.secondsPerLayer === undefined ? question : { ...question, ...stopAfter(question.secondsPerLayer) };
  const found = yield* withLabels(search.best(asked), timed, () => {
    const known = search.known();
    if (known !== null) tell(known);
  });
  if (found.kind === 'none') return { kind: 'unscheduled', reason: found.reason, isTimeOut: found.isTimeOut };
  const scored = scoreSchedule(sequence, accelerator, found.schedule, ({ segment, kind }) => {
    return found.segments[segment]!.steps[kind]!.mapping;
  });
  if (!scored.feasible) throw new RangeError(`the schedule found cannot run: ${scored.violations[0]!.message}`);
  const report = scheduleReport(network, accelerator, sequence, scored);
  const summary = summarizeSchedule(sequence, found.schedule, scored, { layerByLayerWords: islandWords });
  return { kind: 'scheduled', sequence, optimum: found, scored, report, summary, limits: goal.subjectTo };
}

/** How the steps of schedules are mapped. */
export interface StepMapper
  extends Pick<ScheduledQuestion, 'accelerator' | 'retention' | 'settings' | 'secondsPerLayer' | 'stop'> {
  /** Called before each batch of steps: raises `stop` when it is due. */
  readonly look?: () => void;
}

/**
 * Maps the steps that a search of schedules asks for, until `stop` is raised: then the time is over.
 * @param onAsked called before each batch of steps is mapped
 */
export function* withLabels<Answer>(
  search: ScheduleSteps<Answer>,
  question: StepMapper,
  onAsked: () => void = () => {},
): LayerSteps<Answer> {
  const { accelerator, settings, secondsPerLayer, stop, look = () => {} } = question;
  const how = {
    ...{ accelerator, settings },
    ...(secondsPerLayer === undefined ? {} : { secondsPerLayer }),
    ...(stop === undefined ? {} : { stop }),
  };
  let step = search.next();
  while (step.done !== true) {
    look();
    if (stop !== undefined && isRaised(stop)) {
      step = search.next(null);
      continue;
    }
    onAsked();
    const { lambda, asks } = step.value;
    const results = yield asks.map(
      ({ shape }): LayerWork => ({
        ...{ ...how, name: shape.problem.name, layers: [shape] },
        goal: { kind: 'supporting-line', lambda },
      }),
    );
    step = search.next(results.map((result, i) => outcomeOf(result, asks[i]!, question)));
  }
  return step.value;
}

function outcomeOf(result: LayerWorkResult, { shape }: LabelAsk, question: StepMapper): LabelOutcome {
  if (result.kind === 'failed') {
    if (result.code !== 'infeasible' && result.code !== 'time-out') throw workError(result);
    return { kind: 'none', reason: result.message, isStopped: result.code === 'time-out' };
  }
  const mapped = result.layers[0]!;
  const { proof } = mapped;
  return {
    kind: 'mapped',
    mapped: 'tileBits' in mapped ? mapped : asIsland(mapped, shape, question),
    lowerBound: proof.optimal ? proof.value : (proof.lowerBound ?? Number.NEGATIVE_INFINITY),
  };
}

/** A layer of its own as a step whose operands all lie in the outermost level. */
function asIsland(mapped: MappedLayer, shape: LayerShape, { accelerator, retention: { level } }: StepMapper) {
  const homes = { weights: false, inputs: false, outputs: 'outermost' as const };
  const residency = { level, ...homes, activationBits: 1, roomBits: null, moves: NO_MOVES };
  return { ...mapped, shape, tileBits: tileBitsAt({ ...shape, residency }, accelerator, mapped.mapping) };
}
