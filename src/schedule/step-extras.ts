import type { Accelerator } from '../accelerator/accelerator.ts';
import { vectorOperatorCost } from '../cost/vector-cost.ts';
import { vectorStepCost } from '../cost/vector-step.ts';
import { type EnergyAndCycles, NO_COST } from '../util/network-totals.ts';
import type { StepKind } from './step-kind.ts';

/** What no mapping changes of a step: of a vector step all, of a layer the operators that run with it; nothing without a vector unit. */
export function stepExtras(step: StepKind, accelerator: Pick<Accelerator, 'levels' | 'vectorUnit'>): EnergyAndCycles {
  let { energyPj, cycles } = step.kind === 'vector' ? (vectorStepCost(step.load, accelerator) ?? NO_COST) : NO_COST;
  for (const load of step.fused) {
    const cost = vectorOperatorCost(load, accelerator) ?? NO_COST;
    energyPj += load.repeat * cost.energyPj;
    cycles += load.repeat * cost.cycles;
  }
  return { energyPj, cycles };
}
