import type { ElementType } from '../messages/element-types.ts';
import type { Attributes } from '../messages/graph-message.ts';
import type { OperatorSets } from '../messages/model-message.ts';
import type { OperatorFamily } from '../operators/rule.ts';
import type { RuleNode } from '../operators/rule-node.ts';

/** Where a tensor comes from; `constant` is what nodes compute from constants or shapes alone. */
export type TensorOrigin = 'input' | 'initializer' | 'constant' | 'node';

/** A tensor of the graph. */
export interface InferredTensor {
  readonly name: string;
  readonly origin: TensorOrigin;
  /** Undefined when the shape is not known; then {@link unknownBecause} says why. */
  readonly dims: readonly number[] | undefined;
  readonly unknownBecause: string | undefined;
  /** Undefined when the file does not say it and no rule does. */
  readonly elementType: ElementType | undefined;
  /** Type in which a quantised run stores it, where an annotation of the file says so; {@link elementType} is that of the graph. */
  readonly storedType: ElementType | undefined;
  /** Elements in row-major order, of small tensors of constants. */
  readonly values: readonly number[] | undefined;
}

/** Whether a tensor is the same for every input: weights and what follows from them alone. */
export function isConstant({ origin }: InferredTensor): boolean {
  return origin === 'initializer' || origin === 'constant';
}

/** A node with its tensors. Absent optional ones are undefined. */
export interface InferredNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly operatorSet: number;
  readonly attributes: Attributes;
  readonly inputs: readonly (InferredTensor | undefined)[];
  readonly outputs: readonly (InferredTensor | undefined)[];
  /** Tensors from outside that graphs in its attributes use. */
  readonly captured: readonly InferredTensor[];
  /** `unknown` when no rule is known for the operator. */
  readonly family: OperatorFamily | 'unknown';
  /** The node as rules see it, for what follows from its attributes; undefined where no rule gave its shapes. */
  readonly rule: RuleNode | undefined;
}

/** An operator without a rule. */
export interface UnknownOperator {
  /** With the domain when it is not the standard one: `com.microsoft:Foo`. */
  readonly name: string;
  readonly count: number;
  /** Elements of the outputs whose shapes the file states. */
  readonly words: number;
  /** Outputs whose shapes it does not state. */
  readonly outputsWithoutShape: number;
  /** The first node of this operator. */
  readonly node: string;
}

/** A branch that stands for an `If` whose condition only a run knows. */
export interface AssumedBranch {
  readonly node: string;
  readonly branch: string;
  /** The tensor that decides. */
  readonly condition: string;
}

/** A model with the shape of every tensor, in topological order. */
export interface InferredModel {
  readonly file: string;
  readonly name: string;
  readonly producer: string;
  readonly operatorSets: OperatorSets;
  readonly inputs: readonly InferredTensor[];
  /** Whether the file states the first dim of every input. */
  readonly isBatchFixed: boolean;
  readonly outputs: readonly InferredTensor[];
  readonly nodes: readonly InferredNode[];
  readonly unknownOperators: readonly UnknownOperator[];
  readonly assumedBranches: readonly AssumedBranch[];
}
