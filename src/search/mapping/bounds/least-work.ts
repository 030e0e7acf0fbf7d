import { C, DIM_COUNT, G, type KernelModel, N } from '../../../cost/kernel/model.ts';
import { distinctSums } from '../../../util/progressions.ts';
import { childrenAlong } from '../space/spatial-choices.ts';

/** Cycles that the MACs need at least under a spatial choice: the product of the steps that are left of all dims. */
export function leastCycles(model: KernelModel, spatial: Float64Array): number {
  let cycles = 1;
  for (let d = 0; d < DIM_COUNT; d++) cycles *= Math.ceil(model.bounds[d]! / childrenAlong(spatial, d));
  return cycles;
}

/** Words of Inputs that some step touches and that are no padding: every mapping reads them once at least. */
export function touchedInputs(model: KernelModel): number {
  let words = model.bounds[N]! * model.bounds[G]! * model.bounds[C]!;
  for (const { stride, dilation, output, filter, storedFrom, storedTo } of [model.rows, model.columns]) {
    const counts = [model.bounds[output]!, model.bounds[filter]!] as const;
    words *= distinctSums({ steps: [stride, dilation], counts }, storedFrom, storedTo);
  }
  return words;
}
