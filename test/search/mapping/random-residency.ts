import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { Random } from '../../../src/util/random.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import type { Moves, Residency } from '../../../src/workload/residency.ts';
import type { smallCase } from './random-mapspace.ts';

type SmallCase = ReturnType<typeof smallCase>;

/**
 * The case of a seed as a step of a schedule: some level with one instance retains some operands, in any room, beside any moves. Unchanged where no level but
 * the outermost has one instance.
 */
export function withResidency({ layer, accelerator }: SmallCase, seed: number): SmallCase {
  const random = Random.fromSeed(5 * seed + 2);
  const chance = (p: number) => random.nextUnit() < p;
  const single = accelerator.levels.flatMap(({ instances }, index) => (index > 0 && instances === 1 ? [index] : []));
  if (single.length === 0) return { layer, accelerator };
  const level = single[random.nextInt(single.length)]!;
  const own = accelerator.levels[level]!;
  const residency: Residency = {
    level,
    weights: own.mayKeep.includes('Weights') && chance(0.4),
    inputs: own.mayKeep.includes('Inputs') && chance(0.5),
    outputs: outputsFrom(random, own),
    activationBits: chance(0.5) ? 16 : 8,
    roomBits: chance(0.2) ? null : 16 * random.nextInt(chance(0.5) ? 8 : 40),
    moves: { fetched: entries(random), drained: entries(random) },
  };
  const capacity = { kind: 'shared', bits: 1 } as const;
  const changed: Accelerator = {
    ...accelerator,
    levels: accelerator.levels.map((one, index) => (index === level ? { ...one, capacity } : one)),
  };
  return { layer: { ...layer, residency }, accelerator: changed };
}

/** The same with a level that may hold everything and need not, so that every home is possible. */
export function withOpenResidency(one: SmallCase, seed: number): SmallCase {
  const levels = one.accelerator.levels.map(
    (level, index): StorageLevel =>
      index > 0 && level.instances === 1 ? { ...level, mayKeep: TENSORS, mustKeep: [] } : level,
  );
  return withResidency({ ...one, accelerator: { ...one.accelerator, levels } }, seed);
}

function outputsFrom(random: Random, { mayKeep }: StorageLevel): Residency['outputs'] {
  const kinds = ['outermost', 'staged', 'in-place'] as const;
  return kinds[random.nextInt(mayKeep.includes('Outputs') ? 3 : 2)]!;
}

/** Up to two entries of a move; none in half of the cases. */
function entries(random: Random): Moves['fetched'] {
  const count = Math.max(0, random.nextInt(4) - 1);
  return Array.from({ length: count }, () => ({
    words: 1 + random.nextInt(20),
    wordBits: random.nextInt(2) === 0 ? 8 : 16,
  }));
}
