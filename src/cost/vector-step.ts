import { type Accelerator, canKeep, type StorageLevel } from '../accelerator/accelerator.ts';
import type { EnergyAndCycles } from '../util/network-totals.ts';
import type { TensorName } from '../util/vocabulary.ts';
import { wordsByWidth } from '../workload/graph/fusion.ts';
import type { VectorWork } from '../workload/graph/vector-operation.ts';
import type { ReadWords } from '../workload/read-words.ts';
import type { Residency } from '../workload/residency.ts';
import { accessEnergyPj, transferCycles } from './level-cost.ts';
import { movedWords } from './moves.ts';

/** What one run of a vector operator costs on an accelerator. */
export interface VectorOperatorCost extends EnergyAndCycles {
  /** Of its operations alone. */
  readonly operationsPj: number;
  /** By level, outermost first: of the words that it moves, and what the level leaks meanwhile. */
  readonly levelsPj: readonly number[];
  /** Of the words that it reads, at all levels. */
  readonly readPj: number;
  /** Of the words that it writes, at all levels. */
  readonly writtenPj: number;
  /** Of the words that move beside them, at all levels. */
  readonly movesPj: number;
  /** What takes all its cycles: the level whose ports do, outermost first, or the operations; null where it takes none. */
  readonly boundBy: number | 'operations' | null;
}

/** Words of one operand, with the level that they come from or go to. */
export interface HomedWords extends ReadWords {
  /** Index of a level. */
  readonly home: number;
}

/** A vector operator, or a part of one, as a step of a schedule. */
export interface HomedLoad {
  readonly work: VectorWork;
  /** Of activations and parameters. */
  readonly reads: readonly HomedWords[];
  readonly written: HomedWords;
  /** What moves beside between the outermost level and the retention level; absent: nothing. */
  readonly residency?: Pick<Residency, 'level' | 'moves'>;
}

type VectorAccelerator = Pick<Accelerator, 'levels' | 'vectorUnit'>;

/**
 * One step on a vector unit. Words come from their home and go to their home, through every level between it and the one that the unit reads and writes, but
 * those that cannot hold them: each reads what passes inwards, and is filled (inwards) or updated (outwards) with what arrives, in the width in which it
 * stores activations. A home at or inside the unit's level is read and written alone. Words are spread evenly over the instances of a level. Operations and
 * all ports overlap; simple and special operations do not. All levels leak as they do in layers. Null without a vector unit.
 */
export function vectorStepCost(load: HomedLoad, { levels, vectorUnit }: VectorAccelerator): VectorOperatorCost | null {
  if (vectorUnit === undefined) return null;
  const { work, reads, written } = load;
  const { simplePerCycle, specialPerCycle, simplePj, specialPj } = vectorUnit;
  const operationsPj = work.simple * simplePj + work.special * specialPj;
  let readPj = 0;
  let writtenPj = 0;
  let movesPj = 0;
  let cycles = Math.ceil(work.simple / simplePerCycle) + Math.ceil(work.special / specialPerCycle);
  let boundBy: VectorOperatorCost['boundBy'] = cycles > 0 ? 'operations' : null;
  const movedPj = levels.map((level, index) => {
    const passing = (tensor: TensorName, words: readonly HomedWords[]) =>
      words.filter(({ home }) => isOnWay(tensor, index, { levels, vectorUnit }, home));
    const stored = (words: readonly ReadWords[]) =>
      wordsByWidth(words).map((one) => ({ ...one, wordBits: movedBits(level, one.wordBits) }));
    const inwards = passing('Inputs', reads);
    const outwards = stored(passing('Outputs', [written]));
    const fills = stored(inwards.filter(({ home }) => home !== index));
    const sent = stored(inwards);
    const beside = movedWords(load, { levels }, index);
    const used = [
      { reads: busiestBits(level, sent), writes: busiestBits(level, [...fills, ...outwards]), bits: 1 },
      ...(beside === null ? [] : [{ ...beside, reads: beside.readBits, writes: beside.writtenBits, bits: 1 }]),
    ];
    const moving = transferCycles(level, 0, used, 'exact');
    if (moving > cycles) boundBy = index;
    cycles = Math.max(cycles, moving);
    const energyPj = (pj: number, moved: readonly ReadWords[]) =>
      moved.reduce((sum, one) => sum + accessEnergyPj(level, pj, one.words, level.instances, one.wordBits), 0);
    const writes = energyPj(level.energy.updatePj, outwards);
    const read = energyPj(level.energy.readPj, sent) + energyPj(level.energy.fillPj, fills);
    const besidePj = beside?.energyPj ?? 0;
    readPj += read;
    writtenPj += writes;
    movesPj += besidePj;
    return read + writes + besidePj;
  });
  const levelsPj = levels.map(
    ({ leakagePjPerCycle, instances }, index) => movedPj[index]! + leakagePjPerCycle * instances * cycles,
  );
  return {
    ...{ operationsPj, levelsPj, readPj, writtenPj, movesPj },
    energyPj: levelsPj.reduce((sum, pj) => sum + pj, operationsPj),
    cycles,
    boundBy,
  };
}

/** Bits in which a level moves an activation's word of `wordBits` between operators. */
export function movedBits({ storedBits }: Pick<StorageLevel, 'storedBits'>, wordBits: number): number {
  return storedBits.Inputs ?? wordBits;
}

/**
 * Whether words that a vector unit reads (Inputs) or writes (Outputs) pass through a level: not where it is no place for them, or outside their home, or
 * further inwards than both.
 * @param home level that they come from or go to
 */
export function isOnWay(
  tensor: TensorName,
  index: number,
  { levels, vectorUnit }: VectorAccelerator,
  home = 0,
): boolean {
  if (vectorUnit === undefined) return false;
  if (index === home) return true;
  if (index < home || index > vectorUnit.level) return false;
  return index === vectorUnit.level || canKeep(levels[index]!, tensor);
}

/** Bits that the busiest instance of a level moves of words that are spread evenly; words of one width together. */
function busiestBits({ instances }: StorageLevel, moved: readonly ReadWords[]): number {
  return wordsByWidth(moved).reduce((bits, { words, wordBits }) => bits + Math.ceil(words / instances) * wordBits, 0);
}
