import { describe, expect, it } from 'vitest';
import { tensorSize } from '../../../src/workload/graph/graph.ts';
import { type Network, networkMacs, networkParameters, operatorParameters } from '../../../src/workload/network.ts';
import { macCount } from '../../../src/workload/problem.ts';
import { expectSameWhenReread, ModelWriter, networkOf, vectorKinds } from './lowering.ts';
import { errorOf } from './models.ts';

const MS = { domain: 'com.microsoft' };
const INT8 = 3;
const UINT8 = 2;
const INT4 = 22;

/** Layers as kind and bounds greater than 1. */
function shapes({ layers }: Network) {
  return layers.map(({ kind, problem }) => [
    kind,
    Object.fromEntries(Object.entries(problem.bounds).filter(([, bound]) => bound > 1)),
  ]);
}

describe('a network with squeeze and excitation', () => {
  it('pools, scales and adds, whether means are Reduce or pooling', () => {
    for (const pool of ['GlobalAveragePool', 'ReduceMean']) {
      const w = new ModelWriter();
      const x = w.input('x', [1, 3, 16, 16]);
      const stem = w.node('Conv', [x, w.weights([8, 3, 3, 3]), w.weights([8])], {
        strides: [2, 2],
        pads: [1, 1, 1, 1],
      });
      const act = w.node('Mul', [stem, w.node('Sigmoid', [stem])]);
      const wise = w.node('Conv', [act, w.weights([8, 1, 3, 3])], { group: 8, pads: [1, 1, 1, 1] });
      const mean = w.node(pool, [wise], pool === 'ReduceMean' ? { axes: [2, 3], keepdims: 1 } : {});
      const squeezed = w.node('Relu', [w.node('Conv', [mean, w.weights([2, 8, 1, 1])])]);
      const gate = w.node('HardSigmoid', [w.node('Conv', [squeezed, w.weights([8, 2, 1, 1])])]);
      const scaled = w.node('Mul', [gate, wise]);
      const out = w.node('Add', [w.node('Conv', [scaled, w.weights([8, 8, 1, 1])]), act]);
      const flat = w.node('Flatten', [w.node('GlobalAveragePool', [out])]);
      w.output(w.node('Gemm', [flat, w.weights([5, 8]), w.weights([5])], { transB: 1 }));
      const net = networkOf(w.model(), {}, true);
      expect(shapes(net)).toEqual([
        ['conv', { K: 8, C: 3, P: 8, Q: 8, R: 3, S: 3 }],
        ['depthwise', { G: 8, P: 8, Q: 8, R: 3, S: 3 }],
        ['linear', { K: 2, C: 8 }],
        ['linear', { K: 8, C: 2 }],
        ['pointwise', { K: 8, C: 8, P: 8, Q: 8 }],
        ['linear', { K: 5, C: 8 }],
      ]);
      expect(vectorKinds(net)).toEqual(['silu', 'pool', 'relu', 'hard-sigmoid', 'multiply', 'add', 'pool']);
      expectSameWhenReread(net);
    }
  });
});

describe('operators that are written out', () => {
  const one = (make: (w: ModelWriter, x: string) => string, dims = [1, 4, 8]) => {
    const w = new ModelWriter();
    const x = w.node('MatMul', [w.input('x', dims), w.weights([8, 8])]);
    w.output(w.node('MatMul', [make(w, x), w.weights([8, 8])]));
    const net = networkOf(w.model(), {}, true);
    expectSameWhenReread(net);
    return net;
  };
  const tanh = (w: ModelWriter, x: string, inner: string) =>
    w.node('Mul', [
      w.node('Mul', [w.numbers(0.5), x]),
      w.node('Add', [w.numbers(1), w.node('Tanh', [w.node('Mul', [w.numbers(0.79788), inner])])]),
    ]);
  const rms = (w: ModelWriter, x: string, power = false) => {
    const square = power ? w.node('Pow', [x, w.numbers(2)]) : w.node('Mul', [x, x]);
    return w.node('Sqrt', [w.node('Add', [w.node('ReduceMean', [square], { axes: [-1] }), w.numbers(1e-6)])]);
  };

  it.each<[string, (w: ModelWriter, x: string) => string, string[]]>([
    [
      'gelu with tanh',
      (w, x) => tanh(w, x, w.node('Add', [x, w.node('Mul', [w.numbers(0.044715), w.node('Pow', [x, w.numbers(3)])])])),
      ['gelu'],
    ],
    [
      'gelu with tanh and products',
      (w, x) =>
        tanh(w, x, w.node('Add', [w.node('Mul', [w.node('Mul', [w.node('Mul', [x, x]), x]), w.numbers(0.044715)]), x])),
      ['gelu'],
    ],
    [
      'gelu with erf, x halved first',
      (w, x) =>
        w.node('Mul', [
          w.node('Mul', [x, w.numbers(0.5)]),
          w.node('Add', [w.node('Erf', [w.node('Mul', [x, w.numbers(Math.SQRT1_2)])]), w.numbers(1)]),
        ]),
      ['gelu'],
    ],
    ['silu', (w, x) => w.node('Mul', [w.node('Sigmoid', [x]), x]), ['silu']],
    ['quick gelu', (w, x) => w.node('Mul', [x, w.node('Sigmoid', [w.node('Mul', [x, w.numbers(1.702)])])]), ['silu']],
    [
      'hard swish',
      (w, x) =>
        w.node('Div', [
          w.node('Mul', [x, w.node('Clip', [w.node('Add', [x, w.numbers(3)]), w.numbers(0), w.numbers(6)])]),
          w.numbers(6),
        ]),
      ['hard-swish'],
    ],
    ['mish', (w, x) => w.node('Mul', [x, w.node('Tanh', [w.node('Softplus', [x])])]), ['mish']],
    ['rms norm', (w, x) => w.node('Mul', [w.weights([8]), w.node('Div', [x, rms(w, x)])]), ['rms-norm']],
    [
      'rms norm with casts',
      (w, x) => {
        const wide = w.node('Cast', [x], { to: 1 });
        const normal = w.node('Mul', [wide, w.node('Reciprocal', [rms(w, wide, true)])]);
        return w.node('Mul', [w.weights([8]), w.node('Cast', [normal], { to: 10 })]);
      },
      ['rms-norm'],
    ],
    [
      'layer norm without weights',
      (w, x) => {
        const d = w.node('Sub', [x, w.node('ReduceMean', [x], { axes: [-1] })]);
        return w.node('Div', [d, rms(w, d)]);
      },
      ['layer-norm'],
    ],
    [
      'softmax',
      (w, x) => {
        const e = w.node('Exp', [w.node('Sub', [x, w.node('ReduceMax', [x], { axes: [-1] })])]);
        return w.node('Div', [e, w.node('ReduceSum', [e, w.ints(-1)])]);
      },
      ['softmax'],
    ],
    [
      'no pattern: a gate of another tensor',
      (w, x) => w.node('Mul', [w.node('Sigmoid', [w.node('MatMul', [x, w.weights([8, 8])])]), x]),
      ['sigmoid', 'multiply'],
    ],
  ])('%s', (_, make, kinds) => {
    expect(vectorKinds(one(make))).toEqual(kinds);
  });

  it('keeps every operator where another reads what is inside', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 8]);
    const y = w.node('MatMul', [x, w.weights([8, 8])]);
    const gate = w.node('Sigmoid', [y]);
    w.output(w.node('Mul', [y, gate]), gate);
    expect(vectorKinds(networkOf(w.model()))).toEqual(['sigmoid', 'multiply']);
  });

  it('rotary embedding of queries, with tables and with angles that are computed', () => {
    let tables = 0;
    for (const isComputed of [false, true]) {
      const w = new ModelWriter();
      const x = w.input('x', [1, 6, 8]);
      const q = w.node(
        'Transpose',
        [w.node('Reshape', [w.node('MatMul', [x, w.weights([8, 8])]), w.ints(1, 6, 2, 4)])],
        { perm: [0, 2, 1, 3] },
      );
      const table = () => (isComputed ? w.input(`table${++tables}`, [1, 1, 6, 4]) : w.weights([1, 1, 6, 4]));
      const part = (from: number, to: number) => w.node('Slice', [q, w.ints(from), w.ints(to), w.ints(3)]);
      const half = w.node('Concat', [w.node('Neg', [part(2, 4)]), part(0, 2)], { axis: -1 });
      w.output(w.node('Add', [w.node('Mul', [q, table()]), w.node('Mul', [half, table()])]));
      const net = networkOf(w.model(), {}, true);
      expect(vectorKinds(net)).toEqual(['rotary']);
      const [rotary] = net.graph!.operators.filter(({ kind }) => kind === 'vector');
      expect(rotary).toMatchObject({ parameterWords: 2 * 6 * 4, parameters: 0, work: { simple: 3 * 48 } });
      expectSameWhenReread(net);
    }
  });
});

describe('attention in one operator', () => {
  const B = 1,
    T = 6,
    H = 4,
    D = 2,
    F = H * D;
  it('with weights in it', () => {
    const w = new ModelWriter();
    const x = w.input('x', [B, T, F]);
    w.output(w.node('Attention', [x, w.weights([F, 3 * F]), w.weights([3 * F])], { num_heads: H }, MS));
    const net = networkOf(w.model(), {}, true);
    expect(shapes(net)).toEqual([
      ['linear', { K: 3 * F, C: F, P: T }],
      ['matmul', { G: H, K: T, C: D, P: T }],
      ['matmul', { G: H, K: D, C: T, P: T }],
    ]);
    expect(networkParameters(net)).toBe(3 * F * F + 3 * F);
    expect(vectorKinds(net)).toEqual(['softmax']);
    expectSameWhenReread(net);
  });

  it.each([
    ['MultiHeadAttention', { num_heads: H }, 'com.microsoft', F, H],
    ['GroupQueryAttention', { num_heads: H, kv_num_heads: 2 }, 'com.microsoft', 2 * D, 2],
    ['Attention', { q_num_heads: H, kv_num_heads: 2 }, '', 2 * D, 2],
  ])('%s of %o', (op, attributes, domain, width, keyHeads) => {
    const w = new ModelWriter();
    const [q, k, v] = [w.input('q', [B, T, F]), w.input('k', [B, T, width]), w.input('v', [B, T, width])];
    w.output(w.node(op, [q, k, v], attributes, domain === '' ? {} : { domain }));
    const net = networkOf(w.model(23), {}, true);
    expect(shapes(net)).toEqual([
      ['matmul', { G: keyHeads, K: T, C: D, P: (T * H) / keyHeads }],
      ['matmul', { G: keyHeads, K: D, C: T, P: (T * H) / keyHeads }],
    ]);
    expectSameWhenReread(net);
  });

  it('reads keys and values of the past', () => {
    const w = new ModelWriter();
    const [q, k, v] = ['q', 'k', 'v'].map((name) => w.input(name, [B, 1, F])) as [string, string, string];
    const [pk, pv] = ['pk', 'pv'].map((name) => w.input(name, [B, H, 9, D])) as [string, string];
    w.output(...w.nodes('Attention', [q, k, v, '', pk, pv], { q_num_heads: H, kv_num_heads: H }, { outputs: 3 }));
    const net = networkOf(w.model(23), {}, true);
    expect(shapes(net)[0]).toEqual(['matmul', { G: H, K: 10, C: D }]);
    expectSameWhenReread(net);
  });
});

describe('operators of runtimes', () => {
  const parametersOf = (net: ReturnType<typeof networkOf>) => networkParameters(net) + operatorParameters(net);
  it('turn new keys alone where those of the past are there', () => {
    const w = new ModelWriter();
    const [q, k, v] = [w.input('q', [1, 1, 8]), w.input('k', [1, 1, 4]), w.input('v', [1, 1, 4])];
    const [pk, pv] = ['pk', 'pv'].map((name) => w.input(name, [1, 2, 9, 2])) as [string, string];
    const attributes = { num_heads: 4, kv_num_heads: 2, do_rotary: 1 };
    w.output(...w.nodes('GroupQueryAttention', [q, k, v, pk, pv], attributes, { ...MS, outputs: 3 }));
    const net = networkOf(w.model(), {}, true);
    const turned = net.graph!.operators.flatMap((operator) =>
      operator.kind === 'vector' && operator.operation.kind === 'rotary' ? [operator.operation.words] : [],
    );
    expect(turned).toEqual([4, 8]);
    expect(shapes(net)[0]).toEqual(['matmul', { G: 2, K: 10, C: 2, P: 2 }]);
    expectSameWhenReread(net);
  });
  it('look up packed tables, and multiply by packed weights', () => {
    const w = new ModelWriter();
    const table = [w.weights([50, 16], 2), w.input('ids', [1, 6], 7), w.weights([50, 1])];
    const x = w.node('GatherBlockQuantized', table, { bits: 4, block_size: 32 }, MS);
    const y = w.node('MatMulFpQ4', [x, w.weights([600], 2), w.ints(32, 24)], { blk_quant_type: 1 }, MS);
    w.output(w.node('MatMulNBits', [y, w.weights([8, 1, 12], 2), w.weights([8])], { K: 24, N: 8, bits: 2 }, MS));
    const net = networkOf(w.model(), {}, true);
    expect(shapes(net)).toEqual([
      ['linear', { K: 24, C: 32, P: 6 }],
      ['linear', { K: 8, C: 24, P: 6 }],
    ]);
    expect(net.layers.map(({ wordBits }) => wordBits?.Weights)).toEqual([4, 2]);
    expect(parametersOf(net)).toBe(50 * 32 + 32 * 24 + 24 * 8);
    expectSameWhenReread(net);
  });
  it('quantised recurrent layers are those of floats with other words', () => {
    const read = (op: string, turn: (dims: number[]) => number[], type: number, more: typeof MS | object) => {
      const w = new ModelWriter();
      const weights = [w.weights([2, ...turn([20, 3])], type), w.weights([2, ...turn([20, 5])], type)];
      const attributes = { hidden_size: 5, direction: 'bidirectional' };
      w.output(w.node(op, [w.input('x', [6, 1, 3]), ...weights, w.weights([2, 40])], attributes, more));
      return networkOf(w.model(), {}, true);
    };
    const plain = read('LSTM', (dims) => dims, 1, {});
    const quantised = read('DynamicQuantizeLSTM', (dims) => dims.toReversed(), 3, MS);
    expect(shapes(quantised)).toEqual(shapes(plain));
    expect(parametersOf(quantised)).toBe(parametersOf(plain));
    expect(quantised.layers.map(({ wordBits }) => wordBits?.Weights)).toEqual([8, 8, 8, 8]);
  });
  it('have what is fused into them', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 4, 8]);
    const y = w.node('NhwcConv', [x, w.weights([8, 8, 1, 1])], {}, MS);
    const pooled = w.node('NhwcMaxPool', [y], { kernel_shape: [2, 2], strides: [2, 2] }, MS);
    const norm = w.node('GroupNorm', [pooled, w.weights([8]), w.weights([8])], { groups: 2, activation: 1 }, MS);
    const flat = w.node('Reshape', [norm, w.ints(1, 4, 8)]);
    const sum = w.node('BiasAdd', [flat, w.weights([8]), w.node('MatMul', [flat, w.weights([8, 8])])], {}, MS);
    const soft = w.node('BiasSoftmax', [sum, w.input('mask', [1, 1, 8])], { axis: 2 }, MS);
    w.output(soft);
    const net = networkOf(w.model(), {}, true);
    expect(vectorKinds(net)).toEqual(['pool', 'layer-norm', 'silu', 'add', 'add', 'softmax']);
    expect(parametersOf(net)).toBe(8 * 8 + 16 + 8 + 8 * 8);
    expectSameWhenReread(net);
  });
});

describe('fused normalisations', () => {
  it('add what they skip, and look up what they embed', () => {
    const w = new ModelWriter();
    const ids = w.input('ids', [1, 6], 6);
    const segments = w.input('segments', [1, 6], 6);
    const x = w.node(
      'EmbedLayerNormalization',
      [ids, segments, w.weights([100, 8]), w.weights([16, 8]), w.weights([2, 8]), w.weights([8]), w.weights([8])],
      {},
      { ...MS, outputs: 2 },
    );
    const y = w.node('BiasGelu', [w.node('MatMul', [x, w.weights([8, 8])]), w.weights([8])], {}, MS);
    w.output(w.node('SkipLayerNormalization', [y, x, w.weights([8]), w.weights([8]), w.weights([8])], {}, MS));
    const net = networkOf(w.model(), {}, true);
    expect(vectorKinds(net)).toEqual([
      'embedding',
      'embedding',
      'embedding',
      'add',
      'layer-norm',
      'add',
      'gelu',
      'add',
      'layer-norm',
    ]);
    expect(operatorParameters(net)).toBe(118 * 8 + 16 + 8 + 16 + 8);
    expectSameWhenReread(net);
  });
});

describe('parameters', () => {
  const parametersOf = (w: ModelWriter) => {
    const net = networkOf(w.model(), {}, true);
    expectSameWhenReread(net);
    return networkParameters(net) + operatorParameters(net);
  };
  it('of a table of which constant rows are read are the whole table', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 8]);
    const rows = w.node('Slice', [w.ints(0, 1, 2, 3, 4, 5), w.ints(0), w.ints(4)]);
    w.output(w.node('Add', [x, w.node('Gather', [w.weights([6, 8]), rows])]), w.node('MatMul', [x, w.weights([8, 2])]));
    expect(parametersOf(w)).toBe(6 * 8 + 8 * 2);
  });
  it('of a token that is written out are those of one', () => {
    const w = new ModelWriter();
    const x = w.node('MatMul', [w.input('x', [3, 4, 8]), w.weights([8, 8])]);
    const token = w.node('Expand', [w.weights([1, 1, 8]), w.ints(3, 1, 8)]);
    w.output(w.node('Concat', [token, x], { axis: 1 }));
    const net = networkOf(w.model(), {}, true);
    expect(networkParameters(net) + operatorParameters(net)).toBe(8 + 8 * 8);
  });
  it('that several operators read count once', () => {
    const w = new ModelWriter();
    const table = w.weights([50, 8]);
    const [kernel, bias] = [w.weights([8, 8, 1, 1]), w.weights([8])];
    const y = w.node('Gather', [table, w.input('ids', [1, 6], 7)]);
    w.output(w.node('MatMul', [y, w.node('Transpose', [table], { perm: [1, 0] })]));
    for (const size of [4, 2]) w.output(w.node('Conv', [w.input(`x${size}`, [1, 8, size, size]), kernel, bias]));
    expect(parametersOf(w)).toBe(50 * 8 + 8 * 8 + 8);
  });
  it('in nodes count as those beside them; weights that follow from a shape count their words, masks nothing', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 4]);
    const bias = w.node('Constant', [], { value: { tensor: { dims: [4], floats: [1, 2, 3, 4] } } });
    const y = w.node('Add', [w.node('MatMul', [x, w.node('ConstantOfShape', [w.ints(4, 4)])]), bias]);
    const mask = w.node('Cast', [w.weights([4, 4], 2)], { to: 9 });
    w.output(w.node('Where', [mask, y, w.numbers(0)]), w.node('Add', [y, w.node('ConstantOfShape', [w.ints(4, 4)])]));
    expect(parametersOf(w)).toBe(4 * 4 + 4);
  });
  it('of functions are slopes and biases', () => {
    const w = new ModelWriter();
    const y = w.node('Conv', [w.input('x', [1, 3, 4, 4]), w.weights([8, 3, 1, 1])]);
    w.output(w.node('PRelu', [y, w.weights([8, 1, 1])]));
    expect(parametersOf(w)).toBe(8 * 3 + 8);
  });
});

describe('recurrent layers', () => {
  it.each([
    ['LSTM', 4, 'forward'],
    ['GRU', 3, 'bidirectional'],
    ['RNN', 1, 'forward'],
  ])('%s of %d gates, %s', (op, gates, direction) => {
    const directions = direction === 'forward' ? 1 : 2;
    const w = new ModelWriter();
    const x = w.input('x', [5, 1, 8]);
    const inputs = [
      x,
      w.weights([directions, gates * 4, 8]),
      w.weights([directions, gates * 4, 4]),
      w.weights([directions, gates * 8]),
    ];
    w.output(w.node(op, inputs, { hidden_size: 4, direction }));
    const net = networkOf(w.model(), {}, true);
    expect(networkMacs(net)).toBe(directions * 5 * gates * 4 * (8 + 4));
    expect(networkParameters(net)).toBe(directions * gates * 4 * (8 + 4 + 2));
    expectSameWhenReread(net);
  });
});

describe('quantised models', () => {
  it('has the widths of QDQ, and the pairs cost nothing', () => {
    const w = new ModelWriter();
    const zero = (type: number) => w.weights([], type);
    const qdq = (x: string, type: number) => {
      const point = zero(type);
      return w.node('DequantizeLinear', [w.node('QuantizeLinear', [x, w.numbers(0.1), point]), w.numbers(0.1), point]);
    };
    const stored = (dims: number[], type: number) =>
      w.node('DequantizeLinear', [w.weights(dims, type), w.weights([dims[0]!])], { axis: 0 });
    const x = qdq(w.input('x', [1, 3, 8, 8]), UINT8);
    const y = qdq(w.node('Relu', [w.node('Conv', [x, stored([4, 3, 3, 3], INT8), w.weights([4])])]), UINT8);
    const flat = w.node('Flatten', [y]);
    w.output(w.node('MatMul', [flat, stored([144, 10], INT4)]));
    const net = networkOf(w.model(21), {}, true);
    expect(net.layers.map(({ wordBits }) => wordBits)).toEqual([
      { Weights: 8, Inputs: 8, Outputs: 32 },
      { Weights: 4, Inputs: 8, Outputs: 32 },
    ]);
    expect(net.layers.map(({ parameters }) => parameters)).toEqual([112, 1440]);
    expect(vectorKinds(net)).toEqual(['relu']);
    expectSameWhenReread(net);
  });

  it('of integer operators', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 3, 8, 8], UINT8);
    const scale = () => w.numbers(1);
    const y = w.node('QLinearConv', [
      x,
      scale(),
      w.weights([], UINT8),
      w.weights([4, 3, 3, 3], INT8),
      scale(),
      w.weights([], INT8),
      scale(),
      w.weights([], UINT8),
      w.weights([4], 6),
    ]);
    const flat = w.node('Flatten', [y]);
    const z = w.node('QLinearMatMul', [
      flat,
      scale(),
      w.weights([], UINT8),
      w.weights([144, 6], INT8),
      scale(),
      w.weights([], INT8),
      scale(),
      w.weights([], UINT8),
    ]);
    w.output(z);
    const net = networkOf(w.model(), {}, true);
    expect(net.layers.map(({ wordBits }) => wordBits)).toEqual(Array(2).fill({ Weights: 8, Inputs: 8, Outputs: 32 }));
    expect(net.layers[0]!.parameters).toBe(112);
    expectSameWhenReread(net);
  });

  it('of quantisation at run time, and of weights in blocks of four bits', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 16]);
    const [q, s] = w.nodes('DynamicQuantizeLinear', [x], {}, { outputs: 3 });
    const y = w.node('MatMulInteger', [q!, w.weights([16, 8], INT8)]);
    const z = w.node('Mul', [w.node('Cast', [y], { to: 1 }), s!]);
    w.output(
      w.node(
        'MatMulNBits',
        [z, w.weights([32, 1, 4], UINT8), w.weights([32])],
        { K: 8, N: 32, bits: 4, block_size: 16 },
        MS,
      ),
    );
    const net = networkOf(w.model(), {}, true);
    expect(net.layers.map(({ wordBits: { Weights, Inputs } }) => [Weights, Inputs])).toEqual([
      [8, 8],
      [4, 16],
    ]);
    expect(net.layers[1]!.parameters).toBe(256);
  });
});

describe('convolutions of every kind', () => {
  it.each<[string, number[], number[], Record<string, number | number[] | string>, string, object]>([
    ['Conv', [1, 4, 20], [6, 4, 5], { pads: [2, 2], strides: [2] }, 'conv', { K: 6, C: 4, P: 10, R: 5 }],
    [
      'Conv',
      [1, 4, 9, 7],
      [6, 2, 3, 2],
      { group: 2, auto_pad: 'SAME_UPPER', strides: [2, 2] },
      'grouped',
      { G: 2, K: 3, C: 2, P: 5, Q: 4, R: 3, S: 2 },
    ],
    [
      'Conv',
      [1, 4, 9, 9],
      [8, 1, 3, 3],
      { group: 4, dilations: [2, 2] },
      'depthwise',
      { G: 4, K: 2, P: 5, Q: 5, R: 3, S: 3 },
    ],
    ['Conv', [1, 4, 9, 9], [8, 4, 3, 3], { pads: [0, 1, 2, 3] }, 'conv', { K: 8, C: 4, P: 9, Q: 11, R: 3, S: 3 }],
    ['Conv', [1, 4, 6, 5, 5], [8, 4, 3, 1, 1], {}, 'conv', { K: 8, C: 4, P: 4, Q: 25, R: 3 }],
    ['ConvTranspose', [1, 4, 5, 5], [4, 3, 2, 2], { strides: [2, 2] }, 'transposed', { K: 12, C: 4, P: 5, Q: 5 }],
    ['ConvTranspose', [1, 4, 5, 5], [4, 3, 3, 3], { strides: [2, 2] }, 'transposed', { K: 27, C: 4, P: 5, Q: 5 }],
    [
      'ConvTranspose',
      [1, 4, 5, 5],
      [4, 3, 4, 4],
      { strides: [2, 2], pads: [1, 1, 1, 1] },
      'transposed',
      { K: 48, C: 4, P: 5, Q: 5 },
    ],
  ])('%s of %o with %o', (op, dims, weights, attributes, kind, bounds) => {
    const w = new ModelWriter();
    const y = w.node(op, [w.input('x', dims), w.weights(weights)], attributes);
    w.output(w.node('Relu', [y]));
    const net = networkOf(w.model(), {}, true);
    expect(shapes(net)).toEqual([[kind, bounds]]);
    expect(tensorSize(net.graph!.tensors.at(-1)!)).toBeGreaterThan(0);
    expectSameWhenReread(net);
  });

  it('NHWC', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 9, 8, 4]);
    const y = w.node('Conv', [w.node('Transpose', [x], { perm: [0, 3, 1, 2] }), w.weights([6, 4, 3, 3])]);
    const z = w.node('Transpose', [y], { perm: [0, 2, 3, 1] });
    w.output(w.node('Add', [z, w.weights([6])]));
    const net = networkOf(w.model(), {}, true);
    expect(shapes(net)).toEqual([['conv', { K: 6, C: 4, P: 7, Q: 6, R: 3, S: 3 }]]);
    expectSameWhenReread(net);
  });
});

describe('zeros around a map', () => {
  const padded = (pads: number[], build: (w: ModelWriter, y: string) => string, mode = 'constant', value?: number) => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 8, 8]);
    const more = value === undefined ? [] : [w.numbers(value)];
    w.output(build(w, w.node('Pad', [x, w.ints(...pads), ...more], { mode })));
    return networkOf(w.model(), {}, true);
  };
  const around = [0, 0, 1, 1, 0, 0, 1, 2];
  const conv = (own: number[]) => (w: ModelWriter, y: string) =>
    w.node('Conv', [y, w.weights([6, 4, 3, 3])], { pads: own, strides: [2, 2] });
  const direct = (pads: number[]) => {
    const w = new ModelWriter();
    w.output(conv(pads)(w, w.input('x', [1, 4, 8, 8])));
    return networkOf(w.model(), {}, true);
  };
  const problem = (net: ReturnType<typeof networkOf>) => ({ ...net.layers[0]!.problem, name: '' });

  it.each([
    ['none of its own', around, [0, 0, 0, 0], [1, 1, 1, 2]],
    ['some of its own', [0, 0, 1, 0, 0, 0, 0, 1], [1, 1, 0, 1], [2, 1, 0, 2]],
  ])('are the padding of a convolution with %s', (_, pads, own, all) => {
    for (const value of [undefined, 0]) {
      const net = padded(pads, conv(own), 'constant', value);
      expect(problem(net)).toEqual(problem(direct(all)));
      expect(vectorKinds(net)).toEqual([]);
      expectSameWhenReread(net);
    }
  });
  it('are the padding of a pooling', () => {
    const net = padded(around, (w, y) => {
      const pool = w.node('MaxPool', [y], { kernel_shape: [3, 3], strides: [2, 2] });
      return w.node('Conv', [pool, w.weights([6, 4, 1, 1])]);
    });
    expect(net.graph!.operators.find(({ kind }) => kind === 'vector')).toMatchObject({
      operation: { kind: 'pool', paddingBefore: [1, 1] },
    });
    expect(net.graph!.tensors[net.graph!.inputs[0]!]!.sizes).toEqual([1, 4, 8, 8]);
    expect(net.layers[0]!.problem.inputSize).toEqual([4, 5]);
    expectSameWhenReread(net);
  });
  it.each<[string, number[], (w: ModelWriter, y: string) => string, string, number?]>([
    ['of another number', around, conv([0, 0, 0, 0]), 'constant', 1],
    ['that mirror', around, conv([0, 0, 0, 0]), 'reflect'],
    ['along channels', [0, 1, 0, 0, 0, 0, 0, 0], (w, y) => w.node('Conv', [y, w.weights([6, 5, 3, 3])]), 'constant'],
    ['that cut', [0, 0, -1, 0, 0, 0, 1, 1], conv([0, 0, 0, 0]), 'constant'],
    ['wider than the kernel', [0, 0, 3, 1, 0, 0, 1, 1], conv([0, 0, 0, 0]), 'constant'],
    [
      'that others read too',
      around,
      (w, y) => {
        w.output(w.node('Relu', [y]));
        return conv([0, 0, 0, 0])(w, y);
      },
      'constant',
    ],
  ])('stay a move where they are words %s', (_, pads, build, mode, value) => {
    expect(vectorKinds(padded(pads, build, mode, value))).toContain('move');
  });
});

describe('several inputs together', () => {
  it('multiply the inputs of layers, also through reshapes', () => {
    const w = new ModelWriter();
    const x = w.input('x', ['batch', 6, 8]);
    const flat = w.node('Reshape', [x, w.ints(-1, 8)]);
    const y = w.node('Relu', [w.node('Gemm', [flat, w.weights([8, 16])])]);
    const back = w.node('Reshape', [y, w.ints(-1, 6, 16)]);
    const scores = w.node('MatMul', [back, w.node('Transpose', [back], { perm: [0, 2, 1] })]);
    w.output(w.node('Softmax', [scores]));
    for (const batch of [1, 4]) {
      const net = networkOf(w.model(), { batch }, true);
      expect(networkMacs(net)).toBe(batch * (6 * 8 * 16 + 6 * 16 * 6));
      expect(net.layers[0]!.problem.bounds).toMatchObject({ N: batch, P: 6 });
      expect(net.graph!.tensors.every(({ sizes }) => sizes[0] === batch)).toBe(true);
      expectSameWhenReread(net, batch);
    }
  });
});

describe('what is not known', () => {
  const detector = () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 3, 8, 8]);
    const y = w.node('Conv', [x, w.weights([6, 3, 1, 1])]);
    const flat = w.node('Reshape', [y, w.ints(1, 6, 64)]);
    const scores = w.node('Slice', [flat, w.ints(0), w.ints(2), w.ints(1)]);
    const boxes = w.node('Transpose', [w.node('Slice', [flat, w.ints(2), w.ints(6), w.ints(1)])], { perm: [0, 2, 1] });
    const kept = w.node('NonMaxSuppression', [boxes, scores], {}, { name: 'nms' });
    const [top] = w.nodes('TopK', [scores, w.ints(5)], { axis: -1 }, { outputs: 2 });
    w.output(w.node('Gather', [kept, w.ints(2)], { axis: 1 }), top!);
    return w;
  };
  it('is listed with its words, and no error', () => {
    const net = networkOf(detector().model());
    expect(net.layers).toHaveLength(1);
    expect(net.graph!.uncounted!.map(({ name, count }) => [name, count])).toEqual([
      ['NonMaxSuppression', 1],
      ['TopK', 1],
      ['Gather', 1],
    ]);
    expectSameWhenReread(net);
  });
  it('is refused where that is asked', () => {
    expect(errorOf(() => networkOf(detector().model(), {}, true)).message).toMatch(/node "(nms|t\d+)"/);
  });
  it('is an error with the node where a layer needs it', () => {
    const w = detector();
    const kept = w.graph.nodes.find(({ op }) => op === 'NonMaxSuppression')!.outputs[0]!;
    w.output(w.node('MatMul', [w.node('Cast', [kept], { to: 1 }), w.weights([3, 2])], {}, { name: 'late' }));
    expect(errorOf(() => networkOf(w.model())).message).toContain('node "late" (MatMul) wants the shapes');
  });
});

describe('graphs in nodes', () => {
  const chosen = () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 8]);
    const first = w.node('MatMul', [x, w.weights([8, 2])]);
    const yes = w.node('Cast', [w.node('ReduceMax', [first], { keepdims: 0 })], { to: 9 });
    const v = w.weights([8, 4]);
    const branch = (op: string, inputs: string[]) => ({
      graph: { nodes: [{ op, inputs, outputs: ['made'], name: 'inner' }], outputs: [{ name: 'made' }] },
    });
    const branches = { then_branch: branch('MatMul', [x, v]), else_branch: branch('Identity', [x]) };
    w.output(w.node('If', [yes], branches, { name: 'if' }));
    return w.model();
  };
  it('of a condition that only a run knows: one counts beside what decides, and the choice is listed', () => {
    const net = networkOf(chosen());
    expect(net.layers.map(({ problem }) => problem.bounds.K)).toEqual([2, 4]);
    expect(net.graph!.uncounted).toEqual([
      {
        name: 'If',
        count: 1,
        words: null,
        reason: 'its condition is known only to a run: its then_branch counts, the other branch does not',
      },
    ]);
    expect(errorOf(() => networkOf(chosen(), {}, true)).message).toBe(
      'node "if" (If): its condition is known only to a run',
    );
  });
  it('of a condition that a setting gives: what decides is no input', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 8]);
    const rate = w.input('rate', [], 7);
    const v = w.weights([8, 4]);
    const branch = (op: string, inputs: string[]) => ({
      graph: { nodes: [{ op, inputs, outputs: ['made'] }], outputs: [{ name: 'made' }] },
    });
    const branches = { then_branch: branch('MatMul', [x, v]), else_branch: branch('Identity', [x]) };
    const yes = w.node('Equal', [rate, w.node('Squeeze', [w.ints(16000)])]);
    w.output(w.node('MatMul', [w.node('If', [yes], branches), w.weights([4, 2])]));
    const net = networkOf(w.model(13), { dims: new Map([['rate', 16000]]) }, true);
    expect(net.layers.map(({ problem }) => problem.bounds.K)).toEqual([4, 2]);
    expect(net.graph!.inputs).toHaveLength(1);
    expect(vectorKinds(net)).toEqual([]);
    expectSameWhenReread(net);
  });
  it('keep what they alone read', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 8]);
    const read = w.node('MatMul', [x, w.weights([8, 2])]);
    const body = {
      graph: {
        inputs: [{ name: 'i' }, { name: 'go' }, { name: 'state' }],
        nodes: [{ op: 'Add', inputs: ['state', read], outputs: ['next'] }],
        outputs: [{ name: 'go' }, { name: 'next' }],
      },
    };
    w.output(w.node('Loop', [w.input('count', [], 7), '', w.input('begin', [1, 2])], { body }));
    const net = networkOf(w.model());
    expect(net.layers).toHaveLength(1);
    expect(net.graph!.uncounted!.map(({ name, reason }) => [name, reason])).toEqual([['Loop', 'it is not known']]);
  });
});

describe('what costs nothing', () => {
  it('is what no output needs, and second outputs', () => {
    const w = new ModelWriter();
    const y = w.node('MatMul', [w.input('x', [1, 4, 8]), w.weights([8, 8])]);
    w.node('MatMul', [y, w.weights([8, 800])]);
    const [kept] = w.nodes('Dropout', [y], {}, { outputs: 2 });
    w.output(w.node('Relu', [kept!]));
    const net = networkOf(w.model(), {}, true);
    expect(net.layers.map(({ problem }) => macCount(problem))).toEqual([4 * 64]);
    expect(vectorKinds(net)).toEqual(['relu']);
  });
});

describe('odd names', () => {
  it('are one line each, and differ', () => {
    const w = new ModelWriter();
    let x = w.input('input', [1, 8]);
    for (const name of [
      '',
      'a\nb',
      'a b',
      'x'.repeat(500),
      `${'x'.repeat(500)}y`,
      'input',
      'y.input',
      'y',
      '😀'.repeat(90),
      '\u202e\u2028',
    ])
      x = w.node('MatMul', [x, w.weights([8, 8])], {}, { name });
    w.output(x);
    const net = networkOf(w.model());
    expect(new Set(net.layers.map(({ name }) => name)).size).toBe(10);
    expect(net.layers.every(({ name }) => name.length <= 200 && !/\p{Cs}/u.test(name))).toBe(true);
    expectSameWhenReread(net);
  });
});
