import type { RunEvent } from '../../search/run-events.ts';
import { type Followed, followJournal } from '../../study/follow-journal.ts';
import { isRunEvent } from './event-guard.ts';

/** An event of a watched run, or news of its folder. */
export type WatchedEvent = Followed<RunEvent>;

/** The events of a run of this or another process, from its first one on, until it is finished or the signal. @throws TrifoldError `foreign`, `io` */
export function watchRun(directory: string, signal: AbortSignal): AsyncGenerator<WatchedEvent, void, void> {
  return followJournal(directory, isRunEvent, { signal });
}
