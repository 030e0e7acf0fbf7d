import { describe, expect, it } from 'vitest';
import { networkParameters, operatorParameters } from '../../../src/workload/network.ts';
import { expectSameWhenReread, ModelWriter, networkOf, shapes, vectorKinds } from './lowering.ts';

const MS = { domain: 'com.microsoft' };
const INT8 = 3;
const UINT8 = 2;
const INT4 = 22;

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
