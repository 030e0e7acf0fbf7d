import type { Sequence, SequenceOperator } from '../../src/workload/graph/sequence.ts';

/** Positions along four axes: n, c, p, q; of parameters g, c, k, rs. */
export type Word = readonly [number, number, number, number];

/** Positions from and to. */
export type Range = readonly [number, number];

/** A set of words. */
export type Words = ReadonlyMap<string, Word>;

/** Name of what holds words: a tensor, or the parameters of an operator. */
export type Key = string;

/** Names a tensor. */
export const tensorKey = (tensor: number): Key => `t${tensor}`;
/** Names the parameters of an operator. */
const parametersKey = (operator: number): Key => `w${operator}`;
/** No words. */
export const ABSENT: Words = new Map();

/** Words as a set. */
export function setOf(words: Iterable<Word>): Words {
  return new Map([...words].map((word) => [word.join(), word]));
}

/** Words of the first that are not in the second. */
export function without(words: Words, others: Words): Words {
  return new Map([...words].filter(([key]) => !others.has(key)));
}

/** Words of both. */
export function common(words: Words, others: Words): Words {
  return new Map([...words].filter(([key]) => others.has(key)));
}

/** Whether two sets have the same words. */
export function isEqual(words: Words, others: Words): boolean {
  return words.size === others.size && without(words, others).size === 0;
}

/** All words between the least and the greatest along every axis. */
export function filled(
  words: Words,
  widen: (axis: number, from: number, to: number) => readonly [number, number],
): Words {
  if (words.size === 0) return words;
  const ranges = [0, 1, 2, 3].map((axis) => {
    const along = [...words.values()].map((word) => word[axis]!);
    return widen(axis, Math.min(...along), Math.max(...along) + 1);
  });
  return setOf(wordsIn(ranges));
}

/** All words of a box. */
export function* wordsIn(ranges: readonly (readonly [number, number])[]): Generator<Word> {
  const [n, c, p, q] = ranges;
  for (let i = n![0]; i < n![1]; i++)
    for (let j = c![0]; j < c![1]; j++)
      for (let k = p![0]; k < p![1]; k++) for (let l = q![0]; l < q![1]; l++) yield [i, j, k, l];
}

/** The words that one word of an operator's output is made of, each with what holds it. */
export function* sources(
  { tensors }: Sequence,
  index: number,
  operator: SequenceOperator,
  word: Word,
  summed: Range | null,
): Generator<[Key, Word]> {
  const [n, c, p, q] = word;
  const isIn = (tensor: number, at: Word) =>
    at.every((place, axis) => place >= 0 && place < tensors[tensor]!.sizes[axis]!);
  if (operator.kind === 'view') {
    let first = 0;
    for (const part of operator.inputs) {
      const at: Word = [n, c - first, p, q];
      if (isIn(part, at)) yield [tensorKey(part), at];
      first += tensors[part]!.sizes[1];
    }
    return;
  }
  if (operator.kind === 'vector') {
    for (const [i, tensor] of operator.inputs.entries()) {
      const sizes = tensors[tensor]!.sizes;
      const { span } = operator;
      if (span.kind === 'window' && i === 0) {
        for (let r = 0; r < span.size[0]; r++)
          for (let s = 0; s < span.size[1]; s++) {
            const at: Word = [n, c, p * span.stride[0] - span.pad[0] + r, q * span.stride[1] - span.pad[1] + s];
            if (isIn(tensor, at)) yield [tensorKey(tensor), at];
          }
      } else if (span.kind === 'channels') {
        const first = c - (c % span.group);
        for (let i = 0; i < span.group; i++) yield [tensorKey(tensor), [n, first + i, p, q]];
      } else yield [tensorKey(tensor), word.map((place, axis) => (sizes[axis] === 1 ? 0 : place)) as unknown as Word];
    }
    return;
  }
  const { second, shape } = operator;
  const { bounds, stride, dilation, paddingBefore } = shape.problem;
  const g = Math.floor(c / bounds.K);
  const k = c % bounds.K;
  const [from, to] = summed ?? [0, bounds.C];
  for (let inner = from; inner < to; inner++) {
    if (second.kind === 'keys') yield [tensorKey(second.tensor), [0, g * bounds.C + inner, k, 0]];
    if (second.kind === 'values') yield [tensorKey(second.tensor), [0, c, inner, 0]];
    for (let r = 0; r < bounds.R; r++)
      for (let s = 0; s < bounds.S; s++) {
        if (second.kind === 'parameters') yield [parametersKey(index), [g, inner, k, r * bounds.S + s]];
        const row = p * stride[0] + r * dilation[0] - paddingBefore[0];
        const at: Word = [n, g * bounds.C + inner, row, q * stride[1] + s * dilation[1] - paddingBefore[1]];
        if (isIn(operator.inputs[0]!, at)) yield [tensorKey(operator.inputs[0]!), at];
      }
  }
}

/** Position behind the last word along an axis. */
export function endAlong(words: Words, axis: number): number {
  return Math.max(0, ...[...words.values()].map((word) => word[axis]! + 1));
}
