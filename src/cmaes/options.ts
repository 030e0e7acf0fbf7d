import { TrifoldError } from '../util/errors.ts';
import type { CovarianceKind } from './parameters.ts';
import type { StopOptions } from './termination.ts';
import { checkVariable, levelsOf, stepOf, UNBOUNDED, type Variable } from './variables.ts';

/** How to set up a {@link CmaEs}. */
export interface CmaEsOptions {
  /** Initial mean, one number per Gaussian coordinate, in the units of the variables; may be empty if there are categories. */
  readonly mean: readonly number[];
  /** Initial step size sigma0 > 0: the optimum is expected within about mean +- 3 sigma. */
  readonly sigma: number;
  /** 32-bit seed of the random generator. */
  readonly seed: number;
  /** Kind of each coordinate; all unbounded reals by default. */
  readonly variables?: readonly Variable[];
  /** Initial standard deviation of each coordinate as a multiple of sigma; 1 by default. */
  readonly scales?: readonly number[];
  /** Numbers of choices of the categorical variables; none by default. */
  readonly categories?: readonly number[];
  /** Candidates per update; 4 + floor(3 ln n) by default, n counting categories too. */
  readonly populationSize?: number;
  /** Negative weights for bad candidates; true by default. */
  readonly active?: boolean;
  /** `diagonal` is sep-CMA-ES: linear cost, for hundreds of coordinates and more; `full` by default. */
  readonly covariance?: CovarianceKind;
  /** Thresholds of the stopping criteria where they differ from the defaults. */
  readonly stop?: Partial<StopOptions>;
}

/** The variables of a run, checked. */
export interface Problem {
  readonly variables: readonly Variable[];
  readonly categories: readonly number[];
  readonly scales: readonly number[];
}

/** Initial standard deviations beyond so many widths of a variable's box say nothing of where the optimum is. */
const MOST_WIDTHS = 10;

/** Width of the box of a variable; Infinity without both bounds, and for a single value. */
function widthOf(variable: Variable): number {
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = variable;
  if (variable.kind === 'continuous') return high - low;
  return levelsOf(variable) === 1 ? Number.POSITIVE_INFINITY : high - low + stepOf(variable);
}

/** Checks options and fills in the defaults of the problem part. @throws TrifoldError `value` with the key path of the first fault */
export function resolveProblem(options: CmaEsOptions): Problem {
  const n = options.mean.length;
  const variables = options.variables ?? options.mean.map(() => UNBOUNDED);
  const scales = options.scales ?? options.mean.map(() => 1);
  const categories = options.categories ?? [];
  require(n + categories.length > 0, 'mean', 'there is nothing to optimize');
  require(options.mean.every(Number.isFinite), 'mean', 'the initial mean must be finite');
  require(options.sigma > 0 && Number.isFinite(options.sigma), 'sigma', `sigma must be positive, not ${options.sigma}`);
  require(variables.length === n, 'variables', `${variables.length} variables for a mean of ${n} coordinates`);
  require(scales.length === n, 'scales', `${scales.length} scales for a mean of ${n} coordinates`);
  require(scales.every((s) => s > 0 && Number.isFinite(s)), 'scales', 'scales must be positive');
  require(categories.every(
    (k) => Number.isInteger(k) && k >= 1,
  ), 'categories', 'numbers of choices must be integers >= 1');
  variables.forEach(checkVariable);
  variables.forEach((variable, i) => {
    const width = widthOf(variable);
    require(options.sigma * scales[i]! <=
      MOST_WIDTHS *
        width, 'sigma', `sigma ${options.sigma} with scale ${scales[i]} is more than ${MOST_WIDTHS} times the width ${width} of variable ${i}: samples would be uniform for long`);
  });
  return { variables, categories, scales };
}

function require(condition: boolean, keyPath: string, message: string): void {
  if (!condition) throw new TrifoldError('value', message, { keyPath });
}
