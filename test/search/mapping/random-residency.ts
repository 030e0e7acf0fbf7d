import type { Accelerator, StorageLevel } from '../../../src/accelerator/accelerator.ts';
import { Random } from '../../../src/util/random.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import type { Moves, Residency } from '../../../src/workload/residency.ts';
import type { smallCase } from './random-mapspace.ts';

type SmallCase = ReturnType<typeof smallCase>;

/** A layer as a step of a schedule. */
export interface SmallStep extends SmallCase {
  readonly layer: LayerShape & { readonly residency: Residency };
}

/**
 * The case of a seed as a step of a schedule: some level, which then has one instance and in half of the cases need not keep anything, retains some operands,
 * in any room, beside any moves.
 */
export function withResidency({ layer, accelerator }: SmallCase, seed: number): SmallStep {
  const random = Random.fromSeed(5 * seed + 2);
  const chance = (p: number) => random.nextUnit() < p;
  const most = accelerator.levels.length - 1;
  const level = chance(0.7) ? 1 : 1 + random.nextInt(most);
  const changed = withRetention(accelerator, level, chance(0.5), chance(0.3));
  const { mayKeep } = changed.levels[level]!;
  const outputs = (['outermost', 'staged', 'in-place'] as const)[random.nextInt(mayKeep.includes('Outputs') ? 3 : 2)]!;
  const residency: Residency = {
    level,
    weights: mayKeep.includes('Weights') && chance(0.4),
    inputs: mayKeep.includes('Inputs') && chance(0.5),
    outputs,
    activationBits: [16, 8, 12][random.nextInt(3)]!,
    roomBits: chance(0.2) ? null : 16 * random.nextInt(chance(0.5) ? 8 : 40),
    moves: { fetched: entries(random), drained: entries(random) },
    ...(outputs !== 'outermost' && chance(0.4) ? { resumes: true } : {}),
  };
  return { layer: { ...layer, residency }, accelerator: changed };
}

/** Up to two entries of a move; none in half of the cases. */
function entries(random: Random): Moves['fetched'] {
  const count = Math.max(0, random.nextInt(4) - 1);
  return Array.from({ length: count }, () => ({
    words: 1 + random.nextInt(20),
    wordBits: random.nextInt(2) === 0 ? 8 : 16,
  }));
}

/** The accelerator with nothing in parallel outside a level, which is one pool too small for anything: the room of a step stands in its place. */
function withRetention(accelerator: Accelerator, index: number, isOpen: boolean, doubleBuffered: boolean): Accelerator {
  let instances = 1;
  const levels = accelerator.levels.map((level, own): StorageLevel => {
    const dimensions = own < index ? [] : level.fanOut.dimensions;
    const retention = {
      capacity: { kind: 'shared', bits: 1 },
      doubleBuffered,
      ...(isOpen ? { mayKeep: TENSORS, mustKeep: [] } : {}),
    } as const;
    const changed = {
      ...level,
      ...(own === index ? retention : {}),
      instances,
      fanOut: { ...level.fanOut, dimensions },
    };
    for (const { size } of dimensions) instances *= size;
    return changed;
  });
  return { ...accelerator, levels, mac: { ...accelerator.mac, instances } };
}
