import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Followed, followJournal } from '../../src/study/follow-journal.ts';
import { createRun, openRun } from '../../src/study/run.ts';
import { nextRunName } from '../../src/study/run-names.ts';
import { firstEvents, GUARDS, START, stateAfter, type TestEvent, type TestState } from './example.ts';
import { temporaryFolder } from './support.ts';

const root = temporaryFolder();
const start = () => createRun<TestEvent, TestState>(nextRunName(root, 'run'), START);

function events(followed: readonly Followed<TestEvent>[]): (TestEvent | 'restarted' | boolean)[] {
  return followed.map((one) => (one.kind === 'event' ? one.event : one.kind === 'carried' ? one.isCarried : one.kind));
}

/** The next items of the iterator. */
async function take(
  iterator: AsyncGenerator<Followed<TestEvent>, void, void>,
  count: number,
): Promise<(TestEvent | 'restarted' | boolean)[]> {
  const items: Followed<TestEvent>[] = [];
  while (items.length < count) {
    const { value, done } = await iterator.next();
    if (done === true) throw new Error(`ended after ${items.length} items`);
    items.push(value);
  }
  return events(items);
}

describe('following a journal', () => {
  it('gives what is there, then what comes, and ends with the run', async () => {
    const run = start();
    const all = firstEvents(4);
    run.append(all[0]!);
    run.append(all[1]!);
    const iterator = followJournal(run.directory, GUARDS.isEvent, { pollMs: 2 });
    expect(await take(iterator, 2)).toEqual(all.slice(0, 2));
    const coming = take(iterator, 1);
    run.append(all[2]!);
    expect(await coming).toEqual([all[2]]);
    run.append(all[3]!);
    run.finish(stateAfter(4), {});
    run.close();
    expect(await take(iterator, 1)).toEqual([all[3]]);
    expect(await iterator.next()).toMatchObject({ done: true });
  });

  it('waits for the rest of a line', async () => {
    const run = start();
    const iterator = followJournal(run.directory, GUARDS.isEvent, { pollMs: 2 });
    const [event] = firstEvents(1);
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    const journal = join(run.directory, 'journal.jsonl');
    appendFileSync(journal, line.subarray(0, 9));
    const coming = take(iterator, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    appendFileSync(journal, line.subarray(9));
    expect(await coming).toEqual([event]);
    await iterator.return();
    run.close();
  });

  it.each([true, false])(
    'starts again when the run is set back and resumed (seen before it grows: %s)',
    async (seen) => {
      const run = start();
      const all = firstEvents(3);
      run.append(all[0]!);
      run.checkpoint(stateAfter(1));
      run.append(all[1]!);
      run.append(all[2]!);
      const iterator = followJournal(run.directory, GUARDS.isEvent, { pollMs: 2 });
      expect(await take(iterator, 3)).toEqual(all);
      run.close();
      const resumed = openRun(run.directory, GUARDS, '1.0.0');
      if (seen) expect(await take(iterator, 2)).toEqual(['restarted', all[0]]);
      const slower = all.slice(1).map((event) => ({ ...event, value: event.value + 1, note: `${event.note}.` }));
      for (const event of slower) resumed.append(event);
      resumed.append(slower[0]!);
      expect(await take(iterator, seen ? 3 : 5)).toEqual([
        ...(seen ? [] : ['restarted', all[0]]),
        ...slower,
        slower[0],
      ]);
      await iterator.return();
      resumed.close();
    },
  );

  it('tells when no process works on the run any more, and when one does again', async () => {
    const run = start();
    const all = firstEvents(2);
    run.append(all[0]!);
    run.checkpoint(stateAfter(1));
    const iterator = followJournal(run.directory, GUARDS.isEvent, { pollMs: 2 });
    expect(await take(iterator, 1)).toEqual([all[0]]);
    run.close();
    expect(await take(iterator, 1)).toEqual([false]);
    const resumed = openRun(run.directory, GUARDS, '1.0.0');
    expect(await take(iterator, 1)).toEqual([true]);
    resumed.append(all[1]!);
    expect(await take(iterator, 1)).toEqual([all[1]]);
    resumed.finish(stateAfter(2), {});
    resumed.close();
    expect(await iterator.next()).toMatchObject({ done: true });
  });

  it('ends by its signal', async () => {
    const run = start();
    const controller = new AbortController();
    const iterator = followJournal(run.directory, GUARDS.isEvent, { signal: controller.signal, pollMs: 100_000 });
    const next = iterator.next();
    controller.abort();
    expect(await next).toMatchObject({ done: true });
    run.close();
  });

  it('fails for what is no event and no run', async () => {
    const run = start();
    appendFileSync(join(run.directory, 'journal.jsonl'), '{"kind":"other"}\n');
    await expect(followJournal(run.directory, GUARDS.isEvent).next()).rejects.toMatchObject({
      code: 'foreign',
      details: { place: { line: 1 } },
    });
    run.close();
    const folder = nextRunName(root, 'none');
    writeFileSync(join(folder, 'x'), '');
    await expect(followJournal(folder, GUARDS.isEvent).next()).rejects.toMatchObject({ code: 'foreign' });
  });
});
