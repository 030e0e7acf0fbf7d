import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';

const ROOT = resolve(import.meta.dirname, '../..');

/** The compiled command line (`npm run build` comes before the tests). */
export const MAIN = join(ROOT, 'dist/cli/main.js');

/** What a command line did. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const environmentWith = (additions: Readonly<Record<string, string>>) => {
  return { ...process.env, NO_COLOR: '1', TRIFOLD_CACHE: 'off', ...additions };
};

/** Runs the compiled command line in a process of its own. */
export function runProcess(...args: string[]): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    cwd: ROOT,
    env: environmentWith({}),
    timeout: 110_000,
  });
  return { code: status, stdout, stderr };
}

/** Runs the compiled command line in a process that has run others before, whose modules are loaded. */
export function runCli(...args: string[]): Promise<CliResult> {
  return runCliIn({}, ...args);
}

/** The same with additions to the environment; the mapping cache is off unless they switch it on. */
export function runCliIn(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<CliResult> {
  const result = last.then(() => serve(environment, args));
  last = result.catch(() => undefined);
  return result;
}

/** What is written after a command to both streams, which never is in what it writes. */
const END = randomUUID();
/** The command before: one runs at a time. */
let last: Promise<unknown> = Promise.resolve();
let server: ChildProcess | null = null;

async function serve(environment: Readonly<Record<string, string>>, args: readonly string[]): Promise<CliResult> {
  const child = opened();
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} at: trifold ${args.join(' ')}`)));
  });
  const code = new Promise<number | null>((done) =>
    child.once('message', (reply: { code: number }) => done(reply.code)),
  );
  const output = Promise.all([code, upToEnd(child.stdout!), upToEnd(child.stderr!)]);
  child.send({ args, environment: environmentWith(environment) });
  const [exitCode, stdout, stderr] = await Promise.race([output, ended]);
  child.removeAllListeners('exit');
  return { code: exitCode, stdout, stderr };
}

/** The process that serves; it ends with this one. */
function opened(): ChildProcess {
  if (server?.connected === true) return server;
  server = fork(join(import.meta.dirname, 'served.mjs'), [MAIN, END], {
    cwd: ROOT,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  server.stdout?.setEncoding('utf8');
  server.stderr?.setEncoding('utf8');
  server.unref();
  server.channel?.unref();
  return server;
}

function upToEnd(stream: Readable): Promise<string> {
  return new Promise((done) => {
    let text = '';
    const onData = (data: string): void => {
      text += data;
      if (!text.endsWith(END)) return;
      stream.off('data', onData);
      done(text.slice(0, -END.length));
    };
    stream.on('data', onData);
  });
}

/** Writes a file into a fresh folder and returns its path. */
export function temporaryFile(name: string, text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'trifold-cli-')), name);
  writeFileSync(file, text);
  return file;
}
