import type { LayerRow } from '../../search/run-state.ts';
import { drawColumns, drawMeter } from '../drawing/bars.ts';
import type { Canvas } from '../drawing/canvas.ts';
import { type Style, splitStyle } from '../drawing/palette.ts';
import type { RunView } from '../state/run-view.ts';

/** A name with its value in a column of facts. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly style?: Style;
  /** Draws a bar below: share in [0, 1]. */
  readonly share?: number;
}

/** A heading in bold. @returns the next row */
export function drawHeading(canvas: Canvas, y: number, text: string): number {
  canvas.text(0, y, text, 'heading');
  return y + 1;
}

/** Facts one below the other, values from column `indent` on. @returns the next row */
export function drawFacts(canvas: Canvas, top: number, facts: readonly Fact[], indent: number): number {
  let y = top;
  for (const { name, value, style, share } of facts) {
    canvas.text(0, y, name, 'dim', indent - 1);
    canvas.text(indent, y, value, style ?? 'text');
    y++;
    if (share === undefined) continue;
    drawMeter(canvas, indent, y, Math.max(0, Math.min(24, canvas.width - indent)), share, style ?? 'accent');
    y++;
  }
  return y;
}

/** Pieces of text on one line with blanks between, as far as they fit whole. */
export function drawWords(canvas: Canvas, y: number, words: readonly { text: string; style: Style }[], gap = 3): void {
  let x = 0;
  for (const { text, style } of words) {
    if (x > 0 && x + text.length > canvas.width) return;
    x = canvas.text(x, y, text, style) + gap;
  }
}

/** Energy of each layer as a column by level, repeats included. */
export function drawLayerEnergies(canvas: Canvas, layers: readonly LayerRow[]): void {
  const columns = layers.map(({ layer }) =>
    layer.energyByLevelPj.map(({ energyPj }, i) => ({ value: layer.repeat * energyPj, style: splitStyle(i) })),
  );
  drawColumns(canvas, columns);
}

/** Reason that there is no design yet. At most 22 columns. */
export function noDesignText({ started, optimal, counters }: RunView): string {
  const isBefore = started !== null && started.command !== 'map' && optimal === null && counters === null;
  if (isBefore) return 'baseline comes first';
  return started?.space === undefined ? 'no feasible design yet' : 'no other network yet';
}

/** Text in the middle of an empty page. */
export function drawEmpty(canvas: Canvas, lines: readonly string[]): void {
  const top = Math.max(0, (canvas.height - lines.length) >> 1);
  lines.forEach((line, i) => {
    canvas.text(Math.max(0, (canvas.width - line.length) >> 1), top + i, line, i === 0 ? 'text' : 'dim');
  });
}
