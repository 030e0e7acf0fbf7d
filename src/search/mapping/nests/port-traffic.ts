import { INPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import type { Placement } from './partial-nest.ts';

/** Least bits that transfers into each level and all levels inside it move, every word once. */
export function pendingBits(placement: Placement): { reads: Float64Array[]; writes: Float64Array[] } {
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
