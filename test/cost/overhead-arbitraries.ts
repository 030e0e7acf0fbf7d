import fc from 'fast-check';
import type { StorageLevel } from '../../src/accelerator/accelerator.ts';
import { Random } from '../../src/util/random.ts';
import { type CaseOptions, type CostCase, sampleCase } from './arbitraries.ts';
import { refetching } from './counting-arbitraries.ts';

/** A random case whose levels state random terms of real hardware, most of them about every second time. */
export function overheadCase(options: CaseOptions): fc.Arbitrary<CostCase> {
  return fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed) => {
    const random = Random.fromSeed(seed);
    return withOverheads(random, sampleCase(random, options));
  });
}

/** The case with random terms on its levels. */
export function withOverheads(random: Random, { layer, accelerator, mapping }: CostCase): CostCase {
  const levels = accelerator.levels.map((level, index) => withTerms(random, refetching(random, level, index), index));
  return { layer, accelerator: { ...accelerator, levels }, mapping };
}

function withTerms(random: Random, level: StorageLevel, index: number): StorageLevel {
  const isStated = () => random.nextInt(2) === 0;
  const upTo = (most: number) => random.nextInt(most + 1);
  return {
    ...level,
    ...(isStated() ? { launch: { cycles: upTo(40), matrixCycles: upTo(40) } } : {}),
    ...(index > 0 && isStated() ? { drain: 'charged' } : {}),
    ...(random.nextInt(6) === 0 ? { overlap: 'none' } : {}),
    fanOut: {
      ...level.fanOut,
      ...(isStated() ? { fill: { cyclesPerLoad: upTo(30), leastRows: 1 + upTo(5) } } : {}),
      ...(isStated() ? { rampCycles: upTo(20) } : {}),
    },
  };
}
