import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Cell, MODES } from './cell.ts';
import { cellKey, type MeasuredCell, type MeasuredFigures } from './cell-table.ts';

/** Figures of cells that were measured before, by what names them. */
export type LastFigures = Readonly<Record<string, MeasuredFigures>>;

/** Reads the figures of before; none where there is no such file. */
export function readLastFigures(file: string): LastFigures {
  // The file is written by this program alone.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LastFigures) : {};
}

/** Figures with those of measured cells in the place of older ones, in the order of their names. */
export function withMeasured(last: LastFigures, cells: readonly MeasuredCell[]): LastFigures {
  const all = new Map(Object.entries(last));
  for (const cell of cells) {
    if ('reason' in cell) continue;
    const { network: _, accelerator: __, mode: ___, ...figures } = cell;
    all.set(cellKey(cell), figures);
  }
  return Object.fromEntries([...all].sort(([a], [b]) => orderOf(a).localeCompare(orderOf(b))));
}

/** Modes of a network on an accelerator stand in their order. */
function orderOf(key: string): string {
  const [where, mode] = key.split(', ') as [string, Cell['mode']];
  return `${where} ${MODES.indexOf(mode)}`;
}

/** Writes figures. */
export function writeLastFigures(file: string, figures: LastFigures): void {
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
}
