import { expect } from 'vitest';
import { parseDocument } from '../../../src/formats/document/document.ts';
import { lowerModel } from '../../../src/formats/onnx/lowering/lower-model.ts';
import { readWorkload } from '../../../src/formats/workload/workload.ts';
import { formatWorkload } from '../../../src/formats/workload/workload-writer.ts';
import type { Graph } from '../../../src/workload/graph/graph.ts';
import { listedLayers } from '../../../src/workload/graph/listed-layers.ts';
import type { Layer, Network } from '../../../src/workload/network.ts';
import type { TestAttribute, TestGraph, TestModel, TestNode, TestTensor, TestValue } from './encode.ts';
import { read } from './models.ts';

/** The network of a model. */
export function networkOf(model: TestModel, settings?: Parameters<typeof read>[1], isStrict = false): Network {
  const graph = lowerModel(read(model, settings), isStrict);
  return { name: 'net', source: 'test', layers: layersOf(graph), graph };
}

export function layersOf(graph: Graph): readonly Layer[] {
  const listed = listedLayers(graph);
  if (!listed.ok) throw new Error(`${listed.operator} is listed as ${listed.line}`);
  return listed.layers;
}

/** What a network is read back as from its workload file. */
export function reread(network: Network, batch = 1): Network {
  return readWorkload(parseDocument(formatWorkload(network, { batch }), 'net.yaml'), { batch }).network;
}

/** A network equals the one that is read from its workload file. */
export function expectSameWhenReread(network: Network, batch = 1): void {
  expect(reread(network, batch)).toEqual(network);
}

/** Vector operators as `kind` or `kind function`, in order. */
export function vectorKinds({ graph }: Network): string[] {
  return graph!.operators.flatMap((operator) => {
    if (operator.kind !== 'vector') return [];
    const { operation } = operator;
    return [operation.kind === 'activation' ? operation.function : operation.kind];
  });
}

/** Writes a model node by node; a tensor is its name. */
export class ModelWriter {
  readonly #nodes: TestNode[] = [];
  readonly #inputs: TestValue[] = [];
  readonly #outputs: TestValue[] = [];
  readonly #initializers: TestTensor[] = [];
  #count = 0;

  input(name: string, dims: TestValue['dims'], type = 1): string {
    this.#inputs.push({ name, dims: dims!, type });
    return name;
  }

  /** Weights without values. */
  weights(dims: readonly number[], type = 1): string {
    const name = `w${this.#count++}`;
    this.#initializers.push({ name, dims, type, external: true });
    return name;
  }

  numbers(...floats: number[]): string {
    const name = `c${this.#count++}`;
    this.#initializers.push({ name, dims: floats.length === 1 ? [] : [floats.length], floats });
    return name;
  }

  ints(...ints: number[]): string {
    const name = `i${this.#count++}`;
    this.#initializers.push({ name, dims: [ints.length], ints });
    return name;
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, TestAttribute>> = {},
    more: { readonly name?: string; readonly domain?: string; readonly outputs?: number } = {},
  ): string {
    return this.nodes(op, inputs, attributes, more)[0]!;
  }

  nodes(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, TestAttribute>> = {},
    { name, domain, outputs = 1 }: { readonly name?: string; readonly domain?: string; readonly outputs?: number } = {},
  ): string[] {
    const made = Array.from({ length: outputs }, () => `t${this.#count++}`);
    this.#nodes.push({
      op,
      inputs,
      outputs: made,
      attributes,
      ...(name === undefined ? {} : { name }),
      ...(domain === undefined ? {} : { domain }),
    });
    return made;
  }

  output(...names: string[]): this {
    for (const name of names) this.#outputs.push({ name });
    return this;
  }

  get graph(): TestGraph {
    return { nodes: this.#nodes, inputs: this.#inputs, outputs: this.#outputs, initializers: this.#initializers };
  }

  model(opset = 17): TestModel {
    return { graph: this.graph, opset, otherOpsets: { 'com.microsoft': 1 } };
  }
}

/** Layers as kind and bounds greater than 1. */
export function shapes({ layers }: Network) {
  return layers.map(({ kind, problem }) => [
    kind,
    Object.fromEntries(Object.entries(problem.bounds).filter(([, bound]) => bound > 1)),
  ]);
}
