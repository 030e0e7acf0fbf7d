import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { TrifoldError } from '../util/errors.ts';
import type { WorkerSetup } from './task.ts';

/** Threads that run one task at a time each, replaced when they end. */
export interface Threads<Input, Output> {
  /**
   * Runs the task of the setup on the next free thread.
   * @param signal ends the thread; the call is rejected with its reason
   * @throws ThreadEnd when the thread ended before it had an answer
   */
  readonly run: (input: Input, signal: AbortSignal | undefined) => Promise<Output>;
  /** Ends all; what runs is rejected. */
  readonly close: () => Promise<void>;
}

/** A thread that ended by itself: out of memory, or ended from outside. */
export class ThreadEnd extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ThreadEnd';
  }

  /** For users. */
  asTrifoldError(): TrifoldError {
    return new TrifoldError('thread', `the thread that works on it ended twice: ${this.message}`, {
      hint: 'fewer --workers leave more memory to each, NODE_OPTIONS=--max-old-space-size=MB allows more; a run goes on with trifold resume',
    });
  }
}

/**
 * Short-lived objects that a thread holds before they are collected, in MB; a limit to collect at, not one to fail at. Node's own is 48: with two
 * threads at a search within Eyeriss that took 140 MB more at the peak and saved 5 % of the processor time.
 */
const YOUNG_GENERATION_MB = 12;

/** Opens threads; they start now. */
export async function openThreads<Input, Output>(setup: WorkerSetup, workers: number): Promise<Threads<Input, Output>> {
  const { Piscina } = await import('piscina');
  const open = () => openCrew<Input, Output>(new Piscina(crewOptions(setup, workers)));
  let crew = open();
  let isClosed = false;
  return {
    run: async (input, signal) => {
      if (crew.hasFailed() && !isClosed) crew = open();
      try {
        return await crew.run(input, signal);
      } catch (error) {
        signal?.throwIfAborted();
        // What cannot be sent to a thread or back is a defect of the task, not of the thread.
        if (isClosed || (error instanceof Error && error.name === 'DataCloneError')) throw error;
        throw new ThreadEnd(error);
      }
    },
    close: async () => {
      isClosed = true;
      await crew.close();
    },
  };
}

/** Threads that may fail as a whole. */
interface Crew<Input, Output> extends Threads<Input, Output> {
  readonly hasFailed: () => boolean;
}

function crewOptions(workerData: WorkerSetup, workers: number): ConstructorParameters<typeof Piscina>[0] {
  // In a checkout the threads run TypeScript. `--import tsx` does not do: in a thread it leaves `import()` as it is.
  const isSource = import.meta.url.endsWith('.ts');
  return {
    filename: fileURLToPath(new URL(isSource ? './worker.ts' : './worker.js', import.meta.url)),
    name: 'runChunk',
    minThreads: workers,
    maxThreads: workers,
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    ...(isSource ? { execArgv: ['--import', new URL('./typescript-loader.mjs', import.meta.url).href] } : {}),
  };
}

function openCrew<Input, Output>(threads: Piscina<Input, Output>): Crew<Input, Output> {
  let isClosing = false;
  let hasFailed = false;
  const failure = new Promise<never>((_resolve, reject) => {
    const fail = (error: unknown): void => {
      if (hasFailed || isClosing) return;
      hasFailed = true;
      reject(error);
      void threads.destroy();
    };
    // One that fails outside its tasks, above all while it starts, would be replaced by another one that fails, for ever.
    threads.on('error', fail);
    // One that ends while it starts is not replaced: without any, tasks would wait for ever.
    threads.on('workerDestroy', () => {
      setImmediate(() => {
        if (threads.threads.length === 0) fail(new Error('all threads ended'));
      });
    });
  });
  failure.catch(() => undefined);
  return {
    hasFailed: () => hasFailed,
    run: (input, signal) => Promise.race([threads.run(input, signal === undefined ? {} : { signal }), failure]),
    close: async () => {
      isClosing = true;
      await threads.destroy();
    },
  };
}
