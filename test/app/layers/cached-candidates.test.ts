import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openEvaluator } from '../../../src/app/design/evaluators.ts';
import { designInputs } from '../../../src/app/design/inputs.ts';
import { cacheFolder, userCaches } from '../../../src/app/layers/cache-folder.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { unlimited } from '../../../src/app/run/limits.ts';
import type { CandidateResult, CandidateTask } from '../../../src/search/ports.ts';
import { budgetCase } from '../../search/accelerator/fixtures.ts';
import { freshPath, MATRIX_NETWORK, SMALL_DESIGN } from '../small-files.ts';

const { baseline } = budgetCase('edge-tpu');
const inputs = designInputs({ ...SMALL_DESIGN, workloads: [MATRIX_NETWORK], budget: 'edge-tpu' });

/** The baseline with arrays of another size. */
function taskOf([size, cutoff]: readonly [number, number | null], trial: number): CandidateTask {
  const levels = baseline.levels.map((level) => ({
    ...level,
    fanOut: { ...level.fanOut, dimensions: level.fanOut.dimensions.map((one) => ({ ...one, size })) },
  }));
  return { trial, specification: { ...baseline, levels }, baselineEdps: [1e12], cutoff };
}

const outcomes = (results: readonly CandidateResult[]) => results.map(({ counters: _counters, ...rest }) => rest);

describe('candidates with a cache on disk', () => {
  it('score as without, whatever cutoffs were asked before and by whom', async () => {
    const caches = { candidates: openLayerCache(freshPath('candidates')), layers: openLayerCache(freshPath('layers')) };
    const cached = { offMainThread: false, caches };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(null, 0.3, 1, 1e9)), { maxLength: 6 }),
        async (candidates) => {
          const tasks = candidates.map(taskOf);
          const plain = await openEvaluator(inputs, unlimited(1));
          const expected = outcomes(await plain.evaluateCandidates(tasks));
          for (let time = 0; time < 2; time++) {
            const evaluator = await openEvaluator(inputs, { ...cached, workers: 1 });
            expect(outcomes(await evaluator.evaluateCandidates(tasks))).toEqual(expected);
          }
        },
      ),
      { numRuns: 12 },
    );
    const threads = await openEvaluator(inputs, { ...cached, workers: 2 });
    const local = await openEvaluator(inputs, unlimited(1));
    const tasks = [1, 2, 3, 7, 8].map((size, i) => taskOf([size, null], i));
    expect(outcomes(await threads.evaluateCandidates(tasks))).toEqual(outcomes(await local.evaluateCandidates(tasks)));
    await threads.close();
  });

  it('count what the disk knew as remembered, and not as work', async () => {
    const caches = { candidates: openLayerCache(freshPath('known')), layers: openLayerCache(freshPath('unused')) };
    const countersOf = async () => {
      const evaluator = await openEvaluator(inputs, { offMainThread: false, workers: 1, caches });
      const [result] = await evaluator.evaluateCandidates([taskOf([2, null], 0)]);
      await evaluator.close();
      return result!.counters;
    };
    const first = await countersOf();
    const asked = first.layersMapped + first.layersRemembered;
    expect(first.layersMapped).toBeGreaterThan(0);
    expect(await countersOf()).toMatchObject({ layersMapped: 0, layersRemembered: asked, mappingsEvaluated: 0 });
  });

  it('have a folder of their own', () => {
    expect(cacheFolder('candidates', { TRIFOLD_CACHE: '/a' })).not.toBe(cacheFolder('layers', { TRIFOLD_CACHE: '/a' }));
    expect(userCaches(true, { TRIFOLD_CACHE: 'off' })).toBeNull();
  });
});
