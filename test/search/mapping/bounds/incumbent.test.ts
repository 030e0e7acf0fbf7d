import { describe, expect, it } from 'vitest';
import { Incumbent, type IncumbentOptions } from '../../../../src/search/mapping/bounds/incumbent.ts';
import { EDP, ENERGY } from '../../../../src/search/mapping/objective.ts';

function incumbent(options: Partial<IncumbentOptions> = {}): Incumbent {
  return new Incumbent({
    objective: EDP,
    cutoff: Number.POSITIVE_INFINITY,
    leakagePjPerCycle: 0,
    shouldStop: () => false,
    nodeLimit: Number.POSITIVE_INFINITY,
    ...options,
  });
}

describe('incumbent', () => {
  it('bounds the objective with the leakage of all cycles', () => {
    expect(incumbent({ leakagePjPerCycle: 3 }).bound(100, 20)).toBe((100 + 3 * 20) * 20);
  });

  it('bounds what no mapping can reach by infinity, also where nothing leaks', () => {
    for (const objective of [EDP, ENERGY])
      for (const leakagePjPerCycle of [0, 3]) {
        const own = incumbent({ objective, leakagePjPerCycle });
        expect(own.bound(100, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
        expect(own.bound(Number.POSITIVE_INFINITY, 20)).toBe(Number.POSITIVE_INFINITY);
      }
  });

  it('takes for better what is below by more than rounding', () => {
    expect(incumbent().isBetter(1e300)).toBe(true);
    expect(incumbent().isBetter(Number.POSITIVE_INFINITY)).toBe(false);
    const limited = incumbent({ cutoff: 1000 });
    expect(limited.isBetter(1000)).toBe(false);
    expect(limited.isBetter(1000 * (1 - 1e-13))).toBe(false);
    expect(limited.isBetter(1000 * (1 - 1e-11))).toBe(true);
  });

  it('remembers the least bound of what is left open', () => {
    const own = incumbent();
    expect(own.leftOpen).toBe(Number.POSITIVE_INFINITY);
    own.leaveOpen(7);
    own.leaveOpen(9);
    expect(own.leftOpen).toBe(7);
    own.open(0, 5);
    own.open(1, 6);
    expect(own.openBound).toBe(5);
  });

  it('asks every 1024 nodes whether to stop, and stays stopped', () => {
    let asked = 0;
    let late = false;
    const own = incumbent({
      shouldStop: () => {
        asked++;
        return late;
      },
    });
    expect(own.isStopped()).toBe(false);
    own.counts.nodes = 1023;
    expect(own.isStopped()).toBe(false);
    expect(asked).toBe(1);
    own.counts.nodes = 1024;
    late = true;
    expect(own.isStopped()).toBe(true);
    late = false;
    own.counts.nodes = 5000;
    expect(own.isStopped()).toBe(true);
    expect(asked).toBe(2);
  });

  it('counts work beside nodes towards the next question, and cheap nodes less', () => {
    let asked = 0;
    const own = incumbent({ shouldStop: () => ++asked > 100 });
    own.isStopped();
    own.addWork(1024);
    own.isStopped();
    expect(asked).toBe(2);
    own.counts.nodes = 2048;
    own.addWork(-1536);
    own.isStopped();
    expect(asked).toBe(2);
    own.counts.nodes = 2560;
    own.isStopped();
    expect(asked).toBe(3);
  });

  it('stops at the node limit, not before', () => {
    const own = incumbent({ nodeLimit: 2048 });
    for (const [nodes, stopped] of [
      [0, false],
      [2047, false],
      [2048, true],
    ] as const) {
      own.counts.nodes = nodes;
      expect(own.isStopped()).toBe(stopped);
    }
  });
});
