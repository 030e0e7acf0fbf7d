import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { logTime } from '../../../src/tui/state/run-log.ts';
import { EMPTY_VIEW, type RunView, reduceRunView } from '../../../src/tui/state/run-view.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const logOf = (events: readonly RunEvent[]) => events.reduce<RunView>(reduceRunView, EMPTY_VIEW).log;

const figures = (energyPj: number, cycles: number) => [
  { network: 'resnet50', energyPj, cycles, edpPjCycles: energyPj * cycles },
];

/** A run with round EDPs: baselines of 8e15 and 4e15, a best design of 2e15, of 1e15 in the end. */
const events = syntheticRun({ generations: 1, populationSize: 4 }).map((event): RunEvent => {
  if (event.kind === 'baseline') return { ...event, networks: figures(event.which === 'published' ? 8e9 : 4e9, 1e6) };
  if (event.kind === 'generation') return { ...event, best: { ...event.best!, trial: 3, networks: figures(2e9, 1e6) } };
  if (event.kind !== 'finished') return event;
  const best = { ...event.design!.best, trial: 3 };
  const design = { ...event.design!, best, improvement: { published: 8, optimal: 0.5 } };
  return { ...event, design, networks: figures(1e9, 1e6) };
});

describe('the log of a run', () => {
  it('says what began, what each baseline and each new best costs, and how it ended', () => {
    expect(logOf(events).map(({ text }) => text)).toEqual([
      'started design of resnet50 by naas, seed 1',
      'baseline eyeriss, row-stationary: EDP 8.00e15 pJ·cycles',
      'baseline eyeriss, optimal mapping: EDP 4.00e15 pJ·cycles',
      'generation 1: new best, trial 3, EDP 2.00e15 pJ·cycles, 4× better than eyeriss',
      'finished: generations; final mappings: EDP 1.00e15 pJ·cycles, 8× better than eyeriss',
    ]);
  });

  it('compares with optimal mappings where nothing is published', () => {
    const unpublished = events.filter((event) => event.kind !== 'baseline' || event.which === 'optimal');
    const texts = logOf(unpublished).map(({ text }) => text);
    expect(texts.at(-2)).toBe('generation 1: new best, trial 3, EDP 2.00e15 pJ·cycles');
    expect(texts.at(-1)).toMatch(/, 2× worse than eyeriss$/);
  });

  it('tells the accuracy of a network that was found, and the space that it is from', () => {
    const cosearch = syntheticRun({ command: 'cosearch', generations: 1 });
    const texts = logOf(cosearch).map(({ text }) => text);
    const accuracy = cosearch.find((event) => event.kind === 'generation')!.best!.network!.accuracy;
    expect(texts[0]).toBe('started cosearch of OFA, 10 T networks by naas, seed 1');
    expect(texts[3]).toContain(`, top-1 ${accuracy.reportedTop1Percent.toFixed(2)} ± 0.30 %, `);
    expect(texts.at(-2)).toBe('Modelled and recorded latency: Kendall τ 0.610, Spearman ρ 0.790 over 200 networks');
  });

  it('has the time of the run at each line, as far as it is known', () => {
    const log = logOf(syntheticRun({ generations: 2, populationSize: 4 }));
    expect(log.map(logTime)).toEqual(['', '', '', '', ...log.slice(4).map(() => expect.stringMatching(/^0:0[48]$/))]);
  });
});
