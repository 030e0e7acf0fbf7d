/** The eight problem dimensions: batch, groups, output and input channels per group, output rows and columns, filter rows and columns. */
export const DIMS = ['N', 'G', 'K', 'C', 'P', 'Q', 'R', 'S'] as const;

/** One problem dimension; its index in {@link DIMS} is its dense number in typed arrays. */
export type Dim = (typeof DIMS)[number];

/** The three tensors of every problem, in the order used everywhere (Timeloop's order for Weights, Inputs, Outputs). */
export const TENSORS = ['Weights', 'Inputs', 'Outputs'] as const;

/** One tensor; its index in {@link TENSORS} is its dense number in typed arrays. */
export type TensorName = (typeof TENSORS)[number];

/** A value for every dim. */
export type PerDim<T> = Readonly<Record<Dim, T>>;

/** A value for every tensor. */
export type PerTensor<T> = Readonly<Record<TensorName, T>>;

/** Builds a record over all dims. */
export function perDim<T>(value: (dim: Dim, index: number) => T): PerDim<T> {
  return Object.fromEntries(DIMS.map((dim, index) => [dim, value(dim, index)])) as Record<Dim, T>;
}

/** Builds a record over all tensors. */
export function perTensor<T>(value: (tensor: TensorName, index: number) => T): PerTensor<T> {
  return Object.fromEntries(TENSORS.map((tensor, index) => [tensor, value(tensor, index)])) as Record<TensorName, T>;
}
