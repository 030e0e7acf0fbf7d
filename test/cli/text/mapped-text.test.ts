import { beforeAll, describe, expect, it } from 'vitest';
import type { MapResult } from '../../../src/app/map/map.ts';
import { describeExplanations } from '../../../src/cli/text/explain-text.ts';
import { describeMapped } from '../../../src/cli/text/map-text.ts';
import { describeNetwork } from '../../../src/cli/text/report-text.ts';
import { describeSweep } from '../../../src/cli/text/sweep-text.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { mapped, swept } from '../../app/run-folders.ts';
import { MATRIX_NETWORK, SMALL_REQUEST } from '../../app/small-files.ts';

const PREFIXES: Readonly<Record<string, number>> = {
  ...{ p: 1e-12, n: 1e-9, '\u00b5': 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9 },
};

/** The number that a text such as `12.3 mJ`, `1,234` or `71.3 %` shows. */
function shown(text: string): number {
  const [, number, prefix = ''] = /^([\d.,e+-]+) ?(p|n|\u00b5|m|k|M|G)?(?:[A-Za-z%].*)?$/.exec(text.trim())!;
  return Number(number!.replaceAll(',', '')) * (PREFIXES[prefix] ?? 1);
}

/** To the four digits that texts show. */
function expectShown(text: string | undefined, value: number): void {
  expect(text).toBeDefined();
  expect(Math.abs(shown(text!) / value - 1)).toBeLessThan(6e-4);
}

const cellsOf = (line: string) => line.trim().split(/ {2,}/);
const lineOf = (text: string, start: string) => text.split('\n').find((line) => line.trim().startsWith(start))!;

describe('a mapped network as text', () => {
  let result: MapResult;
  let text: string;
  beforeAll(async () => {
    result = await mapped({ ...SMALL_REQUEST, workload: MATRIX_NETWORK });
    text = describeMapped(result);
  });

  it('has the figures of each layer', () => {
    for (const [i, { layer, evaluation, bottleneck }] of result.mapped.report.layers.entries()) {
      const cells = cellsOf(lineOf(text, `${layer.name} `));
      const { macs, cycles, utilization, energyPj, edpPjCycles } = evaluation;
      expectShown(cells[1], macs);
      expectShown(cells[2], cycles);
      expect(cells[3]).toBe(`${(100 * utilization).toFixed(1)} %`);
      expectShown(cells[4], energyPj * 1e-12);
      expectShown(cells[5], edpPjCycles);
      expect(cells.slice(6, 8)).toEqual([bottleneck.name, 'optimal']);
      expectShown(cells[8], result.mapped.proofs[i]!.evaluations);
    }
  });

  it('has the totals of the network, with power and efficiency that follow from them', () => {
    const { report } = result.mapped;
    const { macs, cycles, energyPj, edpPjCycles } = report.totals;
    const [seconds, joules] = [cycles / report.accelerator.clockHz, energyPj * 1e-12];
    const [, all, time, utilization] = /cycles +([\d,.]+) = (.*), utilization (.*)/.exec(text)!;
    expectShown(all, cycles);
    expectShown(time, seconds);
    expect(utilization).toBe(`${((100 * macs) / cycles / report.accelerator.mac.instances).toFixed(1)} %`);
    const [, pj, joule] = /energy +([\d,.]+) pJ = (.*?):/.exec(text)!;
    expectShown(pj, energyPj);
    expectShown(joule, joules);
    expectShown(/EDP +([\d.e+]+) pJ\*cycles = /.exec(text)![1], edpPjCycles);
    const [, watts, tops, gmacs] = /power +(.*), ([\d.]+) TOPS\/W, ([\d.]+) GMAC\/s/.exec(text)!;
    expectShown(watts, joules / seconds);
    expectShown(tops, (2 * macs) / joules / 1e12);
    expectShown(gmacs, macs / seconds / 1e9);
    expectShown(/area +([\d.]+) mm\^2/.exec(text)![1], report.areaMm2);
    const [byLevel, beside = ''] = lineOf(text, 'energy ').split('; in these ');
    expect(beside).toMatch(/^(wires [\d.]+ %, )?leakage [\d.]+ %$/);
    const shares = [...byLevel!.matchAll(/ ([\d.]+) %/g)].map(([, share]) => Number(share));
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(100, 0);
  });

  it('says how far below its layers one by one the network as a whole is', () => {
    const layerWise = result.mapped.report.totals.edpPjCycles;
    const whole = result.networkWise!;
    const totals = { ...whole.report.totals, edpPjCycles: 0.8 * layerWise };
    const unbounded = { ...whole, optimal: false, lowerBound: 0 };
    expect(describeMapped({ ...result, networkWise: unbounded })).toContain('(not proven)');
    const better = describeMapped({ ...result, networkWise: { ...whole, report: { ...whole.report, totals } } });
    expect(lineOf(better, 'network-wise')).toMatch(/, 20\.000 % below layer-wise$/);
    expectShown(/network-wise +EDP ([\d.e+]+)/.exec(better)![1], 0.8 * layerWise);
    expectShown(/layer-wise +EDP ([\d.e+]+)/.exec(better)![1], layerWise);
  });

  // Killed by: a gain that shows as 1.00x beside an equal one that is blank.
  it.each([1, 1.0013, 1.00014, 1.005])('leaves a gain of %f blank', (gainIfRemoved) => {
    const { report } = result.mapped;
    const layers = report.layers.map((layer) => ({ ...layer, bottleneck: { ...layer.bottleneck, gainIfRemoved } }));
    expect(describeNetwork({ ...report, layers })).not.toMatch(/ 1\.0\dx$/m);
  });

  it('says what removing the bottleneck of a layer brings', () => {
    const { report } = result.mapped;
    const bound = report.layers.map((layer) => ({
      ...layer,
      bottleneck: { ...layer.bottleneck, gainIfRemoved: 1.75 },
    }));
    const lines = describeNetwork({ ...report, layers: bound });
    for (const { layer } of report.layers) expect(lineOf(lines, `${layer.name} `)).toMatch(/ 1\.75x$/);
  });
});

describe('a mapped layer as text', () => {
  let result: MapResult;
  beforeAll(async () => {
    result = await mapped({ ...SMALL_REQUEST, workload: MATRIX_NETWORK, layer: 'a', explain: true });
  });

  it('has the counts of each level and tensor, which give its energy', () => {
    const text = describeMapped(result);
    const { evaluation } = result.mapped.report.layers[0]!;
    const rows = text.split('\n').filter((line) => /^\S* +(Weights|Inputs|Outputs) /.test(line));
    expect(rows).toHaveLength(3 * evaluation.levels.length);
    let sum = 0;
    rows.forEach((row, i) => {
      const cells = cellsOf(row).slice(-6);
      const counts = evaluation.levels[Math.floor(i / 3)]!.tensors[TENSORS[i % 3]!];
      expect(cells[0]).toBe(TENSORS[i % 3]);
      expect(cells.slice(2, 5).map(shown)).toEqual([counts.reads, counts.fills, counts.updates]);
      sum += shown(cells[5]!);
    });
    const [, macs, perMac, macEnergy] = /MACs: ([\d,]+) x ([\d.]+) pJ = ([\d.,]+) pJ/.exec(text)!;
    expectShown(macEnergy, shown(macs!) * Number(perMac));
    const linksAndLeakage = evaluation.levels.reduce(
      (total, { networks, leakagePj }) =>
        total + leakagePj + TENSORS.reduce((part, tensor) => part + networks[tensor].energyPj, 0),
      0,
    );
    expect((sum + shown(macEnergy!) + linksAndLeakage) / evaluation.energyPj).toBeCloseTo(1, 4);
  });

  it('is explained by multiples of its lower bounds', () => {
    const { evaluation } = result.mapped.report.layers[0]!;
    const [explanation] = result.explanations!.layers;
    const floors = { ...explanation!.floors!, cycles: evaluation.cycles / 2, energyPj: evaluation.energyPj / 3 };
    const layers = [{ ...explanation!, floors }];
    const text = describeExplanations(result, { ...result.explanations!, layers });
    expect(lineOf(text, 'latency ')).toContain(' = 2.00x the floor of ');
    expect(lineOf(text, 'energy ')).toContain(' = 3.00x the floor of ');
    expect(lineOf(text, 'EDP ')).toMatch(/EDP +6\.00x the product of both floors/);
  });
});

describe('a sweep as text', () => {
  it('has multiples of the least EDP, at least 1, and names the least of each figure', async () => {
    const result = await swept({ ...SMALL_REQUEST, layer: 'wide', vary: ['L2=1KiB..8KiB'] });
    const text = describeSweep(result);
    const edps = result.points.map(({ figures }) => figures!.totals.edpPjCycles);
    const least = Math.min(...edps);
    for (const [i, label] of ['1 KiB', '2 KiB', '4 KiB', '8 KiB'].entries()) {
      const cells = cellsOf(lineOf(text, `${label} `));
      expectShown(cells[5], edps[i]!);
      expect(Number(cells[6])).toBeCloseTo(edps[i]! / least, 3);
    }
    const ticks = [...text.matchAll(/^ *(-?[\d.]+) \u2524/gm)].map(([, tick]) => Number(tick));
    expect(text).toContain('percent above the least');
    expect(Math.max(...ticks)).toBeGreaterThan(0);
    const grid = describeSweep(await swept({ ...SMALL_REQUEST, layer: 'wide', vary: ['X=7,14', 'L2=1KiB,8KiB'] }));
    const rows = grid.split('\n').filter((line) => /^ +(7|14) /.test(line));
    const multiples = rows.flatMap((row) =>
      cellsOf(row)
        .slice(1)
        .map((cell) => Number(cell.replace('*', ''))),
    );
    expect(multiples).toHaveLength(12);
    expect(Math.min(...multiples)).toBe(1);
  });
});
