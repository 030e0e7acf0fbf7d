import type { TestModel } from './encode.ts';

const conv: TestModel = {
  graph: {
    nodes: [
      {
        op: 'Conv',
        name: 'conv',
        inputs: ['x', 'w', 'b'],
        outputs: ['c'],
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2], group: 1 },
      },
      { op: 'Relu', inputs: ['c'], outputs: ['r'] },
      {
        op: 'MaxPool',
        inputs: ['r'],
        outputs: ['p'],
        attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
      },
      { op: 'Flatten', inputs: ['p'], outputs: ['f'] },
      { op: 'Gemm', name: 'fc', inputs: ['f', 'fw'], outputs: ['y'], attributes: { transB: 1, alpha: { float: 0.5 } } },
    ],
    inputs: [{ name: 'x', dims: ['batch', 3, 8, 8] }],
    outputs: [{ name: 'y', dims: ['batch', 10] }],
    initializers: [
      { name: 'w', dims: [4, 3, 3, 3], external: true },
      { name: 'b', dims: [4], floats: [1, 2, 3, 4] },
      { name: 'fw', dims: [10, 16], raw: 640 },
    ],
    stated: [{ name: 'c', dims: ['batch', 4, 4, 4] }],
  },
};

/** The shape arithmetic that exporters write around a Reshape. */
const shapes: TestModel = {
  graph: {
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['s'] },
      { op: 'Gather', inputs: ['s', 'zero'], outputs: ['n'], attributes: { axis: 0 } },
      { op: 'Gather', inputs: ['s', 'one'], outputs: ['l'], attributes: { axis: 0 } },
      { op: 'Mul', inputs: ['n', 'l'], outputs: ['nl'] },
      { op: 'Unsqueeze', inputs: ['nl', 'axes'], outputs: ['nl1'] },
      { op: 'Concat', inputs: ['nl1', 'rest'], outputs: ['shape'], attributes: { axis: 0 } },
      { op: 'Reshape', inputs: ['x', 'shape'], outputs: ['r'] },
      { op: 'Range', inputs: ['zero', 'l', 'one'], outputs: ['range'] },
      { op: 'Slice', inputs: ['r', 'axes', 'end', 'axes'], outputs: ['y'] },
      { op: 'Split', inputs: ['y'], outputs: ['y0', 'y1'], attributes: { axis: 1 } },
      { op: 'Transpose', inputs: ['y1'], outputs: ['t'], attributes: { perm: [1, 0] } },
      { op: 'MatMul', inputs: ['y0', 't'], outputs: ['m'] },
      { op: 'Einsum', inputs: ['m', 'm'], outputs: ['e'], attributes: { equation: 'ij,jk->ik' } },
    ],
    inputs: [{ name: 'x', dims: ['batch', 'length', 8] }],
    outputs: [{ name: 'e' }],
    initializers: [
      { name: 'zero', dims: [], ints: [0] },
      { name: 'one', dims: [], ints: [1] },
      { name: 'axes', dims: [1], ints: [0] },
      { name: 'rest', dims: [1], ints: [-1] },
      { name: 'end', dims: [1], ints: [2 ** 53 - 1] },
    ],
  },
};

const functions: TestModel = {
  otherOpsets: { local: 1 },
  graph: {
    nodes: [
      { op: 'Twice', domain: 'local', name: 'call', inputs: ['x'], outputs: ['a'], attributes: { axis: 1 } },
      {
        op: 'If',
        inputs: ['yes'],
        outputs: ['b'],
        attributes: {
          then_branch: { graph: { nodes: [{ op: 'Neg', inputs: ['a'], outputs: ['n'] }], outputs: [{ name: 'n' }] } },
          else_branch: { graph: { nodes: [{ op: 'Abs', inputs: ['a'], outputs: ['n'] }], outputs: [{ name: 'n' }] } },
        },
      },
      { op: 'Mystery', domain: 'other', inputs: ['b'], outputs: ['y'] },
    ],
    inputs: [{ name: 'x', dims: [2, 4] }],
    outputs: [{ name: 'y', dims: [3] }],
    initializers: [{ name: 'yes', dims: [], type: 9, raw: Uint8Array.of(1) }],
  },
  functions: [
    {
      name: 'Twice',
      domain: 'local',
      inputs: ['in'],
      outputs: ['out'],
      nodes: [
        { op: 'Concat', inputs: ['in', 'in'], outputs: ['both'], attributes: { axis: { reference: 'axis', type: 2 } } },
        { op: 'Softmax', inputs: ['both'], outputs: ['out'] },
      ],
    },
  ],
};

/** Small models of every kind of message, as a start for damaged ones; all are right with a batch of 2 and the length 3. */
export const SAMPLE_MODELS: readonly TestModel[] = [conv, shapes, functions];
