import type { Layer } from '../layer.ts';
import type { Activation } from '../layers.ts';
import type { VectorOperation, VectorWork } from './vector-operation.ts';

/** An activation of a network: n inputs that run together, channels, rows, columns. */
export interface GraphTensor {
  /** Unique in its graph. */
  readonly name: string;
  readonly sizes: readonly [n: number, channels: number, rows: number, columns: number];
  readonly form: Activation['form'];
  /** Bits of one word as it is stored between operators. */
  readonly wordBits: number;
}

/** Index of a tensor in its graph. */
export type TensorIndex = number;

interface Operator {
  /** Unique in its graph; that of a block in front. */
  readonly name: string;
  /** Times that the network runs it, with its blocks; each time with other weights. */
  readonly repeat: number;
  /** What it reads, in order. */
  readonly inputs: readonly TensorIndex[];
  readonly output: TensorIndex;
}

/** A layer: an operator of multiply-accumulates. Its second operand is parameters, or the second of `inputs` (products of two activations). */
export interface MacOperator extends Operator {
  readonly kind: 'mac';
  /** What it runs; several operators may be listed as one layer. Its `repeat` is not that of this operator. */
  readonly layer: Layer;
}

/** An operator without multiply-accumulates that computes or moves words. */
export interface VectorOperator extends Operator {
  readonly kind: 'vector';
  readonly operation: VectorOperation;
  readonly work: VectorWork;
  /** Words of learned parameters, tables and constants that it reads. */
  readonly parameterWords: number;
  /** Learned parameters of one instance as published; rows of a table that is looked up count whole. */
  readonly parameters: number;
}

/** Another name for words that stay where they are. */
export interface ViewOperator extends Operator {
  readonly kind: 'view';
  readonly view: 'concat' | 'reshape' | 'slice';
}

/** One operator of a graph. */
export type GraphOperator = MacOperator | VectorOperator | ViewOperator;

/** Operators that run several times in a row, each time with weights of their own: what flows out of one run flows into the next. */
export interface Block {
  readonly name: string;
  /** >= 1. */
  readonly repeat: number;
  /** Index of its first operator, and the one after its last. */
  readonly first: number;
  readonly end: number;
  /** What flows in at first and out at last; equal sizes when `repeat` > 1. Null where nothing flows in. */
  readonly input: TensorIndex | null;
  readonly output: TensorIndex;
}

/** Operators that figures leave out in part: their words may be known, their operations are not. */
export interface UncountedOperator {
  readonly name: string;
  readonly count: number;
  /** Words that they read and write; null where that is not known. */
  readonly words: number | null;
  readonly reason: string;
}

/** A network as operators and the tensors between them; repeated blocks stand once. Immutable. */
export interface Graph {
  readonly tensors: readonly GraphTensor[];
  /** In an order in which they can run. */
  readonly operators: readonly GraphOperator[];
  /** Those of an outer block before those in it; they nest. */
  readonly blocks: readonly Block[];
  /** Tensors that nobody makes. */
  readonly inputs: readonly TensorIndex[];
  /** Tensors that nobody reads. */
  readonly outputs: readonly TensorIndex[];
  /** Absent where everything is counted. */
  readonly uncounted?: readonly UncountedOperator[];
}

/** Words of a tensor. */
export function tensorSize({ sizes }: Pick<GraphTensor, 'sizes'>): number {
  return sizes[0] * sizes[1] * sizes[2] * sizes[3];
}
