import type { Accelerator } from '../accelerator/accelerator.ts';
import { type EnergyAndCycles, NO_COST } from '../util/network-totals.ts';
import { mergedLoads, type VectorDemand, type VectorLoad } from '../workload/graph/fusion.ts';
import { networkDemands, type ShownNetwork } from '../workload/graph/network-demands.ts';
import { type VectorOperatorCost, vectorStepCost } from './vector-step.ts';

/**
 * One run of an operator on a vector unit whose words all come from the outermost level and go back there, as of a layer of its own: {@link vectorStepCost}.
 * Null without a vector unit.
 */
export function vectorOperatorCost(
  { reads, wordsOut, work, wordBits }: Omit<VectorLoad, 'repeat'>,
  accelerator: Pick<Accelerator, 'levels' | 'vectorUnit'>,
): VectorOperatorCost | null {
  const step = {
    work,
    reads: reads.map((one) => ({ ...one, home: 0 })),
    written: { words: wordsOut, wordBits, home: 0 },
  };
  return vectorStepCost(step, accelerator);
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
