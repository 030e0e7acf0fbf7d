import { accuracyText } from '../../search/accuracy-text.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type {
  BaselineEvent,
  CorrelationEvent,
  FinishedEvent,
  RunEvent,
  StartedEvent,
} from '../../search/run-events.ts';
import { edpGain, gainOver, meanFigures } from '../../search/run-figures.ts';
import type { RunState } from '../../search/run-state.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { formatDuration, formatFactor, formatFigure, formatSi } from '../text/terminal-figures.ts';

/** A line of the log page. */
export interface LogEntry {
  /** Time of the run as of its last progress event; null before the first. */
  readonly elapsedSeconds: number | null;
  readonly level: 'info' | 'good' | 'warning';
  readonly text: string;
}

/** Time of a log entry as text; empty when unknown. */
export function logTime({ elapsedSeconds }: LogEntry): string {
  return elapsedSeconds === null ? '' : formatDuration(elapsedSeconds);
}

/** The line of an event; null where it has none. @param before, after the run without and with the event */
export function logLine(before: RunState, after: RunState, event: RunEvent): Omit<LogEntry, 'elapsedSeconds'> | null {
  switch (event.kind) {
    case 'started':
      return { level: 'info', text: startedText(event, before.started !== null) };
    case 'baseline':
      return { level: 'info', text: baselineText(event) };
    case 'generation': {
      const { best } = after;
      if (best === null || best.trial === before.best?.trial) return null;
      return { level: 'good', text: bestText(event.generation, best, after.published) };
    }
    case 'note':
      return event;
    case 'paused':
      return after.paused === before.paused ? null : { level: 'info', text: event.paused ? 'paused' : 'goes on' };
    case 'correlation':
      return { level: 'info', text: correlationText(event) };
    case 'finished':
      return { level: 'info', text: finishedText(event, after) };
    default:
      return null;
  }
}

/** A gain in EDP in words: `2.14× better`, `1.3× worse`. */
export function gainText(factor: number): string {
  return factor >= 1 ? `${formatFactor(factor)} better` : `${formatFactor(1 / factor)} worse`;
}

function startedText(event: StartedEvent, isResumed: boolean): string {
  const { command, strategy, seed } = event;
  return `${isResumed ? 'resumed' : 'started'} ${command} of ${searchedText(event)} by ${strategy}, seed ${seed}`;
}

function searchedText({ networks, space }: StartedEvent): string {
  if (space !== undefined) return `${space.title}, ${formatSi(space.size)} networks`;
  return networks.map((network) => network.name).join(', ');
}

function baselineText({ accelerator, dataflow, networks, isFinal }: BaselineEvent): string {
  const mapping = `${dataflow ?? 'optimal mapping'}${isFinal === true ? ', mapped anew' : ''}`;
  return `baseline ${accelerator}, ${mapping}: ${edpText(networks)}`;
}

function bestText(generation: number, best: ScoredDesign, published: BaselineEvent | null): string {
  const isBaseline = best.trial === BASELINE_TRIAL;
  const gain = published === null || isBaseline ? null : edpGain(published.networks, best.networks);
  const accuracy = best.network === undefined ? '' : `, top-1 ${accuracyText(best.network.accuracy)}`;
  const what = isBaseline ? 'nothing better than the baseline yet' : `new best, trial ${best.trial}`;
  return `generation ${generation + 1}: ${what}, ${edpText(best.networks)}${accuracy}${againstText(gain, published)}`;
}

function finishedText({ reason, design, networks }: FinishedEvent, run: RunState): string {
  if (design === null || networks.length === 0) return `finished: ${reason}`;
  const which = run.published === null ? 'optimal' : 'published';
  return `finished: ${reason}; final mappings: ${edpText(networks)}${againstText(gainOver(run, which), run[which])}`;
}

function edpText(networks: ScoredDesign['networks']): string {
  return `EDP ${formatFigure(meanFigures(networks).edpPjCycles)} pJ·cycles`;
}

function againstText(gain: number | null, baseline: BaselineEvent | null): string {
  return gain === null ? '' : `, ${gainText(gain)} than ${baseline?.accelerator}`;
}

function correlationText({ title, kendallTau, spearmanRho, points }: CorrelationEvent): string {
  return `${title}: Kendall τ ${kendallTau.toFixed(3)}, Spearman ρ ${spearmanRho.toFixed(3)} over ${points.length} networks`;
}
