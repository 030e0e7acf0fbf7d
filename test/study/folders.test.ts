import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolders, NODE_FILES } from '../../src/study/file-operations.ts';
import { createRun } from '../../src/study/run.ts';
import { nextRunName } from '../../src/study/run-names.ts';
import { temporaryFolder } from './support.ts';

describe('creating folders', () => {
  it('creates the ones above, and takes those that are there', () => {
    const root = temporaryFolder();
    for (const folder of ['a/b/c', 'a/b', 'a/d', 'a']) {
      createFolders(NODE_FILES, join(root, folder));
      expect(existsSync(join(root, folder))).toBe(true);
    }
    writeFileSync(join(root, 'file'), '');
    expect(() => createFolders(NODE_FILES, join(root, 'file'))).toThrow(/EEXIST/);
    expect(() => createFolders(NODE_FILES, join(root, 'file/a/b'))).toThrow(/ENOTDIR/);
    expect(() => nextRunName(join(root, 'file'), 'run')).toThrow(/is a file, not a folder/);
  });

  it.skipIf(!existsSync('/proc/self'))('ends where the system says that what is being created does not exist', () => {
    const newRun = { packageVersion: '1', command: [], seed: 1, configuration: {}, state: {} };
    for (const folder of ['/proc/none', '/proc/none/such/folder']) {
      expect(() => createRun(folder, newRun)).toThrow(/no folder can be created there/);
      expect(() => nextRunName(folder, 'run')).toThrow(expect.objectContaining({ code: 'io' }));
    }
  });
});
