import type { TopLevelSpec } from 'vega-lite';
import type { OccupancyPart, ScheduleSummary } from '../../schedule/summary.ts';
import { partsBits } from '../../schedule/summary-figures.ts';
import { type ChartFrame, chartBase, type Layer, linearScale, ruleLayers } from '../charts/chart-base.ts';
import { CHARACTER_WIDTH } from '../charts/chart-svg.ts';
import { shortened } from '../drawing/fitted-text.ts';
import { bytesText, numberText } from '../number-text.ts';
import { cleanText } from '../page/html.ts';
import { type OccupancyBand, occupancyBands } from './occupancy-bands.ts';

/** Bits of a KiB. */
const KIB = 8192;
/** A capacity that many times the peak is not drawn: the bands would be flat. */
const MOST_CAPACITY = 2;
const LABEL_SIZE = 11;
/** Font size of the label of the peak, and its distance to the rule, in CSS pixels. */
const PEAK_SIZE = 12;
const PEAK_GAP = 4;
/** Room of the axes beside the bands, in CSS pixels. */
const AXES = { width: 70, height: 60 };

/** Colours of what has one of its own. */
export const PART_COLORS: Readonly<Record<Exclude<OccupancyPart['what'], 'storage' | 'tile'>, string>> = {
  pinned: 'var(--weights)',
  held: 'var(--vector-unit)',
  mapping: 'var(--mac)',
};

/** Colours of activations, in turn. */
const TURNS = ['var(--level1)', 'var(--outputs)', 'var(--level2)', 'var(--inputs)', 'var(--level4)', 'var(--level0)'];

/** Whether the capacity is near enough to the peak to be drawn. */
export function showsCapacity({ capacityBits, peak }: ScheduleSummary): boolean {
  return capacityBits !== null && capacityBits <= MOST_CAPACITY * peak.bits;
}

/** What lies in the retention level over time, a band for each thing; null where no time passes or nothing lies in it. */
export function occupancyChart(schedule: ScheduleSummary, frame: ChartFrame): TopLevelSpec | null {
  const { occupancy, capacityBits, peak, operators } = schedule;
  const bands = occupancyBands(schedule);
  const cycles = occupancy.reduce((sum, row) => sum + row.cycles, 0);
  if (bands.length === 0 || !(cycles > 0)) return null;
  const highest = Math.max(peak.bits, showsCapacity(schedule) ? capacityBits! : 0) / KIB;
  const scale = linearScale([0, highest * 1.3]);
  const xScale = linearScale([0, cycles]);
  const colors = bandColors(bands);
  const values = bands.flatMap((band, index) => {
    const text = bandText(band);
    const point = (x: number, from: number, to: number) => ({ band: index, x, y: from / KIB, y2: to / KIB, text });
    const last = band.pieces.at(-1)!;
    return [
      ...band.pieces.map(({ fromCycles, fromBits, toBits }) => point(fromCycles, fromBits, toBits)),
      point(last.toCycles, last.fromBits, last.toBits),
    ];
  });
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    scale: xScale,
    axis: { title: 'Cycles', format: '~s', tickCount: Math.floor(frame.width / 90), grid: false },
  };
  const y = { field: 'y', type: 'quantitative' as const, scale, axis: { title: 'KiB', format: ',.9~g', tickCount: 5 } };
  const at = peakCycles(schedule);
  const inner = frame.width - AXES.width;
  const isLate = at > cycles / 2;
  // The wider side of the rule has room for the name, without the axis and the edge.
  const peakRoom = inner * (isLate ? at / cycles : 1 - at / cycles) - 2 * PEAK_GAP;
  const peakStart = `peak ${bytesText(peak.bits / 8)}: `;
  const peakNameRoom = peakRoom - peakStart.length * PEAK_SIZE * CHARACTER_WIDTH;
  const peakLabel = `${peakStart}${shortened(lineText(operators[peak.operator]!.name), peakNameRoom, 'plain')}`;
  const layers: Layer[] = [
    {
      data: { values },
      mark: { type: 'area', interpolate: 'step-after', stroke: 'var(--surface)', strokeWidth: 0.75 },
      encoding: {
        x,
        y,
        y2: { field: 'y2' },
        detail: { field: 'band', type: 'nominal' },
        color: {
          field: 'band',
          type: 'nominal',
          scale: { domain: bands.map((_, i) => i), range: colors },
          legend: null,
        },
        description: { field: 'text' },
      },
    },
    {
      data: { values: labelled(bands, cycles, highest * 1.3, frame) },
      mark: { type: 'text', fontSize: LABEL_SIZE, fill: 'var(--text)', aria: false, baseline: 'middle' },
      encoding: { x, y, text: { field: 'label' } },
    },
    {
      data: { values: [{ x: at, y: peak.bits / KIB, y2: highest * 1.3 }] },
      mark: { type: 'rule', color: 'var(--text)', strokeWidth: 1, strokeDash: [2, 3], aria: false },
      encoding: { x, y, y2: { field: 'y2' } },
    },
    {
      data: { values: [{ x: at, y: highest * 1.3, label: peakLabel }] },
      mark: {
        type: 'text',
        align: isLate ? 'right' : 'left',
        dx: isLate ? -PEAK_GAP : PEAK_GAP,
        dy: 7,
        fontSize: PEAK_SIZE,
        fill: 'var(--text)',
        aria: false,
      },
      encoding: { x, y, text: { field: 'label' } },
    },
  ];
  if (showsCapacity(schedule))
    layers.push(
      ...ruleLayers(
        {
          value: capacityBits! / KIB,
          label: `capacity ${bytesText(capacityBits! / 8)}`,
          color: 'var(--warn)',
          isAbove: true,
        },
        scale,
      ),
    );
  return { ...chartBase(frame), layer: layers };
}

/** Where the peak begins, in cycles. */
function peakCycles({ occupancy, peak }: ScheduleSummary): number {
  let now = 0;
  for (const { operator, cycles, parts } of occupancy) {
    if (operator === peak.operator && partsBits(parts) >= peak.bits) return now + cycles / 2;
    now += cycles;
  }
  return now / 2;
}

function bandColors(bands: readonly OccupancyBand[]): string[] {
  let turn = 0;
  const own = new Map<string, string>();
  return bands.map(({ what, name }) => {
    if (what !== 'storage' && what !== 'tile') return PART_COLORS[what];
    const known = own.get(name);
    if (known !== undefined) return known;
    const color = TURNS[turn++ % TURNS.length]!;
    own.set(name, color);
    return color;
  });
}

function bandText({ what, name, pieces }: OccupancyBand): string {
  const most = pieces.reduce((bits, piece) => Math.max(bits, piece.toBits - piece.fromBits), 0);
  const kind = { storage: ' (whole)', tile: ' (tile)', held: ' (held)', pinned: '', mapping: '' }[what];
  const up = what === 'storage' || what === 'pinned' ? '' : 'up to ';
  return `${name}${kind}: ${up}${bytesText(most / 8)}, cycles ${numberText(pieces[0]!.fromCycles)} to ${numberText(pieces.at(-1)!.toCycles)}`;
}

/** A name as it is shown, in one line. */
function lineText(name: string): string {
  return cleanText(name).replace(/\s+/g, ' ');
}

/** Names of the bands that have room for theirs, in the middle of their largest piece. */
function labelled(bands: readonly OccupancyBand[], cycles: number, highest: number, frame: ChartFrame) {
  const perCycle = (frame.width - AXES.width) / cycles;
  const perKib = (frame.height - AXES.height) / highest;
  return bands.flatMap(({ name, pieces }) => {
    const label = lineText(name);
    const needed = [...label].length * LABEL_SIZE * CHARACTER_WIDTH + 8;
    const fitting = pieces.filter(
      ({ fromCycles, toCycles, fromBits, toBits }) =>
        (toCycles - fromCycles) * perCycle >= needed && ((toBits - fromBits) / KIB) * perKib >= LABEL_SIZE + 3,
    );
    if (fitting.length === 0) return [];
    const area = (piece: (typeof pieces)[number]) =>
      (piece.toCycles - piece.fromCycles) * (piece.toBits - piece.fromBits);
    const largest = fitting.reduce((best, piece) => (area(piece) > area(best) ? piece : best));
    const middle = (from: number, to: number) => (from + to) / 2;
    return [
      {
        x: middle(largest.fromCycles, largest.toCycles),
        y: middle(largest.fromBits, largest.toBits) / KIB,
        label,
      },
    ];
  });
}
