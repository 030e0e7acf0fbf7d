import { product } from '../../../util/integers.ts';
import { INT64 } from '../messages/element-types.ts';
import { shapeText } from '../messages/tensor-message.ts';
import { eachElement, pick, strides } from './broadcast.ts';
import { same } from './elementwise.ts';
import type { OperatorTable, Rule, RuleOutput } from './rule.ts';
import { type RuleNode, typeOf, ValueNotKnown } from './rule-node.ts';

/** A part of the elements of the first input along each axis: `start + step * index`. */
function part(
  node: RuleNode,
  result: readonly number[],
  starts: readonly number[],
  steps: readonly number[],
): RuleOutput {
  const { dims, elementType, values } = node.input(0);
  if (values === undefined || !node.mayFold(result)) return { dims: result, elementType };
  const strideOf = strides(dims);
  const place = (at: readonly number[]) =>
    at.reduce((sum, index, axis) => sum + strideOf[axis]! * (starts[axis]! + steps[axis]! * index), 0);
  return { dims: result, elementType, values: pick(result, values, place) };
}

const slice: Rule = (node) => {
  const dims = node.dims(0);
  const starts = node.ints('starts') ?? node.integers(1);
  const ends = node.ints('ends') ?? node.integers(2);
  const axes = node.axes(node.axesOf(3) ?? [...starts.keys()], dims.length);
  const steps = node.optionalIntegers(4) ?? starts.map(() => 1);
  node.check(
    [ends, axes, steps].every((list) => list.length === starts.length),
    () =>
      `wants as many ends, axes and steps as starts, found ${starts.length}, ${ends.length}, ${axes.length}, ${steps.length}`,
  );
  const from = new Array<number>(dims.length).fill(0);
  const by = new Array<number>(dims.length).fill(1);
  const result = [...dims];
  axes.forEach((axis, index) => {
    const size = dims[axis]!;
    const step = steps[index]!;
    node.check(step !== 0, () => 'wants steps that are not 0');
    const clamp = (value: number, low: number, high: number) =>
      Math.min(high, Math.max(low, value < 0 ? value + size : value));
    const start = step > 0 ? clamp(starts[index]!, 0, size) : clamp(starts[index]!, 0, size - 1);
    const end = step > 0 ? clamp(ends[index]!, 0, size) : clamp(ends[index]!, -1, size - 1);
    from[axis] = start;
    by[axis] = step;
    result[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return [part(node, result, from, by)];
};

const split: Rule = (node) => {
  const dims = node.dims(0);
  const axis = node.axis(node.int('axis', 0), dims.length);
  const size = dims[axis]!;
  const count = node.outputCount;
  const given = node.ints('split') ?? node.optionalIntegers(1);
  const asked = node.int('num_outputs', count);
  node.check(count >= 1 && asked === count, () => `wants ${asked} outputs, found ${count}`);
  const share = Math.ceil(size / count);
  const sizes =
    given ?? Array.from({ length: count }, (_, index) => Math.min(share, Math.max(0, size - index * share)));
  node.check(
    sizes.length === node.outputCount && sizes.every((one) => one >= 0) && elementsSum(sizes) === size,
    () => `wants ${node.outputCount} parts of ${size} in all along axis ${axis}, found [${sizes.slice(0, 16)}]`,
  );
  node.check(
    given !== undefined || node.hasAttribute('num_outputs') || size % count === 0,
    () => `wants an axis that ${count} parts divide, found ${size}`,
  );
  let at = 0;
  return sizes.map((one) => {
    const starts = dims.map((_, index) => (index === axis ? at : 0));
    at += one;
    return part(
      node,
      dims.with(axis, one),
      starts,
      dims.map(() => 1),
    );
  });
};

function elementsSum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Rows of a table of blocks with scales; several numbers of less than a byte are one of its elements. */
const gatherBlocks: Rule = (node) => {
  const dims = unpackedTable(node);
  const axis = node.axis(node.int('gather_axis', 0), dims.length);
  return [{ dims: [...dims.slice(0, axis), ...node.dims(1), ...dims.slice(axis + 1)], elementType: node.type(2) }];
};

/** Dims of a table of blocks, in numbers. */
export function unpackedTable(node: RuleNode): readonly number[] {
  const { dims, elementType } = node.input(0);
  const bits = node.int('bits', 4);
  node.check([2, 4, 8].includes(bits), () => `wants 2, 4 or 8 bits, found ${bits}`);
  const isPacked = elementType?.name === 'uint8' && dims.length > 0;
  return isPacked ? dims.with(dims.length - 1, dims.at(-1)! * (8 / bits)) : dims;
}

const gather: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  const indices = node.input(1);
  const axis = node.axis(node.int('axis', 0), dims.length);
  const size = dims[axis]!;
  const result = [...dims.slice(0, axis), ...indices.dims, ...dims.slice(axis + 1)];
  const known = node.mayFold(indices.dims) ? indices.values : undefined;
  const wrong = known?.find((index) => index < -size || index >= size);
  if (wrong !== undefined)
    throw node.error(`wants an index of ${-size} to ${size - 1} along axis ${axis}, found ${wrong}`);
  if (values === undefined || known === undefined || !node.mayFold(result)) return [{ dims: result, elementType }];
  const inner = product(dims.slice(axis + 1));
  const picked: number[] = [];
  if (result.includes(0)) return [{ dims: result, elementType, values: picked }];
  for (let outer = 0; outer < product(dims.slice(0, axis)); outer++)
    for (const index of known) {
      const start = (outer * size + (index < 0 ? index + size : index)) * inner;
      picked.push(...values.slice(start, start + inner));
    }
  return [{ dims: result, elementType, values: picked }];
};

/** One element of the first input for each index. */
const likeIndices: Rule = (node) => {
  const dims = node.dims(1);
  const rank = node.dims(0).length;
  node.check(dims.length === rank, () => `wants indices of ${rank} dims, found ${shapeText(dims)}`);
  return [{ dims, elementType: node.type(0) }];
};

const gatherNd: Rule = (node) => {
  const dims = node.dims(0);
  const indices = node.dims(1);
  const batch = node.int('batch_dims', 0);
  const depth = indices.at(-1) ?? 0;
  node.check(
    batch >= 0 && depth >= 1 && batch + depth <= dims.length,
    () => `wants indices of at most ${dims.length - batch} axes, found ${shapeText(indices)}`,
  );
  return [{ dims: [...indices.slice(0, -1), ...dims.slice(batch + depth)], elementType: node.type(0) }];
};

/** Pads in front of and behind every axis, or the axes of an input. */
const pad: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  const pads = node.ints('pads') ?? node.ints('paddings') ?? node.integers(1);
  const axes = node.axes(node.optionalIntegers(3) ?? [...dims.keys()], dims.length);
  node.check(pads.length === 2 * axes.length, () => `wants ${2 * axes.length} pads, found ${pads.length}`);
  const result = [...dims];
  axes.forEach((axis, index) => {
    result[axis] = dims[axis]! + pads[index]! + pads[axes.length + index]!;
  });
  node.check(
    result.every((dim) => dim >= 0),
    () => `wants sizes of at least 0, found ${shapeText(result)}`,
  );
  return [{ dims: result, elementType }];
};

/** Sizes as given, or the input's times scales, cut to whole numbers in float32. */
const resize: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  const isUpsample = node.opType === 'Upsample' || node.operatorSet < 11;
  const scalesAt = isUpsample ? 1 : 2;
  const axes = node.axes(node.ints('axes') ?? [...dims.keys()], dims.length);
  const result = [...dims];
  const isGiven = !isUpsample && node.has(3) && (node.input(3).values?.length ?? 1) > 0;
  const given = isGiven ? node.integers(3) : (node.floats('scales') ?? node.values(scalesAt));
  node.check(given.length === axes.length, () => `wants ${axes.length} scales or sizes, found ${given.length}`);
  const policy = node.text('keep_aspect_ratio_policy', 'stretch');
  const ratios = axes.map((axis, index) => given[index]! / dims[axis]!);
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  axes.forEach((axis, index) => {
    if (!isGiven) result[axis] = Math.floor(Math.fround(dims[axis]! * Math.fround(given[index]!)));
    else result[axis] = policy === 'stretch' ? given[index]! : Math.round(ratio * dims[axis]!);
  });
  node.check(
    result.every((dim) => Number.isSafeInteger(dim) && dim >= 0),
    () => `wants scales above 0, found [${given}]`,
  );
  return [{ dims: result, elementType }];
};

const oneHot: Rule = (node) => {
  const dims = node.dims(0);
  const axis = node.axis(node.int('axis', -1), dims.length + 1);
  return [{ dims: dims.toSpliced(axis, 0, node.scalar(1)), elementType: node.type(2) }];
};

/** Coordinates of the elements that are not 0: [rank, count]. */
const nonZero: Rule = (node) => {
  const { dims } = node.input(0);
  const values = node.values(0);
  if (!node.mayFold(dims, Math.max(1, dims.length))) throw new ValueNotKnown(node.input(0).name);
  const found: number[][] = [];
  let index = 0;
  eachElement(dims, (at) => {
    if (values[index++] !== 0) found.push([...at]);
  });
  const result = [dims.length, found.length];
  return [{ dims: result, elementType: INT64, values: dims.flatMap((_, axis) => found.map((at) => at[axis]!)) }];
};

/** Crops the last dims to those of a second input or to a size. */
const centerCrop: Rule = (node) => {
  const dims = node.dims(0);
  const shape = node.integers(1);
  const axes = node.axes(node.ints('axes') ?? [...dims.keys()], dims.length);
  node.check(shape.length === axes.length, () => `wants ${axes.length} sizes, found ${shape.length}`);
  const result = [...dims];
  axes.forEach((axis, index) => {
    result[axis] = shape[index]!;
  });
  return [{ dims: result, elementType: typeOf(node, 0) }];
};

/** Samples of an input [N, C, ...] at the points of a grid [N, ..., rank]. */
const gridSample: Rule = (node) => {
  const [batch, channels] = node.dims(0);
  const grid = node.dims(1);
  node.check(
    channels !== undefined && grid.length === node.dims(0).length,
    () => `wants an input and a grid of equal rank, found ${shapeText(node.dims(0))} and ${shapeText(grid)}`,
  );
  return [{ dims: [batch!, channels!, ...grid.slice(1, -1)], elementType: node.type(0) }];
};

/** Columns [N, C x block, L] added up to an image [N, C, spatial...]. */
const columnsToImage: Rule = (node) => {
  const [batch, rows] = node.ranked(0, 3) as [number, number];
  const block = product(node.integers(2));
  node.check(rows % block === 0, () => `wants rows that a block of ${block} divides, found ${rows}`);
  return [{ dims: [batch, rows / block, ...node.integers(1)], elementType: node.type(0) }];
};

/** Coordinates for every point of an image of a size [N, C, spatial...]. */
const affineGrid: Rule = (node) => {
  const [batch, , ...spatial] = node.integers(1);
  node.check(spatial.length >= 2, () => `wants a size of 4 or 5 dims, found [${node.integers(1)}]`);
  return [{ dims: [batch!, ...spatial, spatial.length], elementType: node.type(0) }];
};

/** Operators that take or place elements by index. */
export const INDEXING: OperatorTable = [
  ['Slice', 'view', slice],
  ['Split', 'view', split],
  ['Gather com.microsoft:TorchEmbedding', 'view', gather],
  ['com.microsoft:GatherBlockQuantized', 'view', gatherBlocks],
  ['GatherElements', 'view', likeIndices],
  ['GatherND com.microsoft:GatherND', 'view', gatherNd],
  ['Pad com.microsoft:Pad', 'view', pad],
  ['CenterCropPad', 'view', centerCrop],
  ['Resize Upsample', 'vector', resize],
  ['Scatter ScatterElements ScatterND TensorScatter Trilu ReverseSequence com.microsoft:Trilu', 'view', same],
  ['GridSample com.microsoft:GridSample', 'vector', gridSample],
  ['Col2Im', 'vector', columnsToImage],
  ['AffineGrid', 'vector', affineGrid],
  ['OneHot', 'view', oneHot],
  ['NonZero', 'shape', nonZero],
];
