import type { InferredNode, InferredTensor } from '../inference/inferred-model.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import { emitElementWise, emitUnary, type Operand } from './emit-vector.ts';
import { emitTable } from './emit-view.ts';
import type { Emitter } from './emitter.ts';

const FUSED: ReadonlySet<string> = new Set([
  'SkipLayerNormalization',
  'SkipSimplifiedLayerNormalization',
  'EmbedLayerNormalization',
]);

/** Normalisations that runtimes fuse with what comes before. */
export function isFusedNormalization({ opType }: InferredNode): boolean {
  return FUSED.has(opType);
}

/** Adds the operators of a fused normalisation. */
export function emitFused(emitter: Emitter, node: InferredNode, rule: RuleNode): void {
  if (node.opType === 'EmbedLayerNormalization') emitEmbedding(emitter, node);
  else emitSkip(emitter, node, rule);
}

/** Sum of an input, a skip and a bias, normalised; the sum comes out too. */
function emitSkip(emitter: Emitter, node: InferredNode, rule: RuleNode): void {
  const output = node.outputs[0] ?? node.outputs[3];
  if (output?.dims === undefined) return;
  const isSimple = node.opType === 'SkipSimplifiedLayerNormalization';
  const operands = [0, 1].flatMap((index): Operand[] => {
    const tensor = node.inputs[index];
    const placed = emitter.placed(tensor);
    return tensor === undefined || placed === undefined ? [] : [{ tensor, placed }];
  });
  if (operands.length === 0) return;
  const bias = emitter.constants([node.inputs[isSimple ? 3 : 4]], true);
  const sum = node.outputs[3] ?? output;
  emitElementWise(emitter, `${node.name}.sum`, 'add', operands, { ...sum, dims: output.dims }, bias);
  const group = rule.dims(0).at(-1)!;
  const scale = emitter.constants(isSimple ? [node.inputs[2]] : [node.inputs[2], node.inputs[3]], true);
  const placed = emitter.placed(sum)!;
  emitUnary(
    emitter,
    node.name,
    { kind: isSimple ? 'rms-norm' : 'layer-norm', group },
    { tensor: { ...sum, dims: output.dims }, placed },
    output,
    scale,
  );
}

/** Rows of tables for words, positions and segments, their sum, normalised. */
function emitEmbedding(emitter: Emitter, node: InferredNode): void {
  const output = node.outputs[0];
  if (output?.dims === undefined) return;
  const tables: readonly [string, number][] = [
    ['words', 2],
    ['positions', 3],
    ['segments', 4],
  ];
  const operands = tables.flatMap(([which, index]): Operand[] => {
    const table = node.inputs[index];
    if (table?.dims === undefined || (which === 'segments' && node.inputs[1] === undefined)) return [];
    const tensor: InferredTensor = { ...output, name: `${output.name}.${which}` };
    return [{ tensor, placed: emitTable(emitter, `${node.name}.${which}`, tensor, table) }];
  });
  const sum = node.outputs[2] ?? output;
  emitElementWise(emitter, `${node.name}.sum`, 'add', operands, { ...sum, dims: output.dims }, {});
  const scale = emitter.constants([node.inputs[5], node.inputs[6]], true);
  const placed = emitter.placed(sum)!;
  const group = output.dims.at(-1)!;
  emitUnary(emitter, node.name, { kind: 'layer-norm', group }, { tensor: output, placed }, output, scale);
}
