import type { TrifoldError } from '../../../util/errors.ts';
import { product } from '../../../util/integers.ts';
import { graphError, nodeText } from '../graph/graph-error.ts';
import { type ElementType, FLOAT32 } from '../messages/element-types.ts';
import type { Attributes, AttributeValue } from '../messages/graph-message.ts';
import { quoted, shapeText } from '../messages/tensor-message.ts';

/** What rules ask of a node itself. */
export interface NodeFacts {
  readonly name: string;
  readonly opType: string;
  readonly operatorSet: number;
  readonly attributes: Attributes;
  readonly outputs: readonly unknown[];
}

/** A tensor as a rule sees it: its shape is known. */
export interface RuleInput {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elementType: ElementType | undefined;
  readonly values: readonly number[] | undefined;
}

/** Thrown by a rule whose outputs depend on values that only a run of the model knows. */
export class ValueNotKnown {
  readonly tensor: string;

  constructor(tensor: string) {
    this.tensor = tensor;
  }
}

/** Elements of a tensor whose values are computed. */
const MOST_FOLDED = 1 << 14;

/** Work of folding that is left for the whole model. */
export interface FoldBudget {
  left: number;
}

/** Elements that folding may make in one model. */
export const FOLD_BUDGET = 2 ** 24;

/** A node with the inputs that are known, and the questions that rules ask of it. Every answer that does not fit names node, wanted and found. */
export class RuleNode {
  readonly opType: string;
  readonly operatorSet: number;
  readonly outputCount: number;
  readonly inputs: readonly (RuleInput | undefined)[];
  readonly #node: NodeFacts;
  readonly #file: string;
  readonly #budget: FoldBudget;

  constructor(node: NodeFacts, inputs: readonly (RuleInput | undefined)[], file: string, budget: FoldBudget) {
    this.#node = node;
    this.#file = file;
    this.#budget = budget;
    this.opType = node.opType;
    this.operatorSet = node.operatorSet;
    this.outputCount = node.outputs.length;
    this.inputs = inputs;
  }

  /** The same node with other attributes and another first input. */
  changed(attributes: Attributes, first: RuleNode['inputs'][number]): RuleNode {
    return new RuleNode({ ...this.#node, attributes }, [first, ...this.inputs.slice(1)], this.#file, this.#budget);
  }

  /** An error that names the node. */
  error(message: string): TrifoldError {
    const text = message.length > 600 ? `${message.slice(0, 600)}...` : message;
    return graphError(this.#file, `${nodeText(this.#node)}: ${text}`);
  }

  /** @throws TrifoldError when what is found is not what is wanted */
  check(isRight: boolean, wanted: () => string): void {
    if (!isRight) throw this.error(wanted());
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  input(index: number): RuleInput {
    const input = this.inputs[index];
    if (input === undefined) throw this.error(`wants input ${index}, found none`);
    return input;
  }

  dims(index: number): readonly number[] {
    return this.input(index).dims;
  }

  type(index: number): ElementType | undefined {
    return this.inputs[index]?.elementType;
  }

  /** Dims of an input of this rank. */
  ranked(index: number, rank: number): readonly number[] {
    const { name, dims } = this.input(index);
    this.check(dims.length === rank, () => `wants ${rank} dims of input ${quoted(name)}, found ${shapeText(dims)}`);
    return dims;
  }

  /** Values of an input. @throws ValueNotKnown */
  values(index: number): readonly number[] {
    const { name, values } = this.input(index);
    if (values === undefined) throw new ValueNotKnown(name);
    return values;
  }

  /** The single value of an input. */
  scalar(index: number): number {
    const values = this.values(index);
    this.check(values.length === 1, () => `wants one value in input ${index}, found ${values.length}`);
    return values[0]!;
  }

  /** Values of an input that holds whole numbers. */
  integers(index: number): readonly number[] {
    const values = this.values(index);
    this.check(
      values.every(Number.isInteger),
      () => `wants whole numbers in input ${index}, found ${values.slice(0, 8)}`,
    );
    return values;
  }

  /** Values of an input that may be left out. */
  optionalIntegers(index: number): readonly number[] | undefined {
    return this.has(index) ? this.integers(index) : undefined;
  }

  /** An attribute of a type, undefined when the node has none. */
  attribute<Type extends AttributeValue['type']>(
    name: string,
    type: Type,
  ): Extract<AttributeValue, { type: Type }> | undefined {
    const value = this.#node.attributes.get(name);
    if (value === undefined) return undefined;
    if (value.type !== type) throw this.error(`wants the attribute ${name} of type ${type}, found ${value.type}`);
    return value as Extract<AttributeValue, { type: Type }>;
  }

  hasAttribute(name: string): boolean {
    return this.#node.attributes.has(name);
  }

  int<Default extends number | undefined>(name: string, otherwise: Default): number | Default {
    return (this.attribute(name, 'int') as { value: number } | undefined)?.value ?? otherwise;
  }

  /** An attribute that the node must have. */
  requiredInt(name: string): number {
    const value = this.int(name, undefined);
    if (value === undefined) throw this.error(`wants the attribute ${name}, found none`);
    return value;
  }

  float(name: string, otherwise: number): number {
    return (this.attribute(name, 'float') as { value: number } | undefined)?.value ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    return this.attribute(name, 'string')?.value ?? otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return (this.attribute(name, 'ints') as { values: readonly number[] } | undefined)?.values;
  }

  floats(name: string): readonly number[] | undefined {
    return (this.attribute(name, 'floats') as { values: readonly number[] } | undefined)?.values;
  }

  /** An axis counted from the front; negative ones count from the back. `rank` may be one more than the dims where a place between is meant. */
  axis(axis: number, rank: number): number {
    this.check(
      Number.isInteger(axis) && axis >= -rank && axis < rank,
      () => `wants an axis of ${-rank} to ${rank - 1}, found ${axis}`,
    );
    return axis < 0 ? axis + rank : axis;
  }

  /** Axes counted from the front, each once. */
  axes(axes: readonly number[], rank: number): number[] {
    const found = axes.map((axis) => this.axis(axis, rank));
    this.check(new Set(found).size === found.length, () => `wants every axis once, found ${axes}`);
    return found;
  }

  /** Axes, which older operator sets give as an attribute and newer ones as an input. */
  axesOf(index: number): readonly number[] | undefined {
    return this.ints('axes') ?? this.optionalIntegers(index);
  }

  /** Whether the values of a tensor of these dims are to be computed, so many times; counts them as work. */
  mayFold(dims: readonly number[], times = 1): boolean {
    const count = product(dims);
    if (count > MOST_FOLDED || this.#budget.left < count * times) return false;
    this.#budget.left -= (count + 1) * times;
    return true;
  }
}

/** The first type that is known of these inputs, which have one in common. */
export function typeOf(node: RuleNode, ...indices: readonly number[]): ElementType | undefined {
  for (const index of indices) {
    const type = node.type(index);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** float32 values as that type holds them. */
export function asStored(value: number, type: ElementType | undefined): number {
  return type === FLOAT32 ? Math.fround(value) : value;
}
