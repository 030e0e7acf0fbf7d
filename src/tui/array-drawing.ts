import type { Canvas } from './canvas.ts';
import type { Style } from './palette.ts';
import { type Axis, parallelText, tensorStyle, type Wire, wiresOf } from './wiring.ts';

/** How large one PE is drawn, links included. */
interface CellShape {
  readonly pitchX: number;
  readonly pitchY: number;
  /** Lines of the PE itself. */
  readonly glyph: readonly string[];
}

const SHAPES: readonly CellShape[] = [
  { pitchX: 8, pitchY: 4, glyph: ['┌──┐', '│PE│', '└──┘'] },
  { pitchX: 6, pitchY: 3, glyph: ['┌─┐', '└─┘'] },
  { pitchX: 4, pitchY: 2, glyph: ['■'] },
  { pitchX: 4, pitchY: 1, glyph: ['■'] },
  { pitchX: 2, pitchY: 1, glyph: ['■'] },
];

/** An array that must be cut shows at least so many columns and rows, so that its shape can be seen. */
const LEAST_SHOWN = { columns: 6, rows: 6 };

/** Room around the grid: labels left, arrows on all sides. */
const MARGIN = { left: 9, right: 4, top: 2, bottom: 1 };

/**
 * Draws the PE array: the X axis to the right, Y downwards, a third axis as planes behind. Words that are broadcast enter at the left
 * or top, partial sums that are reduced leave at the right or bottom; links between PEs have the colour of their tensor.
 * An array too large for the canvas is cut in the middle.
 * @returns rows that the drawing takes
 */
export function drawArray(canvas: Canvas, axes: readonly Axis[]): number {
  const { across, down, planes } = layOut(axes);
  const depth = planes === undefined || planes.size === 1 ? 0 : 1;
  const room = {
    width: canvas.width - MARGIN.left - MARGIN.right - 2 * depth,
    height: canvas.height - MARGIN.top - MARGIN.bottom - 2 * depth,
  };
  const [columns, rows] = [across?.size ?? 1, down?.size ?? 1];
  const shape = chooseShape(columns, rows, room);
  const shownColumns = shownPlaces(columns, Math.floor((room.width - shape.glyph[0]!.length) / shape.pitchX) + 1);
  const shownRows = shownPlaces(rows, Math.floor((room.height - shape.glyph.length) / shape.pitchY) + 1);
  if (shownColumns.length === 0 || shownRows.length === 0) return 0;
  const width = gridWidth(shownColumns.length, shape);
  const height = gridHeight(shownRows.length, shape);
  const left = MARGIN.left;
  const top = MARGIN.top + 2 * depth;
  const grid = canvas.region(left, top, width, height);
  const [wireX, wireY] = [mainWire(across), mainWire(down)];
  drawCells(grid, shape, shownColumns, shownRows, wireX, wireY);
  drawArrows(canvas, { left, top, width, height }, shape, shownColumns, shownRows, wireX, wireY, depth);
  drawAxisLabels(canvas, { left, top, width, height }, across, down);
  if (depth === 1 && planes !== undefined) drawPlanes(canvas, { left, top, width, height }, planes);
  return top + height + MARGIN.bottom;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** X (or the first axis) runs to the right, Y (or the next) down, what is left goes behind. */
function layOut(axes: readonly Axis[]): { across?: Axis; down?: Axis; planes?: Axis } {
  const rest = [...axes];
  const take = (name: string) => {
    const place = rest.findIndex((axis) => axis.name === name);
    return rest.splice(Math.max(0, place), 1)[0];
  };
  const across = take('X');
  const down = take('Y');
  const planes = rest[0];
  return { ...(across && { across }), ...(down && { down }), ...(planes && { planes }) };
}

/** The largest shape that shows all PEs; else the largest that shows enough of them. */
function chooseShape(columns: number, rows: number, room: { width: number; height: number }): CellShape {
  const fits = (one: CellShape, shownColumns: number, shownRows: number) =>
    gridWidth(shownColumns, one) <= room.width && gridHeight(shownRows, one) <= room.height;
  return (
    SHAPES.find((one) => fits(one, columns, rows)) ??
    SHAPES.find((one) => fits(one, Math.min(columns, LEAST_SHOWN.columns), Math.min(rows, LEAST_SHOWN.rows))) ??
    SHAPES.at(-1)!
  );
}

function gridWidth(columns: number, { pitchX, glyph }: CellShape): number {
  return (columns - 1) * pitchX + glyph[0]!.length;
}

function gridHeight(rows: number, { pitchY, glyph }: CellShape): number {
  return (rows - 1) * pitchY + glyph.length;
}

/** Places 0 to count - 1, or the first ones, a gap (null) and the last when only `limit` fit. */
function shownPlaces(count: number, limit: number): (number | null)[] {
  if (count <= limit) return Array.from({ length: count }, (_, i) => i);
  if (limit < 3) return Array.from({ length: Math.max(0, limit) }, (_, i) => i);
  return [...Array.from({ length: limit - 2 }, (_, i) => i), null, count - 1];
}

/** The wires of the first parallel dim that shares something. */
function mainWire(axis: Axis | undefined): Wire | undefined {
  return axis === undefined || axis.size === 1 ? undefined : wiresOf(axis)[0];
}

function drawCells(
  grid: Canvas,
  { pitchX, pitchY, glyph }: CellShape,
  columns: readonly (number | null)[],
  rows: readonly (number | null)[],
  wireX: Wire | undefined,
  wireY: Wire | undefined,
): void {
  const [width, height] = [glyph[0]!.length, glyph.length];
  rows.forEach((row, j) => {
    columns.forEach((column, i) => {
      const [x, y] = [i * pitchX, j * pitchY];
      const [middleX, middleY] = [x + (width >> 1), y + ((height - 1) >> 1)];
      if (row === null || column === null) {
        grid.put(middleX, middleY, row === null && column === null ? '⋱' : row === null ? '⋮' : '⋯', 'faint');
        return;
      }
      glyph.forEach((text, line) => void grid.text(x, y + line, text, 'element'));
      if (i + 1 < columns.length && columns[i + 1] !== null) {
        const [character, style] = link(wireX, '─', '→');
        for (let n = width; n < pitchX; n++)
          grid.put(x + n, middleY, n === pitchX - 1 && pitchX > 2 ? character : style === 'faint' ? ' ' : '─', style);
        if (pitchX === 2) grid.put(x + 1, middleY, character, style);
      }
      if (j + 1 < rows.length && rows[j + 1] !== null)
        for (let n = height; n < pitchY; n++) {
          const [character, style] = link(wireY, '│', '↓');
          grid.put(middleX, y + n, style === 'faint' ? ' ' : character, style);
        }
    });
  });
}

/** Character and style of the link to the next PE; nothing where PEs share nothing. */
function link(wire: Wire | undefined, broadcast: string, reduction: string): [string, Style] {
  if (wire === undefined) return [' ', 'faint'];
  return [wire.kind === 'broadcast' ? broadcast : reduction, tensorStyle(wire.tensor)];
}

function drawArrows(
  canvas: Canvas,
  box: Box,
  { pitchX, pitchY, glyph }: CellShape,
  columns: readonly (number | null)[],
  rows: readonly (number | null)[],
  wireX: Wire | undefined,
  wireY: Wire | undefined,
  depth: number,
): void {
  if (wireY !== undefined) {
    const y = wireY.kind === 'broadcast' ? box.top - 1 - depth : box.top + box.height;
    columns.forEach((column, i) => {
      if (column !== null)
        canvas.put(box.left + i * pitchX + (glyph[0]!.length >> 1), y, '▼', tensorStyle(wireY.tensor));
    });
  }
  if (wireX !== undefined) {
    const x = wireX.kind === 'broadcast' ? box.left - 2 : box.left + box.width + 1 + 2 * depth;
    rows.forEach((row, j) => {
      if (row !== null) canvas.put(x, box.top + j * pitchY + ((glyph.length - 1) >> 1), '►', tensorStyle(wireX.tensor));
    });
  }
}

function drawAxisLabels(canvas: Canvas, box: Box, across: Axis | undefined, down: Axis | undefined): void {
  if (across !== undefined) canvas.text(box.left, 0, `${across.name} = ${across.size}`, 'strong');
  if (across !== undefined)
    canvas.text(box.left + `${across.name} = ${across.size}`.length, 0, `  ∥ ${parallelText(across)}`, 'accent');
  if (down === undefined) return;
  const middle = box.top + Math.max(0, (box.height >> 1) - 1);
  canvas.text(0, middle, `${down.name} = ${down.size}`, 'strong', MARGIN.left - 2);
  canvas.text(0, middle + 1, `∥ ${parallelText(down)}`, 'accent', MARGIN.left - 2);
}

/** An edge behind the grid's top right corner stands for the planes of the third axis. */
function drawPlanes(canvas: Canvas, box: Box, planes: Axis): void {
  const right = box.left + box.width + 1;
  for (let x = box.left + 2; x < right; x++) canvas.put(x, box.top - 1, '─', 'dim');
  canvas.put(right, box.top - 1, '┐', 'dim');
  for (let y = box.top; y < box.top + box.height - 1; y++) canvas.put(right, y, '│', 'dim');
  canvas.text(box.left, 1, `${planes.name} = ${planes.size}`, 'strong');
  canvas.text(box.left + `${planes.name} = ${planes.size}`.length, 1, `  ∥ ${parallelText(planes)}  behind`, 'accent');
}
