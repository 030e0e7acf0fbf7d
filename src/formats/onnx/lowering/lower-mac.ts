import { convolutionKind, convolution as convolutionProblem, linear, matrixProduct } from '../../../workload/layers.ts';
import { makeProblem, type Problem } from '../../../workload/problem.ts';
import type { InferredNode, InferredTensor } from '../inference/inferred-model.ts';
import { convolution } from '../operators/convolution.ts';
import { type EinsumEquation, einsumEquation } from '../operators/einsum.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import { isConstant, wordsOf } from './tensor-shape.ts';

/** Where a node has its operands. */
interface Operands {
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
}

/** What a node with multiply-accumulates is: a layer and its operands. */
export interface LoweredLayer {
  readonly kind: string;
  readonly problem: Problem;
  /** Index of the node's input that is the problem's Inputs, and of the one in the place of Weights. */
  readonly input: number;
  readonly weights: number;
  /** Learned parameters: constants among its operands, and its bias. */
  readonly parameters: number;
  /** Whether what it reads and makes of three dims are maps of one column. */
  readonly isMap: boolean;
}

/** Why a node becomes no layer. */
export interface NoLayer {
  readonly reason: string;
}

/** A node of the family `mac` whose shapes are known, as a layer. @throws TrifoldError `value` with the node where its sizes do not fit */
export function lowerMac(node: InferredNode, rule: RuleNode, name: string): LoweredLayer | NoLayer {
  switch (node.opType) {
    case 'Conv':
    case 'FusedConv':
      return lowerConvolution(node, rule, name, { input: 0, weights: 1, bias: 2 });
    case 'ConvInteger':
      return lowerConvolution(node, rule, name, { input: 0, weights: 1, bias: -1 });
    case 'QLinearConv':
      return lowerConvolution(node, rule, name, { input: 0, weights: 3, bias: 8 });
    case 'ConvTranspose':
      return lowerTransposed(node, rule, name);
    case 'Gemm':
    case 'FusedGemm':
      return lowerProduct(
        node,
        name,
        { input: 0, weights: 1, bias: 2 },
        rule.int('transA', 0) === 1,
        rule.int('transB', 0) === 1,
      );
    case 'QGemm':
      return lowerProduct(
        node,
        name,
        { input: 0, weights: 3, bias: 6 },
        rule.int('transA', 0) === 1,
        rule.int('transB', 0) === 1,
      );
    case 'MatMul':
    case 'MatMulInteger':
    case 'MatMulIntegerToFloat':
    case 'DynamicQuantizeMatMul':
      return lowerProduct(node, name, { input: 0, weights: 1, bias: -1 }, false, false);
    case 'QLinearMatMul':
      return lowerProduct(node, name, { input: 0, weights: 3, bias: -1 }, false, false);
    case 'Einsum':
      return lowerEinsum(node, rule, name);
    default:
      return { reason: `${node.opType} is none of the layers that this model has` };
  }
}

function dimsOf(node: InferredNode, index: number): readonly number[] {
  return node.inputs[index]?.dims ?? [];
}

/** Words of an operand that is the same for every input; 0 for others and absent ones. */
function learnedWords(tensor: InferredTensor | undefined): number {
  return tensor?.dims !== undefined && isConstant(tensor) ? wordsOf(tensor.dims) : 0;
}

function lowerConvolution(
  node: InferredNode,
  rule: RuleNode,
  name: string,
  operands: Operands,
): LoweredLayer | NoLayer {
  const { batch, groups, inputChannels, outputChannels, window, isChannelsLast } = convolution(rule);
  if (window.kernel.length > 2)
    return { reason: `it slides along ${window.kernel.length} axes, layers along two at most` };
  const stored = dimsOf(node, operands.input);
  const spatial = isChannelsLast ? stored.slice(1, -1) : stored.slice(2);
  const two = (list: readonly number[], otherwise: number) => [list[0]!, list[1] ?? otherwise] as const;
  const begin = two(window.padsBegin, 0);
  const end = two(window.padsEnd, 0);
  const shape = convolutionProblem({
    name,
    inChannels: inputChannels,
    outChannels: outputChannels,
    input: two(spatial, 1),
    kernel: two(window.kernel, 1),
    stride: two(window.strides, 1),
    dilation: two(window.dilations, 1),
    padding: [begin[0], end[0], begin[1], end[1]],
    groups,
    batch,
  });
  if (!shape.ok) throw rule.error(shape.message);
  return {
    kind: convolutionKind(shape.value),
    problem: shape.value,
    ...operandsOf(node, operands),
    isMap: true,
  };
}

/**
 * Every word of a transposed convolution's input is multiplied by a whole filter: a pointwise layer to as many channels as filters have words, whose
 * overlapping outputs are added up afterwards.
 */
function lowerTransposed(node: InferredNode, rule: RuleNode, name: string): LoweredLayer | NoLayer {
  const [batch, channels, ...spatial] = dimsOf(node, 0);
  const [, perGroup, ...kernel] = dimsOf(node, 1);
  if (kernel.length > 2) return { reason: `it slides along ${kernel.length} axes, layers along two at most` };
  const groups = rule.int('group', 1);
  const problem = makeProblem({
    name,
    bounds: {
      N: batch!,
      G: groups,
      K: perGroup! * wordsOf(kernel),
      C: channels! / groups,
      P: spatial[0]!,
      Q: spatial[1] ?? 1,
    },
  });
  return { kind: 'transposed', problem, ...operandsOf(node, { input: 0, weights: 1, bias: 2 }), isMap: true };
}

/** A product of matrices; those before the last two dims are done one by one, or together where they share the second factor. */
function lowerProduct(
  node: InferredNode,
  name: string,
  places: Operands,
  isLeftTurned: boolean,
  isRightTurned: boolean,
): LoweredLayer | NoLayer {
  const left = matrixOf(dimsOf(node, places.input), isLeftTurned, true);
  const right = matrixOf(dimsOf(node, places.weights), isRightTurned, false);
  const isLeftConstant = node.inputs[places.input] !== undefined && isConstant(node.inputs[places.input]!);
  const isRightConstant = node.inputs[places.weights] !== undefined && isConstant(node.inputs[places.weights]!);
  const heads = Math.max(left.count, right.count);
  if (isLeftConstant && !isRightConstant && left.count === 1) {
    // Weights come first: the columns of the other factor are what share them.
    const problem = linear({
      name,
      inputs: left.columns,
      outputs: left.rows,
      tokens: right.columns,
      batch: right.count,
    });
    return {
      kind: 'linear',
      problem,
      ...operandsOf(node, { ...places, input: places.weights, weights: places.input }),
      isMap: false,
    };
  }
  const own = operandsOf(node, places);
  if (right.count === 1) {
    const rank = dimsOf(node, places.input).length;
    const batch = rank > 2 ? dimsOf(node, places.input)[0]! : isRightConstant ? left.rows : 1;
    const tokens = (left.count * left.rows) / batch;
    const problem = linear({ name, inputs: left.columns, outputs: right.columns, tokens, batch });
    return { kind: isRightConstant ? 'linear' : 'matmul', problem, ...own, isMap: false };
  }
  const problem = matrixProduct({
    name,
    rows: left.rows,
    inner: left.columns,
    columns: right.columns,
    heads,
    batch: 1,
  });
  return { kind: 'matmul', problem, ...own, isMap: false };
}

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Matrices in all. */
  readonly count: number;
}

/** The matrices of a factor; a vector is a row on the left, a column on the right. */
function matrixOf(dims: readonly number[], isTurned: boolean, isLeft: boolean): Matrix {
  if (dims.length < 2)
    return isLeft ? { rows: 1, columns: dims[0]!, count: 1 } : { rows: dims[0]!, columns: 1, count: 1 };
  const [rows, columns] = isTurned ? [dims.at(-1)!, dims.at(-2)!] : [dims.at(-2)!, dims.at(-1)!];
  return { rows, columns, count: wordsOf(dims.slice(0, -2)) };
}

/** An equation of two operands without sums over a label of one alone: labels of both and the output are heads, of both alone inner dims. */
function lowerEinsum(node: InferredNode, rule: RuleNode, name: string): LoweredLayer | NoLayer {
  const equation = einsumEquation(rule);
  const [left, right, ...more] = equation.operands;
  const isPlain = [left, right].every((labels) => labels !== undefined && new Set(labels).size === labels.length);
  if (left === undefined || right === undefined || more.length > 0 || !isPlain)
    return { reason: 'its equation is no product of two operands' };
  const { output } = equation;
  const all = [...new Set([...left, ...right])];
  const where = (inLeft: boolean, inRight: boolean, isKept: boolean) =>
    all.filter(
      (label) =>
        left.includes(label) === inLeft && right.includes(label) === inRight && output.includes(label) === isKept,
    );
  if (where(true, false, false).length + where(false, true, false).length > 0)
    return { reason: 'its equation sums over a label of one operand alone' };
  const size = (labels: readonly string[]) => sizeOf(equation, labels);
  const [heads, inner] = [where(true, true, true), where(true, true, false)];
  const [rows, columns] = [where(true, false, true), where(false, true, true)];
  if (inner.length === 0) return { reason: 'its equation sums over nothing' };
  const isRightConstant = isConstant(node.inputs[1]!);
  const isLeftConstant = isConstant(node.inputs[0]!) && !isRightConstant;
  const [own, shared] = isLeftConstant ? [columns, rows] : [rows, columns];
  const places: Operands = isLeftConstant ? { input: 1, weights: 0, bias: -1 } : { input: 0, weights: 1, bias: -1 };
  if (heads.length === 0) {
    const problem = linear({ name, inputs: size(inner), outputs: size(shared), tokens: size(own), batch: 1 });
    return {
      kind: isRightConstant || isLeftConstant ? 'linear' : 'matmul',
      problem,
      ...operandsOf(node, places),
      isMap: false,
    };
  }
  const problem = matrixProduct({
    name,
    rows: size(own),
    inner: size(inner),
    columns: size(shared),
    heads: size(heads),
    batch: 1,
  });
  return { kind: 'matmul', problem, ...operandsOf(node, places), isMap: false };
}

function sizeOf({ sizes }: EinsumEquation, labels: readonly string[]): number {
  return wordsOf(labels.map((label) => sizes.get(label)!));
}

function operandsOf(
  node: InferredNode,
  { input, weights, bias }: Operands,
): Pick<LoweredLayer, 'input' | 'weights' | 'parameters'> {
  return { input, weights, parameters: learnedWords(node.inputs[weights]) + learnedWords(node.inputs[bias]) };
}
