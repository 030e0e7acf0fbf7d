import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRun, type RunKind, reopenRun, tellBoth } from '../../../src/app/run/opening.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';

interface Inputs {
  readonly request: { readonly seed: number };
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isInputs = (value: unknown): value is Inputs => typeof value === 'object' && value !== null && 'request' in value;
const KIND: RunKind<number, Inputs> = { name: 'a run of this test', isState: isNumber, isInputs };
const OTHER: RunKind<number, Inputs> = {
  name: 'another run',
  isState: isNumber,
  isInputs: (value): value is Inputs => isInputs(value) && 'kind' in value,
};
const note = (text: string): RunEvent => ({ kind: 'note', level: 'info', text });

let folder = '';
let heard: RunEvent[] = [];
const listener = { onEvent: (event: RunEvent) => void heard.push(event), isInterrupted: () => false };

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'trifold-opening-')), 'run');
  heard = [];
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

/** A run with one event before its checkpoint and one after it. */
function interruptedRun(): void {
  const run = beginRun(folder, ['trifold', 'test'], { request: { seed: 7 } }, 0);
  const tell = tellBoth(run, { ...listener, onEvent: () => {} });
  tell(note('kept'));
  run.checkpoint(1);
  tell(note('lost'));
  run.close();
}

describe('a run folder', () => {
  it('is opened again at its checkpoint, and what is odd is told before its events', () => {
    interruptedRun();
    const opened = reopenRun(folder, KIND, listener);
    if (opened.kind !== 'open') throw new Error('it is not finished');
    expect(opened.run.state).toBe(1);
    expect(opened.inputs).toEqual({ request: { seed: 7 } });
    expect(opened.run.description).toMatchObject({ seed: 7, command: ['trifold', 'test'] });
    expect(heard).toMatchObject([{ level: 'warning', text: expect.stringContaining('1 event after') }, note('kept')]);
    opened.run.close();
  });

  it('tells its journal and the listener', () => {
    const run = beginRun(folder, [], { request: { seed: 1 } }, 0);
    tellBoth(run, listener)(note('both'));
    run.checkpoint(0);
    expect(heard).toEqual([note('both')]);
    expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).toBe(`${JSON.stringify(note('both'))}\n`);
    run.close();
  });

  it('of another kind is refused and given free', () => {
    interruptedRun();
    expect(() => reopenRun(folder, OTHER, listener)).toThrow('is not another run');
    expect(heard).toEqual([]);
    const opened = reopenRun(folder, KIND, listener);
    expect(opened.kind).toBe('open');
    if (opened.kind === 'open') opened.run.close();
  });

  it('that cannot be told is given free', () => {
    interruptedRun();
    const fail = (): never => {
      throw new Error('no ear');
    };
    expect(() => reopenRun(folder, KIND, { ...listener, onEvent: fail })).toThrow('no ear');
    const opened = reopenRun(folder, KIND, listener);
    if (opened.kind === 'open') opened.run.close();
  });

  it('that is finished says what it said, tells nothing and is given free', () => {
    interruptedRun();
    const opened = reopenRun(folder, KIND, listener);
    if (opened.kind === 'open') {
      opened.run.finish(2, { answer: 42 });
      opened.run.close();
    }
    heard = [];
    const finished = { kind: 'finished', result: { directory: folder, finished: null, json: { answer: 42 } } };
    expect(reopenRun(folder, KIND, listener)).toEqual(finished);
    expect(reopenRun(folder, OTHER, listener)).toEqual(finished);
    expect(heard).toEqual([]);
  });
});
