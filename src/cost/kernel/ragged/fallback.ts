import type { Accelerator } from '../../../accelerator/accelerator.ts';
import { flattenNest, levelExtents } from '../../../mapping/nest.ts';
import { type PackedLayout, type PackedMapping, unpackMapping } from '../../packed-mapping.ts';
import { countTraffic, type Traffic } from '../../reference/traffic.ts';
import { hasCollision, isDoublyRagged } from '../axis.ts';
import { fillingLevel } from '../general.ts';
import { INPUTS, type KernelModel, type SlidingAxis, TENSOR_COUNT } from '../model.ts';
import type { KernelState } from '../state.ts';

/**
 * Whether the busiest instance is out of the kernel's reach: children are served unlike united tiles (both dims of a sliding axis ragged and
 * parallel in one multicast block), and padding clips every group's differently.
 */
export function needsWalk(
  model: KernelModel,
  state: KernelState,
  packed: PackedMapping,
  everyInstance: boolean,
): boolean {
  const { rows, columns, levelCount } = model;
  if (
    !(rows.padded && needsUnion(model, state, packed, rows)) &&
    !(columns.padded && needsUnion(model, state, packed, columns))
  )
    return false;
  for (let level = 0; level < levelCount; level++)
    if ((everyInstance || model.isPortLimited[level]! !== 0) && state.instances[level]! > 1) return true;
  return false;
}

/** Whether children of some level get united tiles of an axis for which no member stands. */
export function needsUnion(model: KernelModel, state: KernelState, packed: PackedMapping, axis: SlidingAxis): boolean {
  return isDoublyRagged(state, axis) && hasCollision(model, state, packed, axis, 0, model.levelCount - 1);
}

/** Counts Inputs by the reference's walk: slow, and the only path that allocates. */
export function walkInputs(
  layout: PackedLayout,
  accelerator: Accelerator,
  state: KernelState,
  packed: PackedMapping,
): void {
  const { problem, levelCount } = layout;
  const mapping = unpackMapping(layout, packed);
  const nest = flattenNest(mapping);
  const extents = levelExtents(mapping);
  const fanOuts = accelerator.levels.map((level) => level.fanOut);
  const transfer = (outer: number, boundary: number): Traffic =>
    countTraffic(
      {
        problem,
        mapping,
        nest,
        outer,
        boundary,
        childExtents: extents[boundary + 1]!,
        fanOuts,
        temporalReuse: 'exact',
        toMacs: boundary === levelCount - 1,
      },
      problem.tensors.Inputs,
    );
  let boundary = levelCount - 1;
  for (let level = levelCount - 1; level >= 0; level--) {
    const at = level * TENSOR_COUNT + INPUTS;
    if (level + 1 < levelCount && ((packed.keep[level + 1]! >> INPUTS) & 1) !== 0) boundary = level;
    const out = transfer(level, boundary);
    state.counts.ingress[at] = out.accesses;
    state.counts.served[at] = out.served;
    state.busiestIngress[at] = out.busiestAccesses;
    if (boundary !== level || level + 1 === levelCount) continue;
    const filling = transfer(fillingLevel(packed, INPUTS, level + 1), level);
    state.deliveries[at + TENSOR_COUNT] = filling.deliveries;
    state.busiestDeliveries[at + TENSOR_COUNT] = filling.busiestDeliveries;
  }
}
