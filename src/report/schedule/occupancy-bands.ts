import type { OccupancyPart, ScheduleSummary } from '../../schedule/summary.ts';

/** A stretch of time in which a band lies at the same place. */
export interface BandPiece {
  readonly fromCycles: number;
  readonly toCycles: number;
  /** Bits below it, and with it. */
  readonly fromBits: number;
  readonly toBits: number;
}

/** One thing in the retention level for as long as it stays without a break. */
export interface OccupancyBand {
  readonly what: OccupancyPart['what'];
  readonly name: string;
  /** In order of time, each beginning where the last one ends. */
  readonly pieces: readonly BandPiece[];
}

/** From the bottom: what stays longest first. */
const ORDER: readonly OccupancyPart['what'][] = ['pinned', 'held', 'storage', 'tile', 'mapping'];

/** What stacks as one, whatever its name. */
const TOGETHER: Partial<Readonly<Record<OccupancyPart['what'], string>>> = {
  pinned: 'pinned weights',
  mapping: 'tiles of the mapping',
};

/** The retention level over time as bands on top of one another: their heights at any time add up to what lies in it. */
export function occupancyBands({ occupancy }: Pick<ScheduleSummary, 'occupancy'>): readonly OccupancyBand[] {
  const open = new Map<string, { band: OccupancyBand & { pieces: BandPiece[] }; row: number }>();
  const bands: OccupancyBand[] = [];
  const places = new Map<string, number>();
  let now = 0;
  let row = 0;
  for (const { cycles, parts } of occupancy) {
    if (cycles <= 0) continue;
    row++;
    let below = 0;
    for (const { key, what, name, bits } of stacked(parts, places)) {
      if (bits <= 0) continue;
      const piece = { fromCycles: now, toCycles: now + cycles, fromBits: below, toBits: below + bits };
      below += bits;
      const last = open.get(key);
      if (last === undefined || last.row < row - 1) {
        const band = { what, name, pieces: [piece] };
        bands.push(band);
        open.set(key, { band, row });
        continue;
      }
      last.row = row;
      extend(last.band.pieces, piece);
    }
    now += cycles;
  }
  return bands;
}

/** Parts from the bottom, in the order in which they first came; those that stack as one are one. @param places of parts, in order */
function stacked(parts: readonly OccupancyPart[], places: Map<string, number>) {
  const sums = new Map<string, { key: string; what: OccupancyPart['what']; name: string; bits: number }>();
  for (const { what, name: own, bits } of parts) {
    const name = TOGETHER[what] ?? own;
    const key = `${what} ${name}`;
    if (!places.has(key)) places.set(key, places.size);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { key, what, name, bits });
    else sum.bits += bits;
  }
  return [...sums.values()].sort(
    (a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what) || places.get(a.key)! - places.get(b.key)!,
  );
}

function extend(pieces: BandPiece[], piece: BandPiece): void {
  const last = pieces.at(-1)!;
  if (last.fromBits === piece.fromBits && last.toBits === piece.toBits)
    pieces[pieces.length - 1] = { ...last, toCycles: piece.toCycles };
  else pieces.push(piece);
}
