import { describe, expect, it } from 'vitest';
import { vectorDemands } from '../../../src/workload/graph/fusion.ts';
import {
  ACTIVATION_FUNCTIONS,
  type ActivationFunction,
  ELEMENT_WISE,
  type VectorOperation,
  vectorWork,
} from '../../../src/workload/graph/vector-operation.ts';
import { file, read } from '../../formats/workload-files.ts';

/** Simple and special operations of one word, each function written out in adds, multiplies, comparisons and the rest. */
const FUNCTIONS: Readonly<Record<ActivationFunction, readonly [number, number]>> = {
  relu: [1, 0], // max(x, 0)
  relu6: [2, 0], // min(max(x, 0), 6)
  'leaky-relu': [2, 0], // max(x, a x)
  clip: [2, 0], // min(max(x, a), b)
  'hard-sigmoid': [4, 0], // min(max(x a + b, 0), 1)
  'hard-swish': [5, 0], // x times the one before
  sigmoid: [1, 2], // 1 / (1 + exp(-x))
  silu: [2, 2], // x times sigmoid
  tanh: [0, 1],
  gelu: [8, 1], // x/2 (1 + tanh(a (x + b x x x)))
  exp: [0, 1],
  sqrt: [0, 1],
  log: [0, 1],
  erf: [0, 1],
  pow: [1, 2], // exp(b log x)
  sin: [0, 1],
  reciprocal: [0, 1],
  elu: [3, 1], // x > 0 ? x : a (exp(x) - 1)
  softplus: [1, 2], // log(1 + exp(x))
  mish: [2, 3], // x tanh(softplus(x))
  abs: [1, 0],
};

const pool = (how: 'max' | 'average'): VectorOperation => ({
  ...{ kind: 'pool', how, kernel: [3, 2], stride: [1, 1], paddingBefore: [0, 0] },
});

describe('work of operators without multiply-accumulates', () => {
  it.each(ACTIVATION_FUNCTIONS)('%s follows from its formula', (name) => {
    const [simple, special] = FUNCTIONS[name];
    expect(vectorWork({ kind: 'activation', function: name }, 10)).toEqual({
      simple: 10 * simple,
      special: 10 * special,
    });
  });

  it.each(ELEMENT_WISE)('%s is one operation per word, and a division a reciprocal besides', (kind) => {
    expect(vectorWork({ kind }, 10)).toEqual({ simple: 10, special: kind === 'divide' ? 10 : 0 });
  });

  it.each<readonly [string, VectorOperation, number, number]>([
    ['the greatest of six words: five comparisons', pool('max'), 50, 0],
    ['the mean of six words: five additions and a product', pool('average'), 60, 0],
    ['square, sum of five, scale and offset, power, product', { kind: 'local-norm', window: 5 }, 80, 10],
    ['scale, greatest, difference, exponential, sum, product', { kind: 'softmax', rows: 2 }, 50, 12],
    ['layer normalisation', { kind: 'layer-norm', rows: 2 }, 70, 6],
    ['root-mean-square normalisation', { kind: 'rms-norm', rows: 2 }, 40, 4],
    ['scale and shift', { kind: 'batch-norm' }, 20, 0],
    ['two products and a sum per word that is turned', { kind: 'rotary', words: 4 }, 12, 0],
    ['copies', { kind: 'resize', how: 'nearest' }, 0, 0],
    ['four words weighted: four products and three sums', { kind: 'resize', how: 'linear' }, 70, 0],
    ['sixteen words weighted', { kind: 'resize', how: 'cubic' }, 310, 0],
    ['moves', { kind: 'move' }, 0, 0],
    ['look-ups', { kind: 'embedding' }, 0, 0],
    ['nobody knows', { kind: 'unknown', name: 'fft' }, 0, 0],
  ])('%s', (_, operation, simple, special) => {
    expect(vectorWork(operation, 10)).toEqual({ simple, special });
  });

  it('is none where the output stage of an array applies it, and only there', () => {
    const entries = [
      ...ACTIVATION_FUNCTIONS.map((name) => ({ name, entry: { kind: 'activation', function: name } })),
      ...ELEMENT_WISE.map((name) => ({ name, entry: { kind: name, parameters: 2 } })),
      { name: 'batch-norm', entry: { kind: 'batch-norm' } },
    ];
    const layers = entries.flatMap(({ name, entry }) => [
      { name: `${name}-layer`, kind: 'pointwise', from: 'input', out: 2 },
      { name, ...entry },
      { name: `${name}-alone`, from: 'input', ...entry },
    ]);
    const demands = vectorDemands(read(file(layers, { input: [2, 3, 3] })).graph!);
    const free = demands.filter(({ work }) => work.simple + work.special === 0).map(({ name }) => name);
    expect(free).toEqual(['relu', 'relu6', 'leaky-relu', 'clip', ...ELEMENT_WISE, 'batch-norm']);
  });
});
