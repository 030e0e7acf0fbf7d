import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, expect } from 'vitest';
import { type ErrorCode, TrifoldError } from '../../src/util/errors.ts';

/** A folder that is removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-study-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The TrifoldError that the call throws; fails unless it has the code, a file and a hint. */
export function expectError(code: ErrorCode, call: () => unknown): TrifoldError {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(TrifoldError);
  if (!(thrown instanceof TrifoldError)) throw thrown;
  expect(thrown.code).toBe(code);
  expect(thrown.details.place?.file).toBeTruthy();
  expect(thrown.details.hint).toBeTruthy();
  return thrown;
}

/** Mounts a small disk at a folder until the end of the test file; null where this user may not. */
export function mountedDisk(folder: string, size: string): string | null {
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status !== 0) return null;
  afterAll(() => {
    spawnSync('umount', [folder]);
  });
  return folder;
}

/** A running child process and its lines of output. */
export interface Child {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  readonly lines: string[];
  /** Waits until the output satisfies the condition; fails when the process ends before. */
  until(condition: (lines: readonly string[]) => boolean): Promise<void>;
  /** Ends it and waits for its end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Waits for its end; its exit code. */
  ended(): Promise<number | null>;
}

/** Starts one of the TypeScript programs beside. */
export function startChild(program: string, ...args: string[]): Child {
  const process_ = spawn(
    process.execPath,
    ['--import', 'tsx', resolve(import.meta.dirname, 'programs', program), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  const exit = new Promise<number | null>((done) => process_.once('exit', (code) => done(code)));
  let wake = () => {};
  createInterface({ input: process_.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  return {
    process: process_,
    lines,
    async until(condition) {
      let over = false;
      void exit.then(() => {
        over = true;
        wake();
      });
      while (!condition(lines)) {
        if (over) throw new Error(`the child ended; it said: ${lines.join(' | ')}`);
        await new Promise<void>((resume) => {
          wake = resume;
        });
      }
    },
    async kill(signal) {
      process_.kill(signal);
      await exit;
    },
    ended: () => exit,
  };
}
