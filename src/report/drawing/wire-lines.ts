import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import type { Wire } from '../../accelerator/wiring.ts';
import { html, type Markup, trusted } from '../page/html.ts';
import { shortened } from './fitted-text.ts';

/** Place and size of the grid of PEs, in CSS pixels. */
export interface GridBox {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
}

/** Length of an arrow's head. */
const HEAD = 5;

/** Lines through all PEs in the colour of their tensor: broadcasts enter at the left or top, reductions leave at the right or bottom. */
export function drawWires(box: GridBox, across: Wire | undefined, down: Wire | undefined): readonly Markup[] {
  const { left, top, columns, rows, cell } = box;
  const [right, bottom] = [left + columns * cell, top + rows * cell];
  const width = round(Math.min(1.25, 0.07 * cell));
  const middles = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + (i + 0.5) * cell);
  const markup: Markup[] = [];
  if (across !== undefined) {
    const ys = middles(rows, top);
    const heads = ys.map((y) => arrow(isReduction(across) ? right + 1 : left - HEAD - 1, y, true));
    markup.push(
      wire(across, width, ys.map((y) => `M${round(left)} ${round(y)}H${round(right)}`).join(''), heads.join('')),
    );
  }
  if (down !== undefined) {
    const xs = middles(columns, left);
    const heads = xs.map((x) => arrow(x, isReduction(down) ? bottom + 1 : top - HEAD - 1, false));
    markup.push(
      wire(down, width, xs.map((x) => `M${round(x)} ${round(top)}V${round(bottom)}`).join(''), heads.join('')),
    );
  }
  return markup;
}

/**
 * The line through a single axis that is folded into rows: it goes on from the end of a row at the start of the next, beyond the PEs on
 * both sides. Broadcasts enter the first row, reductions leave the last one.
 * @param lastColumns PEs of the last row
 */
export function drawFoldedWire(box: GridBox, lastColumns: number, along: Wire | undefined): readonly Markup[] {
  if (along === undefined) return [];
  const { left, top, columns, rows, cell } = box;
  const width = round(Math.min(1.25, 0.07 * cell));
  const lines = Array.from({ length: rows }, (_, row) => {
    const isLast = row === rows - 1;
    const from = left - (row === 0 ? 0 : HEAD);
    const to = left + (isLast ? lastColumns * cell : columns * cell + HEAD);
    return `M${round(from)} ${round(top + (row + 0.5) * cell)}H${round(to)}`;
  });
  const head = isReduction(along)
    ? arrow(left + lastColumns * cell + 1, top + (rows - 0.5) * cell, true)
    : arrow(left - HEAD - 1, top + 0.5 * cell, true);
  return [wire(along, width, lines.join(''), head)];
}

/** The meaning of the lines of an axis, with a piece of such a line. */
export function wireLegend(x: number, y: number, axis: ArrayDimension, along: Wire): Markup {
  const { tensor } = along;
  const text = `${tensor} are ${isReduction(along) ? 'summed' : 'broadcast'} along ${shortened(axis.name, 190, 'plain')}`;
  return html`<path class="wire wire-${tensor.toLowerCase()}" stroke-width="1.5" d="M${round(x)} ${round(y - 4)}h14"/><text x="${round(x + 20)}" y="${round(y)}">${text}</text>`;
}

function isReduction({ kind }: Wire): boolean {
  return kind === 'reduction';
}

function wire({ tensor }: Wire, width: number, lines: string, heads: string): Markup {
  const kind = tensor.toLowerCase();
  return html`<path class="wire wire-${kind}" stroke-width="${width}" d="${trusted(lines)}"/><path class="head-${kind}" d="${trusted(heads)}"/>`;
}

/** A head that points right or down, its base at a place. */
function arrow(x: number, y: number, isRight: boolean): string {
  return isRight ? `M${round(x)} ${round(y - 3)}v6l${HEAD} -3z` : `M${round(x - 3)} ${round(y)}h6l-3 ${HEAD}z`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
