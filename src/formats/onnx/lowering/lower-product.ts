import { product } from '../../../util/integers.ts';
import { linear, matrixProduct } from '../../../workload/layers.ts';
import { makeProblem } from '../../../workload/problem.ts';
import { type InferredNode, isConstant } from '../inference/inferred-model.ts';
import { einsumEquation } from '../operators/einsum.ts';
import { turnedDims } from '../operators/matrix.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import type { LoweredLayer, NoLayer } from './lowered-layer.ts';
import type { Place } from './placement.ts';

/** Where a product has its factors, and what is added to it. */
export interface Factors {
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
}

/** Dims of the two factors of a product, as they are multiplied. */
export interface FactorDims {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** The factors of a matrix product as its attributes turn them. */
export function factorDims(node: InferredNode, rule: RuleNode, { input, weights }: Factors): FactorDims {
  const factor = (index: number, which: 'A' | 'B') => turnedDims(rule, node.inputs[index]!.dims!, which);
  return { left: factor(input, 'A'), right: factor(weights, 'B') };
}

/**
 * A product of matrices: with weights, a linear layer; else one of matrices. Dims before the last two that only one factor has are more rows of the first or
 * more columns of the second, so that the other is read once.
 */
export function lowerProduct(node: InferredNode, dims: FactorDims, factors: Factors, batch: number): LoweredLayer {
  const left = matrices(dims.left, true);
  const right = matrices(dims.right, false);
  const rank = Math.max(left.lead.length, right.lead.length);
  const lead = Array.from({ length: rank }, (_, axis) => {
    const own = left.lead[axis - rank + left.lead.length] ?? 1;
    const other = right.lead[axis - rank + right.lead.length] ?? 1;
    return { size: Math.max(own, other), where: other === 1 ? 'left' : own === 1 ? 'right' : 'both' };
  });
  const sizeIn = (where: string) => lead.reduce((words, one) => (one.where === where ? words * one.size : words), 1);
  const isLearned = isConstant(node.inputs[factors.weights]!);
  // Weights that come first: the columns of the other factor run through them.
  const isTurned = isConstant(node.inputs[factors.input]!) && !isLearned;
  const [rows, columns] = [left.rows * sizeIn('left'), right.columns * sizeIn('right')];
  const [own, shared] = isTurned ? [columns, rows] : [rows, columns];
  const heads = sizeIn('both');
  const operands = isTurned ? { ...factors, input: factors.weights, weights: factors.input } : factors;
  const placeOf = (isOfRows: boolean): Place => (isOfRows === isTurned ? 1 : 2);
  const places: Place[] = lead.map(({ size, where }, axis) =>
    axis === 0 && size === batch ? 0 : where === 'both' ? 1 : placeOf(where === 'left'),
  );
  if (dims.left.length > 1) places.push(rank === 0 && left.rows === batch && !isTurned ? 0 : placeOf(true));
  if (dims.right.length > 1) places.push(placeOf(false));
  const shape = { name: node.name, inner: left.columns, columns: shared };
  if (!isLearned && !isTurned) {
    const problem = matrixProduct({ ...shape, rows: own, heads, batch: 1 });
    return { kind: 'matmul', problem, ...operands, places };
  }
  const inputs = own % batch === 0 ? batch : 1;
  if (heads > 1) {
    const problem = makeProblem({
      name: node.name,
      bounds: { N: inputs, G: heads, K: shared, C: shape.inner, P: own / inputs },
    });
    return { kind: 'matmul', problem, ...operands, places };
  }
  // The batch may be a part of the rows.
  const isCut = batch > 1 && !places.includes(0);
  const problem = linear({ ...shape, inputs: shape.inner, outputs: shared, tokens: own / inputs, batch: inputs });
  return { kind: 'linear', problem, ...operands, places: isCut ? undefined : places };
}

interface Matrices {
  readonly rows: number;
  readonly columns: number;
  readonly lead: readonly number[];
}

/** The matrices of a factor; a vector is a row on the left, a column on the right. */
function matrices(dims: readonly number[], isLeft: boolean): Matrices {
  if (dims.length < 2)
    return isLeft ? { rows: 1, columns: dims[0] ?? 1, lead: [] } : { rows: dims[0] ?? 1, columns: 1, lead: [] };
  return { rows: dims.at(-2)!, columns: dims.at(-1)!, lead: dims.slice(0, -2) };
}

/** An equation of two operands without sums over a label of one alone: labels of both and the output are heads, of both alone inner dims. */
export function lowerEinsum(node: InferredNode, rule: RuleNode, batch: number): LoweredLayer | NoLayer {
  const { operands, output, sizes } = einsumEquation(rule);
  const [left, right, ...more] = operands;
  const isPlain = [left, right].every((labels) => labels !== undefined && new Set(labels).size === labels.length);
  if (left === undefined || right === undefined || more.length > 0 || !isPlain)
    return { reason: 'its equation is no product of two operands' };
  const isWhole = [left, right].every((labels, index) =>
    labels.every((label, axis) => node.inputs[index]!.dims![axis] === sizes.get(label)),
  );
  const all = [...new Set([...left, ...right])];
  const where = (inLeft: boolean, inRight: boolean, isKept: boolean) =>
    all.filter(
      (label) =>
        left.includes(label) === inLeft && right.includes(label) === inRight && output.includes(label) === isKept,
    );
  if (!isWhole || where(true, false, false).length + where(false, true, false).length > 0)
    return { reason: 'its equation sums over a label of one operand alone' };
  const [heads, inner] = [where(true, true, true), where(true, true, false)];
  if (inner.length === 0) return { reason: 'its equation sums over nothing' };
  const isRightConstant = isConstant(node.inputs[1]!);
  const isLeftConstant = isConstant(node.inputs[0]!) && !isRightConstant;
  const [rows, columns] = [where(true, false, true), where(false, true, true)];
  const [own, shared] = isLeftConstant ? [columns, rows] : [rows, columns];
  const factors: Factors = isLeftConstant ? { input: 1, weights: 0, bias: -1 } : { input: 0, weights: 1, bias: -1 };
  const size = (labels: readonly string[]) => product(labels.map((label) => sizes.get(label)!));
  const isLearned = isLeftConstant || isRightConstant;
  const first = output[0];
  const isBatch = batch > 1 && first !== undefined && sizes.get(first) === batch && !shared.includes(first);
  const places = output.map((label, axis): Place => (axis === 0 && isBatch ? 0 : own.includes(label) ? 2 : 1));
  if (isLearned && heads.length === 0) {
    const inputs = isBatch && own[0] === first ? batch : 1;
    const problem = linear({
      name: node.name,
      inputs: size(inner),
      outputs: size(shared),
      tokens: size(own) / inputs,
      batch: inputs,
    });
    return { kind: 'linear', problem, ...factors, places };
  }
  if (isLearned) {
    const problem = makeProblem({
      name: node.name,
      bounds: { G: size(heads), K: size(shared), C: size(inner), P: size(own) },
    });
    return { kind: 'matmul', problem, ...factors, places };
  }
  const problem = matrixProduct({
    name: node.name,
    rows: size(own),
    inner: size(inner),
    columns: size(shared),
    heads: size(heads),
    batch: 1,
  });
  return { kind: 'matmul', problem, ...factors, places };
}
