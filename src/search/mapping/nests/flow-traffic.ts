import { INPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import type { Flow } from '../bounds/flows.ts';
import { tileBounds } from '../bounds/tile-bounds.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';

/** [level]: what transfers into the level and all levels inside it add to a flow at least, every word once. */
export function pendingFlow({ model, touchedInputs }: CompiledPlacement, { prices }: Flow): Float64Array {
  const pending = new Float64Array(model.levelCount + 1);
  for (let level = model.levelCount - 1; level >= 1; level--) {
    let sum = pending[level + 1]!;
    for (let t = 0; t < TENSOR_COUNT; t++)
      sum += prices.perTraffic[level * TENSOR_COUNT + t]! * (t === INPUTS ? touchedInputs : 1);
    pending[level] = sum;
  }
  return pending;
}

/**
 * [level][point]: what everything inside a tile adds to a flow at least: the dynamic program of the energy with the prices of the flow.
 * @returns for all levels but the outermost
 */
export function flowsInside(placement: CompiledPlacement, { prices }: Flow): readonly Float64Array[] {
  const { model, lattice, tiles, keep, innerValues } = placement;
  const isIdle = prices.macInput === 0 && prices.perTraffic.every((price, at) => price === 0 || at < 2 * TENSOR_COUNT);
  if (isIdle) return Array.from({ length: model.levelCount }, () => new Float64Array(lattice.size));
  const bounds = tileBounds(model, lattice, tiles, { prices, keep, innerValues, outermost: 2 });
  if (bounds === null) throw new Error('bounds without a test of hopelessness are always built');
  return bounds.least;
}
