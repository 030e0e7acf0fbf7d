import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../../src/accelerator/specification.ts';
import { namedGoal } from '../../../src/app/layers/goal.ts';
import { openLayerPool } from '../../../src/app/layers/layer-pool.ts';
import { networkAnswerSteps } from '../../../src/app/layers/network-answer.ts';
import { openScheduledPool } from '../../../src/app/layers/scheduled/scheduled-pool.ts';
import { scheduledBounds, scheduledNetwork } from '../../../src/app/layers/scheduled/scheduled-score.ts';
import { runSteps } from '../../../src/app/layers/steps.ts';
import { loadSpecification, loadTechnology, loadWorkload } from '../../../src/app/presets/load.ts';
import { exactSettings } from '../../../src/search/mapping/map-layer.ts';
import type { CandidateResult, CandidateTask } from '../../../src/search/ports.ts';
import { geometricMean } from '../../../src/util/geometric-mean.ts';
import { tinyWith, writeSmall } from '../small-files.ts';

const TWO = writeSmall(
  'two.yaml',
  `name: two
source: made up for tests
input: [2, 2, 2]
layers:
  - { name: a, kind: conv, out: 4, kernel: 1 }
  - { name: b, kind: conv, out: 2, kernel: 1 }
`,
);
const THREE = writeSmall(
  'three.yaml',
  `name: three
source: made up for tests
input: [2, 2, 2]
layers:
  - { name: a, kind: conv, out: 2, kernel: 1 }
  - { name: sum, kind: add, from: [input, a] }
  - { name: b, kind: conv, out: 2, kernel: 1 }
`,
);
const networks = [TWO, THREE].map((file) => loadWorkload(file, 1, {}).network);
const template = loadSpecification(
  tinyWith([
    'countLeakage: false',
    'countLeakage: true\nvectorUnit: { level: Buffer, simplePerCycle: 2, specialPerCycle: 1, energy: { simple: 1 pJ, special: 5 pJ } }',
  ]),
);
const technology = loadTechnology(template.technology);
const settings = exactSettings({ factors: 'perfect' });
const scoring = { networks: networks.map(scheduledNetwork), settings, pins: true };

/** The accelerator with buffers of other sizes; DRAM comes first. */
function withBuffer(bytes: number): AcceleratorSpecification {
  const capacity = { kind: 'shared', bits: bytes * 8 } as const;
  const levels = template.levels.map((level, i) => (i === 1 ? { ...level, capacity } : level));
  return { ...template, name: `tiny-${bytes}`, levels };
}

const SIZES = [10, 16, 24, 40];
const builtWith = (bytes: number) => buildAccelerator(withBuffer(bytes), technology);

/** EDPs of the networks as `map` answers. */
async function mapAnswers(bytes: number): Promise<number[]> {
  const pool = openLayerPool({ workers: 1 });
  const edps: number[] = [];
  for (const network of networks) {
    const question = { network, accelerator: builtWith(bytes), goal: namedGoal('edp'), settings };
    const answer = await runSteps(networkAnswerSteps({ ...question, between: { mode: 'retain', pins: true } }), pool);
    if (answer.kind === 'failed') throw answer.error;
    edps.push(answer.report.totals.edpPjCycles);
  }
  await pool.close();
  return edps;
}

const answers = Promise.all(SIZES.map(mapAnswers));
const scoreOfEdps = (edps: readonly number[]) => geometricMean(edps);

const tasksOf = (cutoff: number | null): CandidateTask[] =>
  SIZES.map((bytes, trial) => ({ trial, specification: withBuffer(bytes), baselineEdps: [1, 1], cutoff }));

const scoreOf = (result: CandidateResult | undefined) =>
  result?.outcome === 'scored' ? result.score : Number.POSITIVE_INFINITY;

describe('candidates that are scored by schedules', () => {
  // Killed by: sums of another stage, a line that is taken for a bound though it is none, costs beside that are left out.
  it('get the figures that map answers nearly, and no bound lies above', async () => {
    const pool = await openScheduledPool({ ...scoring, technology }, { workers: 1 });
    const results = await pool.evaluateCandidates(tasksOf(null));
    await pool.close();
    for (const [i, edps] of (await answers).entries()) {
      const result = results[i]!;
      if (result.outcome !== 'scored') throw new Error(result.outcome);
      result.networks.forEach(({ edpPjCycles }, n) => {
        expect(edpPjCycles / edps[n]!).toBeGreaterThan(1 - 1e-9);
        expect(edpPjCycles / edps[n]!).toBeLessThan(1.01);
      });
      expect(result.score).toBeCloseTo(scoreOfEdps(result.networks.map(({ edpPjCycles }) => edpPjCycles)), 9);
      scheduledBounds(scoring, builtWith(SIZES[i]!)).forEach((bound, n) => {
        expect(bound).toBeGreaterThan(0);
        expect(bound).toBeLessThanOrEqual(edps[n]! * (1 + 1e-9));
      });
    }
    expect(new Set(results.map(scoreOf)).size).toBeGreaterThan(2);
  });

  // Killed by: a cutoff of one network that forgets the others, a candidate that is dropped or kept on the wrong side.
  it('are stopped if and only if they lie above the cutoff, also when they come again under a higher one', async () => {
    const pool = await openScheduledPool({ ...scoring, technology }, { workers: 1 });
    const scores = (await pool.evaluateCandidates(tasksOf(null))).map(scoreOf);
    const fresh = await openScheduledPool({ ...scoring, technology }, { workers: 1 });
    const sorted = [...new Set(scores)].sort((a, b) => a - b);
    for (const cutoff of sorted.slice(0, 3)) {
      const results = await fresh.evaluateCandidates(tasksOf(cutoff));
      expect(results.map(({ outcome }) => outcome)).toEqual(
        scores.map((score) => (score <= cutoff * (1 + 1e-10) ? 'scored' : 'stopped')),
      );
      // To the bit: what a cutoff leaves of a candidate for later must not matter.
      for (const [i, result] of results.entries())
        if (result.outcome === 'scored') expect(result.score).toBe(scores[i]);
    }
    await pool.close();
    await fresh.close();
  });

  it('that matter are the best of all, with any number of workers', async () => {
    const found = [];
    const best = [];
    for (const workers of [1, 2]) {
      const pool = await openScheduledPool({ ...scoring, technology }, { workers });
      const results = await pool.evaluateCandidates(tasksOf(null), { keep: { count: 1, scores: [] } });
      await pool.close();
      found.push(results.map(scoreOf).indexOf(Math.min(...results.map(scoreOf))));
      best.push(Math.min(...results.map(scoreOf)));
    }
    expect(found[1]).toBe(found[0]);
    expect(best[1]).toBe(best[0]);
  });
});
