import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunKind, RunSession } from '../../../src/app/run/kind.ts';
import { resumeRun, startRun } from '../../../src/app/run/lifecycle.ts';
import { unlimited } from '../../../src/app/run/limits.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { TrifoldError } from '../../../src/util/errors.ts';

/** Counts to the length of its request: one event and one checkpoint per step. */
interface Inputs {
  readonly kind: 'count';
  readonly request: { readonly seed: number; readonly steps: number };
}

const note = (text: string): RunEvent => ({ kind: 'note', level: 'info', text });

async function count({ request }: Inputs, session: RunSession<number>): Promise<number | null> {
  let { state } = session;
  while (state < request.steps) {
    await session.whenUnpaused();
    const reason = session.endsNow(state, undefined);
    if (reason === 'interrupted') return null;
    if (reason !== null) break;
    session.emit(note(`step ${state}`));
    session.checkpoint(++state);
  }
  return state;
}

const KIND: RunKind<Inputs, number, number> = {
  name: 'count',
  title: 'a run of this test',
  initialState: 0,
  generations: null,
  isState: (value): value is number => typeof value === 'number',
  readInputs: (value) =>
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'count' ? (value as Inputs) : null,
  folderName: () => 'count',
  oddity: () => null,
  search: count,
  document: (_, finished) => ({ counted: finished }),
  files: (_, finished) => [{ name: 'result.yaml', text: `counted: ${finished}\n` }],
};
const OTHER: RunKind<Inputs, number, number> = { ...KIND, title: 'another run', readInputs: () => null };
const inputs: Inputs = { kind: 'count', request: { seed: 7, steps: 4 } };

let folder = '';
let heard: RunEvent[] = [];

function listener(stopsAt = Number.POSITIVE_INFINITY) {
  return {
    onEvent: (event: RunEvent) => void heard.push(event),
    isInterrupted: () => heard.length >= stopsAt,
  };
}

const start = (stopsAt?: number, kind = KIND) =>
  startRun(kind, inputs, { out: folder, command: ['trifold', 'test'] }, unlimited(1), listener(stopsAt));
const resume = (kind = KIND, to = listener()) => resumeRun(kind, folder, unlimited(1), to);
const left = () => ['run.json', 'summary.json', 'result.yaml'].map((name) => existsSync(join(folder, name)));
const journal = () => readFileSync(join(folder, 'journal.jsonl'), 'utf8');

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'trifold-lifecycle-')), 'run');
  heard = [];
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

describe('the lifecycle of a run', () => {
  it('ends in the midst of its replay when it is interrupted there, and goes on the next time', async () => {
    await start(3);
    const before = journal();
    heard = [];
    const result = await resume(KIND, listener(1));
    expect([result.json, heard]).toEqual([null, [note('step 0')]]);
    expect(journal()).toBe(before);
    expect((await resume()).json).toEqual({ counted: 4 });
  });

  it('writes events, files and the document, and gives the folder free', async () => {
    const result = await start();
    expect(result).toEqual({ directory: folder, finished: 4, json: { counted: 4 }, unwritten: [] });
    expect(left()).toEqual([true, true, true]);
    expect(heard.map((event) => JSON.stringify(event)).join('\n')).toBe(journal().trimEnd());
    expect(JSON.parse(readFileSync(join(folder, 'checkpoint.json'), 'utf8')).state).toBe(4);
    expect(existsSync(join(folder, 'lock.json'))).toBe(false);
  });

  it('ends after any interruption and resume as if it had never stopped', async () => {
    const whole = (await start()).json;
    const events = journal();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }), async (stops) => {
        rmSync(folder, { recursive: true });
        heard = [];
        let result = await start(stops[0]);
        for (const more of stops.slice(1)) {
          if (result.json !== null) break;
          heard = [];
          result = await resume(KIND, listener(Math.max(more, journal().split('\n').length)));
        }
        if (result.json === null) {
          expect(left()).toEqual([true, false, false]);
          heard = [];
          result = await resume();
        }
        expect(result.json).toEqual(whole);
        expect(journal()).toBe(events);
      }),
      { numRuns: 12 },
    );
  });

  it('tells what is odd before the events of a continued run, and its own oddity after them', async () => {
    const lossy: typeof KIND = {
      ...KIND,
      search: async (_, { emit, checkpoint }) => {
        emit(note('kept'));
        checkpoint(1);
        emit(note('lost'));
        return null;
      },
    };
    await start(undefined, lossy);
    heard = [];
    await resume({ ...KIND, oddity: () => 'a file has changed' });
    expect(heard.slice(0, 3)).toMatchObject([
      { level: 'warning', text: expect.stringContaining('1 event after') },
      note('kept'),
      { level: 'warning', text: 'a file has changed' },
    ]);
    expect(journal()).not.toContain('has changed');
  });

  it('refuses a run of another kind, or one that cannot be told, and gives it free', async () => {
    await start(2);
    heard = [];
    await expect(resume(OTHER)).rejects.toThrow('is not another run');
    expect(heard).toEqual([]);
    const deaf = {
      ...listener(),
      onEvent: () => {
        throw new Error('no ear');
      },
    };
    await expect(resume(KIND, deaf)).rejects.toThrow('no ear');
    expect((await resume()).json).toEqual({ counted: 4 });
  });

  it('says again what a finished run said, without an event', async () => {
    await start();
    heard = [];
    expect(await resume()).toEqual({ directory: folder, finished: null, json: { counted: 4 }, unwritten: [] });
    expect(heard).toEqual([]);
  });

  it('leaves an interrupted run free and without results when its search is aborted or fails', async () => {
    const aborted: typeof KIND = {
      ...KIND,
      search: async (_, { signal, emit }) => {
        emit(note('begun'));
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        throw signal.reason;
      },
    };
    expect(await start(1, aborted)).toEqual({ directory: folder, finished: null, json: null, unwritten: [] });
    const failing: typeof KIND = { ...KIND, search: () => Promise.reject(new TrifoldError('infeasible', 'no way')) };
    await expect(resume(failing)).rejects.toThrow('no way');
    expect(left()).toEqual([true, false, false]);
    expect((await resume()).json).toEqual({ counted: 4 });
  });

  it('without a folder writes nothing', async () => {
    const result = await startRun(KIND, inputs, { out: null, command: [] }, unlimited(1), listener());
    expect(result).toEqual({ directory: null, finished: 4, json: { counted: 4 }, unwritten: [] });
    expect(existsSync(folder)).toBe(false);
  });

  it('ends a search by the number of its candidates, before the next step', async () => {
    const limits = { ...unlimited(1), evaluations: 2 };
    const result = await startRun(KIND, inputs, { out: null, command: [] }, limits, listener());
    expect(result.finished).toBe(2);
  });
});

describe('what a run leaves', () => {
  const place = (isForced: boolean) => ({ out: folder, command: [], isForced });
  const to = (path: string): typeof KIND => ({
    ...KIND,
    outputs: (_, finished) => [{ path, text: `saved: ${finished}\n`, sameAs: 'result.yaml' }],
  });

  it('replaces a finished run only when told to, and leaves alone what is not of it', async () => {
    await start();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, 'front-7.yaml'), 'of the run before');
    await expect(start()).rejects.toMatchObject({
      code: 'usage',
      details: { hint: expect.stringContaining('--force') },
    });
    const shorter = { ...inputs, request: { seed: 7, steps: 2 } };
    await expect(startRun(KIND, shorter, place(true), unlimited(1), listener())).rejects.toThrow(
      'notes.txt is not of the run',
    );
    expect(left()).toEqual([true, true, true]);
    rmSync(join(folder, 'notes.txt'));
    heard = [];
    const result = await startRun(KIND, shorter, place(true), unlimited(1), listener());
    expect(result.json).toEqual({ counted: 2 });
    expect(existsSync(join(folder, 'front-7.yaml'))).toBe(false);
    expect(readFileSync(join(folder, 'result.yaml'), 'utf8')).toBe('counted: 2\n');
  });

  it('never replaces a folder that holds no run', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'summary.json'), 'mine');
    await expect(startRun(KIND, inputs, place(true), unlimited(1), listener())).rejects.toThrow('is not empty');
    expect(readFileSync(join(folder, 'summary.json'), 'utf8')).toBe('mine');
  });

  it('is its result also when its folder fails in the midst of it', async () => {
    const losing: typeof KIND = {
      ...KIND,
      search: async (own, session) => {
        const { emit } = session;
        emit(note('before'));
        rmSync(folder, { recursive: true });
        return count(own, session);
      },
    };
    const result = await start(undefined, losing);
    expect(result).toMatchObject({
      directory: null,
      finished: 4,
      json: { counted: 4 },
      unwritten: [{ error: { code: 'io' }, text: null }],
    });
    expect(heard.filter((event) => event.kind === 'note' && event.level === 'warning')).toMatchObject([
      { text: expect.stringContaining('goes on without its folder') },
    ]);
  });

  it('is written where the user says, or told with where it is kept', async () => {
    const saved = join(folder, '..', 'saved.yaml');
    expect((await start(undefined, to(saved))).unwritten).toEqual([]);
    expect(readFileSync(saved, 'utf8')).toBe('saved: 4\n');
    rmSync(folder, { recursive: true });
    const [kept] = (await start(undefined, to(saved))).unwritten;
    expect(kept).toMatchObject({ error: { code: 'usage' }, text: null, keptIn: join(folder, 'result.yaml') });
    expect(readFileSync(kept!.keptIn!, 'utf8')).toBe('counted: 4\n');
    const without = (isForced: boolean) =>
      startRun(to(saved), inputs, { out: null, command: [], isForced }, unlimited(1), listener());
    expect((await without(false)).unwritten).toMatchObject([{ text: 'saved: 4\n', keptIn: null }]);
    expect((await without(true)).unwritten).toEqual([]);
  });
});
