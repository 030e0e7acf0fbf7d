import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileOperations, NODE_FILES } from '../../src/study/file-operations.ts';
import { readRun } from '../../src/study/read-run.ts';
import { createRun, openRun, type Run } from '../../src/study/run.ts';
import { nextRunName } from '../../src/study/run-names.ts';
import { firstEvents, GUARDS, nextEvent, START, stateAfter, type TestEvent, type TestState } from './example.ts';
import { expectError, mountedDisk, temporaryFolder } from './support.ts';

const root = temporaryFolder();

/** A file system with room for so many more bytes: like a real one, it writes what fits and then fails. */
function smallDisk(): { files: FileOperations; room: { bytes: number } } {
  const room = { bytes: Infinity };
  // Only the overload that the code calls.
  const writeSync = ((descriptor: number, bytes: Uint8Array, offset: number, length: number): number => {
    if (length > 0 && room.bytes === 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    const fits = Math.min(length, room.bytes);
    room.bytes -= fits;
    return NODE_FILES.writeSync(descriptor, bytes, offset, fits);
  }) as FileOperations['writeSync'];
  return { files: { ...NODE_FILES, writeSync }, room };
}

function failing(code: string, ...calls: (keyof FileOperations)[]): FileOperations {
  const fail = () => {
    throw Object.assign(new Error(`${code}: injected`), { code });
  };
  return { ...NODE_FILES, ...Object.fromEntries(calls.map((call) => [call, fail])) };
}

describe('a full disk', () => {
  it.each([0, 1, 17])(
    'with room for %i bytes: the append fails as a whole, and works again with more room',
    (bytes) => {
      const { files, room } = smallDisk();
      const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START, files);
      const all = firstEvents(3);
      run.append(all[0]!);
      room.bytes = bytes;
      const error = expectError('io', () => run.append(all[1]!));
      expect(error.message).toContain('the disk is full');
      expect(error.details.place?.file).toBe(join(run.directory, 'journal.jsonl'));
      expect(readRun(run.directory, GUARDS.isEvent)).toMatchObject({ events: all.slice(0, 1), warnings: [] });
      room.bytes = Infinity;
      run.append(all[1]!);
      run.checkpoint(stateAfter(2));
      room.bytes = bytes;
      expectError('io', () => run.checkpoint(stateAfter(2)));
      expectError('io', () => run.writeResult('best.yaml', 'x'.repeat(100)));
      run.close();
      expect(readdirSync(run.directory).sort()).toEqual(['checkpoint.json', 'journal.jsonl', 'run.json']);
      const again = openRun(run.directory, GUARDS, '1.0.0');
      expect(again.events).toEqual(all.slice(0, 2));
      again.close();
    },
  );

  it('keeps the old result when the new one does not fit', () => {
    const { files, room } = smallDisk();
    const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START, files);
    run.writeResult('best.yaml', 'old');
    room.bytes = 2;
    expectError('io', () => run.writeResult('best.yaml', 'new and longer'));
    expect(readFileSync(join(run.directory, 'best.yaml'), 'utf8')).toBe('old');
    run.close();
  });

  it('leaves an empty folder where a run could not be created', () => {
    for (const bytes of [0, 10, 150, 400]) {
      const { files, room } = smallDisk();
      room.bytes = bytes;
      const directory = nextRunName(root, 'run');
      expectError('io', () => createRun(directory, START, files));
      expect(readdirSync(directory)).toEqual([]);
    }
  });
});

describe('other failures', () => {
  it('a failed flush stops the journal for good', () => {
    let fail = false;
    const files: FileOperations = {
      ...NODE_FILES,
      fsyncSync(descriptor) {
        if (fail) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
        NODE_FILES.fsyncSync(descriptor);
      },
    };
    const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START, files);
    const all = firstEvents(2);
    run.append(all[0]!);
    fail = true;
    expectError('io', () => run.checkpoint(stateAfter(1)));
    fail = false;
    expectError('io', () => run.checkpoint(stateAfter(1)));
    expectError('io', () => run.append(all[1]!));
    run.close();
    const again = openRun(run.directory, GUARDS, '1.0.0');
    expect(again.state).toEqual(START.state);
    again.close();
  });

  it('appends are flushed even without checkpoints', () => {
    let flushes = 0;
    const files: FileOperations = {
      ...NODE_FILES,
      fsyncSync(descriptor) {
        flushes++;
        NODE_FILES.fsyncSync(descriptor);
      },
    };
    const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START, files);
    const before = flushes;
    for (const event of firstEvents(200)) run.append(event);
    expect(flushes - before).toBe(3);
    run.close();
    expect(flushes - before).toBe(4);
  });

  it('works where there are no hard links', () => {
    const files = failing('EPERM', 'linkSync');
    const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START, files);
    expectError('busy', () => openRun(run.directory, GUARDS, '1.0.0', files));
    run.close();
    openRun(run.directory, GUARDS, '1.0.0', files).close();
  });

  it.each(['EROFS', 'EACCES'])('a folder that cannot be written (%s)', (code) => {
    const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START);
    run.close();
    const files = failing(code, 'openSync');
    expect(expectError('io', () => openRun(run.directory, GUARDS, '1.0.0', files)).message).toContain(run.directory);
    expectError('io', () => createRun(nextRunName(root, 'run'), START, files));
  });
});

const small = mountedDisk(nextRunName(root, 'mount'), '64k');
describe.skipIf(small === null)('on a real disk of 64 KiB', () => {
  it('fills it, says so, and continues exactly once there is room', () => {
    if (small === null) return;
    const ballast = join(small, 'ballast');
    writeFileSync(ballast, Buffer.alloc(16384));
    const run = createRun<TestEvent, TestState>(join(small, 'run'), START);
    let state = START.state;
    const advance = (to: Run<TestEvent, TestState>) => {
      const [event, next] = nextEvent(state);
      to.append(event);
      to.checkpoint(next);
      state = next;
    };
    const error = expectError('io', () => {
      while (state.told < 2000) advance(run);
    });
    expect(error.message).toContain('the disk is full');
    try {
      run.close();
    } catch {
      // A full disk may refuse the last flush.
    }
    expect(state.told).toBeGreaterThan(20);
    writeFileSync(ballast, '');
    const again = openRun(join(small, 'run'), GUARDS, '1.0.0');
    expect(again.state).toEqual(stateAfter(state.told));
    expect(again.events).toEqual(firstEvents(state.told));
    state = again.state;
    advance(again);
    again.close();
  });
});

const fixed = mountedDisk(nextRunName(root, 'mount'), '256k');
describe.skipIf(fixed === null)('on a file system that is mounted read-only', () => {
  it('reads the run and refuses to continue it', () => {
    if (fixed === null) return;
    const directory = join(fixed, 'run');
    createRun<TestEvent, TestState>(directory, START).close();
    mkdirSync(join(fixed, 'empty'));
    expect(spawnSync('mount', ['-o', 'remount,ro', fixed]).status).toBe(0);
    expect(readRun(directory, GUARDS.isEvent).status).toBe('interrupted');
    expect(expectError('io', () => openRun(directory, GUARDS, '1.0.0')).message).toContain('read-only');
    expectError('io', () => createRun(join(fixed, 'empty'), START));
    expectError('io', () => createRun(join(fixed, 'new'), START));
  });
});
