import type { KernelState } from './kernel-state.ts';
import { DIM_COUNT, INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from './model.ts';

/** Lists the temporal loops with bound > 1, outermost first, with the products of bounds that the closed forms need. */
export function listLoops({ levelCount, relevance }: KernelModel, state: KernelState): void {
  const { temporal, order } = state.packed;
  const { dim, level: levelOf, bound: boundOf, step, outside: outsideOf, end, timeSteps, refetches } = state.loops;
  const { steps } = state.nest;
  let count = 0;
  for (let level = 0; level < levelCount; level++) {
    const row = level * DIM_COUNT;
    // No branch on the bound: it would be guessed wrong too often.
    for (let place = row; place < row + DIM_COUNT; place++) {
      const d = order[place]!;
      dim[count] = d;
      count += Number(temporal[row + d]! > 1);
    }
    end[level] = count;
  }
  let outside = 1;
  let weights = 1;
  let inputs = 1;
  let outputs = 1;
  let loop = 0;
  for (let level = 0; level < levelCount; level++) {
    const row = level * DIM_COUNT;
    for (const behind = end[level]!; loop < behind; loop++) {
      const d = dim[loop]!;
      const bound = temporal[row + d]!;
      boundOf[loop] = bound;
      step[loop] = steps[row + d]!;
      outsideOf[loop] = outside;
      levelOf[loop] = level;
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
