import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { Random } from '../../../src/util/random.ts';
import type { smallCase } from './random-mapspace.ts';

/** Terms of real hardware that a random accelerator can state. */
export const TERMS = ['launch', 'refetch', 'spill', 'drain', 'fill', 'ramp', 'overlap'] as const;

/** One of {@link TERMS}. */
export type Term = (typeof TERMS)[number];

/** The case of a seed with random figures of some terms on its levels, most levels stating each. */
export function withTerms(terms: readonly Term[]) {
  return ({ layer, accelerator }: ReturnType<typeof smallCase>, seed: number) => {
    const random = Random.fromSeed(3 * seed + 1);
    const levels = accelerator.levels.map((level, index) => withLevelTerms(random, terms, level, index));
    const changed: Accelerator = { ...accelerator, levels };
    return { layer, accelerator: changed };
  };
}

function withLevelTerms(random: Random, terms: readonly Term[], level: StorageLevel, index: number): StorageLevel {
  const isStated = (term: Term) => terms.includes(term) && random.nextInt(3) > 0;
  const upTo = (most: number) => random.nextInt(most + 1);
  const refetch = (['Weights', 'Inputs'] as const).filter(() => random.nextInt(4) > 0);
  const isInside = index > 0;
  return {
    ...level,
    ...(isStated('launch') ? { launch: { cycles: upTo(20), matrixCycles: upTo(20) } } : {}),
    ...(isInside && isStated('refetch') && refetch.length > 0 ? { refetch } : {}),
    ...(isInside && isStated('spill') ? { spill: 'never' } : {}),
    ...(isInside && isStated('drain') ? { drain: 'charged' } : {}),
    ...(isStated('overlap') ? { overlap: 'none' } : {}),
    fanOut: {
      ...level.fanOut,
      ...(isStated('fill') ? { fill: { cyclesPerLoad: upTo(8), leastRows: 1 + upTo(4) } } : {}),
      ...(isStated('ramp') ? { rampCycles: upTo(6) } : {}),
    },
  };
}
