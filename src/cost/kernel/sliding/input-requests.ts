import type { KernelState } from '../kernel-state.ts';
import { C, DIM_COUNT, G, INPUTS, K, type KernelModel, N, type SlidingAxis, TENSOR_COUNT } from '../model.ts';
import { repeatsOver } from '../ragged/open-blocks.ts';
import { measuredWords } from '../ragged/ragged-traffic.ts';
import { type AxisSum, COMPARE_WRAP, MEASURE_TILES, openSum } from './axis-sum.ts';
import { wordsOfTile } from './axis-tiles.ts';
import { sumTiles } from './tile-sums.ts';

/**
 * Requests of Inputs that come anew at every step, with the arguments of `inputTensorWords`. A run ends at the first axis of the layout, from the fastest
 * on, of which a tile does not hold all words. Tiles differ in where that is, so those that end at each axis are counted apart.
 */
export function inputTensorRequests(
  model: KernelModel,
  state: KernelState,
  boundary: number,
  from: number,
  outer: number,
  children: number,
  alongK: number,
): number {
  const { rowSum, columnSum, nest, measured } = state;
  const { owned } = state.ragged;
  const at = outer * TENSOR_COUNT + INPUTS;
  const layout = model.overheads.layout[at]!;
  const requestBits = 8 * model.overheads.requestBytes[outer]!;
  const live = alongK === 0 ? state.ragged.live : repeatsOver(model, state, INPUTS, alongK);
  const row = from * DIM_COUNT;
  openSum(rowSum, boundary, outer, children);
  openSum(columnSum, boundary, outer, children);
  const rowWords = sumTiles(model, state, rowSum, COMPARE_WRAP);
  const columnWords = sumTiles(model, state, columnSum, COMPARE_WRAP);
  if (rowWords === 0 || columnWords === 0) return 0;
  /** Words of the axes that are not in the run yet, and tiles with all words of those that are. */
  let rest = live[(boundary + 1) * DIM_COUNT + K]! * rowWords * columnWords;
  rest *= owned[row + N]! * owned[row + G]! * owned[row + C]!;
  let whole = 1;
  let bits = model.wordBitsOf[at]!;
  let requests = 0;
  for (let i = 0; i < layout.length && whole > 0; i++) {
    const d = layout[i]!;
    const extent = Math.min(nest.extents[(boundary + 1) * DIM_COUNT + d]!, model.bounds[d]!);
    if (d === rowSum.axis.output || d === columnSum.axis.output) {
      const sum = d === rowSum.axis.output ? rowSum : columnSum;
      const { axis } = sum;
      const filters = Math.min(nest.extents[(boundary + 1) * DIM_COUNT + axis.filter]!, model.bounds[axis.filter]!);
      if (!isOneRun(axis, extent, filters)) break;
      rest /= sum === rowSum ? rowWords : columnWords;
      requests += whole * rest * measureTiles(model, state, sum, bits, requestBits, 0);
      whole *= measureTiles(model, state, sum, 0, 1, 1);
      bits *= axis.mapLength;
      continue;
    }
    rest /= owned[row + d]!;
    if (extent < model.bounds[d]!) {
      measured.dim = d;
      measured.tile = extent;
      measured.bits = bits;
      measured.requestBits = requestBits;
      requests += whole * rest * measuredWords(state, d, owned[row + d]!);
      measured.dim = -1;
      whole = 0;
    } else bits *= extent;
  }
  return requests + whole * rest * Math.ceil(bits / requestBits);
}

/** Whether the words of a tile along a sliding axis follow each other in the map: a stride or a dilation may leave gaps. */
export function isOneRun(axis: SlidingAxis, outputs: number, filters: number): boolean {
  const span = axis.mapStride * (outputs - 1) + axis.mapDilation * (filters - 1) + 1;
  return wordsOfTile(axis, outputs, filters) === span;
}

function measureTiles(
  model: KernelModel,
  state: KernelState,
  sum: AxisSum,
  bits: number,
  requestBits: number,
  ofWhole: number,
): number {
  sum.bits = bits;
  sum.requestBits = requestBits;
  sum.ofWhole = ofWhole;
  return sumTiles(model, state, sum, MEASURE_TILES);
}
