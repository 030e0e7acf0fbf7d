import type { Activation } from '../../../workload/layers.ts';
import type { InferredTensor } from '../inference/inferred-model.ts';

/** A tensor as operators of a graph see it: inputs that run together, and the sizes of one. */
export interface TensorShape {
  readonly batch: number;
  readonly activation: Activation;
}

/** Words of a tensor with these dims. */
export function wordsOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/**
 * Dims as batch, channels, rows, columns: [N, C, H, W] as it stands, [N, T, F] as a sequence of T tokens, [N, F] as a vector. Further axes join the rows.
 * @param isMap whether three dims are [N, C, L], a map of one column, as 1-D convolutions read and write it
 */
export function tensorShape(dims: readonly number[], isMap = false): TensorShape {
  const [batch = 1, second = 1, ...rest] = dims.length === 1 ? [1, ...dims] : dims;
  if (rest.length === 0) return { batch, activation: { channels: second, size: [1, 1], form: 'vector' } };
  if (rest.length > 1 || isMap) {
    const columns = rest.length > 1 ? rest.at(-1)! : 1;
    const rows = wordsOf(rest) / columns;
    return { batch, activation: { channels: second, size: [rows, columns], form: 'map' } };
  }
  return { batch, activation: { channels: rest[0]!, size: [second, 1], form: 'sequence' } };
}

/** Whether a tensor is the same for every input: weights and what follows from them alone. */
export function isConstant({ origin }: InferredTensor): boolean {
  return origin === 'initializer' || origin === 'constant';
}
