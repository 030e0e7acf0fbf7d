import { describeDesign } from '../../search/accelerator/design-specification.ts';
import type { ScoredDesign } from '../../search/ports.ts';
import type { RunEvent, RunStep } from '../../search/run-events.ts';
import { BASELINE_TRIAL } from '../../search/trials.ts';
import { formatNumber } from './format.ts';

/** Seconds of a run without a line after which one about its step is due. */
const STEP_SECONDS = 10;

/** {@link progressLine} of the events of a run one after the other: lines about its steps only where there would be none for long. */
export function progressLines(): (event: RunEvent) => string | null {
  let linedAt = 0;
  let now = 0;
  return (event) => {
    if (event.kind === 'progress') now = event.elapsedSeconds;
    if (event.kind === 'progress' && event.step !== undefined && now - linedAt < STEP_SECONDS) return null;
    const line = progressLine(event);
    if (line !== null) linedAt = now;
    return line;
  };
}

function stepLine({ text, done, total }: RunStep, seconds: number): string {
  return `  ${text}: ${Math.floor(done)} of ${total}, ${seconds.toFixed(0)} s`;
}

/** A co-search for a front scores no EDP, so that of its network stands here. */
function bestText({ network, networks, score }: ScoredDesign): string {
  return network === undefined
    ? `${(1 / score).toFixed(3)}x better EDP than the baseline's optimum`
    : `EDP ${networks[0]!.edpPjCycles.toExponential(3)} pJ*cycles at ${network.accuracy.top1Percent.toFixed(2)} %`;
}

/** One line of progress for an event; null where there is nothing to say. */
export function progressLine(event: RunEvent): string | null {
  switch (event.kind) {
    case 'started':
      return `${event.name}: ${event.strategy}${event.generations === undefined ? '' : `, ${event.generations} generations of ${event.populationSize}`}, seed ${event.seed}`;
    case 'baseline': {
      const edps = event.networks.map((figures) => figures.edpPjCycles.toExponential(3)).join(', ');
      const mapping =
        event.dataflow === null ? 'with its optimal mapping' : `with its published dataflow (${event.dataflow})`;
      return `baseline ${event.accelerator} ${mapping}${event.isFinal === true ? ', mapped as the design is' : ''}: EDP ${edps} pJ*cycles`;
    }
    case 'generation': {
      const { best, generation, counters } = event;
      const found =
        best === null
          ? 'nothing feasible yet'
          : best.trial === BASELINE_TRIAL && best.network === undefined
            ? "nothing better than the baseline's optimum yet"
            : `best ${bestText(best)}, ${describeDesign(best.design)}`;
      return `generation ${generation + 1}: ${found}${event.improved ? ' *' : ''} (${formatNumber(counters.scored)} scored, ${formatNumber(counters.stopped)} stopped early)`;
    }
    case 'progress': {
      if (event.step !== undefined) return stepLine(event.step, event.elapsedSeconds);
      const left =
        event.remainingSeconds === null ? '' : `, about ${formatNumber(Math.ceil(event.remainingSeconds))} s left`;
      return `  ${event.done}${event.total === null ? '' : `/${event.total}`} done in ${event.elapsedSeconds.toFixed(1)} s, ${formatNumber(Math.round(event.mappingsPerSecond))} ${Math.round(event.mappingsPerSecond) === 1 ? 'mapping' : 'mappings'}/s${left}`;
    }
    case 'layer':
      return `mapped ${event.index + 1}/${event.count} ${event.layer.name}`;
    case 'note':
      return `${event.level}: ${event.text}`;
    case 'correlation':
      return `${event.title}: Kendall tau ${event.kendallTau.toFixed(3)}, Spearman ${event.spearmanRho.toFixed(3)} over ${formatNumber(event.points.length)} networks`;
    case 'paused':
      return event.paused ? 'paused' : 'goes on';
    case 'best-layers':
    case 'found':
    case 'finished':
      return null;
  }
}
