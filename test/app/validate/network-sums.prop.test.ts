import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkSums } from '../../../src/app/validate/network-sums.ts';
import { accelNasBench } from '../../../src/search/network/spaces/accel-nasbench.ts';
import type { Genotype } from '../../../src/search/network/spaces/genes.ts';
import { Random } from '../../../src/util/random.ts';
import { type VectorDemand, vectorDemands } from '../../../src/workload/graph/fusion.ts';
import { macCount, tensorWords } from '../../../src/workload/problem.ts';
import { file, read } from '../../formats/workload-files.ts';

function build(genotype: Genotype, batch: number, bits: number) {
  return accelNasBench.build(genotype, { batch, wordBits: { Weights: bits, Inputs: bits, Outputs: 32 } });
}

const price = ({ wordsIn, wordsOut, work, wordBits }: VectorDemand) =>
  (wordsIn + 3 * wordsOut) * wordBits + 5 * work.simple + 7 * work.special;

/** Two layers that are added: once the sum takes the words of the second, once both are read again, so that it cannot. */
const SUMS = [false, true].map((isReadAgain) =>
  read(
    file(
      [
        { name: 'a', kind: 'pointwise', out: 4 },
        { name: 'b', kind: 'pointwise', out: 4 },
        { name: 'sum', kind: 'add', from: ['b', 'a'] },
        ...(isReadAgain ? [{ name: 'both', kind: 'concat', from: ['a', 'b', 'sum'] }] : []),
      ],
      { input: [4, 3, 3] },
    ),
  ),
);

describe('networks as sums of parts', () => {
  it('keep operators apart that only differ once they are fused', () => {
    const sums = networkSums([[0], [1]], ([which]) => SUMS[which!]!);
    const words = (joinsOperands: boolean) => {
      const { vector } = sums.rebuild((n) => SUMS[n]!, joinsOperands);
      return [...sums.vectorTotals(vector.map(({ wordsIn, wordsOut }) => wordsIn + wordsOut))];
    };
    expect(words(false)).toEqual([108, 108]);
    expect(words(true)).toEqual([36, 108]);
  });

  // Killed by: a part kept for another shape, a demand keyed without its joined form, repeats left out, parts of another network.
  it('add up to what every network costs alone, built in any way', () => {
    const setting = fc.record({
      seed: fc.nat(1000),
      batch: fc.integer({ min: 1, max: 8 }),
      bits: fc.constantFrom(8, 16),
      joinsOperands: fc.boolean(),
    });
    fc.assert(
      fc.property(setting, ({ seed, batch, bits, joinsOperands }) => {
        const random = Random.fromSeed(seed);
        const genotypes = Array.from({ length: 6 }, () => accelNasBench.sample(random));
        const sums = networkSums(genotypes, (genotype) => build(genotype, 1, 8));
        const { layers, vector } = sums.rebuild((n) => build(genotypes[n]!, batch, bits), joinsOperands);
        const layerTotals = sums.layerTotals(
          layers.map(({ problem, wordBits }) => macCount(problem) + wordBits.Inputs * tensorWords(problem, 'Inputs')),
        );
        const vectorTotals = sums.vectorTotals(vector.map(price));
        for (const [n, genotype] of genotypes.entries()) {
          const { layers: own, graph } = build(genotype, batch, bits);
          let expected = 0;
          for (const { problem, wordBits, repeat } of own)
            expected += repeat * (macCount(problem) + wordBits.Inputs * tensorWords(problem, 'Inputs'));
          expect(layerTotals[n]).toBe(expected);
          const demands = vectorDemands(graph!, { joinsOperands });
          expect(vectorTotals[n]).toBe(demands.reduce((sum, demand) => sum + demand.repeat * price(demand), 0));
        }
      }),
      { numRuns: 15 },
    );
  });
});
