import { describe, expect, it } from 'vitest';
import { tensorSize } from '../../../src/workload/graph/graph.ts';
import { networkMacs, networkParameters, operatorParameters } from '../../../src/workload/network.ts';
import { EXPORTED_MODELS, encoder } from './exported-models.ts';
import { expectSameWhenReread, ModelWriter, networkOf, vectorKinds } from './lowering.ts';

describe('a transformer encoder', () => {
  it('is its layers and vector operators, and reads back equal', () => {
    const w = new ModelWriter();
    w.output(encoder(w, w.input('x', [1, 6, 8]), [6, 2, 4]));
    const net = networkOf(w.model());
    const F = 8;
    expect(networkMacs(net)).toBe(4 * 6 * F * F + 2 * 6 * 6 * F + 2 * 6 * F * 4 * F);
    expect(networkParameters(net) + operatorParameters(net)).toBe(12 * F * F + 9 * F + 4 * F);
    expect(vectorKinds(net).filter((kind) => !['add', 'divide'].includes(kind))).toEqual([
      'softmax',
      'layer-norm',
      'gelu',
      'layer-norm',
    ]);
    expectSameWhenReread(net);
  });
});

describe('models as exporters write them', () => {
  it('read back equal', () => {
    for (const [index, model] of EXPORTED_MODELS.entries()) expectSameWhenReread(networkOf(model), index === 1 ? 2 : 1);
  });
});

describe('what transformers have around their products', () => {
  const [T, H, D] = [6, 4, 2];
  const F = H * D;
  const split = (w: ModelWriter, x: string, heads: number) =>
    w.node('Transpose', [w.node('Reshape', [x, w.ints(0, T, heads, D)])], { perm: [0, 2, 1, 3] });

  it('masks that are computed from an input are operators of few words', () => {
    for (const how of ['add', 'where']) {
      const w = new ModelWriter();
      const x = w.input('x', ['n', T, F]);
      const mask = w.node('Unsqueeze', [w.input('mask', ['n', T]), w.ints(1, 2)]);
      const q = split(w, w.node('Mul', [w.node('MatMul', [x, w.weights([F, F])]), w.numbers(0.5)]), H);
      const k = w.node('Transpose', [split(w, x, H)], { perm: [0, 1, 3, 2] });
      const scores = w.node('MatMul', [q, k]);
      const low = w.node('Mul', [w.node('Sub', [w.numbers(1), mask]), w.numbers(-1e4)]);
      const masked =
        how === 'add'
          ? w.node('Add', [scores, low])
          : w.node('Where', [w.node('Cast', [mask], { to: 9 }), scores, w.numbers(-1e4)]);
      w.output(w.node('MatMul', [w.node('Softmax', [masked]), split(w, x, H)]));
      for (const batch of [1, 3]) {
        const net = networkOf(w.model(), { batch }, true);
        expect(networkMacs(net)).toBe(batch * (T * F * F + 2 * T * T * F));
        expect(vectorKinds(net)).not.toContain('move');
        expectSameWhenReread(net, batch);
      }
    }
  });

  it.each([
    ['', (_: ModelWriter, y: string) => y],
    [', scaled', (w: ModelWriter, y: string) => w.node('Mul', [y, w.numbers(0.5)])],
  ])('keys and values that are written out for the heads that share them are read once per group%s', (_, scale) => {
    for (const batch of [1, 3]) {
      const w = new ModelWriter();
      const x = w.input('x', ['n', T, F]);
      const repeated = (y: string) => {
        const apart = w.node('Unsqueeze', [split(w, y, 2), w.ints(2)]);
        return w.node('Reshape', [w.node('Expand', [apart, w.ints(batch, 2, 2, T, D)]), w.ints(batch, H, T, D)]);
      };
      const key = repeated(w.node('MatMul', [x, w.weights([F, 2 * D])]));
      const value = repeated(w.node('MatMul', [x, w.weights([F, 2 * D])]));
      const turned = scale(w, w.node('Transpose', [key], { perm: [0, 1, 3, 2] }));
      const scores = w.node('MatMul', [split(w, x, H), turned]);
      const masked = w.node('Add', [scores, w.input('mask', ['n', 1, T, T])]);
      w.output(w.node('MatMul', [w.node('Softmax', [masked], { axis: -1 }), value]));
      const net = networkOf(w.model(), { batch }, true);
      expect(networkMacs(net)).toBe(batch * (2 * T * F * 2 * D + 2 * T * T * F));
      const products = net.layers.filter(({ kind }) => kind === 'matmul').map(({ problem }) => problem.bounds);
      expect(products.map(({ G, P, C, K }) => [G, P, C, K])).toEqual([
        [2 * batch, 2 * T, D, T],
        [2 * batch, 2 * T, T, D],
      ]);
      expect(vectorKinds(net).filter((kind) => kind !== 'multiply')).toEqual(['add', 'softmax']);
      expectSameWhenReread(net, batch);
    }
  });

  it('keys that are written out for others than heads of a product are a move', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, T, F]);
    const repeated = (y: string) => {
      const apart = w.node('Unsqueeze', [split(w, y, 2), w.ints(2)]);
      return w.node('Reshape', [w.node('Expand', [apart, w.ints(1, 2, 2, T, D)]), w.ints(1, H, T, D)]);
    };
    const key = repeated(w.node('MatMul', [x, w.weights([F, 2 * D])]));
    w.output(key);
    const net = networkOf(w.model(), {}, true);
    expect(networkMacs(net)).toBe(T * F * 2 * D);
    expect(vectorKinds(net)).toEqual(['move']);
    expectSameWhenReread(net);
  });

  it('an empty cache is nothing', () => {
    const attending = (past: number) => {
      const w = new ModelWriter();
      const x = w.input('x', [1, T, F]);
      const cache = w.input('cache', [1, H, 'past', D]);
      const key = w.node('Concat', [cache, split(w, w.node('MatMul', [x, w.weights([F, F])]), H)], { axis: 2 });
      w.output(key, w.node('MatMul', [split(w, x, H), w.node('Transpose', [key], { perm: [0, 1, 3, 2] })]));
      return networkOf(w.model(), { dims: new Map([['past', past]]) }, true);
    };
    expect(networkMacs(attending(3))).toBe(T * F * F + T * (T + 3) * F);
    const net = attending(0);
    expect(networkMacs(net)).toBe(T * F * F + T * T * F);
    expect(net.graph!.inputs).toHaveLength(1);
    expectSameWhenReread(net);
  });

  it.each([
    ['is an operator', {}, 4],
    ['that is multiplied by nothing is none', { beta: { float: 0 } }, 0],
  ])('a bias of a product of activations %s', (_, attributes, parameters) => {
    const w = new ModelWriter();
    w.output(w.node('Gemm', [w.input('a', [2, 3]), w.input('b', [3, 4]), w.weights([4])], attributes));
    const net = networkOf(w.model(), {}, true);
    expect(vectorKinds(net)).toEqual(parameters === 0 ? [] : ['add']);
    expect(networkParameters(net)).toBe(0);
    expect(operatorParameters(net)).toBe(parameters);
    expectSameWhenReread(net);
  });

  it('class tokens in front of others are parameters', () => {
    const w = new ModelWriter();
    const x = w.input('x', ['n', 3, 8, 8]);
    const patches = w.node('Conv', [x, w.weights([F, 3, 4, 4])], { strides: [4, 4] });
    const flat = w.node('Transpose', [w.node('Reshape', [patches, w.ints(0, F, -1)])], { perm: [0, 2, 1] });
    const count = w.node('Gather', [w.node('Shape', [x]), w.ints(0)]);
    const shape = w.node('Concat', [count, w.ints(-1, -1)], { axis: 0 });
    const token = w.node('Expand', [w.weights([1, 1, F]), w.node('Abs', [shape])]);
    const all = w.node('Add', [w.node('Concat', [token, flat], { axis: 1 }), w.weights([1, 5, F])]);
    w.output(w.node('MatMul', [all, w.weights([F, F])]));
    for (const batch of [1, 2]) {
      const net = networkOf(w.model(), { batch }, true);
      expect(networkMacs(net)).toBe(batch * (4 * F * 48 + 5 * F * F));
      expectSameWhenReread(net, batch);
    }
  });
});

describe('a product whose factors are turned', () => {
  it.each([1, 2])('is turned by every number but 0: transB = %i', (transB) => {
    const w = new ModelWriter();
    w.output(w.node('Gemm', [w.input('x', [3, 8]), w.weights([5, 8])], { transB }));
    const [layer] = networkOf(w.model()).layers;
    expect(layer?.problem.bounds).toMatchObject({ K: 5, C: 8 });
  });
});

describe('names that all objects have', () => {
  it('are no functions behind a layer', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 3, 8, 8]);
    const attributes = { activation: 'constructor' };
    w.output(w.node('FusedConv', [x, w.weights([4, 3, 3, 3])], attributes, { domain: 'com.microsoft' }));
    expect(vectorKinds(networkOf(w.model()))).toEqual([]);
  });

  it('are no recurrent operators, whose inputs would be steps of time', () => {
    const w = new ModelWriter();
    w.output(w.node('toString', [w.input('x', [4, 8])]));
    w.output(w.node('MatMul', ['x', w.weights([8, 6])]));
    const [layer] = networkOf(w.model()).layers;
    expect(layer?.problem.bounds).toMatchObject({ N: 4, P: 1 });
  });
});

describe('widths of floats', () => {
  const FLOAT8 = 17;
  const INT8 = 3;

  // Killed by: floats that all count 16 bits.
  it('are those of types of fewer bits', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 8], FLOAT8);
    w.output(w.node('MatMul', [x, w.weights([8, 4], FLOAT8)]));
    const network = networkOf(w.model(19), {}, true);
    expect(network.layers[0]!.wordBits).toMatchObject({ Weights: 8, Inputs: 8 });
    expectSameWhenReread(network);
  });

  // Killed by: a tensor that is stored as its quantised reader has it while others read it as it is.
  it('are the wider ones where a tensor is read both quantised and as it is', () => {
    const written = (isReadAsIs: boolean) => {
      const w = new ModelWriter();
      const made = w.node('MatMul', [w.input('x', [1, 8]), w.weights([8, 8])]);
      const whole = w.node('QuantizeLinear', [made, w.numbers(0.1), w.weights([], INT8)]);
      const next = w.node('DequantizeLinear', [whole, w.numbers(0.1), w.weights([], INT8)]);
      w.output(w.node('MatMul', [next, w.weights([8, 8])]), ...(isReadAsIs ? [w.node('Softmax', [made])] : []));
      const { layers, graph } = networkOf(w.model(), {}, true);
      return [
        graph!.tensors[graph!.operators.find(({ kind }) => kind === 'mac')!.output]!.wordBits,
        layers[1]!.wordBits.Inputs,
      ];
    };
    expect(written(false)).toEqual([8, 8]);
    expect(written(true)).toEqual([16, 8]);
  });
});

describe('inputs of a layer beside those that run together', () => {
  // Killed by: a layer that reads the rows of one of them.
  it('are all read', () => {
    const w = new ModelWriter();
    const frames = w.node('Reshape', [w.input('x', [1, 12, 8, 8]), w.ints(4, 3, 8, 8)]);
    w.output(w.node('Conv', [frames, w.weights([5, 3, 3, 3])]));
    const network = networkOf(w.model(), {}, true);
    expect(network.layers[0]!.problem.bounds).toMatchObject({ N: 4, C: 3, P: 6, Q: 6 });
    const { operators, tensors } = network.graph!;
    const read = tensors[operators.find(({ kind }) => kind === 'mac')!.inputs[0]!]!;
    expect(tensorSize(read)).toBe(4 * 3 * 8 * 8);
    expectSameWhenReread(network);
  });
});
