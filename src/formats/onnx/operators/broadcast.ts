import { shapesText } from '../messages/tensor-message.ts';
import type { RuleNode } from './rule-node.ts';

/** Dims that tensors have together: aligned at the back, a dim of 1 takes that of the others. */
export function broadcastDims(node: RuleNode, shapes: readonly (readonly number[])[]): number[] {
  const rank = shapes.reduce((most, dims) => Math.max(most, dims.length), 0);
  const result = new Array<number>(rank).fill(1);
  for (const dims of shapes)
    dims.forEach((dim, index) => {
      const at = rank - dims.length + index;
      if (dim === 1 || dim === result[at]) return;
      if (result[at] !== 1) throw node.error(`wants shapes that broadcast, found ${shapesText(shapes)}`);
      result[at] = dim;
    });
  return result;
}

/** Steps between neighbours of each axis in row-major order. */
export function strides(dims: readonly number[]): number[] {
  const steps = new Array<number>(dims.length);
  let step = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= dims[axis]!;
  }
  return steps;
}

/** Calls `visit` with the coordinates of every element in row-major order; the array is reused. */
export function eachElement(dims: readonly number[], visit: (coordinates: readonly number[]) => void): void {
  if (dims.includes(0)) return;
  const at = new Array<number>(dims.length).fill(0);
  for (;;) {
    visit(at);
    let axis = dims.length - 1;
    while (axis >= 0 && ++at[axis]! === dims[axis]!) at[axis--] = 0;
    if (axis < 0) return;
  }
}

/** The elements of a tensor read at places: `place` gives an index into `values` for the coordinates of an element of the result. */
export function pick(
  dims: readonly number[],
  values: readonly number[],
  place: (coordinates: readonly number[]) => number,
): number[] {
  const result: number[] = [];
  eachElement(dims, (at) => result.push(values[place(at)]!));
  return result;
}

/** The elements of a tensor as it is broadcast to `dims`. */
export function broadcastValues(
  values: readonly number[],
  from: readonly number[],
  dims: readonly number[],
): readonly number[] {
  if (from.length === dims.length && from.every((dim, axis) => dim === dims[axis])) return values;
  const shift = dims.length - from.length;
  const steps = strides(from).map((step, axis) => (from[axis] === 1 ? 0 : step));
  return pick(dims, values, (at) => steps.reduce((sum, step, axis) => sum + step * at[shift + axis]!, 0));
}
