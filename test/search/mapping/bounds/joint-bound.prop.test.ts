import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Incumbent } from '../../../../src/search/mapping/bounds/incumbent.ts';
import { JointBound } from '../../../../src/search/mapping/bounds/joint-bound.ts';
import { RunTable } from '../../../../src/search/mapping/bounds/run-bounds.ts';
import { ED2P, EDP, weightedSum } from '../../../../src/search/mapping/objective.ts';

const figure = fc.integer({ min: 1, max: 100 });

describe('joint bounds', () => {
  it('are the least value where energy, cycles and their priced sum are at least what is given', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(EDP, ED2P, weightedSum(3)),
        fc.tuple(figure, figure, figure, figure),
        fc.constantFrom(0, 2),
        (objective, [leastPj, leastCycles, beyond, pjPerCycle], leakagePjPerCycle) => {
          const incumbent = new Incumbent({
            objective,
            cutoff: Number.POSITIVE_INFINITY,
            leakagePjPerCycle,
            shouldStop: () => false,
            nodeLimit: Number.POSITIVE_INFINITY,
          });
          const joint = new JointBound(incumbent);
          joint.pjPerCycle = pjPerCycle;
          const jointPj = leastPj + pjPerCycle * leastCycles + beyond;
          const bound = joint.of(leastPj, leastCycles, jointPj);
          let least = Number.POSITIVE_INFINITY;
          for (let step = 0; step <= 50; step++) {
            const cycles = leastCycles + (step / 50) * (beyond / pjPerCycle);
            const pj = Math.max(leastPj, jointPj - pjPerCycle * cycles);
            least = Math.min(least, incumbent.bound(pj, cycles));
          }
          expect(bound / least).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('tables of a run', () => {
  it('are lines between the refetches that have tables, and infinite where the lower one is', () => {
    const counts = Float64Array.of(1, 4, 9);
    const tables = [
      Float64Array.of(10, Infinity, 5),
      Float64Array.of(16, Infinity, Infinity),
      Float64Array.of(21, 1, 1),
    ];
    const table = new RunTable();
    const at = (count: number, point: number) => {
      table.set(counts, tables, count);
      return table.at(point);
    };
    expect([1, 2, 4, 5, 9].map((count) => at(count, 0))).toEqual([10, 12, 16, 17, 21]);
    expect([at(2, 1), at(1, 2), at(2, 2)]).toEqual([Infinity, 5, Infinity]);
  });
});
