import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { Random } from '../../../src/util/random.ts';
import type { Dim } from '../../../src/util/vocabulary.ts';
import type { smallCase } from './random-mapspace.ts';

/** Terms of real hardware that a random accelerator can state. */
export const TERMS = ['launch', 'refetch', 'spill', 'drain', 'requests', 'fill', 'ramp', 'overlap'] as const;

/** One of {@link TERMS}. */
export type Term = (typeof TERMS)[number];

/** The case of a seed with random figures of some terms on its levels, most levels stating each. */
export function withTerms(terms: readonly Term[]) {
  return ({ layer, accelerator }: ReturnType<typeof smallCase>, seed: number) => {
    const random = Random.fromSeed(3 * seed + 1);
    // Requests of Inputs suppose that these come anew.
    const areInputsAnew = terms.includes('requests') && random.nextInt(2) === 0;
    const levels = accelerator.levels.map((level, index) =>
      withLevelTerms(random, terms, level, { index, areInputsAnew }),
    );
    const changed: Accelerator = { ...accelerator, levels };
    return { layer, accelerator: changed };
  };
}

function withLevelTerms(
  random: Random,
  terms: readonly Term[],
  level: StorageLevel,
  { index, areInputsAnew }: { readonly index: number; readonly areInputsAnew: boolean },
): StorageLevel {
  const isStated = (term: Term) => terms.includes(term) && random.nextInt(3) > 0;
  const upTo = (most: number) => random.nextInt(most + 1);
  const isInside = index > 0;
  const isRefetched = isStated('refetch');
  const refetch = (['Weights', 'Inputs'] as const).filter(
    (tensor) => (isRefetched && upTo(3) > 0) || (tensor === 'Inputs' && areInputsAnew),
  );
  const layoutOf = (dims: readonly Dim[]) => shuffled(random, dims).slice(0, upTo(2));
  const layout = {
    Weights: layoutOf(['G', 'K', 'C', 'R', 'S']),
    Outputs: layoutOf(['N', 'G', 'K', 'P', 'Q']),
    ...(areInputsAnew ? { Inputs: layoutOf(['N', 'G', 'C', 'P', 'Q', 'P', 'Q']) } : {}),
  };
  return {
    ...level,
    ...(isStated('launch') ? { launch: { cycles: upTo(20), matrixCycles: upTo(20) } } : {}),
    ...(isInside && refetch.length > 0 ? { refetch } : {}),
    ...(isInside && isStated('spill') ? { spill: 'never' } : {}),
    ...(isInside && isStated('drain') ? { drain: 'charged' } : {}),
    ...(isStated('requests') ? { requests: { bytes: 1 + upTo(9), cycles: 1 + upTo(1), layout } } : {}),
    ...(isStated('overlap') ? { overlap: 'none' } : {}),
    fanOut: {
      ...level.fanOut,
      ...(isStated('fill') ? { fill: { cyclesPerLoad: upTo(8), leastRows: 1 + upTo(4) } } : {}),
      ...(isStated('ramp') ? { rampCycles: upTo(6) } : {}),
    },
  };
}

/** The items in a random order, each once. */
function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const left = [...new Set(items)];
  return Array.from(left, () => left.splice(random.nextInt(left.length), 1)[0]!);
}
