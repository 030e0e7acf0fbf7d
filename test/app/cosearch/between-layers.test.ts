import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CosearchRequest, cosearchInputs, readCosearchInputs } from '../../../src/app/cosearch/inputs.ts';
import { exhaustiveRequest } from '../../../src/app/exhaustive/inputs.ts';
import type { MappingCaches } from '../../../src/app/layers/cache-folder.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { betweenOf } from '../../../src/app/layers/search-between.ts';
import { describeCosearchResult } from '../../../src/cli/text/cosearch-text.ts';
import { readRequest } from '../../../src/options/command.ts';
import { COSEARCH } from '../../../src/options/cosearch.ts';
import type { FinishedEvent, RunEvent } from '../../../src/search/run-events.ts';
import { errorOf } from '../../formats/errors.ts';
import { cosearchRuns, freshFolder, listener, results } from '../run-folders.ts';
import { MACRO_REQUEST } from './macro-request.ts';

const CACHE = mkdtempSync(join(tmpdir(), 'trifold-between-'));
const caches = (): MappingCaches => ({ layers: openLayerCache(CACHE), candidates: openLayerCache(CACHE) });

const { budget: _budget, ...WITHOUT_BUDGET } = MACRO_REQUEST;
/** Two generations of two networks on the baseline's accelerator: what is scored is asked in the same way by all searches. */
const REQUEST: CosearchRequest = {
  ...WITHOUT_BUDGET,
  accelerator: 'shidiannao',
  floorPercent: 80.5,
  betweenLayers: 'retain',
  pinWeights: true,
};

async function run(request: CosearchRequest) {
  const events: RunEvent[] = [];
  const directory = freshFolder();
  const limits = { workers: 1, caches: caches() };
  const hearing = listener((event) => events.push(event));
  const { finished, json } = await cosearchRuns.start(request, directory, limits, hearing);
  return { finished: finished!, json, directory, events };
}

/** Ends a run after its first generation, and goes on with more workers. */
async function interrupted(request: CosearchRequest) {
  const directory = freshFolder();
  let generations = 0;
  const hearing = listener(
    ({ kind }) => {
      if (kind === 'generation') generations++;
    },
    () => generations > 0,
  );
  const first = await cosearchRuns.start(request, directory, { workers: 1, caches: caches() }, hearing);
  expect(first.json).toBeNull();
  const { json } = await cosearchRuns.resume(directory, { workers: 2, caches: caches() });
  return { json, directory };
}

const retaining = run(REQUEST);

describe('a co-search whose activations may stay on chip', () => {
  // Killed by: candidates or baseline scored layer by layer, finals of one side alone, layers in place of steps, files without the schedule.
  it('scores networks and baseline by their schedules, and prints what it searched for', async () => {
    const { finished, json, events, directory } = await retaining;
    const { final, mappedReference, mappedPublished, baselines, best, gains } = finished;
    for (const { schedule, report, networkWise } of [final, mappedReference, mappedPublished!]) {
      expect(schedule!.answer.optimum.optimal).toBe(true);
      expect(networkWise!.optimal).toBe(true);
      expect(report).toBe(schedule!.answer.report);
      expect(report.totals.edpPjCycles).toBeLessThan(schedule!.islands.totals.edpPjCycles);
    }
    const searched = (which: string) => baselines.find((one) => one.which === which)!.networks[0]!.edpPjCycles;
    const pairs = [
      [searched('optimal'), mappedReference],
      [searched('published'), mappedPublished!],
      [best.networks[0]!.edpPjCycles, final],
    ] as const;
    for (const [score, { report }] of pairs) {
      expect(score).toBeGreaterThan(report.totals.edpPjCycles * (1 - 1e-9));
      expect(score * 0.99).toBeLessThan(report.totals.edpPjCycles);
    }
    const within = mappedPublished!.report.totals.edpPjCycles;
    expect(gains.published! * final.report.totals.edpPjCycles).toBeCloseTo(within, -3);
    const { schedules, notModelled } = events.at(-1) as FinishedEvent;
    expect(schedules).toEqual([{ network: final.report.network.name, schedule: final.schedule!.answer.summary }]);
    expect(notModelled!.some((text) => /activations on chip: in Buffer alone/.test(text))).toBe(true);
    const document = JSON.parse(JSON.stringify(json));
    expect(document.mapped.schedule).toMatchObject({ mode: 'retain', optimal: true });
    expect(document.notModelled).toEqual(notModelled);
    expect(Object.keys(results(directory))).toContain('schedule.yaml');
    const text = describeCosearchResult(finished, directory);
    expect(text).toMatch(/on chip +retain in Buffer/);
    expect(text).toMatch(/as the search scored them \(the best schedule/);
    expect(text).toMatch(/check it: trifold eval .*schedule\.yaml/);
  });

  it('gives the same files when it is interrupted and resumed with more workers', async () => {
    const whole = await retaining;
    const resumed = await interrupted(REQUEST);
    expect(JSON.parse(JSON.stringify(resumed.json))).toEqual(JSON.parse(JSON.stringify(whole.json)));
    expect(results(resumed.directory)).toEqual(results(whole.directory));
  });
});

describe('the request of such a run', () => {
  it('refuses what schedules know nothing of', () => {
    const error = errorOf(() => cosearchInputs({ ...REQUEST, factors: 'imperfect' }));
    expect(error.code).toBe('usage');
    expect(error.message).toContain('--between-layers retain takes --factors perfect');
    const options = readRequest(COSEARCH.request, {
      search: 'exhaustive',
      accelerator: 'eyeriss',
      betweenLayers: 'fuse',
    });
    const exhaustive = errorOf(() => exhaustiveRequest(options));
    expect(exhaustive.code).toBe('usage');
    expect(exhaustive.details.hint).toContain('--search nested or joint');
  });

  it('leaves each layer on its own unless it says otherwise, also in runs of before', () => {
    const read = readCosearchInputs(JSON.parse(JSON.stringify(cosearchInputs(MACRO_REQUEST))));
    expect(betweenOf(read!.request)).toEqual({ mode: 'off', reason: null });
    expect(read!.request).not.toHaveProperty('betweenLayers');
  });
});
