import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importFile } from '../../../src/app/import/import.ts';
import { loadWorkload } from '../../../src/app/presets/load.ts';
import type { Layer, Network } from '../../../src/workload/network.ts';
import { expectSameWhenReread } from './lowering.ts';

const FOLDER = '../shared/onnx';

/** Layers without their names, equal ones of a preset written out. */
function shapesOf({ layers }: Network) {
  return layers.flatMap(({ kind, problem, parameters, repeat, wordBits }: Layer) =>
    Array.from({ length: repeat }, () => ({ kind, problem: { ...problem, name: '' }, parameters, wordBits })),
  );
}

/** {@link shapesOf} as texts in an order of their own, since a preset lists equal layers together. */
function sorted(shapes: readonly object[]): string[] {
  return shapes.map((shape) => JSON.stringify(shape)).sort();
}

const imported = (name: string) => importFile({ file: `${FOLDER}/${name}.onnx`, batch: 1, strict: true }).network;

describe.skipIf(!existsSync(FOLDER))('models that others exported', () => {
  it('ResNet-18 equals the preset layer by layer; its normalisations are folded into weights and bias', () => {
    const network = imported('resnet18');
    const preset = shapesOf(loadWorkload('resnet18').network).map((layer) => ({
      ...layer,
      parameters: layer.parameters - (layer.kind === 'linear' ? 0 : layer.problem.bounds.K),
    }));
    expect(sorted(shapesOf(network))).toEqual(sorted(preset));
    expectSameWhenReread(network);
  });

  it('AlexNet equals the preset but for the rows and columns of an input of 224', () => {
    const network = imported('alexnet');
    const without = (layer: ReturnType<typeof shapesOf>[number]) => {
      const { P: _, Q: __, ...bounds } = layer.problem.bounds;
      const { stride, dilation, paddingBefore } = layer.problem;
      return { ...layer, problem: { bounds, stride, dilation, paddingBefore } };
    };
    const found = shapesOf(network);
    const preset = shapesOf(loadWorkload('alexnet').network);
    expect(found.map(without)).toEqual(preset.map(without));
    expect(found.map(({ problem }) => problem.bounds.P)).toEqual([54, 26, 12, 12, 12, 1, 1, 1]);
    expect(found.slice(5)).toEqual(preset.slice(5));
    expectSameWhenReread(network);
  });
});
