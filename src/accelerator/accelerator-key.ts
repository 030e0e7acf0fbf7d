import type { Accelerator, StorageLevel } from './accelerator.ts';
import { arrayOverheads, levelOverheads } from './overheads.ts';

/**
 * Key that is equal for accelerators on which every mapping of every layer costs the same energy and cycles: all constants
 * that the cost model or a mapping refers to, in a fixed order. Names of the accelerator and its levels, sources, areas and the
 * clock do not count; names of array dimensions do, as mappings refer to them, and so does the order of lists, on which a search
 * may break ties.
 */
export function acceleratorKey({ levels, mac, tiles }: Accelerator): string {
  return JSON.stringify([levels.map(levelContent), mac.instances, mac.wordBits, mac.energyPj, tiles ?? null]);
}

function levelContent(whole: StorageLevel): unknown[] {
  const { capacity, storedBits, bandwidth, energy, fanOut, ...level } = whole;
  const { multicast } = fanOut;
  return [
    level.isDram,
    capacity.kind,
    capacity.kind === 'unlimited'
      ? null
      : capacity.kind === 'shared'
        ? capacity.bits
        : [capacity.bits.Weights, capacity.bits.Inputs, capacity.bits.Outputs],
    level.doubleBuffered,
    level.wordBits,
    [storedBits.Weights ?? null, storedBits.Inputs ?? null, storedBits.Outputs ?? null],
    level.blockWords,
    [bandwidth.readWordsPerCycle ?? null, bandwidth.writeWordsPerCycle ?? null, bandwidth.sharedWordsPerCycle ?? null],
    [energy.readPj, energy.fillPj, energy.updatePj],
    level.mayKeep,
    level.mustKeep,
    level.instances,
    level.leakagePjPerCycle,
    fanOut.dimensions.map(({ name, size, parallelDims }) => [name, size, parallelDims]),
    [multicast.Weights, multicast.Inputs, multicast.Outputs],
    fanOut.hopEnergyPj,
    fanOut.wires === undefined ? null : [fanOut.wires.geometry, fanOut.wires.pjPerBitHop],
    inOrder({ ...levelOverheads(whole), ...arrayOverheads(fanOut) }),
  ];
}

/** Entries of an object and of all within it, by their names. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, inOrder(one)]);
}
