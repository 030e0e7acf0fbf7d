import type { PausedEvent } from '../../search/run-events.ts';

/** The pauses that a caller asks for. */
export interface PauseSource {
  /** Whether the user wants the run to wait. */
  readonly isPaused?: () => boolean;
  /** Resolves when it may go on. */
  readonly whenUnpaused?: () => Promise<void>;
}

/**
 * Where a run waits while it is paused. It tells when it begins to wait and when it goes on, once however many wait at the same time,
 * so that those who follow its journal see it too.
 */
export function announcedPauses(source: PauseSource, onEvent: (event: PausedEvent) => void): () => Promise<void> {
  let wait: Promise<void> | null = null;
  const pause = async (): Promise<void> => {
    onEvent({ kind: 'paused', paused: true });
    await source.whenUnpaused?.();
    wait = null;
    onEvent({ kind: 'paused', paused: false });
  };
  return async () => {
    if (wait === null && source.isPaused?.() === true) wait = pause();
    await wait;
  };
}
