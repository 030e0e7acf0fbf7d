import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BaselineJob,
  type BaselineResult,
  type DesignJob,
  type DesignResult,
  jobKey,
} from '../../bench/naas/job.ts';
import { meanGains, networkGains } from '../../bench/naas/part.ts';
import { runJob } from '../../bench/naas/run-job.ts';
import { factorText, geometricMean, median, quantile } from '../../bench/naas/statistics.ts';
import { codeFingerprint, type JobRecord, ResultStore } from '../../bench/naas/store.ts';

const BASELINE: BaselineJob = {
  kind: 'baseline',
  workload: 'dqn',
  budget: 'nvdla-256',
  technology: null,
  factors: 'perfect',
};
const DESIGN: DesignJob = {
  kind: 'design',
  workloads: ['dqn'],
  budget: 'nvdla-256',
  technology: null,
  strategy: 'naas',
  candidates: 12,
  population: 4,
  dimsPerAxis: null,
  explorations: null,
  mapper: 'cmaes',
  mapperEvaluations: 60,
  factors: 'perfect',
  prune: true,
  seed: 5,
};

/** A baseline of made-up figures. */
function baselineOf(energyPj: number, cycles: number): BaselineResult {
  const networks = [{ network: 'one', energyPj, cycles, edpPjCycles: energyPj * cycles }];
  const event = { kind: 'baseline', accelerator: 'a', dataflow: null, networks, areaMm2: 1 } as const;
  return { published: { ...event, which: 'published' }, optimal: { ...event, which: 'optimal' } };
}

async function runDesign(job: DesignJob, baseline: BaselineResult): Promise<DesignResult> {
  const result = await runJob({ job, baselines: [baseline] });
  if (!('generations' in result)) throw new Error('no design');
  return result;
}

describe('jobs of the NAAS bench', () => {
  it('run as many generations as the candidates fill, and report the best of what they scored', async () => {
    const baseline = await runJob({ job: BASELINE, baselines: [] });
    if (!('optimal' in baseline)) throw new Error('no baseline');
    expect(baseline.published.dataflow).toBe('weight-stationary');
    const result = await runDesign(DESIGN, baseline);
    expect(result.generations).toHaveLength(3);
    const { scored, stopped, unmappable } = result.counters;
    expect(scored + stopped + unmappable).toBe(12);
    const scores = result.generations.flatMap((generation) => generation.scores);
    expect(scores).toHaveLength(scored);
    expect(result.best.score).toBe(Math.min(...scores));
    expect(result.generations.at(-1)?.best).toBe(result.best.score);
    const [gain] = networkGains(result.best.networks, [baseline], 'optimal');
    expect(1 / gain!.edp).toBeCloseTo(result.best.score, 12);
    expect(await runDesign(DESIGN, baseline)).toEqual(result);
    expect((await runDesign({ ...DESIGN, seed: 6 }, baseline)).best).not.toEqual(result.best);
  });

  it('have keys that do not depend on the order of their fields', () => {
    const reversed = Object.fromEntries(Object.entries(DESIGN).reverse()) as unknown as DesignJob;
    expect(Object.keys(reversed)).not.toEqual(Object.keys(DESIGN));
    expect(jobKey(reversed)).toBe(jobKey(DESIGN));
    expect(jobKey({ ...DESIGN, seed: 6 })).not.toBe(jobKey(DESIGN));
  });
});

describe('the result store', () => {
  const record = (code: string, seed: number): JobRecord => ({
    format: 'trifold-bench-naas-1',
    code,
    job: { ...DESIGN, seed },
    result: { figures: { network: 'dqn', energyPj: seed, cycles: 1, edpPjCycles: seed } },
    cpuSeconds: 1,
  });

  it('finds again what was added, but not results of other code; a torn last line costs that line only', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'trifold-store-')), 'out.jsonl');
    const first = new ResultStore(file, 'now');
    first.add(record('now', 1));
    first.add(record('now', 2));
    writeFileSync(file, `${JSON.stringify(record('before', 3))}\n${readFileSync(file, 'utf8')}`);
    appendFileSync(file, JSON.stringify(record('now', 4)).slice(0, 40));
    const second = new ResultStore(file, 'now');
    expect([second.size, second.foreign]).toEqual([2, 1]);
    expect(second.find(jobKey({ ...DESIGN, seed: 2 }))).toEqual(record('now', 2));
    expect(second.find(jobKey({ ...DESIGN, seed: 3 }))).toBeUndefined();
    second.add(record('now', 4));
    const third = new ResultStore(file, 'now');
    expect(third.size).toBe(3);
    expect(third.find(jobKey({ ...DESIGN, seed: 4 }))).toEqual(record('now', 4));
  });

  it('knows the code by its text', () => {
    expect(codeFingerprint()).toMatch(/^[0-9a-f]{12}$/);
    expect(codeFingerprint()).toBe(codeFingerprint());
  });
});

describe('figures of the bench', () => {
  const values = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 9 });

  it('medians and quantiles lie within the values, and half of them on each side', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        expect(quantile(list, 0)).toBe(Math.min(...list));
        expect(quantile(list, 1)).toBe(Math.max(...list));
        expect(quantile(list, share)).toBeLessThanOrEqual(Math.max(...list));
        const middle = median(list);
        expect(list.filter((value) => value < middle).length).toBeLessThanOrEqual(list.length / 2);
        expect(list.filter((value) => value > middle).length).toBeLessThanOrEqual(list.length / 2);
      }),
    );
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('the EDP gain is speedup times energy saving, for each network and for the geometric means', () => {
    const figure = fc.record({
      energyPj: fc.double({ min: 1, max: 1e6, noNaN: true }),
      cycles: fc.double({ min: 1, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(figure, figure), { minLength: 1, maxLength: 4 }), (pairs) => {
        const found = pairs.map(([{ energyPj, cycles }]) => ({
          network: 'n',
          energyPj,
          cycles,
          edpPjCycles: energyPj * cycles,
        }));
        const gains = networkGains(
          found,
          pairs.map(([, base]) => baselineOf(base.energyPj, base.cycles)),
          'published',
        );
        for (const gain of gains) expect(gain.edp / (gain.speedup * gain.energySaving)).toBeCloseTo(1, 9);
        const mean = meanGains(gains);
        expect(mean.edp / (mean.speedup * mean.energySaving)).toBeCloseTo(1, 9);
        expect(mean.edp / geometricMean(gains.map((gain) => gain.edp))).toBeCloseTo(1, 9);
      }),
    );
  });

  it('are printed as median with the least and greatest', () => {
    expect(factorText([3, 1, 2])).toBe('2.00x (1.00..3.00)');
    expect(factorText([123.4])).toBe('123x');
    expect(factorText([])).toBe('-');
  });
});
