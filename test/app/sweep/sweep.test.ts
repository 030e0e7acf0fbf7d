import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capacityBits } from '../../../src/accelerator/accelerator.ts';
import { pinnedGoal } from '../../../src/app/layers/goal.ts';
import { openLayerPool } from '../../../src/app/layers/layer-pool.ts';
import type { LayerWork, LayerWorkResult } from '../../../src/app/layers/layer-work.ts';
import { loadAccelerator, loadWorkload } from '../../../src/app/presets/load.ts';
import { runSweep, sweepJson } from '../../../src/app/sweep/sweep.ts';
import type { MapRequest } from '../../../src/options/map.ts';
import type { SweepRequest } from '../../../src/options/sweep.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import { mapped, OUT_OF_TIME, swept } from '../run-folders.ts';
import { freshPath, SMALL_REQUEST, TRADE_NETWORK, tinyWith } from '../small-files.ts';

const TINY = { ...SMALL_REQUEST, workload: TRADE_NETWORK, accelerator: tinyWith() };
const sweep = (
  vary: string[],
  request: Partial<SweepRequest & { csv: string }> = {},
  emit: (event: RunEvent) => void = () => {},
) => swept({ ...TINY, ...request, vary }, emit);
const ISLANDS = { mode: 'off', reason: null };
const totalsOf = async (request: Partial<MapRequest>) => (await mapped({ ...TINY, ...request })).report;

describe('a sweep', () => {
  it('gives at every point what map gives on the edited accelerator', async () => {
    const { points } = await sweep(['L2=64B..256B']);
    expect(points.map(({ values }) => values[0]! / 8)).toEqual([64, 128, 256]);
    for (const [i, { figures }] of points.entries()) {
      const report = await totalsOf({ accelerator: tinyWith(['capacity: 128 B', `capacity: ${64 * 2 ** i} B`]) });
      expect(figures).toEqual({ totals: report.totals, areaMm2: report.areaMm2, optimal: true, staying: ISLANDS });
    }
  });

  it('does so for arrays with bandwidths, the last parameter fastest, and for a sampled mapper', async () => {
    const { points } = await sweep(['X=2,4', 'DRAM.bandwidth=4,8 GB/s'], { mapper: 'random', layer: 'a' });
    expect(points.map(({ values }) => values)).toEqual([
      [2, 4e9],
      [2, 8e9],
      [4, 4e9],
      [4, 8e9],
    ]);
    for (const { values, figures } of points) {
      const accelerator = tinyWith(['size: 4', `size: ${values[0]}`], ['4 words/cycle', `${values[1]! / 1e9} GB/s`]);
      expect(figures!.totals).toEqual((await totalsOf({ accelerator, mapper: 'random', layer: 'a' })).totals);
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
    const result = await sweep(['L1=8B..64B x4'], {}, (event) => {
      if (event.kind === 'note') told.push(event.text);
    });
    const totals = result.points.map(({ figures }) => figures!.totals);
    const { best } = result;
    expect(totals[best.edp]!.edpPjCycles).toBe(Math.min(...totals.map(({ edpPjCycles }) => edpPjCycles)));
    expect(totals[best.energy]!.energyPj).toBe(Math.min(...totals.map(({ energyPj }) => energyPj)));
    expect(totals[best.latency]!.cycles).toBe(Math.min(...totals.map(({ cycles }) => cycles)));
    expect(told).toHaveLength(3);
    expect(told[0]).toContain('Registers.capacity = 8 B');
    expect(result.energyNotes.join()).toContain('cacti-65nm');
  });

  it('decides between equal figures by the other one, then takes the first', async () => {
    // Bandwidth changes no energy, a larger register file no cycles of this layer.
    const byBandwidth = await sweep(['DRAM.bandwidth=0.05,0.1,64,128 words/cycle'], {
      layer: 'a',
      objective: 'energy',
    });
    const ofBandwidth = byBandwidth.points.map(({ figures }) => figures!.totals);
    expect(new Set(ofBandwidth.map(({ energyPj }) => energyPj)).size).toBe(1);
    const fastest = Math.min(...ofBandwidth.map(({ cycles }) => cycles));
    expect(fastest).toBeLessThan(ofBandwidth[0]!.cycles);
    expect(byBandwidth.best.energy).toBe(ofBandwidth.findIndex(({ cycles }) => cycles === fastest));
    const bySize = await sweep(['L2=64B..256B'], { layer: 'a', objective: 'latency' });
    const ofSize = bySize.points.map(({ figures }) => figures!.totals);
    const least = Math.min(...ofSize.map(({ cycles }) => cycles));
    const rivals = ofSize.filter(({ cycles }) => cycles === least).map(({ energyPj }) => energyPj);
    expect(rivals.length).toBeGreaterThan(1);
    expect(ofSize[bySize.best.latency]!.energyPj).toBe(Math.min(...rivals));
  });

  it('keeps points without a mapping, with the reason, and fails when there is no other', async () => {
    const accelerator = tinyWith(['capacity: 8 B', 'capacity: 8 B\n    mustKeep: [Weights, Inputs, Outputs]']);
    const { points } = await sweep(['L1=4B,6B,64B'], { accelerator });
    expect(points.map(({ figures }) => figures !== null)).toEqual([false, true, true]);
    expect(points[0]!.reason).toMatch(/Registers.*too small/);
    await expect(sweep(['L1=2B,4B'], { accelerator })).rejects.toThrow(expect.objectContaining({ code: 'infeasible' }));
  });

  it('keeps the other points when the time of one is over, and calls it so', async () => {
    const runWhere = async (isLate: (bits: number) => boolean) => {
      const get = ({ accelerator }: LayerWork): LayerWorkResult | undefined =>
        isLate(capacityBits(accelerator.levels.at(-1)!.capacity)!) ? OUT_OF_TIME : undefined;
      const pool = openLayerPool({ workers: 1, cache: { get, put: () => {} } });
      return await runSweep({ ...TINY, vary: ['L1=8B,16B'] }, pool, () => {}).finally(pool.close);
    };
    const result = await runWhere((bits) => bits === 64);
    expect(result.points.map(({ figures, isTimeOut }) => [figures === null, isTimeOut])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(sweepJson(result).points[0]).toMatchObject({ feasible: null, timeOut: true, reason: OUT_OF_TIME.message });
    await expect(runWhere(() => true)).rejects.toThrow(expect.objectContaining({ code: 'time-out' }));
  });

  it('pins a layer that repeats at one run of it, as limits of one layer are', () => {
    const [layer] = loadWorkload(TRADE_NETWORK).network.layers;
    const goal = { kind: 'text', objective: 'edp', subjectTo: [] } as const;
    const layers = [{ ...layer!, repeat: 3 }];
    const sums = { energyPj: 3e12, cycles: 300 };
    const accelerator = loadAccelerator(tinyWith());
    const limits = (pin: 'latency' | 'energy', of = layers) =>
      pinnedGoal(goal, pin, sums, { layers: of }, accelerator).subjectTo;
    expect(limits('latency')).toEqual(['cycles <= 100']);
    expect(limits('energy')).toEqual(['energy <= 1 J']);
    expect(limits('latency', [...layers, ...layers])).toEqual(['cycles <= 300']);
  });

  it('writes CSV to a new file only', async () => {
    const csv = freshPath('points.csv');
    const { points } = await sweep(['L2=1KiB,2KiB'], { layer: 'b', csv });
    const lines = readFileSync(csv, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Buffer.capacity \(KiB\),energy \(pJ\),cycles,/);
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 4).map(Number))).toEqual(
      points.map(({ values, figures }) => [
        values[0]! / 8192,
        figures!.totals.energyPj,
        figures!.totals.cycles,
        figures!.totals.edpPjCycles,
      ]),
    );
    await expect(sweep(['L2=1KiB,2KiB'], { layer: 'b', csv })).rejects.toThrow(TrifoldError);
    expect(readFileSync(csv, 'utf8').trimEnd().split('\n')).toEqual(lines);
  });

  it('gives the same document twice', async () => {
    const json = async () => sweepJson(await sweep(['L2=1KiB,2KiB'], { layer: 'b' }));
    expect(await json()).toEqual(await json());
    expect(await json()).toMatchObject({
      parameters: [{ name: 'Buffer.capacity', unit: 'bit', values: [8192, 16384] }],
    });
  });

  it('refuses no, three, equal and too many parameters, and unknown layers', async () => {
    await expect(sweep([])).rejects.toThrow(/one or two/);
    await expect(sweep(['X=1', 'Y=1', 'batch=1'])).rejects.toThrow(/one or two/);
    await expect(sweep(['L2=1KiB', 'Buffer=2KiB'])).rejects.toThrow(/varied twice/);
    await expect(sweep(['X=1..60 +1', 'L2=64B..123B +1B'])).rejects.toThrow(/3600 points/);
    await expect(sweep(['L2=1KiB'], { layer: 'none' })).rejects.toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});
