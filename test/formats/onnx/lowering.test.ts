import { describe, expect, it } from 'vitest';
import { networkMacs, networkParameters, operatorParameters } from '../../../src/workload/network.ts';
import { expectSameWhenReread, ModelWriter, networkOf, vectorKinds } from './lowering.ts';

const MS = { domain: 'com.microsoft' };

/** Layer normalisation as PyTorch exports it before operator set 17. */
function layerNorm(w: ModelWriter, x: string, width: number): string {
  const d = w.node('Sub', [x, w.node('ReduceMean', [x], { axes: [-1] })]);
  const variance = w.node('ReduceMean', [w.node('Pow', [d, w.numbers(2)])], { axes: [-1] });
  const root = w.node('Sqrt', [w.node('Add', [variance, w.numbers(1e-5)])]);
  return w.node('Add', [w.node('Mul', [w.node('Div', [d, root]), w.weights([width])]), w.weights([width])]);
}

function gelu(w: ModelWriter, x: string): string {
  const erf = w.node('Erf', [w.node('Div', [x, w.numbers(Math.SQRT2)])]);
  return w.node('Mul', [w.node('Mul', [x, w.node('Add', [erf, w.numbers(1)])]), w.numbers(0.5)]);
}

function dense(w: ModelWriter, x: string, from: number, to: number): string {
  return w.node('Add', [w.weights([to]), w.node('MatMul', [x, w.weights([from, to])])]);
}

/** A block of an encoder with T tokens of H heads of D features. */
function encoder(w: ModelWriter, x: string, [T, H, D]: readonly [number, number, number], batch = 1): string {
  const F = H * D;
  const heads = (y: string, perm: number[]) =>
    w.node('Transpose', [w.node('Reshape', [y, w.ints(batch, T, H, D)])], { perm });
  const q = heads(dense(w, x, F, F), [0, 2, 1, 3]);
  const k = heads(dense(w, x, F, F), [0, 2, 3, 1]);
  const v = heads(dense(w, x, F, F), [0, 2, 1, 3]);
  const scores = w.node('Div', [w.node('MatMul', [q, k]), w.numbers(Math.sqrt(D))]);
  const context = w.node('MatMul', [w.node('Softmax', [scores], { axis: -1 }), v]);
  const joined = w.node('Reshape', [w.node('Transpose', [context], { perm: [0, 2, 1, 3] }), w.ints(batch, T, F)]);
  const attended = layerNorm(w, w.node('Add', [dense(w, joined, F, F), x]), F);
  const wide = gelu(w, dense(w, attended, F, 4 * F));
  return layerNorm(w, w.node('Add', [dense(w, wide, 4 * F, F), attended]), F);
}

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
void MS;
