import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runEvent } from '../../../src/formats/run/events.ts';
import type { ScheduleSummary } from '../../../src/schedule/summary.ts';
import { schedules } from '../../schedule/schedules.ts';
import { syntheticSchedule } from '../../schedule/synthetic-schedule.ts';
import { hostileText } from '../../util/hostile-text.ts';

const END = { kind: 'finished', reason: 'done', design: null, networks: [] };
const ended = (schedule: unknown) => ({ ...END, schedules: [{ network: 'n', schedule }] });
const isRead = (schedule: unknown) => runEvent.safeParse(JSON.parse(JSON.stringify(ended(schedule)))).success;

type Path = readonly (string | number)[];

/** Places of all values in a document. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsIn(part, [...path, key]))];
}

/** A copy with another value in one place. */
function withAt(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value)) return value.map((part, i) => (i === Number(key) ? withAt(part, rest, other) : part));
  const parts = value as Readonly<Record<string, unknown>>;
  return { ...parts, [key]: withAt(parts[key], rest, other) };
}

describe('schedules in a journal', () => {
  // Killed by: a field that the reader leaves out, bounds of indices that are too strict.
  it('are read as they were written', () => {
    fc.assert(
      fc.property(schedules(24, hostileText), (schedule) => {
        const written: unknown = JSON.parse(JSON.stringify(ended(schedule)));
        expect(runEvent.parse(written)).toEqual(written);
      }),
      { numRuns: 60 },
    );
  });

  it('may be absent, as in runs of older versions', () => {
    expect(runEvent.parse(END)).toEqual(END);
  });

  // Killed by: a field of whatever form, so that a view meets it.
  it('are refused with anything else in any place', () => {
    const schedule = syntheticSchedule({ operators: 6, seed: 3 });
    for (const path of pathsIn(schedule)) expect([path, isRead(withAt(schedule, path, {}))]).toEqual([path, false]);
  });

  // Killed by: an index that is not checked, so that a view reads behind the end.
  it('are refused where a part names one that is not there', () => {
    const schedule = syntheticSchedule({ operators: 9, seed: 2 });
    const first = <Key extends 'storages' | 'operators' | 'segments' | 'occupancy'>(key: Key, change: object) => ({
      ...schedule,
      [key]: schedule[key].map((part, i) => (i === 0 ? { ...part, ...change } : part)),
    });
    const far = 1000;
    const wrong: readonly object[] = [
      first('operators', { inputs: [far] }),
      first('operators', { output: far }),
      first('operators', { segment: 1 }),
      first('storages', { producer: far }),
      first('storages', { users: [far] }),
      first('segments', { first: 1 }),
      first('segments', { end: 0 }),
      first('occupancy', { operator: far }),
      { ...schedule, operators: [] },
      { ...schedule, segments: schedule.segments.slice(0, -1) },
      {
        ...schedule,
        segments: schedule.segments.map((one) =>
          one.end === schedule.operators.length ? { ...one, end: one.end + 1 } : one,
        ),
      },
      { ...schedule, segments: [...schedule.segments, schedule.segments[0]] },
      { ...schedule, peak: { ...schedule.peak, operator: schedule.operators.length } },
    ];
    expect(isRead(schedule satisfies ScheduleSummary)).toBe(true);
    expect(wrong.map(isRead)).toEqual(wrong.map(() => false));
  });
});
