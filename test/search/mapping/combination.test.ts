import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestCombination } from '../../../src/search/mapping/combination.ts';
import type { EnergyAndCycles } from '../../../src/util/network-totals.ts';

const figures = fc.record({ energyPj: fc.integer({ min: 1, max: 50 }), cycles: fc.integer({ min: 1, max: 50 }) });
const layers = fc.array(fc.array(figures, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });

/** Sums of every combination. */
function allSums(options: readonly (readonly EnergyAndCycles[])[]): EnergyAndCycles[] {
  return options.reduce<EnergyAndCycles[]>(
    (sums, layer) =>
      sums.flatMap((sum) =>
        layer.map((one) => ({ energyPj: sum.energyPj + one.energyPj, cycles: sum.cycles + one.cycles })),
      ),
    [{ energyPj: 0, cycles: 0 }],
  );
}

describe('bestCombination', () => {
  it('is the best of all combinations that keep the limit', () => {
    fc.assert(
      fc.property(
        layers,
        fc.integer({ min: 0, max: 150 }),
        fc.constantFrom(
          (energyPj: number) => energyPj,
          (energyPj: number, cycles: number) => energyPj * cycles,
        ),
        (options, limit, value) => {
          const holds = (_: number, cycles: number) => cycles <= limit;
          const kept = allSums(options).filter(({ energyPj, cycles }) => holds(energyPj, cycles));
          const choice = bestCombination(options, value, holds);
          if (kept.length === 0) {
            expect(choice).toBeNull();
            return;
          }
          const chosen = choice!.map((option, i) => options[i]![option]!);
          const sum = (of: (one: EnergyAndCycles) => number) => chosen.reduce((all, one) => all + of(one), 0);
          const [energyPj, cycles] = [sum((one) => one.energyPj), sum((one) => one.cycles)];
          expect(cycles).toBeLessThanOrEqual(limit);
          expect(value(energyPj, cycles)).toBe(Math.min(...kept.map((one) => value(one.energyPj, one.cycles))));
        },
      ),
    );
  });

  it('stays near the best where there are too many sums to follow', () => {
    const options = Array.from({ length: 14 }, (_, i) => [
      { energyPj: 2 ** i, cycles: 0 },
      { energyPj: 0, cycles: 2 ** i },
    ]);
    const choice = bestCombination(
      options,
      (energyPj) => energyPj,
      (_, cycles) => cycles <= 10_000,
    )!;
    const cycles = choice.reduce((sum, option, i) => sum + options[i]![option]!.cycles, 0);
    expect(cycles).toBeLessThanOrEqual(10_000);
    expect(cycles).toBeGreaterThan(9_980);
  });
});
