import { distinctSums, elementsBelow } from '../util/progressions.ts';
import { DIMS, type Dim, type PerDim, type PerTensor, perDim, type TensorName } from '../util/vocabulary.ts';

/** One summand of an affine axis: `coefficient * dim`. */
export interface AxisTerm {
  readonly dim: Dim;
  /** Positive integer: 1, a stride or a dilation. */
  readonly coefficient: number;
}

/** One axis of a tensor: a sum of dims with coefficients, e.g. `stride*P + dilation*R`. */
export interface Axis {
  readonly terms: readonly AxisTerm[];
  /** Zero padding below index 0 in words of this axis. */
  readonly paddingBefore: number;
  /**
   * Length of the stored (unpadded) axis up to the last word that is used, gaps of strides and dilations included; words outside
   * [paddingBefore, paddingBefore + length) are zeros that nobody fetches.
   */
  readonly length: number;
}

/** How a tensor is addressed: its axes. The axes of one tensor share no dim. */
export interface TensorProjection {
  readonly name: TensorName;
  readonly axes: readonly Axis[];
}

/** One loop nest: eight dim bounds and the affine projections of its three tensors. Immutable. */
export interface Problem {
  readonly name: string;
  /** Bounds D_d >= 1. K and C are per group; P and Q are output sizes. */
  readonly bounds: PerDim<number>;
  /** Output steps in input words along P and Q. */
  readonly stride: readonly [number, number];
  /** Filter steps in input words along R and S. */
  readonly dilation: readonly [number, number];
  /** Stored rows and columns of the input feature map. */
  readonly inputSize: readonly [number, number];
  /** Zero padding before the first row and column. */
  readonly paddingBefore: readonly [number, number];
  readonly tensors: PerTensor<TensorProjection>;
}

/** The sizes of a problem for {@link makeProblem}. Absent dims are 1; absent strides and dilations are 1; no padding. */
export interface ProblemSpec {
  readonly name: string;
  readonly bounds: Partial<Record<Dim, number>>;
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** Zero rows and columns before the map. */
  readonly paddingBefore?: readonly [number, number];
  /** Stored rows and columns; default: everything that the filter touches, i.e. no padding at all. */
  readonly inputSize?: readonly [number, number];
}

/** Most rows or columns of zero padding on one side of a map: the model walks them one by one. */
export const MAX_PADDING = 4096;

/** Rows or columns of zero padding on the side of the map that has more of them, along the axis that has more of them. */
export function mostPadding({ tensors, bounds }: Problem): number {
  const ofAxis = ({ terms, paddingBefore, length }: Axis) => {
    const span = terms.reduce((sum, { dim, coefficient }) => sum + coefficient * (bounds[dim] - 1), 1);
    return Math.max(paddingBefore, span - length - paddingBefore);
  };
  return Math.max(...tensors.Inputs.axes.map(ofAxis));
}

/** Padded rows (or columns) of the input that `outputs` positions of a filter touch: (outputs-1)*stride + (filter-1)*dilation + 1. */
export function inputSpan(outputs: number, filter: number, stride: number, dilation: number): number {
  return (outputs - 1) * stride + (filter - 1) * dilation + 1;
}

/** The terms of an axis that is one dim. */
const PLAIN_TERMS: PerDim<readonly AxisTerm[]> = perDim((dim) => [{ dim, coefficient: 1 }]);

/**
 * Builds a problem: Weights[G,C,K,R,S], Inputs[N,G,C, stride*P+dilation*R, stride*Q+dilation*S], Outputs[N,G,K,P,Q].
 * Convolutions of all kinds, matrix products and fully connected layers are this object with other bounds.
 * @throws RangeError when a bound, stride or dilation is not a positive integer or padding is negative.
 */
export function makeProblem(spec: ProblemSpec): Problem {
  const bounds = perDim((dim) => spec.bounds[dim] ?? 1);
  const stride = spec.stride ?? [1, 1];
  const dilation = spec.dilation ?? [1, 1];
  const paddingBefore = spec.paddingBefore ?? [0, 0];
  const check = (what: string, value: number) => {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${spec.name}: ${what} must be a positive integer, not ${value}`);
  };
  for (const dim of DIMS) check(dim, bounds[dim]);
  for (const step of stride) check('a stride', step);
  for (const step of dilation) check('a dilation', step);
  const spans = [
    inputSpan(bounds.P, bounds.R, stride[0], dilation[0]),
    inputSpan(bounds.Q, bounds.S, stride[1], dilation[1]),
  ] as const;
  const inputSize = spec.inputSize ?? [spans[0] - paddingBefore[0], spans[1] - paddingBefore[1]];
  const isSize = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!inputSize.every(isSize) || !paddingBefore.every(isSize))
    throw new RangeError(`${spec.name}: sizes and padding must be non-negative integers`);
  if (paddingBefore[0] >= spans[0] || paddingBefore[1] >= spans[1] || Math.min(...inputSize) < 1)
    throw new RangeError(`${spec.name}: no row or column of the input lies outside the padding`);
  const plain = (dim: Dim): Axis => ({ terms: PLAIN_TERMS[dim], paddingBefore: 0, length: bounds[dim] });
  const sliding = (output: Dim, filter: Dim, i: 0 | 1): Axis => ({
    terms: [
      { dim: output, coefficient: stride[i] },
      { dim: filter, coefficient: dilation[i] },
    ],
    paddingBefore: paddingBefore[i],
    length: Math.min(inputSize[i], spans[i] - paddingBefore[i]),
  });
  return {
    name: spec.name,
    bounds,
    stride,
    dilation,
    inputSize,
    paddingBefore,
    tensors: {
      Weights: { name: 'Weights', axes: (['G', 'C', 'K', 'R', 'S'] as const).map(plain) },
      Inputs: {
        name: 'Inputs',
        axes: [plain('N'), plain('G'), plain('C'), sliding('P', 'R', 0), sliding('Q', 'S', 1)],
      },
      Outputs: { name: 'Outputs', axes: (['N', 'G', 'K', 'P', 'Q'] as const).map(plain) },
    },
  };
}

/** Multiply-accumulates of a problem, zero padding included (as published counts do). */
export function macCount(problem: Problem): number {
  return DIMS.reduce((count, dim) => count * problem.bounds[dim], 1);
}

/** Whether an axis has padding, i.e. positions that nobody fetches. */
export function isPadded(axis: Axis, bounds: PerDim<number>): boolean {
  return axis.length < axis.terms.reduce((span, term) => span + term.coefficient * (bounds[term.dim] - 1), 1);
}

/** Words of a tensor that take part in some multiply-accumulate: padding and the gaps of strides and dilations excluded. */
export function tensorWords(problem: Problem, tensor: TensorName): number {
  return problem.tensors[tensor].axes.reduce((words, axis) => words * axisWords(axis, problem.bounds), 1);
}

/** Words of an axis that are used and stored. */
export function axisWords({ terms, paddingBefore, length }: Axis, bounds: PerDim<number>): number {
  const [first, second] = terms;
  if (first === undefined) return 1;
  const end = paddingBefore + length;
  if (second === undefined) {
    const axis = { step: first.coefficient, count: bounds[first.dim] };
    return elementsBelow(axis, end) - elementsBelow(axis, paddingBefore);
  }
  const steps = [first.coefficient, second.coefficient] as const;
  return distinctSums({ steps, counts: [bounds[first.dim], bounds[second.dim]] }, paddingBefore, end);
}

/** Dims that address a tensor ("relevant" dims). */
export function relevantDims(problem: Problem, tensor: TensorName): ReadonlySet<Dim> {
  return new Set(problem.tensors[tensor].axes.flatMap((axis) => axis.terms.map((term) => term.dim)));
}

/** Key that is equal for problems that cost the same on every accelerator (everything but the name). */
export function problemKey(problem: Problem): string {
  return [
    ...DIMS.map((dim) => problem.bounds[dim]),
    ...problem.stride,
    ...problem.dilation,
    ...problem.inputSize,
    ...problem.paddingBefore,
  ].join(',');
}
