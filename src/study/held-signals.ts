const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let held: readonly (readonly [NodeJS.Signals, () => void])[] = [];
let calls = 0;

/**
 * Does work during which no signal ends the process where nobody listens to it: it ends right after. For synchronous work that would leave something
 * half done; signals that somebody listens to wait for it anyway.
 */
export function holdingSignals(work: () => void): void {
  const call = ++calls;
  if (held.length === 0)
    held = SIGNALS.filter((signal) => process.listenerCount(signal) === 0).map((signal) => {
      const end = (): void => {
        if (process.listenerCount(signal) > 1) return;
        release();
        process.kill(process.pid, signal);
      };
      process.on(signal, end);
      return [signal, end] as const;
    });
  try {
    work();
  } finally {
    // A signal that came meanwhile is told in the next turn of the event loop, and lost where nobody listens then.
    setImmediate(() =>
      setImmediate(() => {
        if (call === calls) release();
      }),
    );
  }
}

function release(): void {
  for (const [signal, end] of held) process.off(signal, end);
  held = [];
}
