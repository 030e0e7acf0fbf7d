import { EXIT, ExitSignal } from './context.ts';

/** Ctrl-C of a long search: the first ends it cleanly with its state saved, the second at once. */
export interface Interrupts {
  readonly isInterrupted: () => boolean;
  /** Aborted by the first. */
  readonly signal: AbortSignal;
  /** Gives the signals back. */
  readonly close: () => void;
}

/** Starts to listen for SIGINT and SIGTERM. */
export function followInterrupts(): Interrupts {
  const end = new AbortController();
  const onSignal = (): void => {
    if (end.signal.aborted) process.exit(130);
    process.stderr.write('ending cleanly; press Ctrl-C again to end at once\n');
    end.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    isInterrupted: () => end.signal.aborted,
    signal: end.signal,
    close: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

/** Runs work on other threads that ends with the signal, and the command with exit code 130 then. */
export async function untilInterrupted<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const { signal, close } = followInterrupts();
  try {
    return await work(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('interrupted\n');
    throw new ExitSignal(EXIT.interrupted);
  } finally {
    close();
  }
}
