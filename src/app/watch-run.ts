import type { RunEvent } from '../search/run-events.ts';
import { followJournal } from '../study/follow-journal.ts';
import { isRunEvent } from './run-event-guard.ts';

/** What somebody who watches a run is told. */
export type WatchedEvent = { readonly kind: 'event'; readonly event: RunEvent } | { readonly kind: 'restarted' };

/** The events of a run of this or another process, from its first one on, until it is finished or the signal. @throws TrifoldError `foreign`, `io` */
export function watchRun(directory: string, signal: AbortSignal): AsyncGenerator<WatchedEvent, void, void> {
  return followJournal(directory, isRunEvent, { signal });
}
