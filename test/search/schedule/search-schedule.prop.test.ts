import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ED2P, EDP, ENERGY, LATENCY } from '../../../src/search/mapping/objective.ts';
import { type ScheduleQuestion, ScheduleSearch } from '../../../src/search/schedule/search-schedule.ts';
import { BruteForce } from './brute-force.ts';
import { checkSchedule } from './checked-schedule.ts';
import { expectClose, Mapper, smallQuestions, solve, solveFront } from './small-questions.ts';

describe('searches of schedules', () => {
  it('find what trying everything finds, for several goals, and a schedule that costs what they say', () => {
    let found = 0;
    fc.assert(
      fc.property(
        smallQuestions(10),
        fc.shuffledSubarray([EDP, ENERGY, LATENCY, ED2P], { minLength: 1, maxLength: 2 }),
        (question, goals) => {
          const front = new BruteForce(question).front();
          const mapper = new Mapper(question);
          const search = new ScheduleSearch(question);
          for (const objective of goals) {
            const { found: best } = solve(search, mapper, { objective });
            if (front.length === 0) {
              expect(best).toMatchObject({ kind: 'none', isTimeOut: false });
              continue;
            }
            if (best.kind === 'none') throw new Error(best.reason);
            const least = Math.min(...front.map((sums) => objective.value(...sums)));
            expectClose(best.value, least);
            expectClose(best.lowerBound, least);
            expect(best.optimal).toBe(true);
            expect(objective.value(best.energyPj, best.cycles)).toBe(best.value);
            checkSchedule(question, best);
            found++;
          }
          const sums = solveFront(new ScheduleSearch(question), question);
          expect(sums.length).toBe(front.length);
          sums.forEach(([energyPj, cycles], i) => {
            expect(energyPj).toBeCloseTo(front[i]![0], 6);
            expect(cycles).toBeCloseTo(front[i]![1], 6);
          });
        },
      ),
      { numRuns: 8 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('are no worse with tiles, with pins and with more room, and never worse than layers of their own', () => {
    fc.assert(
      fc.property(smallQuestions(8), (question) => {
        const value = (changes: Partial<ScheduleQuestion>) => {
          const asked = { ...question, ...changes };
          const { found } = solve(new ScheduleSearch(asked), new Mapper(asked), { objective: EDP });
          return found.kind === 'none' ? Number.POSITIVE_INFINITY : found.value;
        };
        const { space, retention, accelerator, sequence } = question;
        const own = value({});
        const noWorse = (better: number, than: number) => {
          if (than < Number.POSITIVE_INFINITY) expect(better).toBeLessThanOrEqual(than * (1 + 1e-9));
        };
        const unpinned = value({ space: { ...space, pins: false } });
        noWorse(own, unpinned);
        noWorse(own, value({ space: { ...space, fuses: false } }));
        const kept = sequence.storages.map((storage) =>
          storage.role === 'inner' ? { ...storage, role: 'output' as const } : storage,
        );
        const islands = { space: { ...space, fuses: false, pins: false }, sequence: { ...sequence, storages: kept } };
        noWorse(unpinned, value(islands));
        if (retention.capacityBits === null) return;
        const bits = retention.capacityBits + 40;
        const levels = accelerator.levels.map((level, index) =>
          index === retention.level ? { ...level, capacity: { kind: 'shared' as const, bits } } : level,
        );
        const more = { accelerator: { ...accelerator, levels }, retention: { ...retention, capacityBits: bits } };
        noWorse(value(more), own);
      }),
      { numRuns: 5 },
    );
  });
});
