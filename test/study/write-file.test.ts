import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FileOperations, NODE_FILES } from '../../src/study/file-operations.ts';
import { acquireLock } from '../../src/study/lock.ts';
import { createRun } from '../../src/study/run.ts';
import {
  isTemporary,
  removeAbandoned,
  temporaryPath,
  tryWriting,
  writeWholeFile,
  writeWholeFiles,
} from '../../src/study/write-file.ts';
import { START } from './example.ts';
import { expectError, mountedDisk, startChild, temporaryFolder } from './support.ts';

const root = temporaryFolder();
const newFolder = () => mkdtempSync(join(root, 'folder-'));

/** A disk that takes as many bytes at a time as it likes, and whose `failing`th call fails. */
function moodyDisk(
  counts: readonly number[],
  failing: number,
  code: string,
): { files: FileOperations; calls: string[] } {
  const calls: string[] = [];
  let writes = 0;
  const files = Object.fromEntries(
    Object.entries(NODE_FILES)
      .filter(([name]) => name.endsWith('Sync'))
      .map(([name, operation]) => [name, operation as unknown as (...values: unknown[]) => unknown] as const)
      .map(([name, call]) => [
        name,
        (...values: unknown[]) => {
          calls.push(name);
          if (calls.length === failing) {
            // A file is closed even where closing it tells of a failure.
            if (name === 'closeSync') call(...values);
            throw Object.assign(new Error(`${code}: injected`), { code });
          }
          if (name !== 'writeSync') return call(...values);
          const [descriptor, bytes, offset, length] = values;
          const most = counts.length === 0 ? Infinity : counts[writes++ % counts.length]!;
          return call(descriptor, bytes, offset, Math.min(Number(length), most));
        },
      ]),
  );
  return { files: files as unknown as FileOperations, calls };
}

const CODES = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EROFS', 'EACCES'];
const CONTENT = fc.uint8Array({ maxLength: 40 });

describe('writing whole files', () => {
  it('leaves each as it was or whole, and nothing else, wherever it fails and however little is taken at a time', () => {
    let failures = 0;
    fc.assert(
      fc.property(
        fc.array(fc.record({ old: fc.option(CONTENT), next: CONTENT }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(...CODES),
        fc.boolean(),
        (contents, counts, failing, code, isRefused) => {
          const folder = newFolder();
          const all = contents.map(({ old, next }, i) => ({ old, path: join(folder, `file-${i}`), text: next }));
          for (const { path, old } of all) if (old !== null) writeFileSync(path, old);
          const { files, calls } = moodyDisk(counts, failing, code);
          let error: unknown;
          try {
            writeWholeFiles(files, all, { existing: isRefused ? 'refused' : 'replaced' });
          } catch (thrown) {
            error = thrown;
          }
          const hasOld = all.some(({ old }) => old !== null);
          if (calls.length < failing && !(isRefused && hasOld)) expect(error).toBeUndefined();
          else failures++;
          const isNew = (file: (typeof all)[number]) =>
            existsSync(file.path) && readFileSync(file.path).equals(file.text);
          for (const file of all) {
            if (error === undefined) expect(isNew(file)).toBe(true);
            else if (file.old === null) expect(!existsSync(file.path) || isNew(file)).toBe(true);
            else expect(readFileSync(file.path).equals(file.old) || (!isRefused && isNew(file))).toBe(true);
          }
          if (error !== undefined) expect(error).toMatchObject({ name: 'TrifoldError' });
          const naming = calls.findIndex((call) => call === 'renameSync' || call === 'linkSync');
          const before = naming < 0 ? calls : calls.slice(0, naming);
          // Whatever fails before counts, closing included; nothing has its new name before all is on the disk.
          if (failing <= before.length) expect(error).toBeDefined();
          if (naming >= 0) expect(before.filter((call) => call === 'fsyncSync')).toHaveLength(all.length);
          if (naming < 0) for (const { path, old } of all) expect(existsSync(path)).toBe(old !== null);
          const names = new Set(all.map(({ path }) => path));
          expect(readdirSync(folder).filter((name) => !names.has(join(folder, name)))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
    expect(failures).toBeGreaterThan(20);
  });

  it('does not wait for a disk that takes nothing and says nothing', () => {
    const folder = newFolder();
    const files = { ...NODE_FILES, writeSync: () => 0 } as FileOperations;
    expectError('io', () => writeWholeFile(files, join(folder, 'file'), 'text'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('hands on the permissions of the file that is replaced', () => {
    const path = join(newFolder(), 'file');
    for (const mode of [0o600, 0o640, 0o666, 0o755]) {
      writeFileSync(path, 'old');
      chmodSync(path, mode);
      writeWholeFile(NODE_FILES, path, `${mode}`);
      expect(statSync(path).mode & 0o777).toBe(mode);
      expect(readFileSync(path, 'utf8')).toBe(`${mode}`);
    }
  });

  it('writes under the longest names that there are, and says where one is too long', () => {
    const folder = newFolder();
    const longest = join(folder, 'x'.repeat(255));
    tryWriting(NODE_FILES, longest, 'another');
    writeWholeFile(NODE_FILES, longest, 'text');
    expect(readFileSync(longest, 'utf8')).toBe('text');
    expect(expectError('io', () => writeWholeFile(NODE_FILES, `${longest}x`, 'text')).message).toContain('too long');
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('follows no link and takes the place of no folder', () => {
    const folder = newFolder();
    const [target, link, dangling] = ['target', 'link', 'dangling'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(target, 'old');
    symlinkSync(target, link);
    symlinkSync(join(folder, 'nowhere'), dangling);
    mkdirSync(join(folder, 'folder'));
    for (const path of [link, dangling, join(folder, 'folder')])
      for (const existing of ['replaced', 'refused'] as const)
        expectError('io', () => writeWholeFile(NODE_FILES, path, 'new', { existing }));
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(readlinkSync(link)).toBe(target);
    expect(readdirSync(folder).sort()).toEqual(['dangling', 'folder', 'link', 'target']);
  });

  it('replaces the name alone of a file that has several', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'one'), 'old');
    linkSync(join(folder, 'one'), join(folder, 'other'));
    writeWholeFile(NODE_FILES, join(folder, 'one'), 'new');
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('old');
  });

  it('uses names that nobody foresees', () => {
    const names = Array.from({ length: 100 }, () => temporaryPath(join(root, 'file')));
    expect(new Set(names.map((name) => name.slice(0, -10))).size).toBe(100);
    for (const name of names) expect(name).toMatch(/[0-9a-f]{24}\.tmp$/);
  });

  it('clears away what killed processes left, not what others are writing', () => {
    const folder = newFolder();
    const [old, young, foreign] = [
      temporaryPath(join(folder, 'a')),
      temporaryPath(join(folder, 'a')),
      join(folder, 'a.tmp'),
    ];
    for (const path of [old, young, foreign]) writeFileSync(path, '');
    for (const path of [old, foreign]) utimesSync(path, 1000, 1000);
    removeAbandoned(NODE_FILES, folder, Date.now());
    expect(
      readdirSync(folder)
        .map((name) => join(folder, name))
        .sort(),
    ).toEqual([young, foreign].sort());
    removeAbandoned(NODE_FILES, join(folder, 'missing'), Date.now());
  });
});

describe('a run folder or lock whose creation fails at any call', () => {
  it('blocks no later try', () => {
    for (let failing = 1; ; failing++) {
      const directory = join(newFolder(), 'run');
      const { files, calls } = moodyDisk([200], failing, 'ENOSPC');
      let hasFailed = false;
      try {
        createRun(directory, START, files).close();
      } catch (error) {
        hasFailed = true;
        expect(error).toMatchObject({ name: 'TrifoldError', code: 'io' });
      }
      if (calls.length < failing) break;
      // Giving a run free is no part of creating it.
      if (!hasFailed || existsSync(join(directory, 'run.json'))) continue;
      createRun(directory, START).close();
      const names = readdirSync(directory).filter((name) => !isTemporary(name));
      expect(names.sort()).toEqual(['checkpoint.json', 'journal.jsonl', 'run.json']);
    }
  });

  it('leaves no lock behind where there are no hard links', () => {
    const folder = newFolder();
    const noLinks = () => {
      throw Object.assign(new Error('EPERM: injected'), { code: 'EPERM' });
    };
    let writes = 0;
    const writeSync = (descriptor: number, bytes: Uint8Array, offset: number, length: number): number => {
      if (++writes > 1) throw Object.assign(new Error('ENOSPC: injected'), { code: 'ENOSPC' });
      return NODE_FILES.writeSync(descriptor, bytes, offset, length);
    };
    const files = { ...NODE_FILES, linkSync: noLinks, writeSync } as unknown as FileOperations;
    expectError('io', () => acquireLock(folder, files));
    expect(readdirSync(folder)).toEqual([]);
    acquireLock(folder, NODE_FILES).release();
  });
});

describe('processes that write the same file at once', () => {
  it('one succeeds where it must not exist; no reader ever sees a part where it may', async () => {
    const folder = newFolder();
    const [one, many, go] = [join(folder, 'one'), join(folder, 'many'), join(root, 'go')];
    const children = ['a', 'b', 'c'].map((letter) => startChild('writer.ts', one, many, letter, go));
    for (const child of children) await child.until((lines) => lines.length > 0);
    writeFileSync(go, '');
    let over = 0;
    for (const child of children) void child.ended().then(() => over++);
    while (over < children.length) {
      if (existsSync(many)) expect(readFileSync(many, 'utf8')).toMatch(/^(a{40000}|b{40000}|c{40000})$/);
      await new Promise((done) => setImmediate(done));
    }
    const answers = children.map(({ lines }) => lines[1]);
    expect(answers.filter((answer) => answer === 'written')).toHaveLength(1);
    expect(answers.filter((answer) => answer?.startsWith('usage') && answer.includes('exists already'))).toHaveLength(
      2,
    );
    expect(readFileSync(one, 'utf8')).toBe('abc'[answers.indexOf('written')]!.repeat(40_000));
    expect(children.map(({ lines }) => lines[2])).toEqual(['written', 'written', 'written']);
    expect(readdirSync(folder).sort()).toEqual(['many', 'one']);
  });
});

describe.skipIf(process.platform === 'win32')('a process that a signal ends in the midst of writing', () => {
  it('ends by it, and leaves nothing half done', async () => {
    const folder = newFolder();
    const many = join(folder, 'many');
    const child = startChild('writer.ts', join(folder, 'one'), many, 'x', root, '300');
    while (!existsSync(many)) await new Promise((done) => setImmediate(done));
    await child.kill('SIGTERM');
    expect(child.process.signalCode).toBe('SIGTERM');
    expect(readdirSync(folder).sort()).toEqual(['many', 'one']);
  });
});

const canLimit = process.platform !== 'win32' && spawnSync('sh', ['-c', 'ulimit -f 8']).status === 0;
describe.skipIf(!canLimit)('a limit of the system on the size of files', () => {
  it('is told, and the file stays as it was', () => {
    const folder = newFolder();
    const path = join(folder, 'file');
    writeFileSync(path, 'old');
    const program = resolve(import.meta.dirname, 'programs/writer.ts');
    const shell = ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, '--import', 'tsx', program];
    const { stdout } = spawnSync('sh', [...shell, join(folder, 'new'), path, 'x', path], {
      encoding: 'utf8',
      env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    });
    expect(stdout.match(/a file may not become so large here/g)).toHaveLength(2);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

const disk = mountedDisk(newFolder(), '16k');
describe.skipIf(disk === null)('a real disk of 16 KiB', () => {
  it('keeps the old file where the new one does not fit, and takes the next that does', () => {
    if (disk === null) return;
    const path = join(disk, 'file');
    writeWholeFile(NODE_FILES, path, 'old');
    for (let i = 0; i < 3; i++)
      expect(expectError('io', () => writeWholeFile(NODE_FILES, path, 'x'.repeat(100_000))).message).toContain('full');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(disk)).toEqual(['file']);
    writeWholeFile(NODE_FILES, path, 'x'.repeat(8_000));
    expect(statSync(path).size).toBe(8_000);
  });
});
