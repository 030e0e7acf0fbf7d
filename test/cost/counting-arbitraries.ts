import fc from 'fast-check';
import type { StorageLevel } from '../../src/accelerator/accelerator.ts';
import { compileKernel } from '../../src/cost/kernel/kernel.ts';
import { packMapping } from '../../src/cost/packed-mapping.ts';
import { Random } from '../../src/util/random.ts';
import { type Dim, type PerTensor, TENSORS } from '../../src/util/vocabulary.ts';
import { EXACT, expectEqual } from './agreement.ts';
import { type CaseOptions, type CostCase, costCase } from './arbitraries.ts';
import { collidingCase } from './kernel/arbitraries.ts';

/** Random changes of the levels of random cases, by a seed of their own. */
export function changed(
  cases: fc.Arbitrary<CostCase>,
  change: (random: Random, level: StorageLevel, index: number, sampled: CostCase) => StorageLevel,
): fc.Arbitrary<CostCase> {
  return fc.tuple(cases, fc.integer({ min: 0, max: 2 ** 31 - 1 })).map(([sampled, seed]) => {
    const random = Random.fromSeed(seed);
    const levels = sampled.accelerator.levels.map((level, index) => change(random, level, index, sampled));
    return { ...sampled, accelerator: { ...sampled.accelerator, levels } };
  });
}

/** The level with Weights, Inputs, both or none refetched. */
export function refetching(random: Random, level: StorageLevel, index: number): StorageLevel {
  const refetch = TENSORS.filter((tensor) => tensor !== 'Outputs' && index > 0 && random.nextInt(2) === 0);
  return refetch.length === 0 ? level : { ...level, refetch };
}

const LAYOUT_DIMS: PerTensor<readonly Dim[]> = {
  Weights: ['G', 'K', 'C', 'R', 'S'],
  Inputs: ['N', 'G', 'C', 'P', 'Q'],
  Outputs: ['N', 'G', 'K', 'P', 'Q'],
};

/** The level with requests of random layouts; it refetches Inputs, so that all of their tiles are whole. */
export function requesting(random: Random, level: StorageLevel, index: number): StorageLevel {
  const shuffled = (dims: readonly Dim[]) => [...dims].sort(() => random.nextUnit() - 0.5);
  const layout = Object.fromEntries(
    TENSORS.filter(() => random.nextInt(4) > 0).map((tensor) => [
      tensor,
      shuffled(LAYOUT_DIMS[tensor]).slice(random.nextInt(5)),
    ]),
  );
  const requests = { bytes: 1 + random.nextInt(9), cycles: 1 + random.nextInt(60), layout };
  return {
    ...level,
    ...(index === 0 ? {} : { refetch: random.nextInt(2) === 0 ? ['Inputs'] : ['Weights', 'Inputs'] }),
    ...(random.nextInt(index === 0 ? 8 : 2) === 0 ? {} : { requests }),
  };
}

/** Perfect and ragged cases, with and without padding. */
export function plainKinds(maxMacs: number): fc.Arbitrary<CostCase>[] {
  const both = [false, true] as const;
  return both.flatMap((imperfect) => both.map((padding) => costCase({ imperfect, padding, maxMacs })));
}

/** All kinds of cases in turn: perfect, padded, ragged, both, and with output and filter dims in parallel in one block. */
export function everyKind(maxMacs: number): fc.Arbitrary<CostCase> {
  const both = [false, true] as const;
  const options: CaseOptions[] = both.flatMap((imperfect) => both.map((padding) => ({ imperfect, padding, maxMacs })));
  return fc.oneof(...options.map(costCase), ...options.map(collidingCase));
}

/** Those of many cases with output and filter dims in parallel in which the kernel takes its rarest paths: united tiles, and the reference's walk. */
export function rareKinds(): fc.Arbitrary<CostCase> {
  return fc
    .oneof(collidingCase({ padding: false, imperfect: true }), collidingCase({ padding: true, imperfect: true }))
    .filter(({ layer, accelerator, mapping }) => {
      const kernel = compileKernel(layer, accelerator, EXACT);
      kernel.toEvaluation(packMapping(kernel.layout, mapping)!);
      return kernel.paths.united + kernel.paths.walked > 0;
    });
}

/** Expects that kernel and reference agree on cases of some families, so many of each; hands back how often the kernel took which path. */
export function comparePaths(...families: readonly (readonly [fc.Arbitrary<CostCase>, number])[]) {
  const taken = { perfect: 0, padded: 0, grouped: 0, ragged: 0, united: 0, walked: 0 };
  const check = (sampled: CostCase) => {
    const { paths } = expectEqual(sampled, EXACT);
    for (const path of Object.keys(taken) as (keyof typeof taken)[]) taken[path] += paths[path];
  };
  // One seed, so that no path is missed by chance.
  for (const [cases, numRuns] of families) fc.assert(fc.property(cases, check), { numRuns, seed: 20_261_130 });
  return taken;
}
