import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MapResult } from '../../../src/app/map/map.ts';
import type { MapRequest } from '../../../src/options/map.ts';
import { mapped, swept } from '../run-folders.ts';
import { matrixNetwork, SMALL_REQUEST, TRADE_NETWORK, tinyWith } from '../small-files.ts';

const map = (request: Partial<MapRequest>): Promise<MapResult> =>
  mapped({ ...SMALL_REQUEST, accelerator: tinyWith(), workload: TRADE_NETWORK, ...request });

const bound = fc.integer({ min: 1, max: 12 });
const network = fc.array(fc.tuple(bound, bound, bound), { minLength: 2, maxLength: 3 });

describe('the answer for a network', () => {
  it('is that of the network as a whole where its layers one by one are worse', async () => {
    const { mapped: layerWise, report, networkWise } = await map({});
    expect(networkWise!.optimal).toBe(true);
    expect(report).toBe(networkWise!.report);
    expect(report.totals.edpPjCycles).toBeLessThan(0.96 * layerWise.report.totals.edpPjCycles);
  });

  it('is the same at every point of a sweep', async () => {
    await fc.assert(
      fc.asyncProperty(
        network,
        fc.constantFrom('edp', 'ed2p', 'energy', 'latency'),
        fc.integer({ min: 1, max: 8 }),
        async (bounds, objective, bandwidth) => {
          const workload = matrixNetwork(bounds);
          const request = { ...SMALL_REQUEST, workload, objective };
          const vary = ['L2=64B,128B', `DRAM.bandwidth=${bandwidth} words/cycle`];
          const { points } = await swept({ ...request, accelerator: tinyWith(), vary });
          for (const { values, figures } of points) {
            const accelerator = tinyWith(['128 B', `${values[0]! / 8} B`], ['4 words', `${values[1]} words`]);
            const { report, networkWise } = await mapped({ ...request, accelerator });
            expect(figures).toEqual({
              totals: networkWise!.report.totals,
              areaMm2: report.areaMm2,
              optimal: networkWise!.optimal,
              staying: { mode: 'off', reason: null },
            });
          }
        },
      ),
      {
        numRuns: 8,
        examples: [
          [
            [
              [6, 14, 14],
              [18, 2, 2],
              [6, 6, 18],
            ],
            'edp',
            1,
          ],
        ],
      },
    );
  });

  it('keeps limits on the sums, not on every layer', async () => {
    const free = await map({ objective: 'energy' });
    const cycles = free.report.totals.cycles - 1;
    const request = { objective: 'energy', subjectTo: [`cycles <= ${cycles}`] };
    const { points } = await swept({
      ...SMALL_REQUEST,
      workload: TRADE_NETWORK,
      ...request,
      accelerator: tinyWith(),
      vary: ['L2=128B'],
    });
    const { report } = await map(request);
    expect(points[0]!.figures!.totals).toEqual(report.totals);
    expect(report.totals.cycles).toBeLessThanOrEqual(cycles);
    expect(report.totals.energyPj).toBeGreaterThan(free.report.totals.energyPj);
  });

  it('within a limit takes layers of several optima of the network together', async () => {
    const corners = await Promise.all(
      ['latency', 'ed2p', 'edp', 'energy'].map(async (objective) => (await map({ objective })).report.totals),
    );
    const limit = 635;
    const kept = corners.filter(({ cycles }) => cycles <= limit).map(({ energyPj }) => energyPj);
    const { report } = await map({ objective: 'energy', subjectTo: [`cycles <= ${limit}`] });
    expect(report.totals.cycles).toBeLessThanOrEqual(limit);
    // The corner of the hull below the limit takes 573 cycles and 457,871 pJ; one layer of the next one fits beside it.
    expect(report.totals.cycles).toBe(627);
    for (const energyPj of kept) expect(report.totals.energyPj).toBeLessThan(energyPj);
  });

  it.each([
    ['latency', 'energy', 'energyPj'],
    ['energy', 'latency', 'cycles'],
  ] as const)(
    'in a slice with pinned %s is the least %s within what the accelerator as given takes',
    async (pin, other, figure) => {
      const request = { objective: 'ed2p', workload: TRADE_NETWORK, accelerator: tinyWith() };
      const { energyPj, cycles } = (await map(request)).report.totals;
      const limit = pin === 'latency' ? `cycles <= ${cycles}` : `energy <= ${energyPj * 1e-12} J`;
      const vary = ['L1=4B,8B,16B'];
      const { points, pinned } = await swept({ ...SMALL_REQUEST, ...request, vary, pin });
      expect(pinned).toEqual([{ batch: 1, energyPj, cycles }]);
      for (const { values, figures, reason } of points) {
        const accelerator = tinyWith(['capacity: 8 B', `capacity: ${values[0]! / 8} B`]);
        const expected = await map({ accelerator, objective: other, subjectTo: [limit] }).catch(
          (error: Error) => error,
        );
        if (expected instanceof Error) expect(reason).toBe(expected.message);
        else expect(figures!.totals).toEqual(expected.report.totals);
      }
      const [, given, larger] = points.map((point) => point.figures);
      expect(given!.totals).toMatchObject({ energyPj, cycles });
      expect(larger!.totals[figure]).toBeLessThan(given!.totals[figure]);
    },
  );

  it('of pins that cannot be held is a refusal', async () => {
    await expect(map({ pin: 'latency' })).rejects.toThrow(/goes with --explain/);
    const sampled = { ...SMALL_REQUEST, workload: TRADE_NETWORK, accelerator: tinyWith(), mapper: 'random' } as const;
    await expect(swept({ ...sampled, vary: ['L2=64B'], pin: 'energy' })).rejects.toThrow(/cannot pin the energy/);
    await expect(swept({ ...sampled, vary: ['L2=64B'], subjectTo: ['latency < 1 s'] })).rejects.toThrow(/exact mapper/);
  });
});
