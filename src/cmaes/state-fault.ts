import type { CmaEsState } from './state.ts';
import { checkVariable } from './variables.ts';

/**
 * Why a state whose parts are of the right kinds can be none of a run: lengths that do not belong together, numbers out of range. Null for all
 * others, whether or not a run made them.
 * @throws TrifoldError `value` for a variable that encloses nothing
 */
export function stateFault(state: CmaEsState): string | null {
  const { problem, distribution, gridScales, categorical, pending, injected, best, populationSize } = state;
  const { covariance } = distribution;
  const n = distribution.mean.length;
  const isFull = covariance.kind === 'full';
  const lists: readonly (readonly [name: string, list: readonly unknown[], length: number])[] = [
    ['variables', problem.variables, n],
    ['scales', problem.scales, n],
    ['gridScales', gridScales, n],
    ['sigmaPath', distribution.sigmaPath, n],
    ['covariancePath', distribution.covariancePath, n],
    ['covariance.matrix', covariance.matrix, isFull ? (n * (n + 1)) / 2 : n],
    ['covariance.axisLengths', covariance.axisLengths, n],
    ['covariance.axes', covariance.axes, isFull ? n * n : 0],
    ['probabilities', categorical.probabilities, problem.categories.length],
    ['path', categorical.path, problem.categories.reduce((sum, choices) => sum + choices - 1, 0)],
  ];
  const wrong = lists.find(([, list, length]) => list.length !== length);
  if (wrong !== undefined) return `${wrong[0]} has ${wrong[1].length} entries, not ${wrong[2]}`;
  if (covariance.kind !== state.covarianceKind) return 'the covariance is of another kind';
  problem.variables.forEach(checkVariable);
  const probabilities = categorical.probabilities.every((row, i) => row.length === problem.categories[i]);
  if (!probabilities) return 'the choices of a category have no probabilities';
  const isCandidate = ({ x, choices }: (typeof injected)[number]) =>
    x.length === n &&
    choices.length === problem.categories.length &&
    choices.every((choice, i) => Number.isInteger(choice) && choice >= 0 && choice < problem.categories[i]!);
  const results = best === null ? pending : [...pending, best];
  if (![...results, ...injected].every(isCandidate) || results.some(({ latent }) => latent.length !== n))
    return 'a candidate is not of this problem';
  return pending.length >= populationSize ? 'more results than an update takes' : null;
}
