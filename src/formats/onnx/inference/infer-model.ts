import { TrifoldError } from '../../../util/errors.ts';
import { product } from '../../../util/integers.ts';
import { graphError, nodeText } from '../graph/graph-error.ts';
import type { GraphNode } from '../graph/graph-node.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { topologicalOrder } from '../graph/topological-order.ts';
import { INT64 } from '../messages/element-types.ts';
import type { GraphMessage } from '../messages/graph-message.ts';
import { quoted, shapeText, type TensorMessage } from '../messages/tensor-message.ts';
import type { ValueInfo } from '../messages/value-info.ts';
import { operatorName, operatorOf } from '../operators/operator-table.ts';
import type { RuleOutput } from '../operators/rule.ts';
import { FOLD_BUDGET, type RuleInput, RuleNode, ValueNotKnown } from '../operators/rule-node.ts';
import { likelierBranches } from './branches.ts';
import {
  type AssumedBranch,
  type InferredModel,
  type InferredNode,
  type InferredTensor,
  isConstant,
  type TensorOrigin,
  type UnknownOperator,
} from './inferred-model.ts';
import { Sequences } from './sequences.ts';
import { type DimSettings, Symbols } from './symbols.ts';

/**
 * Infers the shape of every tensor, folding arithmetic on shapes.
 *
 * A node whose operator is not known, or whose shape depends on values that only a run knows, takes the shapes that the file states; without
 * them its outputs have no shape and say why.
 * @throws TrifoldError `value` when shapes do not fit, naming node, wanted and found; when the file states another shape; when a dim of an input has no size
 */
export function inferModel(graph: ModelGraph, settings: DimSettings = {}): InferredModel {
  return new Inference(graph, settings).run();
}

class Inference {
  readonly #graph: ModelGraph;
  readonly #symbols: Symbols;
  readonly #tensors = new Map<string, InferredTensor>();
  readonly #nodes: InferredNode[] = [];
  readonly #unknown = new Map<string, UnknownOperator>();
  readonly #assumed: AssumedBranch[] = [];
  readonly #sequences = new Sequences();
  readonly #budget = { left: FOLD_BUDGET };

  constructor(graph: ModelGraph, settings: DimSettings) {
    this.#graph = graph;
    this.#symbols = new Symbols(graph, settings);
  }

  run(): InferredModel {
    const { file, name, producer, operatorSets, inputs, outputs, initializers, nodes } = this.#graph;
    for (const input of inputs) this.#input(input);
    for (const tensor of initializers.values()) this.#initializer(tensor, tensor.name);
    for (const node of nodes) this.#infer(node);
    return {
      file,
      name,
      producer,
      operatorSets,
      inputs: inputs.map((input) => this.#tensors.get(input.name)!),
      isBatchFixed: inputs.every(({ dims }) => dims === undefined || dims.length === 0 || typeof dims[0] === 'number'),
      outputs: outputs.flatMap(({ name: output }) =>
        (this.#sequences.elements(output) ?? [output]).flatMap((one) => this.#tensors.get(one) ?? []),
      ),
      nodes: this.#nodes,
      unknownOperators: [...this.#unknown.values()],
      assumedBranches: this.#assumed,
    };
  }

  #add({
    name,
    origin,
    dims,
    unknownBecause,
    elementType,
    values,
  }: Omit<InferredTensor, 'storedType'>): InferredTensor {
    const storedType = this.#graph.storedTypes.get(name);
    const found = { name, origin, dims, unknownBecause, elementType, values, storedType };
    this.#tensors.set(name, found);
    return found;
  }

  #initializer({ dims, elementType, values }: TensorMessage, name: string): void {
    this.#add({ name, origin: 'initializer', dims, unknownBecause: undefined, elementType, values });
  }

  #input(input: ValueInfo): void {
    const { name, elementType, dims, container } = input;
    const origin = 'input';
    if (container !== 'tensor') {
      if (container === 'nothing') throw graphError(this.#graph.file, `input ${quoted(name)} wants a type, found none`);
      const unknownBecause = `input ${quoted(name)} is a ${container}`;
      this.#add({ name, origin, dims: undefined, unknownBecause, elementType, values: undefined });
      return;
    }
    if (dims === undefined)
      throw graphError(
        this.#graph.file,
        `input ${quoted(name)} wants a shape, found none`,
        'value',
        'export the model with the shapes of its inputs',
      );
    const sizes = this.#symbols.inputDims(input, dims, this.#graph.file);
    checkSize(this.#graph.file, sizes, () => `input ${quoted(name)}`);
    const value = this.#symbols.value(input);
    this.#add({
      name,
      origin: value === undefined ? origin : 'constant',
      dims: sizes,
      unknownBecause: undefined,
      elementType,
      values: value === undefined ? undefined : [value],
    });
  }

  #infer(node: GraphNode): void {
    if (node.opType === 'If' && node.domain === '' && (this.#takeKnown(node) || this.#takeAssumed(node))) return;
    if (this.#takeSequence(node)) return;
    const inputs = node.inputs.map((name) => this.#tensors.get(name));
    const operator = operatorOf(node.domain, node.opType);
    const isOfConstants =
      inputs.every((input) => input === undefined || isConstant(input)) && node.captured.length === 0;
    const origin: TensorOrigin = isOfConstants && operator !== undefined ? 'constant' : 'node';
    let found: readonly RuleOutput[] = [];
    let because = '';
    let rule: RuleNode | undefined;
    const open = inputs.find((input) => input !== undefined && input.dims === undefined);
    if (operator === undefined) because = `${nodeText(node)} is of an operator that is not known`;
    else if (open !== undefined) because = open.unknownBecause!;
    else {
      rule = new RuleNode(node, inputs as (RuleInput | undefined)[], this.#graph.file, this.#budget);
      try {
        found = operator.rule(rule);
      } catch (error) {
        if (!(error instanceof ValueNotKnown)) throw error;
        because = `${nodeText(node)} has a shape that depends on the values of ${quoted(error.tensor)}`;
        rule = undefined;
      }
    }
    const outputs = node.outputs.map((name, index) =>
      name === '' ? undefined : this.#output(node, name, found[index], because, origin),
    );
    if (operator === undefined) this.#count(node, outputs);
    const { name, opType, domain, operatorSet, attributes } = node;
    this.#nodes.push({
      name,
      opType,
      domain,
      operatorSet,
      attributes,
      inputs,
      outputs,
      captured: node.captured.length === 0 ? NONE : node.captured.flatMap((one) => this.#tensors.get(one) ?? []),
      family: operator?.family ?? 'unknown',
      rule,
    });
  }

  #output(
    node: GraphNode,
    name: string,
    found: RuleOutput | undefined,
    because: string,
    origin: TensorOrigin,
  ): InferredTensor {
    const stated = this.#graph.stated.get(name);
    const statedDims = stated?.dims?.map((dim) => this.#symbols.size(dim));
    if (found !== undefined && statedDims !== undefined) this.#checkStated(node, name, found.dims, stated!);
    const dims = found?.dims ?? (statedDims?.every((dim) => dim !== undefined) ? (statedDims as number[]) : undefined);
    if (dims !== undefined) checkSize(this.#graph.file, dims, () => `${nodeText(node)}: output ${quoted(name)}`);
    return this.#add({
      name,
      origin: found?.values === undefined ? origin : 'constant',
      dims,
      unknownBecause: dims === undefined ? this.#whyOpen(node, stated, because) : undefined,
      elementType: found?.elementType ?? stated?.elementType,
      values: found?.values,
    });
  }

  #whyOpen(node: GraphNode, stated: ValueInfo | undefined, because: string): string {
    const open = stated?.dims?.find((dim) => this.#symbols.size(dim) === undefined);
    const reason = because === '' ? `${nodeText(node)} has an output that its operator does not describe` : because;
    return open === undefined ? reason : `${reason}; its stated shape has the dim ${open} without a size`;
  }

  /** A stated symbol whose size is not known may have any; where inputs leave dims open, the sizes that are stated may be those of an example. */
  #checkStated(node: GraphNode, name: string, dims: readonly number[], stated: ValueInfo): void {
    const fits =
      stated.dims!.length === dims.length &&
      stated.dims!.every((dim, axis) => typeof dim !== 'number' || dim === dims[axis]);
    if (!fits && !this.#symbols.areOpen)
      throw graphError(
        this.#graph.file,
        `${nodeText(node)}: the file states ${shapeText(stated.dims!)} of its output ${quoted(name)}, found ${shapeText(dims)}`,
      );
  }

  #count(node: GraphNode, outputs: readonly (InferredTensor | undefined)[]): void {
    const name = operatorName(node.domain, node.opType);
    const before = this.#unknown.get(name) ?? { name, count: 0, words: 0, outputsWithoutShape: 0, node: node.name };
    let { words, outputsWithoutShape } = before;
    for (const output of outputs)
      if (output?.dims !== undefined) words += product(output.dims);
      else if (output !== undefined) outputsWithoutShape++;
    this.#unknown.set(name, { ...before, count: before.count + 1, words, outputsWithoutShape });
  }

  /** Takes the branch of an If whose condition is known; whether it is. */
  #takeKnown(node: GraphNode): boolean {
    const condition = this.#tensors.get(node.inputs[0] ?? '')?.values;
    if (condition?.length !== 1) return false;
    const value = node.attributes.get(condition[0] === 0 ? 'else_branch' : 'then_branch');
    if (value?.type !== 'graph') return false;
    this.#takeBranch(node, value.graph);
    return true;
  }

  /** Takes the larger branch of an If whose condition only a run knows, or the other where the sizes of this one do not fit; whether one fits. */
  #takeAssumed(node: GraphNode): boolean {
    const [condition = ''] = node.inputs;
    for (const { name, graph } of likelierBranches(node)) {
      const [before, assumed, unknown] = [this.#nodes.length, this.#assumed.length, new Map(this.#unknown)];
      try {
        this.#assumed.push({ node: node.name, branch: name, condition });
        this.#takeBranch(node, graph);
        return true;
      } catch (error) {
        if (!(error instanceof TrifoldError) || error.code !== 'value') throw error;
        this.#nodes.length = before;
        this.#assumed.length = assumed;
        this.#unknown.clear();
        for (const [key, value] of unknown) this.#unknown.set(key, value);
      }
    }
    return false;
  }

  /** Takes a node of sequences as nodes on their elements; whether these are known. */
  #takeSequence(node: GraphNode): boolean {
    const taken = this.#sequences.take(node, {
      dims: (name) => this.#tensors.get(name)?.dims,
      values: (name) => this.#tensors.get(name)?.values,
    });
    if (taken === undefined) return false;
    const [name] = node.outputs as [string, ...string[]];
    const { sequence, length } = taken;
    if (sequence !== undefined || length !== undefined)
      this.#add({
        name,
        origin: length === undefined ? 'node' : 'constant',
        dims: length === undefined ? undefined : [],
        unknownBecause: length === undefined ? `${quoted(name)} is a sequence` : undefined,
        elementType: length === undefined ? undefined : INT64,
        values: length === undefined ? undefined : [length],
      });
    for (const one of taken.nodes) this.#infer(one);
    return true;
  }

  #takeBranch(node: GraphNode, branch: GraphMessage): void {
    const { inliner, file } = this.#graph;
    const names = inliner.branchNames(node, branch);
    for (const tensor of branch.initializers) {
      const name = names.get(tensor.name)!;
      this.#initializer(tensor, name);
    }
    const nodes = inliner.inlineBranch(node, branch, names);
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    const given = new Map<string, string>();
    for (const { inputs, captured } of nodes)
      for (const input of [...inputs, ...captured])
        if (!made.has(input) && this.#tensors.has(input)) given.set(input, 'the graph around it');
    for (const one of topologicalOrder(nodes, given, file)) this.#infer(one);
  }
}

const NONE: readonly InferredTensor[] = [];

function checkSize(file: string, dims: readonly number[], what: () => string): void {
  if (dims.length > 63) throw graphError(file, `${what()} has ${dims.length} dims, more than 63`);
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) || !Number.isSafeInteger(product(dims)))
    throw graphError(file, `${what()} of ${shapeText(dims)} has more than 2^53 elements`);
}
