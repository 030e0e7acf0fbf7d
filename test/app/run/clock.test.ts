import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startRunClock } from '../../../src/app/run/clock.ts';
import { unlimited } from '../../../src/app/run/limits.ts';
import type { GenerationEvent } from '../../../src/search/ports.ts';

const network = (edpPjCycles: number) => ({ network: 'n', energyPj: 1, cycles: edpPjCycles, edpPjCycles });
const edps = fc.array(fc.double({ min: 1, max: 1e30, noNaN: true }), { minLength: 1, maxLength: 4 });

/** A clock whose time a test sets, in seconds. */
function clockAt(limits: Partial<ReturnType<typeof unlimited>>, planned = 100, mappingsBefore = 0) {
  let ms = 5000;
  const clock = startRunClock(planned, mappingsBefore, { ...unlimited(3), ...limits }, () => ms);
  return {
    ...clock,
    setSeconds: (seconds: number) => {
      ms = 5000 + 1000 * seconds;
    },
  };
}

function generation(trials: readonly number[], mappingsEvaluated: number): GenerationEvent {
  const counters = {
    ...{ scored: 0, stopped: 0, unmappable: 0, rejections: {} },
    ...{ layersMapped: 0, layersRemembered: 0, layersSkipped: 0, mappingsEvaluated },
  };
  const rows = trials.map((trial) => ({ trial, generation: 0, outcome: 'stopped' as const, bound: 1 }));
  return {
    kind: 'generation',
    generation: 0,
    trials: rows as never,
    best: null,
    improved: false,
    frontSize: 0,
    counters,
  };
}

describe('the clock of a run', () => {
  it('ends at a target by the geometric mean of all networks, not by one of them', () => {
    fc.assert(
      fc.property(edps, fc.double({ min: 0.5, max: 2, noNaN: true }), (values, factor) => {
        const mean = Math.exp(values.reduce((sum, edp) => sum + Math.log(edp), 0) / values.length);
        fc.pre(Math.abs(factor - 1) > 1e-6);
        const { endsNow } = clockAt({ targetEdpPjCycles: mean * factor });
        expect(endsNow(1, values.map(network))).toBe(factor > 1 ? 'target' : null);
        expect(endsNow(1, undefined)).toBeNull();
      }),
    );
  });

  it('ends at its time and its candidates, no sooner', () => {
    const clock = clockAt({ timeSeconds: 10, evaluations: 40 });
    clock.setSeconds(9.999);
    expect(clock.endsNow(39, undefined)).toBeNull();
    expect(clock.endsNow(40, undefined)).toBe('evaluations');
    clock.setSeconds(10);
    expect(clock.endsNow(0, undefined)).toBe('time');
  });

  it('tells progress after generations alone: candidates done of those planned or allowed, and the pace of this process', () => {
    const clock = clockAt({ evaluations: 60 }, 100, 1000);
    clock.setSeconds(4);
    expect(clock.progressAfter({ kind: 'note', level: 'info', text: '' })).toBeNull();
    clock.setSeconds(8);
    expect(clock.progressAfter(generation([-1, 0, 1, 2, 3], 1800))).toEqual({
      kind: 'progress',
      elapsedSeconds: 8,
      done: 4,
      total: 60,
      mappingsPerSecond: 100,
      remainingSeconds: null,
      workers: 3,
    });
    clock.setSeconds(12);
    expect(clock.progressAfter(generation([4, 5, 6, 7], 2200))).toMatchObject({ done: 8, mappingsPerSecond: 100 });
  });
});
