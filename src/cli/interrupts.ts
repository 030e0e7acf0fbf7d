import { readFileSync } from 'node:fs';
import { EXIT, warn } from './context.ts';

/** What asks a process to end: Ctrl-C, `kill`, a terminal that closes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals sooner after the first are the same request: `timeout` and npm send theirs twice. */
const SAME_MS = 200;
/** When what does not end cleanly is ended: all that a run needs to go on is on disk at any time. */
const LATEST_MS = 500;

/** Requests to end long work: the first ends it cleanly with its state saved, the second at once. */
export interface Interrupts {
  readonly isInterrupted: () => boolean;
  /** Aborted by the first. */
  readonly signal: AbortSignal;
  /** A request that is no signal, of a key. */
  readonly interrupt: () => void;
  /** Gives the signals back. */
  readonly close: () => void;
}

/** What is said of an interruption. */
export interface InterruptTexts {
  /** With the first; null = nothing, where a view is open. */
  readonly first: string | null;
  /** Before the process ends in the midst of its work. */
  readonly last: () => string;
}

/** What is said with the first request where no view is open. */
export const FIRST_INTERRUPT = 'ending cleanly; press Ctrl-C again to end at once';
const TEXTS: InterruptTexts = { first: FIRST_INTERRUPT, last: () => 'interrupted' };

/**
 * Listens for signals; to be called only where there is something to save, and where work lets the event loop turn. Everywhere else a signal does
 * what it does to any process: it ends it at once. What remains to be undone then is for listeners of the process's `exit`.
 */
export function followInterrupts(texts: InterruptTexts = TEXTS): Interrupts {
  const end = new AbortController();
  let firstMs = 0;
  let latest: NodeJS.Timeout | undefined;
  const endNow = (): void => {
    warn(texts.last());
    process.exit(EXIT.interrupted);
  };
  const interrupt = (): void => {
    const now = performance.now();
    if (end.signal.aborted) {
      if (now - firstMs >= SAME_MS) endNow();
      return;
    }
    firstMs = now;
    latest = setTimeout(endNow, LATEST_MS);
    if (texts.first !== null) warn(texts.first);
    end.abort();
  };
  const isImmune = ignoresHangUp();
  // A terminal that closes is told to a process more than once.
  const listeners = SIGNALS.map((name) => ({
    name,
    listener: name === 'SIGHUP' ? () => void (end.signal.aborted || isImmune || interrupt()) : interrupt,
  }));
  for (const { name, listener } of listeners) process.on(name, listener);
  return {
    isInterrupted: () => end.signal.aborted,
    signal: end.signal,
    interrupt,
    close: () => {
      clearTimeout(latest);
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}

/**
 * Whether this process was started to outlive its terminal. Node sets signals that are ignored at its start back to what they do by default, so
 * `nohup` is known by what else it leaves: the name of the command that the shell called, or a parent that ignores the signal.
 */
function ignoresHangUp(): boolean {
  return /(^|\/)nohup$/.test(process.env._ ?? '') || parentIgnoresHangUp();
}

function parentIgnoresHangUp(): boolean {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))?.[1];
    return ignored !== undefined && (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
}

/** Lets a process that was started so outlive its terminal, whatever it is at. */
export function keepIgnoringHangUp(): void {
  if (ignoresHangUp()) process.on('SIGHUP', () => undefined);
}
