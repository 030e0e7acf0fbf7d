import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GenerationEvent } from '../../../src/search/ports.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { evaluatedCount } from '../../../src/search/run-figures.ts';
import { type DesignPoint, POINT_LIMIT, TRADE_OFFS } from '../../../src/tui/state/design-points.ts';
import {
  EMPTY_VIEW,
  KEPT_GENERATIONS,
  LOG_LIMIT,
  type RunView,
  reduceRunView,
  setAttended,
} from '../../../src/tui/state/run-view.ts';
import { SERIES_LIMIT } from '../../../src/tui/state/series.ts';
import { geometricMean } from '../../../src/util/geometric-mean.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const viewOf = (events: readonly RunEvent[], view: RunView = EMPTY_VIEW): RunView => events.reduce(reduceRunView, view);
const generationsOf = (events: readonly RunEvent[]) =>
  events.filter((event): event is GenerationEvent => event.kind === 'generation');

describe('run view of a design run', () => {
  it('ends with the best of all trials and a falling curve', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: 30 }), (seed, generations) => {
        const events = syntheticRun({ seed, generations });
        const view = viewOf(events);
        const edps = generationsOf(events).flatMap(({ trials }) =>
          trials.flatMap(({ networks }) => networks?.map((one) => one.edpPjCycles) ?? []),
        );
        expect(view.status).toBe('finished');
        expect(evaluatedCount(view.counters!)).toBe(16 * generations);
        expect(view.bestEdp.points.at(-1)!.x).toBe(16 * generations);
        expect(view.meanEdp.points.at(-1)!.x).toBe(16 * generations);
        expect(view.points.seen).toBe(edps.length);
        for (let i = 1; i < view.bestEdp.points.length; i++)
          expect(view.bestEdp.points[i]!.x).toBeGreaterThan(view.bestEdp.points[i - 1]!.x);
        expect(view.best!.score).toBe(
          Math.min(...generationsOf(events).flatMap(({ trials }) => trials.map(({ score }) => score ?? Infinity))),
        );
        expect(view.bestEdp.points.at(-1)!.y).toBeCloseTo(
          geometricMean(view.best!.networks.map((one) => one.edpPjCycles)),
          -3,
        );
        if (view.previousBest !== null) expect(view.previousBest.score).toBeGreaterThan(view.best!.score);
      }),
      { numRuns: 30 },
    );
  });

  it('is the same whether a generation is emitted once or again after a resume', () => {
    const events = syntheticRun({ generations: 12, isFinished: false });
    const [started] = events;
    const half = events.slice(0, events.length >> 1);
    const resumed = viewOf([...half, started!, ...events.slice((events.length >> 1) - 4)]);
    const straight = viewOf(events);
    const { log: _a, ...rest } = resumed;
    const { log: _b, ...expected } = straight;
    expect(rest).toEqual(expected);
    expect(resumed.log.some(({ text }) => text.startsWith('resumed design'))).toBe(true);
  });

  it('draws a generation as it was emitted last', () => {
    const events = syntheticRun({ generations: 3 * KEPT_GENERATIONS, populationSize: 3, isFinished: false });
    const generations = generationsOf(events);
    fc.assert(
      fc.property(fc.nat(KEPT_GENERATIONS - 1), (back) => {
        const place = generations.length - 1 - back;
        const { trials, ...event } = generations[place]!;
        const worse = trials.map((trial) => ({ ...trial, trial: trial.trial + 5000, areaMm2: 2 * trial.areaMm2 }));
        const again = { ...event, trials: worse };
        const { log: _a, ...view } = viewOf([...events, again]);
        const { log: _b, ...expected } = viewOf(events.map((one) => (one === generations[place] ? again : one)));
        expect(view).toEqual(expected);
        expect(view.points.sample.some(({ trial }) => trial >= 5000)).toBe(
          worse.some(({ score }) => score !== undefined),
        );
      }),
      { numRuns: KEPT_GENERATIONS },
    );
    const view = viewOf(events);
    expect(viewOf([generations[0]!], view)).toBe(view);
  });

  it('stays bounded on a long run', () => {
    let view = viewOf(syntheticRun({ generations: 2, isFinished: false }));
    const [template] = generationsOf(syntheticRun({ generations: 1 }));
    for (let i = 3; i < 3 * SERIES_LIMIT; i++) {
      const counters = { ...template!.counters, scored: 16 * i };
      const trials = template!.trials.map((trial, j) => ({
        ...trial,
        trial: 16 * i + j,
        areaMm2: trial.areaMm2 + 1 / i,
      }));
      view = reduceRunView(view, { ...template!, generation: i, trials, counters });
      view = reduceRunView(view, { kind: 'note', level: 'info', text: `note ${i}` });
    }
    expect(view.bestEdp.points.length).toBeLessThanOrEqual(SERIES_LIMIT);
    expect(view.meanEdp.points.length).toBeLessThanOrEqual(SERIES_LIMIT);
    expect(view.points.sample.length).toBeLessThanOrEqual(POINT_LIMIT);
    expect(view.generations.length).toBeLessThanOrEqual(KEPT_GENERATIONS);
    for (const front of view.points.fronts) expect(front.length).toBeLessThanOrEqual(POINT_LIMIT);
    expect(view.log).toHaveLength(LOG_LIMIT);
    expect(view.log.at(-1)!.text).toBe(`note ${3 * SERIES_LIMIT - 1}`);
    expect(JSON.stringify(view).length).toBeLessThan(3e6);
  });

  it('keeps fronts that nothing met beats, sorted', () => {
    fc.assert(
      fc.property(fc.nat(100), (seed) => {
        const events = syntheticRun({ seed, generations: 15, isFinished: false });
        const { points } = viewOf(events);
        expect(points.every).toBe(1);
        points.fronts.forEach((front, i) => {
          const { x, y } = TRADE_OFFS[i]!;
          const beaten = (point: DesignPoint, by: DesignPoint) =>
            x.of(by) <= x.of(point) && y.of(by) <= y.of(point) && (x.of(by) < x.of(point) || y.of(by) < y.of(point));
          for (const point of front) expect(points.sample.some((other) => beaten(point, other))).toBe(false);
          for (const point of points.sample)
            if (!points.sample.some((other) => beaten(point, other)))
              expect(front.some((other) => x.of(other) === x.of(point) && y.of(other) === y.of(point))).toBe(true);
          for (let n = 1; n < front.length; n++) expect(x.of(front[n]!)).toBeGreaterThan(x.of(front[n - 1]!));
        });
      }),
      { numRuns: 10 },
    );
  });

  it('never changes a view that it was given', () => {
    const events = syntheticRun({ generations: 6 });
    let view = EMPTY_VIEW;
    for (const event of events) {
      const before = JSON.stringify(view);
      const next = reduceRunView(view, event);
      expect(JSON.stringify(view)).toBe(before);
      view = next;
    }
  });

  it('takes events of a kind that it does not know', () => {
    // A journal of a newer version.
    const event = { kind: 'weather', text: 'sunny' } as unknown as RunEvent;
    expect(reduceRunView(EMPTY_VIEW, event)).toBe(EMPTY_VIEW);
  });
});

describe('run view of a map run', () => {
  it('has every layer once, in order, whatever the order they come in', () => {
    const events = syntheticRun({ command: 'map', layersPerNetwork: 12 });
    const layers = events.filter((event) => event.kind === 'layer');
    fc.assert(
      fc.property(fc.shuffledSubarray(layers, { minLength: layers.length }), (shuffled) => {
        const view = viewOf([events[0]!, ...shuffled, ...shuffled.slice(0, 3)]);
        expect(view.layers.map(({ index }) => index)).toEqual(layers.map((_, i) => i));
        expect(view.layerCount).toBe(12);
        expect(view.status).toBe('running');
      }),
      { numRuns: 20 },
    );
  });
});

describe('run view of a co-search', () => {
  const events = syntheticRun({ command: 'cosearch', generations: 10, correlated: 3000 });

  it('has the last front of accuracy and the accuracy of every sampled design', () => {
    const view = viewOf(events);
    for (const [i, { accuracyFront }] of generationsOf(events).entries()) {
      const upTo = events.indexOf(generationsOf(events)[i]!) + 1;
      expect(viewOf(events.slice(0, upTo)).accuracyFront).toEqual(accuracyFront);
    }
    const told = new Map(
      generationsOf(events).flatMap(({ trials }) => trials.map(({ trial, network }) => [trial, network] as const)),
    );
    for (const { trial, top1Percent } of view.points.sample)
      expect(top1Percent).toBe(told.get(trial)!.accuracy.top1Percent);
  });

  it('keeps a bounded part of a correlation, once per title', () => {
    const correlation = events.find((event) => event.kind === 'correlation')!;
    const view = viewOf([...events, correlation]);
    expect(view.correlations).toHaveLength(1);
    expect(view.correlations[0]!.points.length).toBeGreaterThan(POINT_LIMIT / 2);
    expect(view.correlations[0]!.points.length).toBeLessThanOrEqual(POINT_LIMIT);
    expect(view.log.some(({ text }) => text.includes('over 3000 networks'))).toBe(true);
  });
});

describe('a pause', () => {
  const events = syntheticRun({ isFinished: false });
  const paused: RunEvent = { kind: 'paused', paused: true };

  it('is shown until the run goes on, in whatever way it tells', () => {
    const before = viewOf(events.slice(0, 8));
    const during = viewOf([paused, paused], before);
    expect([before.paused, during.paused]).toEqual([false, true]);
    expect(during.log.filter(({ text }) => text === 'paused')).toHaveLength(1);
    for (const event of [{ kind: 'paused', paused: false } as const, events[0]!, generationsOf(events).at(-1)!])
      expect(viewOf([event], during).paused).toBe(false);
    expect(viewOf([events.find(({ kind }) => kind === 'progress')!], during).paused).toBe(true);
  });
});

describe('a process that leaves a run', () => {
  it('is told once, and nothing of it is told of a finished run', () => {
    const running = viewOf(syntheticRun({ isFinished: false }));
    const left = setAttended(setAttended(running, false), false);
    expect(left.isAttended).toBe(false);
    expect(left.log.slice(running.log.length)).toMatchObject([{ level: 'warning' }]);
    expect(setAttended(left, true)).toMatchObject({ isAttended: true });
    const finished = viewOf(syntheticRun());
    expect(setAttended(finished, false)).toBe(finished);
  });
});
