import { dataflowText } from '../../accelerator/wiring.ts';
import { accuracyCautions, accuracyText } from '../../search/accuracy-text.ts';
import {
  evaluatedCount,
  type HeadlineGain,
  headlineGain,
  layerTotals,
  meanFigures,
  provenLayers,
  resultFigures,
  rowsName,
} from '../../search/run-figures.ts';
import { trialText } from '../../search/trials.ts';
import { gainText } from '../state/run-log.ts';
import { elapsedSeconds, type RunView, secondsLeft } from '../state/run-view.ts';
import { formatDuration, formatEnergy, formatFigure, formatPercent, formatSi } from '../text/terminal-figures.ts';
import { type Fact, noDesignText } from './page-parts.ts';

/** Whether a run maps the layers of a network, with nothing to search above them (yet). */
export function isMap(view: RunView): boolean {
  return view.started?.command === 'map' || (view.counters === null && view.layers.length > 0);
}

/** Figures of the best design or of the layers mapped so far. */
export function bestFacts(view: RunView): Fact[] {
  const { best } = view;
  if (isMap(view)) return mapFacts(view);
  if (best === null) return baselineFacts(view);
  const { edpPjCycles, energyPj, cycles } = meanFigures(resultFigures(view));
  const facts: Fact[] = [
    { name: 'EDP', value: `${formatFigure(edpPjCycles)} pJ·cycles`, style: 'best' },
    { name: 'energy', value: formatEnergy(energyPj) },
    { name: 'latency', value: `${formatSi(cycles)} cycles, ${formatSi(cycles / best.specification.clockHz, 's')}` },
    { name: 'area', value: best.areaMm2 > 0 ? `${formatFigure(best.areaMm2)} mm²` : 'not stated' },
    { name: 'array', value: best.design.axes.map((axis) => axis.size).join('×') },
    { name: 'parallel dims', value: dataflowText(best.design.axes) },
  ];
  if (best.network !== undefined)
    facts.splice(1, 0, {
      name: 'top-1',
      value: accuracyText(best.network.accuracy),
      style: accuracyCautions(best.network.accuracy).length === 0 ? 'accent' : 'warning',
    });
  for (const which of ['published', 'optimal'] as const) {
    const gain = headlineGain(view, which);
    if (gain !== null) facts.push({ name: `vs ${which}`, value: headlineText(gain, best.trial), style: which });
  }
  return facts;
}

/** `1.33× better EDP`, with whose it is where that is not the best design of now, or `layers` where the layers are mapped one by one. */
function headlineText({ factor, kind, trial }: HeadlineGain, best: number): string {
  if (kind === 'layers') return `${gainText(factor)}, layers`;
  return kind === 'final' || trial === best
    ? `${gainText(factor)} EDP`
    : `${gainText(factor)}, ${trialText(trial ?? best)}`;
}

/** Until a search has found something, its baseline is the result: what it has to beat, and what a co-search ends with when it finds nothing. */
function baselineFacts(view: RunView): Fact[] {
  const { optimal, started } = view;
  if (optimal === null) return [{ name: 'EDP', value: noDesignText(view), style: 'dim' }];
  const { edpPjCycles, energyPj, cycles } = meanFigures(optimal.networks);
  const networks =
    started?.space === undefined ? '' : `${optimal.networks.map(({ network }) => network).join(' + ')} on `;
  return [
    { name: 'EDP', value: `${formatFigure(edpPjCycles)} pJ·cycles`, style: 'optimal' },
    { name: 'energy', value: formatEnergy(energyPj) },
    { name: 'latency', value: `${formatSi(cycles)} cycles` },
    { name: 'of the baseline', value: `${networks}${optimal.accelerator}`, style: 'dim' },
    { name: 'found', value: noDesignText(view), style: 'dim' },
  ];
}

function mapFacts(view: RunView): Fact[] {
  const { layers } = view;
  if (layers.length === 0) return [{ name: 'EDP', value: 'no layer is mapped yet', style: 'dim' }];
  const rows = layers.map(({ layer }) => layer);
  const totals = layerTotals(rows);
  const edp = meanFigures(resultFigures(view)).edpPjCycles;
  const { proven, count } = provenLayers(rows);
  return [
    { name: 'EDP', value: `${formatFigure(edp)} pJ·cycles`, style: 'best' },
    { name: 'energy', value: formatEnergy(totals.energyPj) },
    { name: 'latency', value: `${formatSi(totals.cycles)} cycles` },
    { name: 'MACs', value: formatSi(totals.macs) },
    { name: 'proven optimal', value: `${proven} of ${count} ${rowsName(view)}` },
  ];
}

/** Progress and speed of the run. */
export function searchFacts(view: RunView): Fact[] {
  const { progress, counters, started } = view;
  const generation = view.generations.at(-1)?.generation ?? null;
  const facts: Fact[] = [];
  const generations = started?.generations;
  if (generation !== null)
    facts.push({
      name: 'generation',
      value: generations === undefined ? `${generation + 1}` : `${generation + 1} of ${generations}`,
      ...(generations === undefined ? {} : { share: (generation + 1) / generations }),
    });
  if (isMap(view) && view.layerCount !== null) {
    const { count: rows } = provenLayers(view.layers.map(({ layer }) => layer));
    // Steps stand in place of all layers.
    const count = rowsName(view) === 'steps' ? view.layerCount : rows;
    facts.push({
      name: 'layers',
      value: `${count} of ${view.layerCount}`,
      share: count / Math.max(1, view.layerCount),
    });
  }
  if (counters !== null) {
    const asked = counters.layersMapped + counters.layersRemembered;
    facts.push(
      { name: view.started?.space === undefined ? 'accelerators' : 'candidates', value: `${evaluatedCount(counters)}` },
      { name: 'stopped early', value: `${counters.stopped}` },
      { name: 'unmappable', value: `${counters.unmappable}` },
      { name: 'mappings', value: formatSi(counters.mappingsEvaluated) },
      {
        name: 'cache hits',
        value: asked === 0 ? 'none yet' : `${formatPercent(counters.layersRemembered / asked)} of layers`,
      },
    );
  }
  if (progress !== null) {
    facts.push(
      { name: 'evaluations/s', value: `${formatSi(progress.mappingsPerSecond)} mappings` },
      { name: 'workers', value: `${progress.workers}` },
      { name: 'elapsed', value: formatDuration(elapsedSeconds(view)!) },
    );
    const left = secondsLeft(view);
    if (left !== null && view.status === 'running' && view.doing === null)
      facts.push({ name: 'time left', value: formatDuration(left) });
  }
  return facts;
}
