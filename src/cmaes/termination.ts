import type { Covariance } from './covariance/covariance.ts';

/**
 * Why a run should stop. Unless said otherwise the criteria are those of the tutorial (arXiv:1604.00772v2), appendix B.3.
 * - `target`: a feasible value <= the target was told
 * - `maxEvaluations`, `maxGenerations`: limits of the caller
 * - `tolFun`: the best values of the last 10 + ceil(30 n / lambda) generations ({@link historyWindow}) and all values of the last one lie within `tolFun`
 * - `equalFunValues`: the best values of that many generations are all the same
 * - `tolX`: all standard deviations, and the covariance path times sigma, are below `tolX` times sigma0
 * - `tolUpSigma`: sigma times the longest axis grew by more than this factor since the start
 * - `stagnation`: over the last max(100 + 100 n^1.5 / lambda, a fifth of all) generations neither best nor median values improved: the medians of
 *   the last 30 % are not better than those of the first 30 % (the tutorial's 120 + 30 n / lambda gives up on discus-like functions, n = 40)
 * - `conditionCov`: condition number of C above this, or C no longer positive definite in floating point
 * - `noEffectAxis`: 0.1 standard deviations along a principal axis do not change the mean
 * - `noEffectCoord`: 0.2 standard deviations in a coordinate do not change the mean
 * - `flatFitness`: all values of a generation were the same, `flatGenerations` times in a row
 * - `noFiniteValues`: a generation without any finite value or, if infeasible, any finite violation, `flatGenerations` times in a row
 *
 * n counts variables of every kind. With integer or categorical variables `tolX`, `noEffectAxis` and `noEffectCoord` are off: small steps of the real coordinates say nothing about the others.
 */
export type StopReason =
  | 'target'
  | 'maxEvaluations'
  | 'maxGenerations'
  | 'tolFun'
  | 'equalFunValues'
  | 'tolX'
  | 'tolUpSigma'
  | 'stagnation'
  | 'conditionCov'
  | 'noEffectAxis'
  | 'noEffectCoord'
  | 'flatFitness'
  | 'noFiniteValues';

/** Thresholds of the {@link StopReason}s. null switches a criterion off. */
export interface StopOptions {
  readonly target: number | null;
  readonly maxEvaluations: number | null;
  readonly maxGenerations: number | null;
  readonly tolFun: number | null;
  readonly tolX: number | null;
  readonly tolUpSigma: number | null;
  readonly conditionCov: number | null;
  readonly flatGenerations: number | null;
  readonly equalFunValues: boolean;
  readonly stagnation: boolean;
  readonly noEffect: boolean;
}

/** Default thresholds. `flatGenerations` defaults to {@link historyWindow}. */
export function defaultStopOptions(variableCount: number, integerCount: number, populationSize: number): StopOptions {
  return {
    target: null,
    maxEvaluations: null,
    maxGenerations: null,
    tolFun: 1e-12,
    tolX: 1e-12,
    tolUpSigma: 1e4,
    conditionCov: 1e14,
    flatGenerations: historyWindow(variableCount, integerCount, populationSize),
    equalFunValues: true,
    stagnation: true,
    noEffect: true,
  };
}

/** The figures of a run that the numerical criteria test. */
export interface StopView {
  readonly generation: number;
  /** Variables of any kind. */
  readonly variableCount: number;
  /** Those of them that are integers. */
  readonly integerCount: number;
  readonly populationSize: number;
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly sigma0: number;
  /** Longest initial axis times sigma0. */
  readonly initialReach: number;
  readonly path: Float64Array;
  readonly covariance: Covariance;
  /** C could not be decomposed. */
  readonly degenerate: boolean;
  /** Some variable is integer or categorical. */
  readonly discrete: boolean;
  readonly history: History;
  /** Generations in a row with one value only. */
  readonly flatRun: number;
  /** Generations in a row that held nothing finite. */
  readonly badRun: number;
}

/** Best and median values of past generations, newest last, and the spread of the last one. */
export interface History {
  readonly best: readonly number[];
  readonly median: readonly number[];
  readonly lastSpread: number;
}

/**
 * 10 + ceil(30 n / lambda), the window of `tolFun` and `equalFunValues`. Integers count four times: beside the optimum nothing improves until a
 * sample happens to step over, once in several generations (with one time each, 2 of 20 all-integer ellipsoids ended too early).
 */
export function historyWindow(variableCount: number, integerCount: number, populationSize: number): number {
  return 10 + Math.ceil((30 * (variableCount + 3 * integerCount)) / populationSize);
}

/** Generations that `stagnation` looks back, at most 20000. */
export function stagnationWindow(variableCount: number, populationSize: number, generation: number): number {
  const minimum = 100 + (100 * variableCount ** 1.5) / populationSize;
  return Math.min(20000, Math.ceil(Math.max(minimum, 0.2 * generation)));
}

/** Generations between two looks at `stagnation`, which sorts its history. */
const STAGNATION_INTERVAL = 10;

/** The numerical criteria that hold after an update of the distribution. */
export function numericalStopReasons(view: StopView, options: StopOptions): StopReason[] {
  const reasons: StopReason[] = [];
  const { history, covariance, sigma } = view;
  const windowLength = historyWindow(view.variableCount, view.integerCount, view.populationSize);
  if (history.best.length >= windowLength) {
    const window = history.best.slice(-windowLength);
    const range = Math.max(...window) - Math.min(...window);
    if (options.tolFun !== null && Math.max(range, history.lastSpread) < options.tolFun) reasons.push('tolFun');
    if (options.equalFunValues && range === 0) reasons.push('equalFunValues');
  }
  if (options.tolX !== null && !view.discrete && isStill(view, options.tolX * view.sigma0)) reasons.push('tolX');
  if (options.tolUpSigma !== null && sigma * longestAxis(covariance) > options.tolUpSigma * view.initialReach) {
    reasons.push('tolUpSigma');
  }
  if (options.stagnation && view.generation % STAGNATION_INTERVAL === 0 && stagnates(view)) reasons.push('stagnation');
  if (options.conditionCov !== null && (view.degenerate || covariance.conditionNumber() > options.conditionCov)) {
    reasons.push('conditionCov');
  }
  if (options.noEffect && !view.discrete) reasons.push(...noEffectReasons(view));
  if (options.flatGenerations !== null) {
    if (view.flatRun >= options.flatGenerations) reasons.push('flatFitness');
    if (view.badRun >= options.flatGenerations) reasons.push('noFiniteValues');
  }
  return reasons;
}

/** Length of the longest principal axis of C; 0 without coordinates. */
export function longestAxis(covariance: Covariance): number {
  let longest = 0;
  for (let k = 0; k < covariance.dimension; k++) longest = Math.max(longest, covariance.axisLength(k));
  return longest;
}

function isStill(view: StopView, limit: number): boolean {
  for (let i = 0; i < view.mean.length; i++) {
    if (view.sigma * Math.sqrt(view.covariance.variance(i)) >= limit) return false;
    if (view.sigma * Math.abs(view.path[i]!) >= limit) return false;
  }
  return true;
}

function stagnates(view: StopView): boolean {
  const window = stagnationWindow(view.variableCount, view.populationSize, view.generation);
  if (view.history.best.length < window) return false;
  const part = Math.ceil(0.3 * window);
  return [view.history.best, view.history.median].every((series) => {
    const recent = series.slice(-window);
    return medianOf(recent.slice(-part)) >= medianOf(recent.slice(0, part));
  });
}

function noEffectReasons(view: StopView): StopReason[] {
  const { mean, sigma, covariance } = view;
  const n = mean.length;
  const reasons: StopReason[] = [];
  const k = view.generation % n;
  const step = 0.1 * sigma * covariance.axisLength(k);
  if (mean.every((m, i) => m === m + step * covariance.axisComponent(k, i))) reasons.push('noEffectAxis');
  if (mean.some((m, i) => m === m + 0.2 * sigma * Math.sqrt(covariance.variance(i)))) reasons.push('noEffectCoord');
  return reasons;
}

/** Median of numbers (NaN sorts last); NaN for none. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
