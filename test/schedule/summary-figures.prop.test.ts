import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fullestRows, partsBits, savedByOutput, savedDramWords } from '../../src/schedule/summary-figures.ts';
import { schedules } from './schedules.ts';

// Killed by: a storage that several operators write to counted for each of them, or for none.
it('counts what is saved once, at the operator that makes it', () => {
  fc.assert(
    fc.property(schedules(40), (schedule) => {
      const saved = schedule.operators.map((operator, i) => savedByOutput(schedule, operator, i));
      expect(saved.reduce((sum, words) => sum + words, 0)).toBe(savedDramWords(schedule));
      const { spent, layerByLayer } = schedule.dramWords;
      expect(spent + savedDramWords(schedule)).toBe(layerByLayer);
    }),
    { numRuns: 40 },
  );
});

it('finds the fullest moment of each operator, and none of those that take no time', () => {
  fc.assert(
    fc.property(schedules(30), (schedule) => {
      const bits = fullestRows(schedule).map((row) => (row === null ? null : partsBits(row.parts)));
      const expected = schedule.operators.map((_, i) => {
        const own = schedule.occupancy.filter(({ operator }) => operator === i).map(({ parts }) => partsBits(parts));
        return own.length === 0 ? null : Math.max(...own);
      });
      expect(bits).toEqual(expected);
      expect(Math.max(...bits.map((value) => value ?? 0))).toBe(schedule.peak.bits);
    }),
    { numRuns: 30 },
  );
});
