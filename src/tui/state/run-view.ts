import type { CorrelationEvent, RunEvent } from '../../search/run-events.ts';
import { EMPTY_RUN, type RunState, reduceRun, settleGenerations } from '../../search/run-state.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { addDesignPoints, fromFrontPoint, POINT_LIMIT } from './design-points.ts';
import { addToHistory, NO_HISTORY, type RunHistory } from './run-history.ts';
import { type LogEntry, logLine } from './run-log.ts';

/**
 * The state of a run with its course, its log and whether anybody works on it. Immutable and bounded, however long the run is: it
 * keeps {@link KEPT_GENERATIONS}, thins correlations to {@link POINT_LIMIT} distinct points, and has notes in its log only.
 */
export interface RunView extends RunState, RunHistory {
  /** Whether a process works on it, as far as is known. */
  readonly isAttended: boolean;
  /** Seconds of the run now: between its events time goes on. Null = as of its last progress event. */
  readonly nowSeconds: number | null;
  /** The course up to generation `settled`. */
  readonly settledHistory: RunHistory;
  readonly log: readonly LogEntry[];
}

/** Most lines of the log. */
export const LOG_LIMIT = 500;
/** Most generations: so many of the last ones may be emitted again. */
export const KEPT_GENERATIONS = 16;

/** The view before the first event. */
export const EMPTY_VIEW: RunView = {
  ...EMPTY_RUN,
  ...NO_HISTORY,
  isAttended: true,
  nowSeconds: null,
  settledHistory: NO_HISTORY,
  log: [],
};

/** The view after one more event. Events of a kind it does not know (a newer journal) change nothing. */
export function reduceRunView(view: RunView, event: RunEvent): RunView {
  const next = withHistory(view, bounded(reduceRun(view, event), event), event);
  const line = logLine(view, next, event);
  return line === null ? next : withLog(next, line.level, line.text);
}

/** The view at a time of the run; it stands still when nobody works on the run. @param seconds null = not known */
export function atTime(view: RunView, seconds: number | null): RunView {
  return view.status === 'finished' || !view.isAttended ? view : { ...view, nowSeconds: seconds };
}

/** Seconds of the run; null while unknown. */
export function elapsedSeconds({ nowSeconds, progress }: Pick<RunView, 'nowSeconds' | 'progress'>): number | null {
  return nowSeconds ?? progress?.elapsedSeconds ?? null;
}

/** Seconds that are left to the end of the search, as far as it is known. */
export function secondsLeft(view: Pick<RunView, 'nowSeconds' | 'progress'>): number | null {
  const { progress } = view;
  if (progress === null || progress.remainingSeconds === null) return null;
  return Math.max(0, progress.remainingSeconds - ((elapsedSeconds(view) ?? 0) - progress.elapsedSeconds));
}

/** The view after a process has left the run, or taken it up again. */
export function setAttended(view: RunView, isAttended: boolean): RunView {
  if (view.isAttended === isAttended || view.status === 'finished') return view;
  const next = { ...view, isAttended };
  return isAttended
    ? withLog(next, 'info', 'a process works on this run again')
    : withLog(next, 'warning', 'no process works on this run any more; trifold resume continues it');
}

function bounded(view: RunView, event: RunEvent): RunView {
  switch (event.kind) {
    case 'note':
      return { ...view, notes: [] };
    case 'correlation':
      return { ...view, correlations: view.correlations.map(thinned) };
    default:
      return view;
  }
}

function withHistory(before: RunView, view: RunView, event: RunEvent): RunView {
  if (event.kind === 'finished' && event.design !== null) {
    // The baseline may be on the front, but is a trial of no generation.
    const baseline = event.design.front.filter(({ trial }) => trial === BASELINE_TRIAL);
    return { ...view, points: addDesignPoints(view.points, baseline.map(fromFrontPoint)) };
  }
  if (event.kind !== 'generation' || view.generations === before.generations) return view;
  const { run, dropped } = settleGenerations(view, KEPT_GENERATIONS);
  const settledHistory = dropped.reduce(addToHistory, view.settledHistory);
  const isNext = view.generations.length > before.generations.length && view.generations.at(-1) === event;
  const history = isNext ? addToHistory(before, event) : run.generations.reduce(addToHistory, settledHistory);
  return { ...run, settledHistory, ...history };
}

function thinned(correlation: CorrelationEvent): CorrelationEvent {
  const distinct = [...new Map(correlation.points.map((point) => [point.join(), point])).values()];
  const every = Math.ceil(distinct.length / POINT_LIMIT);
  return { ...correlation, points: distinct.filter((_, i) => i % every === 0) };
}

function withLog(view: RunView, level: LogEntry['level'], text: string): RunView {
  const entry = { elapsedSeconds: view.progress?.elapsedSeconds ?? null, level, text };
  return { ...view, log: [...view.log, entry].slice(-LOG_LIMIT) };
}
