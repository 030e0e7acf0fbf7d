import { type Dim, type PerTensor, TENSORS, type TensorName } from '../util/vocabulary.ts';
import type { ArrayDimension } from './accelerator.ts';

/** The wires along an array dimension when a problem dim runs in parallel on it. */
export interface Wire {
  readonly dim: Dim;
  readonly tensor: TensorName;
  /** `broadcast`: all PEs along it use the same words; `reduction`: their partial sums are added up. */
  readonly kind: 'broadcast' | 'reduction';
}

/** The part of a fan-out that its wires follow from. */
interface WiredFanOut {
  readonly multicast: PerTensor<boolean>;
}

/** Dims that address each tensor of a convolution. */
const ADDRESSES: Readonly<PerTensor<readonly Dim[]>> = {
  Weights: ['G', 'K', 'C', 'R', 'S'],
  Inputs: ['N', 'G', 'C', 'P', 'Q', 'R', 'S'],
  Outputs: ['N', 'G', 'K', 'P', 'Q'],
};

/** The wires along an array dimension, its first parallel dim first: of the tensors that a dim does not address. None where any dim may run. */
export function wiresOf({ multicast }: WiredFanOut, { parallelDims }: ArrayDimension): readonly Wire[] {
  if (parallelDims === 'any') return [];
  return parallelDims.flatMap((dim) =>
    TENSORS.filter((tensor) => multicast[tensor] && !ADDRESSES[tensor].includes(dim)).map(
      (tensor): Wire => ({ dim, tensor, kind: tensor === 'Outputs' ? 'reduction' : 'broadcast' }),
    ),
  );
}

/** The wires that a drawing shows along an array dimension: the first ones; undefined where its PEs share nothing. */
export function mainWire(fanOut: WiredFanOut, axis: ArrayDimension | undefined): Wire | undefined {
  return axis === undefined || axis.size === 1 ? undefined : wiresOf(fanOut, axis)[0];
}

/** Array dimensions in the order of a drawing: X (or the first) to the right, Y (or the next) downwards, a third as planes behind. */
export function drawnAxes(axes: readonly ArrayDimension[]): readonly ArrayDimension[] {
  const rest = [...axes];
  const take = (name: string) => {
    const place = rest.findIndex((axis) => axis.name.toUpperCase() === name);
    return rest.splice(Math.max(0, place), 1)[0];
  };
  return [take('X'), take('Y'), ...rest].filter((axis) => axis !== undefined);
}

/** Parallel dims of an array dimension as text: `K, G`, or `KG` where that has no room in `width` columns. */
export function parallelText({ parallelDims }: ArrayDimension, width = Number.POSITIVE_INFINITY): string {
  if (parallelDims === 'any') return 'any dim';
  if (parallelDims.length === 0) return 'no dim';
  const text = parallelDims.join(', ');
  return text.length <= width ? text : parallelDims.join('');
}

/** Parallel dims of every array dimension, as architects name a dataflow: `K-C`, or `KG-CR` where an axis carries several. */
export function dataflowText(axes: readonly ArrayDimension[]): string {
  return axes.map(({ parallelDims }) => (parallelDims === 'any' ? 'any' : parallelDims.join('') || '1')).join('-');
}
