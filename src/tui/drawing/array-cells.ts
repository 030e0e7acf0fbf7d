import type { Wire } from '../../accelerator/wiring.ts';
import type { Canvas } from './canvas.ts';
import type { Style } from './palette.ts';
import { tensorStyle } from './wire-texts.ts';

/** One PE as drawn, with the distance to the next, in characters. */
export interface CellShape {
  readonly pitchX: number;
  readonly pitchY: number;
  /** Lines of the PE itself. */
  readonly glyph: readonly string[];
}

/** The ways to draw a PE, the largest first. */
export const SHAPES: readonly CellShape[] = [
  { pitchX: 8, pitchY: 4, glyph: ['┌──┐', '│PE│', '└──┘'] },
  { pitchX: 6, pitchY: 3, glyph: ['┌─┐', '└─┘'] },
  { pitchX: 4, pitchY: 2, glyph: ['■'] },
  { pitchX: 4, pitchY: 1, glyph: ['■'] },
  { pitchX: 2, pitchY: 1, glyph: ['■'] },
];

/** Columns of the screen that so many columns of PEs take. */
export function gridWidth(columns: number, { pitchX, glyph }: CellShape): number {
  return (columns - 1) * pitchX + glyph[0]!.length;
}

/** Rows of the screen that so many rows of PEs take. */
export function gridHeight(rows: number, { pitchY, glyph }: CellShape): number {
  return (rows - 1) * pitchY + glyph.length;
}

/** Draws PEs with the links between them; null stands for places that are left out. */
export function drawCells(
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
