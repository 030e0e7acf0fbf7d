import { product } from '../../../util/integers.ts';
import { shapesText, shapeText } from '../messages/tensor-message.ts';
import { broadcastDims, broadcastValues, pick, strides } from './broadcast.ts';
import type { OperatorTable, Rule } from './rule.ts';
import type { RuleNode } from './rule-node.ts';

/** The same elements in other dims. */
function reshaped(node: RuleNode, dims: readonly number[]): ReturnType<Rule> {
  const { dims: from, elementType, values } = node.input(0);
  node.check(
    product(from) === product(dims),
    () =>
      `wants as many elements as ${shapeText(from)} has (${product(from)}), found ${shapeText(dims)} (${product(dims)})`,
  );
  return [{ dims, elementType, values }];
}

const reshape: Rule = (node) => {
  const from = node.dims(0);
  const wanted = node.ints('shape') ?? node.integers(1);
  const keepsZero = node.int('allowzero', 0) === 1;
  const dims = wanted.map((dim, axis) => (dim === 0 && !keepsZero ? (from[axis] ?? -2) : dim));
  const free = dims.indexOf(-1);
  node.check(
    dims.every((dim) => dim >= -1) && dims.lastIndexOf(-1) === free,
    () => `wants sizes, 0 for a dim of its input and at most one -1, found [${wanted}] for ${shapeText(from)}`,
  );
  if (free < 0) return reshaped(node, dims);
  const rest = product(dims.toSpliced(free, 1));
  const size = product(from) / rest;
  node.check(
    Number.isInteger(size),
    () => `wants a shape that ${product(from)} elements of ${shapeText(from)} fill, found [${wanted}]`,
  );
  return reshaped(node, dims.with(free, size));
};

const flatten: Rule = (node) => {
  const dims = node.dims(0);
  const axis = node.int('axis', 1);
  const at = axis === dims.length ? axis : node.axis(axis, dims.length);
  return reshaped(node, [product(dims.slice(0, at)), product(dims.slice(at))]);
};

const squeeze: Rule = (node) => {
  const dims = node.dims(0);
  const given = node.axesOf(1);
  const axes =
    given === undefined ? dims.flatMap((dim, axis) => (dim === 1 ? [axis] : [])) : node.axes(given, dims.length);
  for (const axis of axes)
    node.check(dims[axis] === 1, () => `wants a dim of 1 at axis ${axis}, found ${shapeText(dims)}`);
  return reshaped(
    node,
    dims.filter((_, axis) => !axes.includes(axis)),
  );
};

const unsqueeze: Rule = (node) => {
  const dims = node.dims(0);
  const given = node.axesOf(1);
  if (given === undefined) throw node.error('wants axes, found none');
  const rank = dims.length + given.length;
  node.check(rank < 64, () => `wants at most 63 dims, found ${rank}`);
  const axes = new Set(node.axes(given, rank));
  const rest = dims.values();
  return reshaped(
    node,
    Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.next().value!)),
  );
};

const transpose: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  const order = node.ints('perm') ?? [...dims.keys()].reverse();
  node.check(
    order.length === dims.length && node.axes(order, dims.length).length === dims.length,
    () => `wants each of ${dims.length} axes in perm, found [${order}]`,
  );
  const axes = node.axes(order, dims.length);
  const result = axes.map((axis) => dims[axis]!);
  if (values === undefined || !node.mayFold(result)) return [{ dims: result, elementType }];
  const steps = strides(dims);
  const place = (at: readonly number[]) => axes.reduce((sum, axis, index) => sum + steps[axis]! * at[index]!, 0);
  return [{ dims: result, elementType, values: pick(result, values, place) }];
};

const identity: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  return [{ dims, elementType, values }];
};

const expand: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  const wanted = node.integers(1);
  node.check(
    wanted.every((dim) => dim >= 0),
    () => `wants sizes, found [${wanted}]`,
  );
  const result = broadcastDims(node, [dims, wanted]);
  if (values === undefined || !node.mayFold(result)) return [{ dims: result, elementType }];
  return [{ dims: result, elementType, values: broadcastValues(values, dims, result) }];
};

const tile: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  const repeats = node.integers(1);
  node.check(
    repeats.length === dims.length && repeats.every((count) => count >= 0),
    () => `wants ${dims.length} repeats, found [${repeats}]`,
  );
  const result = dims.map((dim, axis) => dim * repeats[axis]!);
  if (values === undefined || !node.mayFold(result)) return [{ dims: result, elementType }];
  const steps = strides(dims);
  const place = (at: readonly number[]) => steps.reduce((sum, step, axis) => sum + step * (at[axis]! % dims[axis]!), 0);
  return [{ dims: result, elementType, values: pick(result, values, place) }];
};

const concat: Rule = (node) => {
  const inputs = node.inputs.map((_, index) => node.input(index));
  const first = node.dims(0);
  const axis = node.axis(node.operatorSet < 4 ? node.int('axis', 1) : node.requiredInt('axis'), first.length);
  for (const { dims } of inputs)
    node.check(
      dims.length === first.length && dims.every((dim, index) => index === axis || dim === first[index]),
      () => `wants equal dims but along axis ${axis}, found ${shapesText(inputs.map((input) => input.dims))}`,
    );
  const dims = first.with(
    axis,
    inputs.reduce((sum, input) => sum + input.dims[axis]!, 0),
  );
  const elementType = inputs.find((input) => input.elementType !== undefined)?.elementType;
  if (inputs.some(({ values }) => values === undefined) || !node.mayFold(dims)) return [{ dims, elementType }];
  const values: number[] = [];
  if (dims.includes(0)) return [{ dims, elementType, values }];
  const rows = product(first.slice(0, axis));
  for (let row = 0; row < rows; row++)
    for (const input of inputs) {
      const length = product(input.dims.slice(axis));
      values.push(...input.values!.slice(row * length, (row + 1) * length));
    }
  return [{ dims, elementType, values }];
};

/** Blocks of channels become blocks of space. */
const depthToSpace: Rule = (node) => {
  const [batch, channels, height, width] = node.ranked(0, 4) as [number, number, number, number];
  const block = node.requiredInt('blocksize');
  node.check(
    block >= 1 && channels % block ** 2 === 0,
    () => `wants channels that a block of ${block} x ${block} divides, found ${channels}`,
  );
  return [{ dims: [batch, channels / block ** 2, height * block, width * block], elementType: node.type(0) }];
};

const spaceToDepth: Rule = (node) => {
  const [batch, channels, height, width] = node.ranked(0, 4) as [number, number, number, number];
  const block = node.requiredInt('blocksize');
  node.check(
    block >= 1 && height % block === 0 && width % block === 0,
    () => `wants height and width that a block of ${block} divides, found ${height} and ${width}`,
  );
  return [{ dims: [batch, channels * block ** 2, height / block, width / block], elementType: node.type(0) }];
};

/** Operators that give the same elements other dims, another order or another count. */
export const RESHAPINGS: OperatorTable = [
  ['Reshape', 'view', reshape],
  ['Flatten', 'view', flatten],
  ['Squeeze', 'view', squeeze],
  ['Unsqueeze', 'view', unsqueeze],
  ['Transpose', 'view', transpose],
  ['Identity', 'view', identity],
  ['Expand', 'view', expand],
  ['Tile', 'view', tile],
  ['Concat', 'view', concat],
  ['DepthToSpace', 'view', depthToSpace],
  ['SpaceToDepth', 'view', spaceToDepth],
];
