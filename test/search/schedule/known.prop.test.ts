import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownText } from '../../../src/app/layers/known-text.ts';
import { EDP, ENERGY, LATENCY } from '../../../src/search/mapping/objective.ts';
import { type KnownSoFar, ScheduleSearch } from '../../../src/search/schedule/search-schedule.ts';
import { Mapper, smallQuestions } from './small-questions.ts';

describe('what a search of schedules knows while it runs', () => {
  // Killed by: bounds of operators that run whole told of segments, schedules that break the limit told as met.
  it('brackets what it finds, and only gets better while the space is the same', () => {
    let told = 0;
    fc.assert(
      fc.property(smallQuestions(10), fc.constantFrom(EDP, ENERGY, LATENCY), (question, objective) => {
        const search = new ScheduleSearch(question);
        const mapper = new Mapper(question);
        expect(search.known()).toBeNull();
        const steps = search.best({ objective });
        const all: KnownSoFar[] = [];
        let step = steps.next();
        while (step.done !== true) {
          all.push(search.known()!);
          step = steps.next(mapper.answer(step.value));
        }
        const found = step.value;
        if (found.kind === 'none') return;
        all.forEach(({ value, lowerBound, asked, inSegments }, i) => {
          expect(lowerBound).toBeLessThanOrEqual(found.value * (1 + 1e-9));
          expect(value ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(found.value * (1 - 1e-9));
          const before = all[i - 1];
          if (before === undefined) return;
          expect(asked).toBeGreaterThanOrEqual(before.asked);
          expect(value ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(before.value ?? Number.POSITIVE_INFINITY);
          if (inSegments) expect(question.space.fuses).toBe(true);
          if (inSegments === before.inSegments) expect(lowerBound).toBeGreaterThanOrEqual(before.lowerBound);
          if (value !== null) told++;
        });
      }),
      { numRuns: 20 },
    );
    expect(told).toBeGreaterThan(0);
  });

  it('is told in words', () => {
    const known = { value: null, lowerBound: 4, asked: 0, inSegments: false };
    expect(knownText('all', 'edp', known)).toBe('all (no schedule yet, 0 steps mapped)');
    expect(knownText('all', 'edp', { ...known, value: 5e4, lowerBound: 4e4, asked: 7, inSegments: true })).toBe(
      'all (edp 5.000e+4, gap <= 25.0 %, 7 steps mapped, now segments)',
    );
    expect(knownText('all', 'energy', { ...known, value: 5, lowerBound: 0 })).toBe(
      'all (energy 5.000e+0, 0 steps mapped)',
    );
  });
});
