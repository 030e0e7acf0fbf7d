import { TrifoldError } from '../util/errors.ts';
import { Random, type RandomState } from '../util/random.ts';
import type { CmaEsBest, CmaEsCandidate, CmaEsResult, TellReport } from './candidate.ts';
import { CmaEs } from './cmaes.ts';
import { fromJsonNumber, type JsonNumber, toJsonNumber } from './json-number.ts';
import type { CmaEsOptions } from './options.ts';
import { compareRanked } from './ranking.ts';
import {
  afterRun,
  budgetOf,
  initialSchedule,
  nextRun,
  type Regime,
  type RestartPolicy,
  type Schedule,
} from './restart-schedule.ts';
import type { CmaEsState } from './state.ts';
import type { StopReason } from './termination.ts';
import { UNBOUNDED, type Variable } from './variables.ts';

/** How to set up a {@link RestartingCmaEs}. `stop.target` and `stop.maxEvaluations` are for all runs together, the other criteria end a run. */
export interface RestartOptions extends CmaEsOptions {
  readonly policy: RestartPolicy;
  /** Runs with a grown population after the first run; 9 by default. */
  readonly maxRestarts?: number;
}

/** A finished run. */
export interface RunRecord {
  readonly regime: Regime;
  readonly populationSize: number;
  readonly sigma: number;
  readonly evaluations: number;
  readonly best: JsonNumber;
  readonly reasons: readonly StopReason[];
}

/** State of a {@link RestartingCmaEs} as plain JSON. */
export interface RestartState {
  readonly kind: 'cmaes-restarts';
  readonly version: 1;
  readonly options: RestartOptions;
  readonly random: RandomState;
  readonly schedule: Schedule;
  readonly regime: Regime;
  readonly sigma: number;
  readonly run: CmaEsState;
  /** Generation numbers used up by earlier runs. */
  readonly generationOffset: number;
  readonly evaluations: number;
  readonly badValues: number;
  readonly finished: readonly RunRecord[];
  readonly best: {
    readonly x: readonly number[];
    readonly choices: readonly number[];
    readonly value: JsonNumber;
    readonly violation: JsonNumber;
  } | null;
  readonly stopReasons: readonly (StopReason | 'maxRestarts')[];
}

/**
 * CMA-ES that starts again when a run stops: IPOP (A. Auger and N. Hansen, CEC 2005) doubles the population each time; BIPOP (N. Hansen, GECCO 2009
 * workshops) alternates such runs with small ones of varied population and step size, giving both kinds the same number of evaluations.
 *
 * A restart begins uniformly within the bounds; in coordinates without two bounds, normally distributed about the initial mean with the initial deviation.
 * Results of candidates from an earlier run, told after the restart, count and may become the best, but do not influence the new run.
 */
export class RestartingCmaEs {
  readonly #options: RestartOptions;
  readonly #random: Random;
  #schedule: Schedule;
  #regime: Regime;
  #sigma: number;
  #run: CmaEs;
  #generationOffset: number;
  #evaluations: number;
  #badValues: number;
  readonly #finished: RunRecord[];
  #best: CmaEsBest | undefined;
  readonly #stopReasons: Set<StopReason | 'maxRestarts'>;

  private constructor(state: Omit<RestartState, 'run'>, run: CmaEs) {
    this.#options = state.options;
    this.#random = Random.fromState(state.random);
    this.#schedule = state.schedule;
    this.#regime = state.regime;
    this.#sigma = state.sigma;
    this.#run = run;
    this.#generationOffset = state.generationOffset;
    this.#evaluations = state.evaluations;
    this.#badValues = state.badValues;
    this.#finished = [...state.finished];
    const { best } = state;
    this.#best =
      best === null
        ? undefined
        : { ...best, value: fromJsonNumber(best.value), violation: fromJsonNumber(best.violation) };
    this.#stopReasons = new Set(state.stopReasons);
  }

  /** The first run: default population, as a plain {@link CmaEs} with the same options. @throws TrifoldError `value` if an option is out of range */
  static create(options: RestartOptions): RestartingCmaEs {
    const run = CmaEs.create({ ...options, stop: { ...options.stop, maxEvaluations: null } });
    const state = {
      kind: 'cmaes-restarts' as const,
      version: 1 as const,
      options,
      random: Random.forIndex(options.seed, 0).getState(),
      schedule: initialSchedule(run.populationSize),
      regime: 'first' as const,
      sigma: options.sigma,
      generationOffset: 0,
      evaluations: 0,
      badValues: 0,
      finished: [],
      best: null,
      stopReasons: [],
    };
    return new RestartingCmaEs(state, run);
  }

  /** Continues exactly where {@link RestartingCmaEs.getState} was called. @throws TrifoldError `foreign` if it is not such a state */
  static fromState(state: RestartState): RestartingCmaEs {
    if (state.kind !== 'cmaes-restarts' || state.version !== 1) {
      throw new TrifoldError('foreign', 'not a state of this version of CMA-ES with restarts');
    }
    return new RestartingCmaEs(state, CmaEs.fromState(state.run));
  }

  /** The state as plain JSON. */
  getState(): RestartState {
    const best = this.#best;
    return {
      kind: 'cmaes-restarts',
      version: 1,
      options: this.#options,
      random: this.#random.getState(),
      schedule: this.#schedule,
      regime: this.#regime,
      sigma: this.#sigma,
      run: this.#run.getState(),
      generationOffset: this.#generationOffset,
      evaluations: this.#evaluations,
      badValues: this.#badValues,
      finished: [...this.#finished],
      best:
        best === undefined
          ? null
          : { ...best, value: toJsonNumber(best.value), violation: toJsonNumber(best.violation) },
      stopReasons: [...this.#stopReasons],
    };
  }

  /** Population size of the current run. */
  get populationSize(): number {
    return this.#run.populationSize;
  }

  /** Results told so far, over all runs. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** Told values so far that were NaN or infinite. */
  get badValues(): number {
    return this.#badValues;
  }

  /** Runs that have stopped, with their reasons. */
  get finishedRuns(): readonly RunRecord[] {
    return [...this.#finished];
  }

  /** Best result told so far over all runs. */
  get best(): CmaEsBest | undefined {
    return this.#best;
  }

  /** `count` candidates of the current run, as {@link CmaEs.ask}. */
  ask(count: number = this.populationSize): CmaEsCandidate[] {
    return this.#run
      .ask(count)
      .map((candidate) =>
        candidate.generation === undefined
          ? candidate
          : { ...candidate, generation: candidate.generation + this.#generationOffset },
      );
  }

  /** Queues points to be handed out by the next {@link RestartingCmaEs.ask}. */
  inject(points: readonly Pick<CmaEsCandidate, 'x' | 'choices'>[]): void {
    this.#run.inject(points);
  }

  /** Learns from results in any number and restarts when the run stops, as {@link CmaEs.tell}. */
  tell(results: readonly CmaEsResult[]): TellReport {
    for (const result of results) this.#run.check(result.candidate);
    const report = { updates: 0, badValues: 0, uninformative: 0 };
    for (const result of results) {
      this.#note(result);
      if (!Number.isFinite(result.value)) report.badValues++;
      const { generation } = result.candidate;
      const stale = generation !== undefined && generation < this.#generationOffset;
      if (stale) continue;
      const candidate =
        generation === undefined
          ? result.candidate
          : { ...result.candidate, generation: generation - this.#generationOffset };
      const step = this.#run.tell([{ ...result, candidate }]);
      report.updates += step.updates;
      report.uninformative += step.uninformative;
      if (this.#run.stopReasons().length > 0 && !this.#stopReasons.has('maxRestarts')) this.#restart();
    }
    this.#badValues += report.badValues;
    return report;
  }

  /** Why everything should stop: `target`, `maxEvaluations` or `maxRestarts`; empty while it should not. After `maxRestarts` the last run goes on. */
  stopReasons(): (StopReason | 'maxRestarts')[] {
    return [...this.#stopReasons];
  }

  #note({ candidate, value, violation = 0 }: CmaEsResult): void {
    this.#evaluations++;
    const told = { x: candidate.x, choices: candidate.choices ?? [], value, violation };
    if (this.#best === undefined || compareRanked(told, this.#best) < 0) this.#best = told;
    const { target = null, maxEvaluations = null } = this.#options.stop ?? {};
    if (target !== null && violation <= 0 && value <= target) this.#stopReasons.add('target');
    if (maxEvaluations !== null && this.#evaluations >= maxEvaluations) this.#stopReasons.add('maxEvaluations');
  }

  #restart(): void {
    const { policy, maxRestarts = 9, ...options } = this.#options;
    const record: RunRecord = {
      regime: this.#regime,
      populationSize: this.#run.populationSize,
      sigma: this.#sigma,
      evaluations: this.#run.evaluations,
      best: toJsonNumber(this.#run.best?.value ?? Number.NaN),
      reasons: this.#run.stopReasons(),
    };
    this.#finished.push(record);
    this.#schedule = afterRun(this.#schedule, record.regime, record.evaluations);
    if (this.#schedule.largeRuns >= maxRestarts) {
      this.#stopReasons.add('maxRestarts');
      return;
    }
    const plan = nextRun(this.#schedule, policy, this.#random);
    this.#schedule = plan.schedule;
    this.#regime = plan.regime;
    this.#sigma = options.sigma * plan.sigmaFactor;
    this.#generationOffset += this.#run.generation + 1;
    this.#run = CmaEs.create({
      ...options,
      mean: this.#sampleMean(),
      sigma: this.#sigma,
      populationSize: plan.populationSize,
      seed: this.#random.nextUint32(),
      stop: { ...options.stop, maxEvaluations: budgetOf(plan) },
    });
  }

  #sampleMean(): number[] {
    const { mean, variables, scales, sigma } = this.#options;
    return mean.map((m, i) => {
      const { low, high }: Variable = variables?.[i] ?? UNBOUNDED;
      if (low !== undefined && high !== undefined) return low + (high - low) * this.#random.nextUnit();
      const value = m + sigma * (scales?.[i] ?? 1) * this.#random.nextNormal();
      return Math.min(high ?? value, Math.max(low ?? value, value));
    });
  }
}
