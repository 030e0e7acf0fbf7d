import { visit, Document as YamlDocument } from 'yaml';
import { TENSORS } from '../../util/vocabulary.ts';
import type { Graph, GraphTensor, MacOperator } from '../../workload/graph/graph.ts';
import { unknownOperators } from '../../workload/graph/unknown-operators.ts';
import { convolution, convolutionKind, linear, matrixProduct, problemSpec } from '../../workload/layers.ts';
import { type Layer, MAX_LAYERS, type Network, type WordBits } from '../../workload/network.ts';
import { type Problem, problemKey, tensorWords } from '../../workload/problem.ts';
import { widthsOfReader } from './entry-context.ts';
import { graphEntries, sizesOf } from './graph-writer.ts';
import { DEFAULT_WORD_BITS } from './workload.ts';

/** What is said of a network besides its layers. */
export interface WriteOptions {
  /** Inputs that run together in it; the file states the sizes of one. Default 1. */
  readonly batch?: number;
  /** Whether the network always runs so many together. */
  readonly isBatchFixed?: boolean;
}

/**
 * Whether a graph has more operators and inputs than a workload file holds.
 * @returns how many it has, for people; null where all can be written
 */
export function beyondWorkloadFile({ operators, inputs }: Pick<Graph, 'operators' | 'inputs'>): string | null {
  if (operators.length + inputs.length <= MAX_LAYERS) return null;
  return `${operators.length} operators and ${inputs.length === 1 ? '1 input' : `${inputs.length} inputs`}`;
}

/**
 * Writes a network as a workload file that `readWorkload` reads back as an equal network (with this batch): every layer with its own input
 * size, in the friendliest kind that says all of it, else as a `problem`. Layer names must be unique and free of line breaks.
 */
export function formatWorkload(network: Network, { batch = 1, isBatchFixed = false }: WriteOptions = {}): string {
  const { graph } = network;
  const ofLayers = network.layers[0]?.wordBits ?? DEFAULT_WORD_BITS;
  // Words between operators have the width of what the network reads, so that its input need not be an entry.
  const wordBits = { ...ofLayers, Inputs: graph?.tensors[graph.inputs[0] ?? -1]?.wordBits ?? ofLayers.Inputs };
  const written =
    graph === undefined
      ? null
      : graphEntries(
          graph,
          (operator, read) => formatOperator(operator, graph.tensors[operator.output]!, wordBits, read, batch),
          wordBits.Inputs,
        );
  const yaml = new YamlDocument({
    name: network.name,
    source: network.source,
    wordBits,
    ...(isBatchFixed && batch > 1 ? { batch } : {}),
    ...(written === null || written.input === null ? {} : { input: sizesOf(graph!.tensors[written.input]!) }),
    layers:
      written?.layers ?? network.layers.map((layer) => ({ name: layer.name, ...formatLayer(layer, wordBits, batch) })),
    ...uncountedKey(graph),
  });
  visit(yaml, {
    Map(_, node) {
      if (!node.has('layers')) node.flow = true;
    },
  });
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** What is not counted, where it is not what a reader takes it to be anyway. */
function uncountedKey(graph: Graph | undefined): object {
  if (graph === undefined || (graph.uncounted === undefined && unknownOperators(graph).length === 0)) return {};
  const uncounted = (graph.uncounted ?? []).map(({ name, count, words, reason }) => ({
    operation: name,
    count,
    ...(words === null ? {} : { words }),
    reason,
  }));
  return { uncounted };
}

/** A layer of a graph without its name and what it reads. */
function formatOperator(
  { layer }: MacOperator,
  output: GraphTensor,
  wordBits: WordBits,
  read: readonly number[],
  batch: number,
): Record<string, unknown> {
  const entry = formatLayer({ ...layer, repeat: 1 }, widthsOfReader(wordBits, read), batch);
  const { N, G, K, P, Q } = layer.problem.bounds;
  const [, channels, rows, columns] = output.sizes;
  const isPlain =
    entry.kind !== 'problem' ||
    (channels === G * K && rows === (N / batch) * P && columns === Q && output.form === 'map');
  return isPlain ? entry : { ...entry, to: sizesOf(output) };
}

function formatLayer(layer: Layer, wordBits: WordBits, batch: number): Record<string, unknown> {
  const weights = tensorWords(layer.problem, 'Weights');
  const shape =
    formatConvolution(layer, batch) ??
    formatLinear(layer, batch) ??
    formatMatmul(layer, batch) ??
    formatProblem(layer, batch);
  return {
    ...shape,
    ...(layer.repeat === 1 ? {} : { repeat: layer.repeat }),
    ...(shape.kind === 'matmul' || layer.parameters === weights ? {} : { parameters: layer.parameters }),
    ...(TENSORS.every((tensor) => layer.wordBits[tensor] === wordBits[tensor]) ? {} : { wordBits: layer.wordBits }),
    ...(layer.zeros === undefined ? {} : { zeros: layer.zeros }),
  };
}

function formatConvolution({ kind, problem }: Layer, batch: number): { kind: string } | undefined {
  const { N, G, K, C, P, Q, R, S } = problem.bounds;
  if (N !== batch || kind !== convolutionKind(problem)) return undefined;
  const { stride, dilation, inputSize, paddingBefore } = problem;
  const after = (outputs: number, filter: number, i: 0 | 1) =>
    Math.max(0, (outputs - 1) * stride[i] + (filter - 1) * dilation[i] + 1 - inputSize[i] - paddingBefore[i]);
  const padding = [paddingBefore[0], after(P, R, 0), paddingBefore[1], after(Q, S, 1)] as const;
  const read = convolution({
    name: problem.name,
    inChannels: G * C,
    outChannels: G * K,
    input: inputSize,
    kernel: [R, S],
    stride,
    dilation,
    padding,
    groups: G,
    batch,
  });
  if (!read.ok || !equalProblems(read.value, problem)) return undefined;
  const strideKey = stride[0] === 1 && stride[1] === 1 ? {} : { stride: shorten(stride) };
  const sizes = { ...strideKey, input: [...inputSize], output: [P, Q] };
  if (kind === 'pointwise' && padding.every((zeros) => zeros === 0) && dilation[0] === 1 && dilation[1] === 1)
    return { kind, ...{ in: C, out: K }, ...sizes };
  const window = {
    kernel: shorten([R, S]),
    ...(dilation[0] === 1 && dilation[1] === 1 ? {} : { dilation: shorten(dilation) }),
    ...(padding.every((zeros) => zeros === 0)
      ? {}
      : { padding: padding.every((zeros) => zeros === padding[0]) ? padding[0] : [...padding] }),
    ...sizes,
  };
  if (kind === 'depthwise') return { kind, ...{ in: G }, ...(K === 1 ? {} : { multiplier: K }), ...window };
  return { kind: 'conv', ...{ in: G * C, out: G * K }, ...(G === 1 ? {} : { groups: G }), ...window };
}

function formatLinear({ kind, problem }: Layer, batch: number): { kind: string } | undefined {
  const { K, C, P } = problem.bounds;
  const read = linear({ name: problem.name, inputs: C, outputs: K, tokens: P, batch });
  return kind === 'linear' && equalProblems(read, problem) ? { kind, ...{ in: C, out: K, tokens: P } } : undefined;
}

function formatMatmul({ kind, problem, parameters }: Layer, batch: number): { kind: string } | undefined {
  const { G, K, C, P } = problem.bounds;
  const heads = G / batch;
  if (!Number.isInteger(heads)) return undefined;
  const read = matrixProduct({ name: problem.name, rows: P, inner: C, columns: K, heads, batch });
  if (kind !== 'matmul' || parameters !== 0 || !equalProblems(read, problem)) return undefined;
  return { kind, ...{ heads, rows: P, inner: C, columns: K } };
}

function formatProblem({ kind, problem }: Layer, batch: number): { kind: string } & Record<string, unknown> {
  const { name: _, bounds, ...spec } = problemSpec(problem);
  const { N = 1, ...others } = bounds;
  const inputs = N / batch;
  return {
    kind: 'problem',
    ...(kind === 'problem' ? {} : { as: kind }),
    bounds: inputs === 1 ? others : { N: inputs, ...others },
    ...spec,
  };
}

function equalProblems(a: Problem, b: Problem): boolean {
  return problemKey(a) === problemKey(b);
}

function shorten(pair: readonly [number, number]): number | number[] {
  return pair[0] === pair[1] ? pair[0] : [...pair];
}
