import type { KernelState } from '../kernel-state.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, R, S, TENSOR_COUNT } from '../model.ts';
import { sharedWords, tileSpan, wordsOfTile } from '../sliding/axis-tiles.ts';
import { timeloopInputWords } from '../timeloop/timeloop-inputs.ts';
import { timeloopShare } from '../timeloop/timeloop-share.ts';
import { isRefetched } from '../transfers.ts';
import { groupsOf } from './child-groups.ts';

/**
 * Counts the traffic of one tensor of a mapping with perfect factors, Inputs only where padding clips no tile. Every child of a boundary
 * receives the same words, so totals are one child's words times instances and groups.
 */
export function countPerfectTensor(model: KernelModel, state: KernelState, t: number): void {
  const { levelCount } = model;
  const { nest, loops, counts, packed } = state;
  const { instances, children, tileWords } = nest;
  const { deliveries, busiestDeliveries, busiestIngress } = state.transfers;
  let words = loops.timeSteps[levelCount - 1]!;
  let groupsBelow = 1;
  for (let level = levelCount - 1; level >= 0; level--) {
    const at = level * TENSOR_COUNT + t;
    const child = at + TENSOR_COUNT;
    if (level + 1 < levelCount && ((packed.keep[level + 1]! >> t) & 1) !== 0) {
      const visits = isRefetched(model, t, level) ? loops.timeSteps[level]! : loops.refetches[at]!;
      words = t === INPUTS ? inputWords(model, state, level) : visits * tileWords[child]!;
      groupsBelow = 1;
      const delivered = t === INPUTS && model.isTimeloop ? timeloopShare(model, nest, level, words) : words;
      deliveries[child] = delivered * instances[level + 1]!;
      busiestDeliveries[child] = delivered;
    }
    const groups = groupsOf(model, nest, level, t);
    const perInstance = words * groupsBelow;
    counts.served[at] = perInstance * children[level]! * instances[level]!;
    busiestIngress[at] = perInstance * groups;
    counts.ingress[at] = perInstance * groups * instances[level]!;
    groupsBelow *= groups;
  }
}

/** Distinct output words of all instances and of one: relevant dims share the tensor out, irrelevant spatial loops copy it. */
export function countPerfectOutputs(model: KernelModel, state: KernelState): void {
  const { distinctOutputs, busiestDistinctOutputs } = state.transfers;
  const { spatial, children } = state.nest;
  let copies = 1;
  // Partial sums of a step before leave no first touch.
  const first = model.residency?.resumes === true ? 0 : model.outputWords;
  let own = first;
  for (let level = 0; level < model.levelCount; level++) {
    distinctOutputs[level] = first * copies;
    busiestDistinctOutputs[level] = own;
    const row = level * DIM_COUNT;
    const irrelevant = spatial[row + C]! * spatial[row + R]! * spatial[row + S]!;
    copies *= irrelevant;
    own /= children[level]! / irrelevant;
  }
}

/** Words of Inputs that one child of `boundary` receives: all tiles of the walk less what consecutive ones share. */
function inputWords(model: KernelModel, state: KernelState, boundary: number): number {
  const row = (boundary + 1) * DIM_COUNT;
  const { extents } = state.nest;
  const { dim, bound: boundOf, step, outside, end, timeSteps } = state.loops;
  const { rows, columns } = model;
  const p = extents[row + rows.output]!;
  const r = extents[row + rows.filter]!;
  const q = extents[row + columns.output]!;
  const s = extents[row + columns.filter]!;
  const height = tileSpan(rows, p, r);
  const width = tileSpan(columns, q, s);
  const plain = extents[row + N]! * extents[row + G]! * extents[row + C]!;
  const isAnew = isRefetched(model, INPUTS, boundary);
  if (model.isTimeloop)
    return isAnew
      ? plain * height * width * timeSteps[boundary]!
      : timeloopInputWords(model, state, boundary, plain, height, width);
  const tile = wordsOfTile(rows, p, r) * wordsOfTile(columns, q, s);
  if (isAnew) return tile * timeSteps[boundary]! * plain;
  let rowWrap = 0;
  let columnWrap = 0;
  let sharedHeight = wordsOfTile(rows, p, r);
  let sharedWidth = wordsOfTile(columns, q, s);
  let shared = 0;
  for (let i = end[boundary]! - 1; i >= 0; i--) {
    const d = dim[i]!;
    const bound = boundOf[i]!;
    const advances = (bound - 1) * outside[i]!;
    if (d === K) shared += advances * sharedHeight * sharedWidth;
    else if (d <= C) break;
    else if (d === rows.output || d === rows.filter) {
      const move = step[i]! * (d === rows.output ? rows.stride : rows.dilation);
      if (sharedWidth > 0) shared += advances * sharedWords(rows, p, r, move - rowWrap) * sharedWidth;
      rowWrap += (bound - 1) * move;
      sharedHeight = rowWrap < height ? sharedWords(rows, p, r, rowWrap) : 0;
    } else {
      const move = step[i]! * (d === columns.output ? columns.stride : columns.dilation);
      if (sharedHeight > 0) shared += advances * sharedWords(columns, q, s, move - columnWrap) * sharedHeight;
      columnWrap += (bound - 1) * move;
      sharedWidth = columnWrap < width ? sharedWords(columns, q, s, columnWrap) : 0;
    }
    if (rowWrap >= height && columnWrap >= width) break;
  }
  return (tile * timeSteps[boundary]! - shared) * plain;
}
