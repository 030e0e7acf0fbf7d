/** Functions of one word that follow a layer or stand alone. */
export const ACTIVATION_FUNCTIONS = [
  'relu',
  'relu6',
  'leaky-relu',
  'clip',
  'hard-sigmoid',
  'hard-swish',
  'sigmoid',
  'silu',
  'tanh',
  'gelu',
  'exp',
  'sqrt',
  'log',
  'erf',
  'pow',
  'sin',
  'reciprocal',
  'elu',
  'softplus',
  'mish',
  'abs',
] as const;

/** One of {@link ACTIVATION_FUNCTIONS}. */
export type ActivationFunction = (typeof ACTIVATION_FUNCTIONS)[number];

/** Operations of two or more operands, word by word; an operand of fewer words is used for several. */
export const ELEMENT_WISE = ['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'] as const;

/** One of {@link ELEMENT_WISE}. */
export type ElementWise = (typeof ELEMENT_WISE)[number];

/** What an operator without multiply-accumulates computes. */
export type VectorOperation =
  | { readonly kind: 'activation'; readonly function: ActivationFunction }
  | { readonly kind: ElementWise }
  | {
      readonly kind: 'pool';
      readonly how: 'max' | 'average';
      /** Rows and columns of the window. */
      readonly kernel: readonly [number, number];
      readonly stride: readonly [number, number];
      readonly paddingBefore: readonly [number, number];
    }
  /** Every word of the output is made of `window` words, on average: mean, sum or extreme along some axes, sum of windows that overlap. */
  | { readonly kind: 'reduce'; readonly window: number }
  /** `rows`: independent groups of words that are normalised together. */
  | { readonly kind: 'softmax' | 'layer-norm' | 'rms-norm'; readonly rows: number }
  | { readonly kind: 'batch-norm' }
  /** Local response normalisation over `window` neighbouring channels. */
  | { readonly kind: 'local-norm'; readonly window: number }
  /** Rotary position embedding of `words` of the words; the others pass. */
  | { readonly kind: 'rotary'; readonly words: number }
  | { readonly kind: 'embedding' }
  | { readonly kind: 'resize'; readonly how: 'nearest' | 'linear' | 'cubic' }
  /** Words change their order, so that they move: transpose, shuffle, gather, padding with zeros. */
  | { readonly kind: 'move' }
  /** An operation that the model does not know: its words count, its operations do not. */
  | { readonly kind: 'unknown'; readonly name: string };

/** Operations on words: simple (add, multiply, compare) and special (exp, reciprocal, square root, tanh). */
export interface VectorWork {
  readonly simple: number;
  readonly special: number;
}

/** Simple and special operations per word of functions, as usually written out. */
const FUNCTION_WORK: Readonly<Record<ActivationFunction, readonly [simple: number, special: number]>> = {
  relu: [1, 0],
  relu6: [2, 0],
  'leaky-relu': [2, 0],
  clip: [2, 0],
  'hard-sigmoid': [4, 0],
  'hard-swish': [5, 0],
  // 1 / (1 + exp(-x)): exponential and reciprocal.
  sigmoid: [1, 2],
  silu: [2, 2],
  tanh: [0, 1],
  // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
  gelu: [8, 1],
  exp: [0, 1],
  sqrt: [0, 1],
  log: [0, 1],
  erf: [0, 1],
  // exp(b log(a)).
  pow: [1, 2],
  sin: [0, 1],
  reciprocal: [0, 1],
  elu: [3, 1],
  // log(1 + exp(x)).
  softplus: [1, 2],
  // x tanh(softplus(x)).
  mish: [2, 3],
  // Also other functions of one step: negation, sign, rounding, comparison with a constant.
  abs: [1, 0],
};

/** Functions that the output stage of every array applies: fused, they cost nothing. */
const FREE_FUNCTIONS: ReadonlySet<ActivationFunction> = new Set(['relu', 'relu6', 'leaky-relu', 'clip']);

/** Operations of a vector operator that gives `wordsOut` words. */
export function vectorWork(operation: VectorOperation, wordsOut: number): VectorWork {
  switch (operation.kind) {
    case 'activation': {
      const [simple, special] = FUNCTION_WORK[operation.function];
      return { simple: simple * wordsOut, special: special * wordsOut };
    }
    case 'divide':
      return { simple: wordsOut, special: wordsOut };
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'maximum':
    case 'minimum':
      return { simple: wordsOut, special: 0 };
    case 'pool':
      // An average is multiplied by a constant at its end.
      return {
        simple: (operation.kernel[0] * operation.kernel[1] - (operation.how === 'max' ? 1 : 0)) * wordsOut,
        special: 0,
      };
    case 'reduce':
      return { simple: Math.round(operation.window * wordsOut), special: 0 };
    case 'softmax':
      // Scale, maximum, subtract, exp, sum, one reciprocal per row, multiply.
      return { simple: 5 * wordsOut, special: wordsOut + operation.rows };
    case 'layer-norm':
      return { simple: 7 * wordsOut, special: 3 * operation.rows };
    case 'rms-norm':
      return { simple: 4 * wordsOut, special: 2 * operation.rows };
    case 'local-norm':
      // Square, sum of the window, scale and offset; the power; multiply.
      return { simple: (operation.window + 3) * wordsOut, special: wordsOut };
    case 'batch-norm':
      return { simple: 2 * wordsOut, special: 0 };
    case 'rotary':
      return { simple: 3 * operation.words, special: 0 };
    case 'resize':
      return { simple: { nearest: 0, linear: 7, cubic: 31 }[operation.how] * wordsOut, special: 0 };
    case 'embedding':
    case 'move':
    case 'unknown':
      return { simple: 0, special: 0 };
  }
}

/** Whether every output word follows from the word of one operand at the same place (and constants), so that a producer can apply it. */
export function isPointwise({ kind }: VectorOperation, operands: number): boolean {
  return operands === 1 && (kind === 'activation' || kind === 'batch-norm' || isElementWise(kind));
}

/** Whether an operation that is fused into its producer costs nothing: part of the output stage of every array. */
export function isFreeWhenFused(operation: VectorOperation): boolean {
  if (operation.kind === 'activation') return FREE_FUNCTIONS.has(operation.function);
  return operation.kind === 'batch-norm' || isElementWise(operation.kind);
}

/** Whether operations of a kind take their operands word by word. */
export function isElementWise(kind: string): kind is ElementWise {
  return ELEMENT_WISE.some((one) => one === kind);
}
