import type { TopLevelSpec } from 'vega-lite';
import { html, type Markup } from '../page/html.ts';
import { type ChartFrame, RUN_COLORS } from './chart-base.ts';
import { type ChartRenderer, embedSvg } from './chart-svg.ts';

/** A chart as a figure. */
export interface ChartFigure {
  /** Prefix of identifiers; unique on the page. */
  readonly id: string;
  /** Text for screen readers. */
  readonly label: string;
  readonly caption?: Markup;
  /** Between the heading and the chart. */
  readonly legend?: Markup | undefined;
  /** The drawing for a desk or paper. */
  readonly wide: TopLevelSpec;
  /** The drawing for a phone: same data, own layout, so that no text shrinks. */
  readonly narrow: TopLevelSpec;
}

/** A chart for wide and for narrow pages, each of its own height in CSS pixels; null where there is nothing to draw. */
export function bothSizes(
  draw: (frame: ChartFrame) => TopLevelSpec | null,
  wideHeight: number,
  narrowHeight: number,
): Pick<ChartFigure, 'wide' | 'narrow'> | null {
  const wide = draw({ width: 1100, height: wideHeight });
  const narrow = draw({ width: 350, height: narrowHeight });
  return wide === null || narrow === null ? null : { wide, narrow };
}

/** Renders a chart twice, for wide and for narrow pages; style shows one of the two. */
export async function chartFigure(render: ChartRenderer, chart: ChartFigure): Promise<Markup> {
  const { id, label, legend, caption } = chart;
  const wide = embedSvg(await render(chart.wide), `${id}-wide`, label);
  const narrow = embedSvg(await render(chart.narrow), `${id}-narrow`, label);
  return html`<figure id="${id}">${legend}<div class="wide">${wide}</div><div class="narrow">${narrow}</div>${
    caption === undefined ? null : html`<figcaption>${caption}</figcaption>`
  }</figure>`;
}

/** One entry of a legend: a shape in a colour of the page and its name. */
export interface LegendEntry {
  readonly name: string | Markup;
  readonly color: string;
  readonly shape?: keyof typeof SHAPES;
}

/** Shapes within -6..6. */
const SHAPES = {
  square: 'M-5 -5h10v10h-10z',
  circle: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0',
  'triangle-up': 'M0 -5.5L5.5 4.5h-11z',
  'triangle-down': 'M0 5.5L5.5 -4.5h-11z',
  diamond: 'M0 -6L5 0L0 6L-5 0z',
  cross: 'M-2 -6h4v4h4v4h-4v4h-4v-4h-4v-4h4z',
  stroke: 'M-6 -1.5h12v3h-12z',
  star: 'M0 -6L1.5 -2L5.7 -1.9L2.4 .8L3.5 4.9L0 2.5L-3.5 4.9L-2.4 .8L-5.7 -1.9L-1.5 -2z',
  line: 'M-6 -1.25h12v2.5h-12z',
  dashes: 'M-6 -1h5v2h-5zM1 -1h5v2h-5z',
  dots: 'M-6 -.75h2v1.5h-2zM-1.5 -.75h2v1.5h-2zM3 -.75h2v1.5h-2z',
} as const;

/** The legend of a chart of two runs with {@link runEncoding}. @param names of the runs A and B */
export function runLegend(names: readonly [string, string]): Markup {
  return legend([
    { name: `A: ${names[0]}`, color: RUN_COLORS[0]!, shape: 'line' },
    { name: `B: ${names[1]}`, color: RUN_COLORS[1]!, shape: 'dashes' },
  ]);
}

/** A legend that wraps on narrow pages. */
export function legend(entries: readonly LegendEntry[]): Markup {
  return html`<ul class="legend">${entries.map(
    ({ name, color, shape = 'square' }) =>
      html`<li><svg width="13" height="13" viewBox="-6.5 -6.5 13 13" aria-hidden="true"><path d="${SHAPES[shape]}" fill="${color}"/></svg>${name}</li>`,
  )}</ul>`;
}
