import { product } from '../../../util/integers.ts';
import { perTensor } from '../../../util/vocabulary.ts';
import type { Flow } from '../../../workload/graph/graph-builder.ts';
import { type Activation, linear, matrixProduct } from '../../../workload/layers.ts';
import type { WordBits } from '../../../workload/network.ts';
import { type InferredNode, type InferredTensor, isConstant } from '../inference/inferred-model.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import type { Emitter } from './emitter.ts';
import type { Place } from './placement.ts';

/** Sizes of the attention of one operator. */
interface Heads {
  readonly queryHeads: number;
  readonly keyHeads: number;
  /** Tokens that ask, and all that are asked, those of the past too. */
  readonly rows: number;
  readonly all: number;
  readonly size: number;
  readonly valueSize: number;
}

/** What attends: queries, keys and values of the new tokens. */
interface Attending {
  readonly query: Flow;
  readonly key: Flow;
  readonly value: Flow;
}

/** Operators that are attention as a whole. */
export const ATTENTIONS: ReadonlySet<string> = new Set([
  'Attention',
  'QAttention',
  'MultiHeadAttention',
  'GroupQueryAttention',
]);

/** Adds the layers of an operator that is attention: projections where their weights are in it, scores, softmax, context. False where an operand does not flow. */
export function emitAttention(emitter: Emitter, node: InferredNode, rule: RuleNode): boolean {
  const batch = rule.dims(0)[0]!;
  const isPacked = node.domain !== '' && (node.opType === 'Attention' || node.opType === 'QAttention');
  const attending = isPacked ? projected(emitter, node, rule, batch) : given(emitter, node, rule, batch);
  if (attending === null) return false;
  const heads = headsOf(node, rule, isPacked);
  const [result, presentKey, presentValue] = node.outputs;
  const { keyHeads, queryHeads, rows, all, size, valueSize } = heads;
  const bits = emitter.widths.of(result!);
  const wordBits = bitsOf(bits, node.inputs[0]!, emitter);
  const pasts = pastsOf(emitter, node);
  const isTurned = rule.int('do_rotary', 0) === 1;
  const turn = (flow: Flow, which: string) =>
    isTurned ? rotated(emitter, `${node.name}.${which}-rotary`, flow, bits) : flow;
  // Keys of the past were turned when they were new.
  const fresh = turn(attending.key, 'key');
  const keys = withPast(emitter, `${node.name}.keys`, fresh, pasts[0], all, keyHeads * size, batch);
  const values = withPast(emitter, `${node.name}.values`, attending.value, pasts[1], all, keyHeads * valueSize, batch);
  // Query heads that share their keys ask as further rows.
  const perKey = queryHeads / keyHeads;
  const shape = { name: node.name, rows: rows * perKey, heads: keyHeads, batch };
  const scores = emitter.layer(
    `${node.name}.scores`,
    { kind: 'matmul', problem: matrixProduct({ ...shape, inner: size, columns: all }), parameters: 0, wordBits },
    [turn(attending.query, 'query'), keys],
    bits,
  );
  const words = batch * queryHeads * rows * all;
  const masked = withBias(emitter, node, scores, words, bits);
  const softmax = emitter.vector(
    `${node.name}.softmax`,
    { kind: 'softmax', rows: batch * queryHeads * rows },
    [masked],
    masked.activation,
    words,
    bits,
  );
  const context = emitter.layer(
    `${node.name}.context`,
    { kind: 'matmul', problem: matrixProduct({ ...shape, inner: all, columns: valueSize }), parameters: 0, wordBits },
    [softmax, values],
    bits,
  );
  const dims = result!.dims!;
  const places: readonly Place[] | undefined =
    perKey > 1 ? undefined : dims.length === 4 ? [0, 1, 2, 1] : dims.length === 3 ? [0, 2, 1] : undefined;
  const isFirst = batch === emitter.batch;
  emitter.put(result, { flow: context, places: isFirst ? places : undefined });
  if (presentKey !== undefined) emitter.put(presentKey, { flow: keys, places: undefined });
  if (presentValue !== undefined) emitter.put(presentValue, { flow: values, places: undefined });
  return true;
}

function bitsOf(own: number, input: InferredTensor, emitter: Emitter): WordBits {
  const sums = emitter.widths.ofSums(input);
  return perTensor((tensor) => (tensor === 'Outputs' ? sums : own));
}

function headsOf(node: InferredNode, rule: RuleNode, isPacked: boolean): Heads {
  const [result, presentKey] = node.outputs;
  const dims = rule.dims(0);
  const made = result!.dims!;
  if (isPacked) {
    const heads = rule.requiredInt('num_heads');
    const columns = rule.dims(1)[1]!;
    const valueSize = made[2]! / heads;
    const size = (rule.ints('qkv_hidden_sizes')?.[0] ?? columns / 3) / heads;
    const place = node.opType === 'QAttention' ? 8 : 4;
    const past = rule.has(place) ? (rule.dims(place)[3] ?? 0) : 0;
    const all = presentKey?.dims?.[3] ?? past + dims[1]!;
    return { queryHeads: heads, keyHeads: heads, rows: dims[1]!, all, size, valueSize };
  }
  if (node.domain === '') {
    const heads = (index: number, attribute: string) =>
      rule.dims(index).length === 4 ? rule.dims(index)[1]! : rule.requiredInt(attribute);
    const [queryHeads, keyHeads] = [heads(0, 'q_num_heads'), heads(1, 'kv_num_heads')];
    const rows = dims.length === 4 ? dims[2]! : dims[1]!;
    const size = dims.length === 4 ? dims[3]! : dims[2]! / queryHeads;
    const key = rule.dims(1);
    const past = rule.has(4) ? rule.dims(4)[2]! : 0;
    const all = past + (key.length === 4 ? key[2]! : key[1]!);
    return { queryHeads, keyHeads, rows, all, size, valueSize: product(made) / (made[0]! * queryHeads * rows) };
  }
  const queryHeads = rule.requiredInt('num_heads');
  const keyHeads = rule.int('kv_num_heads', queryHeads);
  const rows = dims[1]!;
  const size =
    node.opType === 'MultiHeadAttention' && dims.length === 3 ? dims[2]! / queryHeads : made[2]! / queryHeads;
  const key = node.inputs[1]?.dims;
  const own = key === undefined ? rows : key.length === 4 ? key[2]! : key[1]!;
  const past = node.opType === 'GroupQueryAttention' ? 3 : 6;
  const all = presentKey?.dims?.[2] ?? own + (node.inputs[past]?.dims?.[2] ?? 0);
  return {
    queryHeads,
    keyHeads,
    rows,
    all,
    size: dims.length === 5 ? dims[4]! : size,
    valueSize: made[2]! / queryHeads,
  };
}

/** Queries, keys and values by weights that are in the operator. */
function projected(emitter: Emitter, node: InferredNode, rule: RuleNode, batch: number): Attending | null {
  const [, length, hidden] = rule.dims(0) as [number, number, number];
  const columns = rule.dims(1)[1]!;
  const input = emitter.placed(node.inputs[0]);
  if (input === undefined) return null;
  const bits = emitter.widths.of(node.inputs[0]!);
  const all = emitter.layer(
    `${node.name}.qkv`,
    {
      kind: 'linear',
      problem: linear({ name: node.name, inputs: hidden, outputs: columns, tokens: length, batch }),
      parameters: emitter.parametersOf(node.inputs[1]) + emitter.parametersOf(node.inputs[2]),
      wordBits: emitter.wordBits(node.inputs[0]!, node.inputs[1]!),
    },
    [input.flow],
    bits,
  );
  const sizes = rule.ints('qkv_hidden_sizes') ?? [columns / 3, columns / 3, columns / 3];
  const [query, key, value] = parts(emitter, node.name, all, sizes, length, batch);
  return { query, key, value };
}

function parts(
  emitter: Emitter,
  name: string,
  flow: Flow,
  sizes: readonly number[],
  length: number,
  batch: number,
): [Flow, Flow, Flow] {
  const part = (index: number, which: string) => {
    const channels = sizes[index]!;
    return emitter.view(`${name}.${which}`, 'slice', [flow], sequence(channels, length), batch * channels * length);
  };
  return [part(0, 'query'), part(1, 'key'), part(2, 'value')];
}

function sequence(channels: number, tokens: number): Activation {
  return { channels, size: [tokens, 1], form: 'sequence' };
}

/** Queries, keys and values that come from outside, as three tensors or packed in one or two. */
function given(emitter: Emitter, node: InferredNode, rule: RuleNode, batch: number): Attending | null {
  const flow = (index: number) => emitter.placed(node.inputs[index])?.flow;
  const query = flow(0);
  if (query === undefined) return null;
  const length = rule.dims(0)[1]!;
  const bias = node.opType === 'MultiHeadAttention' ? node.inputs[3] : undefined;
  const { words, learned } = emitter.constants([bias], true);
  const width = rule.dims(0).at(-1)!;
  const biased = (one: Flow, own: number, which: string) =>
    words === 0
      ? one
      : emitter.vector(
          `${node.name}.${which}-bias`,
          { kind: 'add' },
          [one],
          one.activation,
          emitter.wordsOf(one),
          one.wordBits,
          { words: own, learned: learned === 0 ? 0 : own },
        );
  const [key, value] = [flow(1), flow(2)];
  if (key !== undefined && value !== undefined)
    return {
      query: biased(query, width, 'query'),
      key: biased(key, width, 'key'),
      value: biased(value, words - 2 * width, 'value'),
    };
  if (key !== undefined) {
    const packed = product(rule.dims(1)) / (2 * batch);
    const keyLength = rule.dims(1)[1]!;
    const half = (which: string) =>
      emitter.view(`${node.name}.${which}`, 'slice', [key], sequence(packed / keyLength, keyLength), packed * batch);
    return { query, key: half('key'), value: half('value') };
  }
  if (rule.has(1) || rule.has(2)) return null;
  const columns = product(rule.dims(0)) / (batch * length);
  const own = product(node.outputs[0]!.dims!) / (batch * length);
  const keys = (columns - own) / 2;
  const [first, second, third] = parts(emitter, node.name, query, [own, keys, keys], length, batch);
  return { query: first, key: second, value: third };
}

/** Keys and values of the tokens before, where it reads them. */
function pastsOf(emitter: Emitter, { domain, opType, inputs }: InferredNode): [Flow | undefined, Flow | undefined] {
  const [key, value] =
    domain === '' ? [4, 5] : ({ Attention: [4, 4], QAttention: [8, 8], GroupQueryAttention: [3, 4] }[opType] ?? [6, 7]);
  return [emitter.placed(inputs[key!])?.flow, emitter.placed(inputs[value!])?.flow];
}

/** Keys or values of all tokens: those of the past before the new ones. */
function withPast(
  emitter: Emitter,
  name: string,
  flow: Flow,
  past: Flow | undefined,
  all: number,
  channels: number,
  batch: number,
): Flow {
  const own = emitter.wordsOf(flow) / (channels * batch);
  if (past === undefined || own >= all) return flow;
  const before = emitter.view(
    `${name}-past`,
    'slice',
    [past],
    sequence(channels, all - own),
    batch * channels * (all - own),
  );
  const fresh = emitter.fit(flow, sequence(channels, own), name);
  return emitter.view(name, 'concat', [before, fresh], sequence(channels, all), batch * channels * all);
}

function rotated(emitter: Emitter, name: string, flow: Flow, bits: number): Flow {
  const words = emitter.wordsOf(flow);
  return emitter.vector(name, { kind: 'rotary', words }, [flow], flow.activation, words, bits);
}

/** Scores with what is added to them: a mask or a bias of positions. */
function withBias(
  emitter: Emitter,
  { domain, opType, name, inputs }: InferredNode,
  scores: Flow,
  words: number,
  bits: number,
): Flow {
  const place = domain === '' ? 3 : { Attention: 5, MultiHeadAttention: 5, GroupQueryAttention: 10 }[opType];
  const bias = place === undefined ? undefined : inputs[place];
  if (bias?.dims === undefined) return scores;
  const add = (operands: readonly Flow[], constants: number) =>
    emitter.vector(`${name}.bias`, { kind: 'add' }, operands, scores.activation, words, bits, {
      words: constants,
      learned: 0,
    });
  if (isConstant(bias)) return add([scores], product(bias.dims));
  const flow = emitter.placed(bias)?.flow;
  if (flow === undefined) return scores;
  if (product(bias.dims) === words) return add([scores, emitter.fit(flow, scores.activation, `${name}.bias`)], 0);
  const written = emitter.vector(`${name}.bias-expanded`, { kind: 'move' }, [flow], scores.activation, words, bits);
  return add([scores, written], 0);
}
