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

/** Builds a record over all dims, in their order. Written out: problems are made by the thousand, and a record from a list takes a hundred times as long. */
export function perDim<T>(value: (dim: Dim, index: number) => T): PerDim<T> {
  return {
    N: value('N', 0),
    G: value('G', 1),
    K: value('K', 2),
    C: value('C', 3),
    P: value('P', 4),
    Q: value('Q', 5),
    R: value('R', 6),
    S: value('S', 7),
  };
}

/** Builds a record over all tensors, in their order. */
export function perTensor<T>(value: (tensor: TensorName, index: number) => T): PerTensor<T> {
  return { Weights: value('Weights', 0), Inputs: value('Inputs', 1), Outputs: value('Outputs', 2) };
}
