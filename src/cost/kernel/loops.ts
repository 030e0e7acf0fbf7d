import type { PackedMapping } from '../packed-mapping.ts';
import { DIM_COUNT, INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from './model.ts';
import type { KernelState } from './state.ts';

/** Lists the temporal loops with bound > 1, outermost first, with the products of bounds that the closed forms need. */
export function listLoops(model: KernelModel, state: KernelState, packed: PackedMapping): void {
  const { levelCount, relevance } = model;
  const { temporal, order } = packed;
  const { steps, loopDim, loopBound, loopStep, loopOutside, loopLevel, loopEnd, timeSteps, refetches } = state;
  let count = 0;
  for (let level = 0; level < levelCount; level++) {
    const row = level * DIM_COUNT;
    // No branch on the bound: it would be guessed wrong too often.
    for (let place = row; place < row + DIM_COUNT; place++) {
      const d = order[place]!;
      loopDim[count] = d;
      count += Number(temporal[row + d]! > 1);
    }
    loopEnd[level] = count;
  }
  let outside = 1;
  let weights = 1;
  let inputs = 1;
  let outputs = 1;
  let loop = 0;
  for (let level = 0; level < levelCount; level++) {
    const row = level * DIM_COUNT;
    for (const end = loopEnd[level]!; loop < end; loop++) {
      const d = loopDim[loop]!;
      const bound = temporal[row + d]!;
      loopBound[loop] = bound;
      loopStep[loop] = steps[row + d]!;
      loopOutside[loop] = outside;
      loopLevel[loop] = level;
      outside *= bound;
      weights = Math.max(weights, outside * relevance[d]!);
      inputs = Math.max(inputs, outside * relevance[DIM_COUNT + d]!);
      outputs = Math.max(outputs, outside * relevance[2 * DIM_COUNT + d]!);
    }
    timeSteps[level] = outside;
    refetches[level * TENSOR_COUNT + WEIGHTS] = weights;
    refetches[level * TENSOR_COUNT + INPUTS] = inputs;
    refetches[level * TENSOR_COUNT + OUTPUTS] = outputs;
  }
}
