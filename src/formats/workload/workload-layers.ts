import type { ErrorCode, TrifoldError } from '../../util/errors.ts';
import { perTensor } from '../../util/vocabulary.ts';
import {
  type Activation,
  activationWords,
  convolution,
  convolutionKind,
  linear,
  matrixProduct,
  type Padding,
  type ShapeResult,
  slidingOutput,
  touchesMap,
  upConvolution,
} from '../../workload/layers.ts';
import type { Layer, WordBits } from '../../workload/network.ts';
import { makeProblem, type Problem, tensorWords } from '../../workload/problem.ts';
import { type Document, errorAt, type KeyPath } from '../document/document.ts';
import type { LayerEntry } from './workload-schema.ts';

/** Surroundings of one entry of a workload file. */
export interface EntryContext {
  readonly document: Document;
  /** Where the entry stands. */
  readonly path: KeyPath;
  /** Name of the layer in the network. */
  readonly name: string;
  readonly batch: number;
  /** Times that the surrounding block runs. */
  readonly repeat: number;
  readonly wordBits: WordBits;
  readonly defaults: { readonly bias: boolean; readonly norm: boolean };
  /** Activation that flows in; undefined when none does. */
  readonly inflow: Activation | undefined;
}

/** A layer (none for a change of shape) and the activation that flows out of an entry. */
export interface EntryResult {
  readonly layer: Layer | undefined;
  readonly output: Activation;
}

type Of<K extends LayerEntry['kind']> = Extract<LayerEntry, { kind: K }>;
type ConvolutionEntry = Of<'conv'> | Of<'pointwise'> | Of<'depthwise'>;
type Pair = readonly [number, number];

/**
 * Turns one entry into a layer of the network.
 * @throws TrifoldError `value` with the place when sizes do not fit each other.
 */
export function readEntry(entry: LayerEntry, context: EntryContext): EntryResult {
  switch (entry.kind) {
    case 'conv':
    case 'pointwise':
    case 'depthwise':
      return readConvolution(entry, context);
    case 'transposed':
      return readTransposed(entry, context);
    case 'linear':
      return readLinear(entry, context);
    case 'matmul':
      return readMatmul(entry, context);
    case 'problem':
      return readProblem(entry, context);
    case 'pool':
      return readPool(entry, context);
    case 'global-pool':
      return { layer: undefined, output: vector(inflowOf(context).channels) };
    case 'concat':
      return { layer: undefined, output: inflowOf(context) };
    case 'reshape':
      return { layer: undefined, output: activationOf(entry.to) };
  }
}

/** An activation from its list of sizes: [channels, rows, columns], [features, tokens] or [length]. */
export function activationOf(sizes: readonly [number] | Pair | readonly [number, number, number]): Activation {
  if (sizes.length === 1) return vector(sizes[0]);
  if (sizes.length === 2) return { channels: sizes[0], size: [sizes[1], 1], form: 'sequence' };
  return { channels: sizes[0], size: [sizes[1], sizes[2]], form: 'map' };
}

/** An activation as its list of sizes, for messages. */
export function describeActivation({ channels, size, form }: Activation): string {
  if (form === 'vector') return `a vector of ${channels}`;
  if (form === 'sequence') return `${size[0]} tokens of ${channels} features`;
  return `a ${size[0]}x${size[1]} map of ${channels} channels`;
}

function readConvolution(entry: ConvolutionEntry, context: EntryContext): EntryResult {
  const { channels, size } = mapInflow(entry, context);
  const depthwise = entry.kind === 'depthwise';
  const outChannels = depthwise ? channels * (entry.multiplier ?? 1) : entry.out;
  const shape = convolution({
    name: context.name,
    inChannels: channels,
    outChannels,
    input: size,
    kernel: entry.kind === 'pointwise' ? [1, 1] : pair(entry.kernel),
    stride: pair(entry.stride ?? 1),
    dilation: entry.kind === 'pointwise' ? [1, 1] : pair(entry.dilation ?? 1),
    padding: entry.kind === 'pointwise' ? 0 : paddingOf(entry.padding),
    groups: depthwise ? channels : entry.kind === 'conv' ? (entry.groups ?? 1) : 1,
    batch: context.batch,
  });
  const problem = unwrap(shape, context);
  const output = mapOf(outChannels, [problem.bounds.P, problem.bounds.Q]);
  checkOutput(entry.output, output, context);
  return { layer: learnedLayer(entry, context, problem, convolutionKind(problem), outChannels), output };
}

function readTransposed(entry: Of<'transposed'>, context: EntryContext): EntryResult {
  const { channels, size } = mapInflow(entry, context);
  const kernel = pair(entry.kernel);
  const problem = upConvolution({
    name: context.name,
    inChannels: channels,
    outChannels: entry.out,
    input: size,
    kernel,
    batch: context.batch,
  });
  const output = mapOf(entry.out, [size[0] * kernel[0], size[1] * kernel[1]]);
  checkOutput(entry.output, output, context);
  return { layer: learnedLayer(entry, context, problem, 'transposed', entry.out), output };
}

function readLinear(entry: Of<'linear'>, context: EntryContext): EntryResult {
  const alone = entry.from === undefined && entry.in !== undefined && (entry.tokens !== undefined || !context.inflow);
  let inputs = entry.in ?? 0;
  let tokens = entry.tokens ?? 1;
  if (!alone) {
    const inflow = inflowOf(context, 'write in, the number of input features');
    const sequence = inflow.form === 'sequence';
    inputs = sequence ? inflow.channels : activationWords(inflow);
    tokens = sequence ? inflow.size[0] : 1;
    checkEqual(entry.in, inputs, 'in', inflow, context);
    checkEqual(entry.tokens, tokens, 'tokens', inflow, context);
  }
  const problem = linear({ name: context.name, inputs, outputs: entry.out, tokens, batch: context.batch });
  const form = tokens > 1 || (!alone && context.inflow?.form === 'sequence') ? 'sequence' : 'vector';
  return {
    layer: learnedLayer(entry, context, problem, 'linear', entry.out),
    output: { channels: entry.out, size: [tokens, 1], form },
  };
}

function readMatmul(entry: Of<'matmul'>, context: EntryContext): EntryResult {
  const { rows, inner, columns, heads = 1 } = entry;
  const problem = matrixProduct({ name: context.name, rows, inner, columns, heads, batch: context.batch });
  return {
    layer: layerOf(entry, context, problem, 'matmul', 0),
    output: { channels: heads * columns, size: [rows, 1], form: 'sequence' },
  };
}

function readProblem(entry: Of<'problem'>, context: EntryContext): EntryResult {
  const { bounds, stride, dilation, inputSize, paddingBefore } = entry;
  const given = Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined));
  const { P: rows = 1, Q: columns = 1, R = 1, S = 1 } = bounds;
  const window = { kernel: [R, S] as const, stride: stride ?? [1, 1], dilation: dilation ?? [1, 1] };
  if (!touchesMap([rows, columns], paddingBefore ?? [0, 0], window))
    throw mismatch(
      context,
      ['paddingBefore'],
      'the kernel touches nothing but padding',
      'use less padding before the map',
    );
  const problem = makeProblem({
    name: context.name,
    bounds: { ...given, N: (bounds.N ?? 1) * context.batch },
    ...(stride === undefined ? {} : { stride }),
    ...(dilation === undefined ? {} : { dilation }),
    ...(inputSize === undefined ? {} : { inputSize }),
    ...(paddingBefore === undefined ? {} : { paddingBefore }),
  });
  const { G, K, P, Q } = problem.bounds;
  const parameters = entry.parameters ?? tensorWords(problem, 'Weights');
  return {
    layer: layerOf(entry, context, problem, entry.as ?? 'problem', parameters),
    output: mapOf(G * K, [P, Q]),
  };
}

function readPool(entry: Of<'pool'>, context: EntryContext): EntryResult {
  const inflow = inflowOf(context);
  if (inflow.form !== 'map') throw mismatch(context, [], `needs a map, but ${describeActivation(inflow)} flows in`);
  const kernel = pair(entry.kernel);
  const stride = pair(entry.stride ?? 1);
  const padding = paddingOf(entry.padding);
  const window = { input: inflow.size, kernel, stride, dilation: [1, 1] as const, padding };
  const whole = unwrap(slidingOutput(window), context);
  const grown: Pair = [inflow.size[0] + stride[0] - 1, inflow.size[1] + stride[1] - 1];
  const sliding = entry.ceil === true ? unwrap(slidingOutput({ ...window, input: grown }), context) : whole;
  const output = mapOf(inflow.channels, sliding.output);
  checkOutput(entry.output, output, context);
  return { layer: undefined, output };
}

function mapInflow(entry: ConvolutionEntry | Of<'transposed'>, context: EntryContext): Activation {
  const { inflow } = context;
  if (entry.input !== undefined && entry.from === undefined) {
    const channels = entry.in ?? inflow?.channels;
    if (channels === undefined) throw mismatch(context, [], "'in' is missing", 'write the number of input channels');
    return mapOf(channels, entry.input);
  }
  const flowing = inflowOf(
    context,
    'write in and input: [rows, columns] here, or input: [channels, rows, columns] for the network',
  );
  if (flowing.form !== 'map') throw mismatch(context, [], `needs a map, but ${describeActivation(flowing)} flows in`);
  checkEqual(entry.in, flowing.channels, 'in', flowing, context);
  if (entry.input !== undefined && !equalPair(entry.input, flowing.size))
    throw mismatch(context, ['input'], `is ${entry.input.join('x')}, but ${describeActivation(flowing)} flows in`);
  return flowing;
}

function inflowOf(context: EntryContext, hint = 'write input, the size of what the network reads'): Activation {
  if (context.inflow === undefined) throw mismatch(context, [], 'nothing flows into this layer', hint);
  return context.inflow;
}

function checkEqual(
  stated: number | undefined,
  actual: number,
  key: string,
  inflow: Activation,
  context: EntryContext,
): void {
  if (stated === undefined || stated === actual) return;
  const hint = `write ${actual}, leave ${key} out, or name the layer to read with from`;
  throw mismatch(context, [key], `is ${stated}, but ${describeActivation(inflow)} flows in`, hint);
}

function checkOutput(stated: Pair | undefined, output: Activation, context: EntryContext): void {
  if (stated === undefined || equalPair(stated, output.size)) return;
  const hint = 'check kernel, stride, padding and the input size';
  throw mismatch(context, ['output'], `is ${stated.join('x')}, but the layer gives ${output.size.join('x')}`, hint);
}

function learnedLayer(
  entry: ConvolutionEntry | Of<'transposed'> | Of<'linear'>,
  context: EntryContext,
  problem: Problem,
  kind: string,
  outChannels: number,
): Layer {
  const bias = (entry.bias ?? context.defaults.bias) ? outChannels : 0;
  const norm = (entry.norm ?? context.defaults.norm) ? 2 * outChannels : 0;
  return layerOf(entry, context, problem, kind, entry.parameters ?? tensorWords(problem, 'Weights') + bias + norm);
}

function layerOf(
  entry: Pick<Of<'problem'>, 'repeat' | 'wordBits'>,
  context: EntryContext,
  problem: Problem,
  kind: string,
  parameters: number,
): Layer {
  return {
    name: context.name,
    kind,
    problem,
    wordBits: perTensor((tensor) => entry.wordBits?.[tensor] ?? context.wordBits[tensor]),
    repeat: (entry.repeat ?? 1) * context.repeat,
    parameters,
  };
}

function unwrap<T>(result: ShapeResult<T>, context: EntryContext): T {
  if (result.ok) return result.value;
  throw mismatch(context, [result.field], result.message, result.hint);
}

function mismatch(context: EntryContext, keys: KeyPath, message: string, hint?: string): TrifoldError {
  const code: ErrorCode = 'value';
  return errorAt(context.document, [...context.path, ...keys], code, message, hint);
}

function paddingOf(padding: Padding | undefined): Padding {
  return padding ?? 0;
}

function pair(value: number | Pair): Pair {
  return typeof value === 'number' ? [value, value] : value;
}

function equalPair(a: Pair, b: Pair): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function mapOf(channels: number, size: Pair): Activation {
  return { channels, size, form: 'map' };
}

function vector(length: number): Activation {
  return { channels: length, size: [1, 1], form: 'vector' };
}
