import { describe, expect, it } from 'vitest';
import { macUnits } from '../../../src/accelerator/placed-levels.ts';
import { accuracyChart, showsErrors } from '../../../src/report/charts/accuracy-chart.ts';
import { logTicks } from '../../../src/report/charts/chart-base.ts';
import { loadChartRenderer } from '../../../src/report/charts/chart-svg.ts';
import { convergenceChart } from '../../../src/report/charts/convergence-chart.ts';
import { energyChart } from '../../../src/report/charts/energy-chart.ts';
import { frontChart } from '../../../src/report/charts/front-chart.ts';
import { ratioChart } from '../../../src/report/charts/ratio-chart.ts';
import { rooflineChart } from '../../../src/report/charts/roofline-chart.ts';
import { reportModel } from '../../../src/report/report-model.ts';
import { energyParts } from '../../../src/search/run-figures.ts';
import { syntheticInput } from '../synthetic-input.ts';

const model = reportModel(syntheticInput());
const frame = { width: 400, height: 300 };

/** Data of the layers of a chart, in order. */
function dataOf(chart: unknown): Record<string, number>[][] {
  // A chart is plain data; only its rows are read.
  const { layer } = chart as { layer: { data?: { values: Record<string, number>[] } }[] };
  return layer.map(({ data }) => data?.values ?? []);
}

const sum = (parts: readonly { readonly energyPj: number }[]) =>
  parts.reduce((total, { energyPj }) => total + energyPj, 0);

describe('charts', () => {
  it('bend the roof where DRAM can just feed the array', () => {
    const [roof, , points] = dataOf(rooflineChart(model, frame));
    const peak = macUnits(model.specification!);
    // 480 MB/s at 200 MHz are 2.4 B per cycle.
    expect(roof![1]).toEqual({ x: peak / 2.4, y: peak });
    expect(roof![0]!.y! / roof![0]!.x!).toBeCloseTo(2.4, 10);
    expect(roof![2]!.y).toBe(peak);
    expect(points!.map(({ x, y }) => [x, y])).toEqual(
      model.layers.map(({ macs, cycles, macsPerDramByte }) => [macsPerDramByte, macs / cycles]),
    );
  });

  it('name the layers with most cycles on the roofline', () => {
    // One mark far from all others, so that the name has room whatever the rest.
    const layers = model.layers.map((layer, i) =>
      i === 3 ? { ...layer, macs: layer.macs / 1e3, macsPerDramByte: layer.macsPerDramByte / 1e3, cycles: 1e9 } : layer,
    );
    const named = dataOf(rooflineChart({ ...model, layers }, { width: 1040, height: 420 }))
      .slice(3)
      .flat()
      .map((row) => row.name);
    expect(named[0]).toBe(`${layers[3]!.name}${layers[3]!.repeat === 1 ? '' : ` \u00d7${layers[3]!.repeat}`}`);
    expect(named.length).toBeGreaterThan(1);
    expect(named.length).toBeLessThan(layers.length);
  });

  it('speak of standard errors where they are drawn and nowhere else', async () => {
    const { accuracyFront } = reportModel(syntheticInput({ command: 'cosearch' }));
    const withError = (errorPoints: number | null, count: number) =>
      Array.from({ length: count }, (_, i) => {
        const { network, ...point } = accuracyFront[0]!;
        const top1Percent = 70 + i / 10;
        const accuracy = { ...network.accuracy, top1Percent, errorPoints };
        return { ...point, trial: i, edpPjCycles: 1e15 * (i + 1), network: { ...network, accuracy } };
      });
    const seen = (front: ReturnType<typeof withError>) => {
      const bars = dataOf(accuracyChart({ ...model, accuracyFront: front }, frame))[2]!;
      return [bars.length, showsErrors(front)];
    };
    expect(seen(withError(0.3, 5))).toEqual([5, true]);
    expect(seen([...withError(null, 1), ...withError(0.3, 3).slice(1)])).toEqual([2, true]);
    expect(seen(withError(null, 5))).toEqual([0, false]);
    expect(seen(withError(0, 5))).toEqual([0, false]);
    expect(seen(withError(0.3, 61))).toEqual([0, false]);
  });

  it('draw no roof for an unknown accelerator', () => {
    const input = syntheticInput({ command: 'map' });
    const events = input.events.map((event) => {
      if (event.kind !== 'started') return event;
      const { specification: _, ...unknown } = event;
      return unknown;
    });
    const [roof] = dataOf(rooflineChart(reportModel({ ...input, events }), frame));
    expect(roof).toEqual([]);
  });

  it('draw the line of equal EDP through the chosen design', () => {
    const [, line] = dataOf(frontChart(model, frame));
    const { energyPj, cycles } = model.best!.networks[0]!;
    for (const point of line!) expect((point.energy! * point.cycles!) / (energyPj * 1e-9 * cycles)).toBeCloseTo(1, 10);
  });

  // Killed by: a line that ends at the last scored trial, or has a step where nothing became better.
  it('carry the best score on to the last trial, scored or not', () => {
    const { scored, trials } = model;
    const [first, worse] = [scored[0]!, { ...scored[0]!, trial: scored[0]!.trial + 1 }];
    const last = trials.at(-1)!.trial;
    const lineOf = (shown: typeof scored) => dataOf(convergenceChart({ ...model, scored: shown }, frame))[1];
    expect(lineOf([first, worse])).toEqual([
      { trial: first.trial, best: first.bestScore },
      { trial: last, best: first.bestScore },
    ]);
    expect(lineOf([{ ...first, trial: last }])).toEqual([{ trial: last, best: first.bestScore }]);
  });

  it('draw the published baseline at its EDP over that of the optimal one', () => {
    const rules = dataOf(convergenceChart(model, frame))
      .flat()
      .filter((row) => 'label' in row)
      .map((row) => row.value);
    const [row] = model.networks;
    const ratio = row!.published!.edpPjCycles / row!.optimal!.edpPjCycles;
    expect(rules).toEqual([1, 1, expect.closeTo(ratio, 10), expect.closeTo(ratio, 10)]);
  });

  it('stack the energy of all repeats of a layer, by level and by tensor', () => {
    const [first, second] = model.layers;
    const layers = [
      { ...first!, repeat: 4 },
      { ...second!, repeat: 1 },
    ];
    for (const split of ['level', 'tensor'] as const) {
      const { data, encoding } = energyChart(model, layers, split, { width: 300, nameLength: 20 }) as {
        data: { values: { layer: string; energy: number }[] };
        encoding: { x: { axis: { title: string } } };
      };
      const bars = new Map<string, number>();
      for (const { layer, energy } of data.values) bars.set(layer, (bars.get(layer) ?? 0) + energy);
      const own = layers.map((layer) => layer.repeat * sum(energyParts(layer, split)));
      const [a, b] = [...bars.values()];
      expect(bars.size).toBe(2);
      expect(a! / b!).toBeCloseTo(own[0]! / own[1]!, 9);
      const scale = { 'Energy (mJ)': 1e-3, 'Energy (\u00b5J)': 1e-6 }[encoding.x.axis.title];
      expect(a! * scale!).toBeCloseTo(own[0]! * 1e-12, 12);
    }
  });

  it('keep the order of a network of thousands of layers', async () => {
    const [first] = model.layers;
    const layers = Array.from({ length: 3000 }, (_, i) => ({ ...first!, name: `l${(i * 7) % 3000}`, repeat: 1 }));
    const render = await loadChartRenderer();
    const svg = await render(energyChart(model, layers, 'level', { width: 300, nameLength: 20 }));
    const names = [...svg.matchAll(/>(l\d+)</g)].map((match) => match[1]);
    expect(names).toEqual(layers.map(({ name }) => name));
  });

  it('compare thousands of layers in their order', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({
      label: `l${(i * 7) % 5000}`,
      ratio: 1 + (i % 3),
      text: 't',
    }));
    const render = await loadChartRenderer();
    const svg = await render(ratioChart(rows, 'EDP', 350));
    const names = [...svg.matchAll(/>(l\d+)</g)].map((match) => match[1]);
    expect(names).toEqual(rows.map(({ label }) => label));
  });

  it('are absent without data', () => {
    const empty = reportModel({ ...syntheticInput(), events: syntheticInput().events.slice(0, 1) });
    expect([convergenceChart(empty, frame), frontChart(empty, frame), rooflineChart(empty, frame)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('have two to thirteen ticks on a logarithmic axis', () => {
    for (const domain of [
      [0.6, 6],
      [0.9, 1.3],
      [1, 1000],
      [1e-3, 1e9],
      [3, 5],
    ] as const) {
      const ticks = logTicks(domain);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(13);
      for (const tick of ticks) expect(tick >= domain[0] && tick <= domain[1]).toBe(true);
    }
  });
});
