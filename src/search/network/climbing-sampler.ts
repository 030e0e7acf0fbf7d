import type { Genotype, MutationRates } from './genes.ts';
import type { NetworkSpace } from './space.ts';

/** Networks that samples climb from. */
const MOST_SUMMITS = 16;

/** A space whose samples go where accuracies were high, as far as the floor is seldom met. */
export interface ClimbingSampler {
  /** The space with another `sample`; everything else is as it was. */
  readonly space: NetworkSpace;
  /** To be told every accuracy in percent that was asked for, null where there is none; in any order, each network once. */
  observe(genotype: Genotype, top1Percent: number | null): void;
}

interface Summit {
  readonly genotype: Genotype;
  readonly key: string;
  readonly top1Percent: number;
}

/**
 * Finds networks above a floor that few keep. With a chance that equals the share of the networks so far that miss the floor, a
 * sample is a mutation of one of the 16 most accurate ones; else it is uniform. Where most networks keep the floor, sampling hardly
 * changes. Samples depend on what was observed before, not on its order.
 * @param floorPercent least top-1 accuracy in percent
 */
export function climbingSampler(space: NetworkSpace, floorPercent: number): ClimbingSampler {
  let summits: Summit[] = [];
  let observed = 0;
  let missed = 0;
  const rates: MutationRates = { architecture: Math.max(0.1, 1.5 / space.genes.length), resolution: 0.5 };
  return {
    space: {
      ...space,
      sample: (random) => {
        const climbs = random.nextUnit() * Math.max(1, observed) < missed;
        if (!climbs || summits.length === 0) return space.sample(random);
        return space.mutate(summits[random.nextInt(summits.length)]!.genotype, random, rates);
      },
    },
    observe: (genotype, top1Percent) => {
      observed++;
      if (top1Percent === null || top1Percent < floorPercent) missed++;
      if (top1Percent === null) return;
      summits = [...summits, { genotype, key: space.key(genotype), top1Percent }]
        .sort((a, b) => b.top1Percent - a.top1Percent || (a.key < b.key ? -1 : 1))
        .slice(0, MOST_SUMMITS);
    },
  };
}
