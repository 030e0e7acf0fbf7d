import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../../src/accelerator/specification.ts';
import { openCandidatePool } from '../../../src/app/layers/candidate-pool.ts';
import { namedGoal } from '../../../src/app/layers/goal.ts';
import { type LayerWork, type LayerWorkResult, mapWork, task } from '../../../src/app/layers/layer-work.ts';
import { openPool } from '../../../src/parallel/pool.ts';
import { AcceleratorSearch } from '../../../src/search/accelerator/accelerator-search.ts';
import { evaluateBaseline } from '../../../src/search/accelerator/baseline.ts';
import { exactSettings, type MapperSettings } from '../../../src/search/mapping/map-layer.ts';
import type { CandidateResult, CandidateTask } from '../../../src/search/ports.ts';
import type { Network } from '../../../src/workload/network.ts';
import { DIST, isBuilt } from '../../compiled.ts';
import { budgetCase, layerOf, searchDefaults, TINY_NETWORK } from '../../search/accelerator/fixtures.ts';
import { eventsOf } from '../../search/accelerator/local-evaluator.ts';

const { baseline, technology } = budgetCase('nvdla-256');
const EXACT = exactSettings({ factors: 'perfect' });
const SAMPLED: MapperSettings = { ...EXACT, mapper: 'random', evaluations: 50, seed: 3 };

/** Matrix products, which the exact mapper solves in milliseconds. */
const MATRIX_NETWORK: Network = {
  name: 'matrix',
  source: 'made up',
  layers: [
    layerOf('a', { K: 16, C: 32 }),
    layerOf('b', { K: 32, C: 16 }, { repeat: 2 }),
    layerOf('c', { G: 8, K: 4, C: 4 }),
  ],
};

/** The baseline with arrays of other sizes. */
function resized(size: number): AcceleratorSpecification {
  const levels = baseline.levels.map((level) => ({
    ...level,
    fanOut: { ...level.fanOut, dimensions: level.fanOut.dimensions.map((dimension) => ({ ...dimension, size })) },
  }));
  return { ...baseline, name: `${baseline.name}-${size}`, levels };
}

function withoutCounters(results: readonly CandidateResult[]) {
  return results.map(({ counters: _counters, ...rest }) => rest);
}

/** Array sizes with cutoffs: one that is scored, one that is stopped. */
const EXAMPLE: [number, number | null][] = [
  [8, 1],
  [1, 0.8],
];

describe('candidates on threads', () => {
  it('score the same with any number of workers, whatever was evaluated before', async () => {
    for (const [settings, ...counts] of [
      [EXACT, 1, 3],
      [SAMPLED, 1, 2],
    ] as const) {
      const setup = { networks: [TINY_NETWORK, MATRIX_NETWORK], technology, settings };
      const pools = await Promise.all(counts.map((workers) => openCandidatePool(setup, { workers })));
      const baselineEdps = (await evaluateBaseline(resized(8), 2, pools[0]!)).map(({ edpPjCycles }) => edpPjCycles);
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom(null, 0.8, 1, 2)), { maxLength: 6 }),
          async (candidates) => {
            const tasks = candidates.map(
              ([size, cutoff], trial): CandidateTask => ({
                trial,
                specification: resized(size),
                baselineEdps,
                cutoff,
              }),
            );
            const [one, ...others] = await Promise.all(pools.map((pool) => pool.evaluateCandidates(tasks)));
            expect(one!.map((result) => result.trial)).toEqual(tasks.map((task) => task.trial));
            for (const other of others) expect(withoutCounters(other)).toEqual(withoutCounters(one!));
            for (const { outcome } of one!) seen.add(outcome);
          },
        ),
        { numRuns: 4, examples: [[EXAMPLE]] },
      );
      expect([...seen].sort()).toEqual(['scored', 'stopped']);
      await Promise.all(pools.map((pool) => pool.close()));
    }
  });

  it('make the same search with any number of workers, on the calling thread or not', async () => {
    const networks = [MATRIX_NETWORK];
    const { budget } = budgetCase('nvdla-256');
    const courses: unknown[] = [];
    for (const [workers, offMainThread] of [
      [1, false],
      [1, true],
      [3, false],
    ] as const) {
      const pool = await openCandidatePool({ networks, technology, settings: EXACT }, { workers, offMainThread });
      for (const strategy of ['naas', 'random'] as const) {
        const search = AcceleratorSearch.create({
          strategy,
          seed: 5,
          generations: 3,
          populationSize: 8,
          baseline,
          budget,
          technology,
          networks,
          baselines: { optimal: await evaluateBaseline(baseline, networks.length, pool) },
          factors: 'perfect',
          ...searchDefaults(baseline),
        });
        const events = await eventsOf(search, pool);
        const course = events.map((event) => (event.kind === 'generation' ? event.trials : event));
        const { front, best, optimizer } = search.getState();
        courses.push({ strategy, course, front, best, optimizer });
      }
      await pool.close();
    }
    const [naas, random, ...others] = courses;
    others.forEach((course, i) => {
      expect(course).toEqual(i % 2 === 0 ? naas : random);
    });
    expect(JSON.stringify(naas)).toMatch(/"outcome":"stopped"/);
  });

  it('name the trial that fails', async () => {
    const broken: CandidateTask = {
      trial: 41,
      specification: { ...resized(2), levels: [{ ...baseline.levels[0]!, dramKind: 'none such' }] },
      baselineEdps: [1],
      cutoff: null,
    };
    const cacti = budgetCase('edge-tpu').technology;
    for (const workers of [1, 2]) {
      const setup = { networks: [TINY_NETWORK], technology: cacti, settings: EXACT };
      const pool = await openCandidatePool(setup, { workers });
      await expect(pool.evaluateCandidates([broken])).rejects.toThrow(/^trial 41 \(nvdla-256-2\): /);
      await pool.close();
    }
  });
});

describe('layers on threads', () => {
  const accelerators = [3, 8].map((size) => buildAccelerator(resized(size), technology));
  const works = accelerators.flatMap((accelerator) =>
    MATRIX_NETWORK.layers.map((layer): LayerWork => {
      return { name: layer.name, layers: [layer], accelerator, goal: namedGoal('edp'), settings: EXACT };
    }),
  );
  const outcomes = (results: readonly LayerWorkResult[]) => results.map((one) => ({ ...one, seconds: 0 }));

  it('are mapped as on the calling thread', async () => {
    const pool = await openPool(task, null, { workers: 2, chunkItems: 1 });
    const results = outcomes(await pool.run(works));
    expect(results).toEqual(outcomes(works.map((work) => mapWork(work))));
    expect(results.every((result) => result.kind === 'mapped' && result.layers[0]!.proof.optimal)).toBe(true);
    await pool.close();
  });

  it.skipIf(!isBuilt())('are mapped by the built package', async () => {
    const load = (name: string) => import(pathToFileURL(resolve(DIST, name)).href);
    const built: { task: typeof task } = await load('app/layers/layer-work.js');
    const { openPool: openBuilt }: { openPool: typeof openPool } = await load('parallel/pool.js');
    expect(built.task.moduleUrl).toMatch(/\.js$/);
    const pool = await openBuilt(built.task, null, { workers: 2, chunkItems: 1 });
    const results = await pool.run(works.slice(0, 3));
    expect(results.map((result) => result.kind)).toEqual(['mapped', 'mapped', 'mapped']);
    await pool.close();
  });
});
