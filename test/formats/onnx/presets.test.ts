import { describe, expect, it } from 'vitest';
import { loadWorkload } from '../../../src/app/presets/load.ts';
import { type Network, networkMacs, networkParameters, operatorParameters } from '../../../src/workload/network.ts';
import { ModelWriter, networkOf } from './lowering.ts';

/** Layers without names and parameters, equal ones written out, in an order of their own. */
function shapesOf({ layers }: Network): string[] {
  return layers
    .flatMap(({ kind, problem, repeat, wordBits }) =>
      Array.from({ length: repeat }, () => JSON.stringify({ kind, problem: { ...problem, name: '' }, wordBits })),
    )
    .sort();
}

/** EfficientNet-B0 as PyTorch exports models with padding as of TensorFlow: its own zeros, SiLU and squeeze-and-excitation written out. */
function efficientNet(): ModelWriter {
  const w = new ModelWriter();
  const conv = (x: string, from: number, to: number, kernel = 1, stride = 1, group = 1) => {
    const all = stride === 2 ? kernel - 2 : 0;
    const before = Math.floor(all / 2);
    const after = all - before;
    const padded = all === 0 ? x : w.node('Pad', [x, w.ints(0, 0, before, before, 0, 0, after, after), w.numbers(0)]);
    const own = stride === 1 ? (kernel - 1) / 2 : 0;
    const attributes = { strides: [stride, stride], group, pads: [own, own, own, own] };
    return w.node('Conv', [padded, w.weights([to, from / group, kernel, kernel]), w.weights([to])], attributes);
  };
  const silu = (x: string) => w.node('Mul', [x, w.node('Sigmoid', [x])]);
  let y = silu(conv(w.input('x', ['n', 3, 224, 224]), 3, 32, 3, 2));
  let width = 32;
  for (const [expand, to, count, first, kernel] of [
    [1, 16, 1, 1, 3],
    [6, 24, 2, 2, 3],
    [6, 40, 2, 2, 5],
    [6, 80, 3, 2, 3],
    [6, 112, 3, 1, 5],
    [6, 192, 4, 2, 5],
    [6, 320, 1, 1, 3],
  ] as const)
    for (let index = 0; index < count; index++) {
      const stride = index === 0 ? first : 1;
      const wide = width * expand;
      const opened = expand === 1 ? y : silu(conv(y, width, wide));
      const deep = silu(conv(opened, wide, wide, kernel, stride, wide));
      const few = width / 4;
      const mean = w.node('ReduceMean', [deep], { axes: [2, 3], keepdims: 1 });
      const gate = w.node('Sigmoid', [conv(silu(conv(mean, wide, few)), few, wide)]);
      const made = conv(w.node('Mul', [deep, gate]), wide, to);
      y = stride === 1 && width === to ? w.node('Add', [made, y]) : made;
      width = to;
    }
  const flat = w.node('Flatten', [w.node('GlobalAveragePool', [silu(conv(y, 320, 1280))])]);
  w.output(w.node('Gemm', [flat, w.weights([1000, 1280]), w.weights([1000])], { transB: 1 }));
  return w;
}

describe('a model as exporters write it', () => {
  it('of EfficientNet-B0 has the layers and the operators of the preset', () => {
    const network = networkOf(efficientNet().model(13), { batch: 1 }, true);
    const preset = loadWorkload('efficientnet-b0').network;
    expect(shapesOf(network)).toEqual(shapesOf(preset));
    expect(networkMacs(network)).toBe(networkMacs(preset));
    const kinds = ({ graph }: Network) =>
      graph!.operators.flatMap((operator) =>
        operator.kind === 'vector' ? Array.from({ length: operator.repeat }, () => operator.operation.kind) : [],
      );
    expect(kinds(network).sort()).toEqual(kinds(preset).sort());
    // Normalisations are folded into weights and biases: one parameter per channel in place of two.
    const normalised = network.layers.filter(({ kind }) => kind !== 'linear');
    const folded = normalised.reduce((sum, { problem: { bounds } }) => sum + bounds.K * bounds.G, 0);
    const parameters = (net: Network) => networkParameters(net) + operatorParameters(net);
    expect(parameters(network) + folded).toBe(parameters(preset));
  });
});
