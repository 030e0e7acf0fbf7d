import type { TopLevelSpec } from 'vega-lite';
import { cleanText, html, type Markup, trusted } from '../page/html.ts';

/** Turns a Vega-Lite specification into the text of an SVG element. */
export type ChartRenderer = (spec: TopLevelSpec) => Promise<string>;

/** Mean width of a character of the common sans-serif fonts, as a share of the font size. */
export const CHARACTER_WIDTH = 0.58;

interface TextItem {
  readonly fontSize?: number;
}

interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

function isTextMetrics(value: unknown): value is TextMetrics {
  return typeof value === 'object' && value !== null && 'width' in value && typeof value.width === 'function';
}

/** Loads Vega (heavy, hence only where a report is written) and gives a renderer that neither logs nor draws to a screen. */
export async function loadChartRenderer(): Promise<ChartRenderer> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const { parse, View, logger, None } = vega;
  // Vega's types leave its text metrics out. A fixed width keeps charts alike on machines with and without its optional canvas package.
  const metrics: unknown = 'textMetrics' in vega ? vega.textMetrics : undefined;
  if (!isTextMetrics(metrics)) throw new Error('this version of Vega has no text metrics to set');
  metrics.width = ({ fontSize = 11 }, text) => CHARACTER_WIDTH * fontSize * String(text ?? '').length;
  const quiet = logger(None);
  return async (spec) => {
    const view = new View(parse(compile(spec, { logger: quiet }).spec), { renderer: 'none', logger: quiet });
    const svg = await view.toSVG();
    view.finalize();
    return svg;
  };
}

/**
 * The SVG of a chart, made fit for a page: identifiers start with `id` (Vega numbers them across charts), coordinates have two decimals,
 * marks with a description show it as a tooltip, and what a screen reader gets is the chart's `label` as one image.
 */
export function embedSvg(svg: string, id: string, label: string): Markup {
  const names = new Map<string, string>();
  const rename = (name: string) => {
    if (!names.has(name)) names.set(name, `${id}-${names.size}`);
    return names.get(name)!;
  };
  const tidied = (tag: string) =>
    tag
      .replace(/ (?:role|aria-[a-z]+|pointer-events|xmlns:xlink|xmlns|version|font-family)="[^"]*"/g, '')
      .replace(/ class="(?:mark-[^"]*|background|foreground)"/g, '')
      .replace(/<path d=""[^>]*\/>|<path[^>]* display="none"\/>/g, '')
      .replace(/ id="([^"]*)"/g, (_, name: string) => ` id="${rename(name)}"`)
      .replace(/url\(#([^)]*)\)/g, (_, name: string) => `url(#${rename(name)})`)
      .replace(/ (?:transform|d|x|y|x2|y2|width|height|viewBox)="[^"]*"/g, (attribute) =>
        attribute.replace(/(\.\d\d)\d+/g, '$1').replace(/\.00(?!\d)/g, ''),
      );
  // What stands between tags is text of users.
  const text = svg
    .replace(/<path aria-label="([^"]*)"([^>]*)\/>/g, '<path$2><title>$1</title></path>')
    .replace(/<(?:"[^"]*"|[^">])*>/g, tidied);
  const opening = html`<svg role="img" aria-label="${label}" `.text;
  // Vega escapes markup alone.
  return trusted(cleanText(text).replace(/^<svg(?: class="marks")?/, () => opening));
}
