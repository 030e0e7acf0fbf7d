import type { RunStep } from '../../search/run-events.ts';
import { energyTotals, resultFigures } from '../../search/run-figures.ts';
import { wrappedText } from '../../util/text-columns.ts';
import { drawMeter, drawStack } from '../drawing/bars.ts';
import { type Canvas, fitText } from '../drawing/canvas.ts';
import { splitStyle } from '../drawing/palette.ts';
import type { RunView } from '../state/run-view.ts';
import { formatFactor, formatFigure } from '../text/terminal-figures.ts';
import { drawAccuracyFront } from './accuracy-front.ts';
import { drawFoundNetwork } from './network-panel.ts';
import { drawEmpty, drawFacts, drawHeading, drawLayerEnergies, drawWords } from './page-parts.ts';
import { bestFacts, isMap, searchFacts } from './progress-facts.ts';
import { drawCourse } from './search-course.ts';

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
  const top = 3 + drawStep(canvas, 3, view);
  drawPicture(canvas.region(0, top, canvas.width, canvas.height - top), view);
}

/** What the run does now, below its facts: its step after the search, and how far it is. @returns the next row */
function drawDoing(panel: Canvas, top: number, { doing, progress, status }: RunView): number {
  const step = status === 'running' ? progress?.step : undefined;
  const lines = [
    ...(doing === null ? [] : wrappedText(doing, panel.width)),
    ...(step === undefined ? [] : wrappedText(stepText(step), panel.width)),
  ];
  for (const [i, line] of lines.entries()) panel.text(0, top + i, line, 'accent');
  if (step === undefined) return top + lines.length;
  drawMeter(panel, 0, top + lines.length, panel.width, step.done / Math.max(1, step.total), 'accent');
  return top + lines.length + 1;
}

/** `generation 3: 5 of 16`, the words cut where that is wider than the room, never the count. A part of a piece does not count. */
function stepText({ text, done, total }: RunStep, width = Number.POSITIVE_INFINITY): string {
  const count = `: ${Math.floor(done)} of ${total}`;
  return `${fitText(text, width - count.length)}${count}`;
}

function drawPicture(canvas: Canvas, view: RunView): void {
  // All networks of a space scored at once have no course.
  const hasNoCourse = view.bestEdp.points.length < 2 && view.started?.strategy === 'exhaustive';
  if (isMap(view)) drawLayerColumns(canvas, view);
  else if (hasNoCourse && view.accuracyFront.length > 0) drawAccuracyFront(canvas, view, '');
  else drawCourse(canvas, view);
}

/** Energy per layer by level, for runs that map the layers of a network. */
function drawLayerColumns(canvas: Canvas, view: RunView): void {
  const levels = energyTotals(
    view.layers.map(({ layer }) => layer),
    'level',
  );
  canvas.text(0, 0, 'Energy by layer', 'heading');
  const legend = levels.map(({ name }, i) => ({ text: `■ ${name}`, style: splitStyle(i) }));
  const isBeside = legend.reduce((width, { text }) => width + text.length + 2, 18) <= canvas.width;
  drawWords(isBeside ? canvas.region(18, 0, canvas.width - 18, 1) : canvas, isBeside ? 0 : 1, legend, 2);
  drawLayerEnergies(canvas.region(0, 2, canvas.width, canvas.height - 4), view.layers);
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

/** Rows below which a small terminal shows no step. */
const LEAST_STEP_ROWS = 14;

/** The step under way in one line with its own bar. @returns rows that it takes */
function drawStep(canvas: Canvas, y: number, { progress, status }: RunView): number {
  const step = status === 'running' ? progress?.step : undefined;
  if (canvas.height < LEAST_STEP_ROWS) return 0;
  if (step === undefined) return 1;
  const bar = Math.floor(canvas.width / 4);
  canvas.text(0, y, stepText(step, canvas.width - bar - 2), 'accent');
  drawMeter(canvas, canvas.width - bar, y, bar, step.done / Math.max(1, step.total), 'accent');
  return 1;
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
        text: summaryText(view, fact.name, short(fact.value)),
        style: fact.style ?? ('text' as const),
      })),
      ...best
        .filter(({ name }) => isMap(view) || name === 'top-1' || name === 'found' || name.startsWith('vs '))
        .slice(isMap(view) ? 1 : 0)
        .map((fact) => ({
          text: fact.name === 'found' ? fact.value : `${fact.name} ${shortGain(fact.value)}`,
          style: fact.style ?? ('text' as const),
        })),
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

/** Whose EDP it is: of the best, or of the baseline while there is nothing else. */
function summaryText(view: RunView, name: string, value: string): string {
  if (isMap(view) || view.best !== null) return `best ${name} ${value}`;
  return view.optimal === null ? value : `baseline ${name} ${value}`;
}

function shortGain(value: string): string {
  return value.replace(/ EDP$/, '').replace(' better', '');
}
