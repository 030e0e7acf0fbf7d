import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, StorageLevel } from '../../src/accelerator/accelerator.ts';
import { evaluateMapping } from '../../src/cost/evaluate.ts';
import type { Evaluation } from '../../src/cost/evaluation.ts';
import { EXACT, feasible } from './agreement.ts';
import { type CostCase, costCase } from './arbitraries.ts';
import { overheadCase } from './overhead-arbitraries.ts';

const OPTIONS = { imperfect: true, padding: true, maxMacs: 300 };

function evaluate({ layer, accelerator, mapping }: CostCase): Evaluation {
  return feasible(evaluateMapping(layer, accelerator, mapping, EXACT));
}

function withLevel(
  sampled: CostCase,
  chosen: number,
  change: (level: StorageLevel) => Partial<StorageLevel>,
): CostCase {
  const index = chosen % sampled.accelerator.levels.length;
  const levels = sampled.accelerator.levels.map((level, i) => (i === index ? { ...level, ...change(level) } : level));
  return { ...sampled, accelerator: { ...sampled.accelerator, levels } };
}

describe('terms of real hardware', () => {
  it('change nothing where they take nothing', () => {
    const free = (accelerator: Accelerator): Accelerator => ({
      ...accelerator,
      levels: accelerator.levels.map((level) => ({
        ...level,
        launch: { cycles: 0, matrixCycles: 0 },
        fanOut: { ...level.fanOut, fill: { cyclesPerLoad: 0, leastRows: 1 }, rampCycles: 0 },
      })),
    });
    fc.assert(
      fc.property(costCase({ ...OPTIONS, imperfect: false }), (sampled) => {
        expect(evaluate({ ...sampled, accelerator: free(sampled.accelerator) })).toEqual(evaluate(sampled));
      }),
      { numRuns: 100 },
    );
  });

  it('never make a mapping faster or cheaper when they grow, and slow it down once they bind', () => {
    const grown: readonly ((level: StorageLevel, by: number) => Partial<StorageLevel>)[] = [
      ({ launch = { cycles: 0, matrixCycles: 0 } }, by) => ({
        launch: { cycles: launch.cycles + by, matrixCycles: launch.matrixCycles + by },
      }),
      ({ fanOut }, by) => ({ fanOut: { ...fanOut, rampCycles: (fanOut.rampCycles ?? 0) + by } }),
      ({ fanOut }, by) => {
        const { cyclesPerLoad, leastRows } = fanOut.fill ?? { cyclesPerLoad: 0, leastRows: 1 };
        return { fanOut: { ...fanOut, fill: { cyclesPerLoad: cyclesPerLoad + by, leastRows } } };
      },
      ({ fanOut }, by) => {
        const { cyclesPerLoad, leastRows } = fanOut.fill ?? { cyclesPerLoad: 0, leastRows: 1 };
        return { fanOut: { ...fanOut, fill: { cyclesPerLoad, leastRows: leastRows + by } } };
      },
    ];
    fc.assert(
      fc.property(
        overheadCase(OPTIONS),
        fc.nat(3),
        fc.constantFrom(...grown),
        fc.integer({ min: 1, max: 9 }),
        (sampled, chosen, grow, by) => {
          const before = evaluate(sampled);
          const after = evaluate(withLevel(sampled, chosen, (level) => grow(level, by)));
          expect(after.cycles).toBeGreaterThanOrEqual(before.cycles);
          expect(after.energyPj).toBeGreaterThanOrEqual(before.energyPj);
          const far = evaluate(withLevel(sampled, chosen, (level) => grow(level, before.cycles + 1)));
          expect(far.cycles).toBeGreaterThan(before.cycles);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('add the transfers of the levels without overlap to compute', () => {
    fc.assert(
      fc.property(costCase(OPTIONS), fc.nat(3), fc.nat(3), (sampled, one, other) => {
        const before = evaluate(sampled);
        const serial = withLevel(sampled, one, () => ({ overlap: 'none' }));
        const first = before.levels[one % before.levels.length]!.transferCycles;
        const alone = evaluate(serial);
        expect(alone.cycles).toBe(Math.max(before.cycles, before.computeCycles + first));
        const both = evaluate(withLevel(serial, other, () => ({ overlap: 'none' })));
        const second =
          other % before.levels.length === one % before.levels.length
            ? 0
            : before.levels[other % before.levels.length]!.transferCycles;
        expect(both.cycles).toBe(Math.max(before.cycles, before.computeCycles + first + second));
        expect(both.levels.map(({ tensors }) => tensors)).toEqual(before.levels.map(({ tensors }) => tensors));
      }),
      { numRuns: 100 },
    );
  });
});
