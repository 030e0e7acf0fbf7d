import { float, list, MS, type ShapeCase, typed } from '../models.ts';

/** Work per word. */
export const WORD_CASES: readonly ShapeCase[] = [
  ['BitCast', { op: 'BitCast', opset: 26, inputs: [[2, 3]], attributes: { to: 6 } }, '2x3 int32'],
  ['Col2Im', { op: 'Col2Im', opset: 18, inputs: [[1, 5, 5], list(5, 5), list(1, 5)] }, '1x1x5x5 float32'],
  ['AffineGrid', { op: 'AffineGrid', opset: 20, inputs: [[2, 2, 3], list(2, 3, 5, 6)] }, '2x5x6x2 float32'],
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
];
