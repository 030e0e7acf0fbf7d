import { TrifoldError } from '../../util/errors.ts';
import { perTensor } from '../../util/vocabulary.ts';
import type { Graph } from '../../workload/graph/graph.ts';
import { listedLayers } from '../../workload/graph/listed-layers.ts';
import { uncountableSum } from '../../workload/graph/uncountable.ts';
import { unknownOperators } from '../../workload/graph/unknown-operators.ts';
import { MAX_LAYERS, type Network, type WordBits } from '../../workload/network.ts';
import { type Document, errorAt, readWith } from '../document/document.ts';
import { COUNTED_EXACTLY, readGraph } from './workload-graph.ts';
import { type WorkloadFile, workloadSchema } from './workload-schema.ts';

/** Counts that someone published for a network, for batch 1; undefined when nobody did. */
export interface PublishedCounts {
  readonly macs: number | undefined;
  readonly parameters: number | undefined;
  /** Largest relative differences of the file's own counts. */
  readonly macTolerance: number;
  readonly parameterTolerance: number;
  readonly source: string;
}

/** A workload file: the network and what the file says about it. */
export interface Workload {
  readonly network: Network;
  /** Full name and variant; the short name when the file has none. */
  readonly title: string;
  readonly notes: string;
  readonly published: PublishedCounts | undefined;
  /** Parameters outside the layers, e.g. embeddings: looked up, no multiply-accumulates. */
  readonly otherParameters: Readonly<Record<string, number>>;
}

/** Options of {@link readWorkload}. */
export interface WorkloadOptions {
  /** Inputs that run together; >= 1, default 1. Multiplies N; of products of two activations, where both factors differ per input, G. */
  readonly batch?: number;
}

/** Word widths of files that state none. */
export const DEFAULT_WORD_BITS: WordBits = perTensor(() => 16);

/**
 * Reads a network from a YAML document.
 * @throws TrifoldError `schema`, `unit` or `value` with the place for a file that breaks the schema or whose sizes do not fit each other;
 * `usage` for a batch that is not a positive integer.
 */
export function readWorkload(document: Document, options: WorkloadOptions = {}): Workload {
  const batch = options.batch ?? 1;
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new TrifoldError('usage', `the batch must be a positive integer, not ${batch}`);
  const file = readWith(workloadSchema, document);
  refuseManyLayers(file, document);
  const wordBits = perTensor((tensor) => file.wordBits?.[tensor] ?? DEFAULT_WORD_BITS[tensor]);
  const together = batchOf(file, batch, document);
  const graph = withUncounted(readGraph(file, document, together, wordBits), file);
  const listed = listedLayers(graph);
  if (!listed.ok)
    throw errorAt(
      document,
      ['layers'],
      'value',
      `${listed.operator} is listed as ${listed.line}, which differs from it`,
      'only layers that are equal in kind, sizes, word widths and parameters share a line',
    );
  const { layers } = listed;
  if (layers.length === 0)
    throw errorAt(
      document,
      ['layers'],
      'value',
      'no entry has multiply-accumulates',
      'mappings are of layers: conv, pointwise, depthwise, transposed, linear, matmul or problem',
    );
  const network = { name: file.name, layers, source: file.source, graph };
  refuseUncountable(network, document);
  return {
    network,
    title: file.title ?? file.name,
    notes: file.notes ?? '',
    published: publishedOf(file),
    otherParameters: file.otherParameters ?? {},
  };
}

/** Inputs that run together. @throws TrifoldError `value` where the file fixes another number than is asked for */
function batchOf({ batch: fixed }: WorkloadFile, asked: number, document: Document): number {
  if (fixed === undefined || fixed === asked || asked === 1) return fixed ?? asked;
  throw errorAt(
    document,
    ['batch'],
    'value',
    `the batch is asked to be ${asked}, but the network always runs ${fixed} inputs together`,
    `leave out --batch, or take batch out of the file`,
  );
}

/** A graph with what the file says is not counted; where it says nothing, its operators of kind unknown. */
function withUncounted(graph: Graph, { uncounted: stated }: WorkloadFile): Graph {
  const uncounted = stated?.map(({ operation, words, ...one }) => ({ name: operation, ...one, words: words ?? null }));
  const all = uncounted ?? unknownOperators(graph);
  return all.length === 0 ? graph : { ...graph, uncounted: all };
}

function refuseManyLayers({ layers }: WorkloadFile, document: Document): void {
  const count = layers.reduce((all, entry) => all + (entry.kind === 'block' ? entry.layers.length : 1), 0);
  if (count > MAX_LAYERS)
    throw errorAt(
      document,
      ['layers'],
      'value',
      `the network has ${count} layers; at most ${MAX_LAYERS} are mapped`,
      'write layers and blocks that are alike once, with repeat',
    );
}

/** Sums over a network whose layers and operators can each be counted. */
function refuseUncountable(network: Network, document: Document): void {
  const sum = uncountableSum(network);
  if (sum !== null) throw errorAt(document, ['layers'], 'value', `the network has ${sum}`, COUNTED_EXACTLY);
}

function publishedOf(file: WorkloadFile): PublishedCounts | undefined {
  if (file.published === undefined) return undefined;
  const { macs, parameters, tolerance, source } = file.published;
  const both = typeof tolerance === 'number' ? { macs: tolerance, parameters: tolerance } : tolerance;
  return { macs, parameters, macTolerance: both.macs, parameterTolerance: both.parameters, source };
}
