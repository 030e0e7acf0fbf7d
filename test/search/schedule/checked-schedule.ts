import { expect } from 'vitest';
import { evaluateReference } from '../../../src/cost/reference/reference.ts';
import { compulsoryWords } from '../../../src/schedule/compulsory.ts';
import { type ScoredSchedule, scoreSchedule } from '../../../src/schedule/score.ts';
import type { ScheduleOptimum, ScheduleQuestion } from '../../../src/search/schedule/search-schedule.ts';
import { expectClose } from './small-questions.ts';

function rescored({ sequence, accelerator }: ScheduleQuestion, found: ScheduleOptimum): ScoredSchedule {
  const scored = scoreSchedule(
    sequence,
    accelerator,
    found.schedule,
    ({ segment, kind }) => found.segments[segment]!.steps[kind]!.mapping,
    (layer, on, mapping) => evaluateReference(layer, on, mapping, { temporalReuse: 'exact' }),
  );
  if (!scored.feasible) throw new Error(scored.violations[0]!.message);
  return scored;
}

/** Checks that a schedule found costs what its search says, step by step, and fits. */
export function checkSchedule(question: ScheduleQuestion, best: ScheduleOptimum): void {
  const scored = rescored(question, best);
  expectClose(scored.energyPj, best.energyPj);
  expect(scored.cycles).toBe(best.cycles);
  const dram = scored.segments.flatMap(({ steps }) => steps.map((one) => one.step.count * one.dramWords));
  const compulsory = compulsoryWords(question.sequence, (one) => best.schedule.pinned.includes(one));
  expect(dram.reduce((sum, words) => sum + words, 0)).toBeGreaterThanOrEqual(compulsory);
  scored.segments.forEach(({ steps }, segment) => {
    steps.forEach(({ roomBits, tileBits }, kind) => {
      expect(tileBits).toBeLessThanOrEqual(roomBits ?? tileBits);
      expect(best.segments[segment]!.steps[kind]!.roomBits).toBe(roomBits);
    });
  });
}
