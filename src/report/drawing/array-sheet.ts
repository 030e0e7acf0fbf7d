import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import { childrenOf } from '../../accelerator/accelerator.ts';
import { arrayLevel, type PlacedLevel, placedLevels, totalBytes } from '../../accelerator/placed-levels.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { drawnAxes } from '../../accelerator/wiring.ts';
import { foldedLine } from '../../util/integers.ts';
import { numberText } from '../number-text.ts';

/** Width of buffers and array, in CSS pixels. */
export const ARRAY_WIDTH = 340;
const ARRAY_HEIGHT = 300;
/** Cells drawn along an axis at most: a longer single axis is folded, others are cut and say so. */
const MOST_CELLS = 32;
/** Rows that a single axis is folded into at most; a longer one is cut and says so. */
const MOST_ROWS_FOLDED = 24;

/** The PE array as it is drawn: its first two axes as a sheet of cells. */
export interface ArraySheet {
  /** The levels down to the one that the array lies below. */
  readonly above: readonly PlacedLevel[];
  /** The levels in each PE. */
  readonly inside: readonly PlacedLevel[];
  /** Axes longer than 1: to the right, downwards, as sheets behind. */
  readonly axes: readonly ArrayDimension[];
  readonly columns: number;
  readonly rows: number;
  /** PEs of the last row: fewer than `columns` where a single axis is folded. */
  readonly lastColumns: number;
  /** Says whether an axis is folded or cut; empty where all its PEs stand in one line. */
  readonly how: { readonly x: string; readonly y: string };
  /** Side of a PE's cell in CSS pixels. */
  readonly cell: number;
  readonly peCount: number;
  /** Bytes of the memories in one PE. */
  readonly bytesPerPe: number;
}

/** The sheet of an accelerator's array. */
export function arraySheet(specification: AcceleratorSpecification): ArraySheet {
  const levels = placedLevels(specification);
  const arrayAt = arrayLevel(specification);
  const { level, instances } = levels[arrayAt]!;
  const axes = drawnAxes(level.fanOut.dimensions.filter(({ size }) => size > 1));
  const [x, y] = axes;
  const cells = sheetCells(x?.size ?? 1, y?.size);
  const inside = levels.slice(arrayAt + 1);
  const peCount = instances * childrenOf(level);
  return {
    above: levels.slice(0, arrayAt + 1),
    inside,
    axes,
    ...cells,
    cell: Math.min(ARRAY_WIDTH / cells.columns, ARRAY_HEIGHT / cells.rows, 42),
    peCount,
    bytesPerPe: inside.reduce((sum, placed) => sum + totalBytes(placed) / peCount, 0),
  };
}

function sheetCells(
  across: number,
  down: number | undefined,
): Pick<ArraySheet, 'columns' | 'rows' | 'lastColumns' | 'how'> {
  if (down === undefined && across > MOST_CELLS) {
    const shown = Math.min(across, MOST_CELLS * MOST_ROWS_FOLDED);
    const { lines, perLine, last } = foldedLine(shown, MOST_CELLS);
    const x = shown < across ? ` (folded, ${numberText(shown)} drawn)` : ` (folded into ${lines} rows)`;
    return { columns: perLine, rows: lines, lastColumns: last, how: { x, y: '' } };
  }
  const columns = Math.min(across, MOST_CELLS);
  const rows = Math.min(down ?? 1, MOST_CELLS);
  const how = (drawnCells: number, size: number) => (drawnCells < size ? ` (${drawnCells} drawn)` : '');
  return { columns, rows, lastColumns: columns, how: { x: how(columns, across), y: how(rows, down ?? 1) } };
}
