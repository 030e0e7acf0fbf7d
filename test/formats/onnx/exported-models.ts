import type { TestModel } from './encode.ts';
import { ModelWriter } from './lowering.ts';

const MS = { domain: 'com.microsoft' };

/** Layer normalisation as PyTorch exports it before operator set 17. */
function layerNorm(w: ModelWriter, x: string, width: number): string {
  const d = w.node('Sub', [x, w.node('ReduceMean', [x], { axes: [-1] })]);
  const variance = w.node('ReduceMean', [w.node('Pow', [d, w.numbers(2)])], { axes: [-1] });
  const root = w.node('Sqrt', [w.node('Add', [variance, w.numbers(1e-5)])]);
  return w.node('Add', [w.node('Mul', [w.node('Div', [d, root]), w.weights([width])]), w.weights([width])]);
}

function gelu(w: ModelWriter, x: string): string {
  const erf = w.node('Erf', [w.node('Div', [x, w.numbers(Math.SQRT2)])]);
  return w.node('Mul', [w.node('Mul', [x, w.node('Add', [erf, w.numbers(1)])]), w.numbers(0.5)]);
}

function dense(w: ModelWriter, x: string, from: number, to: number): string {
  return w.node('Add', [w.weights([to]), w.node('MatMul', [x, w.weights([from, to])])]);
}

/** A block of an encoder with T tokens of H heads of D features. */
export function encoder(w: ModelWriter, x: string, [T, H, D]: readonly [number, number, number], batch = 1): string {
  const F = H * D;
  const heads = (y: string, perm: number[]) =>
    w.node('Transpose', [w.node('Reshape', [y, w.ints(batch, T, H, D)])], { perm });
  const q = heads(dense(w, x, F, F), [0, 2, 1, 3]);
  const k = heads(dense(w, x, F, F), [0, 2, 3, 1]);
  const v = heads(dense(w, x, F, F), [0, 2, 1, 3]);
  const scores = w.node('Div', [w.node('MatMul', [q, k]), w.numbers(Math.sqrt(D))]);
  const context = w.node('MatMul', [w.node('Softmax', [scores], { axis: -1 }), v]);
  const joined = w.node('Reshape', [w.node('Transpose', [context], { perm: [0, 2, 1, 3] }), w.ints(batch, T, F)]);
  const attended = layerNorm(w, w.node('Add', [dense(w, joined, F, F), x]), F);
  const wide = gelu(w, dense(w, attended, F, 4 * F));
  return layerNorm(w, w.node('Add', [dense(w, wide, 4 * F, F), attended]), F);
}

function transformer(): TestModel {
  const w = new ModelWriter();
  const table = w.weights([50, 8]);
  const words = w.node('Gather', [table, w.input('ids', [1, 6], 7)]);
  const x = w.node('Add', [words, w.weights([1, 6, 8])]);
  const token = w.node('Gather', [encoder(w, x, [6, 2, 4]), w.ints(0)], { axis: 1 });
  w.output(w.node('MatMul', [token, w.weights([8, 5])]));
  return w.model();
}

/** Squeeze and excitation, several inputs together, a class token in front. */
function mobile(): TestModel {
  const w = new ModelWriter();
  const x = w.input('x', [2, 3, 16, 16]);
  const stem = w.node('Conv', [x, w.weights([8, 3, 3, 3]), w.weights([8])], { strides: [2, 2], pads: [1, 1, 1, 1] });
  const act = w.node('Mul', [stem, w.node('Sigmoid', [stem])]);
  const mean = w.node('ReduceMean', [act], { axes: [2, 3], keepdims: 1 });
  const gate = w.node('HardSigmoid', [w.node('Conv', [mean, w.weights([8, 8, 1, 1])])]);
  const scaled = w.node('Mul', [w.node('MaxPool', [act], { kernel_shape: [2, 2], strides: [2, 2] }), gate]);
  const up = w.node('ConvTranspose', [scaled, w.weights([8, 4, 3, 3])], { strides: [2, 2] });
  const wide = w.node('Resize', [up, '', w.numbers(1, 1, 2, 2)]);
  const joined = w.node('Concat', [wide, w.node('Pad', [wide, w.ints(0, 0, 0, 0, 0, 0, 0, 0)])], { axis: 1 });
  const tokens = w.node('Transpose', [w.node('Reshape', [joined, w.ints(0, 8, -1)])], { perm: [0, 2, 1] });
  const all = w.node('Concat', [w.weights([2, 1, 8]), tokens], { axis: 1 });
  w.output(w.node('Softmax', [w.node('MatMul', [all, w.node('Transpose', [all], { perm: [0, 2, 1] })])]));
  return w.model();
}

function fused(): TestModel {
  const w = new ModelWriter();
  const x = w.input('x', [1, 6, 8]);
  const attended = w.node('Attention', [x, w.weights([8, 24]), w.weights([24])], { num_heads: 2 }, MS);
  const normal = w.node('SkipLayerNormalization', [attended, x, w.weights([8]), w.weights([8])], {}, MS);
  const grouped = w.node(
    'GroupQueryAttention',
    [normal, w.node('MatMul', [normal, w.weights([8, 4])]), w.node('MatMul', [normal, w.weights([8, 4])])],
    { num_heads: 4, kv_num_heads: 2 },
    MS,
  );
  const packed = w.node(
    'MatMulNBits',
    [grouped, w.weights([8, 1, 4], 2), w.weights([8])],
    { K: 8, N: 8, bits: 4, block_size: 16 },
    MS,
  );
  const steps = w.node('Transpose', [packed], { perm: [1, 0, 2] });
  const [states, last] = w.nodes(
    'LSTM',
    [steps, w.weights([1, 16, 8]), w.weights([1, 16, 4])],
    { hidden_size: 4 },
    { outputs: 2 },
  );
  const [top] = w.nodes('TopK', [w.node('Squeeze', [states!, w.ints(1)]), w.ints(2)], {}, { outputs: 2 });
  w.output(top!, last!, w.node('Einsum', [packed, packed], { equation: 'bij,bkj->bik' }));
  return w.model();
}

/** Zeros before a convolution, rows taken apart, keys that heads share, and a branch that only a run decides. */
function branching(): TestModel {
  const w = new ModelWriter();
  const x = w.input('x', [1, 3, 8, 8]);
  const padded = w.node('Pad', [x, w.ints(0, 0, 1, 1, 0, 0, 1, 1)]);
  const map = w.node('PRelu', [w.node('Conv', [padded, w.weights([8, 3, 3, 3])]), w.weights([8, 1, 1])]);
  const flat = w.node('Reshape', [map, w.ints(1, 8, 64)]);
  const rows = w.node('SplitToSequence', [w.node('Transpose', [flat], { perm: [2, 0, 1] })], { keepdims: 0 });
  const parts = [0, 1].map((at) => w.node('SequenceAt', [rows, w.node('Squeeze', [w.ints(at)])]));
  const all = w.node('ConcatFromSequence', [w.node('SequenceConstruct', parts)], { new_axis: 1, axis: 1 });
  const heads = (width: number) => {
    const made = w.node('Reshape', [w.node('MatMul', [all, w.weights([8, width])]), w.ints(1, 2, width / 2, 2)]);
    return w.node('Transpose', [made], { perm: [0, 2, 1, 3] });
  };
  const shared = (y: string) =>
    w.node('Reshape', [
      w.node('Expand', [w.node('Unsqueeze', [y, w.ints(2)]), w.ints(1, 2, 2, 2, 2)]),
      w.ints(1, 4, 2, 2),
    ]);
  const keys = w.node('Transpose', [shared(heads(4))], { perm: [0, 1, 3, 2] });
  const context = w.node('MatMul', [w.node('Softmax', [w.node('MatMul', [heads(8), keys])]), shared(heads(4))]);
  const yes = w.node('Cast', [w.node('ReduceMax', [context], { keepdims: 0 })], { to: 9 });
  const branch = (op: string, inputs: string[]) => ({
    graph: { nodes: [{ op, inputs, outputs: ['made'] }], outputs: [{ name: 'made' }] },
  });
  const branches = {
    then_branch: branch('MatMul', [context, w.weights([2, 3])]),
    else_branch: branch('Neg', [context]),
  };
  w.output(w.node('If', [yes], branches));
  return w.model(13);
}

/** Models as exporters and runtimes write them, small. */
export const EXPORTED_MODELS: readonly TestModel[] = [transformer(), mobile(), fused(), branching()];
