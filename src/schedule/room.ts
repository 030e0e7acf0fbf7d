import type { Sequence } from '../workload/graph/sequence.ts';
import type { Retention } from './retention.ts';
import type { Home, Segment } from './schedule.ts';
import type { FixedPart } from './step-kind.ts';
import { residentBits, storageLives } from './storage-lives.ts';
import { BOX, boxWords, type IterationBoxes, isSameBox, sharedWords } from './tiles/boxes.ts';
import { type Frame, operandWords } from './tiles/frame.ts';

/** Whole retained storages that a segment produces or uses, with what they take during all of it. */
export function wholeParts(
  sequence: Sequence,
  retention: Retention,
  { operands }: Frame,
  segment: Segment,
): FixedPart[] {
  const storages = new Set<number>();
  for (const { what, index, place } of operands)
    if (what === 'tensor' && place === 'whole') storages.add(sequence.tensors[index]!.storage);
  return [...storages].map((storage) => ({
    what: 'storage',
    index: storage,
    bits: residentBits(sequence, retention, storage, segment),
  }));
}

/** Bits of a storage that an operator need not count, because it writes its output there. */
export interface Overwritten {
  readonly storage: number;
  readonly bits: number;
}

const NOTHING: Overwritten = { storage: -1, bits: 0 };

/**
 * The whole retained tensor that an operator overwrites with its output when it runs alone: the operand that it names, where that dies, has as many words, and
 * no view gives either another name. Inside shared loops a whole tensor stays to the end of the segment.
 */
export function overwrittenWhole(sequence: Sequence, { operands, operators }: Frame, at: number): Overwritten {
  const { operator, inputs, output, index } = operators[at]!;
  if (operator.kind !== 'vector' || operator.inPlace === null || operators.length > 1) return NOTHING;
  const [old, own] = [operands[inputs[operator.inPlace]!]!, operands[output]!];
  if (old.place !== 'whole' || own.place !== 'whole' || old.bits !== own.bits) return NOTHING;
  const words = operandWords(old);
  const storage = sequence.tensors[old.index]!.storage;
  const lives = storageLives(sequence);
  const [before, after] = [lives[storage]!, lives[sequence.tensors[own.index]!.storage]!];
  const isAlone = before.tensors === 1 && after.tensors === 1;
  return words === operandWords(own) && before.until === index && isAlone
    ? { storage, bits: words * old.bits }
    : NOTHING;
}

/** Operand of the frame whose tile an operator overwrites in an iteration; -1: none. */
export function overwrittenTile({ operands, operators }: Frame, at: number, { need, made }: IterationBoxes): number {
  const { operator, inputs, output } = operators[at]!;
  if (operator.kind !== 'vector' || operator.inPlace === null) return -1;
  const old = inputs[operator.inPlace]!;
  const own = operands[output]!;
  const { place, readers, bits, isAlias } = operands[old]!;
  if (place !== 'tile' || own.place !== 'tile' || readers !== 1 || isAlias || bits !== own.bits) return -1;
  return isSameBox(need, BOX * old, made, BOX * at) ? old : -1;
}

/**
 * Words of an operand's tile, or of what is held of it, at the step of an operator: all of its box from its first user (its maker) to its last, and otherwise
 * the part that it shares with the iteration before or the next, where that part stays.
 */
export function tileWordsAt(
  { operands, operators }: Frame,
  operand: number,
  at: number,
  isCached: boolean,
  now: IterationBoxes,
  before: IterationBoxes | null,
  next: IterationBoxes | null,
): number {
  const { touching } = operands[operand]!;
  const box = BOX * operand;
  let isBefore = false;
  let isAfter = true;
  let isUsed = false;
  for (let i = 0; i < touching.length; i++) {
    const user = touching[i]!;
    if (operators[user]!.operator.kind === 'view' || boxWords(now.made, BOX * user) === 0) continue;
    if (!isUsed) isBefore = at < user;
    isUsed = true;
    if (user >= at) isAfter = false;
  }
  if (isUsed && !isBefore && !isAfter) return boxWords(now.need, box);
  const other = isBefore ? before : next;
  if (other === null) return 0;
  if (isCached) return sharedWords(now.need, box, other.need, box);
  return isSameBox(now.need, box, other.need, box) ? boxWords(now.need, box) : 0;
}

/** Retained storages that no operator of a segment reads or writes. */
export function passingStorages(
  { tensors, operators }: Sequence,
  homes: readonly Home[],
  { first, end }: Pick<Segment, 'first' | 'end'>,
): number[] {
  const own = new Set<number>();
  for (const { inputs, output } of operators.slice(first, end))
    for (const tensor of [...inputs, output]) own.add(tensors[tensor]!.storage);
  return homes.flatMap((home, storage) => (home === 'retained' && !own.has(storage) ? [storage] : []));
}

/** Bits of the retained storages that exist during a segment and that none of its operators reads or writes. */
export function passingBits(
  sequence: Sequence,
  retention: Retention,
  homes: readonly Home[],
  segment: Pick<Segment, 'first' | 'end'>,
): number {
  const passing = passingStorages(sequence, homes, segment);
  return passing.reduce((sum, storage) => sum + residentBits(sequence, retention, storage, segment), 0);
}
