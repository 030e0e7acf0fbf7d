import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Random } from '../../src/util/random.ts';
import type { Left } from '../../test/app/run/interrupted-run.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js');
const FOLDER = mkdtempSync(join(tmpdir(), 'trifold-interrupts-'));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a process that nothing caught the signal in ends with, and one that ended cleanly. */
const ANSWERS: readonly (string | number | null)[] = [130, 'SIGINT', 'SIGTERM', 'SIGHUP'];
/** Seconds that an answer may take. */
const ANSWER_SECONDS = 1;

/** A command line to be interrupted. */
export interface InterruptedCommand {
  readonly name: string;
  /** @param out a folder for a run, where it keeps one */
  readonly args: (out: string) => readonly string[];
  readonly isRun: boolean;
  /** Sends the signal once more after 0.25 s. */
  readonly twice?: boolean;
}

/** What came of the signals to a command. */
export interface Measured {
  readonly sent: number;
  readonly slowestSeconds: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  readonly resumed: number;
  readonly equal: number;
}

const file = (name: string, text: string): string => {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
};

const accuracyProgram = file(
  'accuracy.sh',
  `sum=$(cksum | cut -d ' ' -f 1)\nsleep 0.0$((sum % 9))\necho $((72 + sum % 25))\n`,
);
const bigNetwork = file(
  'big.yaml',
  `name: big\nsource: made up\ninput: [16, 1, 1]\nlayers:\n${Array.from({ length: 4000 }, (_, i) => `  - { name: l${i}, kind: conv, out: ${16 + (i % 7)}, kernel: 1 }\n`).join('')}`,
);
const quiet = ['--workers', '2', '--no-cache'];
/** With nothing on chip between layers, so that the course of a command is that of its layers. */
const islands = ['--between-layers', 'off', ...quiet];
const COSEARCH = ['cosearch', '--space', 'nas-bench-macro', '--budget', 'shidiannao', '--min-accuracy', '76'];
const ASKING = [...COSEARCH, '--accuracy', `command=sh ${accuracyProgram}`, '--generations', '2', '--population', '3'];

const DESIGN = ['design', 'dqn', '--budget', 'nvdla-256', '--generations', '3', '--population', '4'];
const designArgs = (out: string) => [...DESIGN, ...quiet, '--out', out];

/** Commands of every kind. */
export const COMMANDS: readonly InterruptedCommand[] = [
  {
    name: 'map --out',
    isRun: true,
    args: (out) => ['map', 'alexnet', '--accelerator', 'eyeriss', ...islands, '--out', out],
  },
  { name: 'map', isRun: false, args: () => ['map', 'alexnet', '--accelerator', 'eyeriss', ...islands] },
  {
    name: 'map --dataflow all',
    isRun: false,
    args: () => ['map', 'dqn', '--accelerator', 'eyeriss', '--dataflow', 'all', ...islands],
  },
  {
    name: 'map of a schedule',
    isRun: true,
    args: (out) => ['map', 'dqn', '--accelerator', 'nvdla-256', '--between-layers', 'retain', ...quiet, '--out', out],
  },
  { name: 'map of a big file', isRun: false, args: () => ['map', bigNetwork, '--accelerator', 'eyeriss', ...islands] },
  {
    name: 'design',
    isRun: true,
    args: designArgs,
  },
  {
    name: 'design twice',
    isRun: true,
    twice: true,
    args: designArgs,
  },
  {
    name: 'cosearch nested',
    isRun: true,
    args: (out) => [...ASKING, '--networks', '2', '--iterations', '1', ...quiet, '--out', out],
  },
  { name: 'cosearch joint', isRun: true, args: (out) => [...ASKING, '--search', 'joint', ...quiet, '--out', out] },
  {
    name: 'sweep',
    isRun: false,
    args: () => ['sweep', 'dqn', '--accelerator', 'nvdla-256', '--vary', 'L2=64KiB..256KiB', ...islands],
  },
  {
    name: 'eval',
    isRun: false,
    args: () => ['eval', '--accelerator', 'eyeriss-spads', '--workload', 'alexnet', '--mapping', 'eyeriss-alexnet'],
  },
  { name: 'list', isRun: false, args: () => ['list'] },
  { name: 'validate chips', isRun: false, args: () => ['validate', 'chips'] },
];

interface Ended {
  readonly code: number | string;
  readonly stderr: string;
  /** From the signal on; null when it ended before. */
  readonly answerSeconds: number | null;
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TRIFOLD_CACHE: 'off' },
  });
}

async function ended(child: ChildProcess, signal?: NodeJS.Signals, afterMs = 0, twice = false): Promise<Ended> {
  let [stderr, sentMs, isOver] = ['', 0, false];
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const timers =
    signal === undefined
      ? []
      : [0, 250].slice(0, twice ? 2 : 1).map((moreMs) =>
          setTimeout(() => {
            if (isOver) return;
            if (sentMs === 0) sentMs = performance.now();
            child.kill(signal);
          }, afterMs + moreMs),
        );
  const code = await new Promise<number | string>((done) => {
    child.on('exit', (status, by) => {
      isOver = true;
      done(by ?? status ?? -1);
    });
  });
  timers.forEach(clearTimeout);
  return { code, stderr, answerSeconds: sentMs === 0 ? null : (performance.now() - sentMs) / 1000 };
}

/** Processes that the accuracy command of an ended command left. */
function orphans(): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(accuracyProgram);
      } catch {
        return false;
      }
    }).length;
}

/** What a run folder holds that an ended process must not leave. */
function leftovers(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => name === 'lock.json' || /tmp$/.test(name));
}

/** Sends signals to a command at random moments. @param left reads what a run left */
export async function measureCommand(
  { name, args, isRun, twice = false }: InterruptedCommand,
  signals: number,
  random: Random,
  left: (directory: string) => Left,
): Promise<Measured> {
  let number = 0;
  const fresh = (): string => join(FOLDER, `${name.replaceAll(' ', '-')}-${number++}`);
  const whole = fresh();
  const begun = performance.now();
  await ended(start(args(whole)));
  const lengthMs = performance.now() - begun;
  const expected = isRun ? JSON.stringify(left(whole)) : '';
  const codes: Record<string, number> = {};
  const faults: string[] = [];
  let [sent, slowestSeconds, resumed, equal] = [0, 0, 0, 0];
  while (sent < signals) {
    const directory = fresh();
    let next = args(directory);
    for (let attempt = 0; attempt < 2; attempt++) {
      const { code, stderr, answerSeconds } = await ended(
        start(next),
        SIGNALS[random.nextInt(SIGNALS.length)],
        random.nextUnit() * lengthMs,
        twice,
      );
      if (answerSeconds === null) break;
      sent++;
      slowestSeconds = Math.max(slowestSeconds, answerSeconds);
      codes[code] = (codes[code] ?? 0) + 1;
      const at = `signal ${sent}`;
      if (answerSeconds > ANSWER_SECONDS) faults.push(`${at}: answered after ${answerSeconds.toFixed(2)} s`);
      if (!ANSWERS.includes(code) && code !== 0) faults.push(`${at}: exit ${code}`);
      if (/^\s+at .*:\d+:\d+/m.test(stderr)) faults.push(`${at}: stack trace`);
      const lost = leftovers(directory);
      if (lost.length > 0) faults.push(`${at}: ${lost.join()} left, ended by ${code}`);
      const alive = orphans();
      if (alive > 0) faults.push(`${at}: ${alive} children left`);
      if (!isRun || !existsSync(join(directory, 'run.json'))) break;
      next = ['resume', directory, ...quiet];
    }
    if (isRun && existsSync(join(directory, 'run.json'))) {
      await ended(start(['resume', directory, ...quiet]));
      resumed++;
      if (JSON.stringify(left(directory)) === expected) equal++;
    }
    rmSync(directory, { recursive: true, force: true });
  }
  return { sent, slowestSeconds, codes, faults, resumed, equal };
}
