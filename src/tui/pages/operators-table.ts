import type { OccupancyPart, OccupancyRow, OperatorSummary, ScheduleSummary } from '../../schedule/summary.ts';
import { fullestRows, isTiled, partsBits, savedByOutput } from '../../schedule/summary-figures.ts';
import { drawStack } from '../drawing/bars.ts';
import { type Canvas, fitText } from '../drawing/canvas.ts';
import type { Style } from '../drawing/palette.ts';
import { formatBytes, formatEnergy, formatSi } from '../text/terminal-figures.ts';

/** What the bars of the retention level are made of, from the left. */
export const ROOM_PARTS: readonly {
  readonly what: readonly OccupancyPart['what'][];
  readonly name: string;
  readonly style: Style;
}[] = [
  { what: ['pinned', 'held'], name: 'weights', style: 'level3' },
  { what: ['storage'], name: 'R whole', style: 'level1' },
  { what: ['tile'], name: 'T tiles', style: 'level2' },
  { what: ['mapping'], name: 'mapping', style: 'mac' },
];

/** Letters of homes. */
const HOMES = { outermost: 'D', retained: 'R', fused: 'T' } as const;

/** An operator with what its row shows. */
interface Row {
  readonly schedule: ScheduleSummary;
  readonly operator: OperatorSummary;
  readonly index: number;
  readonly fullest: OccupancyRow | null;
}

/** A column of the table. */
interface Column {
  readonly title: string;
  readonly width: number;
  /** Columns with the largest numbers go first when the terminal is narrow. */
  readonly priority: number;
  readonly isNumber?: boolean;
  readonly draw: (canvas: Canvas, y: number, row: Row) => void;
}

const right = (text: (row: Row) => string, style: Style = 'text') =>
  ((canvas, y, row) => void canvas.textRight(canvas.width, y, text(row), style)) satisfies Column['draw'];

/** A figure that views do not have. */
const moving = (text: (operator: OperatorSummary) => string) =>
  right(({ operator }) => (operator.kind === 'view' ? '' : text(operator)));

/** Columns after the name, from left to right. */
const COLUMNS: readonly Column[] = [
  { title: 'homes', width: 7, priority: 0, draw: drawHomes },
  { title: 'weights', width: 8, priority: 5, draw: drawWeights },
  { title: 'steps', width: 6, priority: 6, isNumber: true, draw: moving(({ steps }) => (steps > 1 ? `${steps}` : '')) },
  { title: 'in the level', width: 16, priority: 1, draw: drawRoom },
  {
    title: 'bytes',
    width: 8,
    priority: 3,
    isNumber: true,
    draw: right(({ fullest }) => (fullest === null ? '' : formatBytes(partsBits(fullest.parts) / 8))),
  },
  { title: 'saved', width: 7, priority: 2, isNumber: true, draw: right(savedText, 'good') },
  { title: 'DRAM words', width: 10, priority: 4, isNumber: true, draw: moving(({ dramWords }) => formatSi(dramWords)) },
  { title: 'energy', width: 8, priority: 7, isNumber: true, draw: moving(({ energyPj }) => formatEnergy(energyPj)) },
  { title: 'cycles', width: 8, priority: 8, isNumber: true, draw: moving(({ cycles }) => formatSi(cycles)) },
];

/** Operators around the selected one in the order in which they run, segments of several in brackets, with as many figures as fit. */
export function drawOperatorsTable(canvas: Canvas, schedule: ScheduleSummary, selected: number): void {
  const { operators } = schedule;
  const nameWidth = nameColumns(schedule, canvas.width);
  const cells = columnsIn(canvas, nameWidth);
  canvas.text(3, 0, 'operator', 'dim');
  for (const { column, region } of cells) {
    if (column.isNumber === true) region.textRight(region.width, 0, column.title, 'dim');
    else region.text(0, 0, column.title, 'dim');
  }
  const rows = Math.max(1, canvas.height - 1);
  const first = Math.max(0, Math.min(selected - (rows >> 1), operators.length - rows));
  const fullest = fullestRows(schedule);
  operators.slice(first, first + rows).forEach((operator, i) => {
    const index = first + i;
    const isSelected = index === selected;
    canvas.put(0, i + 1, bracketOf(schedule, operator, index), 'accent');
    if (isSelected) canvas.put(1, i + 1, '▸', 'accent');
    canvas.text(3, i + 1, operator.name, isSelected ? 'selected' : 'text', nameWidth);
    for (const { column, region } of cells)
      column.draw(region, i + 1, { schedule, operator, index, fullest: fullest[index] ?? null });
  });
}

function nameColumns({ operators }: ScheduleSummary, width: number): number {
  const longest = operators.reduce((most, { name }) => Math.max(most, name.length), 8);
  return Math.min(longest, width >= 100 ? 34 : width >= 70 ? 20 : 16);
}

/** The most important columns that fit, in their order. */
function columnsIn(canvas: Canvas, nameWidth: number) {
  const chosen = new Set<Column>();
  let left = canvas.width - nameWidth - 3;
  for (const column of [...COLUMNS].sort((a, b) => a.priority - b.priority)) {
    if (column.width + 2 > left) continue;
    chosen.add(column);
    left -= column.width + 2;
  }
  let x = nameWidth + 5;
  return COLUMNS.filter((column) => chosen.has(column)).map((column) => {
    const region = canvas.region(x, 0, column.width, canvas.height);
    x += column.width + 2;
    return { column, region };
  });
}

function bracketOf({ segments }: ScheduleSummary, { segment: at }: OperatorSummary, index: number): string {
  const segment = segments[at]!;
  if (!isTiled(segment)) return ' ';
  if (segment.end - segment.first === 1) return '─';
  return index === segment.first ? '┌' : index === segment.end - 1 ? '└' : '│';
}

function drawHomes(canvas: Canvas, y: number, { schedule: { storages }, operator }: Row): void {
  const letters = [...new Set(operator.inputs)].map((storage) => HOMES[storages[storage]!.home]).join('');
  const { home } = storages[operator.output]!;
  const style: Style = home === 'outermost' ? 'dim' : home === 'retained' ? 'good' : 'accent';
  const end = canvas.text(0, y, fitText(letters, canvas.width - 2), 'dim');
  canvas.text(end, y, `→${HOMES[home]}`, style);
}

function drawWeights(canvas: Canvas, y: number, { operator: { weights } }: Row): void {
  if (weights !== 'none') canvas.text(0, y, weights, weights === 'streamed' ? 'dim' : 'warning');
}

function drawRoom(canvas: Canvas, y: number, { schedule: { capacityBits, peak }, fullest }: Row): void {
  if (fullest === null) return;
  const parts = ROOM_PARTS.map(({ what, style }) => ({
    value: partsBits(fullest.parts.filter((part) => what.includes(part.what))),
    style,
  }));
  drawStack(canvas, 0, y, canvas.width, parts, Math.max(capacityBits ?? peak.bits, partsBits(fullest.parts)));
}

function savedText({ schedule, operator, index }: Row): string {
  const saved = savedByOutput(schedule, operator, index);
  return saved > 0 ? formatSi(saved) : '';
}
