import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type AccuracyCommand, commandEvaluator } from '../../../src/app/cosearch/accuracy-command.ts';
import {
  type ListedProcess,
  PROC_LIST,
  type ProcessList,
  PS_LIST,
  processTree,
} from '../../../src/app/cosearch/process-tree.ts';
import { nasBenchMacro } from '../../../src/search/network/spaces/nas-bench-macro.ts';
import { isAlive, pidIn, until } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'trifold-tree-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GENOTYPE = [0, 2, 0, 1, 2, 1, 0, 0];
const evaluatorOf = (command: string, options: Partial<AccuracyCommand> = {}) =>
  commandEvaluator(nasBenchMacro, { command, timeLimitSeconds: 60, ...options });

let files = 0;
/** A program that writes its number into a file and sleeps. */
function sleeper(): { readonly file: string; readonly line: string } {
  const file = join(folder, `pid-${files++}`);
  return { file, line: `sh -c 'echo $$ > ${file}; exec sleep 1000'` };
}

/** Waits until the program has written its number. */
const written = (file: string) => `until test -s ${file}; do sleep 0.01; done`;

const LEAVERS: readonly (readonly [string, (line: string) => string])[] = [
  ['in the background', (line) => `${line} &`],
  ['without its pipes', (line) => `nohup ${line} > /dev/null 2>&1 < /dev/null &`],
  ['in a session of its own', (line) => `setsid ${line} &`],
  ['in a session of its own, without its pipes', (line) => `setsid ${line} > /dev/null 2>&1 < /dev/null &`],
  ['as a daemon, twice removed', (line) => `(setsid sh -c "${line.replaceAll('$', '\\$')} &" &)`],
  ['as a daemon without its environment', (line) => `(setsid env -i PATH="$PATH" ${line} &)`],
];

describe.skipIf(process.platform !== 'linux')('what an accuracy command starts', () => {
  it.each(LEAVERS)('%s ends after its answer', async (_name, leave) => {
    const { file, line } = sleeper();
    const answer = await evaluatorOf(`${leave(line)}\n${written(file)}\necho 75`).evaluate(GENOTYPE);
    expect(answer).toMatchObject({ top1Percent: 75 });
    await until(() => !isAlive(pidIn(file)));
  });

  it.each(LEAVERS)('%s does not outlive its time', async (_name, leave) => {
    const { file, line } = sleeper();
    const command = `${leave(line)}\n${written(file)}\necho 75\nwait\nsleep 1000`;
    await expect(evaluatorOf(command, { timeLimitSeconds: 0.4 }).evaluate(GENOTYPE)).rejects.toMatchObject({
      failure: 'timeout',
    });
    await until(() => !isAlive(pidIn(file)));
  });

  it('ends with it when the run is stopped, also what starts more meanwhile and what refuses to', async () => {
    const { file, line } = sleeper();
    const stop = new AbortController();
    const more = 'f() { while :; do sleep 0.01 & done; }';
    const command = `trap '' TERM INT HUP\n${more}\nf &\nsetsid ${line} &\nkill -STOP $$\nwait`;
    const running = evaluatorOf(command).evaluate(GENOTYPE, stop.signal);
    const ended = expect(running).rejects.toHaveProperty('name', 'AbortError');
    // While a process becomes another one it has no environment.
    await until(() => pidIn(file) > 0 && taskOf(pidIn(file)) !== '');
    const mark = taskOf(pidIn(file));
    stop.abort();
    await ended;
    await until(() => PROC_LIST.all().every(({ pid, isZombie }) => isZombie || taskOf(pid) !== mark));
  });

  it('ends when this process does', async () => {
    const { file, line } = sleeper();
    const before = process.listeners('exit');
    const stop = new AbortController();
    const running = evaluatorOf(`setsid ${line}`).evaluate(GENOTYPE, stop.signal);
    const ended = expect(running).rejects.toHaveProperty('name', 'AbortError');
    await until(() => pidIn(file) > 0);
    const [onExit, ...others] = process.listeners('exit').filter((listener) => !before.includes(listener));
    expect(others).toEqual([]);
    onExit!.call(process, 0);
    await until(() => !isAlive(pidIn(file)));
    stop.abort();
    await ended;
    expect(process.listeners('exit')).toEqual(before);
  });

  it('is found in the list of ps too, by its group and its parents', async () => {
    const { file, line } = sleeper();
    const evaluator = evaluatorOf(`${line} &\nwait`);
    const stop = new AbortController();
    const running = evaluator.evaluate(GENOTYPE, stop.signal);
    const ended = expect(running).rejects.toThrow();
    await until(() => pidIn(file) > 0);
    const inProc = PROC_LIST.one(pidIn(file))!;
    expect(PS_LIST.one(pidIn(file))).toEqual({ ...inProc, session: null, startTicks: null });
    const kill = vi.spyOn(process, 'kill');
    processTree(inProc.group, 'no such mark', PS_LIST).kill();
    expect(kill.mock.calls.filter(([, signal]) => signal === 'SIGKILL').map(([pid]) => pid)).toContain(inProc.pid);
    kill.mockRestore();
    await until(() => !isAlive(inProc.pid));
    stop.abort();
    await ended;
  });
});

describe('a tree of processes', () => {
  const ROOT = 500;
  const SELF = process.pid;
  const PIPES = new Map([
    [0, 'socket:[1]'],
    [1, 'socket:[2]'],
    [2, 'socket:[3]'],
    [3, 'pipe:[9]'],
  ]);
  interface Fake extends Partial<ListedProcess> {
    readonly pid: number;
    readonly marked?: boolean;
    readonly pipes?: ReadonlyMap<number, string>;
  }

  /** Numbers that are killed, of those that are listed in one scan after the other. */
  function killed(scans: readonly (readonly Fake[])[], began: number | null = 100): number[] {
    const calls: [number, unknown][] = [];
    const kill = vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
      calls.push([pid, signal]);
      return true;
    });
    let scan = 0;
    const now = () => scans[Math.min(scan, scans.length - 1)]!;
    const find = (pid: number) => now().find((one) => one.pid === pid);
    const listed = (one: Fake): ListedProcess => ({
      ...{ parent: 1, group: one.pid, session: one.pid, startTicks: began === null ? null : 100, isZombie: false },
      ...one,
    });
    const list: ProcessList = {
      all: () => {
        const all = now().map(listed);
        scan++;
        return all;
      },
      one: (pid) => listed({ pid, startTicks: began }),
      hasInEnvironment: (pid, text) =>
        text === 'mark' && scans.flat().some((one) => one.pid === pid && one.marked === true),
      openPipes: (pid) => (pid === ROOT && scan === 0 ? PIPES : (find(pid)?.pipes ?? new Map())),
    };
    try {
      processTree(ROOT, 'mark', list).kill();
    } finally {
      kill.mockRestore();
    }
    const stopped = calls.filter(([, signal]) => signal === 'SIGSTOP').map(([pid]) => pid);
    const ended = calls.filter(([, signal]) => signal === 'SIGKILL').map(([pid]) => pid);
    expect(ended).toEqual(stopped);
    return ended.sort((a, b) => a - b);
  }

  it.each<[string, readonly number[], readonly Fake[]]>([
    ['its session', [500, 501], [{ pid: 500 }, { pid: 501, session: ROOT }, { pid: 502 }]],
    ['its group', [501], [{ pid: 501, group: ROOT, session: 1 }]],
    ['what carries its mark', [501], [{ pid: 501, marked: true }]],
    ['what holds its pipes', [501], [{ pid: 501, pipes: new Map([[7, 'socket:[2]']]) }]],
    ['no one who holds another pipe that it inherited', [], [{ pid: 501, pipes: new Map([[3, 'pipe:[9]']]) }]],
    [
      'children and theirs, in any order',
      [501, 502, 503],
      [
        { pid: 503, parent: 502 },
        { pid: 502, parent: 501 },
        { pid: 501, marked: true },
      ],
    ],
    [
      'no zombie, and no older process',
      [],
      [
        { pid: 501, session: ROOT, isZombie: true },
        { pid: 502, marked: true, startTicks: 99 },
      ],
    ],
    [
      'not this process',
      [501],
      [
        { pid: SELF, marked: true, session: ROOT },
        { pid: 501, marked: true },
      ],
    ],
    [
      'none of a stranger that got its number',
      [502],
      [
        { pid: 500, startTicks: 200 },
        { pid: 501, session: ROOT, startTicks: 201 },
        { pid: 502, marked: true },
      ],
    ],
  ])('has %s', (_name, expected, processes) => {
    expect(killed([processes])).toEqual(expected.filter((pid) => pid !== SELF));
  });

  it('is scanned until nothing new is in it', () => {
    const first = { pid: 501, marked: true };
    const second = { pid: 502, parent: 501 };
    const third = { pid: 503, parent: 502 };
    expect(killed([[first], [first, second], [first, second, third], [first, second, third]])).toEqual([501, 502, 503]);
  });

  it('is known by group and parents where the list says no more', () => {
    expect(
      killed([[{ pid: 500 }, { pid: 501, group: ROOT, session: null }, { pid: 502, session: null }]], null),
    ).toEqual([500, 501]);
  });
});

describe('accuracy commands', () => {
  it.each([
    ['too-much-output', 'yes x >&2'],
    ['too-much-output', 'yes 75'],
    ['timeout', 'exec >&- 2>&-; sleep 1000'],
    ['timeout', 'echo 75; sleep 1000'],
    ['timeout', 'kill -STOP $$; echo 75'],
    ['exit', 'echo 75; kill -SEGV $$'],
    ['no-answer', 'sh -c "exec <&-"; exit 0'],
  ])('fail as %s: %s', async (failure, command) => {
    const evaluator = evaluatorOf(command, { timeLimitSeconds: 0.5, outputLimitBytes: 2 ** 16 });
    await expect(evaluator.evaluate(GENOTYPE)).rejects.toMatchObject({ failure });
  });

  it.each(['echo 75; exec <&-', 'cd /; echo 75', 'exec 3>&1; echo 75 >&3', 'printf 75'])(
    'answer: %s',
    async (command) => {
      expect(await evaluatorOf(command).evaluate(GENOTYPE)).toMatchObject({ top1Percent: 75 });
    },
  );

  it('that came in time have answered, however late this thread looks', async () => {
    const { file } = sleeper();
    const running = evaluatorOf(`echo 75; echo 1 > ${file}`, { timeLimitSeconds: 0.3 }).evaluate(GENOTYPE);
    await new Promise((done) => setTimeout(done, 1));
    const busyUntil = (isOver: () => boolean) => {
      while (!isOver());
    };
    busyUntil(() => pidIn(file) > 0);
    const from = performance.now();
    busyUntil(() => performance.now() - from > 600);
    expect(await running).toMatchObject({ top1Percent: 75 });
  });

  it('may be many at once: no listener is left, and there is one of each however many they are', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const adding = vi.spyOn(signal, 'addEventListener');
    const removing = vi.spyOn(signal, 'removeEventListener');
    const exits = process.listenerCount('exit');
    const evaluator = evaluatorOf('echo 75');
    const networks = Array.from({ length: 24 }, (_, n) => [...n.toString(3).padStart(8, '0')].map(Number));
    const answers = Promise.all(networks.map((network) => evaluator.evaluate(network, signal)));
    await Promise.resolve();
    expect(process.listenerCount('exit')).toBe(exits + 1);
    expect(await answers).toHaveLength(networks.length);
    await new Promise((done) => setImmediate(done));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect(process.listenerCount('exit')).toBe(exits);
    expect(removing).toHaveBeenCalledTimes(adding.mock.calls.length);
    expect(adding).toHaveBeenCalledTimes(1);
  });
});

/** The mark of the command that a process belongs to; empty for none. */
function taskOf(pid: number): string {
  try {
    return /TRIFOLD_TASK=([^\0]+)/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1'))?.[1] ?? '';
  } catch {
    return '';
  }
}
