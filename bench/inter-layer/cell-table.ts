import type { Cell, CellFigures } from './cell.ts';

/** Figures of a cell with what its process took. */
export interface MeasuredFigures extends CellFigures {
  readonly megabytes: number;
  /** Processes that wanted to run, on average over the last minute: with more than there are cores, times are too long. */
  readonly load: number;
}

/** A cell, measured; or why it has no figures. */
export type MeasuredCell = Cell & (MeasuredFigures | { readonly reason: string });

/** Text that names a cell among the figures of before. */
export function cellKey({ network, accelerator, mode }: Cell): string {
  return `${network} on ${accelerator}, ${mode}`;
}

/** Head of the table. */
export const TABLE_HEAD = [
  '| network | accelerator | mode | EDP, pJ*cycles | against off | DRAM words | of compulsory | s | beyond off | processor s | MB | proof | before |',
  '|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|---|',
].join('\n');

/**
 * Row of a cell.
 * @param off the same network and accelerator with nothing on chip between layers; undefined: not measured
 * @param before figures of the cell that were measured earlier; undefined: none
 */
export function tableRow(
  cell: MeasuredCell,
  off: MeasuredCell | undefined,
  before: MeasuredFigures | undefined,
): string {
  const { network, accelerator, mode } = cell;
  const columns = 'reason' in cell ? [...EMPTY, cell.reason] : columnsOf(cell, off);
  return `| ${[network, accelerator, mode, ...columns, before === undefined ? '-' : beforeText(before)].join(' | ')} |`;
}

/** Columns of figures without the last, of a cell that has none. */
const EMPTY: readonly string[] = Array(8).fill('-');

function columnsOf(cell: Cell & MeasuredFigures, off: MeasuredCell | undefined): string[] {
  const { edpPjCycles, dramWords, compulsoryWords, seconds, cpuSeconds, megabytes } = cell;
  const base = off === undefined || 'reason' in off || cell.mode === 'off' ? null : off;
  return [
    edpPjCycles.toExponential(4),
    base === null ? '-' : `${percent(edpPjCycles / base.edpPjCycles - 1)} %`,
    dramWords.toLocaleString('en'),
    compulsoryWords === null ? '-' : (dramWords / compulsoryWords).toFixed(2),
    seconds.toFixed(1),
    base === null ? '-' : (seconds - base.seconds).toFixed(1),
    cpuSeconds.toFixed(1),
    megabytes.toFixed(0),
    proofText(cell),
  ];
}

function percent(share: number): string {
  const text = (100 * share).toFixed(1);
  return share > 0 ? `+${text}` : text;
}

function proofText({ optimal, lowerBound, edpPjCycles }: CellFigures): string {
  if (optimal) return 'proven';
  if (lowerBound === null || lowerBound <= 0) return 'open, no bound';
  return `open, bound ${lowerBound.toExponential(4)}, gap ${(100 * (edpPjCycles / lowerBound - 1)).toFixed(1)} %`;
}

function beforeText(before: MeasuredFigures): string {
  const { edpPjCycles, seconds, cpuSeconds, megabytes } = before;
  const figures = [
    edpPjCycles.toExponential(4),
    proofText(before),
    `${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} of processor, load ${before.load.toFixed(0)})`,
    `${megabytes.toFixed(0)} MB`,
  ];
  return figures.join(', ');
}

/** Seconds beyond `off` within which whole activations and parameters should be proven. */
const RETAIN_SECONDS = 10;
/** Memory that a cell should stay below. */
const MOST_MEGABYTES = 1000;

/** What must hold between the cells of a table, and how many reach the goals. */
export function summaryLines(cells: readonly MeasuredCell[]): string[] {
  const measured = cells.filter((cell) => !('reason' in cell)) as (Cell & MeasuredFigures)[];
  const of = ({ network, accelerator }: Cell, mode: Cell['mode']) =>
    measured.find((one) => one.network === network && one.accelerator === accelerator && one.mode === mode);
  const pairs = measured.flatMap((cell) => {
    const wider = cell.mode === 'off' ? of(cell, 'retain') : cell.mode === 'retain' ? of(cell, 'fuse') : undefined;
    return wider === undefined || !wider.optimal ? [] : [{ cell, wider }];
  });
  const worse = pairs.filter(({ cell, wider }) => wider.edpPjCycles > cell.edpPjCycles * (1 + 1e-9));
  const below = measured.filter(({ dramWords, compulsoryWords }) => dramWords < (compulsoryWords ?? 0));
  const late = measured.flatMap((cell) => {
    const off = cell.mode === 'retain' ? of(cell, 'off') : undefined;
    return off === undefined ? [] : [cell.optimal && cell.seconds - off.seconds <= RETAIN_SECONDS];
  });
  const proven = (mode: Cell['mode']) => {
    const own = measured.filter((cell) => cell.mode === mode);
    return `${own.filter(({ optimal }) => optimal).length} of ${own.length} ${mode}`;
  };
  return [
    `proven: ${proven('off')}, ${proven('retain')}, ${proven('fuse')}; without figures: ${cells.length - measured.length}`,
    `proven fuse <= retain <= off: ${pairs.length - worse.length} of ${pairs.length}`,
    ...worse.map(({ wider }) => `  worse: ${cellKey(wider)}`),
    `DRAM words >= compulsory: ${measured.length - below.length} of ${measured.length}`,
    ...below.map((cell) => `  fewer: ${cellKey(cell)}`),
    `retain proven within ${RETAIN_SECONDS} s beyond off: ${late.filter((isIn) => isIn).length} of ${late.length}`,
    `memory below ${MOST_MEGABYTES} MB: ${measured.filter(({ megabytes }) => megabytes < MOST_MEGABYTES).length} of ${measured.length}`,
  ];
}
