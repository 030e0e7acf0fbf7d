import type { PackedMapping } from '../../packed-mapping.ts';
import { groupsOf, timeloopShare } from '../groups.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, R, S } from '../model.ts';
import type { KernelState } from '../state.ts';
import { timeloopInputWords } from '../timeloop/timeloop.ts';

export { greatestCommonDivisor } from '../groups.ts';

/**
 * Counts the traffic of one tensor of a mapping with perfect factors, Inputs only where padding clips no tile. Every child of a boundary
 * receives the same words, so totals are one child's words times instances and groups.
 */
export function countPerfectTensor(model: KernelModel, state: KernelState, packed: PackedMapping, t: number): void {
  const { levelCount } = model;
  const { instances, children, timeSteps, tileWords, refetches, counts } = state;
  const { deliveries, busiestDeliveries, busiestIngress } = state;
  let words = timeSteps[levelCount - 1]!;
  let groupsBelow = 1;
  for (let level = levelCount - 1; level >= 0; level--) {
    const child = (level + 1) * 3 + t;
    if (level + 1 < levelCount && ((packed.keep[level + 1]! >> t) & 1) !== 0) {
      words = t === INPUTS ? inputWords(model, state, level) : refetches[child - 3]! * tileWords[child]!;
      groupsBelow = 1;
      const delivered = t === INPUTS && model.isTimeloop ? timeloopShare(model, state, packed, level, words) : words;
      deliveries[child] = delivered * instances[level + 1]!;
      busiestDeliveries[child] = delivered;
    }
    const groups = groupsOf(model, state, packed, level, t);
    const perInstance = words * groupsBelow;
    const at = child - 3;
    counts.served[at] = perInstance * children[level]! * instances[level]!;
    busiestIngress[at] = perInstance * groups;
    counts.ingress[at] = perInstance * groups * instances[level]!;
    groupsBelow *= groups;
  }
}

/** Distinct output words of all instances and of one: relevant dims share the tensor out, irrelevant spatial loops copy it. */
export function countPerfectOutputs(model: KernelModel, state: KernelState): void {
  const { distinctOutputs, busiestDistinctOutputs, spatial } = state;
  let copies = 1;
  let own = model.outputWords;
  for (let level = 0; level < model.levelCount; level++) {
    distinctOutputs[level] = model.outputWords * copies;
    busiestDistinctOutputs[level] = own;
    const row = level * DIM_COUNT;
    const irrelevant = spatial[row + C]! * spatial[row + R]! * spatial[row + S]!;
    copies *= irrelevant;
    own /= state.children[level]! / irrelevant;
  }
}

/** Words of Inputs that one child of `boundary` receives: all tiles of the walk less what consecutive ones share. */
function inputWords(model: KernelModel, state: KernelState, boundary: number): number {
  const row = (boundary + 1) * DIM_COUNT;
  const { extents, loopDim, loopBound, loopStep, loopOutside, loopEnd } = state;
  const { rows, columns } = model;
  const height =
    rows.stride * (extents[row + rows.output]! - 1) + rows.dilation * (extents[row + rows.filter]! - 1) + 1;
  const width =
    columns.stride * (extents[row + columns.output]! - 1) + columns.dilation * (extents[row + columns.filter]! - 1) + 1;
  const plain = extents[row + N]! * extents[row + G]! * extents[row + C]!;
  if (model.isTimeloop) return timeloopInputWords(model, state, boundary, plain, height, width);
  let sharedHeight = height;
  let sharedWidth = width;
  let shared = 0;
  for (let i = loopEnd[boundary]! - 1; i >= 0; i--) {
    const d = loopDim[i]!;
    const bound = loopBound[i]!;
    const advances = (bound - 1) * loopOutside[i]!;
    if (d === K) {
      if (sharedHeight <= 0 || sharedWidth <= 0) continue;
      shared += advances * sharedHeight * sharedWidth;
    } else if (d <= C) break;
    else if (d === rows.output || d === rows.filter) {
      const move = loopStep[i]! * (d === rows.output ? rows.stride : rows.dilation);
      const overlap = height - Math.abs(move - (height - sharedHeight));
      if (overlap > 0 && sharedWidth > 0) shared += advances * overlap * sharedWidth;
      sharedHeight -= (bound - 1) * move;
    } else {
      const move = loopStep[i]! * (d === columns.output ? columns.stride : columns.dilation);
      const overlap = width - Math.abs(move - (width - sharedWidth));
      if (overlap > 0 && sharedHeight > 0) shared += advances * overlap * sharedHeight;
      sharedWidth -= (bound - 1) * move;
    }
    if (sharedHeight <= 0 && sharedWidth <= 0) break;
  }
  return (height * width * state.timeSteps[boundary]! - shared) * plain;
}
