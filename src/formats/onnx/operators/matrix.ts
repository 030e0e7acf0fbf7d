import { FLOAT32, INT32 } from '../messages/element-types.ts';
import { shapeText } from '../messages/tensor-message.ts';
import { broadcastDims } from './broadcast.ts';
import type { OperatorTable, Rule } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';

/** Swaps the last two dims. */
function swapped(dims: readonly number[]): number[] {
  return [...dims.slice(0, -2), ...dims.slice(-2).reverse()];
}

/** Dims of a matrix product as of numpy: vectors get a dim of 1 that goes again, dims before the last two broadcast. */
export function productDims(node: RuleNode, left: readonly number[], right: readonly number[]): number[] {
  node.check(left.length > 0 && right.length > 0, () => 'wants operands of at least 1 dim, found a scalar');
  const a = left.length === 1 ? [1, ...left] : left;
  const b = right.length === 1 ? [...right, 1] : right;
  node.check(a.at(-1) === b.at(-2), () => `wants equal inner dims, found ${shapeText(left)} and ${shapeText(right)}`);
  const batch = broadcastDims(node, [a.slice(0, -2), b.slice(0, -2)]);
  return [...batch, ...(left.length === 1 ? [] : [a.at(-2)!]), ...(right.length === 1 ? [] : [b.at(-1)!])];
}

const matMul: Rule = (node) => [
  { dims: productDims(node, node.dims(0), node.dims(1)), elementType: typeOf(node, 0, 1) },
];

const matMulInteger: Rule = (node) => [{ dims: productDims(node, node.dims(0), node.dims(1)), elementType: INT32 }];

const quantizedMatMul: Rule = (node) => [
  { dims: productDims(node, node.dims(0), node.dims(3)), elementType: typeOf(node, 7, 0) },
];

const toFloat: Rule = (node) => [
  { dims: productDims(node, node.dims(0), node.dims(1)), elementType: typeOf(node, 2) ?? FLOAT32 },
];

/** Dims of a factor as the attributes turn it: `transA`, `transB` swap the last two, `transBatchA` and `transBatchB` move the batch behind the rows. */
export function turnedDims(node: RuleNode, dims: readonly number[], factor: 'A' | 'B'): readonly number[] {
  if (dims.length < 2) return dims;
  const moved = node.int(`transBatch${factor}`, 0) === 0 ? dims : [...dims.slice(1, -1), dims[0]!, dims.at(-1)!];
  return node.int(`trans${factor}`, 0) === 0 ? moved : swapped(moved);
}

const fusedMatMul: Rule = (node) => {
  const [left, right] = [turnedDims(node, node.dims(0), 'A'), turnedDims(node, node.dims(1), 'B')];
  return [{ dims: productDims(node, left, right), elementType: typeOf(node, 0, 1) }];
};

/** Dims of a product of two matrices, each transposed when its attribute says so. */
function gemmDims(node: RuleNode, right: number): number[] {
  return productDims(node, turnedDims(node, node.ranked(0, 2), 'A'), turnedDims(node, node.ranked(right, 2), 'B'));
}

const gemm: Rule = (node) => {
  const dims = gemmDims(node, 1);
  if (node.has(2)) {
    const together = broadcastDims(node, [dims, node.dims(2)]);
    node.check(
      together.length === 2 && together.every((dim, axis) => dim === dims[axis]),
      () => `wants a third input that broadcasts to ${shapeText(dims)}, found ${shapeText(node.dims(2))}`,
    );
  }
  return [{ dims, elementType: typeOf(node, 0, 1) }];
};

const quantizedGemm: Rule = (node) => [{ dims: gemmDims(node, 3), elementType: node.has(8) ? node.type(8) : FLOAT32 }];

/** Rows and columns of weights that are packed into blocks: attributes, or the third input. */
export function blockedSize(node: RuleNode): readonly [inner: number, outer: number] {
  if (node.opType !== 'MatMulFpQ4') return [node.requiredInt('K'), node.requiredInt('N')];
  const [inner = 0, outer = 0] = node.integers(2);
  return [inner, outer];
}

/** Weights of N x K packed into blocks. */
const blockedMatMul: Rule = (node) => {
  const dims = node.dims(0);
  const [inner, outer] = blockedSize(node);
  node.check(dims.at(-1) === inner, () => `wants ${inner} as last dim of its input, found ${shapeText(dims)}`);
  return [{ dims: [...dims.slice(0, -1), outer], elementType: node.type(0) }];
};

const MS = 'com.microsoft:';

/** Products of matrices. */
export const MATRICES: OperatorTable = [
  ['MatMul', 'mac', matMul],
  ['MatMulInteger', 'mac', matMulInteger],
  ['QLinearMatMul', 'mac', quantizedMatMul],
  ['Gemm', 'mac', gemm],
  [`${MS}FusedMatMul ${MS}TransposeMatMul ${MS}GemmFastGelu`, 'mac', fusedMatMul],
  [`${MS}FusedGemm`, 'mac', gemm],
  [`${MS}QGemm`, 'mac', quantizedGemm],
  [`${MS}MatMulIntegerToFloat ${MS}DynamicQuantizeMatMul`, 'mac', toFloat],
  [`${MS}MatMulInteger16`, 'mac', matMulInteger],
  [`${MS}MatMulNBits ${MS}MatMulBnb4 ${MS}MatMulFpQ4`, 'mac', blockedMatMul],
];
