import { describe, expect, it } from 'vitest';
import { ElapsedClock } from '../../../src/tui/terminal/elapsed-clock.ts';

/** Timers that run when a test says so. */
function heldTimers() {
  let now = 0;
  let waiting: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    timers: {
      now: () => now,
      after: (delayMs: number, callback: () => void) => {
        const timer = { at: now + delayMs, callback };
        waiting.push(timer);
        return () => {
          waiting = waiting.filter((one) => one !== timer);
        };
      },
    },
    advance: (ms: number) => {
      const end = now + ms;
      for (let next = due(end); next !== undefined; next = due(end)) {
        now = next.at;
        waiting = waiting.filter((one) => one !== next);
        next.callback();
      }
      now = end;
    },
    waitingCount: () => waiting.length,
  };

  function due(end: number) {
    return waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

describe('the time of a run between its events', () => {
  it('goes on from what the last event said, with a tick every second', () => {
    const { timers, advance, waitingCount } = heldTimers();
    let ticks = 0;
    const clock = new ElapsedClock(timers, true, () => ticks++);
    advance(2500);
    expect([clock.seconds, ticks]).toEqual([2.5, 2]);
    clock.hear(100);
    advance(700);
    expect([clock.seconds, ticks]).toEqual([100.7, 3]);
    clock.stop();
    advance(5000);
    expect([ticks, waitingCount()]).toEqual([3, 0]);
  });

  it('is not known of a watched run before that says it', () => {
    const { timers, advance } = heldTimers();
    const clock = new ElapsedClock(timers, false, () => {});
    advance(3000);
    expect(clock.seconds).toBeNull();
    clock.hear(60);
    advance(1000);
    expect(clock.seconds).toBe(61);
    clock.stop();
  });
});
