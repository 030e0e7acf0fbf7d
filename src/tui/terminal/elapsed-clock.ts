import type { Timers } from './frame-clock.ts';

/** Time between two ticks. */
const TICK_MS = 1000;

/** The time of a run between its events, which may be far apart: it goes on from what the last one said. */
export class ElapsedClock {
  readonly #timers: Timers;
  readonly #onTick: () => void;
  #heard: { readonly seconds: number; readonly atMs: number } | null;
  #cancel: (() => void) | undefined;

  /** @param isOwn whether the run begins now; of one that is watched the time is not known before it says so */
  constructor(timers: Timers, isOwn: boolean, onTick: () => void) {
    this.#timers = timers;
    this.#onTick = onTick;
    this.#heard = isOwn ? { seconds: 0, atMs: timers.now() } : null;
    this.#next();
  }

  /** Takes the time that an event tells. */
  hear(seconds: number): void {
    this.#heard = { seconds, atMs: this.#timers.now() };
  }

  /** Seconds of the run now; null while unknown. */
  get seconds(): number | null {
    return this.#heard === null ? null : this.#heard.seconds + (this.#timers.now() - this.#heard.atMs) / 1000;
  }

  /** Ticks no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #next(): void {
    this.#cancel = this.#timers.after(TICK_MS, () => {
      this.#next();
      this.#onTick();
    });
  }
}
