import { describe, expect, it } from 'vitest';
import { progressLine } from '../../../src/cli/text/progress-text.ts';
import type { GenerationEvent } from '../../../src/search/ports.ts';
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

  it('marks a baseline that is mapped anew in the end', () => {
    const baseline = syntheticRun({ generations: 1 }).find((event) => event.kind === 'baseline')!;
    expect(progressLine(baseline)).not.toContain('mapped as the design is');
    expect(progressLine({ ...baseline, isFinal: true })).toContain('mapped as the design is: EDP');
  });
});
