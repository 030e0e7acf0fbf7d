import { INPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { type Port, portPrices } from '../bounds/limited-ports.ts';
import { tileBounds } from '../bounds/tile-bounds.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';

/** [level][server]: least bits per instance that transfers into the level and all levels inside it move, every word once. */
export function pendingBits(placement: CompiledPlacement): { reads: Float64Array[]; writes: Float64Array[] } {
  const { model, costs, touchedInputs } = placement;
  const levels = model.levelCount;
  const reads = Array.from({ length: levels + 1 }, () => new Float64Array(levels));
  const writes = Array.from({ length: levels + 1 }, () => new Float64Array(levels));
  for (let level = levels - 1; level >= 1; level--) {
    reads[level]!.set(reads[level + 1]!);
    writes[level]!.set(writes[level + 1]!);
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const at = level * TENSOR_COUNT + t;
      const traffic = t === INPUTS ? touchedInputs : 1;
      reads[level]![costs.server[at]!]! += costs.serverReadBits[at]! * traffic;
      writes[level]![costs.server[at]!]! += costs.serverWriteBits[at]! * traffic;
      writes[level]![level]! += costs.fillBits[at]! * traffic;
    }
  }
  return { reads, writes };
}

/**
 * [level][point]: bits per instance that everything inside a tile moves through a port at least: the dynamic program of the energy with bits
 * for prices.
 * @returns for all levels but the outermost
 */
export function portBits(placement: CompiledPlacement, port: Port): readonly Float64Array[] {
  const { model, lattice, tiles, costs, keep, innerValues } = placement;
  const prices = portPrices(model, costs, port);
  const isIdle = prices.macInput === 0 && prices.perTraffic.every((bits, at) => bits === 0 || at < 2 * TENSOR_COUNT);
  if (isIdle) return Array.from({ length: model.levelCount }, () => new Float64Array(lattice.size));
  const bounds = tileBounds(model, lattice, tiles, { prices, keep, innerValues, outermost: 2 });
  if (bounds === null) throw new Error('bounds without a test of hopelessness are always built');
  return bounds.least;
}
