import fc from 'fast-check';
import type { StorageLevel } from '../../src/accelerator/accelerator.ts';
import type { RunLengthCode } from '../../src/accelerator/overheads.ts';
import { Random } from '../../src/util/random.ts';
import { type CaseOptions, type CostCase, sampleCase } from './arbitraries.ts';
import { refetching, requesting } from './counting-arbitraries.ts';

/** A random case whose levels state random terms of real hardware, most of them about every second time. */
export function overheadCase(options: CaseOptions): fc.Arbitrary<CostCase> {
  return fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed) => {
    const random = Random.fromSeed(seed);
    return withOverheads(random, sampleCase(random, options));
  });
}

/** The case with random terms on its levels, and shares of zeros that some of them shrink. */
export function withOverheads(random: Random, { layer: dense, accelerator, mapping }: CostCase): CostCase {
  const share = () => random.nextInt(5) / 4;
  const stated = [{}, { zeros: { Inputs: share() } }, { zeros: { Inputs: share(), Outputs: share() } }];
  const layer = { ...dense, ...stated[random.nextInt(3)]! };
  const counting = random.nextInt(2) === 0 ? refetching : requesting;
  const levels = accelerator.levels.map((level, index) => withTerms(random, counting(random, level, index), index));
  return { layer, accelerator: { ...accelerator, levels }, mapping };
}

function withTerms(random: Random, level: StorageLevel, index: number): StorageLevel {
  const isStated = () => random.nextInt(2) === 0;
  const upTo = (most: number) => random.nextInt(most + 1);
  return {
    ...level,
    ...(isStated() ? { launch: { cycles: upTo(40), matrixCycles: upTo(40) } } : {}),
    ...(index > 0 && isStated() ? { drain: 'charged' } : {}),
    ...(isStated() ? { compression: code(1 + upTo(4), 8 * (1 + upTo(1)), 1 + upTo(2), upTo(9)) } : {}),
    ...(random.nextInt(6) === 0 ? { overlap: 'none' } : {}),
    fanOut: {
      ...level.fanOut,
      ...(random.nextInt(3) === 0 ? { fill: { cyclesPerLoad: upTo(30), leastRows: 1 + upTo(5) } } : {}),
      ...(isStated() ? { rampCycles: upTo(60) } : {}),
    },
  };
}

/** A run-length code whose blocks leave so many bits free. */
function code(runBits: number, wordBits: number, pairsPerBlock: number, free: number): RunLengthCode {
  return { runBits, wordBits, pairsPerBlock, blockBits: pairsPerBlock * (runBits + wordBits) + free };
}
