import { TrifoldError } from '../../../util/errors.ts';
import type { AccuracyEstimate } from '../../found-network.ts';
import type { Genotype } from '../spaces/genes.ts';

/** The evaluator has no figure for this network. */
export interface AccuracyUnknown {
  readonly kind: 'unknown';
  readonly reason: string;
  readonly source: string;
}

/** Answer of an {@link AccuracyEvaluator}. */
export type AccuracyAnswer = AccuracyEstimate | AccuracyUnknown;

/** Whether an estimate has figures that are ones: percentages, and an error that is not negative. */
export function hasFigures({ top1Percent, reportedTop1Percent, errorPoints }: AccuracyEstimate): boolean {
  const isPercentage = (value: number) => value >= 0 && value <= 100;
  return (
    isPercentage(top1Percent) &&
    isPercentage(reportedTop1Percent) &&
    (errorPoints === null || (errorPoints >= 0 && Number.isFinite(errorPoints)))
  );
}

/** Between which figures an evaluator can be trusted. */
export interface AccuracyLimits {
  /** No answer lies above, in percent. */
  readonly ceilingPercent: number;
  /** Distance from the ceiling, in points, within which answers say little; 0 for exact tables. */
  readonly ceilingErrorPoints: number;
  /** Lowest figure in percent for which the error was measured. */
  readonly lowestPercent: number;
}

/**
 * Says how accurate the networks of one space are.
 *
 * - The answer depends on the network only: equal for genotypes with the same canonical form, and for repeated calls.
 * - A network without a figure is an answer (`unknown`), not an error. Figures are finite, accuracies are percentages.
 * - Rejects with RangeError for a genotype that is not of the space, and with TrifoldError when a program or service fails.
 * - The signal ends a call that takes long: rejected with its reason, which is no answer and not remembered as one.
 * - Several calls may be under way at once.
 */
export interface AccuracyEvaluator {
  readonly name: string;
  /** Where the figures come from, for people. */
  readonly source: string;
  /** Name of the network space whose genotypes it takes. */
  readonly space: string;
  /** Null when nothing is known of the range. */
  readonly limits: AccuracyLimits | null;
  evaluate(genotype: Genotype, signal?: AbortSignal): Promise<AccuracyAnswer>;
}

/** Advice to a user on an accuracy floor. */
export interface FloorAdvice {
  /** `unreachable`: no network can be accepted. `warning`: the answer is uncertain. */
  readonly level: 'ok' | 'warning' | 'unreachable';
  /** Empty when there is nothing to say. */
  readonly message: string;
}

/**
 * Refuses a floor of at most 1 % where no network is that bad: then a fraction was stated.
 * @throws TrifoldError `usage` with the percentage that was meant
 */
export function refuseFraction(limits: AccuracyLimits | null, floorPercent: number): void {
  if (floorPercent > 1 || (limits !== null && limits.lowestPercent <= 1)) return;
  throw new TrifoldError('usage', `an accuracy floor of ${floorPercent} % keeps out no network: it is in percent`, {
    hint: `for ${Number((100 * floorPercent).toPrecision(6))} % write --min-accuracy ${Number((100 * floorPercent).toPrecision(6))}`,
  });
}

/** Judges an accuracy floor in percent against the limits of an evaluator; to be shown before a search starts. */
export function accuracyFloorAdvice(limits: AccuracyLimits | null, floorPercent: number): FloorAdvice {
  if (limits === null) return { level: 'ok', message: '' };
  const { ceilingPercent, ceilingErrorPoints, lowestPercent } = limits;
  const ceiling = `${ceilingPercent.toFixed(1)} %`;
  const spread = ceilingErrorPoints > 0 ? ` +- ${ceilingErrorPoints.toFixed(1)}` : '';
  if (floorPercent > ceilingPercent)
    return {
      level: 'unreachable',
      message: `no network is estimated above ${ceiling}${spread}: the floor of ${floorPercent} % cannot be met`,
    };
  if (ceilingErrorPoints > 0 && floorPercent > ceilingPercent - ceilingErrorPoints)
    return {
      level: 'warning',
      message: `the estimates end at ${ceiling}${spread}: near a floor of ${floorPercent} % they hardly tell networks apart`,
    };
  if (floorPercent < lowestPercent)
    return {
      level: 'warning',
      message: `no network below ${lowestPercent.toFixed(1)} % was measured: at a floor of ${floorPercent} % the error is not known`,
    };
  return { level: 'ok', message: '' };
}
