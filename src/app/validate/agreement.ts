import { rankCorrelation } from '../../search/network/rank-correlation.ts';
import { geometricMean } from '../../util/geometric-mean.ts';

/** A measured figure with the model's, both above 0. */
export interface Pair {
  readonly measured: number;
  readonly model: number;
}

/** How a model's figures agree with measured ones. */
export interface Agreement {
  /** Spearman's rank correlation; null where either figure never varies. */
  readonly spearman: number | null;
  /** Mean of |model / measured - 1|; null without pairs. */
  readonly meanAbsoluteError: number | null;
  /** Geometric mean of model / measured; null without pairs. */
  readonly meanRatio: number | null;
}

/** How well a model chooses among things that do the same, by groups of them. */
export interface GroupAgreement {
  /** Groups that are large enough. */
  readonly groups: number;
  /** Mean of Spearman's rank correlation over the groups where both figures vary; null without any. */
  readonly spearman: number | null;
  /**
   * Measured figure of what the model would choose (its least figure; the mean of several that are equal) over the least measured one,
   * over groups; null without any.
   */
  readonly pickedOverBest: { readonly geometricMean: number; readonly mean: number; readonly p90: number } | null;
}

/** Compares all pairs. */
export function agreementOf(pairs: readonly Pair[]): Agreement {
  if (pairs.length === 0) return { spearman: null, meanAbsoluteError: null, meanRatio: null };
  return {
    spearman: spearmanOf(pairs),
    meanAbsoluteError: mean(pairs.map(({ measured, model }) => Math.abs(model / measured - 1))),
    meanRatio: geometricMean(pairs.map(({ measured, model }) => model / measured)),
  };
}

/** Compares pairs within groups of at least `least`. */
export function groupAgreement(groups: Iterable<readonly Pair[]>, least: number): GroupAgreement {
  const large = [...groups].filter((pairs) => pairs.length >= least);
  const ranks = large.map(spearmanOf).filter((rank) => rank !== null);
  const picked = large.map(pickedOverBest).sort((a, b) => a - b);
  return {
    groups: large.length,
    spearman: ranks.length === 0 ? null : mean(ranks),
    pickedOverBest:
      picked.length === 0
        ? null
        : {
            geometricMean: geometricMean(picked),
            mean: mean(picked),
            p90: picked[Math.ceil(0.9 * picked.length) - 1]!,
          },
  };
}

/** Spearman's rank correlation of the two figures of pairs; null where either never varies. */
export function spearmanOf(pairs: readonly Pair[]): number | null {
  const { spearmanRho } = rankCorrelation(
    pairs.map(({ measured }) => measured),
    pairs.map(({ model }) => model),
  );
  return Number.isFinite(spearmanRho) ? spearmanRho : null;
}

function pickedOverBest(pairs: readonly Pair[]): number {
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const chosen = least(pairs.map(({ model }) => model));
  const picked = pairs.filter(({ model }) => model === chosen);
  return mean(picked.map(({ measured }) => measured)) / least(pairs.map(({ measured }) => measured));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
