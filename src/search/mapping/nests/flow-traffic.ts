import { INPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import type { Flow } from '../bounds/flows.ts';
import { type TileBounds, tileBounds } from '../bounds/tile-bounds.ts';
import type { TilePrices } from '../bounds/tile-prices.ts';
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

/** The tables of a flow that {@link TileBounds} has for the energy; of levels from the outermost but one inwards. */
export type FlowInside = Pick<TileBounds, 'least' | 'inside' | 'continued'>;

/** What everything inside a tile adds to a flow at least: the dynamic program of the energy with the prices of the flow. */
export function flowInside(placement: CompiledPlacement, prices: TilePrices): FlowInside {
  const { model, lattice, tiles, keep, innerValues } = placement;
  const isIdle =
    prices.macInput === 0 &&
    prices.perTraffic.every((price, at) => price === 0 || at < 2 * TENSOR_COUNT) &&
    (prices.perTile ?? []).every((costs, level) => costs === null || level < 2) &&
    (prices.byTile ?? []).every((refetches, at) => refetches === null || at < 2 * TENSOR_COUNT);
  if (isIdle) {
    const nothing = Array.from({ length: model.levelCount }, () => new Float64Array(lattice.size));
    return { least: nothing, inside: nothing, continued: nothing.map((none) => [none, none, none]) };
  }
  const bounds = tileBounds(model, lattice, tiles, { prices, keep, innerValues, outermost: 2 });
  if (bounds === null) throw new Error('bounds without a test of hopelessness are always built');
  return bounds;
}
