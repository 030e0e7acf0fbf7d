/** A flag that all threads see: raised once, never lowered. Plain data for messages between threads. */
export type StopFlag = Int32Array<SharedArrayBuffer>;

/** A flag that is not raised. */
export function stopFlag(): StopFlag {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Raises a flag for good. */
export function raise(flag: StopFlag): void {
  Atomics.store(flag, 0, 1);
}

/** Whether a flag is raised. */
export function isRaised(flag: StopFlag): boolean {
  return Atomics.load(flag, 0) === 1;
}
