import { describe, expect, it } from 'vitest';
import type { GenerationEvent } from '../../../src/search/ports.ts';
import { addToHistory, NO_HISTORY } from '../../../src/tui/state/run-history.ts';
import { SERIES_LIMIT } from '../../../src/tui/state/series.ts';
import { syntheticRun } from '../../search/synthetic-run.ts';

const [template] = syntheticRun({ generations: 1, populationSize: 2 }).filter((event) => event.kind === 'generation');

/** A generation whose two trials have this EDP, and whose best design has half of it. */
function generation(number: number, edpPjCycles: number): GenerationEvent {
  const networks = [{ network: 'a', energyPj: edpPjCycles, cycles: 1, edpPjCycles }];
  const best = { ...template!.best!, networks: [{ ...networks[0]!, edpPjCycles: edpPjCycles / 2 }] };
  const trials = template!.trials.map((trial) => ({ ...trial, networks }));
  return { ...template!, generation: number, trials, best, counters: { ...template!.counters, scored: 2 * number } };
}

describe('course of a search', () => {
  it('has the EDP of the best design and the mean of the generation', () => {
    const { bestEdp, meanEdp, points } = addToHistory(NO_HISTORY, generation(1, 8));
    const { stopped, unmappable } = template!.counters;
    const x = 2 + stopped + unmappable;
    expect(bestEdp.points).toEqual([{ x, y: expect.closeTo(4, 12) }]);
    expect(meanEdp.points).toEqual([{ x, y: expect.closeTo(8, 12) }]);
    expect(points.seen).toBe(2);
  });

  it('merges generations of a long run: the latest best, the geometric mean of their means', () => {
    let history = NO_HISTORY;
    for (let i = 0; i < 2 * SERIES_LIMIT; i++) history = addToHistory(history, generation(i, i % 2 === 0 ? 4 : 16));
    for (const { y } of history.bestEdp.points.slice(0, 10)) expect(y).toBeCloseTo(8, 9);
    for (const { y } of history.meanEdp.points.slice(0, 10)) expect(y).toBeCloseTo(8, 9);
    expect(history.meanEdp.points.length).toBeLessThanOrEqual(SERIES_LIMIT);
  });

  it('has no point of a generation without a scored trial', () => {
    const event = { ...generation(1, 8), best: null };
    const trials = event.trials.map(({ networks: _, ...trial }) => ({ ...trial, outcome: 'stopped' as const }));
    expect(addToHistory(NO_HISTORY, { ...event, trials })).toEqual(NO_HISTORY);
  });
});
