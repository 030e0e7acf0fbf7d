import { describe, expect, it } from 'vitest';
import { nodeShape } from '../../../src/formats/onnx/node-shapes.ts';
import type { TestNode } from './encode.ts';
import { read } from './models.ts';

function shapeOf(node: Omit<TestNode, 'inputs' | 'outputs'>, ...inputs: readonly (readonly number[])[]) {
  const names = inputs.map((_, index) => `i${index}`);
  const model = read({
    graph: {
      nodes: [{ ...node, inputs: names, outputs: ['o'] }],
      inputs: inputs.map((dims, index) => ({ name: names[index]!, dims })),
    },
  });
  return nodeShape(model.nodes[0]!, model.file);
}

describe('the shape of a node', () => {
  it('of a convolution has the padding that SAME stands for', () => {
    const attributes = { auto_pad: 'SAME_UPPER', strides: [2, 2], group: 2 };
    expect(shapeOf({ op: 'Conv', attributes }, [3, 4, 8, 9], [6, 2, 3, 3])).toEqual({
      kind: 'convolution',
      convolution: {
        batch: 3,
        groups: 2,
        inputChannels: 4,
        outputChannels: 6,
        isChannelsLast: false,
        window: {
          kernel: [3, 3],
          strides: [2, 2],
          dilations: [1, 1],
          padsBegin: [0, 1],
          padsEnd: [1, 1],
          outputs: [4, 5],
        },
      },
    });
  });

  it('of a transposed convolution has the padding that an output shape stands for', () => {
    const attributes = { output_shape: [6], strides: [2] };
    expect(shapeOf({ op: 'ConvTranspose', attributes }, [1, 4, 3], [4, 5, 3])).toMatchObject({
      kind: 'transposed-convolution',
      convolution: { inputChannels: 4, outputChannels: 5, window: { padsBegin: [1], padsEnd: [0], outputs: [6] } },
    });
  });

  it('of a pooling and of an Einsum is what they loop over', () => {
    expect(
      shapeOf({ op: 'MaxPool', attributes: { kernel_shape: [2], strides: [2], ceil_mode: 1 } }, [1, 3, 7]),
    ).toMatchObject({
      kind: 'pooling',
      window: { kernel: [2], strides: [2], outputs: [4] },
    });
    const einsum = shapeOf({ op: 'Einsum', attributes: { equation: '...ij,jk->...ik' } }, [2, 3, 4], [4, 5]);
    expect(einsum).toMatchObject({
      kind: 'einsum',
      equation: {
        operands: [
          ['0', 'i', 'j'],
          ['j', 'k'],
        ],
        output: ['0', 'i', 'k'],
      },
    });
    expect(einsum?.kind === 'einsum' && Object.fromEntries(einsum.equation.sizes)).toEqual({ 0: 2, i: 3, j: 4, k: 5 });
  });

  it('is none for other operators, and none where a shape is not known', () => {
    expect(shapeOf({ op: 'Relu' }, [1, 2])).toBeUndefined();
    const model = read({
      graph: {
        nodes: [
          { op: 'Mystery', inputs: ['x'], outputs: ['a'] },
          { op: 'GlobalMaxPool', inputs: ['a'], outputs: ['b'] },
          { op: 'MaxPool', inputs: ['a'], outputs: ['c'], attributes: { kernel_shape: [2] } },
        ],
        inputs: [{ name: 'x', dims: [1] }],
      },
    });
    expect(model.nodes.map((node) => nodeShape(node, model.file))).toEqual([undefined, undefined, undefined]);
  });
});
