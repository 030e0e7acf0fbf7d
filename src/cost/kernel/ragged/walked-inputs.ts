import type { Accelerator } from '../../../accelerator/accelerator.ts';
import { type PackedLayout, unpackMapping } from '../../packed-mapping.ts';
import { countRequests } from '../../reference/requests.ts';
import { countTraffic, type Traffic, transferQueries } from '../../reference/traffic.ts';
import type { KernelState } from '../kernel-state.ts';
import { INPUTS, type KernelModel, TENSOR_COUNT } from '../model.ts';
import { needsUnion } from '../sliding/collisions.ts';
import { fillingLevel } from '../sliding/sliding-inputs.ts';
import { needsBusiest } from '../transfers.ts';

/**
 * Whether children are served unlike united tiles (both dims of a sliding axis ragged and parallel in one multicast block) that are out of the kernel's
 * reach: their tiles have gaps, or padding clips every group's differently, so that the busiest instance is not known.
 */
export function needsWalk(
  model: KernelModel,
  { nest, rowSum, columnSum }: KernelState,
  everyInstance: boolean,
): boolean {
  const { rows, columns, levelCount } = model;
  const rowsUnlike = needsUnion(nest, rowSum, 0, levelCount - 1);
  const columnsUnlike = needsUnion(nest, columnSum, 0, levelCount - 1);
  if ((rowsUnlike && rows.hasGaps) || (columnsUnlike && columns.hasGaps)) return true;
  if (!(rowsUnlike && rows.padded) && !(columnsUnlike && columns.padded)) return false;
  for (let level = 0; level < levelCount; level++)
    if (needsBusiest(model, level, everyInstance) && nest.instances[level]! > 1) return true;
  return false;
}

/** Counts Inputs by the reference's walk: slow, and the only path that allocates. */
export function walkInputs(
  model: KernelModel,
  layout: PackedLayout,
  accelerator: Accelerator,
  state: KernelState,
): void {
  const { packed, counts, transfers, requests } = state;
  const { problem, levelCount } = layout;
  const mapping = unpackMapping(layout, packed);
  const query = transferQueries(problem, accelerator, mapping, 'exact');
  const transfer = (outer: number, boundary: number): Traffic =>
    countTraffic(query(outer, boundary), problem.tensors.Inputs);
  let boundary = levelCount - 1;
  for (let level = levelCount - 1; level >= 0; level--) {
    const at = level * TENSOR_COUNT + INPUTS;
    if (level + 1 < levelCount && ((packed.keep[level + 1]! >> INPUTS) & 1) !== 0) boundary = level;
    const out = transfer(level, boundary);
    counts.ingress[at] = out.accesses;
    counts.served[at] = out.served;
    transfers.busiestIngress[at] = out.busiestAccesses;
    const asked = accelerator.levels[level]!.requests;
    if (asked?.layout.Inputs !== undefined) {
      const { total, busiest } = countRequests(
        query(level, boundary),
        problem.tensors.Inputs,
        asked,
        model.wordBitsOf[at]!,
      );
      requests.reads[at] = total;
      requests.busiestReads[at] = busiest;
      requests.writes[at] = 0;
      requests.busiestWrites[at] = 0;
    }
    if (boundary !== level || level + 1 === levelCount) continue;
    const filling = transfer(fillingLevel(packed, INPUTS, level + 1), level);
    transfers.deliveries[at + TENSOR_COUNT] = filling.deliveries;
    transfers.busiestDeliveries[at + TENSOR_COUNT] = filling.busiestDeliveries;
  }
}
