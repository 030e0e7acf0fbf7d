import type { ProcessTree } from './process-tree.ts';

interface Ends {
  readonly ends: Set<() => void>;
  readonly listener: () => void;
}

/** The programs of one evaluator that run, and what ends them. One listener each, however many there are. */
export class RunningCommands {
  readonly #trees = new Set<ProcessTree>();
  readonly #ends = new Map<AbortSignal, Ends>();
  readonly #killAll = (): void => {
    for (const tree of this.#trees) tree.kill();
  };

  /** Adds a program: from now on it ends with this process. @returns takes it away again */
  add(tree: ProcessTree): () => void {
    if (this.#trees.size === 0) process.on('exit', this.#killAll);
    this.#trees.add(tree);
    return () => {
      if (this.#trees.delete(tree) && this.#trees.size === 0) process.off('exit', this.#killAll);
    };
  }

  /** Calls back when the signal is aborted. @returns gives this up */
  onAbort(signal: AbortSignal | undefined, end: () => void): () => void {
    if (signal === undefined) return () => {};
    const known = this.#ends.get(signal);
    const { ends, listener } = known ?? this.#listenTo(signal);
    ends.add(end);
    return () => {
      if (!ends.delete(end) || ends.size > 0) return;
      signal.removeEventListener('abort', listener);
      this.#ends.delete(signal);
    };
  }

  #listenTo(signal: AbortSignal): Ends {
    const ends = new Set<() => void>();
    const entry = { ends, listener: () => [...ends].forEach((end) => void end()) };
    signal.addEventListener('abort', entry.listener);
    this.#ends.set(signal, entry);
    return entry;
  }

  /** Waits, or until the signal is aborted. */
  pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        giveUp();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const giveUp = this.onAbort(signal, done);
    });
  }
}
