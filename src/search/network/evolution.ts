import type { Random } from '../../util/random.ts';
import type { AccuracyEstimate } from '../found-network.ts';
import type { AccuracyOracle } from './accuracy/accuracy-oracle.ts';
import type { ClimbingSampler } from './climbing-sampler.ts';
import { accuracyFront } from './network-front.ts';
import type { ScoredNetwork } from './score-networks.ts';
import { type Genotype, type MutationRates, OFA_MUTATION_RATES } from './spaces/genes.ts';
import type { NetworkSpace } from './spaces/space.ts';

/** Settings of the evolution of Once-for-All (Cai et al., ICLR 2020, published code, which NAAS uses). */
export interface EvolutionSettings {
  /** Networks per generation; >= 2. The paper has 100. */
  readonly population: number;
  /** Generations; >= 1. The paper has 500. */
  readonly iterations: number;
  /** Share of a population that become parents and stay; 0.25 as published. */
  readonly parentRatio: number;
  /** Share of the children that are mutations of one parent, the others have two parents; 0.5 as published. */
  readonly mutationRatio: number;
  /** Chances that a mutation draws a gene anew; 0.1 (resolution: 0.5) as published. */
  readonly rates: MutationRates;
}

/** As published but for population and iterations, which are meant for a search that starts from the networks of earlier accelerators. */
export const DEFAULT_EVOLUTION: EvolutionSettings = {
  population: 16,
  iterations: 4,
  parentRatio: 0.25,
  mutationRatio: 0.5,
  rates: OFA_MUTATION_RATES,
};

/** A network under the floor's protection: its accuracy was asked for and accepted. */
export interface AcceptedNetwork {
  readonly genotype: Genotype;
  readonly accuracy: AccuracyEstimate;
}

/** An accepted network with what its mapping gave. */
export interface RatedNetwork extends AcceptedNetwork {
  readonly outcome: ScoredNetwork;
}

/** Whether the best EDP counts, or the front of accuracy against EDP. */
export type Aim = 'best' | 'front';

/** Parents of a population: at least one. */
export function parentCount({ population, parentRatio }: EvolutionSettings): number {
  return Math.max(1, Math.round(population * parentRatio));
}

/** Where children are drawn from. */
export interface Drawing<T extends { readonly genotype: Genotype }> {
  /** Networks wanted. */
  readonly count: number;
  /** Drawings at most. */
  readonly attempts: number;
  /** Keys that need not come again; those of all that is drawn are added. */
  readonly taken: Set<string>;
  /** Text that is equal for what need not be drawn twice. */
  readonly keyOf: (drawn: T) => string;
  /** The next one, in order, so that the course depends on the answers alone; null = a drawing that stands for nothing. */
  readonly draw: () => T | null;
  /** Told every network that was asked about. */
  readonly sampler: ClimbingSampler;
}

/** Draws until enough networks are accepted or the attempts are used up. */
export async function drawAccepted<T extends { readonly genotype: Genotype }>(
  oracle: AccuracyOracle,
  { count, attempts, taken, keyOf, draw, sampler }: Drawing<T>,
): Promise<(T & AcceptedNetwork)[]> {
  const accepted: (T & AcceptedNetwork)[] = [];
  for (let tried = 0; accepted.length < count && tried < attempts; ) {
    const fresh: T[] = [];
    for (let i = count - accepted.length; i > 0 && tried < attempts; i--, tried++) {
      const drawn = draw();
      if (drawn === null || taken.has(keyOf(drawn))) continue;
      taken.add(keyOf(drawn));
      fresh.push(drawn);
    }
    const estimates = await oracle.accept(fresh.map(({ genotype }) => genotype));
    fresh.forEach((drawn, i) => {
      sampler.observe(drawn.genotype, oracle.percentOf(drawn.genotype));
      const accuracy = estimates[i];
      if (accuracy !== null && accuracy !== undefined) accepted.push({ ...drawn, accuracy });
    });
  }
  return accepted;
}

/** Draws a child: a mutation of one parent with the chance `mutationRatio`, else a crossover of two. */
export function drawChild(
  space: NetworkSpace,
  parents: readonly Genotype[],
  { mutationRatio, rates }: EvolutionSettings,
  random: Random,
): Genotype {
  const parent = () => parents[random.nextInt(parents.length)]!;
  return random.nextUnit() < mutationRatio
    ? space.mutate(parent(), random, rates)
    : space.crossover(parent(), parent(), random);
}

/** Networks by merit, best first: scored ones by EDP (or by front and spread), then stopped ones by bound, then the rest. */
export function rankNetworks<T extends RatedNetwork>(networks: readonly T[], aim: Aim): T[] {
  const scored = networks.filter((network) => network.outcome.kind === 'scored');
  const others = networks.filter((network) => network.outcome.kind !== 'scored');
  const bound = ({ outcome }: RatedNetwork) =>
    outcome.kind === 'stopped' ? outcome.boundPjCycles : Number.POSITIVE_INFINITY;
  const byBound = [...others].sort((a, b) => compare(bound(a), bound(b)));
  const byMerit = aim === 'best' ? [...scored].sort((a, b) => edpOf(a) - edpOf(b)) : rankByFront(scored);
  return [...byMerit, ...byBound];
}

/** EDP in pJ * cycles; infinite unless scored. */
export function edpOf({ outcome }: RatedNetwork): number {
  return outcome.kind === 'scored' ? outcome.edpPjCycles : Number.POSITIVE_INFINITY;
}

/** Front after front, within a front by crowding distance (NSGA-II, Deb et al. 2002) in accuracy and log EDP. */
function rankByFront<T extends RatedNetwork>(networks: readonly T[]): T[] {
  const ranked: T[] = [];
  for (let left = networks; left.length > 0; ) {
    const figures = { accuracy: left.map(({ accuracy }) => accuracy.top1Percent), cost: left.map(edpOf) };
    const front = accuracyFront(figures).map((place) => left[place]!);
    const distance = crowding(front);
    ranked.push(...front.sort((a, b) => compare(distance.get(b)!, distance.get(a)!)));
    left = left.filter((network) => !distance.has(network));
  }
  return ranked;
}

/** @param front by descending accuracy, and with it by descending EDP */
function crowding<T extends RatedNetwork>(front: readonly T[]): Map<T, number> {
  const first = front[0]!;
  const last = front[front.length - 1]!;
  const accuracySpan = first.accuracy.top1Percent - last.accuracy.top1Percent || 1;
  const edpSpan = Math.log(edpOf(first) / edpOf(last)) || 1;
  return new Map(
    front.map((network, i) => {
      const before = front[i - 1];
      const after = front[i + 1];
      if (before === undefined || after === undefined) return [network, Number.POSITIVE_INFINITY];
      const accuracy = (before.accuracy.top1Percent - after.accuracy.top1Percent) / accuracySpan;
      return [network, accuracy + Math.log(edpOf(before) / edpOf(after)) / edpSpan];
    }),
  );
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
