import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a command line did. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled command line (`npm run build` comes before the tests). */
export function runCli(...args: string[]): CliResult {
  return runCliIn({}, ...args);
}

/** The same with additions to the environment; the mapping cache is off unless they switch it on. */
export function runCliIn(environment: Readonly<Record<string, string>>, ...args: string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
    encoding: 'utf8',
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', TRIFOLD_CACHE: 'off', ...environment },
    timeout: 110_000,
  });
  return { code: status, stdout, stderr };
}

/** Writes a file into a fresh folder and returns its path. */
export function temporaryFile(name: string, text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'trifold-cli-')), name);
  writeFileSync(file, text);
  return file;
}
