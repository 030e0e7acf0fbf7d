import { product } from '../../../util/integers.ts';
import { linear } from '../../../workload/layers.ts';
import type { InferredNode } from '../inference/inferred-model.ts';
import { blockedSize } from '../operators/matrix.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import { lowerConvolution, lowerTransposed } from './lower-convolution.ts';
import { type Factors, factorDims, lowerEinsum, lowerProduct } from './lower-product.ts';
import type { LoweredLayer, NoLayer } from './lowered-layer.ts';
import type { Place } from './placement.ts';

const CONVOLUTIONS: ReadonlySet<string> = new Set([
  'Conv',
  'FusedConv',
  'NhwcConv',
  'NhwcFusedConv',
  'ConvInteger',
  'QLinearConv',
]);

/** Products of matrices by their operands. */
const PRODUCTS: Readonly<Record<string, Factors>> = {
  Gemm: { input: 0, weights: 1, bias: 2 },
  FusedGemm: { input: 0, weights: 1, bias: 2 },
  QGemm: { input: 0, weights: 3, bias: 6 },
  MatMul: { input: 0, weights: 1, bias: -1 },
  FusedMatMul: { input: 0, weights: 1, bias: -1 },
  TransposeMatMul: { input: 0, weights: 1, bias: -1 },
  GemmFastGelu: { input: 0, weights: 1, bias: 2 },
  MatMulInteger: { input: 0, weights: 1, bias: -1 },
  MatMulInteger16: { input: 0, weights: 1, bias: -1 },
  MatMulIntegerToFloat: { input: 0, weights: 1, bias: 6 },
  DynamicQuantizeMatMul: { input: 0, weights: 1, bias: 4 },
  QLinearMatMul: { input: 0, weights: 3, bias: -1 },
};

/** Products with packed weights, with the place of their bias. */
const PACKED: Readonly<Record<string, number>> = { MatMulNBits: 5, MatMulBnb4: -1, MatMulFpQ4: -1 };

/** Whether an operator of the family `mac` is lowered as one layer. */
export function isLayerOperator(opType: string): boolean {
  return (
    CONVOLUTIONS.has(opType) ||
    opType === 'ConvTranspose' ||
    opType === 'Einsum' ||
    PRODUCTS[opType] !== undefined ||
    PACKED[opType] !== undefined
  );
}

/** A node of the family `mac` that is one layer. @throws TrifoldError `value` with the node where its sizes do not fit */
export function lowerMac(node: InferredNode, rule: RuleNode, batch: number): LoweredLayer | NoLayer {
  const { opType } = node;
  if (CONVOLUTIONS.has(opType)) return lowerConvolution(node, rule, batch);
  if (opType === 'ConvTranspose') return lowerTransposed(node, rule, batch);
  if (opType === 'Einsum') return lowerEinsum(node, rule, batch);
  const factors = PRODUCTS[opType];
  if (factors !== undefined) return lowerProduct(node, factorDims(node, rule, factors), factors, batch);
  const bias = PACKED[opType];
  if (bias !== undefined) return lowerPacked(node, rule, bias, batch);
  return { reason: `${opType} is none of the layers that this model has` };
}

/** Weights of N x K in blocks of few bits, with scales that only their readers know. */
function lowerPacked(node: InferredNode, rule: RuleNode, bias: number, batch: number): LoweredLayer {
  const dims = node.inputs[0]!.dims!;
  const [inner, outer] = blockedSize(rule);
  const rows = product(dims.slice(0, -1));
  const bits = rule.int('bits', 4);
  rule.check(Number.isInteger(bits) && bits >= 1 && bits <= 8, () => `wants bits of 1 to 8, found ${bits}`);
  const inputs = dims[0] === batch ? batch : 1;
  const places = dims.map((_, axis): Place => (axis === dims.length - 1 ? 1 : axis === 0 && dims[0] === batch ? 0 : 2));
  return {
    kind: 'linear',
    problem: linear({ name: node.name, inputs: inner, outputs: outer, tokens: rows / inputs, batch: inputs }),
    input: 0,
    weights: 1,
    bias,
    places,
    packed: { bits, words: inner * outer },
  };
}
