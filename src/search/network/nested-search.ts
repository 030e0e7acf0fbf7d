import { spreadOver } from '../../util/spread.ts';
import { AcceleratorSearch } from '../accelerator/accelerator-search.ts';
import type { RememberedOutcome } from '../accelerator/layer-memo.ts';
import { RunningCutoff } from '../accelerator/running-cutoff.ts';
import type { AcceleratorSearchOptions, AcceleratorSearchState } from '../accelerator/search-options.ts';
import type { AccuracyPoint, FoundNetwork } from '../found-network.ts';
import type {
  AcceleratorSearchEvent,
  CandidateEvaluator,
  CandidateResult,
  CandidateTask,
  EvaluationOptions,
  ScoredDesign,
} from '../ports.ts';
import { type ClimbingSampler, type ClimbState, NO_CLIMB, searchSampler } from './climbing-sampler.ts';
import { type CosearchContext, figuresOf, foundNetwork, meritOf, newPoints } from './cosearch-context.ts';
import { refuseForeignNetworks } from './foreign-networks.ts';
import { searchNetworks } from './network-evolution.ts';
import { mergeFront } from './network-front.ts';
import type { RatedNetwork } from './rated-networks.ts';
import type { Genotype } from './spaces/genes.ts';

/** A network that an evolution starts from: a good one of an earlier accelerator. Plain JSON. */
export interface ParentNetwork {
  readonly genotype: Genotype;
  readonly score: number;
}

/** State of a {@link NestedSearch} as plain JSON. */
export interface NestedSearchState {
  readonly kind: 'nested-search';
  readonly version: 1;
  readonly search: AcceleratorSearchState;
  /** Best first. */
  readonly elites: readonly ParentNetwork[];
  readonly best: ScoredDesign | null;
  readonly front: readonly AccuracyPoint[];
  readonly climb?: ClimbState;
}

/** Where a nested search begins: the networks found on the baseline. */
export interface NestedStart {
  readonly elites: readonly ParentNetwork[];
  readonly best: ScoredDesign | null;
  readonly front: readonly AccuracyPoint[];
  /** Observations of the sampler of networks. */
  readonly climb?: ClimbState;
}

/** Networks of earlier accelerators that the next evolution starts from. */
const MOST_PARENTS = 12;

/**
 * The three-level search of NAAS (DAC 2021, section II-C): for every accelerator that level 2 proposes an evolution over networks above the
 * accuracy floor, whose best EDP is the accelerator's reward. Unlike there, an evolution starts from the best networks of earlier
 * generations, so that few iterations do.
 *
 * Level 2 prunes as always: a candidate is dropped when none of the networks that its evolution met comes below the cutoff.
 * The state is that of level 2 and the networks remembered; it advances when a generation is done.
 */
export class NestedSearch {
  readonly #context: CosearchContext;
  readonly #search: AcceleratorSearch;
  #parents: readonly ParentNetwork[];
  #best: ScoredDesign | null;
  #front: readonly AccuracyPoint[];
  #climb: ClimbState;

  private constructor(context: CosearchContext, search: AcceleratorSearch, start: NestedStart) {
    this.#context = context;
    this.#search = search;
    this.#parents = start.elites.slice(0, MOST_PARENTS);
    this.#best = start.best;
    this.#front = start.front;
    this.#climb = start.climb ?? NO_CLIMB;
  }

  /** A fresh search. @throws TrifoldError as {@link AcceleratorSearch.create} does */
  static create(context: CosearchContext, options: AcceleratorSearchOptions, start: NestedStart): NestedSearch {
    return new NestedSearch(context, AcceleratorSearch.create(withPruning(context, options)), start);
  }

  /** Continues where {@link NestedSearch.getState} was called. @throws TrifoldError `foreign` for a state of another search */
  static fromState(
    context: CosearchContext,
    options: AcceleratorSearchOptions,
    state: NestedSearchState,
  ): NestedSearch {
    refuseForeignNetworks(context.space, state);
    return new NestedSearch(context, AcceleratorSearch.fromState(withPruning(context, options), state.search), state);
  }

  /** The state after the last finished generation. */
  getState(): NestedSearchState {
    return {
      kind: 'nested-search',
      version: 1,
      search: this.#search.getState(),
      elites: this.#parents,
      best: this.#best,
      front: this.#front,
      climb: this.#climb,
    };
  }

  /** Whether all generations are done, or no population could be filled. */
  get isDone(): boolean {
    return this.#search.isDone;
  }

  /** Best design so far with its network. */
  get best(): ScoredDesign | null {
    return this.#best;
  }

  /** Accuracy against EDP over all networks and accelerators so far, by descending accuracy. */
  get front(): readonly AccuracyPoint[] {
    return this.#front;
  }

  /** Accelerators evaluated. */
  get trials(): number {
    return this.#search.getState().trials;
  }

  /** Networks that the next evolutions start from: the best, or those along the front. */
  #seeds(): Genotype[] {
    const { aim, space, evolution } = this.#context;
    if (aim === 'best') return this.#parents.map(({ genotype }) => genotype);
    const networks = spreadOver(this.#front, Math.max(2, Math.floor(evolution.population / 2)));
    return networks.map(({ network }) => space.parse(network.genes));
  }

  /** One generation of accelerators. If the scorer throws, the error passes through and the state stays as it was. */
  async nextGeneration(): Promise<AcceleratorSearchEvent> {
    const sampler = searchSampler(this.#context, this.#climb);
    const evaluator = new NestedEvaluator(this.#context, this.#seeds(), sampler);
    const event = await this.#search.nextGeneration(evaluator);
    this.#climb = sampler.state;
    if (event.kind === 'exhausted') return event;
    const areas = new Map(event.trials.map(({ trial, areaMm2 }) => [trial, areaMm2]));
    for (const [trial, rated] of evaluator.rated)
      this.#front = mergeFront(this.#front, newPoints(this.#context, this.#front, trial, areas.get(trial) ?? 0, rated));
    this.#parents = mergeParents(this.#context, this.#parents, [...evaluator.representatives.values()]);
    const found = new Map<number, FoundNetwork>();
    for (const [trial, network] of evaluator.representatives) found.set(trial, foundNetwork(this.#context, network));
    const before = this.#best;
    const { best } = event;
    const network = best === null ? undefined : found.get(best.trial);
    if (best !== null && network !== undefined && (before === null || best.score < before.score))
      this.#best = { ...best, network };
    return {
      ...event,
      // Bounds of level 2 are those of one network; with the network open nothing is known before mapping.
      trials: event.trials.map((record) => {
        const own = record.outcome === 'scored' ? found.get(record.trial) : undefined;
        return { ...record, bound: 0, ...(own === undefined ? {} : { network: own }) };
      }),
      best: this.#best,
      improved: this.#best !== before,
      accuracyFront: this.#front,
    };
  }
}

/** A front has no single figure that a cutoff could stop. */
function withPruning(context: CosearchContext, options: AcceleratorSearchOptions): AcceleratorSearchOptions {
  return context.aim === 'front' ? { ...options, prune: false } : options;
}

/** The best distinct networks of both. */
export function mergeParents(
  { space, baselineEdp }: Pick<CosearchContext, 'space' | 'baselineEdp'>,
  parents: readonly ParentNetwork[],
  networks: readonly RatedNetwork[],
): readonly ParentNetwork[] {
  const added = networks.flatMap(({ genotype, outcome }) =>
    outcome.kind === 'scored' ? [{ genotype, score: outcome.edpPjCycles / baselineEdp }] : [],
  );
  const best = new Map<string, ParentNetwork>();
  for (const parent of [...parents, ...added]) {
    const key = space.key(parent.genotype);
    const known = best.get(key);
    if (known === undefined || parent.score < known.score) best.set(key, parent);
  }
  return [...best.values()].sort((a, b) => a.score - b.score).slice(0, MOST_PARENTS);
}

/** Level 3 as level 2 sees it. Lives for one generation; several rounds of it share what was mapped. */
class NestedEvaluator implements CandidateEvaluator {
  /** Networks by trial; of the last round. */
  readonly rated = new Map<number, readonly RatedNetwork[]>();
  /** The network that stands for each scored trial. */
  readonly representatives = new Map<number, RatedNetwork>();
  readonly #context: CosearchContext;
  readonly #seeds: readonly Genotype[];
  readonly #sampler: ClimbingSampler;
  readonly #known = new Map<number, Map<string, RememberedOutcome>>();

  constructor(context: CosearchContext, seeds: readonly Genotype[], sampler: ClimbingSampler) {
    this.#context = context;
    this.#seeds = seeds;
    this.#sampler = sampler;
  }

  /**
   * As many as matter first, then few at a time, so that those that come later are stopped by the scores of the others. The cutoffs of a
   * batch are fixed before it: what an evolution meets depends on its cutoff.
   */
  async evaluateCandidates(
    tasks: readonly CandidateTask[],
    { keep }: EvaluationOptions = {},
  ): Promise<readonly CandidateResult[]> {
    this.#context.onProgress?.(0, tasks.length);
    if (keep === undefined) return this.#evaluate(tasks, 0, tasks.length);
    const running = new RunningCutoff(keep);
    const results: CandidateResult[] = [];
    while (results.length < tasks.length) {
      const size = results.length === 0 ? Math.max(keep.count, LATER_BATCH) : LATER_BATCH;
      const batch = tasks.slice(results.length, results.length + size);
      const cut = batch.map((task) => ({ ...task, cutoff: running.below(task.cutoff) }));
      for (const result of await this.#evaluate(cut, results.length, tasks.length)) {
        if (result.outcome === 'scored') running.add(result.score);
        results.push(result);
      }
    }
    return results;
  }

  /** @param before tasks of the call that are done @param total all of them */
  async #evaluate(tasks: readonly CandidateTask[], before: number, total: number): Promise<readonly CandidateResult[]> {
    const { baselineEdp } = this.#context;
    const evolved = await searchNetworks(
      this.#context,
      tasks.map(({ trial, specification, cutoff }) => {
        const known = this.#known.get(trial) ?? new Map<string, RememberedOutcome>();
        this.#known.set(trial, known);
        return { trial, specification, cutoffPjCycles: cutoff === null ? null : cutoff * baselineEdp, known };
      }),
      this.#seeds,
      this.#sampler,
      { onIteration: (share) => this.#context.onProgress?.(before + share * tasks.length, total) },
    );
    this.#context.onProgress?.(before + tasks.length, total);
    return evolved.map(({ trial, rated, counters }): CandidateResult => {
      this.rated.set(trial, rated);
      const merit = meritOf(this.#context, rated);
      if (merit !== null) {
        this.representatives.set(trial, merit.network);
        const networks = [figuresOf(merit.network, this.#context.space.name)];
        return { outcome: 'scored', trial, score: merit.score, networks, counters };
      }
      if (rated.some(({ outcome }) => outcome.kind === 'stopped')) return { outcome: 'stopped', trial, counters };
      return { outcome: 'unmappable', trial, reason: reasonOf(rated), counters };
    });
  }
}

/** Accelerators evaluated together once there may be enough scores. */
const LATER_BATCH = 2;

function reasonOf(rated: readonly RatedNetwork[]): string {
  for (const { outcome } of rated) if (outcome.kind === 'unmappable') return outcome.reason;
  return 'no network with the accuracy asked for was met';
}
