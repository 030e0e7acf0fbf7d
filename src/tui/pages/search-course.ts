import { meanFigures } from '../../search/run-figures.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { type ChartRule, drawChart } from '../drawing/chart.ts';
import type { Style } from '../drawing/palette.ts';
import type { RunView } from '../state/run-view.ts';
import { drawWords } from './page-parts.ts';

/** Column of the last entry of the legend. */
const MEAN_COLUMN = 33;

/** EDP of the best and of the population against accelerators evaluated. */
export function drawCourse(canvas: Canvas, view: RunView): void {
  const noun = view.started?.space === undefined ? 'designs' : 'candidates';
  const mean = [`─ mean of the ${noun} scored in a generation`, '─ mean of those scored'];
  const room = canvas.width - MEAN_COLUMN;
  drawWords(canvas, 0, [
    { text: 'EDP, pJ·cycles', style: 'heading' },
    { text: '━ best so far', style: 'best' },
    { text: mean.find((text) => text.length <= room) ?? mean[1]!, style: 'mean' },
  ]);
  drawChart(canvas.region(0, 1, canvas.width, canvas.height - 1), {
    xLabel: view.started?.space === undefined ? 'accelerators evaluated' : 'candidates evaluated',
    xScale: 'linear',
    yScale: 'log',
    xFrom: 0,
    rules: baselineRules(view),
    series: [
      { style: 'mean', mark: 'steps', points: view.meanEdp.points },
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
