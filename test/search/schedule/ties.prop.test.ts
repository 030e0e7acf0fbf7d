import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENERGY } from '../../../src/search/mapping/objective.ts';
import type { FoundSchedule } from '../../../src/search/schedule/found-schedule.ts';
import { ScheduleHull, type ScheduleSteps } from '../../../src/search/schedule/schedule-hull.ts';
import { ScheduleSearch } from '../../../src/search/schedule/search-schedule.ts';
import { weighed } from '../../../src/search/schedule/step-labels.ts';
import type { ScheduleLines } from '../../../src/search/schedule/supporting-schedule.ts';
import { type EnergyAndCycles, NO_COST } from '../../../src/util/network-totals.ts';
import { BruteForce } from './brute-force.ts';
import { expectClose, Mapper, smallQuestions, solve } from './small-questions.ts';

const FREE = { readPj: 0, fillPj: 0, updatePj: 0 };

/** Share by which energies that count as equal may differ. */
const ROUNDING = 1e-12;

describe('schedules of the least energy', () => {
  it('are the fastest of those, as trying everything finds, with and without a limit that slower ones break', () => {
    let solved = 0;
    fc.assert(
      fc.property(smallQuestions(10), fc.boolean(), (drawn, isLimited) => {
        // Accesses cost nothing: schedules that make no word twice tie.
        const levels = drawn.accelerator.levels.map((level) => ({ ...level, energy: FREE, leakagePjPerCycle: 0 }));
        const question = { ...drawn, accelerator: { ...drawn.accelerator, levels } };
        const front = new BruteForce(question).front();
        fc.pre(front.length > 0);
        const leastPj = Math.min(...front.map(([energyPj]) => energyPj));
        const ties = front.filter(([energyPj]) => energyPj <= leastPj * (1 + ROUNDING));
        const fewest = Math.min(...ties.map(([, cycles]) => cycles));
        const holds = isLimited ? (_: number, cycles: number) => cycles <= fewest : undefined;
        const { found } = solve(new ScheduleSearch(question), new Mapper(question), { objective: ENERGY, holds });
        if (found.kind === 'none') throw new Error(found.reason);
        expect(found.cycles).toBe(fewest);
        expectClose(found.value, leastPj);
        expect(found.lowerBound).toBeLessThanOrEqual(found.value);
        expect(found.optimal).toBe(true);
        solved++;
      }),
      { numRuns: 8 },
    );
    expect(solved).toBeGreaterThan(0);
  });

  it('are found where next to no energy buys many cycles', () => {
    // Energies in millionths of millionths above a million.
    const sums = fc.record({
      above: fc.nat(4).map((steps) => 10 ** steps - 1),
      cycles: fc.integer({ min: 1, max: 99 }),
    });
    fc.assert(
      fc.property(fc.array(sums, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 9 }), (all, unit) => {
        const points = all.map(({ above, cycles }) => ({ energyPj: 1e6 + 1e-5 * unit * above, cycles }));
        const hull = new ScheduleHull(NO_COST);
        const stage = linesOf(points);
        ended(hull.line(stage, 0));
        expect(ended(hull.fastest(stage, 0))).toBe(false);
        const leastPj = Math.min(...points.map(({ energyPj }) => energyPj));
        const ties = points.filter(({ energyPj }) => energyPj <= leastPj * (1 + ROUNDING));
        const thriftiest = hull.bestMet(({ energyPj }) => energyPj)!;
        expect(thriftiest.energyPj).toBe(leastPj);
        expect(hull.fastestAlike(thriftiest).cycles).toBe(Math.min(...ties.map(({ cycles }) => cycles)));
      }),
      { numRuns: 200 },
    );
  });
});

/** Lines that are solved by trying all of some sums; of equal weights the slowest schedule. */
function linesOf(points: readonly EnergyAndCycles[]): Pick<ScheduleLines, 'solve'> {
  const found = points.map((sums): FoundSchedule => ({ arcs: [], points: [], pinnedBits: 0, ...sums }));
  return {
    *solve(lambda, known) {
      const weigh = ({ energyPj, cycles }: EnergyAndCycles) => weighed(lambda, energyPj, cycles);
      const slowest = [...found].sort((a, b) => b.cycles - a.cycles);
      const best = slowest.reduce<FoundSchedule | null>(
        (least, one) => (least !== null && weigh(least) <= weigh(one) ? least : one),
        known,
      )!;
      return { best, lowerBound: weigh(best), isStopped: false };
    },
  };
}

/** What steps end with that ask for nothing. */
function ended<Answer>(steps: ScheduleSteps<Answer>): Answer {
  const step = steps.next();
  if (step.done !== true) throw new Error('a step was to be mapped');
  return step.value;
}
