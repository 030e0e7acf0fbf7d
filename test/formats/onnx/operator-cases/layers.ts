import { MS, type ShapeCase, typed } from '../models.ts';

/** Operators of multiply-accumulates. */
export const LAYER_CASES: readonly ShapeCase[] = [
  [
    'LinearAttention',
    {
      op: 'LinearAttention',
      opset: 27,
      outputs: 2,
      inputs: [
        [2, 5, 32],
        [2, 5, 16],
        [2, 5, 24],
      ],
      attributes: { q_num_heads: 4, kv_num_heads: 2 },
    },
    '2x5x48 float32',
    '2x2x8x12 float32',
  ],
  [
    'CausalConvWithState',
    {
      op: 'CausalConvWithState',
      opset: 27,
      outputs: 2,
      inputs: [
        [2, 6, 9],
        [6, 1, 4],
      ],
    },
    '2x6x9 float32',
    '2x6x3 float32',
  ],
  [
    'Conv 1-D',
    {
      op: 'Conv',
      inputs: [
        [1, 4, 10],
        [6, 4, 3],
      ],
    },
    '1x6x8 float32',
  ],
  [
    'Conv depthwise',
    { op: 'Conv', inputs: [[1, 32, 7, 7], [32, 1, 3, 3], [32]], attributes: { group: 32, pads: [1, 1, 1, 1] } },
    '1x32x7x7 float32',
  ],
  [
    'Conv with asymmetric pads',
    {
      op: 'Conv',
      inputs: [
        [1, 3, 224, 224],
        [8, 3, 3, 3],
      ],
      attributes: { strides: [2, 2], pads: [0, 0, 1, 1] },
    },
    '1x8x112x112 float32',
  ],
  [
    'Conv VALID',
    {
      op: 'Conv',
      inputs: [
        [1, 3, 9, 9],
        [8, 3, 3, 3],
      ],
      attributes: { auto_pad: 'VALID' },
    },
    '1x8x7x7 float32',
  ],
  [
    'QLinearConv',
    {
      op: 'QLinearConv',
      type: 2,
      inputs: [
        [1, 3, 8, 8],
        typed(1, []),
        typed(2, []),
        typed(3, [4, 3, 3, 3]),
        typed(1, [4]),
        typed(3, [4]),
        typed(1, []),
        typed(3, []),
        typed(6, [4]),
      ],
    },
    '1x4x6x6 int8',
  ],
  [
    'ConvInteger',
    { op: 'ConvInteger', type: 2, inputs: [[1, 3, 8, 8], typed(2, [4, 3, 3, 3]), typed(2, [])] },
    '1x4x6x6 int32',
  ],
  [
    'NHWC convolution',
    {
      op: 'NhwcConv',
      domain: MS,
      inputs: [
        [1, 8, 8, 3],
        [4, 3, 3, 3],
      ],
    },
    '1x6x6x4 float32',
  ],
  [
    'ConvTranspose with output_padding',
    {
      op: 'ConvTranspose',
      inputs: [
        [1, 8, 14, 14],
        [8, 2, 3, 3],
      ],
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1], group: 2 },
    },
    '1x4x28x28 float32',
  ],
  [
    'ConvTranspose with output_shape',
    {
      op: 'ConvTranspose',
      inputs: [
        [1, 8, 14],
        [8, 4, 3],
      ],
      attributes: { strides: [2], output_shape: [30] },
    },
    '1x4x30 float32',
  ],
  [
    'ConvTranspose SAME',
    {
      op: 'ConvTranspose',
      inputs: [
        [1, 8, 14],
        [8, 4, 3],
      ],
      attributes: { strides: [3], auto_pad: 'SAME_UPPER' },
    },
    '1x4x42 float32',
  ],
  [
    'DeformConv',
    {
      op: 'DeformConv',
      inputs: [
        [1, 4, 8, 8],
        [4, 4, 3, 3],
        [1, 18, 6, 6],
      ],
    },
    '1x4x6x6 float32',
  ],
  ['Gemm', { op: 'Gemm', inputs: [[5, 3], [7, 5], [7]], attributes: { transA: 1, transB: 1 } }, '3x7 float32'],
  ['MatMul of a vector', { op: 'MatMul', inputs: [[5], [2, 5, 7]] }, '2x7 float32'],
  ['MatMul of two vectors', { op: 'MatMul', inputs: [[5], [5]] }, ' float32'],
  [
    'MatMulInteger',
    {
      op: 'MatMulInteger',
      type: 3,
      inputs: [
        [2, 3, 4],
        [4, 5],
      ],
    },
    '2x3x5 int32',
  ],
  [
    'QLinearMatMul',
    {
      op: 'QLinearMatMul',
      type: 3,
      inputs: [
        [3, 4],
        typed(1, []),
        typed(3, []),
        typed(3, [4, 5]),
        typed(1, []),
        typed(3, []),
        typed(1, []),
        typed(2, []),
      ],
    },
    '3x5 uint8',
  ],
  [
    'FusedMatMul',
    {
      op: 'FusedMatMul',
      domain: MS,
      inputs: [
        [2, 8, 6, 4],
        [2, 8, 6, 4],
      ],
      attributes: { transB: 1, alpha: { float: 0.125 } },
    },
    '2x8x6x6 float32',
  ],
  [
    'MatMulNBits',
    {
      op: 'MatMulNBits',
      domain: MS,
      inputs: [[1, 6, 64], typed(2, [128, 2, 16]), [256]],
      attributes: { K: 64, N: 128, bits: 4, block_size: 32 },
    },
    '1x6x128 float32',
  ],
  [
    'Einsum of attention',
    {
      op: 'Einsum',
      inputs: [
        [2, 5, 8, 16],
        [2, 7, 8, 16],
      ],
      attributes: { equation: 'bqhd,bkhd->bhqk' },
    },
    '2x8x5x7 float32',
  ],
  [
    'Einsum with an ellipsis',
    {
      op: 'Einsum',
      inputs: [
        [3, 1, 2, 4],
        [5, 4, 6],
      ],
      attributes: { equation: '...ij, ...jk' },
    },
    '3x5x2x6 float32',
  ],
  ['Einsum of a diagonal', { op: 'Einsum', inputs: [[4, 4]], attributes: { equation: 'ii' } }, ' float32'],
  [
    'LSTM',
    {
      op: 'LSTM',
      outputs: 3,
      inputs: [
        [10, 2, 16],
        [2, 80, 16],
        [2, 80, 20],
      ],
      attributes: { hidden_size: 20, direction: 'bidirectional' },
    },
    '10x2x2x20 float32',
    '2x2x20 float32',
    '2x2x20 float32',
  ],
  [
    'GRU',
    {
      op: 'GRU',
      outputs: 2,
      inputs: [
        [10, 2, 16],
        [1, 60, 16],
        [1, 60, 20],
      ],
    },
    '10x1x2x20 float32',
    '1x2x20 float32',
  ],
  [
    'Attention of 3 dims',
    {
      op: 'Attention',
      opset: 23,
      outputs: 3,
      inputs: [[1, 6, 64], [1, 9, 32], [1, 9, 32], undefined, [1, 4, 3, 8], [1, 4, 3, 8]],
      attributes: { q_num_heads: 8, kv_num_heads: 4 },
    },
    '1x6x64 float32',
    '1x4x12x8 float32',
    '1x4x12x8 float32',
  ],
  [
    'Attention of 4 dims',
    {
      op: 'Attention',
      opset: 23,
      inputs: [
        [1, 8, 6, 16],
        [1, 2, 9, 16],
        [1, 2, 9, 24],
      ],
    },
    '1x8x6x24 float32',
  ],
  [
    'Attention of com.microsoft',
    {
      op: 'Attention',
      domain: MS,
      outputs: 2,
      inputs: [[2, 128, 768], [768, 2304], [2304]],
      attributes: { num_heads: 12 },
    },
    '2x128x768 float32',
    '2x2x12x128x64 float32',
  ],
  [
    'Attention of com.microsoft in a buffer for all tokens',
    {
      op: 'Attention',
      domain: MS,
      outputs: 2,
      inputs: [[2, 1, 768], [768, 2304], [2304], undefined, [2, 2, 12, 128, 64]],
      attributes: { num_heads: 12, past_present_share_buffer: 1 },
    },
    '2x1x768 float32',
    '2x2x12x128x64 float32',
  ],
  [
    'MultiHeadAttention',
    {
      op: 'MultiHeadAttention',
      domain: MS,
      inputs: [
        [1, 6, 64],
        [1, 9, 64],
        [1, 9, 32],
      ],
      attributes: { num_heads: 8 },
    },
    '1x6x32 float32',
  ],
  [
    'GroupQueryAttention',
    {
      op: 'GroupQueryAttention',
      domain: MS,
      outputs: 3,
      inputs: [
        [1, 6, 64],
        [1, 6, 16],
        [1, 6, 16],
        [1, 2, 10, 8],
        [1, 2, 10, 8],
        typed(6, [1]),
        { dims: [], type: 6, raw: Uint8Array.of(16, 0, 0, 0) },
      ],
      attributes: { num_heads: 8, kv_num_heads: 2 },
    },
    '1x6x64 float32',
    '1x2x16x8 float32',
    '1x2x16x8 float32',
  ],
];
