import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ED2P, EDP, ENERGY, LATENCY } from '../../../../src/search/mapping/objective.ts';
import { limitedBound, weightTowards } from '../../../../src/search/schedule/bounds/limit-bound.ts';
import { type SupportingLine, worstCorner } from '../../../../src/search/schedule/bounds/line-bound.ts';
import { weighed } from '../../../../src/search/schedule/step-labels.ts';

const figure = fc.integer({ min: 1, max: 100 });
const points = fc.array(fc.record({ energyPj: figure, cycles: figure }), { minLength: 1, maxLength: 8 });
const goals = fc.constantFrom(EDP, ED2P, ENERGY, LATENCY);
/** Limits on energy, cycles, both, and their product. */
const limits = fc.record({ energyPj: figure, cycles: figure, product: fc.constantFrom(400, 2000, 1e9) });

type Point = { readonly energyPj: number; readonly cycles: number };

function lineOf(all: readonly Point[], lambda: number | null): SupportingLine & { readonly at: Point } {
  const weigh = ({ energyPj, cycles }: Point) => weighed(lambda, energyPj, cycles);
  const at = all.reduce((best, one) => (weigh(one) < weigh(best) ? one : best));
  return { lambda, lowerBound: weigh(at), at };
}

const leastOf = (all: readonly Point[]): Point => ({
  energyPj: Math.min(...all.map(({ energyPj }) => energyPj)) / 2,
  cycles: Math.min(...all.map(({ cycles }) => cycles)) / 2,
});

describe('least values above lines within a limit', () => {
  // Killed by: a border without its least energy, a bound a thousandth larger.
  it('are below every point that keeps it, and reached on the border of what the lines leave', () => {
    let tight = 0;
    const weights = fc.uniqueArray(fc.constantFrom(null, 0, 0.25, 0.5, 1, 2, 7), { maxLength: 5 });
    fc.assert(
      fc.property(points, weights, goals, limits, (all, lambdas, { value }, most) => {
        const lines = lambdas.map((lambda) => lineOf(all, lambda));
        const least = leastOf(all);
        const holds = (energyPj: number, cycles: number) =>
          energyPj <= most.energyPj && cycles <= most.cycles && energyPj * cycles <= most.product;
        const bound = limitedBound(lines, least, value, holds).value;
        for (const { energyPj, cycles } of all)
          if (holds(energyPj, cycles)) expect(bound).toBeLessThanOrEqual(value(energyPj, cycles) * (1 + 1e-9));
        const free = worstCorner(
          lines.map((line) => ({ ...line, at: null })),
          least,
          value,
        );
        expect(bound).toBeGreaterThanOrEqual(free.value * (1 - 1e-9));
        let walked = Number.POSITIVE_INFINITY;
        for (let i = 0; i <= 4000; i++) {
          const cycles = least.cycles * (1 + i / 40);
          if (lines.some(({ lambda, lowerBound }) => lambda === null && cycles < lowerBound)) continue;
          const energyPj = lines.reduce(
            (low, { lambda, lowerBound }) => (lambda === null ? low : Math.max(low, lowerBound - lambda * cycles)),
            least.energyPj,
          );
          if (holds(energyPj, cycles)) walked = Math.min(walked, value(energyPj, cycles));
        }
        expect(bound).toBeLessThanOrEqual(walked * (1 + 1e-9));
        if (walked < bound * 1.0005) tight++;
      }),
      { numRuns: 150 },
    );
    expect(tight).toBeGreaterThan(10);
  });

  // Killed by: an end of the hull that is never asked for, the edge between sums on one side of the bound.
  it('are those of the hull itself when no weight is left to ask for', () => {
    fc.assert(
      fc.property(points, goals, limits, (all, { value }, most) => {
        const holds = (energyPj: number, cycles: number) => energyPj <= most.energyPj && cycles <= most.cycles;
        const least = leastOf(all);
        const lines: SupportingLine[] = [lineOf(all, 1)];
        let bound = limitedBound(lines, least, value, holds);
        for (;;) {
          const next = Number.isFinite(bound.value) ? weightTowards(lines, bound) : undefined;
          if (next === undefined) break;
          lines.push(lineOf(all, next));
          expect(lines.length).toBeLessThan(40);
          bound = limitedBound(lines, least, value, holds);
        }
        // All edges between two points, and the ends.
        const weights = all.flatMap((a) => all.map((b) => (a.energyPj - b.energyPj) / (b.cycles - a.cycles)));
        const edges = weights.filter((weight) => weight > 0 && Number.isFinite(weight));
        const hull = [null, 0, ...edges].map((lambda) => lineOf(all, lambda));
        const whole = limitedBound(hull, least, value, holds).value;
        // What is beyond what is known to keep the limit is of no use.
        const known = Math.min(
          ...[...lines].map(({ at }) =>
            at !== null && holds(at.energyPj, at.cycles) ? value(at.energyPj, at.cycles) : Number.POSITIVE_INFINITY,
          ),
        );
        expect(Math.min(bound.value, known)).toBeGreaterThanOrEqual(Math.min(whole, known) * (1 - 1e-9));
      }),
      { numRuns: 150 },
    );
  });
});
