import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { capacityGainSteps } from '../../../src/app/explain/capacity-gains.ts';
import { networkJson } from '../../../src/app/explain/evaluate.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { openLayerPool } from '../../../src/app/layers/layer-pool.ts';
import { type LayerWork, mapWork } from '../../../src/app/layers/layer-work.ts';
import { networkAnswerSteps } from '../../../src/app/layers/network-answer.ts';
import { runSteps } from '../../../src/app/layers/steps.ts';
import { type DataflowTable, dataflowTableJson, runDataflowTable } from '../../../src/app/map/dataflow-table.ts';
import { layerSettings, type MapInputs, mapInputs, readMapInputs, requestedGoal } from '../../../src/app/map/inputs.ts';
import { mapJson } from '../../../src/app/map/json.ts';
import type { MapResult } from '../../../src/app/map/map.ts';
import { sweepJson } from '../../../src/app/sweep/sweep.ts';
import { describeDataflowTable } from '../../../src/cli/text/dataflow-table-text.ts';
import { describeMapped } from '../../../src/cli/text/map-text.ts';
import { describeStays } from '../../../src/cli/text/schedule/schedule-text.ts';
import { describeSweep } from '../../../src/cli/text/sweep-text.ts';
import { readRequest } from '../../../src/options/command.ts';
import { MAP, type MapRequest } from '../../../src/options/map.ts';
import { scoreSchedule } from '../../../src/schedule/score.ts';
import type { FinishedEvent, RunEvent } from '../../../src/search/run-events.ts';
import type { Layer } from '../../../src/workload/network.ts';
import { NO_MOVES } from '../../../src/workload/residency.ts';
import { listener, mapped, mapRuns, results, swept } from '../run-folders.ts';
import { freshPath, SMALL_REQUEST, tinyWith, writeSmall } from '../small-files.ts';

const CHAIN = writeSmall(
  'chain.yaml',
  `name: chain
source: made up for tests
input: [2, 4, 4]
layers:
  - { name: a, kind: conv, out: 4, kernel: 1, activation: silu }
  - { name: b, kind: conv, out: 4, kernel: 1, repeat: 4 }
  - { name: sum, kind: add, from: [b, a] }
  - { name: c, kind: conv, out: 2, kernel: 1 }
`,
);
const REQUEST: MapRequest = {
  ...SMALL_REQUEST,
  workload: CHAIN,
  accelerator: tinyWith([
    'countLeakage: false',
    'countLeakage: true\nvectorUnit: { level: Buffer, simplePerCycle: 2, specialPerCycle: 1, energy: { simple: 1 pJ, special: 5 pJ } }',
  ]),
};
const map = (request: Partial<MapRequest>): Promise<MapResult> => mapped({ ...REQUEST, ...request });

function questionOf({ network, specification, technology, request, between }: MapInputs) {
  return {
    network,
    accelerator: buildAccelerator(specification, technology),
    goal: requestedGoal(request),
    settings: layerSettings(request, null),
    between: between!,
  };
}

/** The run that most tests look at, with its folder and events. */
const events: RunEvent[] = [];
const directory = freshPath('run');
const retaining = mapRuns
  .start(
    { ...REQUEST, betweenLayers: 'retain' },
    directory,
    { workers: 1 },
    listener((event) => events.push(event)),
  )
  .then(({ finished }) => finished!);

describe('a network whose activations may stay on chip', () => {
  // Killed by: totals of another answer than the schedule's, a schedule that its own steps do not cost, words that are counted for one of the two alone.
  it('costs what its steps cost, never more than with nothing on chip, and never less than it must move', async () => {
    const [off, unpinned, retained] = await Promise.all([
      map({}),
      map({ betweenLayers: 'retain', pinWeights: false }),
      retaining,
    ]);
    expect(off.schedule).toBeNull();
    expect(off.report).toBe(off.islands);
    for (const { schedule, report, islands } of [unpinned, retained]) {
      const { optimum, scored, sequence, summary } = schedule!;
      expect(optimum.optimal).toBe(true);
      expect(report.totals.energyPj).toBeCloseTo(optimum.energyPj, 6);
      expect(report.totals.cycles).toBe(optimum.cycles);
      // The function of a runs with it, the addition on its own.
      const { operators, totals } = report.vector;
      expect(operators.map(({ demand }) => [demand.kind, demand.isFused])).toEqual([
        ['activation', true],
        ['add', false],
      ]);
      expect(totals.cycles).toBeGreaterThan(0);
      expect(totals.energyPj).toBeLessThan(off.report.vector.totals.energyPj);
      const again = scoreSchedule(
        sequence,
        report.accelerator,
        optimum.schedule,
        ({ segment, kind }) => scored.segments[segment]!.steps[kind]!.mapping,
      );
      expect(again).toMatchObject({ feasible: true, energyPj: scored.energyPj, cycles: scored.cycles });
      expect(islands!.totals).toEqual(off.report.totals);
      const { spent, compulsory, layerByLayer } = summary.dramWords;
      expect(spent).toBeGreaterThanOrEqual(compulsory);
      expect(spent).toBeLessThan(layerByLayer!);
      expect(summary.peak.bits).toBeLessThanOrEqual(summary.capacityBits!);
      expect(report.totals.edpPjCycles).toBeLessThan(off.report.totals.edpPjCycles);
    }
    expect(unpinned.schedule!.summary).toMatchObject({ pinnedBits: 0, oneOffLoadWords: 0 });
    expect(retained.schedule!.optimum.value).toBeLessThanOrEqual(unpinned.schedule!.optimum.value);
  });

  // Killed by: segments that are not searched, a longest segment that is not what the documents say.
  it('costs no more where operators may run tile by tile, and the certificate names the space', async () => {
    const [fused, retained] = await Promise.all([map({ betweenLayers: 'fuse' }), retaining]);
    expect(fused.schedule!.optimum.optimal).toBe(true);
    expect(fused.schedule!.optimum.certificate.decided).toBeGreaterThan(0);
    expect(fused.report.totals.edpPjCycles).toBeLessThanOrEqual(retained.report.totals.edpPjCycles);
    const longest = Math.max(...fused.schedule!.optimum.schedule.segments.map(({ first, end }) => end - first));
    expect(longest).toBeLessThanOrEqual(3);
    expect(describeMapped(fused)).toContain(
      'segments of at most 3 operators over p, n, c and p, reduced, p and reduced (c between heads or groups)',
    );
    // Killed by: a schedule that is called after what was searched.
    expect(fused.schedule!.summary.mode).toBe(longest > 1 ? 'fuse' : 'retain');
    expect(describeMapped(fused).includes('segments     none')).toBe(longest === 1);
    expect(readFileSync('docs/schedules.md', 'utf8')).toContain('segments of at most three operators');
  });

  // Killed by: figures of a document or a text that are those of the layers on their own, a limit that still says that nothing stays.
  it('is what documents, texts and events tell', async () => {
    const result = await retaining;
    const { schedule, report } = result;
    const json = mapJson(result) as { readonly schedule: object; readonly notModelled: readonly string[] };
    expect(json).toMatchObject(networkJson(report));
    expect(json.schedule).toMatchObject({ ...schedule!.summary, optimal: true });
    expect(json.notModelled[0]).toContain(`in ${schedule!.summary.levelName} alone`);
    const finished = events.at(-1) as FinishedEvent;
    expect(finished.schedules).toEqual([{ network: 'chain', schedule: schedule!.summary }]);
    expect(finished.networks[0]).toMatchObject({ edpPjCycles: report.totals.edpPjCycles });
    const text = describeMapped(result);
    expect(text).toContain(`retain in ${schedule!.summary.levelName}`);
    expect(text).toContain('proven optimal');
    expect(text).toContain(report.totals.edpPjCycles.toExponential(6));
  });

  // Killed by: a cache that loses how outputs of a step stay, or answers a step with a layer of its own.
  it('has the same schedule from remembered mappings', async () => {
    const question = questionOf(mapInputs({ ...REQUEST, betweenLayers: 'retain' }));
    const cache = openLayerCache(freshPath('cache'));
    const pool = openLayerPool({ workers: 1, cache });
    const first = await runSteps(networkAnswerSteps(question), pool);
    const { hits } = cache.counters;
    const second = await runSteps(networkAnswerSteps(question), pool);
    expect(cache.counters.hits).toBeGreaterThan(hits);
    if (first.kind === 'failed' || second.kind === 'failed') throw new Error('it has a schedule');
    expect(second.schedule!.scored).toMatchObject({
      energyPj: first.schedule!.scored.energyPj,
      cycles: first.schedule!.scored.cycles,
    });
    expect(second.schedule!.optimum.schedule).toEqual(first.schedule!.optimum.schedule);
  });

  // Killed by: outputs of a remembered step that stay as they were asked for, not as its mapping was found.
  it('remembers how outputs of a step stay', () => {
    const question = questionOf(mapInputs({ ...REQUEST, betweenLayers: 'retain' }));
    const [{ problem, wordBits }] = question.network.layers as [Layer];
    const homes = { level: 1, weights: false, inputs: false, outputs: 'in-place', activationBits: 16 } as const;
    const shape = {
      problem,
      wordBits: { ...wordBits, Outputs: 32 },
      residency: { ...homes, roomBits: 1024, moves: NO_MOVES },
    };
    const work: LayerWork = { ...question, name: 'a', layers: [shape] };
    const result = mapWork(work);
    const cache = openLayerCache(freshPath('cache'));
    cache.put(work, result);
    const again = cache.get(work)!;
    if (result.kind === 'failed' || again.kind === 'failed') throw new Error('it has a mapping');
    expect(result.layers[0]).toMatchObject({ shape: { residency: { outputs: 'staged' } } });
    expect(again.layers).toEqual(result.layers);
  });

  // Killed by: a level that stays as it is, ratios upside down, figures of the layers on their own.
  it('is never worse with more room, and better where there was too little', async () => {
    const inputs = mapInputs({ ...REQUEST, betweenLayers: 'retain', pinWeights: false });
    const question = questionOf(inputs);
    const pool = openLayerPool({ workers: 1 });
    const answer = await runSteps(networkAnswerSteps(question), pool);
    if (answer.kind === 'failed' || question.between.mode === 'off') throw new Error('it has a schedule');
    const gains = await runSteps(capacityGainSteps(question, question.between, answer.schedule!), pool);
    expect(gains.map(({ capacityBits }) => capacityBits)).toEqual([8 * (1024 + 128), 8 * 256]);
    for (const { result } of gains) {
      expect(result!.optimal).toBe(true);
      expect(result!.dramWords).toBeLessThan(1);
      expect(result!.objective).toBeLessThan(1);
    }
    expect(gains[0]!.result!.objective).toBeLessThanOrEqual(gains[1]!.result!.objective);
    const text = describeStays(answer.schedule!, gains);
    expect(text).toContain('read by');
    expect(text).toContain('objective -');
  });

  it('is saved as a schedule beside the mappings', async () => {
    await retaining;
    for (const name of ['mapping-chain.yaml', 'schedule-chain.yaml'])
      expect(existsSync(join(directory, name))).toBe(true);
    expect(readFileSync(join(directory, 'schedule-chain.yaml'), 'utf8')).toContain('retained:');
  });
});

describe('where nothing can stay on chip', () => {
  it('auto says why, and what is asked for is refused', async () => {
    const resolved = (request: Partial<MapRequest>) => mapInputs({ ...REQUEST, ...request }).between;
    expect(resolved({ betweenLayers: 'auto' })).toEqual({ mode: 'retain', pins: true });
    expect(resolved({ betweenLayers: 'auto', pinWeights: false })).toEqual({ mode: 'retain', pins: false });
    expect(resolved({ betweenLayers: 'fuse' })).toEqual({ mode: 'fuse', pins: true });
    expect(resolved({})).toEqual({ mode: 'off', reason: null });
    // Killed by: another default, runs of before that are read with it.
    const { betweenLayers: _, ...unsaid } = REQUEST;
    expect(mapInputs(readRequest(MAP.request, unsaid)).between).toEqual({ mode: 'retain', pins: true });
    const impossible: readonly (readonly [Partial<MapRequest>, string])[] = [
      [{ layer: ['a', 'b'] }, 'only some of its layers'],
      [{ layer: 'a', accelerator: tinyWith() }, 'single layer'],
      [{ mapper: 'random' }, 'exact mapper'],
      [{ objective: 'energy * latency^3' }, 'exact mapper'],
      [{ temporalReuse: 'timeloop' }, 'temporal reuse'],
      [{ accelerator: 'shidiannao-banks' }, 'has a part for each tensor'],
    ];
    for (const [request, reason] of impossible) {
      const why = expect.stringContaining(reason);
      expect(resolved({ ...request, betweenLayers: 'auto' })).toEqual({ mode: 'off', reason: why });
      expect(() => resolved({ ...request, betweenLayers: 'retain' })).toThrow(reason);
    }
    const long = writeSmall(
      'long.yaml',
      `name: long\nsource: made up for tests\ninput: [2, 4, 4]\nlayers:\n  - { name: a, kind: conv, out: 2, kernel: 1, repeat: 250 }\n  - { name: c, kind: conv, out: 4, kernel: 1 }\n`,
    );
    expect(resolved({ workload: long, betweenLayers: 'retain' })).toMatchObject({ mode: 'retain' });
    expect(resolved({ workload: long, betweenLayers: 'auto' })).toMatchObject({
      mode: 'off',
      reason: expect.stringContaining('with 251 operators that takes long'),
    });
    const result = await map({ betweenLayers: 'auto', mapper: 'random', evaluations: 20 });
    expect(describeMapped(result)).toContain('nothing stays between layers: schedules take the exact mapper');
  });
});

describe('a network that is mapped without a word on what stays', () => {
  // Killed by: a point or row of its own kind, a text that hides what stays, a limit that says nothing does.
  it('has the schedule of map at a point of a sweep, and in a table of dataflows', async () => {
    const workload = writeSmall(
      'pair.yaml',
      `name: pair\nsource: made up for tests\ninput: [2, 2, 1]\nlayers:\n  - { name: a, kind: conv, out: 2, kernel: 1 }\n  - { name: b, kind: conv, out: 2, kernel: 1 }\n`,
    );
    const request = { ...REQUEST, workload, accelerator: tinyWith(), betweenLayers: 'auto' } as const;
    const { schedule, report } = await mapped(request);
    const staying = { mode: 'retain', level: 'Buffer' };
    const sweep = await swept({ ...request, vary: ['L2=128B'] });
    expect(sweep.points[0]!.figures).toMatchObject({ totals: report.totals, staying });
    expect(sweepJson(sweep).points[0]).toMatchObject({ between: staying, edpPjCycles: report.totals.edpPjCycles });
    expect(describeSweep(sweep)).toMatch(/^ {2}on chip {4}retain in Buffer$/m);
    const pool = openLayerPool({ workers: 1 });
    const table: DataflowTable = await runDataflowTable({ ...request, dataflow: 'all' }, pool, () => {});
    pool.close();
    expect(table.rows[0]!.figures).toMatchObject({ totals: report.totals, staying });
    expect(dataflowTableJson(table).dataflows[0]).toMatchObject({ between: staying });
    expect(describeDataflowTable(table)).toContain(`retain in ${schedule!.summary.levelName}`);
    for (const { notModelled } of [sweep, table]) expect(notModelled[0]).toContain('in Buffer alone');
  });

  // Killed by: a pinned figure that is one of layers and another of schedules, a reason that is lost on the way.
  it('leaves each layer on its own where a figure is pinned, and says so', async () => {
    const sweep = await swept({ ...REQUEST, betweenLayers: 'auto', pin: 'latency', vary: ['L2=128B'] });
    expect(sweep.points[0]!.figures!.staying).toEqual({
      mode: 'off',
      reason: 'with a pinned figure that takes long: ask for --between-layers retain',
    });
    expect(describeSweep(sweep)).toMatch(/^ {2}on chip {4}nothing stays between layers: with a pinned figure/m);
    expect(sweep.notModelled[0]).toContain('every layer reads its inputs from DRAM');
  });

  // Killed by: a request of before that is read with the default of today.
  it('leaves each layer on its own in runs of versions without the choice, to the byte', async () => {
    const { directory: before } = await mapRuns.start(REQUEST);
    const { directory: stopped } = await mapRuns.start(
      REQUEST,
      freshPath('run'),
      {},
      listener(
        () => {},
        () => true,
      ),
    );
    const file = join(stopped, 'run.json');
    const run = JSON.parse(readFileSync(file, 'utf8'));
    run.configuration.between = undefined;
    run.configuration.request.betweenLayers = undefined;
    run.configuration.request.pinWeights = undefined;
    expect(readMapInputs(JSON.parse(JSON.stringify(run.configuration)))).toMatchObject({
      request: { betweenLayers: 'off' },
    });
    writeFileSync(file, JSON.stringify(run));
    await mapRuns.resume(stopped);
    expect(results(stopped)).toEqual(results(before));
  });
});
