import fc from 'fast-check';
import type { StorageLevel } from '../../src/accelerator/accelerator.ts';
import { Random } from '../../src/util/random.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
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

/** All kinds of cases in turn: perfect, padded, ragged, both, and with output and filter dims in parallel in one block. */
export function everyKind(maxMacs: number): fc.Arbitrary<CostCase> {
  const both = [false, true] as const;
  const options: CaseOptions[] = both.flatMap((imperfect) => both.map((padding) => ({ imperfect, padding, maxMacs })));
  return fc.oneof(...options.map(costCase), ...options.map(collidingCase));
}
