import type { RunEvent } from '../../search/run-events.ts';
import type { PauseSource } from './pauses.ts';

/** A caller of a run: hears its events, and asks it to wait or to end. */
export interface RunListener extends PauseSource {
  readonly onEvent: (event: RunEvent) => void;
  /** Whether the user wants it to end now, with its state saved. */
  readonly isInterrupted: () => boolean;
  /** Told the run folder before anything else. */
  readonly onFolder?: (directory: string) => void;
}
