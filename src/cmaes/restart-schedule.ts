import type { Random } from '../util/random.ts';

/** `ipop`: each restart doubles the population. `bipop`: small and large populations share the evaluations. */
export type RestartPolicy = 'ipop' | 'bipop';

/** Which kind of run: the first, one with a doubled population, or a small one. */
export type Regime = 'first' | 'large' | 'small';

/** Figures of the runs so far. Plain JSON. */
export interface Schedule {
  readonly defaultPopulation: number;
  readonly largePopulation: number;
  /** Runs with a doubled population that have finished. */
  readonly largeRuns: number;
  readonly largeEvaluations: number;
  readonly smallEvaluations: number;
  /** Evaluations of the last large run (or of the first run). */
  readonly lastLargeEvaluations: number;
}

/** The next run. */
export interface RunPlan {
  readonly schedule: Schedule;
  readonly regime: Regime;
  readonly populationSize: number;
  /** Step size as a multiple of sigma0. */
  readonly sigmaFactor: number;
}

/** Before the first run. */
export function initialSchedule(defaultPopulation: number): Schedule {
  return {
    defaultPopulation,
    largePopulation: defaultPopulation,
    largeRuns: 0,
    largeEvaluations: 0,
    smallEvaluations: 0,
    lastLargeEvaluations: 0,
  };
}

/** Accounts for a finished run; the first run counts for neither regime. */
export function afterRun(schedule: Schedule, regime: Regime, evaluations: number): Schedule {
  if (regime === 'small') return { ...schedule, smallEvaluations: schedule.smallEvaluations + evaluations };
  if (regime === 'first') return { ...schedule, lastLargeEvaluations: evaluations };
  return {
    ...schedule,
    largeRuns: schedule.largeRuns + 1,
    largeEvaluations: schedule.largeEvaluations + evaluations,
    lastLargeEvaluations: evaluations,
  };
}

/**
 * The next run. A small run (N. Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed", section 2) has population
 * default * (large / (2 default))^(U^2) and step size sigma0 * 10^(-2 U), and may use half the evaluations of the last large run.
 */
export function nextRun(schedule: Schedule, policy: RestartPolicy, random: Random): RunPlan {
  const { defaultPopulation, largePopulation } = schedule;
  if (policy === 'bipop' && schedule.smallEvaluations < schedule.largeEvaluations) {
    const exponent = random.nextUnit() ** 2;
    const size = Math.floor(defaultPopulation * (largePopulation / (2 * defaultPopulation)) ** exponent);
    return {
      schedule,
      regime: 'small',
      populationSize: Math.max(2, size),
      sigmaFactor: 10 ** (-2 * random.nextUnit()),
    };
  }
  const doubled = 2 * largePopulation;
  return {
    schedule: { ...schedule, largePopulation: doubled },
    regime: 'large',
    populationSize: doubled,
    sigmaFactor: 1,
  };
}

/** Evaluations a planned run may use; null if it ends by itself. */
export function budgetOf(plan: RunPlan): number | null {
  return plan.regime === 'small' ? Math.max(1, Math.floor(plan.schedule.lastLargeEvaluations / 2)) : null;
}
