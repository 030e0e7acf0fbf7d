/** Ctrl-C of a long search: the first ends it cleanly with its state saved, the second at once. */
export interface Interrupts {
  readonly isInterrupted: () => boolean;
  /** Gives the signals back. */
  readonly close: () => void;
}

/** Starts to listen for SIGINT and SIGTERM. */
export function followInterrupts(): Interrupts {
  let interrupted = false;
  const onSignal = (): void => {
    if (interrupted) process.exit(130);
    interrupted = true;
    process.stderr.write('ending after the current generation; press Ctrl-C again to end at once\n');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    isInterrupted: () => interrupted,
    close: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
