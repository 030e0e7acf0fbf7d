import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerPool } from '../../../src/app/layers/layer-pool.ts';
import type { LayerWork, LayerWorkResult } from '../../../src/app/layers/layer-work.ts';
import { type LayerSteps, runSteps, runStepsTogether } from '../../../src/app/layers/steps.ts';

/** A pool that "maps" work to a failure with the name of the work; most pieces that it was given at a time. */
function echoPool(workers: number): LayerPool & { most: number } {
  const pool = {
    workers,
    most: 0,
    map: async (work: readonly LayerWork[]) => {
      pool.most = Math.max(pool.most, work.length);
      return work.map(({ name }) => ({ kind: 'failed', message: name }) as LayerWorkResult);
    },
    close: async () => undefined,
  };
  return pool;
}

/** Yields pieces named after it and the step; its answer are the names it heard. */
function* echo(id: number, pieces: readonly number[]): LayerSteps<string[]> {
  const heard: string[] = [];
  for (const [step, count] of pieces.entries()) {
    const work = Array.from({ length: count }, (_, i) => ({ name: `${id}.${step}.${i}` }) as LayerWork);
    for (const result of yield work) heard.push((result as { readonly message: string }).message);
  }
  return heard;
}

describe('steps that run together', () => {
  it('give the answers of each alone, told in order, whatever the threads', async () => {
    const pieces = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 5 }), async (all, workers) => {
        const told: number[] = [];
        const pool = echoPool(workers);
        const answers = await runStepsTogether(
          all.map((one, id) => echo(id, one)),
          pool,
          (_, index) => told.push(index),
        );
        const alone = await Promise.all(all.map((one, id) => runSteps(echo(id, one), echoPool(1))));
        expect(answers).toEqual(alone);
        expect(told).toEqual(all.map((_, index) => index));
      }),
    );
  });

  it('keep threads busy, and a single one at one computation', async () => {
    const all = () => Array.from({ length: 20 }, (_, id) => echo(id, [1, 1]));
    const [one, four] = [echoPool(1), echoPool(4)];
    await runStepsTogether(all(), one);
    await runStepsTogether(all(), four);
    expect(one.most).toBe(1);
    expect(four.most).toBe(16);
  });
});
