import { buildAccelerator } from '../../accelerator/build.ts';
import { prepareNetwork } from '../../search/accelerator/network-score.ts';
import { connectivityOf } from '../../search/accelerator/strategies.ts';
import { UsefulSizes } from '../../search/accelerator/useful-sizes.ts';
import type { AccuracyPoint } from '../../search/found-network.ts';
import { FRONT_OBJECTIVE } from '../../search/found-network.ts';
import { accuracyFloorAdvice } from '../../search/network/accuracy/accuracy-evaluator.ts';
import { AccuracyMemo, type RememberedAnswer } from '../../search/network/accuracy/accuracy-memo.ts';
import type { CosearchContext } from '../../search/network/cosearch-context.ts';
import { refuseForeignNetworks } from '../../search/network/foreign-networks.ts';
import {
  NestedSearch,
  type NestedSearchState,
  type NestedStart,
  type ParentNetwork,
} from '../../search/network/nested-search.ts';
import { PopulationSearch, type PopulationSearchState } from '../../search/network/population-search.ts';
import type { NetworkScorer } from '../../search/network/score-networks.ts';
import { findNetworkSpace } from '../../search/network/spaces/spaces.ts';
import type { AcceleratorSearchEvent, ScoredDesign } from '../../search/ports.ts';
import type { BaselineEvent, StartedEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import { baselineViolations, budgetLimits, outsideBudgetText } from '../design/baseline.ts';
import type { EndReason } from '../run/clock.ts';
import { unlessEnded } from '../run/ending.ts';
import type { RunSession } from '../run/kind.ts';
import { openAccuracySource } from './accuracy-source.ts';
import { COSEARCH_WORD_BITS } from './baseline-network.ts';
import { foundOrBaseline } from './baseline-result.ts';
import { baselineEvents } from './baselines.ts';
import { type CosearchInputs, hardwareOptions, isNested } from './inputs.ts';
import { polish, startingNetworks } from './polish.ts';

/** State of a co-search between two events; plain JSON. */
export interface CosearchState {
  readonly kind: 'cosearch';
  readonly baselines: readonly BaselineEvent[];
  /** The network search on the baseline's accelerator: where a nested search begins; null before it. */
  readonly start: NestedStart | null;
  readonly search: NestedSearchState | PopulationSearchState | null;
  /** Answers of an accuracy command: it might answer otherwise when asked again. */
  readonly answers: readonly RememberedAnswer[];
  /** Why the search ended, once it has: what is left are the final mappings, also after a resume. */
  readonly ended?: EndReason;
}

/** State before the first event. */
export const INITIAL_COSEARCH_STATE: CosearchState = {
  kind: 'cosearch',
  baselines: [],
  start: null,
  search: null,
  answers: [],
};

/** The loop over generations that a run drives. */
export interface CosearchLoop {
  readonly isDone: boolean;
  readonly best: ScoredDesign | null;
  readonly front: readonly AccuracyPoint[];
  readonly trials: number;
  nextGeneration(): Promise<AcceleratorSearchEvent>;
  getState(): NestedSearchState | PopulationSearchState;
}

/** The surroundings of a co-search. */
export interface CosearchSession extends Omit<RunSession<CosearchState>, 'limits' | 'endsNow'> {
  readonly scorer: NetworkScorer;
  /** Asked before every generation; a reason ends the search with what it has. */
  readonly endsNow: (loop: Pick<CosearchLoop, 'trials' | 'best'>) => EndReason | null;
}

/** A search that came to its end, before the final mapping. */
export interface SearchedDesign {
  readonly reason: EndReason;
  readonly best: ScoredDesign;
  readonly front: readonly AccuracyPoint[];
  readonly baselines: readonly BaselineEvent[];
  /** The best network on the baseline's accelerator, from before the accelerator was searched; null for other searches and when there is none. */
  readonly networkOnly: ScoredDesign | null;
  readonly state: CosearchState;
  readonly context: CosearchContext;
  /** Networks that the accuracy evaluator failed on. */
  readonly accuracyFailures: number;
}

/** Samples per network wanted; fewer where every one starts a program. */
const ATTEMPTS = 60;
const COMMAND_ATTEMPTS = 8;

/** Part of the time for what follows a search that the networks of the best accelerator may take. */
const POLISH_SHARE = 1 / 3;

/** Factor on the EDP of the reference network at which fronts begin to count. */
const CORNER_EDP = 10;

/**
 * Runs (or continues) a co-search up to its best design: baselines, the networks of the baseline's accelerator, generations.
 * @returns null when it was interrupted before its end
 * @throws TrifoldError `infeasible` when the floor is out of reach, no network was accepted, or nothing could be mapped
 */
export async function runCosearch(inputs: CosearchInputs, session: CosearchSession): Promise<SearchedDesign | null> {
  const { request } = inputs;
  const { emit, step, searchSignal } = session;
  const space = findNetworkSpace(request.space);
  const evaluator = openAccuracySource(request.accuracy, space);
  const note = (level: 'info' | 'warning', text: string) => emit({ kind: 'note', level, text });
  const accuracy = new AccuracyMemo({
    space,
    evaluator,
    floorPercent: request.floorPercent,
    remembered: session.state.answers,
    onNote: (text) => note('warning', text),
    emitsAnswerNotes: request.accuracy.kind === 'command',
  });
  let { state } = session;
  if (state.start !== null) refuseForeignNetworks(space, state.start);
  let kept = state;
  const advance = (next: CosearchState): void => {
    state = { ...next, answers: request.accuracy.kind === 'command' ? accuracy.remembered : [] };
    kept = state;
    session.checkpoint(state);
  };
  /** What programs answered in work that is done again; asked again they might say otherwise. */
  const keepAnswers = () => advance(kept);
  if (state.baselines.length === 0) {
    const advice = accuracyFloorAdvice(evaluator.limits, request.floorPercent ?? evaluator.limits?.lowestPercent ?? 0);
    emit(startedEvent(inputs, evaluator.source));
    if (advice.level !== 'ok') note('warning', advice.message);
    const outside = outsideBudgetText(baselineViolations(inputs), inputs.template.name);
    if (outside !== null) note('warning', outside);
    const baselines = await baselineEvents(inputs, session);
    baselines.forEach(emit);
    advance({ ...state, baselines });
  }
  const limits = evaluator.limits;
  const cornerPercent = request.floorPercent ?? limits?.lowestPercent ?? 0;
  const referenceEdp = state.baselines.find(({ which }) => which === 'optimal')!.networks[0]!.edpPjCycles;
  const context: CosearchContext = {
    space,
    wordBits: COSEARCH_WORD_BITS,
    accuracy,
    scorer: session.scorer,
    evolution: request.evolution,
    aim: request.pareto ? 'front' : 'best',
    baselineEdp: referenceEdp,
    corner: { accuracy: cornerPercent, cost: CORNER_EDP * referenceEdp },
    topPercent: Math.max(limits?.ceilingPercent ?? 100, cornerPercent + 1),
    attemptsPerNetwork: request.accuracy.kind === 'command' ? COMMAND_ATTEMPTS : ATTEMPTS,
    seed: request.seed,
    signal: searchSignal,
    onProgress: session.advance,
  };
  let reason: EndReason | null = state.ended ?? null;
  if (isNested(request) && state.start === null && reason === null) {
    step(`networks on ${inputs.template.name} as it is`);
    const start = await startingNetworks(inputs, context);
    // Ended in the midst of it, it is a result, but no start to go on from.
    if (searchSignal.aborted) reason = session.endsNow({ trials: 0, best: start.best });
    if (reason === 'interrupted') {
      keepAnswers();
      return null;
    }
    const found = start.front.length === 0 ? 'none' : describeStart(start, context.baselineEdp);
    note('info', `networks on ${inputs.template.name} as it is: ${found}`);
    if (start.best !== null) emit({ kind: 'found', best: start.best, accuracyFront: start.front });
    if (reason === null) advance({ ...state, start });
    else state = { ...state, start };
  }
  const loop = openLoop(inputs, context, state);
  while (!loop.isDone && reason === null) {
    await session.whenUnpaused();
    reason = session.endsNow(loop);
    if (reason !== null) break;
    step(`generation ${generationOf(state) + 1}`);
    // A generation that the end interrupts is not told: a resumed run does it again.
    const event = await unlessEnded(searchSignal, () => loop.nextGeneration());
    if (event === null) {
      reason = session.endsNow(loop);
      continue;
    }
    if (event.kind === 'exhausted') {
      note('warning', event.message);
      reason = 'exhausted';
    } else emit(event);
    advance({ ...state, search: loop.getState() });
    if (loop.best === null && accuracy.highestPercent !== null && isOutOfReach(request.floorPercent, accuracy)) break;
  }
  const found = reason === 'interrupted' ? null : foundOrBaseline(inputs, loop.best, state.baselines);
  if (reason === 'interrupted' || (found === null && reason === 'time')) keepAnswers();
  if (reason === 'interrupted') return null;
  if (found === null) throw reason === 'time' ? timeOut(request.space) : nothingFound(inputs, accuracy);
  if (reason !== null && state.ended === undefined) advance({ ...state, ended: reason });
  const end = reason ?? (isExhausted(loop) ? 'exhausted' : 'generations');
  const { best, front } =
    isNested(request) && found === loop.best
      ? await polished(context, loop, session, keepAnswers)
      : { best: found, front: loop.front };
  if (best.score < found.score) {
    emit({ kind: 'found', best, accuracyFront: front });
    note('info', `networks on the best accelerator searched longer: ${gainText(best, context.baselineEdp)}`);
  }
  const networkOnly = state.start?.best ?? null;
  const { baselines } = state;
  return { reason: end, best, front, baselines, networkOnly, state, context, accuracyFailures: accuracy.failures };
}

/** Searches networks for the best accelerator longer, within the first part of the time for what follows the search. */
async function polished(
  context: CosearchContext,
  loop: CosearchLoop,
  { emit, step, signal, finalTime }: CosearchSession,
  keepAnswers: () => void,
): Promise<{ best: ScoredDesign; front: readonly AccuracyPoint[] }> {
  const part = finalTime.until(POLISH_SHARE);
  const limit = finalTime.seconds === null ? '' : `, ${Math.ceil(POLISH_SHARE * finalTime.seconds)} s at most`;
  emit({ kind: 'note', level: 'info', text: `now networks on the best accelerator${limit}` });
  step('networks on the best accelerator');
  const end = part === undefined ? signal : AbortSignal.any([signal, part.signal]);
  const result = await polish({ ...context, signal: end }, loop.best!, loop.front, parentsOf(loop));
  if (signal.aborted) keepAnswers();
  signal.throwIfAborted();
  return result;
}

function timeOut(space: string): TrifoldError {
  return new TrifoldError('time-out', `the time was over before a network of ${space} was scored`, {
    hint: 'give more --time; trifold resume goes on with a run that has a folder',
  });
}

function generationOf({ search }: CosearchState): number {
  return (search?.kind === 'nested-search' ? search.search.generation : search?.generation) ?? 0;
}

/** Whether not a single network was accepted so far. */
function isOutOfReach(floorPercent: number | null, accuracy: AccuracyMemo): boolean {
  return floorPercent !== null && (accuracy.highestPercent ?? floorPercent) < floorPercent;
}

function nothingFound(inputs: CosearchInputs, accuracy: AccuracyMemo): TrifoldError {
  const { floorPercent, space } = inputs.request;
  const highest = accuracy.highestPercent;
  if (floorPercent !== null && (highest === null || highest < floorPercent))
    return new TrifoldError('infeasible', `no network of ${space} with at least ${floorPercent} % was met`, {
      hint:
        highest === null
          ? `the accuracy evaluator gave no figure${accuracy.failures > 0 ? ` (it failed on ${accuracy.failures} networks)` : ''}`
          : `the best of those tried reaches ${highest.toFixed(2)} %: lower the floor or search longer`,
    });
  return new TrifoldError('infeasible', `no accelerator that was tried can run a network of ${space}`, {
    hint: 'a larger budget, or more --generations',
  });
}

function parentsOf(loop: CosearchLoop): readonly ParentNetwork[] {
  const state = loop.getState();
  return state.kind === 'nested-search' ? state.elites : [];
}

function isExhausted(loop: CosearchLoop): boolean {
  const state = loop.getState();
  return state.kind === 'nested-search' ? state.search.exhausted : state.exhausted;
}

function openLoop(inputs: CosearchInputs, context: CosearchContext, state: CosearchState): CosearchLoop {
  const { request, template, technology, budget, reference } = inputs;
  const { dimsPerAxis, arraySizes, bufferSizes } = hardwareOptions(inputs);
  if (request.search === 'nested' && budget !== null) {
    const options = {
      strategy: request.strategy,
      seed: request.seed,
      generations: request.generations,
      populationSize: request.populationSize,
      baseline: template,
      budget,
      technology,
      networks: [reference.network],
      baselines: { optimal: state.baselines.find(({ which }) => which === 'optimal')!.networks },
      factors: request.factors,
      prune: true,
      dimsPerAxis,
      arraySizes,
      bufferSizes,
      explorations: 0,
    };
    if (state.search?.kind === 'nested-search') return NestedSearch.fromState(context, options, state.search);
    return NestedSearch.create(context, options, state.start ?? { elites: [], best: null, front: [] });
  }
  const population: CosearchContext = {
    ...context,
    evolution: { ...request.evolution, population: request.populationSize },
  };
  const source =
    budget === null
      ? {
          kind: 'fixed' as const,
          specification: template,
          accelerator: buildAccelerator(template, technology),
        }
      : {
          kind: 'encoded' as const,
          encoding: {
            connectivity: connectivityOf(request.strategy),
            dimsPerAxis,
            bufferSizes,
            baseline: template,
            budget,
            technology,
            ...(arraySizes === 'useful'
              ? { usefulSizes: new UsefulSizes([prepareNetwork(reference.network)], budget.processingElements) }
              : {}),
          },
        };
  const options = { source, generations: request.generations };
  return state.search?.kind === 'population-search'
    ? PopulationSearch.fromState(population, options, state.search)
    : PopulationSearch.create(population, options);
}

function describeStart({ best, front }: NestedStart, baselineEdp: number): string {
  const network = best?.network;
  if (best === null || network === undefined) return `${front.length} on the front`;
  return `${gainText(best, baselineEdp)} at ${network.accuracy.top1Percent.toFixed(2)} %`;
}

/** From figures: the score of a front is no EDP. */
function gainText({ networks }: ScoredDesign, baselineEdp: number): string {
  return `${(baselineEdp / networks[0]!.edpPjCycles).toFixed(3)}x better EDP than the baseline network's optimum`;
}

function startedEvent(inputs: CosearchInputs, accuracySource: string): StartedEvent {
  const { request, budget, technology, template } = inputs;
  const space = findNetworkSpace(request.space);
  const limits = budget === null ? {} : { budget: budgetLimits(budget) };
  return {
    kind: 'started',
    command: 'cosearch',
    name: `${space.name} ${budget === null ? `on ${template.name}` : `within ${budget.name}`}`,
    seed: request.seed,
    networks: [],
    ...(budget === null ? { accelerator: template.name, specification: template } : {}),
    space: {
      name: space.name,
      title: space.title,
      size: space.distinctSize,
      accuracySource,
      floorPercent: request.floorPercent,
    },
    ...limits,
    technology: technology.name,
    strategy: isNested(request) ? 'nested' : budget === null ? 'network-only' : 'joint',
    objective: request.pareto ? FRONT_OBJECTIVE : 'edp',
    generations: request.generations,
    populationSize: request.populationSize,
  };
}
