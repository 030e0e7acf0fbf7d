import { isotonicFit } from './isotonic.ts';

/** One measured SRAM: a single-ported array of `bytes` that is accessed `bits` at a time. */
export interface SramRow {
  readonly bits: number;
  readonly bytes: number;
  /** Energy of one access of `bits`, in pJ. */
  readonly readPj: number;
  readonly writePj: number;
  /** Leakage of the whole array in mW. */
  readonly leakageMw: number;
  readonly areaMm2: number;
}

/** Columns of a table, as natural logarithms on its grid of sizes. */
interface WidthCurve {
  readonly logBits: number;
  readonly logReadPj: readonly number[];
  readonly logWritePj: readonly number[];
  readonly logLeakageMw: readonly number[];
  readonly logAreaMm2: readonly number[];
}

type Column = Exclude<keyof WidthCurve, 'logBits'>;

/** SRAM figures made monotone; built by {@link fitSramTable}. */
export interface SramTable {
  /** ln(bytes), ascending: the sizes that occur in any row. */
  readonly logBytes: readonly number[];
  /** Ascending in width. */
  readonly curves: readonly WidthCurve[];
  /** Exponent of the access energies in the width below the narrowest width of the table, in [0, 1]. */
  readonly narrowExponent: { readonly logReadPj: number; readonly logWritePj: number };
}

/** Access energies of one word in pJ. */
export interface MemoryAccess {
  readonly readPj: number;
  readonly writePj: number;
}

/** Growth of access energy with size beyond the largest row: wires of a square array grow with the square root of its area. */
const LARGE_ENERGY_EXPONENT = 0.5;

/**
 * Makes measured rows monotone, so that a larger memory never costs less per access, leaks less or is smaller:
 * 1. per width, each column is fitted over the sizes by pool-adjacent-violators in log space (monotone columns stay as measured);
 * 2. sizes below the smallest row of a width: energy as in that row (the register-file figure), area and leakage in proportion to the size;
 * 3. above the largest row: energy with the square root of the size, area and leakage in proportion;
 * 4. access energies become a running maximum over the widths, so that a wider access never costs less.
 * @throws RangeError when there are no rows, a figure is not positive, or a width and size occur twice.
 */
export function fitSramTable(rows: readonly SramRow[]): SramTable {
  const widths = ascending(rows.map((row) => row.bits));
  const sizes = ascending(rows.map((row) => row.bytes));
  if (widths.length === 0) throw new RangeError('an SRAM table needs at least one row');
  for (const row of rows)
    for (const [column, value] of Object.entries(row))
      if (!(Number.isFinite(value) && value > 0))
        throw new RangeError(`SRAM table: ${column} must be positive, not ${value}`);
  const logBytes = sizes.map(Math.log);
  const measured = widths.map((bits) => measuredCurve(rows, bits, logBytes));
  const curves: WidthCurve[] = [];
  for (const curve of measured) {
    const narrower = curves.at(-1);
    const atLeast = (column: Column) =>
      narrower === undefined ? curve[column] : curve[column].map((value, i) => Math.max(value, narrower[column][i]!));
    curves.push({ ...curve, logReadPj: atLeast('logReadPj'), logWritePj: atLeast('logWritePj') });
  }
  return {
    logBytes,
    curves,
    narrowExponent: { logReadPj: widthExponent(curves, 'logReadPj'), logWritePj: widthExponent(curves, 'logWritePj') },
  };
}

/**
 * Energy of one access of `bits` to a memory of `bytes`, both positive: interpolated in log(size) and log(width);
 * narrower than the table by the exponent of its two narrowest widths, wider in proportion (several arrays side by side).
 */
export function sramAccess(table: SramTable, bytes: number, bits: number): MemoryAccess {
  return { readPj: energyPj(table, 'logReadPj', bytes, bits), writePj: energyPj(table, 'logWritePj', bytes, bits) };
}

/** Area in mm^2 of a memory of `bytes` that is accessed `bits` at a time; widths outside the table as its nearest one. */
export function sramAreaMm2(table: SramTable, bytes: number, bits: number): number {
  return Math.exp(interpolate(table, 'logAreaMm2', Math.log(bytes), Math.log(bits)));
}

/** Leakage in mW of a memory of `bytes` that is accessed `bits` at a time; widths outside the table as its nearest one. */
export function sramLeakageMw(table: SramTable, bytes: number, bits: number): number {
  return Math.exp(interpolate(table, 'logLeakageMw', Math.log(bytes), Math.log(bits)));
}

function energyPj(table: SramTable, column: 'logReadPj' | 'logWritePj', bytes: number, bits: number): number {
  const logBits = Math.log(bits);
  const narrower = Math.min(0, logBits - table.curves[0]!.logBits);
  const wider = Math.max(0, logBits - table.curves.at(-1)!.logBits);
  const inside = interpolate(table, column, Math.log(bytes), logBits);
  return Math.exp(inside + narrower * table.narrowExponent[column] + wider);
}

/** Value of a column; constant outside the widths of the table. */
function interpolate(table: SramTable, column: Column, logBytes: number, logBits: number): number {
  const { curves } = table;
  let upper = 0;
  while (upper < curves.length && curves[upper]!.logBits < logBits) upper++;
  const high = curves[Math.min(upper, curves.length - 1)]!;
  const low = curves[Math.max(0, upper - 1)]!;
  const atHigh = alongSizes(table.logBytes, high[column], column, logBytes);
  if (low === high || upper === curves.length || high.logBits === logBits) return atHigh;
  const share = (logBits - low.logBits) / (high.logBits - low.logBits);
  return (1 - share) * alongSizes(table.logBytes, low[column], column, logBytes) + share * atHigh;
}

function alongSizes(grid: readonly number[], values: readonly number[], column: Column, logBytes: number): number {
  const last = grid.length - 1;
  const isEnergy = column === 'logReadPj' || column === 'logWritePj';
  if (logBytes <= grid[0]!) return values[0]! + (isEnergy ? 0 : logBytes - grid[0]!);
  if (logBytes >= grid[last]!) return values[last]! + (isEnergy ? LARGE_ENERGY_EXPONENT : 1) * (logBytes - grid[last]!);
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (grid[middle]! <= logBytes) low = middle;
    else high = middle;
  }
  const share = (logBytes - grid[low]!) / (grid[high]! - grid[low]!);
  return values[low]! + share * (values[high]! - values[low]!);
}

function measuredCurve(rows: readonly SramRow[], bits: number, grid: readonly number[]): WidthCurve {
  const own = rows.filter((row) => row.bits === bits).sort((a, b) => a.bytes - b.bytes);
  const ownGrid = own.map((row) => Math.log(row.bytes));
  if (new Set(ownGrid).size !== own.length) throw new RangeError(`SRAM table: a size occurs twice at ${bits} bits`);
  const column = (name: Column, value: (row: SramRow) => number): number[] => {
    const fitted = isotonicFit(own.map((row) => Math.log(value(row))));
    return grid.map((logBytes) => alongSizes(ownGrid, fitted, name, logBytes));
  };
  return {
    logBits: Math.log(bits),
    logReadPj: column('logReadPj', (row) => row.readPj),
    logWritePj: column('logWritePj', (row) => row.writePj),
    logLeakageMw: column('logLeakageMw', (row) => row.leakageMw),
    logAreaMm2: column('logAreaMm2', (row) => row.areaMm2),
  };
}

/** Mean slope of a column between the two narrowest widths, over all sizes; 1 with a single width. */
function widthExponent(curves: readonly WidthCurve[], column: Column): number {
  const [narrow, wide] = curves;
  if (narrow === undefined || wide === undefined) return 1;
  const slopes = narrow[column].map((value, i) => (wide[column][i]! - value) / (wide.logBits - narrow.logBits));
  return Math.min(1, slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length);
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
