import type { InferredNode } from './inference/inferred-model.ts';
import { type Convolution, convolution, transposedConvolution } from './operators/convolution.ts';
import { type EinsumEquation, einsumEquation } from './operators/einsum.ts';
import { poolingWindow } from './operators/pooling.ts';
import { type RuleInput, RuleNode } from './operators/rule-node.ts';
import type { Window } from './operators/window.ts';

/** What the shapes of a node with loops of its own are, with every default and automatic padding resolved. */
export type NodeShape =
  | { readonly kind: 'convolution' | 'transposed-convolution'; readonly convolution: Convolution }
  | { readonly kind: 'pooling'; readonly window: Window }
  | { readonly kind: 'einsum'; readonly equation: EinsumEquation };

const POOLINGS = new Set(['MaxPool', 'AveragePool', 'LpPool', 'QLinearAveragePool']);
const CONVOLUTIONS = new Set([
  'Conv',
  'ConvInteger',
  'QLinearConv',
  'DeformConv',
  'FusedConv',
  'NhwcConv',
  'NhwcFusedConv',
]);

/** The shape of a convolution, a pooling or an Einsum; undefined for other operators and where an input has no shape. */
export function nodeShape(node: InferredNode, file: string): NodeShape | undefined {
  if (node.family === 'unknown' || node.inputs.some((input) => input !== undefined && input.dims === undefined))
    return undefined;
  const { opType } = node;
  const asked = () => new RuleNode(node, node.inputs as (RuleInput | undefined)[], file, { left: 0 });
  if (CONVOLUTIONS.has(opType)) return { kind: 'convolution', convolution: convolution(asked()) };
  if (opType === 'ConvTranspose')
    return { kind: 'transposed-convolution', convolution: transposedConvolution(asked()) };
  if (POOLINGS.has(opType)) return { kind: 'pooling', window: poolingWindow(asked()) };
  if (opType === 'Einsum') return { kind: 'einsum', equation: einsumEquation(asked()) };
  return undefined;
}
