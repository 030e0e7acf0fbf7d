import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { occupancyBands } from '../../../src/report/schedule/occupancy-bands.ts';
import { occupancyChart, showsCapacity } from '../../../src/report/schedule/occupancy-chart.ts';
import { partsBits } from '../../../src/schedule/summary-figures.ts';
import { schedules } from '../../schedule/schedules.ts';
import { syntheticSchedule } from '../../schedule/synthetic-schedule.ts';

/** From the bottom: what stays longest first. */
const ORDER = ['pinned', 'held', 'storage', 'tile', 'mapping'];

const FRAME = { width: 640, height: 360 };
const dataOf = (chart: unknown): Record<string, number | string>[][] => {
  // A chart is plain data; only its rows are read.
  const { layer } = chart as { layer: { data?: { values: Record<string, number | string>[] } }[] };
  return layer.map(({ data }) => data?.values ?? []);
};

describe('bands of the retention level', () => {
  // Killed by: a part left out or counted twice, a band at another place or time, pieces joined that differ.
  it('add up to what lies in it at every moment, without gaps between them', () => {
    fc.assert(
      fc.property(schedules(40), (schedule) => {
        const pieces = occupancyBands(schedule).flatMap(({ what, pieces: own }) =>
          own.map((piece) => ({ what, ...piece })),
        );
        const gaps: unknown[] = [];
        let now = 0;
        for (const { cycles, parts } of schedule.occupancy) {
          const moment = now + cycles / 2;
          const here = pieces
            .filter(({ fromCycles, toCycles }) => fromCycles <= moment && moment < toCycles)
            .sort((a, b) => a.fromBits - b.fromBits);
          expect(here.at(-1)?.toBits ?? 0).toBe(partsBits(parts));
          const order = here.map(({ what }) => ORDER.indexOf(what));
          if (order.some((place, i) => i > 0 && place < order[i - 1]!)) gaps.push(here);
          if (here.some(({ fromBits }, i) => fromBits !== (here[i - 1]?.toBits ?? 0))) gaps.push(here);
          now += cycles;
        }
        expect(gaps).toEqual([]);
        expect(Math.max(...pieces.map(({ toCycles }) => toCycles))).toBe(now);
      }),
      { numRuns: 30 },
    );
  });

  // Killed by: a band that goes on through a time in which it is not there.
  it('are one for each thing as long as it stays', () => {
    const row = (names: readonly string[], bits = 8) => ({
      operator: 0,
      cycles: 10,
      parts: names.map((name) => ({ what: 'storage' as const, name, bits })),
    });
    const pinned = (bits: number) => ({ what: 'pinned' as const, name: `p${bits}`, bits });
    const stays = occupancyBands({ occupancy: [row(['a']), row(['a', 'b']), row(['b']), row(['a', 'b'])] });
    expect(stays.map(({ name, pieces }) => [name, pieces.map((p) => [p.fromCycles, p.toCycles, p.fromBits])])).toEqual([
      ['a', [[0, 20, 0]]],
      [
        'b',
        [
          [10, 20, 8],
          [20, 30, 0],
          [30, 40, 8],
        ],
      ],
      ['a', [[30, 40, 0]]],
    ]);
    const [lower, upper] = occupancyBands({
      occupancy: [
        row(['a', 'b']),
        { ...row([]), parts: [row(['a'], 4), row(['b'], 12)].flatMap(({ parts }) => parts) },
      ],
    });
    expect([lower, upper].map((band) => band?.pieces.map((piece) => [piece.fromBits, piece.toBits]))).toEqual([
      [
        [0, 8],
        [0, 4],
      ],
      [
        [8, 16],
        [4, 16],
      ],
    ]);
    // What takes no time is no part of the picture.
    expect(occupancyBands({ occupancy: [row(['a']), { ...row(['b']), cycles: 0 }, row(['a'])] })).toMatchObject([
      { name: 'a', pieces: [{ fromCycles: 0, toCycles: 20 }] },
    ]);
    const [weights] = occupancyBands({ occupancy: [{ ...row([]), parts: [pinned(8), pinned(16)] }] });
    expect(weights).toMatchObject({ what: 'pinned', name: 'pinned weights', pieces: [{ toBits: 24 }] });
  });

  it('are drawn with the peak at its operator, and the capacity where it is near', () => {
    fc.assert(
      fc.property(schedules(30), (schedule) => {
        const [points, labels, peak, name, ...rule] = dataOf(occupancyChart(schedule, FRAME));
        const most = Math.max(...points!.map(({ y2 }) => Number(y2)));
        expect(most).toBe(schedule.peak.bits / 8192);
        const now = schedule.occupancy.reduce((sum, { cycles }) => sum + cycles, 0);
        let until = 0;
        const at = schedule.occupancy.find(({ cycles }) => {
          until += cycles;
          return until > Number(peak![0]!.x);
        })!;
        expect([at.operator, partsBits(at.parts)]).toEqual([schedule.peak.operator, schedule.peak.bits]);
        expect(name![0]!.label).toContain('peak ');
        expect(rule).toHaveLength(showsCapacity(schedule) ? 2 : 0);
        if (rule.length > 0) expect(rule[0]![0]!.value).toBe(schedule.capacityBits! / 8192);
        // Each label stands within a band.
        const highest = Math.max(schedule.peak.bits, showsCapacity(schedule) ? schedule.capacityBits! : 0) * 1.3;
        for (const { x, y, label } of labels!)
          expect(
            occupancyBands(schedule).some(({ pieces }) =>
              pieces.some(
                (piece) =>
                  piece.fromCycles < Number(x) &&
                  Number(x) < piece.toCycles &&
                  piece.fromBits < 8192 * Number(y) &&
                  8192 * Number(y) < piece.toBits &&
                  ((piece.toCycles - piece.fromCycles) / now) * 570 >= 6 * String(label).length &&
                  ((piece.toBits - piece.fromBits) / highest) * 300 >= 11,
              ),
            ),
          ).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  // Killed by: a name that is cut to a share of the chart, wherever the peak is.
  it('name the peak within the chart, however long its name and wherever it is', () => {
    fc.assert(
      fc.property(schedules(30), fc.nat(80), fc.constantFrom(350, 640), (drawn, length, width) => {
        const operators = drawn.operators.map((one) => ({ ...one, name: `${one.name}${'m'.repeat(length)}` }));
        const chart = occupancyChart({ ...drawn, operators }, { width, height: 300 });
        const [{ x, label }] = dataOf(chart)[3] as [{ x: number; label: string }];
        const cycles = drawn.occupancy.reduce((sum, row) => sum + row.cycles, 0);
        const at = (x / cycles) * (width - 70);
        const needed = label.length * 12 * 0.55 + 4;
        expect(Math.max(at, width - 70 - at)).toBeGreaterThanOrEqual(needed);
        expect(label).toMatch(/^peak .*: ./);
      }),
      { numRuns: 30 },
    );
  });

  it('are absent where nothing lies in the level', () => {
    const schedule = syntheticSchedule({ operators: 3 });
    expect(occupancyChart({ ...schedule, occupancy: [] }, FRAME)).toBeNull();
    const empty = schedule.occupancy.map((row) => ({ ...row, parts: [] }));
    expect(occupancyChart({ ...schedule, occupancy: empty }, FRAME)).toBeNull();
    const timeless = schedule.occupancy.map((row) => ({ ...row, cycles: 0 }));
    expect(occupancyChart({ ...schedule, occupancy: timeless }, FRAME)).toBeNull();
  });
});
