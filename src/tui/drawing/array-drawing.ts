import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import type { FanOutSpecification } from '../../accelerator/specification.ts';
import { drawnAxes, mainWire, parallelText, type Wire } from '../../accelerator/wiring.ts';
import { type CellShape, drawCells, gridHeight, gridWidth, SHAPES } from './array-cells.ts';
import { drawFoldedRow, foldingOf } from './array-folding.ts';
import type { Canvas } from './canvas.ts';
import { tensorStyle } from './wire-texts.ts';

/** An array that must be cut shows at least so many columns and rows, so that its shape can be seen. */
const LEAST_SHOWN = { columns: 6, rows: 6 };

/** Room around the grid: labels left, arrows on all sides. */
const MARGIN = { left: 9, right: 4, top: 2, bottom: 1 };

/**
 * Draws the PE array: the X axis to the right, Y downwards, a third axis as planes behind. Words that are broadcast enter at the left
 * or top, partial sums that are reduced leave at the right or bottom; links between PEs have the colour of their tensor.
 * A single row or column too long for the canvas is folded into several lines; other arrays too large for it are cut in the middle and
 * say what is drawn.
 * @returns rows that the drawing takes
 */
export function drawArray(canvas: Canvas, fanOut: FanOutSpecification): number {
  const [across, down, planes] = drawnAxes(fanOut.dimensions);
  const depth = planes === undefined || planes.size === 1 ? 0 : 1;
  const room = {
    width: canvas.width - MARGIN.left - MARGIN.right - 2 * depth,
    height: canvas.height - MARGIN.top - MARGIN.bottom - 2 * depth,
  };
  const [columns, rows] = [across?.size ?? 1, down?.size ?? 1];
  const left = MARGIN.left;
  const top = MARGIN.top + 2 * depth;
  const line = columns === 1 ? down : across;
  const folding = columns === 1 || rows === 1 ? foldingOf(Math.max(columns, rows), room) : null;
  if (folding !== null && line !== undefined) {
    const { shape, perLine, lines } = folding;
    const [width, height] = [gridWidth(perLine, shape), gridHeight(lines, shape)];
    drawFoldedRow(canvas.region(left - 2, top, width + 4, height), 2, folding, mainWire(fanOut, line));
    drawAxisLabel(canvas, left, line, ` in ${lines} lines`);
    if (depth === 1 && planes !== undefined) drawPlanes(canvas, { left, top, width, height }, planes);
    return top + height + MARGIN.bottom;
  }
  const shape = chooseShape(columns, rows, room);
  const shownColumns = shownPlaces(columns, Math.floor((room.width - shape.glyph[0]!.length) / shape.pitchX) + 1);
  const shownRows = shownPlaces(rows, Math.floor((room.height - shape.glyph.length) / shape.pitchY) + 1);
  if (shownColumns.length === 0 || shownRows.length === 0) return 0;
  const width = gridWidth(shownColumns.length, shape);
  const height = gridHeight(shownRows.length, shape);
  const grid = canvas.region(left, top, width, height);
  const [wireX, wireY] = [mainWire(fanOut, across), mainWire(fanOut, down)];
  drawCells(grid, shape, shownColumns, shownRows, wireX, wireY);
  drawArrows(canvas, { left, top, width, height }, shape, shownColumns, shownRows, wireX, wireY, depth);
  const [drawnColumns, drawnRows] = [countOf(shownColumns), countOf(shownRows)];
  const isCut = drawnColumns < columns || drawnRows < rows;
  drawAxisLabel(canvas, left, across, isCut ? ` (${drawnColumns}×${drawnRows} drawn)` : '');
  drawDownLabel(canvas, { left, top, width, height }, down);
  if (depth === 1 && planes !== undefined) drawPlanes(canvas, { left, top, width, height }, planes);
  return top + height + MARGIN.bottom;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
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

/** Places 0 to count - 1, or the first ones, a gap (null) and the last when only `limit` fit. */
function shownPlaces(count: number, limit: number): (number | null)[] {
  if (count <= limit) return Array.from({ length: count }, (_, i) => i);
  if (limit < 3) return Array.from({ length: Math.max(0, limit) }, (_, i) => i);
  return [...Array.from({ length: limit - 2 }, (_, i) => i), null, count - 1];
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

function countOf(places: readonly (number | null)[]): number {
  return places.filter((place) => place !== null).length;
}

/** Size and parallel dims of the axis that runs to the right, above the grid. @param how what the drawing does with it */
function drawAxisLabel(canvas: Canvas, left: number, axis: ArrayDimension | undefined, how: string): void {
  if (axis === undefined) return;
  const size = `${axis.name} = ${axis.size}`;
  // What runs in parallel comes first: how much is drawn can be seen.
  const hasRoom = left + size.length + how.length + 4 + parallelText(axis, 0).length <= canvas.width;
  const end = canvas.text(left, 0, hasRoom ? `${size}${how}` : size, 'strong');
  canvas.text(end, 0, `  ∥ ${parallelText(axis, canvas.width - end - 4)}`, 'accent');
}

function drawDownLabel(canvas: Canvas, box: Box, down: ArrayDimension | undefined): void {
  if (down === undefined) return;
  const middle = box.top + Math.max(0, (box.height >> 1) - 1);
  canvas.text(0, middle, `${down.name} = ${down.size}`, 'strong', MARGIN.left - 2);
  canvas.text(0, middle + 1, `∥ ${parallelText(down, MARGIN.left - 4)}`, 'accent', MARGIN.left - 2);
}

/** An edge behind the grid's top right corner stands for the planes of the third axis. */
function drawPlanes(canvas: Canvas, box: Box, planes: ArrayDimension): void {
  const right = box.left + box.width + 1;
  for (let x = box.left + 2; x < right; x++) canvas.put(x, box.top - 1, '─', 'dim');
  canvas.put(right, box.top - 1, '┐', 'dim');
  for (let y = box.top; y < box.top + box.height - 1; y++) canvas.put(right, y, '│', 'dim');
  canvas.text(box.left, 1, `${planes.name} = ${planes.size}`, 'strong');
  canvas.text(box.left + `${planes.name} = ${planes.size}`.length, 1, `  ∥ ${parallelText(planes)}  behind`, 'accent');
}
