import { describe, expect, it } from 'vitest';
import { tensorSize } from '../../../src/workload/graph/graph.ts';
import { expectSameWhenReread, ModelWriter, networkOf, shapes, vectorKinds } from './lowering.ts';

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
