import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { areaMm2 } from '../../../src/accelerator/accelerator.ts';
import { checkBudget } from '../../../src/accelerator/budget.ts';
import { evaluateMappings } from '../../../src/app/explain/evaluate.ts';
import { namedGoal } from '../../../src/app/layers/goal.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { mapNetwork } from '../../../src/app/layers/map-network.ts';
import { loadAccelerator, loadBudget, loadWorkload } from '../../../src/app/presets/load.ts';
import { describeDesignResult } from '../../../src/cli/text/design-text.ts';
import { readRequest } from '../../../src/options/command.ts';
import { DESIGN, type DesignOptions } from '../../../src/options/design.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { BASELINE_TRIAL } from '../../../src/search/trials.ts';
import { designRuns, freshFolder, listener, results } from '../run-folders.ts';
import {
  freshPath,
  IMPERFECT_BUDGET,
  MATRIX_NETWORK,
  matrixNetwork,
  ODD_NETWORK,
  SMALL_DESIGN,
} from '../small-files.ts';

const REQUEST = readRequest(DESIGN.request, {
  workloads: ['dqn'],
  budget: 'nvdla-256',
  batch: 1,
  strategy: 'naas',
  generations: 4,
  populationSize: 4,
  mapper: 'cmaes',
  mapperEvaluations: 60,
  factors: 'perfect',
  finalFactors: 'imperfect',
  prune: true,
  seed: 7,
});

const TINY_DESIGN = { ...SMALL_DESIGN, workloads: [MATRIX_NETWORK], populationSize: 3 };

/** The final step of an exact search takes imperfect factors by itself. */
const { finalFactors: _finalFactors, ...EXACT } = { ...REQUEST, mapper: 'exact', budget: 'shidiannao' } as const;
const ODD: DesignOptions = {
  ...EXACT,
  workloads: [ODD_NETWORK],
  generations: 2,
  populationSize: 2,
  arraySizes: 'published',
};

async function uninterrupted(request = REQUEST): Promise<{ directory: string; json: unknown }> {
  const { directory, json } = await designRuns.start(request, freshFolder(), { workers: 1 }, listener());
  return { directory, json };
}

let common: ReturnType<typeof uninterrupted> | undefined;
/** The run of the common request, made once: its folder is only read. */
function commonRun(): ReturnType<typeof uninterrupted> {
  common ??= uninterrupted();
  return common;
}

/** Mappings of layers with imperfect factors, made once: what they are is asked elsewhere. */
const mappings = openLayerCache(freshFolder());
const REMEMBERING = { workers: 1, caches: { candidates: mappings, layers: mappings } };

async function oddWithEvents() {
  const events: RunEvent[] = [];
  const hearing = listener((event) => events.push(event));
  return { ...(await designRuns.start(ODD, freshFolder(), REMEMBERING, hearing)), events };
}

let odd: ReturnType<typeof oddWithEvents> | undefined;
/** The run with imperfect final mappings, made once. */
function oddRun(): ReturnType<typeof oddWithEvents> {
  odd ??= oddWithEvents();
  return odd;
}

describe('a design run', () => {
  it('gives the same files for the same seed with two workers, others for another seed', async () => {
    const first = await commonRun();
    const two = freshFolder();
    await designRuns.start(REQUEST, two, { workers: 2 }, listener());
    expect(results(two)).toEqual(results(first.directory));
    const other = await uninterrupted({ ...REQUEST, seed: 8 });
    expect(results(other.directory)).not.toEqual(results(first.directory));
  });

  it('that is interrupted after any generation and resumed ends like one that never stopped', async () => {
    const whole = await commonRun();
    for (const stopAfter of [0, 2]) {
      const directory = freshFolder();
      let generations = 0;
      const count = (event: RunEvent) => {
        if (event.kind === 'generation') generations++;
      };
      const stopped = await designRuns.start(
        REQUEST,
        directory,
        { workers: 1 },
        listener(count, () => generations >= stopAfter),
      );
      expect(stopped.json).toBeNull();
      expect(existsSync(join(directory, 'summary.json'))).toBe(false);
      const resumed = await designRuns.resume(directory, { workers: 1 }, listener());
      expect(resumed.json).toEqual(whole.json);
      expect(results(directory)).toEqual(results(whole.directory));
      const again = await designRuns.resume(directory, { workers: 1 }, listener());
      expect(again.json).toEqual(whole.json);
    }
  });

  it.each([
    { by: 'generations', request: TINY_DESIGN, limits: {} },
    { by: 'evaluations', request: { ...TINY_DESIGN, generations: 3 }, limits: { evaluations: 3 } },
  ])(
    'that is interrupted while its result is mapped, its search ended by $by, ends like one that never stopped',
    async ({ request, limits }) => {
      const whole = await designRuns.start(request, freshFolder(), { workers: 1, ...limits }, listener());
      const directory = freshFolder();
      let isSearched = false;
      let isInterrupted = false;
      const caches = {
        candidates: openLayerCache(freshFolder()),
        layers: {
          ...openLayerCache(freshFolder()),
          get: () => {
            isInterrupted ||= isSearched;
            return undefined;
          },
        },
      };
      const stopped = await designRuns.start(
        request,
        directory,
        { workers: 1, caches, ...limits },
        {
          onEvent: (event) => {
            isSearched ||= event.kind === 'note' && event.text.startsWith('now the final mappings of');
          },
          isInterrupted: () => isInterrupted,
          // Lets the timer that asks for interruptions run before the next layer.
          isPaused: () => isInterrupted,
          whenUnpaused: () => new Promise((resolve) => setTimeout(resolve, 120)),
        },
      );
      expect(isInterrupted).toBe(true);
      expect([stopped.json, existsSync(join(directory, 'summary.json'))]).toEqual([null, false]);
      const resumed = await designRuns.resume(directory, { workers: 1 }, listener());
      expect(resumed.json).toEqual(whole.json);
      expect(results(directory)).toEqual(results(whole.directory));
    },
  );

  it('goes on with runs from before axes carried several dims, buffers were sized by factors, the baseline was a candidate and searches had cycles', async () => {
    const sizes = { dimsPerAxis: 1, arraySizes: 'published', bufferSizes: 'linear' } as const;
    const older = { ...sizes, baselineCandidate: false, explorations: 0 };
    const old = { ...REQUEST, ...older, finalFactors: 'perfect', generations: 5 } as const;
    const whole = await uninterrupted(old);
    const directory = freshFolder();
    let generations = 0;
    const count = (event: RunEvent) => {
      if (event.kind === 'generation') generations++;
    };
    await designRuns.start(
      old,
      directory,
      { workers: 1 },
      listener(count, () => generations >= 2),
    );
    for (const name of ['run.json', 'checkpoint.json']) {
      const text = readFileSync(join(directory, name), 'utf8');
      const stripped = text
        .replaceAll(/"dimsPerAxis":\s*1,?/g, '')
        .replaceAll(/"arraySizes":\s*"published",?/g, '')
        .replaceAll(/"bufferSizes":\s*"linear",?/g, '')
        .replaceAll(/"baselineCandidate":\s*false,?/g, '')
        .replaceAll(/"explorations":\s*0,?/g, '')
        .replaceAll(/"stateSha256":\s*"\w*",?/g, '')
        .replaceAll(/"(cycle|bestPoint)":/g, '"unknown $1":')
        .replaceAll(/,(\s*})/g, '$1');
      expect(stripped).not.toBe(text);
      writeFileSync(join(directory, name), stripped);
    }
    const resumed = await designRuns.resume(directory, { workers: 1 }, listener());
    const withoutRequest = (json: unknown) => ({ ...JSON.parse(JSON.stringify(json)), request: null });
    expect(withoutRequest(resumed.json)).toEqual(withoutRequest(whole.json));
  });

  it('writes a design within its budget that eval reads back to the same figures', async () => {
    const { directory, json } = await commonRun();
    const accelerator = join(directory, 'accelerator.yaml');
    expect(checkBudget(loadAccelerator(accelerator), loadBudget(REQUEST.budget))).toEqual([]);
    const { report } = evaluateMappings({
      accelerator,
      workload: 'dqn',
      mapping: join(directory, 'mapping-dqn.yaml'),
      temporalReuse: 'exact',
    });
    const { networks } = JSON.parse(JSON.stringify(json));
    expect(report.totals.edpPjCycles).toBe(networks[0].totals.edpPjCycles);
    expect(report.totals.energyPj).toBe(networks[0].totals.energyPj);
    expect(report.layers.map(({ evaluation }) => evaluation.cycles)).toEqual(
      networks[0].layers.map((layer: { cycles: number }) => layer.cycles),
    );
  });

  it('writes the front with accelerators on which mapping gives the stated figures again', async () => {
    const { directory, json } = await uninterrupted({ ...REQUEST, mapper: 'exact', finalFactors: 'perfect', seed: 8 });
    const [header, ...rows] = readFileSync(join(directory, 'front.csv'), 'utf8').trimEnd().split('\r\n');
    const columns = header!.split(',');
    const { front } = JSON.parse(JSON.stringify(json));
    expect(rows).toHaveLength(front.length);
    expect(front.length).toBeGreaterThan(1);
    let before = 0;
    for (const row of rows) {
      const cells = new Map(row.split(',').map((cell, i) => [columns[i]!, cell]));
      const accelerator = loadAccelerator(join(directory, cells.get('file')!));
      const network = loadWorkload('dqn', 1).network;
      const settings = {
        mapper: 'exact',
        factors: 'perfect',
        temporalReuse: 'exact',
        evaluations: 1,
        seed: 1,
      } as const;
      const { totals } = mapNetwork(network, accelerator, namedGoal('edp'), settings).report;
      expect(areaMm2(accelerator)).toBeCloseTo(Number(cells.get('area_mm2')), 9);
      expect(Number(cells.get('edp_pj_cycles')) / totals.edpPjCycles).toBeCloseTo(1, 9);
      expect(Number(cells.get('cycles'))).toBeGreaterThanOrEqual(before);
      before = Number(cells.get('cycles'));
    }
  });

  it('compares itself with a baseline mapped in the same way, with perfect factors and with imperfect ones', async () => {
    const { finished, json, events, directory } = await oddRun();
    const { mapped, finalBaseline, finalPublished, perfectImprovement, summary } = finished!;
    expect(mapped[0]!.replacedLayers).toBeGreaterThan(0);
    const edp = (finals: typeof finalPublished) => finals![0]!.report.totals.edpPjCycles;
    const perfectEdp = (finals: typeof finalPublished) => finals![0]!.perfectEdpPjCycles!;
    expect(summary.improvement.optimal).toBeCloseTo(edp(finalBaseline) / edp(mapped), 12);
    expect(summary.improvement.published).toBeCloseTo(edp(finalPublished) / edp(mapped), 12);
    expect(perfectImprovement!.optimal).toBeCloseTo(perfectEdp(finalBaseline) / perfectEdp(mapped), 12);
    expect(perfectImprovement!.published).toBeCloseTo(perfectEdp(finalPublished) / perfectEdp(mapped), 12);
    expect(edp(finalBaseline)).toBeLessThan(perfectEdp(finalBaseline));
    const document = JSON.parse(JSON.stringify(json));
    expect(document.improvementWithPerfectFactors).toEqual(perfectImprovement);
    expect(document.baselineNetworkWise[0]).toMatchObject({ factors: 'imperfect', edpPjCycles: edp(finalBaseline) });
    expect(document.networks[0]).toMatchObject({ factors: 'imperfect', perfectEdpPjCycles: perfectEdp(mapped) });
    const text = describeDesignResult(finished!, directory);
    expect(text).toContain('or imperfect');
    expect(text).toContain(`with perfect factors alone: ${perfectImprovement!.published.toFixed(3)} x`);
    const told = events.filter((event) => event.kind === 'baseline');
    expect(told.map(({ which, isFinal }) => [which, isFinal ?? false])).toEqual([
      ['published', false],
      ['optimal', false],
      ['published', true],
      ['optimal', true],
    ]);
    expect(told[2]!.networks[0]!.edpPjCycles).toBe(edp(finalPublished));
    expect(told[3]!.networks[0]!.edpPjCycles).toBe(edp(finalBaseline));
    const { perfectImprovement: none } = (
      await designRuns.start({ ...ODD, finalFactors: 'perfect' }, freshFolder(), REMEMBERING, listener())
    ).finished!;
    expect(none).toBeNull();
  });

  it('ends without a published figure where only imperfect factors can keep the dataflow', async () => {
    const workloads = [matrixNetwork([[14, 7, 1]])];
    const request = { ...ODD, workloads, budget: IMPERFECT_BUDGET, factors: 'imperfect', generations: 1 } as const;
    const { finished } = await designRuns.start(request, freshFolder(), REMEMBERING, listener());
    expect(finished!.baselines.map(({ which }) => which)).toEqual(['published', 'optimal']);
    expect(finished!.finalPublished).toBeNull();
    const { best, summary, baselines } = finished!;
    const searched = baselines[0]!.networks[0]!.edpPjCycles / best.networks[0]!.edpPjCycles;
    expect(summary.improvement.published).toBeCloseTo(searched, 12);
  });

  it('claims no more over a baseline without a published dataflow than over its optimal mapping', async () => {
    const baseline = freshPath('mine.yaml');
    copyFileSync(resolve(import.meta.dirname, '../../../accelerators/shidiannao.yaml'), baseline);
    const own = { ...ODD, baseline, generations: 1 };
    const { finished } = await designRuns.start(own, freshFolder(), REMEMBERING, listener());
    expect(finished!.baselines.map(({ which }) => which)).toEqual(['optimal']);
    const { published, optimal } = finished!.summary.improvement;
    expect(published).toBe(optimal);
  });

  it('with imperfect final mappings ends the same after an interruption, and eval reads them back', async () => {
    const whole = await oddRun();
    const directory = freshFolder();
    let generations = 0;
    const count = (event: RunEvent) => {
      if (event.kind === 'generation') generations++;
    };
    // Its first part remembers, its second maps anew.
    await designRuns.start(
      ODD,
      directory,
      REMEMBERING,
      listener(count, () => generations >= 1),
    );
    const resumed = await designRuns.resume(directory, { workers: 1 }, listener());
    expect(resumed.json).toEqual(whole.json);
    expect(results(directory)).toEqual(results(whole.directory));
    const { report } = evaluateMappings({
      accelerator: join(directory, 'accelerator.yaml'),
      workload: ODD_NETWORK,
      mapping: join(directory, 'mapping-odd.yaml'),
      temporalReuse: 'exact',
    });
    const { networks } = JSON.parse(JSON.stringify(resumed.json));
    expect(networks[0].replacedLayers).toBeGreaterThan(0);
    expect(report.totals.edpPjCycles).toBe(networks[0].totals.edpPjCycles);
    expect(report.totals.energyPj).toBe(networks[0].totals.energyPj);
    expect(report.totals.cycles).toBe(networks[0].totals.cycles);
  });

  it('is never worse than its baseline, and says when it is the baseline', async () => {
    const short = { ...REQUEST, generations: 1, populationSize: 2 };
    const { directory, json, finished } = await designRuns.start(short, freshFolder(), { workers: 1 }, listener());
    const { accelerator, improvement, searchScore } = JSON.parse(JSON.stringify(json));
    expect(searchScore).toBeLessThanOrEqual(1);
    expect(finished!.best.trial === BASELINE_TRIAL).toBe(accelerator.isBaseline);
    if (accelerator.isBaseline) {
      expect(searchScore).toBe(1);
      expect(improvement.optimal).toBeGreaterThanOrEqual(1);
      expect(accelerator.specification.name).toBe('nvdla-256');
    }
    expect(checkBudget(loadAccelerator(join(directory, 'accelerator.yaml')), loadBudget('nvdla-256'))).toEqual([]);
    const alone = await designRuns.start(
      { ...short, baselineCandidate: false },
      freshFolder(),
      { workers: 1 },
      listener(),
    );
    expect(alone.finished!.best.trial).toBeGreaterThanOrEqual(0);
  });

  it('shows the layers of a new best design after the first and every fourth generation, and in the end', async () => {
    const events: RunEvent[] = [];
    const request = { ...REQUEST, generations: 9, finalFactors: 'perfect' } as const;
    await designRuns.start(
      request,
      freshFolder(),
      { workers: 1 },
      listener((event) => events.push(event)),
    );
    let generation = -1;
    let best = NaN;
    let shown = NaN;
    const due: number[] = [];
    const told: number[] = [];
    for (const event of events) {
      if (event.kind === 'generation') {
        generation = event.generation;
        best = event.best!.trial;
        if ([0, 3, 7].includes(generation) && best !== shown) {
          due.push(best);
          shown = best;
        }
      } else if (event.kind === 'best-layers') {
        told.push(event.trial);
        expect(event.layers.length).toBeGreaterThan(0);
        expect(event.trial).toBe(best);
      }
    }
    expect(told.slice(0, -1)).toEqual(due);
    expect(told.at(-1)).toBe(best);
    expect(events.at(-2)?.kind).toBe('best-layers');
    expect(events.at(-1)?.kind).toBe('finished');
  });

  it('ends by evaluations and by target', async () => {
    const few = await designRuns.start(REQUEST, freshFolder(), { workers: 1, evaluations: 5 }, listener());
    expect(few.finished?.reason).toBe('evaluations');
    const easy = await designRuns.start(REQUEST, freshFolder(), { workers: 1, targetEdpPjCycles: 1e30 }, listener());
    expect(easy.finished?.reason).toBe('target');
  });

  it('gives its folder free when its threads cannot be opened', async () => {
    const directory = freshFolder();
    const begun = designRuns.start(TINY_DESIGN, directory, { workers: 0 }, listener());
    await expect(begun).rejects.toThrow('at least one worker');
    const resumed = await designRuns.resume(directory, { workers: 1 }, listener());
    expect(resumed.finished).not.toBeNull();
  });

  it('never touches a folder that is not empty', async () => {
    const { directory } = await commonRun();
    const before = results(directory);
    await expect(designRuns.start(REQUEST, directory, { workers: 1 }, listener())).rejects.toThrow(/not empty/);
    expect(results(directory)).toEqual(before);
  });
});
