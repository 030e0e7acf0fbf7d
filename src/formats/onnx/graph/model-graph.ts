import type { ElementType } from '../messages/element-types.ts';
import type { ModelMessage, OperatorSets } from '../messages/model-message.ts';
import { quoted, type TensorMessage } from '../messages/tensor-message.ts';
import type { ValueInfo } from '../messages/value-info.ts';
import { graphError } from './graph-error.ts';
import type { GraphNode } from './graph-node.ts';
import { Inliner } from './inline-functions.ts';
import { graphScope } from './scope.ts';
import { topologicalOrder } from './topological-order.ts';

/** The checked graph of a model: functions inlined, nodes in topological order, names unique. */
export interface ModelGraph {
  readonly file: string;
  readonly name: string;
  readonly producer: string;
  readonly operatorSets: OperatorSets;
  /** Inputs that the file holds no values of. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, TensorMessage>;
  readonly nodes: readonly GraphNode[];
  /** What the file states of tensors that nodes make. */
  readonly stated: ReadonlyMap<string, ValueInfo>;
  /** Tensors that a run stores as numbers of the type of a zero point, by name. */
  readonly storedTypes: ReadonlyMap<string, ElementType>;
  readonly inliner: Inliner;
}

/**
 * Checks the graph of a model and brings it into order.
 * @throws TrifoldError `value` on cycles, tensors without a maker or with two, functions that call themselves
 */
export function modelGraph(model: ModelMessage): ModelGraph {
  const { graph, file } = model;
  if (graph.nodes.length === 0) throw graphError(file, 'the graph wants nodes, found none');
  const given = new Map<string, string>();
  const initializers = new Map<string, TensorMessage>();
  for (const tensor of graph.initializers) {
    if (tensor.name === '') throw graphError(file, 'an initializer wants a name, found none', 'schema');
    if (initializers.has(tensor.name)) throw graphError(file, `two initializers are called ${quoted(tensor.name)}`);
    initializers.set(tensor.name, tensor);
    given.set(tensor.name, 'an initializer');
  }
  const inputs: ValueInfo[] = [];
  for (const input of graph.inputs) {
    if (input.name === '') throw graphError(file, 'an input of the graph wants a name, found none', 'schema');
    if (given.get(input.name) === 'an input of the graph')
      throw graphError(file, `two inputs of the graph are called ${quoted(input.name)}`);
    if (!initializers.has(input.name)) inputs.push(input);
    given.set(input.name, 'an input of the graph');
  }
  const inliner = new Inliner(model);
  const nodes = topologicalOrder(inliner.inline(graph.nodes, graphScope(model.operatorSets)), given, file);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  for (const { name } of graph.outputs)
    if (!made.has(name) && !given.has(name))
      throw graphError(file, `the graph wants the output ${quoted(name)}, which nothing makes`);
  const stated = new Map([...graph.valueInfos, ...graph.outputs].map((info) => [info.name, info]));
  const storedTypes = new Map<string, ElementType>();
  for (const [tensor, zeroPoint] of graph.zeroPoints) {
    const type = initializers.get(zeroPoint)?.elementType;
    if (type !== undefined) storedTypes.set(tensor, type);
  }
  const { producer, operatorSets } = model;
  return {
    file,
    name: graph.name,
    producer,
    operatorSets,
    inputs,
    outputs: graph.outputs,
    initializers,
    nodes,
    stated,
    storedTypes,
    inliner,
  };
}
