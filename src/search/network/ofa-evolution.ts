import type { Random } from '../../util/random.ts';
import type { AccuracyMemo } from './accuracy/accuracy-memo.ts';
import type { ClimbingSampler } from './climbing-sampler.ts';
import type { AcceptedNetwork } from './rated-networks.ts';
import type { Genotype, MutationRates } from './spaces/genes.ts';
import type { NetworkSpace } from './spaces/network-space.ts';

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
  /** Chances that a mutation resamples a gene; 0.1 (resolution: 0.5) as published. */
  readonly rates: MutationRates;
}

/** Parents of a population: at least one. */
export function parentCount({ population, parentRatio }: EvolutionSettings): number {
  return Math.max(1, Math.round(population * parentRatio));
}

/** Samples that are wanted. */
export interface SampleRequest<T extends { readonly genotype: Genotype }> {
  /** Accepted networks wanted. */
  readonly count: number;
  /** Samples at most. */
  readonly attempts: number;
  /** Keys of what need not come again; those of all samples are added. */
  readonly taken: Set<string>;
  /** Key that is equal for samples of which one will do. */
  readonly keyOf: (sample: T) => string;
  /** The next sample, in order, so that the course depends on the answers alone; null = one that stands for nothing. */
  readonly sample: () => T | null;
  /** Observes every network that was asked about. */
  readonly sampler: ClimbingSampler;
  /** Ends the asking: rejected with its reason. */
  readonly signal: AbortSignal | undefined;
}

/** Samples until enough networks keep the accuracy floor or the attempts are used up. */
export async function sampleAccepted<T extends { readonly genotype: Genotype }>(
  accuracy: AccuracyMemo,
  { count, attempts, taken, keyOf, sample, sampler, signal }: SampleRequest<T>,
): Promise<(T & AcceptedNetwork)[]> {
  const accepted: (T & AcceptedNetwork)[] = [];
  for (let tried = 0; accepted.length < count && tried < attempts; ) {
    const fresh: T[] = [];
    for (let i = count - accepted.length; i > 0 && tried < attempts; i--, tried++) {
      const next = sample();
      if (next === null || taken.has(keyOf(next))) continue;
      taken.add(keyOf(next));
      fresh.push(next);
    }
    const genotypes = fresh.map(({ genotype }) => genotype);
    const estimates = await accuracy.accept(genotypes, signal);
    fresh.forEach((one, i) => {
      sampler.observe(one.genotype, accuracy.percentOf(one.genotype));
      const estimate = estimates[i];
      if (estimate !== null && estimate !== undefined) accepted.push({ ...one, accuracy: estimate });
    });
  }
  return accepted;
}

/** A child: a mutation of one parent with the chance `mutationRatio`, else a crossover of two. */
export function sampleChild(
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
