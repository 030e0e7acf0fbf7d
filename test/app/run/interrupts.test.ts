import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/util/random.ts';
import { INTERRUPTED_KINDS } from './interrupted-kinds.ts';
import { type Interruption, interruptedRun, wholeRun } from './interrupted-run.ts';

/** Each interrupts a run up to twice; the bench does so fifty times. */
const WAYS: readonly Interruption[] = ['abort at a look', 'abort at an event', 'kill at an event'];
/** The searches of networks share their lifecycle, so each kind has one way; threads take long to start, so one kind has them. */
const SOME: Readonly<Record<string, readonly Interruption[]>> = {
  'design naas': ['abort at a look', 'kill at an event', 'death of threads'],
  'cosearch nested': ['abort at an event'],
  'cosearch joint': ['kill at an event'],
  'cosearch of networks': ['abort at an event'],
  'cosearch exhaustive': ['kill at an event'],
};

describe.each(INTERRUPTED_KINDS.map((kind) => ({ ...kind, ways: SOME[kind.name] ?? WAYS })))(
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
