import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool, type TaskPool } from '../../src/parallel/pool.ts';
import { TaskError } from '../../src/parallel/task.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import {
  task as arithmetic,
  BAD_INPUT,
  CRASH,
  DEFECT,
  ENDLESS,
  type Item,
  LATE_CRASH,
  type Result,
  type Setup,
} from './arithmetic-task.ts';

const setup: Setup = { seed: 5 };
const itemsOf = (values: readonly number[]): Item[] => values.map((value, index) => ({ index, value }));
const figures = (results: readonly Result[]) => results.map(({ thread: _thread, ...rest }) => rest);

/** A pool for each number of workers; 1 = on this thread. */
const pools = new Map<number, TaskPool<Item, Result>>();
beforeAll(async () => {
  for (const workers of [1, 2, 3]) pools.set(workers, await openPool(arithmetic, setup, { workers }));
});
afterAll(() => Promise.all([...pools.values()].map((pool) => pool.close())));

describe('a pool', () => {
  it('gives the same results with 1, 2 and 3 workers, told in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(300), { maxLength: 150, size: 'max' }), async (values) => {
        const items = itemsOf(values);
        const expected = figures(items.map((item) => arithmetic.start(setup)(item)));
        for (const pool of pools.values()) {
          const told: [Result, number][] = [];
          const results = await pool.run(items, { onResult: (result, index) => told.push([result, index]) });
          expect(figures(results)).toEqual(expected);
          expect(told).toEqual(results.map((result, index) => [result, index]));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('spreads the work over its threads, one worker staying on the caller', async () => {
    const items = itemsOf(new Array(64).fill(20_000));
    for (const [workers, pool] of pools) {
      const threads = new Set((await pool.run(items)).map((result) => result.thread));
      if (workers === 1)
        expect(threads).toEqual(new Set((await pools.get(1)!.run(itemsOf([0]))).map((one) => one.thread)));
      else expect(threads.size).toBe(workers);
    }
  });

  it.each([1, 2, 3])('fails with the first failing item (%i workers)', async (workers) => {
    const pool = pools.get(workers)!;
    const values = new Array(40).fill(3000);
    values[30] = DEFECT;
    values[17] = BAD_INPUT;
    values[18] = DEFECT;
    const error: unknown = await pool.run(itemsOf(values)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrifoldError);
    expect(error).toMatchObject({
      code: 'value',
      message: 'item 17: the value is bad',
      details: { keyPath: 'items.17', hint: 'mend it' },
    });
    const defect: unknown = await pool.run(itemsOf([1, DEFECT])).catch((thrown: unknown) => thrown);
    expect(defect).toBeInstanceOf(TaskError);
    expect(defect).toMatchObject({ item: 1, message: 'item 1: a defect' });
    expect(defect instanceof TaskError && defect.workerStack).toContain('arithmetic-task');
    expect(figures(await pool.run(itemsOf([2])))).toEqual(figures([arithmetic.start(setup)({ index: 0, value: 2 })]));
  });

  it('tells no result after a failure', async () => {
    for (const pool of pools.values()) {
      const told: number[] = [];
      const run = pool.run(itemsOf([1, 1, BAD_INPUT, 1, 1]), { onResult: (_result, index) => told.push(index) });
      await expect(run).rejects.toThrow('item 2');
      expect(told).toEqual([0, 1]);
    }
  });

  it('is cancelled by a signal even while an item never ends, and works on', async () => {
    const pool = pools.get(2)!;
    const controller = new AbortController();
    const run = pool.run(itemsOf([1, ENDLESS, ENDLESS, 1]), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stopped by the user')), 100);
    await expect(run).rejects.toThrow('stopped by the user');
    expect(await pool.run(itemsOf([1, 2, 3]))).toHaveLength(3);
    await expect(pool.run(itemsOf([1]), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it('is cancelled between items on the calling thread', async () => {
    const controller = new AbortController();
    let done = 0;
    const run = pools.get(1)!.run(itemsOf(new Array(10_000).fill(1)), {
      signal: controller.signal,
      onResult: () => done++,
    });
    setImmediate(() => setImmediate(() => controller.abort()));
    await expect(run).rejects.toThrow(/abort/i);
    expect(done).toBeLessThan(10_000);
  });

  it('names the item whose thread ends twice, as an error for users, and goes on', async () => {
    const pool = await openPool(arithmetic, setup, { workers: 2, chunkItems: 2 });
    const told: number[] = [];
    const run = pool.run(itemsOf([1, 1, 1, CRASH, 1]), { onResult: (_, index) => told.push(index) });
    await expect(run).rejects.toMatchObject({
      code: 'thread',
      message: expect.stringMatching(/^item 3: .*ended twice/),
      details: { hint: expect.stringContaining('resume') },
    });
    expect(told).toEqual([0, 1, 2]);
    expect(await pool.run(itemsOf([1]))).toHaveLength(1);
    await pool.close();
  });

  it('does again what threads were at that ended, whenever they do', async () => {
    const values = [1, CRASH, 3, LATE_CRASH, 4, 5, CRASH, 6];
    const deaths = () => new Int32Array(new SharedArrayBuffer(4 * values.length));
    const survivor = arithmetic.start({ ...setup, deaths: deaths() });
    const expected = figures(itemsOf(values).map((item) => survivor(item)));
    const left = deaths().fill(1);
    const options = { workers: 2, chunkItems: 3 };
    const pool = await openPool(arithmetic, { ...setup, deaths: left }, options);
    const told: number[] = [];
    const results = await pool.run(itemsOf(values), { onResult: (_, index) => told.push(index) });
    expect(figures(results)).toEqual(expected);
    expect(told).toEqual(values.map((_, index) => index));
    expect([left[1], left[6]]).toEqual([-1, -1]);
    await pool.close();
  });

  it('stops when the listener of results fails', async () => {
    for (const pool of pools.values()) {
      let calls = 0;
      const run = pool.run(itemsOf(new Array(3000).fill(200)), {
        onResult: () => {
          calls++;
          if (calls === 1) throw new Error('listener');
        },
      });
      await expect(run).rejects.toThrow('listener');
      expect(calls).toBeLessThan(1500);
    }
  });

  it('keeps the kind of an error in the preparation of a thread', async () => {
    for (const workers of [1, 2]) {
      const pool = await openPool(arithmetic, { seed: 1, fault: 'start' }, { workers });
      await expect(pool.run(itemsOf([1, 1]))).rejects.toMatchObject({
        code: 'not-found',
        message: 'item 0: nothing by that name',
      });
      await pool.close();
    }
  });

  it('rejects a task that cannot be loaded', async () => {
    const pool = await openPool({ ...arithmetic, moduleUrl: 'file:///nowhere/task.ts' }, setup, { workers: 2 });
    await expect(pool.run(itemsOf([1]))).rejects.toThrow(/^item 0: .*nowhere/);
    await pool.close();
  });

  it('takes one worker off the calling thread when asked', async () => {
    const pool = await openPool(arithmetic, setup, { workers: 1, offMainThread: true });
    const [here] = await pools.get(1)!.run(itemsOf([1]));
    const [there] = await pool.run(itemsOf([1]));
    expect(there!.thread).not.toBe(here!.thread);
    expect(there!.figure).toBe(here!.figure);
    await pool.close();
  });

  it('needs at least one worker', async () => {
    for (const workers of [0, -1, 1.5, Number.NaN])
      await expect(openPool(arithmetic, setup, { workers })).rejects.toThrow(RangeError);
  });
});
