/** Time and timers, so that tests can hold them. Times in ms. */
export interface Timers {
  readonly now: () => number;
  /** Calls back once after a delay; must not keep the process alive. @returns a function that cancels it */
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** Timers of the process. */
export const PROCESS_TIMERS: Timers = {
  now: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** Shortest time between two frames: at most 10 per second. */
export const FRAME_INTERVAL_MS = 100;
/** Largest share of the time that frames may take when only the run asks for them. */
export const FRAME_SHARE = 0.02;
/** Longest wait for a frame however slow frames are. */
const LONGEST_WAIT_MS = 2000;

/**
 * Decides when to draw. News of the run wait until drawing takes no more than {@link FRAME_SHARE} of the time; keys and new sizes
 * only until {@link FRAME_INTERVAL_MS} after the last frame. Requests in between share one frame.
 */
export class FrameClock {
  readonly #draw: () => void;
  readonly #timers: Timers;
  #lastStart = -Infinity;
  #lastCostMs = 0;
  #cancel: (() => void) | undefined;
  #dueAt = Infinity;
  #stopped = false;

  constructor(draw: () => void, timers: Timers) {
    this.#draw = draw;
    this.#timers = timers;
  }

  /** Asks for a frame. @param soon for what a person waits for */
  request(soon: boolean): void {
    if (this.#stopped) return;
    const wait = soon
      ? FRAME_INTERVAL_MS
      : Math.min(LONGEST_WAIT_MS, Math.max(FRAME_INTERVAL_MS, this.#lastCostMs / FRAME_SHARE));
    const dueAt = this.#lastStart + wait;
    if (this.#cancel !== undefined && dueAt >= this.#dueAt) return;
    this.#cancel?.();
    this.#cancel = undefined;
    const delay = dueAt - this.#timers.now();
    if (delay <= 0) return this.#drawNow();
    this.#dueAt = dueAt;
    this.#cancel = this.#timers.after(Math.ceil(delay), () => this.#drawNow());
  }

  /** Draws no more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #drawNow(): void {
    this.#cancel = undefined;
    this.#dueAt = Infinity;
    if (this.#stopped) return;
    this.#lastStart = this.#timers.now();
    this.#draw();
    this.#lastCostMs = this.#timers.now() - this.#lastStart;
  }
}
