import { ceilDiv, greatestCommonDivisor } from '../util/integers.ts';

/**
 * Words of one axis that a tile uses: {stride * p + dilation * r}, p below its outputs and r below its filters. They need not be a run: a stride
 * above the filter leaves gaps between the blocks, a dilation between the taps. Closed forms or sums over one stride; no set is ever listed.
 */

/** Words that `outputs` positions of a filter use. */
export function usedWords(stride: number, dilation: number, outputs: number, filters: number): number {
  const common = greatestCommonDivisor(stride, dilation);
  return distinctWords({ stride: stride / common, dilation: dilation / common }, outputs, filters);
}

/** The same for stride and dilation without common factor: the pairs of positions, less those that meet the word of another pair. */
export function distinctWords(
  { stride, dilation }: Pick<UsedAxis, 'stride' | 'dilation'>,
  outputs: number,
  filters: number,
): number {
  return outputs * filters - Math.max(0, outputs - dilation) * Math.max(0, filters - stride);
}

/** An axis in units of the words that can be used at all: a common factor of stride and dilation leaves gaps everywhere. */
export interface UsedAxis {
  /** Without common factor; 1 where one of the two dims has a single position. */
  readonly stride: number;
  readonly dilation: number;
  /** First stored word and the first one behind. */
  readonly storedFrom: number;
  readonly storedTo: number;
}

/** Takes the gaps out that no tile of an axis ever uses. */
export function usedAxis(
  stride: number,
  dilation: number,
  outputs: number,
  filters: number,
  storedFrom: number,
  storedTo: number,
): UsedAxis {
  const isPlain = filters === 1 || outputs === 1;
  const plainUnit = filters === 1 ? stride : dilation;
  const unit = isPlain ? plainUnit : greatestCommonDivisor(stride, dilation);
  return {
    stride: isPlain ? 1 : stride / unit,
    dilation: isPlain ? 1 : dilation / unit,
    storedFrom: Math.ceil(storedFrom / unit),
    storedTo: Math.ceil(storedTo / unit),
  };
}

/**
 * Words in [from, to) that two tiles of an axis both use, counted from the first word of the first one; stride and dilation without common factor.
 * @param move where the second tile starts
 */
export function commonWords(
  { stride, dilation }: Pick<UsedAxis, 'stride' | 'dilation'>,
  outputs: number,
  filters: number,
  otherOutputs: number,
  otherFilters: number,
  move: number,
  from: number,
  to: number,
): number {
  if (dilation === 1)
    return filters >= stride && otherFilters >= stride
      ? commonRun(stride, outputs, filters, otherOutputs, otherFilters, move, from, to)
      : commonBlocks(stride, 1, outputs, filters, otherOutputs, otherFilters, move, from, to);
  if (stride === 1)
    return outputs >= dilation && otherOutputs >= dilation
      ? commonRun(dilation, filters, outputs, otherFilters, otherOutputs, move, from, to)
      : commonBlocks(dilation, 1, filters, outputs, otherFilters, otherOutputs, move, from, to);
  if (outputs >= dilation && otherOutputs >= dilation)
    return commonBlocks(stride, dilation, outputs, filters, otherOutputs, otherFilters, move, from, to);
  if (filters >= stride && otherFilters >= stride)
    return commonBlocks(dilation, stride, filters, outputs, otherFilters, otherOutputs, move, from, to);
  // One of the two has fewer outputs than the dilation, so that no two of its pairs of positions meet: they are few enough to be tried.
  const isFirst = outputs < dilation;
  const [p, r, q, t] = isFirst
    ? [outputs, filters, otherOutputs, otherFilters]
    : [otherOutputs, otherFilters, outputs, filters];
  let words = 0;
  for (let i = 0; i < p; i++)
    for (let j = 0; j < r; j++) {
      const own = stride * i + dilation * j;
      const word = isFirst ? own : own + move;
      if (word >= from && word < to && isUsed(stride, dilation, q, t, isFirst ? own - move : word)) words++;
    }
  return words;
}

/** Common words of two tiles without gaps: blocks at least as long as their pitch. */
function commonRun(
  pitch: number,
  blocks: number,
  length: number,
  otherBlocks: number,
  otherLength: number,
  move: number,
  from: number,
  to: number,
): number {
  const end = Math.min(pitch * (blocks - 1) + length, move + pitch * (otherBlocks - 1) + otherLength, to);
  return Math.max(0, end - Math.max(0, move, from));
}

/**
 * Common words of two tiles {pitch * i + unit * j}, i below `blocks` and j below `length`; `unit` 1, or at most `blocks`. Words with the same remainder
 * by the pitch are then a run of every pitch-th word, so the common ones are counted remainder by remainder.
 */
function commonBlocks(
  pitch: number,
  unit: number,
  blocks: number,
  length: number,
  otherBlocks: number,
  otherLength: number,
  move: number,
  from: number,
  to: number,
): number {
  let words = 0;
  for (let j = Math.min(pitch, length) - 1; j >= 0; j--) {
    const first = unit * j;
    let other = 0;
    while ((first - move - unit * other) % pitch !== 0) other++;
    if (other >= otherLength) continue;
    const shift = (first - move - unit * other) / pitch;
    const start = Math.max(0, -shift, Math.ceil((from - first) / pitch));
    const end = Math.min(
      blocks + unit * Math.floor((length - 1 - j) / pitch),
      otherBlocks + unit * Math.floor((otherLength - 1 - other) / pitch) - shift,
      Math.ceil((to - first) / pitch),
    );
    if (end > start) words += end - start;
  }
  return words;
}

/** Whether a word is stride * p + dilation * r with p below `outputs` and r below `filters`. */
function isUsed(stride: number, dilation: number, outputs: number, filters: number, word: number): boolean {
  // The least p with a remaining multiple of the dilation; others are a dilation further, for a filter position a stride less.
  let p = 0;
  while ((word - stride * p) % dilation !== 0) p++;
  const r = (word - stride * p) / dilation;
  if (word < 0 || r < 0) return false;
  const steps = Math.max(0, ceilDiv(r - filters + 1, stride));
  return p + steps * dilation < outputs && r - steps * stride >= 0;
}
