import { type Accelerator, canKeep, type StorageLevel } from '../accelerator/accelerator.ts';
import { type EnergyAndCycles, NO_COST } from '../util/network-totals.ts';
import type { TensorName } from '../util/vocabulary.ts';
import { mergedLoads, type VectorDemand, type VectorLoad, vectorDemands } from '../workload/graph/fusion.ts';
import type { Graph } from '../workload/graph/graph.ts';
import { accessEnergyPj, portCycles } from './level-cost.ts';

/** What one run of a vector operator costs on an accelerator. */
export interface VectorOperatorCost extends EnergyAndCycles {
  /** Of its operations alone. */
  readonly operationsPj: number;
  /** By level, outermost first, of the words that it moves. */
  readonly levelsPj: readonly number[];
  /** Of the words that it writes, at all levels. */
  readonly writtenPj: number;
  /** What takes all its cycles: the level whose ports do, outermost first, or the operations; null where it takes none. */
  readonly boundBy: number | 'operations' | null;
}

/**
 * One run of an operator on a vector unit. Its words come from the outermost level and go back there, through every level down to the one that the unit reads
 * and writes, but those that cannot hold them: each reads what passes inwards, and is filled (inwards) or updated (outwards) with what arrives, in the width in
 * which it stores activations. Words are spread evenly over the instances of a level. Operations and all ports overlap; simple and special operations
 * do not. Null without a vector unit.
 */
export function vectorOperatorCost(
  { wordsIn, wordsOut, work, wordBits }: Omit<VectorLoad, 'repeat'>,
  { levels, vectorUnit }: Pick<Accelerator, 'levels' | 'vectorUnit'>,
): VectorOperatorCost | null {
  if (vectorUnit === undefined) return null;
  const { simplePerCycle, specialPerCycle, simplePj, specialPj } = vectorUnit;
  const operationsPj = work.simple * simplePj + work.special * specialPj;
  let writtenPj = 0;
  let cycles = Math.ceil(work.simple / simplePerCycle) + Math.ceil(work.special / specialPerCycle);
  let boundBy: VectorOperatorCost['boundBy'] = cycles > 0 ? 'operations' : null;
  const levelsPj = levels.map((level, index) => {
    if (index > vectorUnit.level) return 0;
    const inwards = isOnWay('Inputs', index, { levels, vectorUnit }) ? wordsIn : 0;
    const outwards = isOnWay('Outputs', index, { levels, vectorUnit }) ? wordsOut : 0;
    const fills = index === 0 ? 0 : inwards;
    const bits = level.storedBits.Inputs ?? wordBits;
    const moving = movingCycles(level, inwards, fills + outwards, bits);
    if (moving > cycles) boundBy = index;
    cycles = Math.max(cycles, moving);
    const energyPj = (pj: number, words: number) => accessEnergyPj(level, pj, words, level.instances, bits);
    const writes = energyPj(level.energy.updatePj, outwards);
    writtenPj += writes;
    return energyPj(level.energy.readPj, inwards) + energyPj(level.energy.fillPj, fills) + writes;
  });
  const energyPj = levelsPj.reduce((sum, pj) => sum + pj, operationsPj);
  return { operationsPj, levelsPj, writtenPj, energyPj, cycles, boundBy };
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

function movingCycles(
  { bandwidth, wordBits, instances }: StorageLevel,
  reads: number,
  writes: number,
  bits: number,
): number {
  const { readWordsPerCycle = Infinity, writeWordsPerCycle = Infinity, sharedWordsPerCycle = Infinity } = bandwidth;
  const own = (words: number) => Math.ceil(words / instances) * bits;
  return Math.max(
    portCycles(own(reads), readWordsPerCycle, wordBits),
    portCycles(own(writes), writeWordsPerCycle, wordBits),
    portCycles(own(reads) + own(writes), sharedWordsPerCycle, wordBits),
  );
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

/** The demands of a network; none where only layers are known. */
export function networkVectorDemands({ graph }: { readonly graph?: Graph }): readonly VectorDemand[] {
  return graph === undefined ? [] : vectorDemands(graph);
}

/** What the vector operators of a network load a vector unit with, equal ones merged: for searches that price them many times. */
export function networkVectorLoads(network: { readonly graph?: Graph }): readonly VectorLoad[] {
  return mergedLoads(networkVectorDemands(network));
}
