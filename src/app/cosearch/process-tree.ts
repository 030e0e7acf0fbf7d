import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process as the system lists it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Null where the list does not say it. */
  readonly session: number | null;
  /** When it started, in ticks of the system; null where the list does not say it. */
  readonly startTicks: number | null;
  /** Ended, but not yet noticed by its parent. */
  readonly isZombie: boolean;
}

/** How the processes of this machine are listed. */
export interface ProcessList {
  readonly all: () => readonly ListedProcess[];
  readonly one: (pid: number) => ListedProcess | null;
  /** Whether a process was started with this text in its environment; false where the system does not tell. */
  readonly hasInEnvironment: (pid: number, text: string) => boolean;
  /** Pipes that a process has open, by descriptor: equal texts for the same pipe; empty where the system does not tell. */
  readonly openPipes: (pid: number) => ReadonlyMap<number, string>;
}

/** A program and all that it started. */
export interface ProcessTree {
  /** Ends all that still runs, at once and without waiting: it cannot refuse. */
  readonly kill: () => void;
}

/** Scans for new members before what is there is killed, at most: processes may start others meanwhile. */
const MOST_SCANS = 100;

/** The processes below `/proc` (Linux). */
export const PROC_LIST: ProcessList = {
  all: () =>
    readdirSync('/proc').flatMap((name) => {
      const found = /^\d+$/.test(name) ? listedInProc(Number(name)) : null;
      return found === null ? [] : [found];
    }),
  one: listedInProc,
  hasInEnvironment: (pid, text) => {
    try {
      return readFileSync(`/proc/${pid}/environ`).includes(text);
    } catch {
      // Ended, or of another user.
      return false;
    }
  },
  openPipes: (pid) => {
    try {
      const links = readdirSync(`/proc/${pid}/fd`).map(
        (name) => [Number(name), linkOf(`/proc/${pid}/fd/${name}`)] as const,
      );
      return new Map(links.filter(([, link]) => /^(socket|pipe):/.test(link)));
    } catch {
      return new Map();
    }
  },
};

/** The processes as `ps` lists them (macOS and others). */
export const PS_LIST: ProcessList = {
  all: () => psRows(['-A']),
  one: (pid) => psRows(['-p', String(pid)])[0] ?? null,
  hasInEnvironment: () => false,
  openPipes: () => new Map(),
};

/** How this system lists its processes. */
function systemList(): ProcessList {
  return process.platform === 'linux' && listedInProc(process.pid) !== null ? PROC_LIST : PS_LIST;
}

/**
 * Follows a program that has just been started as the leader of a session of its own. Members of its tree are: what belongs to its session or
 * process group, what was started with the mark in its environment or holds its pipes, and whatever these started.
 * @param mark text that only the environment of this program has
 */
export function processTree(root: number, mark: string, list = systemList()): ProcessTree {
  const began = list.one(root)?.startTicks ?? null;
  const opened = list.openPipes(root);
  // Others are inherited, and those of strangers as well.
  const pipes = new Set([0, 1, 2].flatMap((descriptor) => opened.get(descriptor) ?? []));
  const members = (): number[] => {
    const others = list.all().filter(({ pid }) => pid !== process.pid);
    const isYounger = ({ startTicks }: ListedProcess) => began === null || startTicks === null || startTicks >= began;
    const young = others.filter((one) => !one.isZombie && isYounger(one));
    // The number of a program that has ended may be given to another one, but only when nothing of its session is left.
    const isReused = others.some(({ pid, startTicks }) => pid === root && startTicks !== began);
    const isOwn = ({ pid, group, session }: ListedProcess) =>
      (!isReused && (group === root || session === root)) ||
      list.hasInEnvironment(pid, mark) ||
      [...list.openPipes(pid).values()].some((pipe) => pipes.has(pipe));
    return withDescendants(young, new Set(young.filter(isOwn).map(({ pid }) => pid)));
  };
  return {
    kill: () => {
      // What is stopped starts nothing more, so that the last scan has found all.
      const stopped = new Set<number>();
      for (let scan = 0; scan < MOST_SCANS; scan++) {
        const found = members().filter((pid) => !stopped.has(pid));
        if (found.length === 0) break;
        for (const pid of found) {
          stopped.add(pid);
          send(pid, 'SIGSTOP');
        }
      }
      for (const pid of stopped) send(pid, 'SIGKILL');
    },
  };
}

function withDescendants(processes: readonly ListedProcess[], members: Set<number>): number[] {
  for (let before = -1; before < members.size; ) {
    before = members.size;
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself, or belongs to another user.
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** `/proc/PID/stat`: the name in parentheses may hold anything, figures follow it. */
function listedInProc(pid: number): ListedProcess | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const figure = (place: number) => Number(fields[place]);
    const state = fields[0];
    return {
      pid,
      parent: figure(1),
      group: figure(2),
      session: figure(3),
      startTicks: figure(19),
      isZombie: state === 'Z' || state === 'X',
    };
  } catch {
    return null;
  }
}

function psRows(which: readonly string[]): ListedProcess[] {
  const { stdout } = spawnSync('ps', [...which, '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (state === undefined) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        session: null,
        startTicks: null,
        isZombie: state.startsWith('Z'),
      },
    ];
  });
}
