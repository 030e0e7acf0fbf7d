import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followInterrupts } from '../../src/cli/interrupts.ts';
import { MATRIX_NETWORK } from '../app/small-files.ts';
import { MAIN } from './run-cli.ts';

const said: string[] = [];
const exits: (number | string | null | undefined)[] = [];

beforeEach(() => {
  said.length = 0;
  exits.length = 0;
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    exits.push(code);
    return undefined as never;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const follow = () => followInterrupts({ first: 'ending', last: () => 'interrupted' });

describe('signals of a process with something to save', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('begin to end it cleanly: %s', (signal) => {
    const before = process.listenerCount(signal);
    const { isInterrupted, signal: ended, close } = follow();
    expect(isInterrupted()).toBe(false);
    process.emit(signal, signal);
    expect([isInterrupted(), ended.aborted]).toEqual([true, true]);
    expect([said, exits]).toEqual([['ending\n'], []]);
    close();
    vi.advanceTimersByTime(10_000);
    expect(exits).toEqual([]);
    expect(process.listenerCount(signal)).toBe(before);
  });

  it('end it at once when they come again, but not when a program sends them twice, nor when a terminal closes', () => {
    const { close } = follow();
    process.emit('SIGTERM', 'SIGTERM');
    vi.advanceTimersByTime(20);
    process.emit('SIGTERM', 'SIGTERM');
    vi.advanceTimersByTime(200);
    process.emit('SIGHUP', 'SIGHUP');
    expect(exits).toEqual([]);
    process.emit('SIGINT', 'SIGINT');
    expect([exits, said.at(-1)]).toEqual([[130], 'interrupted\n']);
    close();
  });

  it('end it within a second where work does not', () => {
    const { close } = follow();
    process.emit('SIGINT', 'SIGINT');
    vi.advanceTimersByTime(900);
    expect(exits).toEqual([130]);
    close();
  });
});

describe('a run that was started to outlive its terminal', () => {
  it('goes on when that closes', () => {
    vi.useRealTimers();
    const folder = mkdtempSync(join(tmpdir(), 'trifold-nohup-'));
    const design = `design "${MATRIX_NETWORK}" --budget eyeriss --generations 1 --population 2 --workers 1 --out run`;
    spawnSync(
      'sh',
      [
        '-c',
        `trap '' HUP
         "${process.execPath}" "${MAIN}" ${design} > out 2> err & run=$!
         until test -s err || ! kill -0 $run; do sleep 0.05; done
         kill -HUP $run; wait $run; echo $? > code`,
      ],
      { cwd: folder, env: { ...process.env, TRIFOLD_CACHE: 'off' } },
    );
    expect(readFileSync(join(folder, 'code'), 'utf8').trim()).toBe('0');
    expect(existsSync(join(folder, 'run', 'summary.json'))).toBe(true);
  });
});
