import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { lastLines } from './accuracy-command-answer.ts';
import { AccuracyCommandError } from './accuracy-command-error.ts';
import { type ProcessTree, processTree } from './process-tree.ts';
import type { RunningCommands } from './running-commands.ts';

/** A program to run. */
export interface CommandProcess {
  /** A line for the shell. */
  readonly command: string;
  /** For its stdin. */
  readonly input: string;
  readonly timeLimitSeconds: number;
  /** For stdout and stderr each. */
  readonly outputLimitBytes: number;
  /** Working directory; default the current one. */
  readonly directory: string | undefined;
  /** Kills it with all that it started; the promise is rejected with its reason. */
  readonly signal: AbortSignal | undefined;
}

/** What a program wrote that ended by itself with exit code 0. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment variable that marks a command and all that it starts. */
export const TASK_VARIABLE = 'TRIFOLD_TASK';

/** What a program wrote is read on for this long after its end, where something that it started and that cannot be found keeps the pipes open. */
const GRACE_MS = 1000;

/** Signals that come from others; the rest tells of faults of the program itself. */
const OUTSIDE_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGTERM'] as const;

/** Errors of systems that are short of something just then. */
const SHORTAGES = ['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'];

/**
 * Runs a program in a session of its own. Its end decides, not that of its pipes; what it started ends with it, whether it gives an answer or not.
 * @param running follows it while it runs
 * @throws AccuracyCommandError for any other end than exit code 0
 */
export function runProcess(what: CommandProcess, running: RunningCommands): Promise<CommandOutput> {
  const { input, timeLimitSeconds, outputLimitBytes, signal } = what;
  return new Promise((resolve, reject) => {
    const mark = [process.env[TASK_VARIABLE], randomUUID()].filter(Boolean).join(':');
    const child = started(what, mark);
    if (!hasStarted(child)) {
      child.once('error', (error) => reject(startFailure(error)));
      return;
    }
    const tree = treeOf(child, mark);
    const remove = running.add(tree);
    const stdout = collect(child, 'stdout', outputLimitBytes, fail);
    const stderr = collect(child, 'stderr', outputLimitBytes, fail);
    let failure: Error | undefined;
    let end: { readonly code: number | null; readonly killedBy: NodeJS.Signals | null } | undefined;
    let giveUp: NodeJS.Timeout | undefined;
    const timer = setTimeout(
      // An end that came in time is heard first, also by a thread that was busy since.
      () => setImmediate(() => end === undefined && fail(timeoutOf(timeLimitSeconds))),
      Math.min(timeLimitSeconds * 1000, 2 ** 31 - 1),
    );
    const unfollow = running.onAbort(signal, () => fail(signal!.reason));

    function fail(error: Error): void {
      if (failure !== undefined) return;
      failure = error;
      endTree();
    }

    function endTree(): void {
      tree.kill();
      giveUp ??= setTimeout(() => whenDrained(() => stdout.bytes() + stderr.bytes(), settle), GRACE_MS);
    }

    function settle(): void {
      clearTimeout(timer);
      clearTimeout(giveUp);
      unfollow();
      remove();
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.unref();
      const error = failure ?? (end === undefined ? undefined : exitFailure(end.code, end.killedBy, stderr.text()));
      if (error === undefined) resolve({ stdout: stdout.text(), stderr: stderr.text() });
      else reject(error);
    }

    child.once('error', (error) => fail(startFailure(error)));
    child.once('exit', (code, killedBy) => {
      end = { code, killedBy };
      clearTimeout(timer);
      endTree();
    });
    child.once('close', settle);
    // A program that never reads its input closes the pipe; its exit code and output decide.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${input}\n`);
  });
}

type Started = ChildProcessWithoutNullStreams & { readonly pid: number };

/** @throws AccuracyCommandError `start` or `resources` */
function started({ command, directory }: CommandProcess, mark: string): ChildProcessWithoutNullStreams {
  try {
    return spawn(command, {
      shell: true,
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, [TASK_VARIABLE]: mark },
      ...(directory === undefined ? {} : { cwd: directory }),
    });
  } catch (error) {
    throw startFailure(error);
  }
}

/** What could not be started has no streams either. */
function hasStarted(child: ChildProcessWithoutNullStreams): child is Started {
  return child.pid !== undefined;
}

function treeOf(child: Started, mark: string): ProcessTree {
  return process.platform === 'win32' ? { kill: () => void child.kill('SIGKILL') } : processTree(child.pid, mark);
}

/** Keeps what a program writes, up to the limit. */
function collect(child: Started, stream: 'stdout' | 'stderr', limitBytes: number, fail: (error: Error) => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child[stream].on('error', () => undefined);
  child[stream].on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limitBytes) chunks.push(chunk);
    else
      fail(
        new AccuracyCommandError('too-much-output', `the accuracy command wrote over ${limitBytes} bytes to ${stream}`),
      );
  });
  return { bytes: () => bytes, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** Calls back once nothing more comes: a thread that was busy has what was written in the meantime still to read. */
function whenDrained(bytes: () => number, then: () => void): void {
  const before = bytes();
  setImmediate(() => setImmediate(() => (bytes() === before ? then() : whenDrained(bytes, then))));
}

function timeoutOf(seconds: number): AccuracyCommandError {
  return new AccuracyCommandError(
    'timeout',
    `the accuracy command took longer than ${seconds} seconds and was stopped`,
    'raise the time limit or make the command faster',
  );
}

function startFailure(error: unknown): AccuracyCommandError {
  const isShort = error instanceof Error && 'code' in error && SHORTAGES.includes(String(error.code));
  const why = error instanceof Error ? error.message : String(error);
  return new AccuracyCommandError(isShort ? 'resources' : 'start', `the accuracy command cannot be started: ${why}`);
}

function exitFailure(
  code: number | null,
  killedBy: NodeJS.Signals | null,
  stderr: string,
): AccuracyCommandError | undefined {
  if (code === 0) return undefined;
  const [last = ''] = lastLines(stderr, 1);
  const how = code === null ? `was ended by ${killedBy}` : `ended with exit code ${code}`;
  const isStart = code === 126 || code === 127;
  return new AccuracyCommandError(
    isStart ? 'start' : isKilled(code, killedBy) ? 'killed' : 'exit',
    `the accuracy command ${how}${last === '' ? '' : `: ${last.slice(0, 300)}`}`,
  );
}

/** Shells tell the signal that ended their last program by an exit code above 128. */
function isKilled(code: number | null, killedBy: NodeJS.Signals | null): boolean {
  return OUTSIDE_SIGNALS.some((name) => name === killedBy || code === 128 + constants.signals[name]);
}
