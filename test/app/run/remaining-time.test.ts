import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RemainingTime } from '../../../src/app/run/remaining-time.ts';

function timeAfter(samples: readonly (readonly [done: number, seconds: number])[]): RemainingTime {
  const time = new RemainingTime();
  for (const [done, seconds] of samples) time.add(done, seconds);
  return time;
}

describe('RemainingTime', () => {
  it('says nothing before two samples', () => {
    expect(new RemainingTime().estimate(10)).toBeNull();
    expect(timeAfter([[16, 8]]).estimate(480)).toBeNull();
  });

  it('is exact for a pace that changes as a power of the candidates', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: 0.35, max: 0.88, noNaN: true }),
        fc.integer({ min: 2, max: 20 }),
        (step, pace, exponent, halfCount) => {
          const count = 2 * halfCount;
          const seconds = (done: number) => pace * done ** exponent;
          const time = timeAfter(
            Array.from({ length: count }, (_, i) => [(i + 1) * step, seconds((i + 1) * step)] as const),
          );
          const total = 3 * count * step;
          const rest = seconds(total) - seconds(count * step);
          expect(time.estimate(total)! / rest).toBeCloseTo(1, 6);
          expect(time.estimate(count * step)).toBe(0);
        },
      ),
    );
  });

  it('is never negative and never below what a pace of the least exponent gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 100, noNaN: true }), { minLength: 2, maxLength: 30 }),
        (times) => {
          let seconds = 0;
          const samples = times.map((own, i) => {
            seconds += own;
            return [(i + 1) * 8, seconds] as const;
          });
          const time = timeAfter(samples);
          const left = time.estimate(times.length * 8 * 2)!;
          expect(left).toBeGreaterThanOrEqual(seconds * (2 ** 0.3 - 1) * (1 - 1e-9));
          expect(left).toBeLessThanOrEqual(seconds * (2 ** 0.9 - 1) * (1 + 1e-9));
        },
      ),
    );
  });

  it('is nearer than the mean pace on a measured search: 480 candidates whose first sixth takes 38 % of the time', () => {
    // Seconds after 16, 80, 160, 240, 320, 400 of 480 candidates; squeezenet within eyeriss, seed 1, one dim per axis.
    const measured = [
      [16, 6],
      [80, 33],
      [160, 52],
      [240, 60],
      [320, 72],
      [400, 78],
    ] as const;
    for (let count = 2; count <= measured.length; count++) {
      const [done, seconds] = measured[count - 1]!;
      const rest = 86 - seconds;
      const mean = (seconds / done) * (480 - done);
      const estimate = timeAfter(measured.slice(0, count)).estimate(480)!;
      expect(Math.abs(estimate - rest)).toBeLessThan(Math.abs(mean - rest));
    }
  });
});
