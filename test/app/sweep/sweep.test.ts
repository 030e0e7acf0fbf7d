import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sweepJson } from '../../../src/app/sweep/sweep.ts';
import type { MapRequest } from '../../../src/options/map.ts';
import type { SweepRequest } from '../../../src/options/sweep.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import { mapped, swept } from '../run-folders.ts';
import { eyerissWith, freshPath, SMALL_REQUEST } from '../small-files.ts';

const sweep = (
  vary: string[],
  request: Partial<SweepRequest & { csv: string }> = {},
  emit: (event: RunEvent) => void = () => {},
) => swept({ ...SMALL_REQUEST, ...request, vary }, emit);
const totalsOf = async (request: Partial<MapRequest>) => (await mapped({ ...SMALL_REQUEST, ...request })).mapped.report;

describe('a sweep', () => {
  it('gives at every point what map gives on the edited accelerator', async () => {
    const { points } = await sweep(['L2=1KiB..4KiB']);
    expect(points.map(({ values }) => values[0]! / 8192)).toEqual([1, 2, 4]);
    for (const [i, { figures }] of points.entries()) {
      const report = await totalsOf({ accelerator: eyerissWith(['capacity: 108 KiB', `capacity: ${2 ** i} KiB`]) });
      expect(figures).toEqual({ totals: report.totals, areaMm2: report.areaMm2, optimal: true });
    }
  });

  it('does so for arrays with bandwidths, the last parameter fastest, and for a sampled mapper', async () => {
    const { points } = await sweep(['X=7,14', 'DRAM.bandwidth=240,480 MB/s'], { mapper: 'random', layer: 'conv' });
    expect(points.map(({ values }) => values)).toEqual([
      [7, 240e6],
      [7, 480e6],
      [14, 240e6],
      [14, 480e6],
    ]);
    for (const { values, figures } of points) {
      const accelerator = eyerissWith(['size: 14', `size: ${values[0]}`], ['480 MB/s', `${values[1]! / 1e6} MB/s`]);
      expect(figures!.totals).toEqual((await totalsOf({ accelerator, mapper: 'random', layer: 'conv' })).totals);
      expect(figures!.optimal).toBe(false);
    }
  });

  it('varies the batch', async () => {
    const { points } = await sweep(['batch=1,3'], { batch: 9 });
    const expected = await Promise.all([1, 3].map((batch) => totalsOf({ batch })));
    expect(points.map(({ figures }) => figures!.totals)).toEqual(expected.map(({ totals }) => totals));
  });

  it('marks the least of each figure and tells every point', async () => {
    const told: string[] = [];
    const result = await sweep(['L1=64B..1KiB x4'], {}, (event) => {
      if (event.kind === 'note') told.push(event.text);
    });
    const least = (of: (i: number) => number) => {
      const figures = result.points.map((_, i) => of(i));
      return figures.indexOf(Math.min(...figures));
    };
    expect(result.best).toEqual({
      edp: least((i) => result.points[i]!.figures!.totals.edpPjCycles),
      energy: least((i) => result.points[i]!.figures!.totals.energyPj),
      latency: least((i) => result.points[i]!.figures!.totals.cycles),
    });
    expect(told).toHaveLength(3);
    expect(told[0]).toContain('RegisterFile.capacity = 64 B');
    expect(result.energyNotes.join()).toContain('cacti-65nm');
  });

  it('keeps points without a mapping, with the reason, and fails when there is no other', async () => {
    const accelerator = eyerissWith(['capacity: 512 B', 'capacity: 512 B\n    mustKeep: [Weights, Inputs, Outputs]']);
    const { points } = await sweep(['L1=4B,6B,64B'], { accelerator });
    expect(points.map(({ figures }) => figures !== null)).toEqual([false, true, true]);
    expect(points[0]!.reason).toMatch(/RegisterFile.*too small/);
    await expect(sweep(['L1=2B,4B'], { accelerator })).rejects.toThrow(expect.objectContaining({ code: 'infeasible' }));
  });

  it('writes CSV to a new file only', async () => {
    const csv = freshPath('points.csv');
    const { points } = await sweep(['L2=1KiB,2KiB'], { layer: 'wide', csv });
    const lines = readFileSync(csv, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^GlobalBuffer.capacity \(KiB\),energy \(pJ\),cycles,/);
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 4).map(Number))).toEqual(
      points.map(({ values, figures }) => [
        values[0]! / 8192,
        figures!.totals.energyPj,
        figures!.totals.cycles,
        figures!.totals.edpPjCycles,
      ]),
    );
    await expect(sweep(['L2=1KiB,2KiB'], { layer: 'wide', csv })).rejects.toThrow(TrifoldError);
    expect(readFileSync(csv, 'utf8').trimEnd().split('\n')).toEqual(lines);
  });

  it('gives the same document twice', async () => {
    const json = async () => sweepJson(await sweep(['L2=1KiB,2KiB'], { layer: 'wide' }));
    expect(await json()).toEqual(await json());
    expect(await json()).toMatchObject({
      parameters: [{ name: 'GlobalBuffer.capacity', unit: 'bit', values: [8192, 16384] }],
    });
  });

  it('refuses no, three, equal and too many parameters, and unknown layers', async () => {
    await expect(sweep([])).rejects.toThrow(/one or two/);
    await expect(sweep(['X=1', 'Y=1', 'batch=1'])).rejects.toThrow(/one or two/);
    await expect(sweep(['L2=1KiB', 'GlobalBuffer=2KiB'])).rejects.toThrow(/varied twice/);
    await expect(sweep(['X=1..60 +1', 'Y=1..60 +1'])).rejects.toThrow(/3600 points/);
    await expect(sweep(['L2=1KiB'], { layer: 'none' })).rejects.toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});
