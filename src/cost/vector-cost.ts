import { type Accelerator, canKeep, type StorageLevel } from '../accelerator/accelerator.ts';
import { type EnergyAndCycles, NO_COST } from '../util/network-totals.ts';
import type { TensorName } from '../util/vocabulary.ts';
import { mergedLoads, type VectorDemand, type VectorLoad, wordsByWidth } from '../workload/graph/fusion.ts';
import { networkDemands, type ShownNetwork } from '../workload/graph/network-demands.ts';
import type { ReadWords } from '../workload/read-words.ts';
import { accessEnergyPj, transferCycles } from './level-cost.ts';

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
  /** What takes all its cycles: the level whose ports do, outermost first, or the operations; null where it takes none. */
  readonly boundBy: number | 'operations' | null;
}

/**
 * One run of an operator on a vector unit. Its words come from the outermost level and go back there, through every level down to the one that the unit reads
 * and writes, but those that cannot hold them: each reads what passes inwards, and is filled (inwards) or updated (outwards) with what arrives, in the width in
 * which it stores activations. Words are spread evenly over the instances of a level. Operations and all ports overlap; simple and special operations
 * do not. All levels leak as they do in layers. Null without a vector unit.
 */
export function vectorOperatorCost(
  { reads, wordsOut, work, wordBits }: Omit<VectorLoad, 'repeat'>,
  { levels, vectorUnit }: Pick<Accelerator, 'levels' | 'vectorUnit'>,
): VectorOperatorCost | null {
  if (vectorUnit === undefined) return null;
  const { simplePerCycle, specialPerCycle, simplePj, specialPj } = vectorUnit;
  const operationsPj = work.simple * simplePj + work.special * specialPj;
  let readPj = 0;
  let writtenPj = 0;
  let cycles = Math.ceil(work.simple / simplePerCycle) + Math.ceil(work.special / specialPerCycle);
  let boundBy: VectorOperatorCost['boundBy'] = cycles > 0 ? 'operations' : null;
  const movedPj = levels.map((level, index) => {
    if (index > vectorUnit.level) return 0;
    const isPassed = (tensor: TensorName) => isOnWay(tensor, index, { levels, vectorUnit });
    const stored = (words: readonly ReadWords[]) =>
      words.map((one) => ({ ...one, wordBits: movedBits(level, one.wordBits) }));
    const inwards = isPassed('Inputs') ? stored(reads) : [];
    const outwards = isPassed('Outputs') ? stored([{ words: wordsOut, wordBits }]) : [];
    const fills = index === 0 ? [] : inwards;
    const moved = { reads: busiestBits(level, inwards), writes: busiestBits(level, [...fills, ...outwards]), bits: 1 };
    const moving = transferCycles(level, 0, [moved], 'exact');
    if (moving > cycles) boundBy = index;
    cycles = Math.max(cycles, moving);
    const energyPj = (pj: number, moved: readonly ReadWords[]) =>
      moved.reduce((sum, one) => sum + accessEnergyPj(level, pj, one.words, level.instances, one.wordBits), 0);
    const writes = energyPj(level.energy.updatePj, outwards);
    const read = energyPj(level.energy.readPj, inwards) + energyPj(level.energy.fillPj, fills);
    readPj += read;
    writtenPj += writes;
    return read + writes;
  });
  const levelsPj = levels.map(
    ({ leakagePjPerCycle, instances }, index) => movedPj[index]! + leakagePjPerCycle * instances * cycles,
  );
  return {
    operationsPj,
    levelsPj,
    readPj,
    writtenPj,
    energyPj: levelsPj.reduce((sum, pj) => sum + pj, operationsPj),
    cycles,
    boundBy,
  };
}

/** Bits in which a level moves an activation's word of `wordBits` between operators. */
export function movedBits({ storedBits }: Pick<StorageLevel, 'storedBits'>, wordBits: number): number {
  return storedBits.Inputs ?? wordBits;
}

/** Whether words that a vector unit reads (Inputs) or writes (Outputs) pass through a level: not where it is no place for them, or further inwards. */
export function isOnWay(
  tensor: TensorName,
  index: number,
  { levels, vectorUnit }: Pick<Accelerator, 'levels' | 'vectorUnit'>,
): boolean {
  if (vectorUnit === undefined || index > vectorUnit.level) return false;
  return index === 0 || index === vectorUnit.level || canKeep(levels[index]!, tensor);
}

/** Bits that the busiest instance of a level moves of words that are spread evenly; words of one width together. */
function busiestBits({ instances }: StorageLevel, moved: readonly ReadWords[]): number {
  return wordsByWidth(moved).reduce((bits, { words, wordBits }) => bits + Math.ceil(words / instances) * wordBits, 0);
}

/** What all vector operators of a network cost together, one after the other and after the layers; nothing without a vector unit or a graph. */
export function vectorCost(
  loads: readonly VectorLoad[],
  accelerator: Pick<Accelerator, 'levels' | 'vectorUnit'>,
): EnergyAndCycles {
  let energyPj = 0;
  let cycles = 0;
  for (const load of loads) {
    const cost = vectorOperatorCost(load, accelerator);
    if (cost === null) return NO_COST;
    energyPj += load.repeat * cost.energyPj;
    cycles += load.repeat * cost.cycles;
  }
  return { energyPj, cycles };
}

/** The demands of a network, or of the part of it that is asked for; none where only layers are known. */
export function networkVectorDemands(network: ShownNetwork): readonly VectorDemand[] {
  return networkDemands(network).own;
}

/** What the vector operators of a network load a vector unit with, equal ones merged: for searches that price them many times. */
export function networkVectorLoads(network: ShownNetwork): readonly VectorLoad[] {
  return mergedLoads(networkVectorDemands(network));
}
