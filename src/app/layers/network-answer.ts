import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { MappedLayer, MappingProof } from '../../search/mapping/map-layer.ts';
import { TrifoldError } from '../../util/errors.ts';
import { distinctShapes } from '../../workload/distinct-layers.ts';
import type { Network } from '../../workload/network.ts';
import { type LayerReport, type NetworkReport, outermostWords } from '../explain/evaluate.ts';
import { askedOnce } from './asked-once.ts';
import { type BetweenLayers, LAYER_BY_LAYER, schedulable, scheduleSpace } from './between-layers.ts';
import { goalObjective, limitFrom, type TextGoal } from './goal.ts';
import { workError } from './layer-work.ts';
import { type MappedNetwork, mappedNetwork } from './map-network.ts';
import {
  type NetworkMapper,
  type NetworkWise,
  networkWiseSteps,
  networkWork,
  solvesNetworkWise,
} from './network-wise.ts';
import { isOneLayer } from './one-layer.ts';
import { type NoScheduleAnswer, type ScheduleAnswer, scheduleSteps, type TellKnown } from './schedule-answer.ts';
import type { LayerSteps } from './steps.ts';

/** Codes of failures that leave other questions as they are: there is no mapping, or none was found in the time given. */
const WITHOUT_MAPPING: readonly string[] = ['infeasible', 'time-out'];

/** Whether a failure means only that one question has no mapping. */
export function isWithoutMapping({ code }: Pick<TrifoldError, 'code'>): boolean {
  return WITHOUT_MAPPING.includes(code);
}

/** What to do about a question whose time was over. */
export const MORE_TIME = 'give more --time, or none';

/** Plain JSON of a question without a mapping: whether there is one is not known when the time was over. */
export function withoutFiguresJson(reason: string | null, isTimeOut: boolean) {
  return isTimeOut ? { feasible: null, timeOut: true, reason } : { feasible: false, reason };
}

/** What a network on an accelerator is to be mapped for. */
export interface NetworkQuestion extends NetworkMapper {
  readonly network: Network;
  readonly accelerator: Accelerator;
  /** Its limits are on the sums over the layers. */
  readonly goal: TextGoal;
  /** Absent: nothing stays on chip between layers. */
  readonly between?: BetweenLayers;
}

/** The mappings that every command gives as its answer for a network on an accelerator. */
export interface NetworkAnswer {
  readonly kind: 'answered';
  /**
   * The steps of the best schedule where something may stay on chip; else the best mappings of the network as a whole, or of every layer on its own where that
   * is all the objective, the mapper and the time allow.
   */
  readonly report: NetworkReport;
  /** The best mappings with nothing on chip between layers; null where those keep no limit. */
  readonly islands: NetworkReport | null;
  /** Null where nothing may stay on chip between layers. */
  readonly schedule: ScheduleAnswer | null;
  /** Why there is no schedule though it was asked for. */
  readonly unscheduled: string | null;
  /** Null for one layer, and where every layer was mapped on its own. */
  readonly networkWise: NetworkWise | null;
  /** Every layer on its own; null where it was not needed. */
  readonly layerWise: MappedNetwork | null;
  /** Whether nothing is better: no choice of mappings of the network as a whole, or of any layer on its own. */
  readonly optimal: boolean;
}

/** What stays on chip between the layers of an answer. Plain JSON. */
export type Staying =
  /** Null: that was asked for. */
  | { readonly mode: 'off'; readonly reason: string | null }
  /** Name of the level. */
  | { readonly mode: 'retain' | 'fuse'; readonly level: string };

/** What stays on chip between the layers of an answer to a question. */
export function stayingOf(
  { between = LAYER_BY_LAYER }: Pick<NetworkQuestion, 'between'>,
  { schedule, unscheduled }: Pick<NetworkAnswer, 'schedule' | 'unscheduled'>,
): Staying {
  if (schedule !== null) return { mode: schedule.summary.mode, level: schedule.summary.levelName };
  return { mode: 'off', reason: between.mode === 'off' ? between.reason : unscheduled };
}

/** The level in which something stays between layers in some of several answers; null: nothing does. */
export function levelOfStaying(
  answers: readonly { readonly figures: { readonly staying: Staying } | null }[],
): string | null {
  for (const { figures } of answers)
    if (figures !== null && figures.staying.mode !== 'off') return figures.staying.level;
  return null;
}

/** Why there are no mappings. */
export interface NetworkFailure {
  readonly kind: 'failed';
  readonly error: TrifoldError;
  /** Whether the joint node limit was used up. */
  readonly outOfNodes: boolean;
}

/** Whether the network of a question is solved as a whole: more than one layer and nothing beside it, with an objective and mapper for which this can be done. */
export function solvesWhole({
  network,
  accelerator,
  goal,
  settings,
}: Pick<NetworkQuestion, 'network' | 'accelerator' | 'goal' | 'settings'>): boolean {
  return (
    !isOneLayer(network, accelerator) &&
    solvesNetworkWise(goalObjective({ ...goal, subjectTo: [] }, accelerator), settings)
  );
}

/** What an answer is about, in words. */
export function scopeText(question: Parameters<typeof solvesWhole>[0]): string {
  if (isOneLayer(question.network, question.accelerator)) return 'the layer';
  return solvesWhole(question) ? 'the network as a whole' : 'every layer on its own';
}

/** The goal of each layer: limits of a network of more than one layer are on its sums, so its layers are mapped without them. */
export function goalOfLayers({
  network,
  accelerator,
  goal,
}: Pick<NetworkQuestion, 'network' | 'accelerator' | 'goal'>): TextGoal {
  return isOneLayer(network, accelerator) ? goal : { ...goal, subjectTo: [] };
}

/**
 * The one answer to "how is this network mapped on this accelerator", by which maps, sweeps, explanations and tables of dataflows agree.
 * Where the network can be solved as a whole, the layers are mapped on their own only if that fails.
 */
export function* networkAnswerSteps(question: NetworkQuestion): LayerSteps<NetworkAnswer | NetworkFailure> {
  return yield* askedOnce(scheduled());

  function* scheduled(): LayerSteps<NetworkAnswer | NetworkFailure> {
    return yield* withSchedule(question, yield* islandSteps(question));
  }
}

/** {@link networkAnswerSteps} with nothing on chip between layers. */
function* islandSteps(question: NetworkQuestion): LayerSteps<NetworkAnswer | NetworkFailure> {
  const { network, accelerator, goal, between: _, ...mapper } = question;
  const isTried = solvesWhole(question) && question.settings.factors === 'perfect';
  if (isTried) {
    try {
      const networkWise = yield* wholeSteps(question);
      if (networkWise !== null) return answerOf(question, null, networkWise);
    } catch (error) {
      return failureOf(error);
    }
  }
  const results = yield networkWork(network, accelerator, goalOfLayers(question), mapper);
  const mapped: MappedLayer[] = [];
  for (const result of results) {
    if (result.kind === 'failed') return { kind: 'failed', error: workError(result), outOfNodes: result.outOfNodes };
    mapped.push(...result.layers);
  }
  const layerWise = mappedNetwork(network, accelerator, distinctShapes(network), mapped);
  return isTried ? answerOf(question, layerWise, null) : yield* islandsFromLayers(question, layerWise);
}

/** {@link networkAnswerSteps} from the best mappings of all layers on their own. @param tell what a search of schedules knows while it runs */
export function* answerFromLayers(
  question: NetworkQuestion,
  layerWise: MappedNetwork,
  tell?: TellKnown,
): LayerSteps<NetworkAnswer | NetworkFailure> {
  return yield* askedOnce(scheduled());

  function* scheduled(): LayerSteps<NetworkAnswer | NetworkFailure> {
    return yield* withSchedule(question, yield* islandsFromLayers(question, layerWise), tell);
  }
}

function* islandsFromLayers(
  question: NetworkQuestion,
  layerWise: MappedNetwork,
): LayerSteps<NetworkAnswer | NetworkFailure> {
  try {
    return answerOf(question, layerWise, canSolve(question, layerWise) ? yield* wholeSteps(question) : null);
  } catch (error) {
    return failureOf(error);
  }
}

/** The best schedule in place of an answer that leaves nothing on chip between layers, where that is asked for and there is one. */
function* withSchedule(
  question: NetworkQuestion,
  islands: NetworkAnswer | NetworkFailure,
  tell?: TellKnown,
): LayerSteps<NetworkAnswer | NetworkFailure> {
  const { between = LAYER_BY_LAYER, ...asked } = question;
  if (between.mode === 'off' || (islands.kind === 'failed' && !isWithoutMapping(islands.error))) return islands;
  const possible = schedulable(asked);
  const islandWords = islands.kind === 'answered' ? outermostWords(islands.report) : null;
  if ('reason' in possible) return islands.kind === 'failed' ? islands : { ...islands, unscheduled: possible.reason };
  const weights = islands.kind === 'answered' ? (islands.networkWise?.weights ?? []) : [];
  const expected = islands.kind === 'answered' ? islands.report.totals : undefined;
  const scheduled = { ...asked, ...possible, space: scheduleSpace(between), islandWords, weights, expected };
  const found = yield* scheduleSteps(scheduled, tell);
  if (found.kind === 'unscheduled') {
    if (islands.kind === 'answered') return { ...islands, unscheduled: found.reason };
    // Without limits it is a layer that has no mapping, of which its own error says most.
    return question.goal.subjectTo.length === 0 ? islands : beyondLimits(question, found);
  }
  const isAnswered = islands.kind === 'answered';
  return {
    kind: 'answered',
    report: found.report,
    islands: isAnswered ? islands.report : null,
    ...{ schedule: found, unscheduled: null, optimal: found.optimum.optimal },
    networkWise: isAnswered ? islands.networkWise : null,
    layerWise: isAnswered ? islands.layerWise : null,
  };
}

/** Nothing keeps the limits, with or without words that stay: what the search of schedules, the larger space, says of it. */
function beyondLimits(
  { network, accelerator, goal }: NetworkQuestion,
  { reason, isTimeOut }: NoScheduleAnswer,
): NetworkFailure {
  const error = new TrifoldError(
    isTimeOut ? 'time-out' : 'infeasible',
    `${network.name} on ${accelerator.name}: ${reason}`,
    { hint: isTimeOut ? MORE_TIME : `the limit is ${goal.subjectTo.join(', ')}` },
  );
  return { kind: 'failed', error, outOfNodes: false };
}

/** Whether the network optimum is worth trying: it needs proofs for every layer, and what ended with a gap would do so again. */
export function canSolve(question: NetworkQuestion, { proofs }: MappedNetwork): boolean {
  return solvesWhole(question) && (question.goal.subjectTo.length > 0 || proofs.every(({ optimal }) => optimal));
}

/** Proof of each layer's mapping for its own objective; null where the network as a whole is better served by another one. */
export function layerProofs(
  report: NetworkReport,
  layerWise: Pick<MappedNetwork, 'report' | 'proofs'>,
): (MappingProof | null)[] {
  return layerWise.proofs.map((proof, i) => (isAlike(report.layers[i]!, layerWise.report.layers[i]!) ? proof : null));
}

/** Whether two mappings of a layer cost the same. */
export function isAlike({ evaluation: a }: LayerReport, { evaluation: b }: LayerReport): boolean {
  return a.energyPj === b.energyPj && a.cycles === b.cycles;
}

function wholeSteps({
  network,
  accelerator,
  goal,
  between: _,
  ...mapper
}: NetworkQuestion): LayerSteps<NetworkWise | null> {
  const objective = goalObjective({ ...goal, subjectTo: [] }, accelerator);
  const limits = goal.subjectTo.map((text) => limitFrom(text, accelerator));
  return networkWiseSteps(network, accelerator, objective, limits, mapper);
}

function answerOf(
  question: NetworkQuestion,
  layerWise: MappedNetwork | null,
  networkWise: NetworkWise | null,
): NetworkAnswer | NetworkFailure {
  const report = networkWise?.report ?? layerWise?.report;
  const { network, accelerator, goal } = question;
  const isBroken = networkWise === null && goal.subjectTo.length > 0 && !isOneLayer(network, accelerator);
  if (report === undefined || isBroken)
    return {
      kind: 'failed',
      error: new TrifoldError(
        'time-out',
        `no mapping within ${question.goal.subjectTo.join(', ')} was found in the time given`,
        { hint: MORE_TIME },
      ),
      outOfNodes: question.jointNodeLimit !== undefined,
    };
  const optimal = networkWise?.optimal ?? layerWise?.proofs.every((proof) => proof.optimal) ?? false;
  return {
    ...{ kind: 'answered', report, islands: report, networkWise, layerWise, optimal },
    ...{ schedule: null, unscheduled: null },
  };
}

function failureOf(error: unknown): NetworkFailure {
  if (error instanceof TrifoldError) return { kind: 'failed', error, outOfNodes: false };
  throw error;
}
