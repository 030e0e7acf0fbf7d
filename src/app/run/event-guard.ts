import type { RunEvent } from '../../search/run-events.ts';

const EVENT_KINDS: readonly RunEvent['kind'][] = [
  'started',
  'baseline',
  'generation',
  'layer',
  'best-layers',
  'found',
  'progress',
  'note',
  'paused',
  'correlation',
  'finished',
];

/** Whether a journal line is an event of a run. */
export function isRunEvent(value: unknown): value is RunEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (EVENT_KINDS as readonly unknown[]).includes(value.kind)
  );
}
