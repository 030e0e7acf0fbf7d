import { describe, expect, it } from 'vitest';
import { OPERATOR_COVERAGE } from '../../../src/formats/onnx/operators/operator-table.ts';
import { errorOf } from '../errors.ts';
import { float, list, MS, type OneNode, outputsOf, scalar } from './models.ts';
import { LAYER_CASES } from './operator-cases/layers.ts';
import { PLACE_CASES } from './operator-cases/shapes.ts';
import { WORD_CASES } from './operator-cases/words.ts';

const CASES = [...LAYER_CASES, ...WORD_CASES, ...PLACE_CASES];

describe('shapes and element types', () => {
  it.each(CASES.map(([name, node, ...wanted]) => ({ name, node, wanted })))('of $name', ({ node, wanted }) => {
    const found = outputsOf(node).map(({ dims, elementType }) => `${dims?.join('x')} ${elementType?.name}`);
    expect(found).toEqual(wanted);
  });
});

/** Values that shape arithmetic gives. */
const VALUES: readonly (readonly [name: string, node: OneNode, values: readonly number[]])[] = [
  ['Shape', { op: 'Shape', inputs: [[2, 3, 4]] }, [2, 3, 4]],
  ['Shape of a part', { op: 'Shape', inputs: [[2, 3, 4]], attributes: { start: -2, end: 2 } }, [3]],
  ['Size', { op: 'Size', inputs: [[2, 3, 4]] }, [24]],
  ['Gather of an element from behind', { op: 'Gather', inputs: [list(5, 6, 7), scalar(-1)] }, [7]],
  [
    'Gather along the last axis',
    { op: 'Gather', inputs: [{ dims: [2, 3], ints: [1, 2, 3, 4, 5, 6] }, list(2, 0)], attributes: { axis: 1 } },
    [3, 1, 6, 4],
  ],
  ['Div of negative numbers', { op: 'Div', inputs: [list(7, -7), list(2)] }, [3, -3]],
  ['Div of fractions', { op: 'Div', inputs: [float([1], 7), float([1], 2)] }, [3.5]],
  ['Mod', { op: 'Mod', inputs: [list(7, -7), list(4)] }, [3, 1]],
  ['Cast to whole numbers', { op: 'Cast', inputs: [float([2], 2.7, -2.7)], attributes: { to: 7 } }, [2, -2]],
  ['Floor', { op: 'Floor', inputs: [float([2], 2.7, -2.2)] }, [2, -3]],
  ['Ceil', { op: 'Ceil', inputs: [float([2], 2.2, -2.7)] }, [3, -2]],
  ['Max', { op: 'Max', inputs: [list(1, 9), list(4)] }, [4, 9]],
  [
    'Where',
    { op: 'Where', inputs: [{ dims: [2], type: 9, raw: Uint8Array.of(1, 0) }, list(1, 2), list(8, 9)] },
    [1, 9],
  ],
  ['Not', { op: 'Not', inputs: [{ dims: [2], type: 9, raw: Uint8Array.of(1, 0) }] }, [0, 1]],
  ['Equal', { op: 'Equal', inputs: [list(1, 2), list(1)] }, [1, 0]],
  ['Range', { op: 'Range', inputs: [scalar(1), scalar(8), scalar(3)] }, [1, 4, 7]],
  ['Range backwards', { op: 'Range', inputs: [scalar(3), scalar(0), scalar(-1)] }, [3, 2, 1]],
  [
    'ConstantOfShape',
    { op: 'ConstantOfShape', inputs: [list(3)], attributes: { value: { tensor: { dims: [1], ints: [7] } } } },
    [7, 7, 7],
  ],
  ['NonZero', { op: 'NonZero', inputs: [{ dims: [2, 2], ints: [0, 3, 4, 0] }] }, [0, 1, 1, 0]],
  ['ReduceProd', { op: 'ReduceProd', inputs: [list(2, 3, 4)], attributes: { keepdims: 0 } }, [24]],
  [
    'ReduceMax of an axis',
    {
      op: 'ReduceMax',
      opset: 13,
      inputs: [{ dims: [2, 2], ints: [1, 5, 7, 3] }],
      attributes: { axes: [0], keepdims: 0 },
    },
    [7, 5],
  ],
  ['Clip', { op: 'Clip', inputs: [list(1, 5, 9), scalar(2), scalar(6)] }, [2, 5, 6]],
  ['CumSum', { op: 'CumSum', inputs: [list(1, 2, 3), scalar(0)] }, [1, 3, 6]],
  ['Tile', { op: 'Tile', inputs: [list(1, 2), list(2)] }, [1, 2, 1, 2]],
  ['Split', { op: 'Split', inputs: [list(1, 2, 3), list(3)] }, [1, 2, 3]],
  ['Squeeze', { op: 'Squeeze', inputs: [list(4)] }, [4]],
];

describe('values', () => {
  it.each(VALUES)('of %s', (_, node, wanted) => {
    const [output] = outputsOf(node);
    expect(output!.values).toEqual(wanted);
    expect(output!.origin).toBe('constant');
  });
});

/** Nodes that do not fit, and what their error says. */
const MISTAKES: readonly (readonly [name: string, node: OneNode, found: string])[] = [
  [
    'channels of weights',
    {
      op: 'Conv',
      inputs: [
        [1, 4, 8, 8],
        [8, 3, 3, 3],
      ],
    },
    'wants 4 / 1 channels in weights [8x3x3x3], found 3',
  ],
  [
    'a rank of weights',
    {
      op: 'Conv',
      inputs: [
        [1, 4, 8, 8],
        [8, 4, 3],
      ],
    },
    'wants 4 dims of input "i1", found [8x4x3]',
  ],
  ['a bias', { op: 'Conv', inputs: [[1, 4, 8], [8, 4, 3], [7]] }, 'wants a bias of [8], found [7]'],
  [
    'a kernel',
    {
      op: 'Conv',
      inputs: [
        [1, 4, 8],
        [8, 4, 3],
      ],
      attributes: { kernel_shape: [5] },
    },
    'wants the kernel [3] of its weights, found [5]',
  ],
  [
    'strides',
    { op: 'MaxPool', inputs: [[1, 4, 8]], attributes: { kernel_shape: [2], strides: [0] } },
    'at least 1 in the attribute strides, found [0]',
  ],
  [
    'the type of an attribute',
    {
      op: 'Conv',
      inputs: [
        [1, 4, 8],
        [8, 4, 3],
      ],
      attributes: { group: 'x' },
    },
    'wants the attribute group of type int, found string',
  ],
  [
    'inner dims',
    {
      op: 'MatMul',
      inputs: [
        [2, 3],
        [4, 5],
      ],
    },
    'wants equal inner dims, found [2x3] and [4x5]',
  ],
  ['a bias of Gemm', { op: 'Gemm', inputs: [[2, 3], [3, 4], [5]] }, 'wants shapes that broadcast'],
  [
    'an equation',
    { op: 'Einsum', inputs: [[2, 3]], attributes: { equation: 'ab,bc->ac' } },
    'wants one term per input',
  ],
  [
    'labels',
    {
      op: 'Einsum',
      inputs: [
        [2, 3],
        [4, 5],
      ],
      attributes: { equation: 'ab,bc->ac' },
    },
    'wants one size of "b"',
  ],
  [
    'a shape',
    { op: 'Reshape', inputs: [[2, 3], list(4, 2)] },
    'wants as many elements as [2x3] has (6), found [4x2] (8)',
  ],
  ['two open sizes', { op: 'Reshape', inputs: [[2, 3], list(-1, -1)] }, 'at most one -1'],
  ['an axis', { op: 'Concat', inputs: [[2], [3]], attributes: { axis: 1 } }, 'wants an axis of -1 to 0, found 1'],
  [
    'dims beside an axis',
    {
      op: 'Concat',
      inputs: [
        [2, 3],
        [2, 4],
      ],
      attributes: { axis: 0 },
    },
    'wants equal dims but along axis 0',
  ],
  ['an index', { op: 'Gather', inputs: [list(1, 2), scalar(2)] }, 'wants an index of -2 to 1 along axis 0, found 2'],
  [
    'parts',
    { op: 'Split', outputs: 2, inputs: [[8], list(5, 4)] },
    'wants 2 parts of 8 in all along axis 0, found [5,4]',
  ],
  ['an input', { op: 'Conv', inputs: [[1, 4, 8]] }, 'wants input 1, found none'],
  [
    'heads',
    {
      op: 'MultiHeadAttention',
      domain: MS,
      inputs: [
        [1, 6, 64],
        [1, 6, 64],
        [1, 6, 64],
      ],
      attributes: { num_heads: 7 },
    },
    'divides, found 64',
  ],
  [
    'a recurrent layer without weights of its states',
    { op: 'GRU', inputs: [[10, 2, 16], [1, 60, 16], undefined] },
    'wants input 2',
  ],
  [
    'recurrent weights of another size',
    {
      op: 'RNN',
      inputs: [
        [10, 2, 16],
        [1, 20, 16],
        [1, 20, 16],
      ],
    },
    'wants recurrent weights of [1x20x20], found [1x20x16]',
  ],
  ['an unsqueezed axis that comes twice', { op: 'Unsqueeze', inputs: [[2], list(0, 0)] }, 'wants every axis once'],
];

describe('a node that does not fit', () => {
  it.each(MISTAKES)('in %s is named with what it wanted and what it found', (_, node, found) => {
    const error = errorOf(() => outputsOf(node));
    expect(error.message).toContain(`node "node" (${node.op}): `);
    expect(error.message).toContain(found);
    expect(error.code).toBe('value');
  });
});

describe('the table of operators', () => {
  it('has every operator once, with what it costs', () => {
    const names = OPERATOR_COVERAGE.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort());
    const families = Object.fromEntries(OPERATOR_COVERAGE.map(({ name, family }) => [name, family]));
    expect(families).toMatchObject({ Conv: 'mac', Relu: 'vector', Reshape: 'view', Shape: 'shape' });
    expect(families['com.microsoft:Attention']).toBe('mac');
  });
});
