import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goalObjective, limitFrom } from '../../../src/app/layers/goal.ts';
import { loadAccelerator, loadWorkload } from '../../../src/app/presets/load.ts';
import { makeMapspace } from '../../../src/search/mapping/mapspace.ts';
import type { Layer } from '../../../src/workload/network.ts';
import { visitAllMappings } from '../../search/mapping/brute-force.ts';
import { mapped, swept } from '../run-folders.ts';
import { SMALL_REQUEST } from '../small-files.ts';
import { ONE_LAYER, POOLED, tinyVector } from './vector-files.ts';

type Point = readonly [energyPj: number, cycles: number];

/** The figures that nothing reaches in both. */
function front(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  let least = Number.POSITIVE_INFINITY;
  return sorted.filter(([energyPj]) => {
    if (energyPj >= least) return false;
    least = energyPj;
    return true;
  });
}

function allFigures(layer: Layer, file: string): Point[] {
  const mapspace = makeMapspace({ layer, accelerator: loadAccelerator(file) });
  if (!mapspace.feasible) throw new Error(mapspace.reason);
  let points: Point[] = [];
  const scored = visitAllMappings(mapspace, 2_000_000, (energyPj, cycles) => {
    points.push([energyPj, cycles]);
    if (points.length > 5000) points = front(points);
  });
  if (scored === null) throw new Error('too many mappings');
  return front(points);
}

/** Operators as counted by hand, on {@link tinyVector}: words at DRAM and buffer, operations, the slowest of them all. */
function besideOf(
  operators: readonly { in: number; out: number; simple: number; special: number }[],
  rate: number,
): Point {
  const energyPj = operators.map(
    (one) => one.in * (10 + 3 + 2) + one.out * (12 + 4) + one.simple * 0.5 + one.special * 2,
  );
  const cycles = operators.map((one) =>
    Math.max(Math.ceil(one.simple / rate) + one.special, Math.ceil((one.in + one.out) / 4), one.in, one.in + one.out),
  );
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  return [sum(energyPj), sum(cycles)];
}

/** Pooling of 4 maps from 4x4 to 2x2; softmax of 4 rows of 6. Of the softmax 5 simple operations per word, an exponential per word and a reciprocal per row. */
const POOLED_OPERATORS = [
  { in: 64, out: 16, simple: 3 * 16, special: 0 },
  { in: 24, out: 24, simple: 5 * 24, special: 24 + 4 },
];
/** Softmax of 14 rows of 6. */
const ONE_OPERATORS = [{ in: 84, out: 84, simple: 5 * 84, special: 84 + 14 }];

const CASES = [
  { workload: POOLED, operators: POOLED_OPERATORS },
  { workload: ONE_LAYER, operators: ONE_OPERATORS },
];

describe('the best mappings of a network with vector operators', () => {
  const fronts = CASES.map(({ workload }) =>
    loadWorkload(workload).network.layers.map((layer) => allFigures(layer, tinyVector(null))),
  );

  it.each(
    CASES.flatMap((one, c) =>
      ['edp', 'ed2p', 'energy', 'latency'].flatMap((objective, o) =>
        // The larger network takes long, so each objective has one rate there.
        (one.workload === POOLED ? [[0.25, 64][o % 2]!] : [0.25, 64]).map(
          (rate) => [one.workload.replace(/.*\//, ''), objective, rate, { ...one, c }] as const,
        ),
      ),
    ),
  )('%s: brute force finds none better for %s with %d operations per cycle', async (_, objective, rate, one) => {
    const accelerator = tinyVector(rate);
    const beside = besideOf(one.operators, rate);
    const value = goalObjective({ kind: 'text', objective, subjectTo: [] }, loadAccelerator(accelerator)).value;
    const sums = fronts[one.c]!.reduce<Point[]>(
      (before, points) => front(before.flatMap(([e, l]) => points.map(([f, m]): Point => [e + f, l + m]))),
      [beside],
    );
    const request = { ...SMALL_REQUEST, workload: one.workload, accelerator, objective };
    const least = Math.min(...sums.map(([e, l]) => value(e, l)));
    const { report, networkWise, mapped: layerWise } = await mapped(request);
    expect(networkWise!.optimal).toBe(true);
    expect(value(report.totals.energyPj, report.totals.cycles) / least).toBeCloseTo(1, 9);
    expect(report.vector.totals.energyPj).toBeCloseTo(beside[0], 6);
    expect(report.vector.totals.cycles).toBe(beside[1]);
    expect(layerWise.report.vector.totals).toEqual(report.vector.totals);
    const cheapest = sums.at(-1)!;
    const [, fastest] = sums[0]!;
    for (const cycles of new Set([fastest, Math.floor((fastest + cheapest[1]) / 2), cheapest[1]])) {
      const subjectTo = [`cycles <= ${cycles}`];
      const limited = await mapped({ ...request, subjectTo });
      const within = sums.filter(([e, l]) => limitFrom(subjectTo[0]!, report.accelerator).holds(e, l));
      const best = Math.min(...within.map(([e, l]) => value(e, l)));
      const { totals } = limited.report;
      expect(totals.cycles).toBeLessThanOrEqual(cycles);
      const found = value(totals.energyPj, totals.cycles);
      expect(found / best).toBeGreaterThan(1 - 1e-9);
      expect(limited.networkWise!.lowerBound / best).toBeLessThan(1 + 1e-9);
      if (limited.networkWise!.optimal) expect(found / best).toBeCloseTo(1, 9);
      // The hull has the ends of the front.
      if (cycles === fastest && objective === 'latency') expect(totals.cycles).toBe(fastest);
    }
    await expect(mapped({ ...request, subjectTo: [`cycles <= ${fastest - 1}`] })).rejects.toMatchObject({
      code: 'infeasible',
    });
  });

  it('are the same at every point of a sweep of the rate', async () => {
    const request = { ...SMALL_REQUEST, workload: POOLED };
    const { points } = await swept({
      ...request,
      accelerator: tinyVector(1),
      vary: ['vectorUnit.simplePerCycle=0.25,64'],
    });
    for (const { values, figures } of points) {
      const { report } = await mapped({ ...request, accelerator: tinyVector(values[0]!) });
      expect(figures!.totals).toEqual(report.totals);
    }
    expect(points[1]!.figures!.totals.cycles).toBeLessThan(points[0]!.figures!.totals.cycles);
  });

  it('read a rate above 0 and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('0', '-1', 'x', '1e999', '3 words/cycle'), async (value) => {
        const request = { ...SMALL_REQUEST, workload: POOLED, accelerator: tinyVector(1) };
        await expect(swept({ ...request, vary: [`vectorUnit.simplePerCycle=${value}`] })).rejects.toThrow();
      }),
      { numRuns: 5 },
    );
    const without = { ...SMALL_REQUEST, workload: POOLED, accelerator: tinyVector(null) };
    await expect(swept({ ...without, vary: ['vectorUnit.simplePerCycle=1'] })).rejects.toMatchObject({ code: 'usage' });
  });
});
