import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/util/random.ts';
import { INTERRUPTED_KINDS } from './interrupted-kinds.ts';
import { type Interruption, interruptedRun, wholeRun } from './interrupted-run.ts';

/** Each interrupts a run up to twice; the bench does so fifty times. */
const WAYS: readonly Interruption[] = ['abort at a look', 'abort at an event', 'kill at an event'];
/** Threads take long to start: one kind of run has them. */
const WITH_THREADS: readonly Interruption[] = [...WAYS, 'death of threads'];

describe.each(INTERRUPTED_KINDS)('a run of $name', (kind) => {
  it('that is interrupted at any moment, also while it resumes, ends as if it had never stopped', async () => {
    const whole = await wholeRun(kind);
    const random = Random.fromSeed(14);
    let all = 0;
    for (const way of kind.name.startsWith('design') ? WITH_THREADS : WAYS) {
      const { stops, ...left } = await interruptedRun(kind, whole, way, random);
      expect(left).toEqual({ files: whole.files, journal: whole.journal });
      all += stops;
    }
    expect(all).toBeGreaterThan(0);
  });
});
