import { threadId } from 'node:worker_threads';
import type { Task } from '../../src/parallel/task.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';

export interface Setup {
  readonly seed: number;
  readonly fault?: 'start';
  /** How many threads each item may still end with {@link CRASH} or {@link LATE_CRASH}; absent = all. */
  readonly deaths?: Int32Array<SharedArrayBuffer>;
}

export interface Item {
  readonly index: number;
  readonly value: number;
}

export interface Result {
  readonly index: number;
  readonly figure: number;
  readonly thread: number;
}

export const BAD_INPUT = -1;
export const DEFECT = -2;
export const ENDLESS = -3;
export const CRASH = -4;
export const LATE_CRASH = -5;

/** A task for the tests. Values below 0 misbehave in different ways. */
export const task: Task<Setup, Item, Result> = {
  moduleUrl: import.meta.url,
  describe: ({ index }) => `item ${index}`,
  start: ({ seed, fault, deaths }) => {
    const mayDie = (index: number) => deaths === undefined || Atomics.sub(deaths, index, 1) > 0;
    if (fault === 'start') throw new TrifoldError('not-found', 'nothing by that name');
    return ({ index, value }) => {
      if (value === BAD_INPUT)
        throw new TrifoldError('value', 'the value is bad', { keyPath: `items.${index}`, hint: 'mend it' });
      if (value === DEFECT) throw new RangeError('a defect');
      if (value === CRASH && mayDie(index)) process.exit(3);
      if (value === LATE_CRASH && mayDie(index))
        setTimeout(() => {
          throw new Error('too late');
        });
      while (value === ENDLESS);
      let figure = 0;
      const random = Random.forIndex(seed, index);
      for (let i = 0; i < value; i++) figure += random.nextNormal();
      return { index, figure, thread: threadId };
    };
  },
};
