/** A cell of a raster with how many points lie in it. */
export interface DensityCell {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly count: number;
}

/** One axis of a raster. */
export interface RasterAxis {
  readonly domain: readonly [number, number];
  readonly scale: 'linear' | 'log';
  readonly cells: number;
}

/** Points by cell of a raster, empty cells left out, so that a chart stays small whatever the number of points. Points outside count for the cell at the edge. */
export function densityCells(
  points: readonly (readonly [x: number, y: number])[],
  x: RasterAxis,
  y: RasterAxis,
): readonly DensityCell[] {
  const counts = new Map<number, number>();
  for (const point of points) {
    const place = cellOf(point[0], x) * y.cells + cellOf(point[1], y);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([place, count]) => {
      const [column, row] = [Math.floor(place / y.cells), place % y.cells];
      return { x0: edge(column, x), x1: edge(column + 1, x), y0: edge(row, y), y1: edge(row + 1, y), count };
    });
}

function cellOf(value: number, { domain: [low, high], scale, cells }: RasterAxis): number {
  const to = scale === 'log' ? Math.log : (one: number) => one;
  const place = Math.floor(((to(value) - to(low)) / (to(high) - to(low))) * cells);
  return Math.min(cells - 1, Math.max(0, Number.isNaN(place) ? 0 : place));
}

function edge(place: number, { domain: [low, high], scale, cells }: RasterAxis): number {
  const share = place / cells;
  return scale === 'log' ? low * (high / low) ** share : low + (high - low) * share;
}
