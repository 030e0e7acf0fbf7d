import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FRAME_INTERVAL_MS,
  FRAME_SHARE,
  FrameClock,
  GATHERING_MS,
  LONGEST_WAIT_MS,
  MOST_CREDIT_MS,
  type Timers,
} from '../../../src/tui/terminal/frame-clock.ts';

/** Time that only moves when told to. */
class HeldTime implements Timers {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];
  readonly now = () => this.#now;
  readonly after = (delayMs: number, callback: () => void) => {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Time that a frame takes. */
  spend(ms: number): void {
    this.#now += ms;
  }

  advanceTo(time: number): void {
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= time).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = Math.max(this.#now, time);
  }

  get pending(): number {
    return this.#timers.length;
  }
}

function runClock(costMs: number, requests: readonly { at: number; soon: boolean }[]) {
  const time = new HeldTime();
  const frames: number[] = [];
  const clock = new FrameClock(() => {
    frames.push(time.now());
    time.spend(costMs);
  }, time);
  for (const { at, soon } of requests) {
    time.advanceTo(at);
    clock.request(soon);
  }
  return { time, frames, clock };
}

const requests = fc
  .array(fc.record({ at: fc.nat(60_000), soon: fc.boolean() }), { maxLength: 200 })
  .map((list) => list.sort((a, b) => a.at - b.at));

describe('frame clock', () => {
  it('draws at most ten frames per second and never forgets the last request', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 0, max: 90 }), (list, cost) => {
        const { time, frames } = runClock(cost, list);
        time.advanceTo(100_000);
        for (let i = 1; i < frames.length; i++)
          expect(frames[i]! - frames[i - 1]!).toBeGreaterThanOrEqual(FRAME_INTERVAL_MS - 1e-6);
        if (list.length > 0) expect(frames.at(-1)!).toBeGreaterThanOrEqual(list.at(-1)!.at);
      }),
    );
  });

  it('takes no more than its share of the time for news of the run', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 * FRAME_SHARE * 2 }), (cost) => {
        const news = Array.from({ length: 6000 }, (_, i) => ({ at: 10 * i, soon: false }));
        const { frames } = runClock(cost, news);
        expect(frames.length * cost).toBeLessThanOrEqual(60_000 * FRAME_SHARE + MOST_CREDIT_MS + cost + 1);
        expect(frames.length * cost).toBeGreaterThan(Math.min(1000, 500 * cost));
      }),
      { numRuns: 10 },
    );
  });

  it('shows news within the longest wait even where frames are slow', () => {
    const news = Array.from({ length: 3000 }, (_, i) => ({ at: 10 * i, soon: false }));
    const { frames } = runClock(300, news);
    for (let i = 1; i < frames.length; i++)
      expect(frames[i]! - frames[i - 1]!).toBeLessThanOrEqual(LONGEST_WAIT_MS + 310);
    expect(frames.length).toBeLessThanOrEqual(2 + 30_000 / LONGEST_WAIT_MS);
  });

  it('answers a key within the frame interval however slow frames are', () => {
    const news = Array.from({ length: 500 }, (_, i) => ({ at: 10 * i, soon: false }));
    const { time, frames, clock } = runClock(90, news);
    const pressed = time.now();
    clock.request(true);
    time.advanceTo(pressed + FRAME_INTERVAL_MS + 1);
    expect(frames.at(-1)!).toBeGreaterThanOrEqual(pressed);
  });

  it('shows what a run tells at once in one frame', () => {
    const news = [0, 3, 30, 5000, 5001, 5050].map((at) => ({ at, soon: false }));
    const { time, frames } = runClock(5, news);
    time.advanceTo(10_000);
    expect(frames).toEqual([GATHERING_MS, 5000 + GATHERING_MS]);
  });

  it('leaves no timer after its end', () => {
    const { time, frames, clock } = runClock(0, [
      { at: 0, soon: true },
      { at: 1, soon: false },
    ]);
    expect(time.pending).toBe(1);
    clock.stop();
    expect(time.pending).toBe(0);
    clock.request(true);
    time.advanceTo(1000);
    expect(frames).toEqual([0]);
  });
});
