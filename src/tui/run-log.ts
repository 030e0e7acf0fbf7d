import type { ScoredDesign } from '../search/ports.ts';
import type { BaselineEvent, CorrelationEvent, FinishedEvent, StartedEvent } from '../search/run-events.ts';
import { BASELINE_TRIAL } from '../search/trials.ts';
import { formatAccuracy } from './accuracy.ts';
import { formatDuration, formatFactor, formatFigure, formatSi } from './figures.ts';
import { edpImprovement, geometricMean } from './totals.ts';

/** A line of the log page. */
export interface LogEntry {
  /** Time of the run as last told; null before the first time. */
  readonly elapsedSeconds: number | null;
  readonly level: 'info' | 'good' | 'warning';
  readonly text: string;
}

/** Time of a log entry as text; empty when unknown. */
export function logTime({ elapsedSeconds }: LogEntry): string {
  return elapsedSeconds === null ? '' : formatDuration(elapsedSeconds);
}

/** The networks that a run maps or draws from. */
export function searchedText({ networks, space }: StartedEvent): string {
  if (space !== undefined) return `${space.title}, ${formatSi(space.size)} networks`;
  return networks.map((network) => network.name).join(', ');
}

/** A gain in EDP in words: `2.14× better`, `1.3× worse`. */
export function gainText(factor: number): string {
  return factor >= 1 ? `${formatFactor(factor)} better` : `${formatFactor(1 / factor)} worse`;
}

/** What a baseline costs. */
export function baselineText({ accelerator, dataflow, networks, isFinal }: BaselineEvent): string {
  const mapping = `${dataflow ?? 'optimal mapping'}${isFinal === true ? ', mapped anew' : ''}`;
  const edp = geometricMean(networks.map((network) => network.edpPjCycles));
  return `baseline ${accelerator}, ${mapping}: EDP ${formatFigure(edp)} pJ·cycles`;
}

/** A new best design. @param edp pJ * cycles */
export function bestText(generation: number, best: ScoredDesign, edp: number, published: BaselineEvent | null): string {
  const gain =
    published === null || best.trial === BASELINE_TRIAL ? null : edpImprovement(published.networks, best.networks);
  const against = gain === null ? '' : `, ${gainText(gain)} than ${published?.accelerator}`;
  const accuracy = best.network === undefined ? '' : `, top-1 ${formatAccuracy(best.network.accuracy)}`;
  const what = best.trial === BASELINE_TRIAL ? 'nothing better than the baseline yet' : `new best, trial ${best.trial}`;
  return `generation ${generation + 1}: ${what}, EDP ${formatFigure(edp)} pJ·cycles${accuracy}${against}`;
}

/** Why a run ended, and what its final mappings cost where a design was searched. */
export function finishedText({ reason, design, networks }: FinishedEvent, baseline: BaselineEvent | null): string {
  if (design === null || networks.length === 0) return `finished: ${reason}`;
  const edp = formatFigure(geometricMean(networks.map((network) => network.edpPjCycles)));
  const gain = baseline === null ? null : edpImprovement(baseline.networks, networks);
  const against = gain === null ? '' : `, ${gainText(gain)} than ${baseline?.accelerator}`;
  return `finished: ${reason}; final mappings: EDP ${edp} pJ·cycles${against}`;
}

/** How two figures of the same networks go together. */
export function correlationText({ title, kendallTau, spearmanRho, points }: CorrelationEvent): string {
  return `${title}: Kendall τ ${kendallTau.toFixed(3)}, Spearman ρ ${spearmanRho.toFixed(3)} over ${points.length} networks`;
}
