import type { Accelerator } from '../accelerator/accelerator.ts';
import { vectorOperatorCost } from '../cost/vector-cost.ts';
import { vectorStepCost } from '../cost/vector-step.ts';
import { type EnergyAndCycles, NO_COST } from '../util/network-totals.ts';
import type { Retention } from './retention.ts';
import type { StepKind } from './step-kind.ts';

/** What no mapping changes of a step: of a vector step all, of a layer the operators that run with it; nothing without a vector unit. */
export function stepExtras(
  step: StepKind,
  accelerator: Pick<Accelerator, 'levels' | 'vectorUnit'>,
  { level }: Pick<Retention, 'level'>,
): EnergyAndCycles {
  if (step.kind === 'vector') {
    const { operands, parameters, output, work, moves } = step;
    const homeOf = (isRetained: boolean) => (isRetained ? level : 0);
    const reads = [
      ...operands.map(({ isRetained, ...words }) => ({ ...words, home: homeOf(isRetained) })),
      ...parameters.map((words) => ({ ...words, home: 0 })),
    ];
    const written = { words: output.words, wordBits: output.wordBits, home: homeOf(output.isRetained) };
    return vectorStepCost({ work, reads, written, residency: { level, moves } }, accelerator) ?? NO_COST;
  }
  let energyPj = 0;
  let cycles = 0;
  for (const load of step.fused) {
    const cost = vectorOperatorCost(load, accelerator);
    if (cost === null) return NO_COST;
    energyPj += load.repeat * cost.energyPj;
    cycles += load.repeat * cost.cycles;
  }
  return { energyPj, cycles };
}
