import { dataflowText } from '../../accelerator/wiring.ts';
import { accuracyCautions, accuracyText } from '../../search/accuracy-text.ts';
import {
  energyTotals,
  evaluatedCount,
  gainOver,
  layerTotals,
  meanFigures,
  resultFigures,
} from '../../search/run-figures.ts';
import { drawColumns, drawMeter, drawStack } from '../drawing/bars.ts';
import { type Canvas, fitText } from '../drawing/canvas.ts';
import { type ChartRule, drawChart } from '../drawing/chart.ts';
import { type Style, splitStyle } from '../drawing/palette.ts';
import { gainText } from '../state/run-log.ts';
import type { RunView } from '../state/run-view.ts';
import {
  formatDuration,
  formatEnergy,
  formatFactor,
  formatFigure,
  formatPercent,
  formatSi,
} from '../text/terminal-figures.ts';
import { drawAccuracyFront } from './accuracy-front.ts';
import { drawFoundNetwork } from './network-panel.ts';
import { drawEmpty, drawFacts, drawHeading, drawWords, type Fact, noDesignText, wrappedText } from './page-parts.ts';

const PANEL_WIDTH = 40;

/** Progress: the course of the search as a chart, the best so far, and how fast it goes. */
export function drawProgressPage(canvas: Canvas, view: RunView): void {
  if (view.started === null && view.counters === null && view.layers.length === 0) {
    drawEmpty(canvas, ['waiting for the first event of the run']);
    return;
  }
  const beside = canvas.width >= 92 && canvas.height >= 14;
  if (beside) {
    const panel = canvas.region(canvas.width - PANEL_WIDTH, 0, PANEL_WIDTH, canvas.height);
    drawPicture(canvas.region(0, 0, canvas.width - PANEL_WIDTH - 3, canvas.height), view);
    const y = drawFacts(
      panel,
      drawHeading(panel, 0, view.status === 'finished' ? 'Result' : 'Best so far'),
      bestFacts(view),
      18,
    );
    const after = drawDoing(
      panel,
      drawFacts(panel, drawHeading(panel, y + 1, isMap(view) ? 'Mapping' : 'Search'), searchFacts(view), 18),
      view,
    );
    const rest = panel.region(0, after + 1, panel.width, panel.height - after - 1);
    if (view.best?.network === undefined) drawNetworks(rest, view);
    else drawFoundNetwork(rest, view.best.network, view.started?.space);
    return;
  }
  drawSummaryLines(canvas, view);
  drawPicture(canvas.region(0, 3, canvas.width, canvas.height - 3), view);
}

/** What the run does after its search, below its facts. @returns the next row */
function drawDoing(panel: Canvas, top: number, { doing }: RunView): number {
  const lines = doing === null ? [] : wrappedText(doing, panel.width);
  for (const [i, line] of lines.entries()) panel.text(0, top + i, line, 'accent');
  return top + lines.length;
}

function isMap(view: RunView): boolean {
  return view.started?.command === 'map' || (view.counters === null && view.layers.length > 0);
}

function drawPicture(canvas: Canvas, view: RunView): void {
  // All networks of a space scored at once have no course.
  const hasNoCourse = view.bestEdp.points.length < 2 && view.started?.strategy === 'exhaustive';
  if (isMap(view)) drawLayerColumns(canvas, view);
  else if (hasNoCourse && view.accuracyFront.length > 0) drawAccuracyFront(canvas, view, '');
  else drawCourse(canvas, view);
}

/** EDP of the best and of the population against accelerators evaluated. */
function drawCourse(canvas: Canvas, view: RunView): void {
  drawWords(canvas, 0, [
    { text: 'EDP, pJ·cycles', style: 'heading' },
    { text: '━ best so far', style: 'best' },
    { text: '─ mean of the generation', style: 'mean' },
  ]);
  drawChart(canvas.region(0, 1, canvas.width, canvas.height - 1), {
    xLabel: view.started?.space === undefined ? 'accelerators evaluated' : 'candidates evaluated',
    xScale: 'linear',
    yScale: 'log',
    xFrom: 0,
    rules: baselineRules(view),
    series: [
      { style: 'mean', mark: 'line', points: view.meanEdp.points },
      { style: 'best', mark: 'steps', points: view.bestEdp.points },
    ],
  });
}

/** The EDP of both baselines; one line with both names where they are the same. */
function baselineRules({ searched: { published, optimal } }: RunView): ChartRule[] {
  const ruleOf = (event: RunView['published'], style: Style): ChartRule[] => {
    if (event === null || event.networks.length === 0) return [];
    const y = meanFigures(event.networks).edpPjCycles;
    const mapping = event.dataflow ?? 'optimal mapping';
    return [{ y, label: `${event.accelerator}, ${mapping}`, shortLabel: mapping, style }];
  };
  const [first, second] = [...ruleOf(published, 'published'), ...ruleOf(optimal, 'optimal')];
  if (first === undefined) return [];
  if (second === undefined) return [first];
  const isSame = Math.abs(first.y / second.y - 1) < 0.001;
  return isSame
    ? [{ ...second, label: `${first.label} = optimal mapping`, shortLabel: published?.accelerator ?? 'baseline' }]
    : [first, second];
}

/** Energy per layer by level, for runs that map the layers of a network. */
function drawLayerColumns(canvas: Canvas, view: RunView): void {
  const layers = view.layers.map(({ layer }) => layer);
  const levels = energyTotals(layers, 'level');
  canvas.text(0, 0, 'Energy by layer', 'heading');
  const legend = levels.map(({ name }, i) => ({ text: `■ ${name}`, style: splitStyle(i) }));
  const isBeside = legend.reduce((width, { text }) => width + text.length + 2, 18) <= canvas.width;
  drawWords(isBeside ? canvas.region(18, 0, canvas.width - 18, 1) : canvas, isBeside ? 0 : 1, legend, 2);
  drawColumns(
    canvas.region(0, 2, canvas.width, canvas.height - 4),
    layers.map((layer) =>
      layer.energyByLevelPj.map(({ energyPj }, i) => ({ value: layer.repeat * energyPj, style: splitStyle(i) })),
    ),
  );
  for (let x = 0; x < canvas.width; x++) canvas.put(x, canvas.height - 2, '─', 'faint');
  drawStack(
    canvas,
    7,
    canvas.height - 1,
    Math.max(0, Math.min(60, canvas.width - 8)),
    levels.map(({ energyPj }, i) => ({ value: energyPj, style: splitStyle(i) })),
  );
  canvas.text(0, canvas.height - 1, 'total', 'dim');
}

function bestFacts(view: RunView): Fact[] {
  const { best } = view;
  if (isMap(view)) return mapFacts(view);
  if (best === null) return [{ name: 'EDP', value: noDesignText(view), style: 'dim' }];
  const { edpPjCycles, energyPj, cycles } = meanFigures(resultFigures(view));
  const facts: Fact[] = [
    { name: 'EDP', value: `${formatFigure(edpPjCycles)} pJ·cycles`, style: 'best' },
    { name: 'energy', value: formatEnergy(energyPj) },
    { name: 'latency', value: `${formatSi(cycles)} cycles, ${formatSi(cycles / best.specification.clockHz, 's')}` },
    { name: 'area', value: best.areaMm2 > 0 ? `${formatFigure(best.areaMm2)} mm²` : 'not stated' },
    {
      name: 'array',
      value: `${best.design.axes.map((axis) => axis.size).join('×')}, ${dataflowText(best.design.axes)} parallel`,
    },
  ];
  if (best.network !== undefined)
    facts.splice(1, 0, {
      name: 'top-1',
      value: accuracyText(best.network.accuracy),
      style: accuracyCautions(best.network.accuracy).length === 0 ? 'accent' : 'warning',
    });
  for (const which of ['published', 'optimal'] as const) {
    const factor = gainOver(view, which);
    if (factor !== null) facts.push({ name: `vs ${which}`, value: `${gainText(factor)} EDP`, style: which });
  }
  return facts;
}

function mapFacts(view: RunView): Fact[] {
  const { layers } = view;
  const totals = layerTotals(layers.map(({ layer }) => layer));
  const edp = layers.length === 0 ? 0 : meanFigures(resultFigures(view)).edpPjCycles;
  const proven = layers.filter(({ layer }) => layer.optimal).length;
  return [
    { name: 'EDP', value: `${formatFigure(edp)} pJ·cycles`, style: 'best' },
    { name: 'energy', value: formatEnergy(totals.energyPj) },
    { name: 'latency', value: `${formatSi(totals.cycles)} cycles` },
    { name: 'MACs', value: formatSi(totals.macs) },
    { name: 'proven optimal', value: `${proven} of ${layers.length} layers` },
  ];
}

function searchFacts(view: RunView): Fact[] {
  const { progress, counters, started, generations: told } = view;
  const generation = told.at(-1)?.generation ?? null;
  const facts: Fact[] = [];
  const generations = started?.generations;
  if (generation !== null)
    facts.push({
      name: 'generation',
      value: generations === undefined ? `${generation + 1}` : `${generation + 1} of ${generations}`,
      ...(generations === undefined ? {} : { share: (generation + 1) / generations }),
    });
  if (isMap(view) && view.layerCount !== null)
    facts.push({
      name: 'layers',
      value: `${view.layers.length} of ${view.layerCount}`,
      share: view.layers.length / Math.max(1, view.layerCount),
    });
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
      { name: 'elapsed', value: formatDuration(progress.elapsedSeconds) },
    );
    if (progress.remainingSeconds !== null && view.status === 'running' && view.doing === null)
      facts.push({ name: 'time left', value: formatDuration(progress.remainingSeconds) });
  }
  return facts;
}

/** One line per network with its gain over the baseline; only where there are several. */
function drawNetworks(canvas: Canvas, view: RunView): void {
  const base = view.published ?? view.optimal;
  const networks = resultFigures(view);
  if (networks.length < 2 || canvas.height < 3) return;
  let y = drawHeading(canvas, 0, base === null ? 'Networks: EDP' : `Networks: EDP vs ${base.accelerator}`);
  for (const figures of networks) {
    const before = base?.networks.find(({ network }) => network === figures.network);
    const gain = before === undefined ? null : before.edpPjCycles / figures.edpPjCycles;
    canvas.text(0, y, figures.network, 'dim', 14);
    canvas.text(15, y, formatFigure(figures.edpPjCycles));
    if (gain !== null) canvas.text(24, y, formatFactor(gain), gain >= 1 ? 'good' : 'bad');
    y++;
  }
}

/** The panel in two lines for small terminals, and a bar. */
function drawSummaryLines(canvas: Canvas, view: RunView): void {
  const best = bestFacts(view);
  // The heading of the chart has the unit.
  const short = (value: string) => (canvas.width < 80 && !isMap(view) ? value.replace(' pJ·cycles', '') : value);
  drawWords(
    canvas,
    0,
    [
      ...best.slice(0, 1).map((fact) => ({
        text: view.best === null && !isMap(view) ? fact.value : `best ${fact.name} ${short(fact.value)}`,
        style: fact.style ?? ('text' as const),
      })),
      ...best
        .filter(({ name }) => isMap(view) || name === 'top-1' || name.startsWith('vs '))
        .slice(isMap(view) ? 1 : 0)
        .map((fact) => ({ text: `${fact.name} ${shortGain(fact.value)}`, style: fact.style ?? ('text' as const) })),
    ],
    2,
  );
  const facts = searchFacts(view);
  const share = facts.find((fact) => fact.share !== undefined)?.share;
  if (share !== undefined) drawMeter(canvas, 0, 2, canvas.width, share, 'accent');
  if (view.doing !== null) {
    canvas.text(0, 1, fitText(view.doing, canvas.width), 'accent');
    return;
  }
  const pick = (name: string, label: string) =>
    facts
      .filter((fact) => fact.name === name)
      .map((fact) => ({ text: `${label}${fact.value}`, style: 'dim' as const }));
  drawWords(
    canvas,
    1,
    [
      ...pick('generation', 'generation '),
      ...pick('layers', 'layers '),
      ...pick('evaluations/s', '').map((word) => ({
        ...word,
        text: word.text.replace(' mappings', '/s').replace(' ', ''),
      })),
      ...pick('cache hits', 'cache ').map((word) => ({ ...word, text: word.text.replace(' of layers', '') })),
      ...pick('workers', 'workers '),
      ...pick('time left', 'left '),
    ],
    2,
  );
}

function shortGain(value: string): string {
  return value.replace(/( better)? EDP$/, '');
}
