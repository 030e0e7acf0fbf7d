import { TrifoldError } from '../../util/errors.ts';
import { suggestWord } from '../../util/suggestion.ts';
import { perTensor } from '../../util/vocabulary.ts';
import type { Activation } from '../../workload/layers.ts';
import {
  type Layer,
  MAX_LAYERS,
  type Network,
  networkMacs,
  networkParameters,
  type WordBits,
} from '../../workload/network.ts';
import { MAX_PADDING, macCount, mostPadding } from '../../workload/problem.ts';
import { type Document, errorAt, type KeyPath, readWith } from '../document/document.ts';
import { activationOf, describeActivation, type EntryResult, readEntry } from './workload-layers.ts';
import { type Entry, type WorkloadFile, workloadSchema } from './workload-schema.ts';

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
  const layers = readLayers(file, document, batch);
  if (layers.length === 0)
    throw errorAt(
      document,
      ['layers'],
      'value',
      'no layer has multiply-accumulates',
      'changes of shape alone do no work',
    );
  const network: Network = { name: file.name, layers, source: file.source };
  refuseUncountable(network, document);
  return {
    network,
    title: file.title ?? file.name,
    notes: file.notes ?? '',
    published: publishedOf(file),
    otherParameters: file.otherParameters ?? {},
  };
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

/** Sums over a network whose layers can each be counted. */
function refuseUncountable(network: Network, document: Document): void {
  for (const [count, what] of [
    [networkMacs(network), 'multiply-accumulates'],
    [networkParameters(network), 'parameters'],
  ] as const)
    if (count > Number.MAX_SAFE_INTEGER)
      throw errorAt(document, ['layers'], 'value', `the network has ${count.toPrecision(4)} ${what}`, COUNTED_EXACTLY);
}

const COUNTED_EXACTLY = 'sizes, parameters and multiply-accumulates are counted exactly up to 2^53 (9.0e15)';

/** Names in reach of `from`, and what flows from each. */
interface Scope {
  /** In front of the names of layers: empty, or the block's name and a dot. */
  readonly prefix: string;
  readonly repeat: number;
  readonly input: Activation | undefined;
  readonly outputs: Map<string, Activation>;
  readonly outer: Scope | undefined;
}

/**
 * The entry, if its sizes and its multiply-accumulates are whole numbers that can be counted exactly.
 * @throws TrifoldError `value` with the place
 */
function countable(document: Document, path: KeyPath, name: string, read: () => EntryResult): EntryResult {
  const refused = (message: string, hint = COUNTED_EXACTLY) => errorAt(document, path, 'value', message, hint);
  let result: EntryResult;
  try {
    result = read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refused(error.message);
  }
  const macs = result.layer === undefined ? 0 : macCount(result.layer.problem) * result.layer.repeat;
  if (macs > Number.MAX_SAFE_INTEGER) throw refused(`${name}: it has ${macs.toPrecision(4)} multiply-accumulates`);
  const padding = result.layer === undefined ? 0 : mostPadding(result.layer.problem);
  if (padding > MAX_PADDING)
    throw refused(
      `${name}: it has ${padding} rows or columns of padding on one side; at most ${MAX_PADDING} are modelled`,
      'check padding, kernel and the input size',
    );
  return result;
}

function readLayers(file: WorkloadFile, document: Document, batch: number): Layer[] {
  const layers: Layer[] = [];
  const taken = new Set<string>();
  const wordBits = perTensor((tensor) => file.wordBits?.[tensor] ?? DEFAULT_WORD_BITS[tensor]);
  const defaults = { bias: file.defaults?.bias ?? false, norm: file.defaults?.norm ?? false };

  const readList = (entries: readonly Entry[], path: KeyPath, scope: Scope): Activation | undefined => {
    let current = scope.input;
    for (const [index, entry] of entries.entries()) {
      const at = [...path, index];
      const inflow =
        entry.kind === 'matmul' || entry.kind === 'problem' ? undefined : inflowOf(entry.from, at, scope, current);
      const name = scope.prefix + (entry.name ?? entry.kind);
      if (entry.name !== undefined && taken.has(name))
        throw errorAt(
          document,
          [...at, 'name'],
          'value',
          `the name '${entry.name}' is taken`,
          'give every layer its own name',
        );
      if (entry.name !== undefined) taken.add(name);
      if (entry.kind === 'block') {
        const repeat = entry.repeat ?? 1;
        const inner: Scope = {
          prefix: `${name}.`,
          repeat,
          input: inflow,
          outputs: new Map(),
          outer: scope,
        };
        current = readList(entry.layers, [...at, 'layers'], inner);
        for (const [layer, output] of inner.outputs) scope.outputs.set(`${entry.name}.${layer}`, output);
        if (repeat > 1 && !sameActivation(inflow, current))
          throw errorAt(
            document,
            [...at, 'repeat'],
            'value',
            `the block cannot repeat: ${describeChange(inflow, current)}`,
            'write the first run as a block of its own',
          );
      } else {
        const result = countable(document, at, name, () =>
          readEntry(entry, {
            document,
            path: at,
            name,
            batch,
            repeat: scope.repeat,
            wordBits,
            defaults,
            inflow,
          }),
        );
        if (result.layer !== undefined) layers.push(result.layer);
        current = result.output;
      }
      if (entry.name !== undefined && current !== undefined) scope.outputs.set(entry.name, current);
    }
    return current;
  };

  const inflowOf = (
    from: string | readonly string[] | undefined,
    at: KeyPath,
    scope: Scope,
    current: Activation | undefined,
  ) => {
    if (from === undefined) return current;
    const names = typeof from === 'string' ? [from] : from;
    const sources = names.map((name) => {
      const found = lookUp(name, scope);
      if (found !== undefined) return found;
      const hint = suggestWord(name, namesInReach(scope));
      throw errorAt(document, [...at, 'from'], 'value', `no earlier layer is named '${name}'`, hint);
    });
    const first = sources[0]!;
    const other = sources.find((source) => source.form !== first.form || !equalSizes(source, first));
    if (other === undefined) return { ...first, channels: sources.reduce((sum, { channels }) => sum + channels, 0) };
    const message = `cannot concatenate ${describeActivation(first)} and ${describeActivation(other)}`;
    throw errorAt(document, [...at, 'from'], 'value', message);
  };

  const input = file.input === undefined ? undefined : activationOf(file.input);
  readList(file.layers, ['layers'], { prefix: '', repeat: 1, input, outputs: new Map(), outer: undefined });
  return layers;
}

function lookUp(name: string, scope: Scope): Activation | undefined {
  return (
    scope.outputs.get(name) ??
    (name === 'input' ? scope.input : undefined) ??
    (scope.outer && lookUp(name, scope.outer))
  );
}

function namesInReach(scope: Scope): string[] {
  return [...scope.outputs.keys(), ...(scope.outer === undefined ? ['input'] : namesInReach(scope.outer))];
}

function equalSizes(a: Activation, b: Activation): boolean {
  return a.size[0] === b.size[0] && a.size[1] === b.size[1];
}

function sameActivation(a: Activation | undefined, b: Activation | undefined): boolean {
  return a !== undefined && b !== undefined && a.form === b.form && a.channels === b.channels && equalSizes(a, b);
}

function describeChange(input: Activation | undefined, output: Activation | undefined): string {
  return `it reads ${input === undefined ? 'nothing' : describeActivation(input)} and gives ${output === undefined ? 'nothing' : describeActivation(output)}`;
}

function publishedOf(file: WorkloadFile): PublishedCounts | undefined {
  if (file.published === undefined) return undefined;
  const { macs, parameters, tolerance, source } = file.published;
  const both = typeof tolerance === 'number' ? { macs: tolerance, parameters: tolerance } : tolerance;
  return { macs, parameters, macTolerance: both.macs, parameterTolerance: both.parameters, source };
}
