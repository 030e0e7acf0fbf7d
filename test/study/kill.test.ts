import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockStatus } from '../../src/study/lock.ts';
import { listRuns, readRun } from '../../src/study/read-run.ts';
import { createRun, openRun } from '../../src/study/run.ts';
import { nextRunName } from '../../src/study/run-names.ts';
import { firstEvents, GUARDS, START, stateAfter, type TestEvent, type TestState } from './example.ts';
import { expectError, startChild, temporaryFolder } from './support.ts';

const root = temporaryFolder();

function closedRun(): string {
  const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START);
  run.close();
  return run.directory;
}

describe('kill -9', () => {
  it('loses nothing that was appended, however often it happens', async () => {
    const directory = closedRun();
    let before = 0;
    for (let round = 0; round < 4; round++) {
      const child = startChild('child.ts', 'append', directory);
      const events = 40 + 37 * round;
      await child.until((lines) => lines.length > events);
      await child.kill('SIGKILL');
      const said = Number(child.lines.at(-1));
      const { events: kept, checkpointedEvents } = readRun(directory, GUARDS.isEvent);
      expect(child.lines[0]).toBe(`from ${before}`);
      expect(kept.length).toBeGreaterThanOrEqual(said);
      expect(kept).toEqual(firstEvents(kept.length));
      const run = openRun(directory, GUARDS, '1.0.0');
      expect(run.warnings.map((warning) => warning.kind)).toContain('lock-taken-over');
      expect(run.state).toEqual(stateAfter(checkpointedEvents));
      expect(run.events).toEqual(firstEvents(checkpointedEvents));
      expect(checkpointedEvents).toBeGreaterThan(said - 4);
      before = checkpointedEvents;
      run.close();
    }
  });
});

describe('two processes on one run', () => {
  it('the second is refused while the first runs, and takes over when it was killed', async () => {
    const directory = closedRun();
    const child = startChild('child.ts', 'hold', directory);
    await child.until((lines) => lines.length > 0);
    expect(child.lines[0]).toBe('held ');
    const error = expectError('busy', () => openRun(directory, GUARDS, '1.0.0'));
    expect(error.message).toContain(String(child.process.pid));
    expect(readRun(directory, GUARDS.isEvent).status).toBe('running');
    await child.kill('SIGKILL');
    expect(readRun(directory, GUARDS.isEvent).status).toBe('interrupted');
    const run = openRun(directory, GUARDS, '1.0.0');
    expect(run.warnings).toEqual([
      { kind: 'lock-taken-over', message: `process ${child.process.pid} ended without closing the run` },
    ]);
    run.close();
    expect(lockStatus(directory)).toEqual({ kind: 'free' });
  });

  it('of several that find the lock of a dead process, one gets it', async () => {
    const directory = closedRun();
    const dead = startChild('child.ts', 'hold', directory);
    await dead.until((lines) => lines.length > 0);
    await dead.kill('SIGKILL');
    const children = [1, 2, 3].map(() => startChild('contender.ts', directory));
    await Promise.all(children.map((child) => child.until((lines) => lines[0] === 'ready')));
    writeFileSync(join(directory, 'go'), '');
    await Promise.all(children.map((child) => child.until((lines) => lines.length >= 2)));
    const answers = children.map((child) => child.lines[1]).sort();
    expect(answers).toEqual(['busy', 'busy', 'held']);
    await Promise.all(children.map((child) => child.kill('SIGKILL')));
  });
});

describe('the lock', () => {
  const lockFile = (directory: string) => join(directory, 'lock.json');

  it('is of this process when another had the same pid before', () => {
    const directory = closedRun();
    const holder = { pid: process.pid, host: hostname(), processIdentity: '', token: 'earlier' };
    writeFileSync(lockFile(directory), JSON.stringify(holder));
    openRun(directory, GUARDS, '1.0.0').close();
  });

  it.skipIf(!existsSync('/proc/self/stat'))('tells a process from an earlier one with the same pid', () => {
    const directory = closedRun();
    const holder = { pid: process.ppid, host: hostname(), token: 't' };
    writeFileSync(lockFile(directory), JSON.stringify({ ...holder, processIdentity: 'another boot/17' }));
    expect(lockStatus(directory).kind).toBe('stale');
    writeFileSync(lockFile(directory), JSON.stringify({ ...holder, processIdentity: '' }));
    expect(lockStatus(directory).kind).toBe('held');
  });

  it('of another host, or one that cannot be read, is left alone', () => {
    const directory = closedRun();
    for (const text of [JSON.stringify({ pid: 1, host: 'elsewhere', processIdentity: '', token: 't' }), '', 'x']) {
      writeFileSync(lockFile(directory), text);
      expect(expectError('busy', () => openRun(directory, GUARDS, '1.0.0')).details.hint).toContain('lock.json');
      expect(readFileSync(lockFile(directory), 'utf8')).toBe(text);
      expect(readRun(directory, GUARDS.isEvent).status).toBe('locked');
    }
  });

  it('is not taken over while another process takes it over', () => {
    const directory = closedRun();
    const stale = JSON.stringify({ pid: process.pid, host: hostname(), processIdentity: '', token: 'earlier' });
    writeFileSync(lockFile(directory), stale);
    writeFileSync(join(directory, 'lock.takeover'), '');
    expect(expectError('busy', () => openRun(directory, GUARDS, '1.0.0')).details.hint).toContain('lock.takeover');
    expect(readFileSync(lockFile(directory), 'utf8')).toBe(stale);
  });

  it('of another process is not removed by a late release', () => {
    const directory = closedRun();
    const run = openRun(directory, GUARDS, '1.0.0');
    const other = JSON.stringify({ pid: 1, host: hostname(), processIdentity: '', token: 'other' });
    writeFileSync(lockFile(directory), other);
    run.close();
    run.close();
    expect(readFileSync(lockFile(directory), 'utf8')).toBe(other);
  });
});

describe('a list of runs', () => {
  it('tells their status, and what cannot be read', async () => {
    const list = join(root, 'list');
    const finished = createRun<TestEvent, TestState>(nextRunName(list, 'a'), START);
    finished.finish(START.state, {});
    finished.close();
    const open = createRun<TestEvent, TestState>(nextRunName(list, 'a'), START);
    const broken = createRun<TestEvent, TestState>(nextRunName(list, 'b'), START);
    broken.close();
    writeFileSync(join(broken.directory, 'checkpoint.json'), '{');
    nextRunName(list, 'empty');
    writeFileSync(join(list, 'file'), '');
    const listed = listRuns(list);
    expect(listed.map((one) => [one.name, one.kind === 'run' ? one.status : one.error.code]).sort()).toEqual([
      ['a-1', 'finished'],
      ['a-2', 'running'],
      ['b-1', 'foreign'],
    ]);
    open.close();
    expect(listRuns(join(root, 'nowhere'))).toEqual([]);
  });
});
