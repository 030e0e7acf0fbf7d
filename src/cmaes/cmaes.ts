import { TrifoldError } from '../util/errors.ts';
import { Random } from '../util/random.ts';
import {
  type CmaEsBest,
  type CmaEsCandidate,
  type CmaEsResult,
  type TellReport,
  type Told,
  toPending,
  toTold,
} from './candidate.ts';
import { CategoricalModel } from './categorical.ts';
import { Distribution } from './distribution.ts';
import { ValueHistory } from './history.ts';
import { IntegerGrid } from './integers.ts';
import { type CmaEsOptions, type Problem, resolveProblem } from './options.ts';
import { defaultParameters, defaultPopulationSize, type StrategyParameters } from './parameters.ts';
import { assignWeights, compareRanked, rankOrder } from './ranking.ts';
import type { CmaEsState } from './state.ts';
import { stateFault } from './state-fault.ts';
import {
  defaultStopOptions,
  longestAxis,
  numericalStopReasons,
  type StopOptions,
  type StopReason,
  stagnationWindow,
} from './termination.ts';
import { initialLatent, toLatent, toValue } from './variables.ts';

/** Generation number of a sample that no distribution of this run produced. */
const INJECTED = -1;
const NO_CHOICES: readonly number[] = [];

/**
 * The covariance matrix adaptation evolution strategy for minimization, driven by {@link CmaEs.ask} and {@link CmaEs.tell}
 * (N. Hansen, arXiv:1604.00772v2, with active weights), for real, integer (least spread, centering) and categorical (natural gradient) variables.
 *
 * The distribution is updated whenever `populationSize` results have been told since the last update, whatever the sizes of the batches.
 * Candidates that are asked for and never told cost nothing.
 */
export class CmaEs {
  readonly parameters: StrategyParameters;
  readonly #problem: Problem;
  readonly #stop: StopOptions;
  readonly #random: Random;
  readonly #distribution: Distribution;
  readonly #categorical: CategoricalModel;
  readonly #sigma0: number;
  readonly #initialReach: number;
  readonly #grid: IntegerGrid;
  readonly #hasBounds: boolean;
  readonly #z: Float64Array;
  readonly #y: Float64Array;
  readonly #weights: Float64Array;
  #evaluations: number;
  #badValues: number;
  #pending: Told[];
  #injected: { readonly x: readonly number[]; readonly choices: readonly number[] }[];
  #best: Told | undefined;
  readonly #history: ValueHistory;
  #flatRun: number;
  #badRun: number;
  #stopReasons: Set<StopReason>;

  private constructor(state: CmaEsState, parameters: StrategyParameters, distribution: Distribution) {
    this.parameters = parameters;
    this.#problem = state.problem;
    this.#stop = state.stop;
    this.#random = Random.fromState(state.random);
    this.#distribution = distribution;
    this.#categorical = CategoricalModel.fromState(state.categorical);
    this.#sigma0 = state.sigma0;
    this.#initialReach = state.initialReach;
    this.#grid = new IntegerGrid(state.problem.variables, parameters);
    this.#hasBounds = state.problem.variables.some((v) => v.low !== undefined || v.high !== undefined);
    this.#z = new Float64Array(parameters.dimension);
    this.#y = new Float64Array(parameters.dimension);
    this.#weights = new Float64Array(parameters.populationSize);
    this.#evaluations = state.evaluations;
    this.#badValues = state.badValues;
    this.#pending = state.pending.map(toTold);
    this.#injected = [...state.injected];
    this.#best = state.best === null ? undefined : toTold(state.best);
    this.#history = ValueHistory.fromState(state.history);
    this.#flatRun = state.flatRun;
    this.#badRun = state.badRun;
    this.#stopReasons = new Set(state.stopReasons);
  }

  /** A fresh run. @throws TrifoldError `value` if an option is out of range */
  static create(options: CmaEsOptions): CmaEs {
    const problem = resolveProblem(options);
    const parameters = defaultParameters({
      dimension: options.mean.length,
      populationSize: options.populationSize ?? defaultPopulationSize(options.mean.length + problem.categories.length),
      active: options.active ?? true,
      covariance: options.covariance ?? 'full',
    });
    const mean = options.mean.map((m, i) => initialLatent(problem.variables[i]!, m));
    const distribution = Distribution.initial(parameters, mean, options.sigma, problem.scales);
    const grid = new IntegerGrid(problem.variables, parameters);
    grid.keepSpread(distribution);
    const state: CmaEsState = {
      kind: 'cmaes',
      version: 1,
      problem,
      populationSize: parameters.populationSize,
      active: parameters.active,
      covarianceKind: parameters.covariance,
      stop: {
        ...defaultStopOptions(mean.length + problem.categories.length, grid.count, parameters.populationSize),
        ...options.stop,
      },
      sigma0: options.sigma,
      initialReach: options.sigma * longestAxis(distribution.covariance),
      evaluations: 0,
      badValues: 0,
      distribution: distribution.getState(),
      gridScales: [...distribution.scales],
      categorical: CategoricalModel.uniform(problem.categories).getState(),
      random: Random.fromSeed(options.seed).getState(),
      pending: [],
      injected: [],
      best: null,
      history: ValueHistory.empty().getState(),
      flatRun: 0,
      badRun: 0,
      stopReasons: [],
    };
    return new CmaEs(state, parameters, distribution);
  }

  /** Continues exactly where {@link CmaEs.getState} was called. @throws TrifoldError `foreign` if it is not such a state */
  static fromState(state: CmaEsState): CmaEs {
    if (state.kind !== 'cmaes' || state.version !== 1) {
      throw new TrifoldError('foreign', 'not a state of this version of CMA-ES');
    }
    const fault = stateFault(state);
    if (fault !== null) throw new TrifoldError('foreign', `not a state of CMA-ES: ${fault}`);
    const parameters = defaultParameters({
      dimension: state.distribution.mean.length,
      populationSize: state.populationSize,
      active: state.active,
      covariance: state.covarianceKind,
    });
    return new CmaEs(state, parameters, Distribution.fromState(parameters, state.distribution, state.gridScales));
  }

  /** The state as plain JSON. */
  getState(): CmaEsState {
    return {
      kind: 'cmaes',
      version: 1,
      problem: this.#problem,
      populationSize: this.parameters.populationSize,
      active: this.parameters.active,
      covarianceKind: this.parameters.covariance,
      stop: this.#stop,
      sigma0: this.#sigma0,
      initialReach: this.#initialReach,
      evaluations: this.#evaluations,
      badValues: this.#badValues,
      distribution: this.#distribution.getState(),
      gridScales: [...this.#distribution.scales],
      categorical: this.#categorical.getState(),
      random: this.#random.getState(),
      pending: this.#pending.map(toPending),
      injected: [...this.#injected],
      best: this.#best === undefined ? null : toPending(this.#best),
      history: this.#history.getState(),
      flatRun: this.#flatRun,
      badRun: this.#badRun,
      stopReasons: [...this.#stopReasons],
    };
  }

  /** Candidates per update. */
  get populationSize(): number {
    return this.parameters.populationSize;
  }

  /** Updates of the distribution so far. */
  get generation(): number {
    return this.#distribution.generation;
  }

  /** Results told so far. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** Told values so far that were NaN or infinite. */
  get badValues(): number {
    return this.#badValues;
  }

  /** Overall step size sigma. */
  get sigma(): number {
    return this.#distribution.sigma;
  }

  /** Mean of the distribution as values of the variables: within bounds, on the grid. */
  get mean(): number[] {
    return this.#problem.variables.map((variable, i) => toValue(variable, this.#distribution.mean[i]!));
  }

  /** Standard deviation of every Gaussian coordinate. */
  get standardDeviations(): number[] {
    const { sigma, covariance, scales } = this.#distribution;
    return this.#problem.variables.map((_, i) => sigma * scales[i]! * Math.sqrt(covariance.variance(i)));
  }

  /** Probability of every choice of every categorical variable. */
  get choiceProbabilities(): readonly (readonly number[])[] {
    return this.#categorical.getState().probabilities;
  }

  /** Best result told so far, feasible before infeasible. */
  get best(): CmaEsBest | undefined {
    if (this.#best === undefined) return undefined;
    const { x, choices, value, violation } = this.#best;
    return { x, choices, value, violation };
  }

  /** `count` candidates (a population by default); injected points come first. */
  ask(count: number = this.populationSize): CmaEsCandidate[] {
    const candidates: CmaEsCandidate[] = this.#injected.splice(0, count);
    while (candidates.length < count) candidates.push(this.#sample());
    return candidates;
  }

  /** Queues points from elsewhere to be handed out by the next {@link CmaEs.ask}. Points may also be told directly. */
  inject(points: readonly Pick<CmaEsCandidate, 'x' | 'choices'>[]): void {
    for (const point of points) this.check(point);
    this.#injected.push(...points.map(({ x, choices }) => ({ x, choices: choices ?? NO_CHOICES })));
  }

  /** Learns from results, in any number; those that do not fill a population wait for the next ones. @throws TrifoldError `value` on a malformed point */
  tell(results: readonly CmaEsResult[]): TellReport {
    for (const result of results) this.check(result.candidate);
    const report = { updates: 0, badValues: 0, uninformative: 0 };
    for (const result of results) {
      const told = this.#admit(result);
      if (!Number.isFinite(told.value)) report.badValues++;
      this.#pending.push(told);
      if (this.#pending.length < this.populationSize) continue;
      const population = this.#pending;
      this.#pending = [];
      report.updates++;
      if (!this.#update(population)) report.uninformative++;
    }
    this.#badValues += report.badValues;
    return report;
  }

  /** Why the run should stop; empty while it should not. Reasons stay once they have held. */
  stopReasons(): StopReason[] {
    return [...this.#stopReasons];
  }

  #sample(): CmaEsCandidate {
    const { mean, sigma, covariance, scales, generation } = this.#distribution;
    const n = mean.length;
    for (let i = 0; i < n; i++) this.#z[i] = this.#random.nextNormal();
    covariance.color(this.#z, this.#y);
    const latent = new Array<number>(n);
    for (let i = 0; i < n; i++) latent[i] = mean[i]! + sigma * scales[i]! * this.#y[i]!; // eq. 40
    const x = this.#hasBounds ? latent.map((value, i) => toValue(this.#problem.variables[i]!, value)) : latent;
    const choices = this.#categorical.size === 0 ? NO_CHOICES : this.#categorical.sample(this.#random);
    return { x, choices, latent, generation };
  }

  /** @throws TrifoldError `value` if a point does not fit the variables; `tell` checks every point before it learns any */
  check(candidate: CmaEsCandidate): void {
    const { variables, categories } = this.#problem;
    const { x, choices = NO_CHOICES, latent } = candidate;
    const n = variables.length;
    if (x.length !== n || (latent !== undefined && latent.length !== n) || choices.length !== categories.length) {
      throw new TrifoldError(
        'value',
        `candidate has ${x.length} coordinates and ${choices.length} choices; ${n} and ${categories.length} are searched`,
      );
    }
    if (!x.every(Number.isFinite)) throw new TrifoldError('value', 'candidate has a coordinate that is not finite');
    if (!choices.every((choice, d) => Number.isInteger(choice) && choice >= 0 && choice < categories[d]!)) {
      throw new TrifoldError('value', 'candidate has a choice that does not exist');
    }
  }

  #admit({ candidate, value, violation = 0 }: CmaEsResult): Told {
    const { x, choices = NO_CHOICES, latent, generation } = candidate;
    const told: Told = {
      x,
      choices,
      latent: latent ?? x.map((xi, i) => toLatent(this.#problem.variables[i]!, xi)),
      generation: latent === undefined ? INJECTED : (generation ?? INJECTED),
      value,
      violation,
    };
    this.#evaluations++;
    if (this.#best === undefined || compareRanked(told, this.#best) < 0) this.#best = told;
    const { target, maxEvaluations } = this.#stop;
    if (target !== null && violation <= 0 && value <= target) this.#stopReasons.add('target');
    if (maxEvaluations !== null && this.#evaluations >= maxEvaluations) this.#stopReasons.add('maxEvaluations');
    return told;
  }

  /** @returns false if the population taught nothing about where to go */
  #update(population: readonly Told[]): boolean {
    const order = rankOrder(population);
    const best = population[order[0]!]!;
    const worst = population[order[order.length - 1]!]!;
    const bad = best.violation <= 0 ? !(best.value < Number.POSITIVE_INFINITY) : !Number.isFinite(best.violation);
    const flat = !bad && compareRanked(best, worst) === 0;
    this.#badRun = bad ? this.#badRun + 1 : 0;
    this.#flatRun = flat ? this.#flatRun + 1 : 0;
    const distribution = this.#distribution;
    if (flat && !this.#isDiscrete) distribution.widen();
    else if (flat || bad) distribution.skip();
    else {
      const ties = assignWeights(population, order, this.parameters.weights, this.#weights);
      const fresh = population.map((told) => told.generation === distribution.generation);
      distribution.update(
        this.#grid.centered(
          population.map((told) => told.latent),
          this.#weights,
          distribution.mean,
        ),
        this.#weights,
        fresh,
        ties,
      );
      this.#grid.keepSpread(distribution);
      if (this.#categorical.size > 0)
        this.#categorical.update(
          population.map((told) => told.choices),
          this.#weights,
        );
    }
    this.#record(population, order);
    return !flat && !bad;
  }

  get #variableCount(): number {
    return this.#problem.variables.length + this.#problem.categories.length;
  }

  get #isDiscrete(): boolean {
    return this.#grid.count > 0 || this.#categorical.size > 0;
  }

  #record(population: readonly Told[], order: readonly number[]): void {
    const distribution = this.#distribution;
    const keep = stagnationWindow(this.#variableCount, this.populationSize, distribution.generation);
    this.#history.record(population, order, keep);
    const view = {
      generation: distribution.generation,
      variableCount: this.#variableCount,
      integerCount: this.#grid.count,
      populationSize: this.populationSize,
      mean: distribution.mean,
      sigma: distribution.sigma,
      sigma0: this.#sigma0,
      initialReach: this.#initialReach,
      path: distribution.covariancePath,
      covariance: distribution.covariance,
      degenerate: distribution.degenerate,
      discrete: this.#isDiscrete,
      history: this.#history,
      flatRun: this.#flatRun,
      badRun: this.#badRun,
    };
    for (const reason of numericalStopReasons(view, this.#stop)) this.#stopReasons.add(reason);
    const { maxGenerations } = this.#stop;
    if (maxGenerations !== null && distribution.generation >= maxGenerations) this.#stopReasons.add('maxGenerations');
  }
}
