import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENERGY, LATENCY } from '../../../src/search/mapping/objective.ts';
import { ScheduleSearch } from '../../../src/search/schedule/search-schedule.ts';
import { Random } from '../../../src/util/random.ts';
import { checkSchedule } from './checked-schedule.ts';
import { doubled, joined } from './doubled-sequence.ts';
import { expectClose, Mapper, smallQuestions, solve } from './small-questions.ts';

describe('choices of ranges that are alike', () => {
  // Killed by: choices of the first range taken for those of the others, ranges taken for alike that are not.
  it('are decided for all of them: a schedule of each costs what the search says', () => {
    let fused = 0;
    fc.assert(
      fc.property(smallQuestions(8), fc.nat(), fc.constantFrom(ENERGY, LATENCY), (question, seed, objective) => {
        const sequence = doubled(question.sequence, Random.fromSeed(seed));
        const both = { ...question, sequence };
        const { found } = solve(new ScheduleSearch(both), new Mapper(both), { objective });
        if (found.kind === 'none') return;
        checkSchedule(both, found);
        const half = question.sequence.operators.length;
        if (found.schedule.segments.some(({ first, end }) => first >= half && end - first > 1)) fused++;
      }),
      { numRuns: 12 },
    );
    expect(fused).toBeGreaterThan(0);
  });

  it('leave twice the same to cost twice as much, where neither pins anything', () => {
    fc.assert(
      fc.property(smallQuestions(8), fc.constantFrom(ENERGY, LATENCY), (asked, objective) => {
        const question = { ...asked, space: { ...asked.space, pins: false } };
        const { sequence } = question;
        const same = joined(sequence, sequence);
        const best = (one: typeof question) => solve(new ScheduleSearch(one), new Mapper(one), { objective }).found;
        const [one, two] = [best(question), best({ ...question, sequence: same })];
        expect(two.kind).toBe(one.kind);
        if (one.kind === 'none' || two.kind === 'none') return;
        expectClose(two.value, 2 * one.value);
      }),
      { numRuns: 5 },
    );
  });
});
