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
/** News wait so long for others: a run emits several events at once, and they share a frame. */
export const GATHERING_MS = 60;
/** Share of the time that frames may take over a long run. */
export const FRAME_SHARE = 0.02;
/** Drawing time that may be saved up, and that there is at the start, when code is not compiled yet and frames are slow. */
export const MOST_CREDIT_MS = 250;
/** Frames that a person asked for are drawn on credit, but only so far. */
const LEAST_CREDIT_MS = -150;
/**
 * News wait no longer than this after a frame. Frames are timed by the clock, which overstates them where the search keeps all
 * processors busy; the largest frame takes some 35 ms of processor time, so that one in this time stays below the share.
 */
export const LONGEST_WAIT_MS = 2000;

/**
 * Decides when to draw. News of the run wait until there is drawing time, which grows with time at {@link FRAME_SHARE}, but at most
 * {@link LONGEST_WAIT_MS}; keys and new sizes wait only until {@link FRAME_INTERVAL_MS} after the last frame. Requests in between
 * share one frame.
 */
export class FrameClock {
  readonly #draw: () => void;
  readonly #timers: Timers;
  #lastStart = -Infinity;
  #creditMs = MOST_CREDIT_MS;
  #creditAt: number;
  #cancel: (() => void) | undefined;
  #dueAt = Infinity;
  #stopped = false;

  constructor(draw: () => void, timers: Timers) {
    this.#draw = draw;
    this.#timers = timers;
    this.#creditAt = timers.now();
  }

  /** Asks for a frame. @param soon for what a person waits for */
  request(soon: boolean): void {
    if (this.#stopped) return;
    const now = this.#timers.now();
    const earliest = this.#lastStart + FRAME_INTERVAL_MS;
    const affordable = Math.min(now - this.#credit(now) / FRAME_SHARE, this.#lastStart + LONGEST_WAIT_MS);
    const dueAt = soon ? earliest : Math.max(earliest, affordable, now + GATHERING_MS);
    if (this.#cancel !== undefined && dueAt >= this.#dueAt) return;
    this.#cancel?.();
    this.#cancel = undefined;
    if (dueAt <= now) {
      this.#drawNow();
      return;
    }
    this.#dueAt = dueAt;
    this.#cancel = this.#timers.after(Math.ceil(dueAt - now), () => this.#drawNow());
  }

  /** Draws no more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #credit(now: number): number {
    return Math.min(MOST_CREDIT_MS, this.#creditMs + (now - this.#creditAt) * FRAME_SHARE);
  }

  #drawNow(): void {
    this.#cancel = undefined;
    this.#dueAt = Infinity;
    if (this.#stopped) return;
    const start = this.#timers.now();
    this.#lastStart = start;
    this.#draw();
    const end = this.#timers.now();
    this.#creditMs = Math.max(LEAST_CREDIT_MS, this.#credit(start) - (end - start));
    this.#creditAt = end;
  }
}
