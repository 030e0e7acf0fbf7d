import { type Accelerator, childrenOf, type StorageLevel } from '../accelerator/accelerator.ts';
import { TrifoldError } from '../util/errors.ts';
import type { LayerShape } from '../workload/network.ts';
import type { ReadWords } from '../workload/read-words.ts';
import type { Residency } from '../workload/residency.ts';
import type { CostOptions, LevelMoves, TensorAccesses } from './evaluation.ts';
import { accessEnergyPj, type BandwidthUse } from './level-cost.ts';
import { requestsOfRun } from './level-overheads.ts';
import { reuseRule } from './temporal-reuse.ts';

/** What the moves of a step are at one level. */
export interface MovedWords {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  /** Requests of reads and of updates; 0 where the level states none. */
  readonly readRequests: number;
  readonly writeRequests: number;
  readonly energyPj: number;
  /** Bits of what is read, and of what is filled and updated. */
  readonly readBits: number;
  readonly writtenBits: number;
}

/**
 * Refuses a residency that the model does not know.
 * @throws TrifoldError `unsupported`
 */
export function requireResidency({ residency }: LayerShape, { levels }: Accelerator, options: CostOptions): void {
  if (residency === undefined) return;
  const refuse = (why: string, hint: string) => {
    throw new TrifoldError('unsupported', why, { hint });
  };
  if (reuseRule(options.temporalReuse).isTimeloop)
    refuse("Timeloop's rule of reuse knows no operands that stay on chip", 'use temporalReuse exact');
  const level = levels[residency.level];
  if (level === undefined || residency.level < 1) {
    refuse(`no level ${residency.level} can retain operands`, `give a level from 1 to ${levels.length - 1}`);
    return;
  }
  if (level.capacity.kind === 'partitioned')
    refuse(`level ${level.name} is partitioned per tensor and cannot retain operands`, 'give it one shared capacity');
  const instances = levels.slice(0, residency.level).reduce((all, outer) => all * childrenOf(outer), 1);
  if (level.instances !== 1 || instances !== 1)
    refuse(
      `level ${level.name} has more than one instance and cannot retain operands`,
      'name a level with one instance',
    );
}

/**
 * What the moves of a step are at a level: a fetched word is read at the outermost level and filled into the retention level, a drained one is an update of
 * the outermost level, and a read of the retention level where that charges what it drains. Each entry is one contiguous run. Null where nothing moves.
 */
export function movedWords(
  { residency }: { readonly residency?: Pick<Residency, 'level' | 'moves'> },
  { levels }: Pick<Accelerator, 'levels'>,
  index: number,
): MovedWords | null {
  if (residency === undefined || (index !== 0 && index !== residency.level)) return null;
  const { fetched, drained } = residency.moves;
  if (fetched.length + drained.length === 0) return null;
  const level = levels[index]!;
  const { readPj, fillPj, updatePj } = level.energy;
  const read = index === 0 ? fetched : level.drain === 'charged' ? drained : [];
  const filled = index === 0 ? [] : fetched;
  const updated = index === 0 ? drained : [];
  const energyPj = (moved: readonly ReadWords[], pj: number) =>
    moved.reduce((sum, { words, wordBits }) => sum + accessEnergyPj(level, pj, words, 1, wordBits), 0);
  const requests = (moved: readonly ReadWords[]) =>
    level.requests === undefined || index > 0
      ? 0
      : moved.reduce((sum, { words, wordBits }) => sum + requestsOfRun(words, wordBits, level.requests!.bytes), 0);
  return {
    reads: wordsOf(read),
    fills: wordsOf(filled),
    updates: wordsOf(updated),
    readRequests: requests(read),
    writeRequests: requests(updated),
    energyPj: energyPj(read, readPj) + energyPj(filled, fillPj) + energyPj(updated, updatePj),
    readBits: bitsOf(read),
    writtenBits: bitsOf(filled) + bitsOf(updated),
  };
}

/** What moves take of a level's ports. */
export function portUse({ readBits, writtenBits, readRequests, writeRequests }: MovedWords): BandwidthUse {
  return { reads: readBits, writes: writtenBits, bits: 1, readRequests, writeRequests };
}

/** The part of moves that an evaluation reports. */
export function levelMoves({ reads, fills, updates, readRequests, writeRequests, energyPj }: MovedWords): LevelMoves {
  return { reads, fills, updates, requests: readRequests + writeRequests, energyPj };
}

/**
 * Accesses of Outputs to their home in the retention level: every word but the first of its kind is added to one that is read.
 * @param updates words that arrive
 * @param first words of Outputs that nothing was added to before
 * @param bits of a word in the home
 */
export function homeAccesses(level: StorageLevel, updates: number, first: number, bits: number): TensorAccesses {
  const counts = { reads: updates - first, fills: 0, updates };
  const energyPj =
    accessEnergyPj(level, level.energy.readPj, counts.reads, 1, bits) +
    accessEnergyPj(level, level.energy.updatePj, updates, 1, bits);
  return { tensor: 'Outputs', kept: true, tileWords: 0, ...counts, busiest: counts, energyPj };
}

function wordsOf(moved: readonly ReadWords[]): number {
  return moved.reduce((sum, { words }) => sum + words, 0);
}

function bitsOf(moved: readonly ReadWords[]): number {
  return moved.reduce((sum, { words, wordBits }) => sum + words * wordBits, 0);
}
