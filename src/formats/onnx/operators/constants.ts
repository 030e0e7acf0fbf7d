import { product } from '../../../util/integers.ts';
import { FLOAT32, INT64 } from '../messages/element-types.ts';
import { namedType } from './elementwise.ts';
import type { OperatorTable, Rule, RuleOutput } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';

const constant: Rule = (node) => {
  const tensor = node.attribute('value', 'tensor')?.tensor ?? node.attribute('sparse_value', 'tensor')?.tensor;
  if (tensor !== undefined) return [{ dims: tensor.dims, elementType: tensor.elementType, values: tensor.values }];
  const int = node.int('value_int', undefined);
  if (int !== undefined) return [{ dims: [], elementType: INT64, values: [int] }];
  if (node.hasAttribute('value_float'))
    return [{ dims: [], elementType: FLOAT32, values: [node.float('value_float', 0)] }];
  const ints = node.ints('value_ints');
  if (ints !== undefined) return [{ dims: [ints.length], elementType: INT64, values: ints }];
  const floats = node.floats('value_floats');
  if (floats !== undefined) return [{ dims: [floats.length], elementType: FLOAT32, values: floats }];
  const strings = node.attribute('value_strings', 'strings')?.values;
  if (strings !== undefined) return [{ dims: [strings.length], elementType: undefined }];
  if (node.hasAttribute('value_string')) return [{ dims: [], elementType: undefined }];
  throw node.error('wants a value, found none');
};

const constantOfShape: Rule = (node) => {
  const dims = shapeOf(node, node.integers(0));
  const tensor = node.attribute('value', 'tensor')?.tensor;
  const elementType = tensor?.elementType ?? FLOAT32;
  const value = tensor === undefined ? 0 : tensor.values?.[0];
  if (value === undefined || !node.mayFold(dims)) return [{ dims, elementType }];
  return [{ dims, elementType, values: new Array<number>(product(dims)).fill(value) }];
};

function shapeOf(node: RuleNode, dims: readonly number[]): readonly number[] {
  node.check(
    dims.length < 64 && dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0),
    () => `wants the sizes of a shape, found [${dims.slice(0, 16)}]`,
  );
  return dims;
}

/** The dims from `start` to `end`, both counted from the back when negative, as a list. */
const shape: Rule = (node) => {
  const dims = node.dims(0);
  const part = dims.slice(node.int('start', 0), node.int('end', dims.length));
  return [{ dims: [part.length], elementType: INT64, values: part }];
};

const size: Rule = (node) => [{ dims: [], elementType: INT64, values: [product(node.dims(0))] }];

const range: Rule = (node) => {
  const [start, limit, step] = [node.scalar(0), node.scalar(1), node.scalar(2)];
  const count = Math.max(0, Math.ceil((limit - start) / step));
  node.check(Number.isSafeInteger(count), () => `wants a range that ends, found ${start} to ${limit} by ${step}`);
  const output: RuleOutput = { dims: [count], elementType: typeOf(node, 0) };
  if (!node.mayFold([count])) return [output];
  return [{ ...output, values: Array.from({ length: count }, (_, index) => start + index * step) }];
};

const eyeLike: Rule = (node) => {
  const elementType = node.hasAttribute('dtype') ? namedType(node, 'dtype') : node.type(0);
  return [{ dims: node.ranked(0, 2), elementType }];
};

const random: Rule = (node) => {
  const dims = shapeOf(node, node.ints('shape') ?? []);
  return [{ dims, elementType: node.hasAttribute('dtype') ? namedType(node, 'dtype') : FLOAT32 }];
};

const randomLike: Rule = (node) => {
  const { dims, elementType } = node.input(0);
  return [{ dims, elementType: node.hasAttribute('dtype') ? namedType(node, 'dtype') : elementType }];
};

/** Operators that give constants and shapes. */
export const CONSTANTS: OperatorTable = [
  ['Constant', 'shape', constant],
  ['ConstantOfShape', 'shape', constantOfShape],
  ['Shape', 'shape', shape],
  ['Size', 'shape', size],
  ['Range com.microsoft:Range', 'shape', range],
  ['EyeLike', 'shape', eyeLike],
  ['RandomNormal RandomUniform', 'shape', random],
  ['RandomNormalLike RandomUniformLike Bernoulli', 'vector', randomLike],
];
