import { product } from '../../../util/integers.ts';
import { INT64 } from '../messages/element-types.ts';
import { eachElement, strides } from './broadcast.ts';
import type { OperatorTable, Rule } from './rule.ts';
import { asStored, type RuleNode, typeOf } from './rule-node.ts';

const FOLDS: ReadonlyMap<string, (left: number, right: number) => number> = new Map([
  ['ReduceProd', (left: number, right: number) => left * right],
  ['ReduceSum', (left: number, right: number) => left + right],
  ['ReduceMax', Math.max],
  ['ReduceMin', Math.min],
]);

const reduce: Rule = (node) => {
  const { dims, elementType, values } = node.input(0);
  const given = node.axesOf(1) ?? [];
  if (given.length === 0 && node.int('noop_with_empty_axes', 0) === 1) return [{ dims, elementType, values }];
  const axes = new Set(given.length === 0 ? dims.keys() : node.axes(given, dims.length));
  const kept = dims.map((dim, axis) => (axes.has(axis) ? 1 : dim));
  const result = node.int('keepdims', 1) === 1 ? kept : dims.filter((_, axis) => !axes.has(axis));
  const fold = FOLDS.get(node.opType);
  if (fold === undefined || values === undefined || dims.includes(0) || !node.mayFold(dims))
    return [{ dims: result, elementType }];
  const steps = strides(kept).map((step, axis) => (axes.has(axis) ? 0 : step));
  const into = new Array<number | undefined>(product(kept)).fill(undefined);
  let index = 0;
  eachElement(dims, (at) => {
    const place = steps.reduce((sum, step, axis) => sum + step * at[axis]!, 0);
    const value = values[index++]!;
    const before = into[place];
    into[place] = before === undefined ? value : asStored(fold(before, value), elementType);
  });
  return [{ dims: result, elementType, values: into as number[] }];
};

/** Axes are an attribute in every version. */
const quantizedMean: Rule = (node) => {
  const dims = node.dims(0);
  const axes = new Set(node.axes(node.ints('axes') ?? [...dims.keys()], dims.length));
  const isKept = node.int('keepdims', 1) === 1;
  return [
    {
      dims: dims.flatMap((dim, axis) => (axes.has(axis) ? (isKept ? [1] : []) : [dim])),
      elementType: typeOf(node, 4, 0),
    },
  ];
};

const argument: Rule = (node) => {
  const dims = node.dims(0);
  const axis = node.axis(node.int('axis', 0), dims.length);
  const keeps = node.int('keepdims', 1) === 1;
  return [{ dims: keeps ? dims.with(axis, 1) : dims.toSpliced(axis, 1), elementType: INT64 }];
};

/** The largest values along an axis, and where they are. */
const topK: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  const axis = node.axis(node.int('axis', -1), dims.length);
  const count = node.has(1) ? node.scalar(1) : node.requiredInt('k');
  node.check(count >= 0 && count <= dims[axis]!, () => `wants at most ${dims[axis]} values, found ${count}`);
  const result = dims.with(axis, count);
  return [
    { dims: result, elementType },
    { dims: result, elementType: INT64 },
  ];
};

const cumulative: Rule = (node: RuleNode) => {
  const { dims, elementType, values } = node.input(0);
  const isLine = dims.length === 1 && values !== undefined && node.opType === 'CumSum';
  if (!isLine || node.int('reverse', 0) === 1 || !node.mayFold(dims)) return [{ dims, elementType }];
  const isExclusive = node.int('exclusive', 0) === 1;
  let sum = 0;
  return [
    {
      dims,
      elementType,
      values: values.map((value) => {
        const before = sum;
        sum += value;
        return isExclusive ? before : sum;
      }),
    },
  ];
};

/** Operators that bring an axis together. */
export const REDUCTIONS: OperatorTable = [
  [
    'ReduceSum ReduceProd ReduceMax ReduceMin ReduceMean ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare',
    'vector',
    reduce,
  ],
  ['com.microsoft:QLinearReduceMean', 'vector', quantizedMean],
  ['ArgMax ArgMin', 'vector', argument],
  ['TopK', 'vector', topK],
  ['CumSum CumProd', 'vector', cumulative],
];
