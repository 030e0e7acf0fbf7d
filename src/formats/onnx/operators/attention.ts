import { shapeText } from '../messages/tensor-message.ts';
import { same } from './elementwise.ts';
import type { OperatorTable, Rule, RuleOutput } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';

function count(node: RuleNode, attribute: string, otherwise?: number): number {
  const heads = node.int(attribute, otherwise);
  if (heads === undefined || heads < 1)
    throw node.error(`wants at least 1 in the attribute ${attribute}, found ${heads ?? 'none'}`);
  return heads;
}

function share(node: RuleNode, hidden: number, heads: number): number {
  node.check(hidden % heads === 0, () => `wants a hidden size that ${heads} divides, found ${hidden}`);
  return hidden / heads;
}

/** Sizes of one operand: [B, heads, L, D], or [B, L, heads x D]. */
function operand(node: RuleNode, index: number, attribute: string) {
  const dims = node.dims(index);
  if (dims.length === 4) return { heads: dims[1]!, length: dims[2]!, size: dims[3]! };
  node.check(dims.length === 3, () => `wants an operand of 3 or 4 dims, found ${shapeText(dims)}`);
  const heads = count(node, attribute);
  return { heads, length: dims[1]!, size: share(node, dims[2]!, heads) };
}

/** The standard Attention: query, key, value, mask, past key, past value. */
const attention: Rule = (node) => {
  const query = operand(node, 0, 'q_num_heads');
  const key = operand(node, 1, 'kv_num_heads');
  const value = operand(node, 2, 'kv_num_heads');
  node.check(query.size === key.size, () => `wants queries and keys of one size, found ${query.size} and ${key.size}`);
  node.check(
    key.length === value.length,
    () => `wants as many keys as values, found ${key.length} and ${value.length}`,
  );
  node.check(
    key.heads === value.heads && query.heads % key.heads === 0,
    () => `wants query heads that key heads divide, found ${query.heads} and ${key.heads}`,
  );
  const dims = node.dims(0);
  const past = node.has(4) ? node.ranked(4, 4)[2]! : 0;
  const all = past + key.length;
  const elementType = node.type(0);
  const result =
    dims.length === 4
      ? [dims[0]!, query.heads, query.length, value.size]
      : [dims[0]!, query.length, query.heads * value.size];
  return [
    { dims: result, elementType },
    { dims: [dims[0]!, key.heads, all, key.size], elementType: node.type(1) },
    { dims: [dims[0]!, key.heads, all, value.size], elementType: node.type(2) },
    { dims: [dims[0]!, query.heads, query.length, all], elementType },
  ];
};

/** Input [B, L, hidden] with the weights [hidden, 3 x hidden] of queries, keys and values in one matrix. */
const packedAttention: Rule = (node) => {
  const [batch, length] = node.ranked(0, 3) as [number, number];
  const [inner, columns] = node.ranked(1, 2) as [number, number];
  const hidden = node.dims(0)[2]!;
  node.check(inner === hidden, () => `wants weights of ${hidden} rows, found ${shapeText(node.dims(1))}`);
  const heads = count(node, 'num_heads');
  const sizes = node.ints('qkv_hidden_sizes');
  const valueSize = sizes?.[2] ?? columns / 3;
  node.check(
    Number.isInteger(valueSize) && (sizes === undefined || (sizes[0] ?? 0) + (sizes[1] ?? 0) + valueSize === columns),
    () => `wants weights for queries, keys and values, found ${shapeText(node.dims(1))}`,
  );
  const past = node.has(4) ? (node.dims(4)[3] ?? 0) : 0;
  // A buffer that past and present share has room for all tokens.
  const all = node.int('past_present_share_buffer', 0) === 1 && past > 0 ? past : past + length;
  const elementType = node.type(0);
  return [
    { dims: [batch, length, valueSize], elementType },
    { dims: [2, batch, heads, all, share(node, valueSize, heads)], elementType },
  ];
};

/** The same in integers; scales and zero points follow the weights. */
const quantizedAttention: Rule = (node) => {
  const [batch, length] = node.ranked(0, 3) as [number, number];
  const [, columns] = node.ranked(1, 2) as [number, number];
  const heads = count(node, 'num_heads');
  const hidden = share(node, columns, 3);
  const past = node.has(8) ? (node.dims(8)[3] ?? 0) : 0;
  const elementType = node.type(3);
  return [
    { dims: [batch, length, hidden], elementType },
    { dims: [2, batch, heads, past + length, share(node, hidden, heads)], elementType },
  ];
};

/** Query [B, L, hidden] or packed [B, L, heads, 3, D]; key and value [B, L, hidden] or [B, heads, L, D]. */
const multiHead: Rule = (node) => {
  const dims = node.dims(0);
  const heads = count(node, 'num_heads');
  const elementType = node.type(0);
  if (dims.length === 5) {
    const [batch, length, , , size] = dims as [number, number, number, number, number];
    return [{ dims: [batch, length, heads * size], elementType }, ...present(node, batch, heads, length, size, size)];
  }
  const [batch, length, hidden] = node.ranked(0, 3) as [number, number, number];
  const size = share(node, hidden, heads);
  if (!node.has(2)) {
    const packed = node.dims(1);
    return [{ dims: [batch, length, hidden], elementType }, ...present(node, batch, heads, packed[1] ?? 0, size, size)];
  }
  const value = node.dims(2);
  const valueSize = value.length === 4 ? value[3]! : share(node, value[2] ?? 0, heads);
  const keys = value.length === 4 ? value[2]! : value[1]!;
  return [
    { dims: [batch, length, heads * valueSize], elementType },
    ...present(node, batch, heads, keys, size, valueSize),
  ];
};

/** Keys and values that go to the next call, those of the past and the new ones; and the scores. */
function present(
  node: RuleNode,
  batch: number,
  heads: number,
  length: number,
  size: number,
  valueSize: number,
): RuleOutput[] {
  const past = node.has(6) ? node.ranked(6, 4)[2]! : 0;
  const elementType = typeOf(node, 6, 0);
  return [
    { dims: [batch, heads, past + length, size], elementType },
    { dims: [batch, heads, past + length, valueSize], elementType },
    { dims: [batch, heads, node.dims(0)[1]!, past + length], elementType: node.type(0) },
  ];
}

/** Query [B, L, heads x D], or with keys and values packed behind it; the cache has the length of the past when that holds all. */
const groupQuery: Rule = (node) => {
  const [batch, length, width] = node.ranked(0, 3) as [number, number, number];
  const heads = count(node, 'num_heads');
  const keyHeads = count(node, 'kv_num_heads');
  const hidden = node.has(2) ? width : heads * share(node, width, heads + 2 * keyHeads);
  const size = share(node, hidden, heads);
  const elementType = node.type(0);
  const past = node.has(3) ? node.ranked(3, 4)[2]! : 0;
  const total = node.has(6) ? (node.input(6).values?.[0] ?? past + length) : past + length;
  const cache = { dims: [batch, keyHeads, Math.max(past, total), size], elementType: typeOf(node, 3, 0) };
  return [{ dims: [batch, length, hidden], elementType }, cache, cache];
};

/** Query, key, value [B, L, heads x D] with a state [B, heads, D, Dv] in place of all keys and values before. */
const linearAttention: Rule = (node) => {
  const [batch, length, width] = node.ranked(0, 3) as [number, number, number];
  const heads = count(node, 'q_num_heads');
  const keyHeads = count(node, 'kv_num_heads');
  const size = share(node, width, heads);
  const valueSize = share(node, node.ranked(2, 3)[2]!, keyHeads);
  return [
    { dims: [batch, length, heads * valueSize], elementType: node.type(0) },
    { dims: [batch, keyHeads, size, valueSize], elementType: typeOf(node, 3, 0) },
  ];
};

const MS = 'com.microsoft:';

/** Attention in one operator, and what goes with it. */
export const ATTENTION: OperatorTable = [
  ['Attention', 'mac', attention],
  [`LinearAttention ${MS}LinearAttention`, 'mac', linearAttention],
  // Experts of which few compute every token: the result has the sizes of the input.
  [`${MS}MoE ${MS}QMoE`, 'mac', same],
  [`${MS}Attention`, 'mac', packedAttention],
  [`${MS}QAttention`, 'mac', quantizedAttention],
  [`${MS}MultiHeadAttention`, 'mac', multiHead],
  [`${MS}GroupQueryAttention`, 'mac', groupQuery],
  [`RotaryEmbedding ${MS}RotaryEmbedding`, 'vector', same],
];
