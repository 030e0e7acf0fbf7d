import { Worker } from 'node:worker_threads';

/** Seconds of processor time of one input after which the process is ended: nothing else ends code that does not return. */
const HARD_SECONDS = 20;
const MOST_BYTES = 4 * 2 ** 20;

/** Runs beside the fuzzed code, which may never return. In plain JavaScript, so that it needs no loader. */
const SOURCE = `
const { workerData: { seconds, begun, bytes, length, path } } = require('node:worker_threads');
const { writeFileSync, writeSync } = require('node:fs');
setInterval(() => {
  const since = Atomics.load(begun, 0);
  const { user, system } = process.cpuUsage();
  if (since === 0n || BigInt(user + system) - since < BigInt(seconds * 1e6)) return;
  writeFileSync(path, bytes.slice(0, Atomics.load(length, 0)));
  writeSync(2, 'an input does not end: it is in ' + path + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 500);
`;

/** Ends the process when an input does not end, and saves that input. */
export interface Watchdog {
  /** Told of every input before it is tried. */
  readonly begin: (bytes: Buffer) => void;
  readonly end: () => void;
}

/** Starts a watchdog. @param path where an input without an end is saved */
export function startWatchdog(path: string): Watchdog {
  const begun = new BigInt64Array(new SharedArrayBuffer(8));
  const length = new Int32Array(new SharedArrayBuffer(4));
  const bytes = new Uint8Array(new SharedArrayBuffer(MOST_BYTES));
  const workerData = { seconds: HARD_SECONDS, begun, bytes, length, path };
  new Worker(SOURCE, { eval: true, workerData, execArgv: [] }).unref();
  return {
    begin: (input) => {
      bytes.set(input.subarray(0, MOST_BYTES));
      Atomics.store(length, 0, Math.min(input.length, MOST_BYTES));
      const { user, system } = process.cpuUsage();
      Atomics.store(begun, 0, BigInt(user + system));
    },
    end: () => {
      Atomics.store(begun, 0, 0n);
    },
  };
}
