import type { NetworkFigures } from '../../search/ports.ts';
import type { RunEvent } from '../../search/run-events.ts';
import { meanLogarithm } from '../../util/geometric-mean.ts';
import type { RunLimits } from './limits.ts';
import { RemainingTime } from './remaining-time.ts';

/** Why a search ended. */
export type EndReason = 'generations' | 'time' | 'evaluations' | 'target' | 'interrupted' | 'exhausted';

/** Times of this process and when it ends a search; nothing here changes the course of one. */
export interface RunClock {
  /** Why the search ends before its next generation; null when it goes on. `best`: figures of the best design, if there is one. */
  endsNow(trials: number, best: readonly NetworkFigures[] | undefined): EndReason | null;
  /** Seconds since the run began in this process. */
  readonly elapsedSeconds: () => number;
  /** Whether the time of the search is over. */
  readonly isTimeUp: () => boolean;
  /** A progress event after every generation; null after other events. */
  progressAfter(event: RunEvent): RunEvent | null;
}

/**
 * Starts the clock of a search.
 * @param planned candidates of all generations
 * @param mappingsBefore mappings that earlier processes of the run evaluated
 * @param nowMs time that only grows, in ms
 */
export function startRunClock(
  planned: number,
  mappingsBefore: number,
  limits: RunLimits,
  nowMs = () => performance.now(),
): RunClock {
  const begun = nowMs();
  const elapsed = () => (nowMs() - begun) / 1000;
  const total = Math.min(planned, limits.evaluations ?? Number.POSITIVE_INFINITY);
  const remaining = new RemainingTime();
  let searchBegun = 0;
  let doneBefore: number | null = null;
  const isTimeUp = () => limits.timeSeconds !== null && elapsed() >= limits.timeSeconds;
  const withinTime = (estimate: number | null, seconds: number): number | null => {
    if (limits.timeSeconds === null) return estimate;
    return Math.max(0, Math.min(estimate ?? Number.POSITIVE_INFINITY, limits.timeSeconds - seconds));
  };
  return {
    elapsedSeconds: elapsed,
    isTimeUp,
    endsNow: (trials, best) => {
      const { evaluations, targetEdpPjCycles } = limits;
      if (isTimeUp()) return 'time';
      if (evaluations !== null && trials >= evaluations) return 'evaluations';
      if (targetEdpPjCycles === null || best === undefined) return null;
      // Logarithms are compared: the mean of a single EDP is then exactly the EDP.
      const mean = meanLogarithm(best.map(({ edpPjCycles }) => edpPjCycles));
      return mean <= Math.log(targetEdpPjCycles) ? 'target' : null;
    },
    progressAfter: (event) => {
      const seconds = elapsed();
      if (event.kind !== 'generation') {
        // Baselines and what else comes before the first generation say nothing of the pace of generations.
        if (doneBefore === null) searchBegun = seconds;
        return null;
      }
      const numbers = event.trials.map(({ trial }) => trial).filter((trial) => trial >= 0);
      const done = numbers.reduce((most, trial) => Math.max(most, trial + 1), 0);
      doneBefore ??= done - numbers.length;
      remaining.add(done - doneBefore, seconds - searchBegun);
      return {
        kind: 'progress',
        elapsedSeconds: seconds,
        done,
        total,
        mappingsPerSecond: (event.counters.mappingsEvaluated - mappingsBefore) / Math.max(seconds, 1e-3),
        remainingSeconds: withinTime(remaining.estimate(Math.max(done, total) - doneBefore), seconds),
        workers: limits.workers,
      };
    },
  };
}
