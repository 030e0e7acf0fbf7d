import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/util/random.ts';
import { INTERRUPTED_KINDS } from './interrupted-kinds.ts';
import { type Interruption, interruptedRun, wholeRun } from './interrupted-run.ts';

/** Each interrupts a run up to twice; the bench does so fifty times. */
const WAYS: readonly Interruption[] = ['abort at a look', 'abort at an event', 'kill at an event'];
/** Threads take long to start, so one kind of run has them; the searches of networks share their lifecycle, so each leaves one way to the others. */
function waysOf(kind: string, index: number): readonly Interruption[] {
  if (kind.startsWith('design')) return [...WAYS, 'death of threads'];
  return kind.startsWith('cosearch') && kind !== 'cosearch exhaustive'
    ? WAYS.filter((_, way) => way !== index % WAYS.length)
    : WAYS;
}

describe.each(INTERRUPTED_KINDS.map((kind, index) => ({ ...kind, ways: waysOf(kind.name, index) })))(
  'a run of $name',
  ({ ways, ...kind }) => {
    it('that is interrupted at any moment, also while it resumes, ends as if it had never stopped', async () => {
      const whole = await wholeRun(kind);
      const random = Random.fromSeed(14);
      let all = 0;
      for (const way of ways) {
        const { stops, ...left } = await interruptedRun(kind, whole, way, random);
        expect(left).toEqual({ files: whole.files, journal: whole.journal });
        all += stops;
      }
      expect(all).toBeGreaterThan(0);
    });
  },
);
