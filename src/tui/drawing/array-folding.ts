import type { Wire } from '../../accelerator/wiring.ts';
import { foldedLine } from '../../util/integers.ts';
import { type CellShape, drawCells, gridHeight, gridWidth, SHAPES } from './array-cells.ts';
import type { Canvas } from './canvas.ts';
import { tensorStyle } from './wire-texts.ts';

/** A row of PEs folded into several lines. */
export interface Folding {
  readonly shape: CellShape;
  readonly perLine: number;
  /** At least 2; all but the last are full. */
  readonly lines: number;
  /** PEs in all. */
  readonly count: number;
}

/** The largest PEs with which a row fits when it is folded; null when it fits as it is, along either side, and when it never fits. */
export function foldingOf(count: number, room: { readonly width: number; readonly height: number }): Folding | null {
  const isWhole = SHAPES.some(
    (shape) =>
      (gridWidth(count, shape) <= room.width && gridHeight(1, shape) <= room.height) ||
      (gridHeight(count, shape) <= room.height && gridWidth(1, shape) <= room.width),
  );
  if (isWhole) return null;
  for (const shape of SHAPES) {
    const most = Math.floor((room.width - shape.glyph[0]!.length) / shape.pitchX) + 1;
    if (most < 1) continue;
    const { lines, perLine } = foldedLine(count, most);
    if (gridHeight(lines, shape) <= room.height) return { shape, perLine, lines, count };
  }
  return null;
}

/**
 * Draws a folded row: where a line ends and the next goes on there are dashes. Words that are broadcast enter the first line, partial
 * sums that are reduced leave the last one. @param margin columns beside the grid, on both sides
 */
export function drawFoldedRow(canvas: Canvas, margin: number, folding: Folding, wire: Wire | undefined): void {
  const { shape, perLine, lines, count } = folding;
  for (let line = 0; line < lines; line++) {
    const places = Array.from({ length: Math.min(perLine, count - line * perLine) }, (_, i) => line * perLine + i);
    const y = line * shape.pitchY;
    const grid = canvas.region(margin, y, canvas.width - margin, canvas.height - y);
    drawCells(grid, shape, places, [0], wire, undefined);
    if (wire === undefined) continue;
    const style = tensorStyle(wire.tensor);
    const middle = y + ((shape.glyph.length - 1) >> 1);
    const end = margin + gridWidth(places.length, shape);
    const isLast = line === lines - 1;
    if (line > 0) canvas.put(margin - 2, middle, '┄', style);
    else if (wire.kind === 'broadcast') canvas.put(margin - 2, middle, '►', style);
    if (!isLast) canvas.put(end + 1, middle, '┄', style);
    else if (wire.kind === 'reduction') canvas.put(end + 1, middle, '►', style);
  }
}
