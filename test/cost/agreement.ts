import { expect } from 'vitest';
import type { CostOptions, Evaluation, Infeasible } from '../../src/cost/evaluation.ts';
import { compileKernel, type Kernel } from '../../src/cost/kernel/kernel.ts';
import { packMapping } from '../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../src/cost/reference/reference.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';
import type { CostCase } from './arbitraries.ts';
import { simulate } from './reference/simulator.ts';

export const EXACT: CostOptions = { temporalReuse: 'exact' };
export const TIMELOOP: CostOptions = { temporalReuse: 'timeloop' };
export const TIMELOOP_2023: CostOptions = { temporalReuse: 'timeloop-2023' };

/** The evaluation of a legal mapping. */
export function feasible(result: Evaluation | Infeasible): Evaluation {
  if (!result.feasible) throw new Error(result.violations.map((violation) => violation.message).join('; '));
  return result;
}

/** Kernel and reference agree on a legal mapping, and so do the figures of the quick call; hands the kernel back. */
export function expectEqual({ layer, accelerator, mapping }: CostCase, options: CostOptions): Kernel {
  const kernel = compileKernel(layer, accelerator, options);
  const packed = packMapping(kernel.layout, mapping)!;
  const reference = feasible(evaluateReference(layer, accelerator, mapping, options));
  expect(kernel.evaluate(packed)).toBe(0);
  expect([kernel.energyPj, kernel.cycles, kernel.edpPjCycles, kernel.violationExcess]).toEqual([
    reference.energyPj,
    reference.cycles,
    reference.edpPjCycles,
    0,
  ]);
  expect(kernel.toEvaluation(packed)).toEqual(reference);
  return kernel;
}

/** The reference counts on a legal mapping what the simulator counts. */
export function expectSimulated({ layer, accelerator, mapping }: CostCase): void {
  const model = feasible(evaluateReference(layer, accelerator, mapping, EXACT));
  const simulation = simulate(layer, accelerator, mapping);
  expect(model.computeCycles).toBe(simulation.cycles);
  model.levels.forEach((level, index) => {
    for (const tensor of TENSORS) {
      const { reads, fills, updates, busiest } = level.tensors[tensor];
      const counts = simulation.counts[index]![tensor];
      expect([level.name, tensor, level.requests[tensor]]).toEqual([
        level.name,
        tensor,
        {
          total: counts.readRequests + counts.writeRequests,
          busiest: counts.busiestReadRequests + counts.busiestWriteRequests,
        },
      ]);
      expect([level.name, tensor, reads, fills, updates, busiest.reads, busiest.fills, busiest.updates]).toEqual([
        level.name,
        tensor,
        ...(['reads', 'fills', 'updates', 'busiestReads', 'busiestFills', 'busiestUpdates'] as const).map(
          (key) => counts[key],
        ),
      ]);
    }
  });
}
