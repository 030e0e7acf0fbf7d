export type { CmaEsBest, CmaEsCandidate, CmaEsResult, TellReport } from './candidate.ts';
export { CmaEs } from './cmaes.ts';
export { fromJsonNumber, type JsonNumber, toJsonNumber } from './json-number.ts';
export { type Minimum, minimize } from './minimize.ts';
export type { CmaEsOptions, Problem } from './options.ts';
export {
  type CovarianceKind,
  defaultParameters,
  defaultPopulationSize,
  type ParameterInput,
  type StrategyParameters,
} from './parameters.ts';
export { compareRanked, type Ranked } from './ranking.ts';
export type { Regime, RestartPolicy } from './restart-schedule.ts';
export { RestartingCmaEs, type RestartOptions, type RestartState, type RunRecord } from './restarts.ts';
export type { CmaEsState } from './state.ts';
export type { StopOptions, StopReason } from './termination.ts';
export type { ContinuousVariable, IntegerVariable, Variable } from './variables.ts';
