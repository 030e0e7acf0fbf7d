import {
  type InferredModel,
  type InferredNode,
  type InferredTensor,
  isConstant,
} from '../../inference/inferred-model.ts';
import { isConversion } from '../widths.ts';

/** Who makes and who reads the tensors of a model. */
export class Uses {
  readonly #makers = new Map<string, InferredNode>();
  readonly #readers = new Map<string, InferredNode[]>();
  readonly #results: ReadonlySet<string>;

  constructor({ nodes, outputs }: InferredModel) {
    this.#results = new Set(outputs.map(({ name }) => name));
    for (const node of nodes) {
      for (const output of node.outputs) if (output !== undefined) this.#makers.set(output.name, node);
      for (const input of node.captured.length === 0 ? node.inputs : [...node.inputs, ...node.captured]) {
        if (input === undefined) continue;
        const readers = this.#readers.get(input.name);
        if (readers === undefined) this.#readers.set(input.name, [node]);
        else readers.push(node);
      }
    }
  }

  makerOf({ name }: InferredTensor): InferredNode | undefined {
    return this.#makers.get(name);
  }

  readersOf({ name }: InferredTensor): readonly InferredNode[] {
    return this.#readers.get(name) ?? [];
  }

  /** Whether nobody but these nodes sees what a node makes. */
  isInside(node: InferredNode, nodes: ReadonlySet<InferredNode>): boolean {
    return node.outputs.every(
      (output) =>
        output === undefined ||
        (!this.#results.has(output.name) && this.readersOf(output).every((reader) => nodes.has(reader))),
    );
  }
}

/** What an expression has found so far. */
export interface Found {
  readonly bound: ReadonlyMap<string, InferredTensor>;
  readonly nodes: readonly InferredNode[];
}

type Next = (found: Found) => Found | null;

/** A shape of arithmetic: whether a tensor is made like this; `next` decides whether the rest fits too. */
export type Expression = (tensor: InferredTensor, uses: Uses, found: Found, next: Next) => Found | null;

/** A tensor that is not the same for every input; the same wherever this name stands. */
export function any(name: string): Expression {
  return (tensor, uses, found, next) => {
    const source = converted(tensor, uses).tensor;
    if (isConstant(source)) return null;
    const before = found.bound.get(name);
    if (before !== undefined) return before.name === source.name ? next(found) : null;
    return next({ ...found, bound: new Map(found.bound).set(name, source) });
  };
}

/** A tensor that is the same for every input, of these values if some are given. @param name under which it is bound, if it is to be */
export function constant(name?: string, isRight: (value: number) => boolean = () => true): Expression {
  return (tensor, uses, found, next) => {
    const source = converted(tensor, uses).tensor;
    if (!isConstant(source) || (source.values !== undefined && !source.values.every(isRight))) return null;
    return next(name === undefined ? found : { ...found, bound: new Map(found.bound).set(name, source) });
  };
}

/** A number, as far as values are known. */
export function number(value: number): Expression {
  return constant(undefined, (one) => Math.abs(one - value) <= Math.abs(value) * 1e-3);
}

/** What an operator makes of these inputs, in this order; further inputs do not matter. */
export function made(opType: string, ...inputs: readonly Expression[]): Expression {
  return ofNode(opType, (node, uses, found, next) => inOrder(inputs, node.inputs, 0, uses, found, next));
}

/** What an operator of two inputs makes of these in either order. */
export function either(opType: string, a: Expression, b: Expression): Expression {
  const both = [a, b];
  return ofNode(opType, (node, uses, found, next) => {
    const [left, right] = node.inputs;
    return inOrder(both, [left, right], 0, uses, found, next) ?? inOrder(both, [right, left], 0, uses, found, next);
  });
}

/** One of several. */
export function oneOf(...expressions: readonly Expression[]): Expression {
  return (tensor, uses, found, next) => {
    for (const expression of expressions) {
      const match = expression(tensor, uses, found, next);
      if (match !== null) return match;
    }
    return null;
  };
}

/** A product of three factors, in any order. */
export function product(a: Expression, b: Expression, c: Expression): Expression {
  const nested = (first: Expression, second: Expression, last: Expression) =>
    either('Mul', either('Mul', first, second), last);
  return oneOf(nested(a, b, c), nested(a, c, b), nested(b, c, a));
}

type NodeExpression = (node: InferredNode, uses: Uses, found: Found, next: Next) => Found | null;

function ofNode(opType: string, inner: NodeExpression): Expression {
  return (tensor, uses, found, next) => {
    const { tensor: source, maker: node, passed } = converted(tensor, uses);
    if (node === undefined || node.opType !== opType || node.outputs[0]?.name !== source.name) return null;
    return inner(node, uses, { ...found, nodes: [...found.nodes, node, ...passed] }, next);
  };
}

/** Whether the expressions from `place` on fit the inputs from there on. */
function inOrder(
  expressions: readonly Expression[],
  inputs: InferredNode['inputs'],
  place: number,
  uses: Uses,
  found: Found,
  next: Next,
): Found | null {
  const expression = expressions[place];
  if (expression === undefined) return next(found);
  const input = inputs[place];
  if (input === undefined) return null;
  return expression(input, uses, found, (after) => inOrder(expressions, inputs, place + 1, uses, after, next));
}

interface Converted {
  readonly tensor: InferredTensor;
  readonly maker: InferredNode | undefined;
  readonly passed: readonly InferredNode[];
}

const NOTHING_PASSED: readonly InferredNode[] = [];

/** Conversions in a row that an expression looks through: many times what exporters write, and no longer walk for each of many readers. */
const MOST_PASSED = 32;

/** The tensor before conversions. */
function converted(tensor: InferredTensor, uses: Uses): Converted {
  let passed: InferredNode[] | undefined;
  let source = tensor;
  let maker = uses.makerOf(source);
  while (maker !== undefined && (isConversion(maker) || maker.opType === 'Identity')) {
    const [input] = maker.inputs;
    if (input === undefined || passed?.length === MOST_PASSED) break;
    passed ??= [];
    passed.push(maker);
    source = input;
    maker = uses.makerOf(source);
  }
  return { tensor: source, maker, passed: passed ?? NOTHING_PASSED };
}
