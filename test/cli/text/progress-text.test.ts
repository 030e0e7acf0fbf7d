import { describe, expect, it } from 'vitest';
import { progressLine, progressLines } from '../../../src/cli/text/progress-text.ts';
import type { GenerationEvent } from '../../../src/search/ports.ts';
import type { ProgressEvent, RunEvent } from '../../../src/search/run-events.ts';
import { BASELINE_TRIAL } from '../../../src/search/trials.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const generations = syntheticRun({ generations: 3 }).filter(
  (event): event is GenerationEvent => event.kind === 'generation',
);

describe('progress of a search as lines', () => {
  it('says how much better the best design is', () => {
    for (const event of generations)
      expect(progressLine(event)).toContain(
        `generation ${event.generation + 1}: best ${(1 / event.best!.score).toFixed(3)}x better EDP than the baseline's`,
      );
  });

  it('says so while nothing is better than the baseline', () => {
    const [event] = generations;
    const line = progressLine({ ...event!, best: { ...event!.best!, trial: BASELINE_TRIAL, score: 1 } });
    expect(line).toContain("nothing better than the baseline's optimum yet");
    expect(line).not.toContain('1.000x');
  });

  it('says what a co-search found in figures of its network, also on the baseline: a score of a front is no EDP', async () => {
    const run = syntheticRun({ command: 'cosearch', generations: 3 });
    const [event] = run.filter(
      (one): one is GenerationEvent => one.kind === 'generation' && one.best?.network !== undefined,
    );
    const best = { ...event!.best!, trial: BASELINE_TRIAL, score: 0.4 };
    const line = progressLine({ ...event!, best });
    expect(line).toContain(
      `best EDP ${best.networks[0]!.edpPjCycles.toExponential(3)} pJ*cycles at ${best.network!.accuracy.top1Percent.toFixed(2)} %`,
    );
    expect(line).not.toMatch(/2\.500x|nothing better/);
  });

  it('says what each event tells', () => {
    const figures = [{ network: 'a', energyPj: 2e9, cycles: 1e6, edpPjCycles: 2e15 }];
    const baseline = { kind: 'baseline', accelerator: 'eyeriss', networks: figures, areaMm2: 3 } as const;
    const progress: ProgressEvent = {
      kind: 'progress',
      elapsedSeconds: 12.34,
      done: 7,
      total: 20,
      mappingsPerSecond: 1234.5,
      remainingSeconds: 61.2,
      workers: 2,
    };
    const [event] = generations;
    const counters = { ...event!.counters, scored: 1234, stopped: 56 };
    const best = { ...event!.best!, score: 0.4, trial: 3 };
    const [started] = syntheticRun({ generations: 3, seed: 5 });
    const layer = syntheticRun({ command: 'map', layersPerNetwork: 2 }).find((one) => one.kind === 'layer')!;
    const correlation = syntheticRun({ command: 'cosearch', generations: 1 }).find(
      ({ kind }) => kind === 'correlation',
    )!;
    const lines: [RunEvent, string | null | RegExp][] = [
      [started!, 'run: naas, 3 generations of 16, seed 5'],
      [
        { ...baseline, which: 'published', dataflow: 'row-stationary' },
        'baseline eyeriss with its published dataflow (row-stationary): EDP 2.000e+15 pJ*cycles',
      ],
      [
        { ...baseline, which: 'optimal', dataflow: null },
        'baseline eyeriss with its optimal mapping: EDP 2.000e+15 pJ*cycles',
      ],
      [
        { ...event!, generation: 4, best, improved: true, counters },
        /^generation 5: best 2\.500x better EDP than the baseline's optimum, .* \* \(1,234 scored, 56 stopped early\)$/,
      ],
      [{ ...event!, best: null, improved: false, counters }, /^generation 1: nothing feasible yet \(1,234 scored/],
      [progress, '  7/20 done in 12.3 s, 1,235 mappings/s, about 62 s left'],
      [{ ...progress, total: null, remainingSeconds: null }, '  7 done in 12.3 s, 1,235 mappings/s'],
      [layer, 'mapped 1/2 conv1'],
      [{ kind: 'note', level: 'warning', text: 'careful' }, 'warning: careful'],
      [correlation, 'Modelled and recorded latency: Kendall tau 0.610, Spearman 0.790 over 200 networks'],
      [{ kind: 'paused', paused: true }, 'paused'],
      [{ kind: 'paused', paused: false }, 'goes on'],
      [{ kind: 'best-layers', trial: 3, layers: [] }, null],
      [{ kind: 'finished', reason: 'done', design: null, networks: [] }, null],
    ];
    for (const [told, line] of lines)
      if (line instanceof RegExp) expect(progressLine(told)).toMatch(line);
      else expect(progressLine(told)).toBe(line);
  });

  it('marks a baseline that is mapped anew in the end', () => {
    const baseline = syntheticRun({ generations: 1 }).find((event) => event.kind === 'baseline')!;
    expect(progressLine(baseline)).not.toContain('mapped as the design is');
    expect(progressLine({ ...baseline, isFinal: true })).toContain('mapped as the design is: EDP');
  });

  it('says how far a step is where nothing else is said for long', () => {
    const lineOf = progressLines();
    const told: string[] = [];
    for (let done = 0; done <= 24; done++) {
      const step = { text: 'baseline eyeriss, optimal mapping', done, total: 24 };
      const figures = { done: 0, total: null, mappingsPerSecond: 0, remainingSeconds: null, workers: 1 };
      told.push(lineOf({ kind: 'progress', elapsedSeconds: done, ...figures, step }) ?? '');
      if (done === 15) told.push(lineOf({ kind: 'note', level: 'info', text: 'a note' })!);
    }
    expect(told.filter((line) => line !== '')).toEqual([
      '  baseline eyeriss, optimal mapping: 10 of 24, 10 s',
      'info: a note',
    ]);
  });
});
