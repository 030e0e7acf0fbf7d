import { describe, expect, it } from 'vitest';
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
