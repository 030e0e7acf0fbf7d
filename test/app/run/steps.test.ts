import { describe, expect, it } from 'vitest';
import { finalSecondsOf, startFinalTime } from '../../../src/app/run/final-time.ts';
import { stepTeller } from '../../../src/app/run/steps.ts';
import type { ProgressEvent } from '../../../src/search/run-events.ts';
import { isRaised } from '../../../src/util/stop-flag.ts';

describe('the steps of a run', () => {
  it('are told when they begin and a few times a second, to the journal once a second, with the figures of the last progress', () => {
    let seconds = 0;
    const told: [ProgressEvent, boolean][] = [];
    const { step, advance, onProgress } = stepTeller(
      2,
      () => seconds,
      (event, isKept) => told.push([event, isKept]),
    );
    advance(1, 9);
    expect(told).toEqual([]);
    step('baseline');
    for (let tenth = 0; tenth <= 22; tenth++) {
      seconds = tenth / 10;
      advance(tenth, 22);
    }
    expect(told.map(([event]) => event.step!.done)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
    expect(told.filter(([, isKept]) => isKept).map(([event]) => event.elapsedSeconds)).toEqual([0, 1, 2]);
    onProgress({ ...told[0]![0], done: 8, total: 80, remainingSeconds: 30, elapsedSeconds: 2.2 });
    step('generation 2');
    seconds = 2.3;
    advance(0, 8);
    const [last] = told.at(-1)!;
    expect(last).toMatchObject({ done: 8, total: 80, workers: 2, step: { text: 'generation 2', done: 0, total: 8 } });
    expect(last.remainingSeconds).toBeCloseTo(29.9, 9);
  });
});

describe('the time for what follows a search', () => {
  it('is a tenth of the search, 10 s at least, or as asked; without a limit where the search has none', () => {
    expect(finalSecondsOf(undefined, 600)).toBe(60);
    expect(finalSecondsOf(undefined, 20)).toBe(10);
    expect(finalSecondsOf(3, 600)).toBe(3);
    expect(finalSecondsOf(3, null)).toBe(3);
    expect(finalSecondsOf(undefined, null)).toBeNull();
    expect(startFinalTime(null, () => 0).until(1)).toBeUndefined();
  });

  it('is shared by its parts: each ends when its share is over, counted from the first', () => {
    let ms = 5000;
    const time = startFinalTime(30, () => ms);
    const first = time.until(1 / 3)!;
    ms += 4000;
    time.look();
    const second = time.until(2 / 3)!;
    const states = () => [first, second].map(({ stop, signal }) => [isRaised(stop), signal.aborted]);
    const [on, off] = [
      [true, true],
      [false, false],
    ];
    expect(states()).toEqual([off, off]);
    ms += 6000;
    time.look();
    expect(states()).toEqual([on, off]);
    ms += 10_000;
    time.look();
    expect(states()).toEqual([on, on]);
    expect(isRaised(time.until(2 / 3)!.stop)).toBe(true);
  });
});
