import type { TemporalLoop } from '../mapping/mapping.ts';
import type { Dim } from '../util/vocabulary.ts';

/** Dims in the order of the bounds of a row. */
export const ROW_DIMS = ['K', 'C', 'P', 'Q', 'R', 'S'] as const;

/** A name. */
export function readName(cell: unknown): string | undefined {
  return typeof cell === 'string' && cell !== '' ? cell : undefined;
}

/** Measured cycles: a mean of several runs may have a fraction. */
export function readCycles(cell: unknown): number | undefined {
  return typeof cell === 'number' && cell >= 1 && cell <= Number.MAX_SAFE_INTEGER ? cell : undefined;
}

/** A mark that is set or not. */
export function readMark(cell: unknown): boolean | undefined {
  return cell === 0 || cell === 1 ? cell === 1 : undefined;
}

/** A whole number of at least 1. */
export function wholeNumber(cell: unknown): number | undefined {
  return typeof cell === 'number' && Number.isSafeInteger(cell) && cell >= 1 ? cell : undefined;
}

/** Bounds of a layer in the order of {@link ROW_DIMS}. */
export function readBounds(cell: unknown): readonly number[] | undefined {
  if (!Array.isArray(cell) || cell.length !== ROW_DIMS.length) return undefined;
  const bounds = cell.map(wholeNumber);
  return bounds.every((bound) => bound !== undefined) ? bounds : undefined;
}

/** Zeros before the map and its stored rows, null where nothing is padded. */
export function readPadding(cell: unknown): readonly [number, number] | null | undefined {
  if (cell === null) return null;
  if (!Array.isArray(cell) || cell.length !== 2) return undefined;
  const [zeros, size] = [cell[0] === 0 ? 0 : wholeNumber(cell[0]), wholeNumber(cell[1])];
  return zeros === undefined || size === undefined ? undefined : [zeros, size];
}

/** Loops such as `K8 Q28`, outer to inner; none of an empty text. */
export function readLoops(cell: unknown): readonly TemporalLoop[] | undefined {
  if (cell === '') return [];
  if (typeof cell !== 'string') return undefined;
  const loops: TemporalLoop[] = [];
  for (const word of cell.split(' ')) {
    const [, dim, bound] = /^([KCPQRS])([1-9]\d{0,14})$/.exec(word) ?? [];
    if (bound === undefined) return undefined;
    loops.push({ dim: dim as Dim, bound: Number(bound) });
  }
  return loops;
}
