import type { Random } from '../../util/random.ts';
import type { AccuracyMemo } from './accuracy/accuracy-memo.ts';
import type { Genotype, MutationRates } from './spaces/genes.ts';
import type { NetworkSpace } from './spaces/network-space.ts';

/** Networks that samples climb from. */
const MOST_SUMMITS = 16;

/** Share of networks below the accuracy floor from which on samples climb. With fewer, uniform samples find enough networks, of all kinds. */
const RARE = 0.9;

/** Observations of a sampler. Plain JSON: part of the state of a search. */
export interface ClimbState {
  /** Networks observed. */
  readonly observed: number;
  /** Of these, those below the accuracy floor or without a figure. */
  readonly missed: number;
  /** Most accurate first. */
  readonly summits: readonly Summit[];
}

/** A network that samples climb from. */
interface Summit {
  readonly genotype: Genotype;
  readonly top1Percent: number;
}

/** Nothing observed yet. */
export const NO_CLIMB: ClimbState = { observed: 0, missed: 0, summits: [] };

/** Samples that go where accuracies were high, as long as the accuracy floor is seldom met. */
export interface ClimbingSampler {
  readonly state: ClimbState;
  sample(random: Random): Genotype;
  /** Every sampled network with its accuracy in percent, null where there is none; in any order. */
  observe(genotype: Genotype, top1Percent: number | null): void;
}

/**
 * Finds networks above an accuracy floor that few keep. While at most one in ten of the networks observed keeps it, a sample is a mutation of one of the 16
 * most accurate ones, with a chance that equals the share of those that miss it; else samples are uniform. Samples depend on what was
 * observed before, not on its order.
 * @param floorPercent least top-1 accuracy in percent; null = none, samples are uniform
 */
export function climbingSampler(
  space: NetworkSpace,
  floorPercent: number | null,
  initial: ClimbState = NO_CLIMB,
): ClimbingSampler {
  let { observed, missed, summits } = initial;
  const rates: MutationRates = { architecture: Math.max(0.1, 1.5 / space.genes.length), resolution: 0.5 };
  return {
    get state() {
      return { observed, missed, summits };
    },
    sample: (random) => {
      if (missed === 0 || missed < RARE * observed || summits.length === 0) return space.sample(random);
      if (random.nextUnit() * observed >= missed) return space.sample(random);
      return space.mutate(summits[random.nextInt(summits.length)]!.genotype, random, rates);
    },
    observe: (genotype, top1Percent) => {
      if (floorPercent === null) return;
      observed++;
      if (top1Percent === null || top1Percent < floorPercent) missed++;
      if (top1Percent === null) return;
      const last = summits[MOST_SUMMITS - 1];
      if (last !== undefined && top1Percent < last.top1Percent) return;
      const key = space.key(genotype);
      if (summits.some((summit) => space.key(summit.genotype) === key)) return;
      const ranked = [...summits, { genotype, top1Percent }].map((summit) => ({
        ...summit,
        key: space.key(summit.genotype),
      }));
      summits = ranked
        .sort((a, b) => b.top1Percent - a.top1Percent || (a.key < b.key ? -1 : 1))
        .slice(0, MOST_SUMMITS)
        .map(({ key: _key, ...summit }) => summit);
    },
  };
}

/** The sampler of a search. @param state of a search that goes on */
export function searchSampler(
  { space, accuracy }: { readonly space: NetworkSpace; readonly accuracy: AccuracyMemo },
  state?: ClimbState,
): ClimbingSampler {
  return climbingSampler(space, accuracy.floorPercent, state);
}
