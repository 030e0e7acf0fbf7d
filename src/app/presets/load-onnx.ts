import { closeSync } from 'node:fs';
import { basename } from 'node:path';
import { parseDocument } from '../../formats/document/document.ts';
import { lowerModel } from '../../formats/onnx/lowering/lower-model.ts';
import { nameOfLine } from '../../formats/onnx/lowering/node-name.ts';
import { readOnnx } from '../../formats/onnx/read-onnx.ts';
import { fileSource } from '../../formats/onnx/wire/byte-source.ts';
import { readWorkload, type Workload } from '../../formats/workload/workload.ts';
import { beyondWorkloadFile, formatWorkload } from '../../formats/workload/workload-writer.ts';
import { ioError, systemCode } from '../../study/file-operations.ts';
import { openRegular } from '../../study/read-file.ts';
import { TrifoldError } from '../../util/errors.ts';
import { type Graph, tensorSize } from '../../workload/graph/graph.ts';
import { listedLayers } from '../../workload/graph/listed-layers.ts';
import { uncountableSum } from '../../workload/graph/uncountable.ts';
import { type Layer, MAX_LAYERS, type Network } from '../../workload/network.ts';
import { MAX_PADDING, mostPadding } from '../../workload/problem.ts';

/** What a model leaves open. */
export interface ModelDims {
  /** Inputs that run together: size of the first dim of its inputs, where it has none or 1; >= 1. */
  readonly batch: number;
  /** Sizes of other dims, and values of inputs of one whole number: `name=value`. */
  readonly dims: readonly string[];
  /** Whether operators that are not known are errors. */
  readonly isStrict?: boolean;
}

/** A model as a network. */
export interface LoadedModel extends Workload {
  /** Whether the file states how many inputs run together. */
  readonly isBatchFixed: boolean;
}

/**
 * Reads an ONNX model as a network. Its weights are not read.
 * @throws TrifoldError as `readOnnx` and `lowerModel`; `io` for what cannot be read; `usage` for a dim that is none; `value` for a model without layers
 */
export function loadOnnx(path: string, { batch, dims, isStrict = false }: ModelDims): LoadedModel {
  const settings = { batch, dims: dimSettings(dims) };
  const descriptor = openModel(path);
  try {
    const model = readOnnx(fileSource(descriptor, path), settings);
    const graph = lowerModel(model, isStrict);
    const listed = listedLayers(graph);
    if (!listed.ok || listed.layers.length === 0)
      throw new TrifoldError('value', 'the model has no layer with multiply-accumulates', { place: { file: path } });
    const sets = [...model.operatorSets].map(([domain, version]) => `${domain === '' ? 'opset' : domain} ${version}`);
    refuseBeyondLimits(listed.layers, graph, path);
    const name = nameOfLine(basename(path).replace(/\.onnx$/i, ''));
    const network = {
      name,
      layers: listed.layers,
      source: nameOfLine(
        `ONNX model ${basename(path)}${model.producer === '' ? '' : `, made by ${model.producer}`}, ${sets.join(', ')}`,
      ),
      graph,
    };
    const runsOne = model.isBatchFixed && model.inputs.every(({ dims }) => dims === undefined || (dims[0] ?? 1) === 1);
    return {
      network: runsOne && batch > 1 ? severalTogether(network, batch, path) : network,
      title: name,
      notes: '',
      published: undefined,
      otherParameters: {},
      isBatchFixed: model.isBatchFixed && !runsOne,
    };
  } catch (error) {
    throw isOfSystem(error) ? ioError('read', path, error) : error;
  } finally {
    closeSync(descriptor);
  }
}

/** The network of a model whose file runs one input at a time with several that run together: as its workload file has it. */
function severalTogether(network: Network & { readonly graph: Graph }, batch: number, file: string): Network {
  const beyond = beyondWorkloadFile(network.graph);
  if (beyond !== null)
    throw new TrifoldError(
      'unsupported',
      `the model fixes its first dim at 1 and has ${beyond}; at most ${MAX_LAYERS} are written for several inputs`,
      { place: { file }, hint: 'export the model with a first dim that has a name instead of a size' },
    );
  return readWorkload(parseDocument(formatWorkload(network), file), { batch }).network;
}

/** @throws TrifoldError `value` for more or larger layers than are modelled, as in workload files */
function refuseBeyondLimits(layers: readonly Layer[], graph: Graph, file: string): void {
  const refused = (message: string) => new TrifoldError('value', message, { place: { file } });
  if (layers.length > MAX_LAYERS)
    throw refused(`the network has ${layers.length} layers; at most ${MAX_LAYERS} are mapped`);
  for (const { name, problem } of layers) {
    const padding = mostPadding(problem);
    if (padding > MAX_PADDING)
      throw refused(
        `node "${name}" has ${padding} rows or columns of padding on one side; at most ${MAX_PADDING} are modelled`,
      );
  }
  const exactly = 'counted exactly up to 2^53 (9.0e15)';
  const large = graph.tensors.find((tensor) => tensorSize(tensor) > Number.MAX_SAFE_INTEGER);
  if (large !== undefined)
    throw refused(`node "${large.name}" makes ${tensorSize(large).toPrecision(4)} words; they are ${exactly}`);
  const sum = uncountableSum({ name: '', source: '', layers, graph });
  if (sum !== null) throw refused(`the network has ${sum}; they are ${exactly}`);
}

function openModel(path: string): number {
  try {
    return openRegular(path, 'followed');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw ioError('read', path, error);
    throw new TrifoldError('io', `cannot read ${path}: it does not exist`, {
      place: { file: path },
      hint: 'check the path',
    });
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function dimSettings(texts: readonly string[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [name, size] of texts.map(dimSetting)) {
    const before = sizes.get(name) ?? size;
    if (before !== size)
      throw new TrifoldError('usage', `--dim gives ${name} two sizes, ${before} and ${size}`, {
        hint: 'leave out one of them',
      });
    sizes.set(name, size);
  }
  return sizes;
}

function dimSetting(text: string): [string, number] {
  const [, name, value] = /^(.+)=(\d{1,15})$/.exec(text.trim()) ?? [];
  if (name !== undefined && Number(value) <= Number.MAX_SAFE_INTEGER) return [name, Number(value)];
  throw new TrifoldError('usage', `'${text}' gives no dim a size`, {
    hint: 'write --dim NAME=VALUE, e.g. --dim sequence=128',
  });
}
