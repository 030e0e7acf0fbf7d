import { describe, expect, it } from 'vitest';
import { networkMacs, networkParameters, operatorParameters } from '../../../src/workload/network.ts';
import { expectSameWhenReread, ModelWriter, networkOf, shapes, vectorKinds } from './lowering.ts';

const MS = { domain: 'com.microsoft' };

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
