import { averageHops } from '../../accelerator/wires.ts';
import type { KernelState } from './kernel-state.ts';
import { DIM_COUNT, type KernelModel, TENSOR_COUNT } from './model.ts';

/** Most axes of one array. */
const AXES = 3;
const sizes = new Float64Array(AXES);
const used = new Float64Array(AXES);
const shared = new Float64Array(AXES);

/** Hops of one word on the links below every level that has wires (`hopsPerWord` of the reference). */
export function measureHops(model: KernelModel, { nest, packed }: KernelState): void {
  const { levelCount, wires } = model;
  for (let level = 0; level < levelCount; level++) {
    const geometry = wires[level]!;
    if (geometry === null) continue;
    for (let t = 0; t < TENSOR_COUNT; t++) {
      measureAxes(model, packed.spatial, level, t, ((nest.multicast[level]! >> t) & 1) !== 0);
      nest.hops[level * TENSOR_COUNT + t] = averageHops(geometry, sizes, used, shared);
    }
  }
}

/** Sizes of the axes below a level, children in use on each, and those of them that share a word of a tensor. */
function measureAxes(
  { arrayCount, arraysOf, arraySize, relevance }: KernelModel,
  spatial: Float64Array,
  level: number,
  t: number,
  isShared: boolean,
): void {
  for (let a = 0; a < AXES; a++) {
    let all = 1;
    let same = 1;
    const array = level * arrayCount + a;
    const isAxis = a < arraysOf[level]!;
    if (isAxis)
      for (let d = 0; d < DIM_COUNT; d++) {
        const bound = spatial[array * DIM_COUNT + d]!;
        all *= bound;
        if (isShared && relevance[t * DIM_COUNT + d] === 0) same *= bound;
      }
    sizes[a] = isAxis ? arraySize[array]! : 1;
    used[a] = all;
    shared[a] = same;
  }
}
