import { INT64 } from '../messages/element-types.ts';
import { shapeText } from '../messages/tensor-message.ts';
import type { OperatorTable, Rule } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';
import { slidingWindow, type Window, windowAttributes } from './window.ts';

function spatialDims(node: RuleNode): readonly number[] {
  const dims = node.dims(0);
  node.check(dims.length >= 3, () => `wants an input of at least 3 dims, found ${shapeText(dims)}`);
  return dims;
}

/** The window of a pooling of an input [N, C, spatial...], or [N, spatial..., C] where channels come last. */
export function poolingWindow(node: RuleNode): Window {
  const dims = spatialDims(node);
  const spatial = isLast(node) ? dims.slice(1, -1) : dims.slice(2);
  const attributes = windowAttributes(node, spatial.length);
  return slidingWindow(node, spatial, attributes, node.int('ceil_mode', 0) === 1);
}

function isLast(node: RuleNode): boolean {
  return node.opType.startsWith('Nhwc') || node.int('channels_last', 0) === 1;
}

function pooledDims(node: RuleNode): number[] {
  const dims = spatialDims(node);
  const isChannelsLast = isLast(node);
  const { outputs } = poolingWindow(node);
  return isChannelsLast ? [dims[0]!, ...outputs, dims.at(-1)!] : [dims[0]!, dims[1]!, ...outputs];
}

/** The second output are places in the input. */
const pool: Rule = (node) => {
  const dims = pooledDims(node);
  return [
    { dims, elementType: node.type(0) },
    { dims, elementType: INT64 },
  ];
};

const globalPool: Rule = (node) => {
  const dims = spatialDims(node);
  return [{ dims: dims.map((dim, axis) => (axis < 2 ? dim : 1)), elementType: node.type(0) }];
};

const quantizedPool: Rule = (node) => [{ dims: pooledDims(node), elementType: typeOf(node, 4, 0) }];

const quantizedGlobalPool: Rule = (node) => {
  const dims = spatialDims(node);
  const channels = isLast(node) ? dims.length - 1 : 1;
  return [
    { dims: dims.map((dim, axis) => (axis === 0 || axis === channels ? dim : 1)), elementType: typeOf(node, 4, 0) },
  ];
};

const maxUnpool: Rule = (node) => {
  const dims = spatialDims(node);
  if (node.has(2)) return [{ dims: node.integers(2), elementType: node.type(0) }];
  const { kernel, strides, pads } = windowAttributes(node, dims.length - 2);
  const spatial = dims.slice(2).map((size, axis) => {
    const padding = (pads?.[axis] ?? 0) + (pads?.[dims.length - 2 + axis] ?? 0);
    return (size - 1) * strides[axis]! - padding + kernel[axis]!;
  });
  return [{ dims: [dims[0]!, dims[1]!, ...spatial], elementType: node.type(0) }];
};

/** Regions [R, 5] or [R, 4] of an input [N, C, H, W]. */
const regions: Rule = (node) => {
  const [, channelCount] = node.ranked(0, 4) as [number, number];
  const [count] = node.ranked(1, 2) as [number];
  const [height, width] =
    node.opType === 'MaxRoiPool'
      ? (node.ints('pooled_shape') ?? [])
      : [node.int('output_height', 1), node.int('output_width', 1)];
  node.check(height !== undefined && width !== undefined, () => 'wants two numbers in pooled_shape');
  return [{ dims: [count, channelCount, height!, width!], elementType: node.type(0) }];
};

/** Operators that take a maximum or mean over windows. */
export const POOLINGS: OperatorTable = [
  ['MaxPool AveragePool LpPool com.microsoft:NhwcMaxPool', 'vector', pool],
  ['GlobalAveragePool GlobalMaxPool GlobalLpPool', 'vector', globalPool],
  ['com.microsoft:QLinearAveragePool', 'vector', quantizedPool],
  ['com.microsoft:QLinearGlobalAveragePool', 'vector', quantizedGlobalPool],
  ['MaxUnpool', 'vector', maxUnpool],
  ['MaxRoiPool RoiAlign', 'vector', regions],
];
