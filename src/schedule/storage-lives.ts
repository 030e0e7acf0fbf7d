import { product } from '../util/integers.ts';
import type { Sequence } from '../workload/graph/sequence.ts';
import type { Retention } from './retention.ts';

/** Words of a storage that one operator makes. */
interface StoragePart {
  /** Operator that makes them; -1: there from the start. */
  readonly from: number;
  readonly words: number;
}

/** When the words of a storage exist. */
export interface StorageLife {
  readonly parts: readonly StoragePart[];
  /** Last operator that reads it under any name; the last that makes a part of it where nobody does. */
  readonly until: number;
  /** Operators other than views that read it, ascending. */
  readonly users: readonly number[];
  /** Names that its words have: more than one where a view passes it on. */
  readonly tensors: number;
}

const known = new WeakMap<Sequence, readonly StorageLife[]>();

/** The lives of all storages of a sequence, by storage. A part lives from the operator that makes it to the last use of the whole. */
export function storageLives(sequence: Sequence): readonly StorageLife[] {
  const before = known.get(sequence);
  if (before !== undefined) return before;
  const { tensors, storages, operators } = sequence;
  const lives = storages.map(() => ({ parts: [] as StoragePart[], until: -1, users: [] as number[], tensors: 0 }));
  const isMade = tensors.map(() => false);
  operators.forEach((operator, index) => {
    for (const tensor of operator.inputs) {
      const life = lives[tensors[tensor]!.storage]!;
      life.until = Math.max(life.until, index);
      if (operator.kind !== 'view' && life.users.at(-1) !== index) life.users.push(index);
    }
    isMade[operator.output] = true;
    const life = lives[tensors[operator.output]!.storage]!;
    if (operator.kind !== 'view') life.parts.push({ from: index, words: product(tensors[operator.output]!.sizes) });
    life.until = Math.max(life.until, index);
  });
  tensors.forEach(({ storage, sizes }, tensor) => {
    lives[storage]!.tensors++;
    if (!isMade[tensor]) lives[storage]!.parts.push({ from: -1, words: product(sizes) });
  });
  known.set(sequence, lives);
  return lives;
}

/**
 * Bits that a retained storage takes in the retention level during a segment: of the parts that exist by its end, from its start; 0 where none do or its last user
 * ran before.
 */
export function residentBits(
  sequence: Sequence,
  { activationBits }: Pick<Retention, 'activationBits'>,
  storage: number,
  { first, end }: { readonly first: number; readonly end: number },
): number {
  const { parts, until } = storageLives(sequence)[storage]!;
  if (until < first) return 0;
  let words = 0;
  for (const part of parts) if (part.from < end) words += part.words;
  return words * activationBits(sequence.storages[storage]!.wordBits);
}
