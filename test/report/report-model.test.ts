import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportModel } from '../../src/report/report-model.ts';
import { addToFront, designFigures } from '../../src/search/pareto-front.ts';
import type { FrontPoint } from '../../src/search/ports.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { geometricMean } from '../../src/util/geometric-mean.ts';
import { syntheticInput } from './synthetic-input.ts';

describe('report model', () => {
  it('reads an unfinished run like the finished one that it becomes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 6 }), (seed, generations) => {
        const options = { seed, generations, populationSize: 6, networks: ['a', 'b'], layersPerNetwork: 3 };
        const finished = reportModel(syntheticInput(options));
        const open = reportModel(syntheticInput({ ...options, isFinished: false }));
        expect(open.reason).toBeNull();
        expect(finished.reason).toBe('generations');
        expect(open.best).toEqual(finished.best);
        expect(open.networks).toEqual(finished.networks);
        expect(open.layers).toEqual(finished.layers);
        expect(open.counters).toEqual(finished.counters);
        expect(open.improvement.optimal).toBeCloseTo(finished.improvement.optimal!, 10);
        expect(open.improvement.published).toBeCloseTo(finished.improvement.published!, 10);
        const byTrial = (front: readonly FrontPoint[]) => [...front].sort((x, y) => x.trial - y.trial);
        expect(byTrial(open.front)).toEqual(byTrial(finished.front));
      }),
      { numRuns: 25 },
    );
  });

  it('has the front of all scored trials', () => {
    const model = reportModel(syntheticInput({ isFinished: false, seed: 3 }));
    const points = model.trials.flatMap(({ trial, networks, areaMm2, design }): FrontPoint[] =>
      networks === undefined
        ? []
        : [
            {
              trial,
              energyPj: geometricMean(networks.map(({ energyPj }) => energyPj)),
              cycles: geometricMean(networks.map(({ cycles }) => cycles)),
              areaMm2,
              design,
            },
          ],
    );
    const front = points.reduce<readonly FrontPoint[]>((all, point) => addToFront(all, point, designFigures), []);
    expect(model.front.map(({ trial }) => trial)).toEqual(front.map(({ trial }) => trial));
    expect(front.length).toBeGreaterThan(2);
  });

  it('keeps the first of equal designs on the front', () => {
    const input = syntheticInput({ isFinished: false, generations: 1, populationSize: 4 });
    const own = reportModel(input).front.map(({ trial }) => trial);
    const events = input.events.map((event) => {
      if (event.kind !== 'generation') return event;
      const twin = { ...event.trials.find(({ trial }) => trial === own[0])!, trial: 99 };
      return { ...event, trials: [...event.trials, twin] };
    });
    const twins = reportModel({ ...input, events }).front.map(({ trial }) => trial);
    expect(twins).toEqual(own);
    expect(twins).not.toContain(99);
  });

  it('counts a generation that was emitted twice once, as emitted last', () => {
    const input = syntheticInput({ generations: 3 });
    const [generation] = input.events.filter((event) => event.kind === 'generation');
    const model = reportModel(input);
    expect(reportModel({ ...input, events: [...input.events, generation!] }).trials).toEqual(model.trials);
    const trials = generation!.trials.map((trial) => ({ ...trial, bound: 0.25 }));
    const again = reportModel({ ...input, events: [...input.events, { ...generation!, trials }] });
    expect(again.trials).toEqual([...trials, ...model.trials.slice(trials.length)]);
    expect(again.generations).toHaveLength(3);
  });

  it('has a best score that never rises', () => {
    const { scored, best } = reportModel(syntheticInput());
    scored.forEach(({ bestScore, score }, i) => {
      expect(bestScore).toBeLessThanOrEqual(Math.min(score, scored[i - 1]?.bestScore ?? Infinity));
    });
    expect(scored.at(-1)!.bestScore).toBe(best!.score);
  });

  it('sums the layers of a mapping run that has not ended', () => {
    const options = { command: 'map', networks: ['a', 'b'], layersPerNetwork: 5 } as const;
    const open = reportModel(syntheticInput({ ...options, isFinished: false }));
    const finished = reportModel(syntheticInput(options));
    expect(open.networks.map(({ network }) => network)).toEqual(['a', 'b']);
    expect(open.networks).toEqual(finished.networks);
    expect(open.improvement).toEqual({ published: null, optimal: null });
  });

  it('refuses events without a start', () => {
    const input = syntheticInput();
    expect(() => reportModel({ ...input, events: input.events.slice(1) })).toThrow(TrifoldError);
  });
});
