import { spawnSync } from 'node:child_process';
import fs, {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type StatSyncOptions,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryCache } from '../../src/study/entry-cache.ts';
import { NODE_FILES, truncateFile } from '../../src/study/file-operations.ts';
import { followJournal } from '../../src/study/follow-journal.ts';
import { JournalWriter } from '../../src/study/journal.ts';
import { lockStatus } from '../../src/study/lock.ts';
import { FILE_LIMITS, readFileIfThere, readRegularFile } from '../../src/study/read-file.ts';
import { listRuns, readRun } from '../../src/study/read-run.ts';
import { createRun, openRun, removeRun } from '../../src/study/run.ts';
import { RUN_FILES } from '../../src/study/run-files.ts';
import { nextRunName } from '../../src/study/run-names.ts';
import { GUARDS, nextEvent, START, type TestEvent, type TestState } from './example.ts';
import { expectError, temporaryFolder } from './support.ts';

const root = temporaryFolder();
const followed = (limitBytes: number) => ({ limitBytes, links: 'followed' }) as const;

/** Puts something that is no regular file at a path; false where the system cannot. */
const IRREGULAR: Readonly<Record<string, (path: string) => boolean>> = {
  pipe: (path) => spawnSync('mkfifo', [path]).status === 0,
  device: (path) => spawnSync('mknod', [path, 'c', '1', '5']).status === 0,
  folder: (path) => mkdirSync(path) === undefined,
};

function place(kind: string, path: string): boolean {
  return IRREGULAR[kind]!(path);
}

/** Kinds that this user cannot make here: their tests are skipped. */
const MISSING = Object.keys(IRREGULAR).filter((kind) => !place(kind, join(root, `try ${kind}`)));
const isMissing = (kind: string) => MISSING.includes(kind);

describe('reading a file', () => {
  it('gives its bytes, whatever they are, up to the limit and no byte beyond', () => {
    const path = join(root, 'bytes');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 300 }), (bytes, limitBytes) => {
        writeFileSync(path, bytes);
        if (bytes.length <= limitBytes)
          expect(Uint8Array.from(readRegularFile(path, followed(limitBytes)))).toEqual(bytes);
        else {
          const { message } = expectError('io', () => readRegularFile(path, followed(limitBytes)));
          expect(message).toContain(`has ${bytes.length} bytes; at most ${limitBytes}`);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a huge file by its size, without reading it', () => {
    const path = join(root, 'huge');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
    for (const limit of Object.values(FILE_LIMITS))
      expect(expectError('io', () => readRegularFile(path, followed(limit))).message).toContain(`${2 ** 40} bytes`);
  });

  it.skipIf(!existsSync('/proc/self/status'))('reads files whose size the system does not say', () => {
    expect(readRegularFile('/proc/self/status', followed(100_000)).toString()).toMatch(/^VmPeak:/m);
    expectError('io', () => readRegularFile('/proc/self/status', followed(10)));
  });

  it('says what is missing, and that a name cannot be one', () => {
    expect(readFileIfThere(join(root, 'none'), followed(9))).toBeNull();
    expectError('io', () => readRegularFile(join(root, 'none'), followed(9)));
    expect(() => readRegularFile('a\0b', followed(9))).toThrow(expect.objectContaining({ code: 'io' }));
    expectError('io', () => readRegularFile(join(root, 'x'.repeat(300)), followed(9)));
  });

  it('follows links to what the user names, and none in folders of others', () => {
    const [target, link] = [join(root, 'target'), join(root, 'link')];
    writeFileSync(target, 'text');
    symlinkSync(target, link);
    expect(readRegularFile(link, followed(9)).toString()).toBe('text');
    expect(expectError('io', () => readRegularFile(link, { limitBytes: 9, links: 'refused' })).message).toContain(
      'is a symbolic link',
    );
  });

  for (const kind of Object.keys(IRREGULAR))
    it.skipIf(isMissing(kind))(`refuses a ${kind} at once, also behind a link`, () => {
      const path = join(root, `a ${kind}`);
      place(kind, path);
      symlinkSync(path, `${path}-link`);
      for (const name of [path, `${path}-link`])
        expect(expectError('io', () => readRegularFile(name, followed(9))).message).toContain(`is a ${kind}, not a`);
    });

  it('reads nothing that takes the place of a file after it was looked at', () => {
    for (const [kind, put] of Object.entries<(path: string) => unknown>({
      ...IRREGULAR,
      link: (path) => symlinkSync(join(root, 'secret'), path),
    })) {
      const path = join(root, `swapped ${kind}`);
      writeFileSync(join(root, 'secret'), 'secret');
      writeFileSync(path, 'text');
      const { lstatSync } = fs;
      const swapping = (name: string, options?: StatSyncOptions) => {
        const looked = lstatSync(name, options);
        if (name !== path) return looked;
        unlinkSync(path);
        put(path);
        return looked;
      };
      Object.assign(fs, { lstatSync: swapping });
      syncBuiltinESMExports();
      try {
        expectError('io', () => readRegularFile(path, { limitBytes: 9, links: 'refused' }));
      } finally {
        Object.assign(fs, { lstatSync });
        syncBuiltinESMExports();
      }
    }
  });

  it('refuses a socket', async () => {
    const path = join(root, 'socket');
    const server = createServer();
    await new Promise<void>((done) => server.listen(path, done));
    expect(expectError('io', () => readRegularFile(path, followed(9))).message).toContain('is a socket');
    await new Promise((done) => server.close(done));
  });
});

/** A closed run with a later event, so that opening it sets the journal back. */
function someRun(isFinished = false): string {
  const run = createRun<TestEvent, TestState>(nextRunName(root, 'run'), START);
  const [event, state] = nextEvent(START.state);
  run.append(event);
  run.checkpoint(state);
  if (isFinished) run.finish(state, { best: 1 });
  else run.append(nextEvent(state)[0]);
  run.close();
  return run.directory;
}

async function follow(directory: string): Promise<void> {
  for await (const _ of followJournal(directory, GUARDS.isEvent, { signal: AbortSignal.timeout(0), pollMs: 1 }));
}

describe('a run folder made by others', () => {
  it.each(['journal', 'checkpoint', 'description'] as const)(
    'whose %s is a link to a file elsewhere is neither read nor changed',
    async (file) => {
      const directory = someRun();
      const outside = join(root, `outside-${file}`);
      renameSync(join(directory, RUN_FILES[file]), outside);
      symlinkSync(outside, join(directory, RUN_FILES[file]));
      const before = readFileSync(outside, 'utf8');
      expect(expectError('io', () => readRun(directory, GUARDS.isEvent)).message).toContain('is a symbolic link');
      expectError('io', () => openRun(directory, GUARDS, '1.0.0'));
      if (file !== 'checkpoint') await expect(follow(directory)).rejects.toThrow(/is a symbolic link/);
      expect(readFileSync(outside, 'utf8')).toBe(before);
      removeRun(directory);
      expect(readFileSync(outside, 'utf8')).toBe(before);
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  for (const kind of Object.keys(IRREGULAR))
    it.skipIf(isMissing(kind))(`with a ${kind} in place of any of its files is refused at once`, async () => {
      for (const file of ['journal', 'checkpoint', 'description', 'summary'] as const) {
        const directory = someRun(file === 'summary');
        rmSync(join(directory, RUN_FILES[file]));
        place(kind, join(directory, RUN_FILES[file]));
        expectError('io', () => readRun(directory, GUARDS.isEvent));
        const listed = listRuns(root).find((one) => one.directory === directory);
        if (file !== 'journal') expect(listed?.kind).toBe('unreadable');
        if (file === 'summary') continue;
        expectError('io', () => openRun(directory, GUARDS, '1.0.0'));
        if (file !== 'checkpoint') await expect(follow(directory)).rejects.toThrow(/not a file/);
      }
    });

  it.skipIf(isMissing('pipe'))('with a link or a pipe as its lock is not worked on', () => {
    for (const kind of ['link', 'pipe']) {
      const directory = someRun();
      const lock = join(directory, RUN_FILES.lock);
      const outside = join(root, `lock-${kind}`);
      writeFileSync(outside, 'mine');
      if (kind === 'link') symlinkSync(outside, lock);
      else place('pipe', lock);
      expectError('io', () => lockStatus(directory));
      expectError('io', () => openRun(directory, GUARDS, '1.0.0'));
      expect(readFileSync(outside, 'utf8')).toBe('mine');
    }
  });

  it.skipIf(isMissing('pipe'))(
    'is not written through a link or a pipe that takes the place of its journal in the meantime',
    () => {
      const outside = join(root, 'empty-outside');
      writeFileSync(outside, '');
      const link = join(root, 'journal-link');
      symlinkSync(outside, link);
      expectError('io', () => new JournalWriter(NODE_FILES, link, new Uint8Array()));
      expectError('io', () => truncateFile(NODE_FILES, link, 0));
      place('pipe', join(root, 'journal-pipe'));
      expectError('io', () => new JournalWriter(NODE_FILES, join(root, 'journal-pipe'), new Uint8Array()));
      expectError('io', () => truncateFile(NODE_FILES, join(root, 'journal-pipe'), 0));
    },
  );
});

describe('a cache', () => {
  const key = (digit: string) => digit.repeat(64);
  const isText = (value: unknown): value is string => typeof value === 'string';

  it.skipIf(isMissing('pipe'))(
    'takes links, pipes and folders in place of its files for misses, and writes nothing through them',
    () => {
      const directory = join(root, 'cache');
      mkdirSync(directory);
      const outside = join(root, 'cache-outside');
      writeFileSync(outside, 'mine\n');
      symlinkSync(outside, join(directory, 'mappings-0.log'));
      symlinkSync(join(root, 'dangling'), join(directory, 'mappings-1.log'));
      const irregular = ['0', '1', '2', '3'];
      place('pipe', join(directory, 'mappings-2.log'));
      place('folder', join(directory, 'mappings-3.log'));
      const cache = new EntryCache(directory, isText);
      for (const digit of [...irregular, '4']) cache.put(key(digit), 'value');
      expect(irregular.map((digit) => cache.get(key(digit)))).toEqual(irregular.map(() => undefined));
      expect(cache.get(key('4'))).toBe('value');
      expect(cache.counters).toMatchObject({ writes: 1, failedWrites: 4 });
      expect(readFileSync(outside, 'utf8')).toBe('mine\n');
      expect(existsSync(join(root, 'dangling'))).toBe(false);
    },
  );

  it('does not read a file that no cache can have written, and replaces it', () => {
    const directory = join(root, 'large-cache');
    const cache = new EntryCache(directory, isText);
    cache.put(key('a'), 'value');
    const path = join(directory, 'mappings-a.log');
    truncateSync(path, 2 ** 40);
    expect(new EntryCache(directory, isText).get(key('a'))).toBeUndefined();
    cache.put(key('a'), 'other');
    expect(new EntryCache(directory, isText).get(key('a'))).toBe('other');
    expect(statSync(path).size).toBeLessThan(1000);
  });
});

it('a hard link is the file itself', () => {
  const [one, other] = [join(root, 'one'), join(root, 'other')];
  writeFileSync(one, 'text');
  linkSync(one, other);
  expect(readRegularFile(other, { limitBytes: 9, links: 'refused' }).toString()).toBe('text');
});
