import { describe, expect, it } from 'vitest';
import { OPERATOR_COVERAGE } from '../../../src/formats/onnx/operators/operator-table.ts';
import { errorOf, list, type OneNode, outputsOf, scalar } from './models.ts';

const MS = 'com.microsoft';
const float = (dims: readonly number[], ...floats: number[]) => ({ dims, floats });
/** A tensor of an element type without values. */
const typed = (type: number, dims: readonly number[]) => ({ dims, type });

type Case = readonly [name: string, node: OneNode, ...outputs: string[]];

/** Dims and element types of the outputs, worked out by hand from the operators' documentation. */
const CASES: readonly Case[] = [
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
  ['BitCast', { op: 'BitCast', opset: 26, inputs: [[2, 3]], attributes: { to: 6 } }, '2x3 int32'],
  ['Col2Im', { op: 'Col2Im', opset: 18, inputs: [[1, 5, 5], list(5, 5), list(1, 5)] }, '1x1x5x5 float32'],
  ['AffineGrid', { op: 'AffineGrid', opset: 20, inputs: [[2, 2, 3], list(2, 3, 5, 6)] }, '2x5x6x2 float32'],
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
  [
    'MaxPool with indices',
    { op: 'MaxPool', inputs: [[1, 4, 9, 9]], outputs: 2, attributes: { kernel_shape: [3, 3], strides: [2, 2] } },
    '1x4x4x4 float32',
    '1x4x4x4 int64',
  ],
  ['GlobalAveragePool', { op: 'GlobalAveragePool', inputs: [[2, 4, 9, 7]] }, '2x4x1x1 float32'],
  [
    'QLinearGlobalAveragePool',
    {
      op: 'QLinearGlobalAveragePool',
      domain: MS,
      type: 2,
      inputs: [[2, 9, 7, 4], float([], 1), typed(2, []), float([], 1), typed(3, [])],
      attributes: { channels_last: 1 },
    },
    '2x1x1x4 int8',
  ],
  [
    'RoiAlign',
    { op: 'RoiAlign', inputs: [[1, 256, 50, 50], [100, 4], [100]], attributes: { output_height: 7, output_width: 7 } },
    '100x256x7x7 float32',
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
    'QLinearReduceMean',
    { op: 'QLinearReduceMean', domain: MS, type: 2, inputs: [[2, 3, 4]], attributes: { axes: [1], keepdims: 0 } },
    '2x4 uint8',
  ],
  ['QLinearWhere', { op: 'QLinearWhere', domain: MS, type: 2, inputs: [[2, 1], [3], [], [], [2, 3]] }, '2x3 uint8'],
  ['MulInteger', { op: 'MulInteger', domain: MS, type: 3, inputs: [[2, 3], [], [3], []] }, '2x3 int32'],
  ['BiasSplitGelu', { op: 'BiasSplitGelu', domain: MS, inputs: [[2, 3, 8], [8]] }, '2x3x4 float32'],
  [
    'NhwcMaxPool',
    { op: 'NhwcMaxPool', domain: MS, inputs: [[1, 8, 6, 3]], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    '1x4x3x3 float32',
  ],
  [
    'a table of blocks',
    {
      op: 'GatherBlockQuantized',
      domain: MS,
      inputs: [{ dims: [50, 16], type: 2 }, typed(7, [1, 6]), [50, 1]],
      attributes: { bits: 4 },
    },
    '1x6x32 float32',
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
  [
    'RotaryEmbedding',
    { op: 'RotaryEmbedding', domain: MS, inputs: [[1, 6, 64], typed(7, [1, 6]), [32, 4], [32, 4]] },
    '1x6x64 float32',
  ],
  ['BatchNormalization', { op: 'BatchNormalization', inputs: [[2, 8, 4, 4], [8], [8], [8], [8]] }, '2x8x4x4 float32'],
  [
    'LayerNormalization',
    { op: 'LayerNormalization', outputs: 3, inputs: [[2, 6, 8], [8], [8]] },
    '2x6x8 float32',
    '2x6x1 float32',
    '2x6x1 float32',
  ],
  [
    'GroupNormalization',
    { op: 'GroupNormalization', inputs: [[2, 8, 4], [8], [8]], attributes: { num_groups: 4 } },
    '2x8x4 float32',
  ],
  [
    'SkipLayerNormalization',
    { op: 'SkipLayerNormalization', domain: MS, outputs: 4, inputs: [[2, 6, 8], [2, 6, 8], [8]] },
    '2x6x8 float32',
    '2x6x1 float32',
    '2x6x1 float32',
    '2x6x8 float32',
  ],
  [
    'EmbedLayerNormalization',
    {
      op: 'EmbedLayerNormalization',
      domain: MS,
      outputs: 2,
      type: 6,
      inputs: [
        [2, 128],
        [2, 128],
        typed(1, [30522, 768]),
        typed(1, [512, 768]),
        typed(1, [2, 768]),
        typed(1, [768]),
        typed(1, [768]),
      ],
    },
    '2x128x768 float32',
    '2 int32',
  ],
  ['Dropout', { op: 'Dropout', outputs: 2, inputs: [[2, 3]] }, '2x3 float32', '2x3 bool'],
  [
    'Equal',
    {
      op: 'Equal',
      inputs: [
        [2, 1],
        [1, 3],
      ],
    },
    '2x3 bool',
  ],
  ['Where', { op: 'Where', inputs: [typed(9, [2, 1]), [1, 3], [1]] }, '2x3 float32'],
  ['Cast', { op: 'Cast', inputs: [[2, 3]], attributes: { to: 10 } }, '2x3 float16'],
  ['CastLike', { op: 'CastLike', inputs: [[2, 3], typed(16, [1])] }, '2x3 bfloat16'],
  [
    'ReduceMean of axes as attribute',
    { op: 'ReduceMean', opset: 13, inputs: [[2, 3, 4]], attributes: { axes: [-1, 0], keepdims: 0 } },
    '3 float32',
  ],
  ['ReduceMean of axes as input', { op: 'ReduceMean', opset: 18, inputs: [[2, 3, 4], list(1)] }, '2x1x4 float32'],
  ['ReduceSum of all', { op: 'ReduceSum', inputs: [[2, 3, 4]] }, '1x1x1 float32'],
  [
    'ReduceSum of none',
    { op: 'ReduceSum', inputs: [[2, 3, 4]], attributes: { noop_with_empty_axes: 1 } },
    '2x3x4 float32',
  ],
  ['ArgMax', { op: 'ArgMax', inputs: [[2, 3, 4]], attributes: { axis: 1, keepdims: 0 } }, '2x4 int64'],
  ['TopK', { op: 'TopK', outputs: 2, inputs: [[2, 30], list(5)] }, '2x5 float32', '2x5 int64'],
  ['QuantizeLinear', { op: 'QuantizeLinear', inputs: [[2, 3], float([], 1), typed(22, [])] }, '2x3 int4'],
  [
    'QuantizeLinear by attribute',
    { op: 'QuantizeLinear', opset: 21, inputs: [[2, 3], float([], 1)], attributes: { output_dtype: 3 } },
    '2x3 int8',
  ],
  [
    'DequantizeLinear',
    { op: 'DequantizeLinear', type: 3, inputs: [[2, 3], typed(10, []), typed(3, [])] },
    '2x3 float16',
  ],
  [
    'DynamicQuantizeLinear',
    { op: 'DynamicQuantizeLinear', outputs: 3, inputs: [[2, 3]] },
    '2x3 uint8',
    ' float32',
    ' uint8',
  ],
  [
    'QLinearAdd',
    {
      op: 'QLinearAdd',
      domain: MS,
      type: 3,
      inputs: [[2, 3], typed(1, []), typed(3, []), [3], typed(1, []), typed(3, []), typed(1, []), typed(3, [])],
    },
    '2x3 int8',
  ],
  [
    'QLinearConcat',
    {
      op: 'QLinearConcat',
      domain: MS,
      inputs: [
        typed(1, []),
        typed(3, []),
        typed(3, [1, 2, 4]),
        typed(1, []),
        typed(3, []),
        typed(3, [1, 5, 4]),
        typed(1, []),
        typed(3, []),
      ],
      attributes: { axis: 1 },
    },
    '1x7x4 int8',
  ],
  ['Reshape with 0 and -1', { op: 'Reshape', inputs: [[2, 3, 4], list(0, -1)] }, '2x12 float32'],
  [
    'Reshape with allowzero',
    { op: 'Reshape', inputs: [[0, 3], list(3, 0)], attributes: { allowzero: 1 } },
    '3x0 float32',
  ],
  ['Flatten', { op: 'Flatten', inputs: [[2, 3, 4, 5]], attributes: { axis: 2 } }, '6x20 float32'],
  ['Flatten at the end', { op: 'Flatten', inputs: [[2, 3]], attributes: { axis: 2 } }, '6x1 float32'],
  [
    'Squeeze of axes as attribute',
    { op: 'Squeeze', opset: 11, inputs: [[1, 3, 1]], attributes: { axes: [0] } },
    '3x1 float32',
  ],
  ['Squeeze of all', { op: 'Squeeze', inputs: [[1, 3, 1]] }, '3 float32'],
  ['Unsqueeze', { op: 'Unsqueeze', inputs: [[3, 4], list(0, -1)] }, '1x3x4x1 float32'],
  ['Tile', { op: 'Tile', inputs: [[2, 3], list(2, 4)] }, '4x12 float32'],
  [
    'Split in equal parts',
    { op: 'Split', opset: 13, outputs: 3, inputs: [[2, 9]], attributes: { axis: 1 } },
    '2x3 float32',
    '2x3 float32',
    '2x3 float32',
  ],
  [
    'Split by num_outputs',
    { op: 'Split', opset: 18, outputs: 3, inputs: [[2, 8]], attributes: { axis: 1, num_outputs: 3 } },
    '2x3 float32',
    '2x3 float32',
    '2x2 float32',
  ],
  [
    'Split by an input',
    { op: 'Split', outputs: 2, inputs: [[2, 8], list(5, 3)], attributes: { axis: 1 } },
    '2x5 float32',
    '2x3 float32',
  ],
  [
    'Split by an attribute',
    { op: 'Split', opset: 11, outputs: 2, inputs: [[8]], attributes: { split: [6, 2] } },
    '6 float32',
    '2 float32',
  ],
  [
    'Slice by attributes',
    { op: 'Slice', opset: 9, inputs: [[10, 20]], attributes: { starts: [1], ends: [-1], axes: [1] } },
    '10x18 float32',
  ],
  ['Gather', { op: 'Gather', inputs: [[30, 8], typed(7, [2, 5])] }, '2x5x8 float32'],
  ['GatherElements', { op: 'GatherElements', inputs: [[4, 8], typed(7, [2, 8])] }, '2x8 float32'],
  ['GatherND', { op: 'GatherND', inputs: [[2, 3, 4], typed(7, [5, 2])] }, '5x4 float32'],
  ['ScatterND', { op: 'ScatterND', inputs: [[4, 8], typed(7, [2, 1]), [2, 8]] }, '4x8 float32'],
  ['Pad', { op: 'Pad', inputs: [[1, 3, 8, 8], list(0, 0, 1, 2, 0, 0, 3, 4)] }, '1x3x12x14 float32'],
  ['Pad of axes', { op: 'Pad', opset: 18, inputs: [[1, 8], list(1, 2), undefined, list(-1)] }, '1x11 float32'],
  [
    'Resize by scales',
    { op: 'Resize', inputs: [[1, 3, 7, 7], undefined, float([4], 1, 1, 2, 1.5)] },
    '1x3x14x10 float32',
  ],
  [
    'Resize by sizes',
    { op: 'Resize', inputs: [[1, 3, 7, 7], undefined, undefined, list(1, 3, 20, 30)] },
    '1x3x20x30 float32',
  ],
  [
    'Resize of axes that keeps the ratio',
    {
      op: 'Resize',
      opset: 18,
      inputs: [[1, 3, 100, 50], undefined, undefined, list(60, 60)],
      attributes: { axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' },
    },
    '1x3x60x30 float32',
  ],
  [
    'Resize of operator set 10',
    { op: 'Resize', opset: 10, inputs: [[1, 3, 7, 7], float([4], 1, 1, 2, 2)] },
    '1x3x14x14 float32',
  ],
  ['Upsample', { op: 'Upsample', opset: 9, inputs: [[1, 3, 7, 7], float([4], 1, 1, 2, 2)] }, '1x3x14x14 float32'],
  ['DepthToSpace', { op: 'DepthToSpace', inputs: [[1, 12, 4, 5]], attributes: { blocksize: 2 } }, '1x3x8x10 float32'],
  ['SpaceToDepth', { op: 'SpaceToDepth', inputs: [[1, 3, 8, 10]], attributes: { blocksize: 2 } }, '1x12x4x5 float32'],
  ['OneHot', { op: 'OneHot', inputs: [typed(7, [2, 3]), scalar(10), float([2], 0, 1)] }, '2x3x10 float32'],
  [
    'GridSample',
    {
      op: 'GridSample',
      inputs: [
        [1, 3, 8, 8],
        [1, 5, 6, 2],
      ],
    },
    '1x3x5x6 float32',
  ],
  ['Constant of a list', { op: 'Constant', inputs: [], attributes: { value_ints: [4, 5] } }, '2 int64'],
  ['EyeLike', { op: 'EyeLike', inputs: [[3, 4]], attributes: { dtype: 6 } }, '3x4 int32'],
];

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
