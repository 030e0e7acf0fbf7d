import type { InputsAxis } from './inputs-axis.ts';
import type { TileLattice } from './tile-lattice.ts';

/**
 * Least words of Inputs over all orders of the loops over P, Q, R, S, by [(row entry) * columnCount + column entry], for one position of N, G, C
 * and one step of K.
 *
 * A child that held the tiles of its innermost loop all at once would fetch no more than it does: the words of a whole round must come in
 * anyway, less what it can have kept. So the least traffic of a tile is at least that of the larger tile that joins its innermost loop,
 * and at least the strips that the loop brings in.
 */
export interface JoinedInputs {
  readonly columnCount: number;
  readonly least: Float64Array;
  /** Least when the innermost loop is over P, R, Q, S: what the joined tiles need. */
  readonly alongP: Float64Array;
  readonly alongR: Float64Array;
  readonly alongQ: Float64Array;
  readonly alongS: Float64Array;
}

/** Builds the table from the largest tiles inwards. */
export function joinedInputs(rows: InputsAxis, columns: InputsAxis, lattice: TileLattice): JoinedInputs {
  const counts = [rows, columns].flatMap(({ axis }) => [
    lattice.values[axis.output]!.length,
    lattice.values[axis.filter]!.length,
  ]) as [number, number, number, number];
  const [pCount, rCount, qCount, sCount] = counts;
  const columnCount = qCount * sCount;
  const size = pCount * rCount * columnCount;
  const make = () => new Float64Array(size);
  const table = { least: make(), alongP: make(), alongR: make(), alongQ: make(), alongS: make() };
  const { least, alongP, alongR, alongQ, alongS } = table;
  const values = [rows, columns].flatMap(({ axis }) => [lattice.values[axis.output]!, lattice.values[axis.filter]!]);
  /** Least over the multiples of a dim's value. */
  const larger = (list: Float64Array, place: number, at: number, stride: number): number => {
    let words = Number.POSITIVE_INFINITY;
    for (let next = place + 1; next < list.length; next++)
      if (list[next]! % list[place]! === 0) words = Math.min(words, least[at + (next - place) * stride]!);
    return words;
  };
  for (let p = pCount - 1; p >= 0; p--)
    for (let r = rCount - 1; r >= 0; r--)
      for (let q = qCount - 1; q >= 0; q--)
        for (let s = sCount - 1; s >= 0; s--) {
          const row = p * rCount + r;
          const column = q * sCount + s;
          const at = row * columnCount + column;
          const full = rows.full[row]! * columns.full[column]!;
          let words = full;
          const tryLoop = (
            along: Float64Array,
            strip: number,
            joins: boolean,
            list: Float64Array,
            place: number,
            stride: number,
          ) => {
            if (place === list.length - 1) return;
            along[at] = joins ? larger(list, place, at, stride) : 0;
            words = Math.min(words, Math.max(strip, along[at]!));
          };
          tryLoop(
            alongP,
            rows.outputStrip[row]! * columns.full[column]!,
            rows.outputsJoin,
            values[0]!,
            p,
            rCount * columnCount,
          );
          tryLoop(alongR, rows.filterStrip[row]! * columns.full[column]!, rows.filtersJoin, values[1]!, r, columnCount);
          tryLoop(alongQ, columns.outputStrip[column]! * rows.full[row]!, columns.outputsJoin, values[2]!, q, sCount);
          tryLoop(alongS, columns.filterStrip[column]! * rows.full[row]!, columns.filtersJoin, values[3]!, s, 1);
          least[at] = words;
        }
  return { columnCount, ...table };
}
