import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostOptions, Evaluation, Infeasible } from '../../src/cost/evaluation.ts';
import { compileKernel, type Kernel } from '../../src/cost/kernel.ts';
import { packMapping } from '../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../src/cost/reference.ts';
import { type CaseOptions, type CostCase, costCase } from './arbitraries.ts';

const EXACT: CostOptions = { temporalReuse: 'exact' };
const TIMELOOP: CostOptions = { temporalReuse: 'timeloop' };

function feasible(result: Evaluation | Infeasible): Evaluation {
  if (!result.feasible) throw new Error(result.violations.map((violation) => violation.message).join('; '));
  return result;
}

/** Both evaluations agree, and so do the figures of the quick call; hands the kernel back. */
function expectEqual({ layer, accelerator, mapping }: CostCase, options: CostOptions): Kernel {
  const kernel = compileKernel(layer, accelerator, options);
  const packed = packMapping(kernel.layout, mapping)!;
  const reference = feasible(evaluateReference(layer, accelerator, mapping, options));
  expect(kernel.evaluate(packed)).toBe(0);
  expect([kernel.energyPj, kernel.cycles, kernel.edpPjCycles]).toEqual([
    reference.energyPj,
    reference.cycles,
    reference.edpPjCycles,
  ]);
  expect(kernel.toEvaluation(packed)).toEqual(reference);
  return kernel;
}

/** Runs `runs` random cases; returns how often each path of the kernel ran. */
function compare(caseOptions: CaseOptions, options: CostOptions, runs: number): Kernel['paths'] {
  const paths: Record<string, number> = {};
  fc.assert(
    fc.property(costCase(caseOptions), (drawn) => {
      for (const [path, count] of Object.entries(expectEqual(drawn, options).paths))
        paths[path] = (paths[path] ?? 0) + count;
    }),
    { numRuns: runs },
  );
  return paths as unknown as Kernel['paths'];
}

describe('the kernel equals the reference to the bit', () => {
  it('with perfect factors', () => {
    const paths = compare({ imperfect: false, padding: false, maxMacs: 4000 }, EXACT, 1500);
    expect(paths.perfect).toBe(3000);
  });
  it('with perfect factors and padding', () => {
    const paths = compare({ imperfect: false, padding: true, maxMacs: 4000 }, EXACT, 1500);
    expect(paths.padded).toBeGreaterThan(1500);
  });
  it('with imperfect factors', () => {
    const paths = compare({ imperfect: true, padding: false, maxMacs: 2000 }, EXACT, 2000);
    expect(paths.ragged).toBeGreaterThan(2000);
  });
  it('with imperfect factors and padding', () => {
    const paths = compare({ imperfect: true, padding: true, maxMacs: 2000 }, EXACT, 2000);
    expect(paths.ragged).toBeGreaterThan(2000);
  });
  it('with perfect factors under the rule of Timeloop', () => {
    const paths = compare({ imperfect: false, padding: true, maxMacs: 4000 }, TIMELOOP, 1500);
    expect(paths.perfect).toBe(3000);
  });
});
