import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDP, ENERGY, LATENCY } from '../../../src/search/mapping/objective.ts';
import { ScheduleSearch } from '../../../src/search/schedule/search-schedule.ts';
import { checkSchedule } from './checked-schedule.ts';
import { expectClose, Mapper, smallQuestion, smallQuestions, solve, solveFront } from './small-questions.ts';

const goals = fc.constantFrom(EDP, EDP, ENERGY, LATENCY);
const share = fc.double({ min: -0.1, max: 0.999, noNaN: true });

/** A limit on a figure, at one of the front; below 0: what nothing keeps. */
function most(figures: readonly number[], part: number): number {
  if (part < 0) return 0.99 * Math.min(...figures);
  return figures[Math.floor(part * figures.length)]! * (1 + 1e-9);
}

describe('limits on schedules', () => {
  // Killed by: a bound that ends at the corners of the hull or is a thousandth larger, an end of the hull that is not asked for.
  it('are kept, and what keeps them is bounded', () => {
    const seen = { kept: 0, optimal: 0 };
    fc.assert(
      fc.property(
        smallQuestions(8),
        goals,
        share,
        share,
        fc.nat(2),
        (question, objective, onEnergy, onCycles, which) => {
          const front = solveFront(new ScheduleSearch(question), question);
          fc.pre(front.length > 0);
          const energy =
            which === 1
              ? Number.POSITIVE_INFINITY
              : most(
                  front.map(([energyPj]) => energyPj),
                  onEnergy,
                );
          const time =
            which === 0
              ? Number.POSITIVE_INFINITY
              : most(
                  front.map(([, cycles]) => cycles),
                  onCycles,
                );
          const holds = (energyPj: number, cycles: number) => energyPj <= energy && cycles <= time;
          const least = Math.min(
            Number.POSITIVE_INFINITY,
            ...front.filter((sums) => holds(...sums)).map((sums) => objective.value(...sums)),
          );
          const { found } = solve(new ScheduleSearch(question), new Mapper(question), { objective, holds });
          if (found.kind === 'none') {
            expect(found.isTimeOut).toBe(false);
            expect(found.reason).toContain('keeps the limit');
            // Within one limit the end of the hull that it leaves is met.
            if (which < 2) expect(least).toBe(Number.POSITIVE_INFINITY);
            return;
          }
          seen.kept++;
          expect(holds(found.energyPj, found.cycles)).toBe(true);
          expect(objective.value(found.energyPj, found.cycles)).toBe(found.value);
          checkSchedule(question, found);
          expect(found.value).toBeGreaterThanOrEqual(least * (1 - 1e-9));
          expect(found.lowerBound).toBeLessThanOrEqual(least * (1 + 1e-9));
          if (!found.optimal) return;
          seen.optimal++;
          expectClose(found.value, least);
        },
      ),
      { numRuns: 12 },
    );
    expect(seen.kept).toBeGreaterThan(0);
    expect(seen.optimal).toBeGreaterThan(0);
  });

  // Killed by: no parts of schedules put together, parts of them only in the order in which they were met, parts that pin too much.
  it('are kept best by parts of several schedules, where these are no corners of the hull', () => {
    const question = smallQuestion(164);
    const front = solveFront(new ScheduleSearch(question), question);
    expect(front.length).toBe(4);
    const mapper = new Mapper(question);
    for (const [most, cycles] of front) {
      const holds = (energyPj: number) => energyPj <= most * (1 + 1e-9);
      const { found } = solve(new ScheduleSearch(question), mapper, { objective: EDP, holds });
      if (found.kind === 'none') throw new Error(found.reason);
      expect(found.cycles).toBe(cycles);
      expectClose(found.energyPj, most);
      checkSchedule(question, found);
    }
  });

  // Killed by: another weight to begin with than without a limit, lines for the ends of the hull.
  it('that do not bind change nothing, and cost nothing', () => {
    fc.assert(
      fc.property(
        smallQuestions(8),
        goals,
        fc.double({ min: 1, max: 2, noNaN: true }),
        (question, objective, slack) => {
          const mapper = new Mapper(question);
          const { found: free, batches } = solve(new ScheduleSearch(question), mapper, { objective });
          fc.pre(free.kind === 'found');
          const holds = (energyPj: number, cycles: number) =>
            energyPj <= free.energyPj * slack && cycles <= free.cycles * slack;
          // Before tiles are tried, a limit that the best schedule keeps may break one without: that is another search.
          fc.pre(!question.space.fuses);
          const limited = solve(new ScheduleSearch(question), mapper, { objective, holds });
          expect(limited.found).toEqual(free);
          expect(limited.batches).toBe(batches);
        },
      ),
      { numRuns: 10 },
    );
  });
});
