import { runEvent } from '../../formats/run/events.ts';
import { fits } from '../../formats/run/read.ts';
import type { RunEvent } from '../../search/run-events.ts';

/** Whether a journal line is an event of a run, with all that views and reports read of it. */
export function isRunEvent(value: unknown): value is RunEvent {
  return fits(runEvent, value);
}
