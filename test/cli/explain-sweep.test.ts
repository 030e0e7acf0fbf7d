import { describe, expect, it } from 'vitest';
import { openLayerPool } from '../../src/app/layers/layer-pool.ts';
import type { LayerWork, LayerWorkResult } from '../../src/app/layers/layer-work.ts';
import { dataflowTableJson, runDataflowTable } from '../../src/app/map/dataflow-table.ts';
import { describeDataflowTable } from '../../src/cli/text/dataflow-table-text.ts';
import { describeExplanations } from '../../src/cli/text/explain-text.ts';
import { describeSweep } from '../../src/cli/text/sweep-text.ts';
import type { MapRequest } from '../../src/options/map.ts';
import { mapped, OUT_OF_TIME, swept } from '../app/run-folders.ts';
import { filterNetwork, freshPath, SMALL_REQUEST, TRADE_NETWORK, tinyWith } from '../app/small-files.ts';
import { runCli } from './run-cli.ts';

const TINY = { ...SMALL_REQUEST, workload: TRADE_NETWORK, accelerator: tinyWith() };
const explained = async (request: Partial<MapRequest>) => {
  const result = await mapped({ ...TINY, ...request, explain: true });
  return describeExplanations(result, result.explanations!);
};
const described = async (vary: string[], request: Partial<MapRequest> = {}) =>
  describeSweep(await swept({ ...TINY, ...request, vary }));

/** Fields of the explanation of random layers that must go together. */
const names = { Weights: 'weight stationary', Inputs: 'input stationary', Outputs: 'output stationary' } as const;

describe('map --explain', () => {
  it('tells of one layer what stands still, what binds, the floors and what would help', async () => {
    const text = await explained({ layer: 'a' });
    expect(text).toMatch(/dataflow {3}(weight|input|output|row) stationary|dataflow {3}all tensors resident/);
    for (const part of [
      'What stands still',
      'What binds',
      'Traffic',
      'Why not better?',
      'What would help',
      'published dataflow',
    ])
      expect(text).toContain(part);
    expect(text).toContain('follows technology cacti-65nm');
    expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
    for (const line of text.split('\n')) expect(line).toBe(line.trimEnd());
  });

  it('tells of a network a line per layer and points to --layer', async () => {
    const text = await explained({});
    for (const layer of ['a', 'b', 'c']) expect(text).toMatch(new RegExp(`^ {2}${layer} +`, 'm'));
    expect(text).toContain('the network as a whole');
    expect(text).toContain('time is bound by');
    expect(text).toContain('--explain --layer NAME');
    expect(text).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('calls what stands still in the PEs by the same name in words and in the table', async () => {
    const cases = [
      ...['a', 'b', 'c'].map((layer) => ({ layer })),
      ...['weight', 'output', 'row'].map((name) => ({ layer: 'c', dataflow: `${name}-stationary` })),
    ];
    const seen = new Set<string>();
    for (const request of cases) {
      const text = await explained({ ...request, mapper: 'random', evaluations: 300 });
      const [, summary] = /^Why this mapping of .*\n {2}(.*?);/.exec(text)!;
      const [, name] = /^ {2}dataflow {3}(.*)$/m.exec(text)!;
      const [, still] = /^ {2}Registers +(\S+(?: \S+)?) {2}/m.exec(text)!;
      expect(summary).toBe(name);
      const word = { ...names, 'filter rows': 'row stationary', none: 'no local reuse', all: 'all tensors resident' };
      expect(word[still as keyof typeof word]).toBe(name);
      seen.add(name!);
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it('names the figure that changes are compared by', async () => {
    const most = async (request: Partial<MapRequest>) =>
      /brings most: (\w+) -/.exec(await explained({ layer: 'a', ...request }))![1];
    expect(await most({})).toBe('EDP');
    expect(await most({ objective: 'energy' })).toBe('energy');
  });

  it('says what is held where a figure is pinned', async () => {
    const text = await explained({ layer: 'a', pin: 'latency' });
    expect(text).toMatch(/for the least energy with latency held at [\d,]+ cycles or less/);
    expect(text).toMatch(/brings most: energy -/);
  });

  it('is in the JSON document, and nothing else is on stdout', async () => {
    const { code, stdout, stderr } = await runCli(
      ...['map', TRADE_NETWORK, '--accelerator', tinyWith(), '--layer', 'b', '--explain', '--json'],
    );
    expect(code).toBe(0);
    const [explanation] = JSON.parse(stdout).explanations.layers;
    expect(explanation.layer).toBe('b');
    expect(stderr).toContain('explained 1/');
  });
});

describe('map --dataflow all', () => {
  it('keeps the other rows when the time of one is over', async () => {
    const get = ({ settings }: LayerWork): LayerWorkResult | undefined =>
      settings.dataflow?.name.startsWith('weight') ? OUT_OF_TIME : undefined;
    const pool = openLayerPool({ workers: 1, cache: { get, put: () => {} } });
    const table = await runDataflowTable({ ...TINY, dataflow: 'all' }, pool, () => {}).finally(pool.close);
    expect(table.rows.filter(({ figures }) => figures !== null).length).toBeGreaterThan(2);
    expect(table.rows.at(-1)).toMatchObject({ dataflow: 'weight-stationary', figures: null, isTimeOut: true });
    expect(describeDataflowTable(table)).toMatch(/^weight-stationary +none in time/m);
  });

  it('has the answer of map within each dataflow, the free optimum first, and reasons where there is none', async () => {
    const pool = openLayerPool({ workers: 1 });
    // Four words of registers cannot hold the five columns of a filter row, as row stationary mappings must.
    const kept = ['capacity: 8 B', 'capacity: 8 B\n    mustKeep: [Weights, Inputs, Outputs]'] as const;
    const all = { ...TINY, workload: filterNetwork(), accelerator: tinyWith(kept) };
    const table = await runDataflowTable({ ...all, dataflow: 'all' }, pool, () => {}).finally(pool.close);
    expect(table.rows.map(({ dataflow }) => dataflow)).toEqual([
      null,
      'input-stationary',
      'output-stationary',
      'row-stationary',
      'weight-stationary',
    ]);
    for (const { dataflow, figures, reason } of table.rows) {
      const request = { ...all, ...(dataflow === null ? {} : { dataflow }) };
      const expected = await mapped(request).catch((error: Error) => error);
      if (expected instanceof Error) expect(reason).toBe(expected.message);
      else
        expect(figures).toEqual({
          ...{ totals: expected.report.totals, optimal: expected.networkWise!.optimal },
          staying: { mode: 'off', reason: null },
        });
    }
    expect(table.rows[3]!.reason).toMatch(/^f on tiny within row-stationary/);
    const text = describeDataflowTable(table);
    for (const { dataflow, figures } of table.rows)
      expect(text).toMatch(
        new RegExp(
          `^${dataflow ?? 'any \\(optimum\\)'} +${figures === null ? 'no mapping' : figures.totals.edpPjCycles.toExponential(4).replace('+', '\\+')}`,
          'm',
        ),
      );
    expect(JSON.parse(JSON.stringify(dataflowTableJson(table))).dataflows).toHaveLength(5);
  });

  it('takes no options of single mappings, and no other command takes it', async () => {
    const pool = openLayerPool({ workers: 1 });
    const all = { ...TINY, dataflow: 'all' };
    await expect(runDataflowTable({ ...all, explain: true }, pool, () => {})).rejects.toThrow(/takes no --explain/);
    await expect(swept({ ...all, vary: ['L2=64B'] })).rejects.toThrow(/table that trifold map prints/);
    for (const option of [['--out', 'none'], ['--force']]) {
      const table = await runCli('map', TRADE_NETWORK, '--accelerator', tinyWith(), '--dataflow', 'all', ...option);
      expect(table).toMatchObject({ code: 2, stdout: '' });
      expect(table.stderr).toContain(`takes no ${option[0]}`);
    }
  });
});

describe('sweep', () => {
  const args = ['sweep', TRADE_NETWORK, '--accelerator', tinyWith(), '--layer', 'b'];

  it('prints a table with a chart for one parameter', async () => {
    const text = await described(['L2=1KiB..8KiB']);
    for (const value of ['1 KiB', '2 KiB', '4 KiB', '8 KiB']) expect(text).toMatch(new RegExp(`^ +${value} `, 'm'));
    expect(text).toMatch(/least EDP/);
    expect(text).toContain('over Buffer.capacity: l latency, e energy, o EDP');
    expect(text).toMatch(/[\u2801-\u28ff]/);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('marks every point computed, above a tick with its value, and draws no line over points without a mapping', async () => {
    const text = await described(['DRAM.bandwidth=1,2,7 words/cycle']);
    const [, ticks, labels] = /^ +└(.*)\n(.*)$/m.exec(text)!;
    const at = [...ticks!.matchAll(/┬/g)].map(({ index }) => index);
    expect(labels!.trim().split(/ +/)).toEqual(['1', '2', '7']);
    expect(at).toHaveLength(3);
    const marks = [...text.matchAll(/^.{8}[│┤](.*)$/gm)].flatMap(([, row]) =>
      [...row!.matchAll(/[elo]/g)].map(({ index }) => index),
    );
    expect([...new Set(marks)].sort((a, b) => a - b)).toEqual(at);
    const accelerator = tinyWith(['capacity: 8 B', 'capacity: 8 B\n    mustKeep: [Weights, Inputs, Outputs]']);
    const broken = await described(['L1=4B,6B,64B'], { accelerator, layer: 'b' });
    expect(broken.match(/┬/g)).toHaveLength(2);
  });

  it('says what every point is mapped for', async () => {
    expect(await described(['L2=64B'])).toContain('of the network as a whole mapped for edp');
    expect(await described(['L2=64B'], { layer: 'b' })).toContain('of the layer mapped for edp');
    expect(await described(['L2=128B'], { pin: 'energy' })).toMatch(
      /least latency of the network as a whole with its energy no higher than that of tiny as given \(mapped for edp\): [\d.]+ nJ/,
    );
    const sampled = { mapper: 'random', evaluations: 50 } as const;
    expect(await described(['L2=64B'], sampled)).toContain('of every layer on its own');
  });

  it('prints a grid per figure for two parameters, the least marked once', async () => {
    const text = await described(['X=2,4', 'DRAM.bandwidth=0.25..1 GB/s'], { layer: 'b' });
    for (const figure of ['EDP', 'energy', 'latency']) expect(text).toContain(`${figure}, multiples of the least`);
    expect(text.match(/\*1\.000/g)).toHaveLength(3);
    expect(text).toContain('250 MB/s');
  });

  it('shows points without a mapping with their reason', async () => {
    const accelerator = tinyWith(['capacity: 8 B', 'capacity: 8 B\n    mustKeep: [Weights, Inputs, Outputs]']);
    const text = await described(['L1=4B,64B'], { accelerator });
    expect(text).toMatch(/4 B {2}no mapping/);
    expect(text).toContain('too small');
    expect(await described(['L1=4B,64B', 'X=2,4'], { accelerator })).toMatch(/4 B +- +-$/m);
  });

  it('gives JSON and CSV, and refuses to overwrite', async () => {
    const csv = freshPath('a.csv');
    const { code, stdout, stderr } = await runCli(...args, '--vary', 'L2=1KiB,2KiB', '--json', '--csv', csv);
    expect(code).toBe(0);
    expect(stderr).toContain('point 2/2');
    expect(JSON.parse(stdout).points).toHaveLength(2);
    const again = await runCli(...args, '--vary', 'L2=1KiB,2KiB', '--csv', csv);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('exists already');
  });

  it('answers exit 2 for unknown parameters and 3 when nothing can be mapped', async () => {
    const unknown = await runCli(...args, '--vary', 'L3=1KiB');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("no parameter 'L3'");
    const impossible = await runCli(...args, '--vary', 'X=2', '--subject-to', 'latency < 1 ns', '--quiet');
    expect(impossible.code).toBe(3);
    expect(impossible.stderr).toContain('no point of the sweep');
    expect((await runCli('sweep', '--help')).stdout).toContain('follow the technology');
  });
});
