import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import type { LevelSpecification } from '../../accelerator/specification.ts';
import type { TensorName } from '../../util/vocabulary.ts';
import { html, type Markup, trusted } from '../page/html.ts';
import { sharedTensors } from './hierarchy.ts';

/** What the wires along an axis of the array carry. */
export interface AxisWire {
  readonly tensor: TensorName;
  /** Whether partial sums are added up along it; otherwise the same words go to all PEs. */
  readonly isReduction: boolean;
}

/** Where the grid of PEs lies. */
export interface GridBox {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
}

/** Length of an arrow's head. */
const HEAD = 5;

/** The wires of the first parallel dim of an axis that shares a tensor; null where PEs share nothing or any dim may run. */
export function axisWire(level: LevelSpecification, axis: ArrayDimension | undefined): AxisWire | null {
  if (axis === undefined || axis.size === 1 || axis.parallelDims === 'any') return null;
  for (const dim of axis.parallelDims) {
    const [tensor] = sharedTensors(level, dim);
    if (tensor !== undefined) return { tensor, isReduction: tensor === 'Outputs' };
  }
  return null;
}

/** Lines through all PEs in the colour of their tensor: broadcasts enter at the left or top, reductions leave at the right or bottom. */
export function drawWires(box: GridBox, across: AxisWire | null, down: AxisWire | null): readonly Markup[] {
  const { left, top, columns, rows, cell } = box;
  const [right, bottom] = [left + columns * cell, top + rows * cell];
  const width = round(Math.min(1.25, 0.07 * cell));
  const middles = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + (i + 0.5) * cell);
  const markup: Markup[] = [];
  if (across !== null) {
    const ys = middles(rows, top);
    const heads = ys.map((y) => arrow(across.isReduction ? right + 1 : left - HEAD - 1, y, true));
    markup.push(
      wire(across, width, ys.map((y) => `M${round(left)} ${round(y)}H${round(right)}`).join(''), heads.join('')),
    );
  }
  if (down !== null) {
    const xs = middles(columns, left);
    const heads = xs.map((x) => arrow(x, down.isReduction ? bottom + 1 : top - HEAD - 1, false));
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
export function drawFoldedWire(box: GridBox, lastColumns: number, along: AxisWire | null): readonly Markup[] {
  if (along === null) return [];
  const { left, top, columns, rows, cell } = box;
  const width = round(Math.min(1.25, 0.07 * cell));
  const lines = Array.from({ length: rows }, (_, row) => {
    const isLast = row === rows - 1;
    const from = left - (row === 0 ? 0 : HEAD);
    const to = left + (isLast ? lastColumns * cell : columns * cell + HEAD);
    return `M${round(from)} ${round(top + (row + 0.5) * cell)}H${round(to)}`;
  });
  const head = along.isReduction
    ? arrow(left + lastColumns * cell + 1, top + (rows - 0.5) * cell, true)
    : arrow(left - HEAD - 1, top + 0.5 * cell, true);
  return [wire(along, width, lines.join(''), head)];
}

/** What the lines of an axis mean, with a piece of such a line. */
export function wireLegend(x: number, y: number, axis: ArrayDimension, { tensor, isReduction }: AxisWire): Markup {
  const text = isReduction ? `${tensor} are summed along ${axis.name}` : `${tensor} are broadcast along ${axis.name}`;
  return html`<path class="wire wire-${tensor.toLowerCase()}" stroke-width="1.5" d="M${round(x)} ${round(y - 4)}h14"/><text x="${round(x + 20)}" y="${round(y)}">${text}</text>`;
}

function wire({ tensor }: AxisWire, width: number, lines: string, heads: string): Markup {
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
