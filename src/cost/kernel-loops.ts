import { DIM_COUNT, INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from './kernel-model.ts';
import type { KernelState } from './kernel-state.ts';
import type { PackedMapping } from './packed-mapping.ts';

/** Lists the temporal loops with bound > 1, outermost first, with the products of bounds that the closed forms need. */
export function listLoops(model: KernelModel, state: KernelState, packed: PackedMapping): void {
  const { levelCount } = model;
  const weightDims = model.relevant[WEIGHTS]!;
  const inputDims = model.relevant[INPUTS]!;
  const outputDims = model.relevant[OUTPUTS]!;
  const { temporal, order } = packed;
  const { steps, loopDim, loopBound, loopStep, loopOutside, loopLevel, loopEnd, timeSteps, refetches } = state;
  let count = 0;
  let outside = 1;
  let weights = 1;
  let inputs = 1;
  let outputs = 1;
  for (let level = 0; level < levelCount; level++) {
    const row = level * DIM_COUNT;
    for (let place = row; place < row + DIM_COUNT; place++) {
      const d = order[place]!;
      const bound = temporal[row + d]!;
      if (bound === 1) continue;
      loopDim[count] = d;
      loopBound[count] = bound;
      loopStep[count] = steps[row + d]!;
      loopOutside[count] = outside;
      loopLevel[count] = level;
      count++;
      outside *= bound;
      if (((weightDims >> d) & 1) !== 0) weights = outside;
      if (((inputDims >> d) & 1) !== 0) inputs = outside;
      if (((outputDims >> d) & 1) !== 0) outputs = outside;
    }
    loopEnd[level] = count;
    timeSteps[level] = outside;
    refetches[level * TENSOR_COUNT + WEIGHTS] = weights;
    refetches[level * TENSOR_COUNT + INPUTS] = inputs;
    refetches[level * TENSOR_COUNT + OUTPUTS] = outputs;
  }
}
