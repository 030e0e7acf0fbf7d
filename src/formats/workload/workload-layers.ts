import { perTensor } from '../../util/vocabulary.ts';
import {
  type Activation,
  activationWords,
  convolution,
  convolutionKind,
  linear,
  matrixProduct,
  touchesMap,
  upConvolution,
} from '../../workload/layers.ts';
import type { Layer } from '../../workload/network.ts';
import { makeProblem, type Problem, tensorWords } from '../../workload/problem.ts';
import {
  activationOf,
  checkOutput,
  describeActivation,
  type EntryContext,
  equalPair,
  inflowOf,
  mapOf,
  mismatch,
  paddingOf,
  pair,
  unwrap,
  widthsOfReader,
} from './entry-context.ts';
import type { MacEntry } from './workload-schema.ts';

/** What an entry with multiply-accumulates is. */
export interface LayerResult {
  /** Without the repeats of the blocks around it. */
  readonly layer: Layer;
  /** What it reads: one activation, or the two factors of a product. */
  readonly reads: readonly Activation[];
  /** Whether it states what it reads, so that nothing flows in. */
  readonly isAlone: boolean;
  readonly output: Activation;
}

type Of<K extends MacEntry['kind']> = Extract<MacEntry, { kind: K }>;
type ConvolutionEntry = Of<'conv'> | Of<'pointwise'> | Of<'depthwise'>;

/**
 * Turns one entry into a layer of the network.
 * @throws TrifoldError `value` with the place when sizes do not fit each other.
 */
export function readLayer(entry: MacEntry, context: EntryContext): LayerResult {
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
  }
}

function readConvolution(entry: ConvolutionEntry, context: EntryContext): LayerResult {
  const read = mapInflow(entry, context);
  const { channels, size } = read;
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
  const layer = learnedLayer(entry, context, problem, convolutionKind(problem), outChannels, standsAlone(entry));
  return { layer, reads: [read], isAlone: standsAlone(entry), output };
}

function readTransposed(entry: Of<'transposed'>, context: EntryContext): LayerResult {
  const read = mapInflow(entry, context);
  const { channels, size } = read;
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
  const layer = learnedLayer(entry, context, problem, 'transposed', entry.out, standsAlone(entry));
  return { layer, reads: [read], isAlone: standsAlone(entry), output };
}

function readLinear(entry: Of<'linear'>, context: EntryContext): LayerResult {
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
    layer: learnedLayer(entry, context, problem, 'linear', entry.out, alone),
    reads: [{ channels: inputs, size: [tokens, 1], form }],
    isAlone: alone,
    output: { channels: entry.out, size: [tokens, 1], form },
  };
}

function readMatmul(entry: Of<'matmul'>, context: EntryContext): LayerResult {
  const { rows, inner, columns, heads = 1 } = entry;
  const problem = matrixProduct({ name: context.name, rows, inner, columns, heads, batch: context.batch });
  return {
    layer: layerOf(entry, context, problem, 'matmul', 0, entry.from === undefined),
    reads: [
      { channels: heads * inner, size: [rows, 1], form: 'sequence' },
      { channels: heads * columns, size: [inner, 1], form: 'sequence' },
    ],
    isAlone: entry.from === undefined,
    output: { channels: heads * columns, size: [rows, 1], form: 'sequence' },
  };
}

function readProblem(entry: Of<'problem'>, context: EntryContext): LayerResult {
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
  const { G, K, C, P, Q } = problem.bounds;
  // Inputs of its own, beside those that run together, are further rows.
  const inputs = bounds.N ?? 1;
  const made = mapOf(G * K, [inputs * P, Q]);
  const parameters = entry.parameters ?? tensorWords(problem, 'Weights');
  return {
    layer: layerOf(entry, context, problem, entry.as ?? 'problem', parameters, entry.from === undefined),
    reads: [mapOf(G * C, [inputs * problem.inputSize[0], problem.inputSize[1]])],
    isAlone: entry.from === undefined,
    output: entry.to === undefined ? made : outputOf(entry.to, made, context),
  };
}

function mapInflow(entry: ConvolutionEntry | Of<'transposed'>, context: EntryContext): Activation {
  const { inflow } = context;
  if (standsAlone(entry)) {
    const channels = entry.in ?? inflow?.channels;
    if (channels === undefined) throw mismatch(context, [], "'in' is missing", 'write the number of input channels');
    return mapOf(channels, entry.input!);
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

function standsAlone({ input, from }: Pick<ConvolutionEntry, 'input' | 'from'>): boolean {
  return input !== undefined && from === undefined;
}

/** @throws TrifoldError `value` where an output is not of as many words as the layer makes */
function outputOf(sizes: NonNullable<Of<'problem'>['to']>, made: Activation, context: EntryContext): Activation {
  const output = activationOf(sizes);
  if (activationWords(output) === activationWords(made)) return output;
  throw mismatch(
    context,
    ['to'],
    `is ${describeActivation(output)}, but the layer gives ${describeActivation(made)}`,
    `write sizes of ${activationWords(made)} words`,
  );
}

function checkEqual(
  stated: number | undefined,
  actual: number,
  key: string,
  inflow: Activation,
  context: EntryContext,
): void {
  if (stated === undefined || stated === actual) return;
  const hint = `write ${actual}, leave ${key} out, or name the entry to read with from`;
  throw mismatch(context, [key], `is ${stated}, but ${describeActivation(inflow)} flows in`, hint);
}

function learnedLayer(
  entry: ConvolutionEntry | Of<'transposed'> | Of<'linear'>,
  context: EntryContext,
  problem: Problem,
  kind: string,
  outChannels: number,
  isAlone: boolean,
): Layer {
  const bias = (entry.bias ?? context.defaults.bias) ? outChannels : 0;
  const norm = (entry.norm ?? context.defaults.norm) ? 2 * outChannels : 0;
  const parameters = entry.parameters ?? tensorWords(problem, 'Weights') + bias + norm;
  return layerOf(entry, context, problem, kind, parameters, isAlone);
}

function layerOf(
  entry: Pick<Of<'problem'>, 'repeat' | 'wordBits' | 'zeros'>,
  context: EntryContext,
  problem: Problem,
  kind: string,
  parameters: number,
  isAlone: boolean,
): Layer {
  const wordBits = isAlone ? context.wordBits : widthsOfReader(context.wordBits, context.inflowBits);
  return {
    name: context.name,
    kind,
    problem,
    wordBits: perTensor((tensor) => entry.wordBits?.[tensor] ?? wordBits[tensor]),
    ...zerosOf(entry),
    repeat: (entry.repeat ?? 1) * context.repeat,
    parameters,
  };
}

/** Shares of zeros where an entry states any. */
function zerosOf({ zeros: { Inputs, Outputs } = {} }: Pick<Of<'problem'>, 'zeros'>): Pick<Layer, 'zeros'> {
  if (Inputs === undefined && Outputs === undefined) return {};
  return { zeros: { ...(Inputs === undefined ? {} : { Inputs }), ...(Outputs === undefined ? {} : { Outputs }) } };
}
