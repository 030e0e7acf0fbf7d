import { type Accelerator, areaMm2 } from '../../accelerator/accelerator.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { samplePoint } from '../../optimizers/sampling.ts';
import { type Point, pointFault, type Space } from '../../optimizers/space.ts';
import { crossover, mutate } from '../../optimizers/variation.ts';
import { TrifoldError } from '../../util/errors.ts';
import { Random } from '../../util/random.ts';
import {
  acceleratorSpace,
  baselinePoint,
  decodePointToDesign,
  type EncodingContext,
} from '../accelerator/accelerator-encoding.ts';
import type { RememberedOutcome } from '../accelerator/layer-memo.ts';
import type { AccuracyPoint } from '../found-network.ts';
import type {
  AcceleratorSearchEvent,
  Design,
  EvaluationCounters,
  ScoredDesign,
  SearchCounters,
  TrialRecord,
} from '../ports.ts';
import { type ClimbingSampler, type ClimbState, searchSampler } from './climbing-sampler.ts';
import { type CosearchContext, designOf, figuresOf, foundNetwork, meritOf, newPoints } from './cosearch-context.ts';
import { refuseForeignNetworks } from './foreign-networks.ts';
import { itemOf } from './network-evolution.ts';
import { mergeFront } from './network-front.ts';
import { parentCount, sampleAccepted } from './ofa-evolution.ts';
import { type AcceptedNetwork, edpOf, type RatedNetwork, rankNetworks } from './rated-networks.ts';
import { addWork, type KnownLayer, NO_WORK, type ScoreItem } from './score-networks.ts';
import type { Genotype } from './spaces/genes.ts';

/** Where the accelerators of a {@link PopulationSearch} come from. */
export type AcceleratorSource =
  /** Hardware that exists: only networks are searched. */
  | { readonly kind: 'fixed'; readonly specification: AcceleratorSpecification; readonly accelerator: Accelerator }
  /** Searched together with the networks. */
  | { readonly kind: 'encoded'; readonly encoding: EncodingContext };

/** How to set up a {@link PopulationSearch}. */
export interface PopulationSearchOptions {
  readonly source: AcceleratorSource;
  /** Generations to run; >= 1. */
  readonly generations: number;
}

/** A member of the population. Plain JSON. */
export interface Member extends RatedNetwork {
  /** Null where the accelerator is fixed. */
  readonly point: Point | null;
  readonly trial: number;
}

/** State of a {@link PopulationSearch} as plain JSON. */
export interface PopulationSearchState {
  readonly kind: 'population-search';
  readonly version: 1;
  readonly source: AcceleratorSource['kind'];
  readonly generation: number;
  readonly trials: number;
  readonly exhausted: boolean;
  readonly parents: readonly Member[];
  /** Layers of the parents' accelerators, so that a resumed search knows what it knew. */
  readonly known: readonly (readonly [accelerator: string, layers: readonly KnownLayer[]])[];
  readonly best: ScoredDesign | null;
  readonly front: readonly AccuracyPoint[];
  readonly counters: SearchCounters;
  /** Observations of the sampler of networks. */
  readonly climb?: ClimbState;
}

/** Networks of a fixed accelerator that go to a thread together. */
const NETWORKS_PER_ITEM = 8;
/** Chance that a child of a joint search keeps the accelerator of its parent, so that layers are known. */
const KEPT_ACCELERATORS = 0.3;

/** Chance that a member of the first population of a joint search has the baseline, where CMA-ES starts too. */
const STARTS_AT_BASELINE = 0.5;

/** Known figures of layers, by accelerator. */
type KnownByAccelerator = Map<string, Map<string, RememberedOutcome>>;

/** Text that is equal for members with the same accelerator. */
function acceleratorOf({ point }: Pick<Member, 'point'>): string {
  return point === null ? '' : JSON.stringify(point);
}

/** A pair of accelerator and network, not yet scored. */
interface Sample {
  readonly genotype: Genotype;
  readonly point: Point | null;
  readonly design: Design;
  readonly specification: AcceleratorSpecification;
  readonly area: number;
}

/**
 * One evolution over accelerators and networks together (joint), or over networks alone on fixed hardware: the evolution of Once-for-All with the
 * accelerator's encoding as further genes. Every trial is an accelerator with a network. What breaks the budget or the accuracy floor is
 * rejected and resampled. The state advances when a generation is done; generation `g` samples from stream `g` of the seed.
 */
export class PopulationSearch {
  readonly #context: CosearchContext;
  readonly #options: PopulationSearchOptions;
  readonly #space: Space;
  #state: PopulationSearchState;

  private constructor(context: CosearchContext, options: PopulationSearchOptions, state: PopulationSearchState | null) {
    this.#context = context;
    this.#options = options;
    const { source } = options;
    this.#space = source.kind === 'fixed' ? [] : acceleratorSpace(source.encoding);
    this.#state = state ?? {
      kind: 'population-search',
      version: 1,
      source: source.kind,
      generation: 0,
      trials: 0,
      exhausted: false,
      parents: [],
      known: [],
      best: null,
      front: [],
      counters: { ...NO_WORK, scored: 0, stopped: 0, unmappable: 0, rejections: {} },
    };
  }

  /** A fresh search. @throws TrifoldError `infeasible` when the budget allows no design, `unsupported` for the baseline */
  static create(context: CosearchContext, options: PopulationSearchOptions): PopulationSearch {
    return new PopulationSearch(context, options, null);
  }

  /** Continues where {@link PopulationSearch.getState} was called. @throws TrifoldError `foreign` for a state of another search */
  static fromState(
    context: CosearchContext,
    options: PopulationSearchOptions,
    state: PopulationSearchState,
  ): PopulationSearch {
    if (state.kind !== 'population-search' || state.version !== 1 || state.source !== options.source.kind)
      throw new TrifoldError('foreign', 'not a state of this co-search');
    const search = new PopulationSearch(context, options, state);
    search.#refuseForeignParts(state);
    return search;
  }

  /** @throws TrifoldError `foreign` for parents that are none of this search */
  #refuseForeignParts({ parents, best, front, climb, generation }: PopulationSearchState): void {
    refuseForeignNetworks(this.#context.space, { elites: parents, best, front, climb });
    const isFixed = this.#options.source.kind === 'fixed';
    const isForeign = ({ point }: Member) =>
      point === null ? !isFixed : isFixed || pointFault(this.#space, point) !== undefined;
    if (parents.some(isForeign) || generation > this.#options.generations)
      throw new TrifoldError('foreign', 'not a state of this co-search: its population belongs to another one');
  }

  /** The state after the last finished generation. */
  getState(): PopulationSearchState {
    return this.#state;
  }

  /** Whether all generations are done, or nothing new was found to try. */
  get isDone(): boolean {
    return this.#state.exhausted || this.#state.generation >= this.#options.generations;
  }

  /** Best design so far with its network. */
  get best(): ScoredDesign | null {
    return this.#state.best;
  }

  /** Accuracy against EDP so far, by descending accuracy. */
  get front(): readonly AccuracyPoint[] {
    return this.#state.front;
  }

  /** Pairs of accelerator and network evaluated. */
  get trials(): number {
    return this.#state.trials;
  }

  /** One generation. If the scorer throws, the error passes through and the state stays as it was. */
  async nextGeneration(): Promise<AcceleratorSearchEvent> {
    const before = this.#state;
    const { generation } = before;
    const rejections = { ...before.counters.rejections };
    const sampler = searchSampler(this.#context, before.climb);
    const samples = await this.#sample(before, rejections, sampler);
    const climb = sampler.state;
    if (samples.length === 0) {
      this.#state = { ...before, climb, exhausted: true, counters: { ...before.counters, rejections } };
      const message =
        before.trials === 0
          ? 'no network with the accuracy asked for was met on an accelerator within the budget'
          : 'nothing new is left to try';
      return { kind: 'exhausted', generation, attempts: this.#attempts(), message, rejections };
    }
    const { members, work, known } = await this.#rate(before, samples);
    const area = new Map(members.map(({ trial }, i) => [trial, samples[i]!.area]));
    const scored = members.filter(({ outcome }) => outcome.kind === 'scored');
    let { best, front } = before;
    for (const member of scored)
      front = mergeFront(front, newPoints(this.#context, front, member.trial, area.get(member.trial) ?? 0, [member]));
    const records = members.map((member, i) => this.#recordOf(member, samples[i]!, generation));
    for (const [i, member] of members.entries()) {
      const merit = meritOf(this.#context, [member]);
      if (merit === null || (best !== null && merit.score >= best.score)) continue;
      best = this.#designOf(member, samples[i]!, merit.score);
    }
    const count = (kind: RatedNetwork['outcome']['kind']) =>
      members.filter(({ outcome }) => outcome.kind === kind).length;
    const parents = rankNetworks([...before.parents, ...members], this.#context.aim).slice(
      0,
      parentCount(this.#context.evolution),
    );
    const kept = new Set(parents.map(acceleratorOf));
    this.#state = {
      ...before,
      climb,
      generation: generation + 1,
      trials: before.trials + members.length,
      parents,
      known: [...known].flatMap(([accelerator, layers]) =>
        kept.has(accelerator) ? [[accelerator, [...layers]] as const] : [],
      ),
      best,
      front,
      counters: {
        ...addWork(before.counters, work),
        scored: before.counters.scored + count('scored'),
        stopped: before.counters.stopped + count('stopped'),
        unmappable: before.counters.unmappable + count('unmappable'),
        rejections,
      },
    };
    return {
      kind: 'generation',
      generation,
      trials: records,
      best,
      improved: best !== before.best,
      frontSize: front.length,
      accuracyFront: front,
      counters: this.#state.counters,
    };
  }

  #attempts(): number {
    return this.#context.attemptsPerNetwork * this.#context.evolution.population;
  }

  async #sample(
    state: PopulationSearchState,
    rejections: Record<string, number>,
    sampler: ClimbingSampler,
  ): Promise<(Sample & AcceptedNetwork)[]> {
    const { space, accuracy, evolution, seed, signal } = this.#context;
    const random = Random.forIndex(seed, state.generation);
    const keyOf = ({ genotype, point }: { readonly genotype: Genotype; readonly point: Point | null }) =>
      `${space.key(genotype)}|${acceleratorOf({ point })}`;
    const { parents } = state;
    return sampleAccepted(accuracy, {
      count: evolution.population - parents.length,
      attempts: this.#attempts(),
      taken: new Set(parents.map(keyOf)),
      keyOf,
      sampler,
      signal,
      sample: () => {
        const child = parents.length === 0 ? this.#first(random, sampler) : this.#breed(parents, random);
        const decoded = this.#decode(child.point);
        if (typeof decoded !== 'string') return { ...child, ...decoded };
        rejections[decoded] = (rejections[decoded] ?? 0) + 1;
        return null;
      },
    });
  }

  #first(random: Random, sampler: ClimbingSampler): { genotype: Genotype; point: Point | null } {
    const { source } = this.#options;
    const start = source.kind === 'fixed' ? undefined : baselinePoint(source.encoding);
    const isStart = start !== undefined && random.nextUnit() < STARTS_AT_BASELINE;
    const point = source.kind === 'fixed' ? null : isStart ? start : samplePoint(this.#space, random);
    return { point, genotype: sampler.sample(random) };
  }

  #breed(parents: readonly Member[], random: Random): { genotype: Genotype; point: Point | null } {
    const { space, evolution } = this.#context;
    const parent = () => parents[random.nextInt(parents.length)]!;
    const first = parent();
    const isMutation = random.nextUnit() < evolution.mutationRatio;
    const second = isMutation ? first : parent();
    const genotype = isMutation
      ? space.mutate(first.genotype, random, evolution.rates)
      : space.crossover(first.genotype, second.genotype, random);
    if (first.point === null || second.point === null) return { genotype, point: null };
    if (random.nextUnit() < KEPT_ACCELERATORS) return { genotype, point: first.point };
    const point = isMutation
      ? mutate(this.#space, first.point, 2 / this.#space.length, true, random)
      : crossover(this.#space, first.point, second.point, random);
    return { genotype, point };
  }

  /** The accelerator of a point, or the resource that it exceeds. */
  #decode(point: Point | null): Omit<Sample, 'genotype' | 'point'> | string {
    const { source } = this.#options;
    if (source.kind === 'fixed') {
      const { specification, accelerator } = source;
      return { specification, design: designOf(accelerator), area: areaMm2(accelerator) };
    }
    if (point === null) throw new RangeError('a member of a joint search has no accelerator');
    const decoded = decodePointToDesign(point, source.encoding);
    if (decoded.kind === 'rejected') return decoded.reason;
    const { specification, design, accelerator } = decoded;
    return { specification, design, area: areaMm2(accelerator) };
  }

  async #rate(
    state: PopulationSearchState,
    samples: readonly (Sample & AcceptedNetwork)[],
  ): Promise<{ members: Member[]; work: EvaluationCounters; known: KnownByAccelerator }> {
    const isFixed = this.#options.source.kind === 'fixed';
    const size = isFixed ? NETWORKS_PER_ITEM : 1;
    const items: ScoreItem[] = [];
    const known: KnownByAccelerator = new Map(
      state.known.map(([accelerator, layers]) => [accelerator, new Map(layers)]),
    );
    const layersOf = (member: Pick<Member, 'point'>) => {
      const layers = known.get(acceleratorOf(member)) ?? new Map<string, RememberedOutcome>();
      known.set(acceleratorOf(member), layers);
      return layers;
    };
    for (let start = 0; start < samples.length; start += size) {
      const { specification, point } = samples[start]!;
      const task = { trial: state.trials + start, specification, cutoffPjCycles: null, known: layersOf({ point }) };
      items.push(itemOf(this.#context, task, state.parents, samples.slice(start, start + size)));
    }
    const { scorer, signal, onProgress } = this.#context;
    onProgress?.(0, samples.length);
    const answers = await scorer.score(items, signal, (done) =>
      onProgress?.(Math.min(done * size, samples.length), samples.length),
    );
    let work: EvaluationCounters = NO_WORK;
    answers.forEach((answer, i) => {
      const layers = layersOf(samples[i * size]!);
      for (const [key, outcome] of answer.learned) layers.set(key, outcome);
      work = addWork(work, answer.counters);
    });
    const outcomes = answers.flatMap(({ networks }) => networks);
    const members = samples.map(
      ({ genotype, accuracy, point }, i): Member => ({
        genotype,
        accuracy,
        point,
        trial: state.trials + i,
        outcome: outcomes[i]!,
      }),
    );
    return { members, work, known };
  }

  #recordOf(member: Member, { design, area }: Sample, generation: number): TrialRecord {
    const { trial, outcome } = member;
    const { baselineEdp, space } = this.#context;
    const common = { trial, generation, design, bound: 0, areaMm2: area };
    switch (outcome.kind) {
      case 'scored':
        return {
          ...common,
          outcome: 'scored',
          score: edpOf(member) / baselineEdp,
          networks: [figuresOf(member, space.name)],
          network: foundNetwork(this.#context, member),
        };
      case 'stopped':
        return { ...common, outcome: 'stopped', cutoff: outcome.boundPjCycles / baselineEdp };
      case 'unmappable':
        return { ...common, outcome: 'unmappable', reason: outcome.reason };
    }
  }

  #designOf(member: Member, { design, specification, area }: Sample, score: number): ScoredDesign {
    return {
      trial: member.trial,
      score,
      design,
      specification,
      networks: [figuresOf(member, this.#context.space.name)],
      areaMm2: area,
      network: foundNetwork(this.#context, member),
    };
  }
}
