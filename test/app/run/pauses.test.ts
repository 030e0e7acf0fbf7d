import { describe, expect, it } from 'vitest';
import { announcedPauses } from '../../../src/app/run/pauses.ts';
import type { PausedEvent } from '../../../src/search/run-events.ts';

/** Somebody who pauses and lets go. */
function person() {
  let resume: (() => void) | null = null;
  let pause: Promise<void> | null = null;
  return {
    pause: () => {
      pause = new Promise((resolve) => {
        resume = resolve;
      });
    },
    letGo: () => {
      pause = null;
      resume?.();
    },
    isPaused: () => pause !== null,
    whenUnpaused: async () => {
      await pause;
    },
  };
}

describe('pauses of a run', () => {
  it('are told when the run begins to wait and when it goes on, once for all that wait', async () => {
    const user = person();
    const told: PausedEvent[] = [];
    const wait = announcedPauses(user, (event) => told.push(event));
    await wait();
    expect(told).toEqual([]);
    user.pause();
    let waiting = 2;
    const both = [wait(), wait()].map((one) => one.then(() => waiting--));
    await new Promise((done) => setTimeout(done, 10));
    expect([told, waiting]).toEqual([[{ kind: 'paused', paused: true }], 2]);
    user.letGo();
    await Promise.all(both);
    expect(told.map(({ paused }) => paused)).toEqual([true, false]);
    user.pause();
    const again = wait();
    user.letGo();
    await again;
    expect(told.map(({ paused }) => paused)).toEqual([true, false, true, false]);
  });

  it('never come from a caller that cannot pause', async () => {
    await announcedPauses({}, () => expect.unreachable())();
  });
});
