import { linear, matrixProduct } from '../../../workload/layers.ts';
import { makeProblem } from '../../../workload/problem.ts';
import type { InferredNode } from '../inference/inferred-model.ts';
import { einsumEquation } from '../operators/einsum.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import type { LoweredLayer, NoLayer } from './lowered-layer.ts';
import { isConstant, type Place, wordsOf } from './placement.ts';

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
  const factor = (index: number, which: 'A' | 'B') => {
    const dims = node.inputs[index]!.dims!;
    if (dims.length < 2) return dims;
    const isTurned = rule.int(`trans${which}`, 0) === 1;
    const moved = rule.int(`transBatch${which}`, 0) === 1 ? [...dims.slice(1, -1), dims[0]!, dims.at(-1)!] : dims;
    return isTurned ? [...moved.slice(0, -2), moved.at(-1)!, moved.at(-2)!] : moved;
  };
  return { left: factor(input, 'A'), right: factor(weights, 'B') };
}

/** A product of matrices: with weights, a linear layer; else those before the last two dims are done one by one, or together where they share a factor. */
export function lowerProduct(node: InferredNode, dims: FactorDims, factors: Factors, batch: number): LoweredLayer {
  const left = matrices(dims.left, true);
  const right = matrices(dims.right, false);
  const lead = leadDims(left.lead, right.lead);
  const isRightConstant = isConstant(node.inputs[factors.weights]!);
  const isLeftConstant = isConstant(node.inputs[factors.input]!) && !isRightConstant;
  const output = { rows: dims.left.length > 1, columns: dims.right.length > 1 };
  const count = wordsOf(lead);
  const turned = { ...factors, input: factors.weights, weights: factors.input };
  // Weights that come first, and first factors that several second ones share, are what the columns of the second run through.
  const isTurned = isLeftConstant || (!isRightConstant && wordsOf(left.lead) < count && wordsOf(right.lead) === count);
  const [own, other] = isTurned ? [right, left] : [left, right];
  const rows = isTurned ? right.columns : left.rows;
  const columns = isTurned ? left.rows : right.columns;
  const placesOf = (leads: readonly Place[]) => [
    ...leads,
    ...(output.rows ? [isTurned ? (1 as const) : (2 as const)] : []),
    ...(output.columns ? [isTurned ? (2 as const) : (1 as const)] : []),
  ];
  const shared = other.lead.map((dim, axis) => dim === 1 && lead[axis]! > 1);
  const heads = wordsOf(other.lead);
  const isFirstBatch = lead[0] === batch && lead.length > 0;
  const places = placesOf(
    lead.map((_, axis): Place => (axis === 0 && isFirstBatch ? 0 : shared[axis] || heads === 1 ? 2 : 1)),
  );
  const inner = left.columns;
  const operands = isTurned ? turned : factors;
  if ((isRightConstant || isLeftConstant) && heads === 1) {
    const all = count * rows;
    const inputs = all % batch === 0 && !(batch === 1) ? batch : 1;
    const isCut = batch > 1 && lead.length === 0 && rows !== batch;
    const first = batch > 1 && lead.length === 0 && rows === batch ? placesOf([]).with(isTurned ? -1 : 0, 0) : places;
    const problem = linear({ name: node.name, inputs: inner, outputs: columns, tokens: all / inputs, batch: inputs });
    return { kind: 'linear', problem, ...operands, places: isCut ? undefined : first };
  }
  if (isRightConstant || isLeftConstant) {
    const inputs = isFirstBatch && heads % batch !== 0 ? batch : 1;
    const problem = makeProblem({
      name: node.name,
      bounds: { N: inputs, G: heads, K: columns, C: inner, P: (count * rows) / (heads * inputs) },
    });
    return { kind: 'matmul', problem, ...operands, places };
  }
  const problem = matrixProduct({
    name: node.name,
    rows: (count * rows) / heads,
    inner,
    columns,
    heads,
    batch: 1,
  });
  const isShared = wordsOf(own.lead) === count;
  return { kind: 'matmul', problem, ...operands, places: isShared ? places : undefined };
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

function leadDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    return left === 1 ? right : left;
  });
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
  const size = (labels: readonly string[]) => wordsOf(labels.map((label) => sizes.get(label)!));
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
