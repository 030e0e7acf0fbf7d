import { inputSpan, makeProblem, type Problem, type ProblemSpec } from './problem.ts';

/** An activation between two layers: a feature map, a sequence of tokens, or a vector. */
export interface Activation {
  /** Channels of a map, features of each token, or length of a vector. */
  readonly channels: number;
  /** Rows and columns of a map; tokens x 1 of a sequence; 1 x 1 of a vector. */
  readonly size: readonly [number, number];
  readonly form: 'map' | 'sequence' | 'vector';
}

/** Words of an activation. */
export function activationWords(activation: Activation): number {
  return activation.channels * activation.size[0] * activation.size[1];
}

/** Zero rows (or columns) before and after a map. */
export type PaddingPair = readonly [before: number, after: number];

/**
 * Zero padding as users write it: `same` (output = ceil(input / stride), the odd zero goes after, as in TensorFlow), `valid` (none), one number for
 * all sides, [vertical, horizontal], or [top, bottom, left, right].
 */
export type Padding = 'same' | 'valid' | number | readonly [number, number] | readonly [number, number, number, number];

/** A sliding window over one axis of a map. */
export interface Window {
  /** Stored rows or columns. */
  readonly input: number;
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Zeros before and after an axis that make its output ceil(input / stride) long; the odd one goes after. */
export function samePadding(window: Window): PaddingPair {
  const outputs = Math.ceil(window.input / window.stride);
  const total = Math.max(0, (outputs - 1) * window.stride + (window.filter - 1) * window.dilation + 1 - window.input);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The zeros of {@link Padding} along rows (index 0) and columns (index 1). */
export function resolvePadding(padding: Padding, rows: Window, columns: Window): readonly [PaddingPair, PaddingPair] {
  if (padding === 'same') return [samePadding(rows), samePadding(columns)];
  if (padding === 'valid') return resolvePadding(0, rows, columns);
  if (typeof padding === 'number') return resolvePadding([padding, padding], rows, columns);
  if (padding.length === 2) {
    const [vertical, horizontal] = padding;
    return resolvePadding([vertical, vertical, horizontal, horizontal], rows, columns);
  }
  const [top, bottom, left, right] = padding;
  return [
    [top, bottom],
    [left, right],
  ];
}

/** Output positions of a window: floor((input + padding - dilated filter) / stride) + 1; 0 or less when the filter does not fit. */
export function windowOutputs(window: Window, padding: PaddingPair): number {
  const span = (window.filter - 1) * window.dilation + 1;
  return Math.floor((window.input + padding[0] + padding[1] - span) / window.stride) + 1;
}

/** A convolution of any kind: plain, pointwise (kernel 1), grouped, depthwise (groups = in), dilated. */
export interface ConvolutionShape {
  readonly name: string;
  /** Channels of all groups. */
  readonly inChannels: number;
  readonly outChannels: number;
  /** Stored rows and columns of the input. */
  readonly input: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: Padding;
  /** Divides both channel counts. */
  readonly groups: number;
  readonly batch: number;
}

/** A shape with its output size, or why there is none: with the field at fault and what would help. */
export type ShapeResult<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly field: 'kernel' | 'groups' | 'padding';
      readonly message: string;
      readonly hint: string;
    };

/** Rows and columns that a window with a kernel gives. */
export function slidingOutput(
  shape: Pick<ConvolutionShape, 'input' | 'kernel' | 'stride' | 'dilation' | 'padding'>,
): ShapeResult<{ readonly output: readonly [number, number]; readonly paddingBefore: readonly [number, number] }> {
  const window = (i: 0 | 1): Window => ({
    input: shape.input[i],
    filter: shape.kernel[i],
    stride: shape.stride[i],
    dilation: shape.dilation[i],
  });
  const [rows, columns] = [window(0), window(1)];
  const padding = resolvePadding(shape.padding, rows, columns);
  const output = [windowOutputs(rows, padding[0]), windowOutputs(columns, padding[1])] as const;
  if (output[0] < 1 || output[1] < 1) {
    const padded = [rows.input + padding[0][0] + padding[0][1], columns.input + padding[1][0] + padding[1][1]];
    const dilated = shape.dilation[0] * shape.dilation[1] > 1 ? ` dilated by ${shape.dilation.join('x')}` : '';
    return {
      ok: false,
      field: 'kernel',
      message: `the ${shape.kernel.join('x')} kernel${dilated} is larger than the padded ${padded.join('x')} input`,
      hint: 'use a smaller kernel or more padding',
    };
  }
  const paddingBefore = [padding[0][0], padding[1][0]] as const;
  if (!touchesMap(output, paddingBefore, shape))
    return {
      ok: false,
      field: 'padding',
      message: 'the kernel touches nothing but padding',
      hint: 'use less padding before the map',
    };
  return { ok: true, value: { output, paddingBefore } };
}

/** Whether a filter that starts `paddingBefore` words before the map reaches the map, along rows and columns. */
export function touchesMap(
  output: readonly [number, number],
  paddingBefore: readonly [number, number],
  shape: Pick<ConvolutionShape, 'kernel' | 'stride' | 'dilation'>,
): boolean {
  return ([0, 1] as const).every(
    (i) => inputSpan(output[i], shape.kernel[i], shape.stride[i], shape.dilation[i]) > paddingBefore[i],
  );
}

/** The problem of a convolution: K and C per group, P and Q from the input size. */
export function convolution(shape: ConvolutionShape): ShapeResult<Problem> {
  if (shape.inChannels % shape.groups !== 0 || shape.outChannels % shape.groups !== 0)
    return {
      ok: false,
      field: 'groups',
      message: `${shape.groups} groups do not divide ${shape.inChannels} input and ${shape.outChannels} output channels`,
      hint: 'both channel counts must be multiples of the groups',
    };
  const sliding = slidingOutput(shape);
  if (!sliding.ok) return sliding;
  const { output, paddingBefore } = sliding.value;
  return {
    ok: true,
    value: makeProblem({
      name: shape.name,
      bounds: {
        N: shape.batch,
        G: shape.groups,
        K: shape.outChannels / shape.groups,
        C: shape.inChannels / shape.groups,
        P: output[0],
        Q: output[1],
        R: shape.kernel[0],
        S: shape.kernel[1],
      },
      stride: shape.stride,
      dilation: shape.dilation,
      paddingBefore,
      inputSize: shape.input,
    }),
  };
}

/** Fully connected layer: K = outputs, C = inputs; tokens (positions that share the weights) run along P. */
export function linear(spec: {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly tokens: number;
  readonly batch: number;
}): Problem {
  return makeProblem({ name: spec.name, bounds: { N: spec.batch, K: spec.outputs, C: spec.inputs, P: spec.tokens } });
}

/**
 * Product of two activations, [rows x inner] x [inner x columns] per head: P = rows, C = inner, K = columns. The second factor takes the
 * place of Weights. Both factors differ between heads and between batch elements, so both multiply G, never N.
 */
export function matrixProduct(spec: {
  readonly name: string;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly heads: number;
  readonly batch: number;
}): Problem {
  return makeProblem({
    name: spec.name,
    bounds: { G: spec.heads * spec.batch, K: spec.columns, C: spec.inner, P: spec.rows },
  });
}

/**
 * Transposed convolution whose stride equals its kernel: every output word belongs to one input word, so it is a pointwise convolution
 * to kernel rows x kernel columns x outChannels, written out as a map that is that much larger.
 */
export function upConvolution(spec: {
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly input: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly batch: number;
}): Problem {
  return makeProblem({
    name: spec.name,
    bounds: {
      N: spec.batch,
      K: spec.outChannels * spec.kernel[0] * spec.kernel[1],
      C: spec.inChannels,
      P: spec.input[0],
      Q: spec.input[1],
    },
  });
}

/** The spec that {@link makeProblem} turns into an equal problem; fields with their default value are absent. */
export function problemSpec(problem: Problem): ProblemSpec {
  const bounds = Object.fromEntries(Object.entries(problem.bounds).filter(([, bound]) => bound !== 1));
  const isDefault = (pair: readonly [number, number], value: number) => pair[0] === value && pair[1] === value;
  const base: ProblemSpec = {
    name: problem.name,
    bounds,
    ...(isDefault(problem.stride, 1) ? {} : { stride: problem.stride }),
    ...(isDefault(problem.dilation, 1) ? {} : { dilation: problem.dilation }),
    ...(isDefault(problem.paddingBefore, 0) ? {} : { paddingBefore: problem.paddingBefore }),
  };
  const { P, Q, R, S } = problem.bounds;
  const unpadded = [
    inputSpan(P, R, problem.stride[0], problem.dilation[0]) - problem.paddingBefore[0],
    inputSpan(Q, S, problem.stride[1], problem.dilation[1]) - problem.paddingBefore[1],
  ];
  const isUnpadded = problem.inputSize.every((length, i) => length === unpadded[i]);
  return isUnpadded ? base : { ...base, inputSize: problem.inputSize };
}

/** Name of the kind of a convolution, from its problem: depthwise, grouped, pointwise or conv. */
export function convolutionKind(problem: Problem): string {
  const { G, C, R, S } = problem.bounds;
  if (G > 1) return C === 1 ? 'depthwise' : 'grouped';
  return R === 1 && S === 1 ? 'pointwise' : 'conv';
}
