import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateMappings, networkJson } from '../../../src/app/explain/evaluate.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { mapInputs } from '../../../src/app/map/inputs.ts';
import { mapJson } from '../../../src/app/map/json.ts';
import { mappingText } from '../../../src/app/map/mapping-text.ts';
import { MAP_RUN } from '../../../src/app/map/run.ts';
import { startRun } from '../../../src/app/run/lifecycle.ts';
import { type RunLimits, unlimited } from '../../../src/app/run/limits.ts';
import { runKind, runTable } from '../../../src/app/run/list.ts';
import type { RunListener } from '../../../src/app/run/listener.ts';
import { writeReport } from '../../../src/app/run/report.ts';
import { describeMapped } from '../../../src/cli/text/map-text.ts';
import { describeNetwork, describeTotals } from '../../../src/cli/text/report-text.ts';
import type { MapRequest } from '../../../src/options/map.ts';
import type { RunEvent } from '../../../src/search/run-events.ts';
import { mapped as mappedNetwork, mapRuns } from '../run-folders.ts';
import { FIVE_LAYERS, freshPath, NO_FILTER_COLUMNS, SMALL_REQUEST, TRADE_NETWORK, tinyWith } from '../small-files.ts';

const TRADE = { workload: TRADE_NETWORK, accelerator: tinyWith() };
/** Runs in folders remember the mappings of one another where it does not matter when a mapping is there. */
const CACHE = openLayerCache(freshPath('cache'));
const ANEW = { workers: 1, offMainThread: false };
const LIMITS = { ...ANEW, caches: { layers: CACHE, candidates: CACHE } };

/** Hears events, and wants the run to end after some. */
function listener(endAfter = Number.POSITIVE_INFINITY): RunListener & { readonly events: RunEvent[] } {
  const events: RunEvent[] = [];
  return {
    events,
    onEvent: (event) => {
      events.push(event);
    },
    isInterrupted: () => events.length >= endAfter,
    // Lets the timer that asks for interruptions run between two layers.
    whenUnpaused: () => new Promise((resolve) => setTimeout(resolve, events.length >= endAfter ? 120 : 0)),
  };
}

describe('a limit that no mapping changes', () => {
  const inputsOf = (limit: string) => mapInputs({ ...SMALL_REQUEST, ...TRADE, subjectTo: [limit] });

  it.each(['area < 0.000001 mm^2', 'latency < -1 us', 'edp < 0 pJ * cycles'])(
    '%s is refused before any work',
    (limit) => {
      expect(() => inputsOf(limit)).toThrow(`keeps the limit ${limit}`);
    },
  );

  it('names the area, and is kept where the accelerator is smaller', () => {
    expect(() => inputsOf('area < 0.000001 mm^2')).toThrow(/the area is [\d.]+ mm\^2, however it is mapped/);
    expect(inputsOf('area < 1000 mm^2').request.subjectTo).toEqual(['area < 1000 mm^2']);
  });
});

function lasting(events: readonly RunEvent[]): RunEvent[] {
  return events.filter(({ kind }) => kind !== 'progress');
}

function journal(directory: string): RunEvent[] {
  const lines = readFileSync(join(directory, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
  return lasting(lines.map((line) => JSON.parse(line)));
}

async function mapNow(request: Partial<MapRequest>, workers: number) {
  const events: RunEvent[] = [];
  const result = await mappedNetwork({ ...SMALL_REQUEST, ...request }, (event) => events.push(event), workers);
  return { result, events };
}

const made = new Map<string, ReturnType<typeof mapNow>>();
/** What a request gives without a folder, mapped once for all tests. */
function mapOnce(request: Partial<MapRequest>, workers = 1): ReturnType<typeof mapNow> {
  const key = JSON.stringify([request, workers]);
  const run = made.get(key) ?? mapNow(request, workers);
  made.set(key, run);
  return run;
}

const mapped = async (request: Partial<MapRequest>, workers: number) => {
  const { result, events } = await mapOnce(request, workers);
  // Killed by: a time of the report that is another one than that of the text.
  expect(events.findLast((event) => event.kind === 'progress')?.elapsedSeconds).toBe(result.seconds);
  const title = describeTotals(result.report).split('\n')[0]!;
  return { json: JSON.stringify(mapJson(result)), events: lasting(events), title };
};

describe('map on threads', () => {
  it.each([
    [2, { workload: FIVE_LAYERS }],
    [2, { workload: FIVE_LAYERS, mapper: 'random', objective: 'energy' }],
    [3, { ...TRADE, objective: 'energy * latency^2', explain: true }],
  ] as const)('gives the same document and events for %i workers as for one: %o', async (workers, request) => {
    const one = await mapped(request, 1);
    expect(await mapped(request, workers)).toEqual(one);
    expect(one.events.map(({ kind }) => kind)).toContain('layer');
  });

  it('tells layers in order, repeated shapes included, and ends with the figures of the network as a whole', async () => {
    const { json, events } = await mapped({ workload: FIVE_LAYERS }, 2);
    const layers = events.flatMap((event) => (event.kind === 'layer' ? [[event.index, event.layer.name]] : []));
    expect(layers).toEqual(['a', 'b', 'a2', 'c', 'd'].map((name, i) => [i, name]));
    const [started] = events;
    expect(started).toMatchObject({ kind: 'started', command: 'map', specification: { name: 'eyeriss' } });
    const { totals } = JSON.parse(json).networkWise;
    expect(events.at(-1)).toMatchObject({
      kind: 'finished',
      networks: [{ energyPj: totals.energyPj, cycles: totals.cycles }],
    });
  });

  it('maps the layers that have a mapping, and says why the others have none', async () => {
    const request = { workload: FIVE_LAYERS, constraints: NO_FILTER_COLUMNS };
    const [one, two] = await Promise.all([1, 2].map((workers) => mapped(request, workers)));
    expect(two).toEqual(one);
    const { layers, layersLeftOut, totals, networkWise } = JSON.parse(one!.json);
    expect(layers.map(({ name }: { name: string }) => name)).toEqual(['a', 'a2', 'c']);
    expect(layersLeftOut).toMatchObject([
      { name: 'b', repeat: 1, macs: 4_608, reason: expect.stringMatching(/^b on eyeriss within no filter columns/) },
      { name: 'd', reason: expect.stringMatching(/^d on eyeriss/) },
    ]);
    const cycles = layers.reduce((sum: number, layer: { cycles: number }) => sum + layer.cycles, 0);
    expect(totals.cycles).toBe(cycles);
    expect(networkWise.layers).toHaveLength(3);
    expect(one!.title).toMatch(/^3 of 5 layers of /);
    const told = one!.events.flatMap((event) => (event.kind === 'layer' ? [event.layer.name] : []));
    expect(told).toEqual(['a', 'a2', 'c']);
    const warnings = one!.events.flatMap((event) =>
      event.kind === 'note' && event.level === 'warning' ? [event.text] : [],
    );
    expect(warnings.map((text) => text[0])).toEqual(['b', 'd']);
  });

  it('puts the reason in the row of the layer, and knows that it is incomplete', async () => {
    const { result } = await mapOnce({ workload: FIVE_LAYERS, constraints: NO_FILTER_COLUMNS });
    const rows = describeMapped(result).split('\n');
    expect(rows.find((row) => row.startsWith('b '))).toMatch(
      /^b +4\.608 k .* {2}b on eyeriss within no filter columns/,
    );
    expect(rows.find((row) => row.startsWith('c '))).toMatch(/optimal/);
    expect(rows).toContain('2 of 5 layers without figures: all sums are over the others');
    expect(MAP_RUN.isIncomplete!(result)).toBe(true);
    expect(MAP_RUN.isIncomplete!((await mapOnce({ workload: FIVE_LAYERS })).result)).toBe(false);
  });

  it('fails where no layer has a mapping, and calls a time-out a time-out', async () => {
    const request = { workload: FIVE_LAYERS, constraints: NO_FILTER_COLUMNS };
    await expect(mapped({ ...request, layer: ['d'] }, 1)).rejects.toMatchObject({ code: 'infeasible' });
    await expect(mapped({ workload: FIVE_LAYERS, time: 1e-9 }, 1)).rejects.toMatchObject({
      code: 'time-out',
      message: expect.stringContaining('the time was over'),
    });
  });
});

describe('an evaluation of a mapping file', () => {
  it('keeps the layers that can run beside one that cannot, with all of its reasons', async () => {
    const { result } = await mapOnce({ workload: FIVE_LAYERS });
    const text = mappingText(result.mapped.report, 'test', 1);
    const file = freshPath('broken.yaml');
    // Layer c with 40 rows instead of 8, which no dim has.
    const [before, c] = text.split('layer: c');
    writeFileSync(file, `${before}layer: c${c!.replace(/P 8|Q 8/, (loop) => loop.replace('8', '40'))}`);
    const evaluated = evaluateMappings({
      workload: FIVE_LAYERS,
      accelerator: 'eyeriss',
      mapping: file,
      temporalReuse: 'exact',
    });
    expect(evaluated.report.layers.map(({ layer }) => layer.name)).toEqual(['a', 'b', 'a2', 'd']);
    expect(evaluated.leftOut).toMatchObject([{ layer: { name: 'c' }, reason: expect.stringContaining('40') }]);
    expect(networkJson(evaluated.report, evaluated.leftOut)).toMatchObject({ layersLeftOut: [{ name: 'c' }] });
    const row = describeNetwork(evaluated.report, evaluated)
      .split('\n')
      .find((line) => line.startsWith('c '));
    expect(row).toContain(evaluated.leftOut[0]!.reason);
    expect(() =>
      evaluateMappings({
        workload: FIVE_LAYERS,
        layer: ['c'],
        accelerator: 'eyeriss',
        mapping: file,
        temporalReuse: 'exact',
      }),
    ).toThrowError(expect.objectContaining({ code: 'infeasible' }));
  });
});

describe('a map run in a folder', () => {
  const start = (
    directory: string,
    to: RunListener,
    request: Partial<MapRequest> = {},
    limits: Partial<RunLimits> = LIMITS,
  ) => mapRuns.start({ ...SMALL_REQUEST, workload: FIVE_LAYERS, ...request }, directory, limits, to);

  it('is listed, can be reported, and its YAML files evaluate to its figures', async () => {
    const root = mkdtempSync(join(tmpdir(), 'trifold-map-'));
    const directory = join(root, 'one');
    const heard = listener();
    const { json } = await start(directory, heard);
    expect(runKind(directory)).toBe('map');
    expect(runTable(root)).toMatchObject([{ directory, status: 'finished', command: 'trifold map' }]);
    expect(journal(directory)).toEqual(lasting(heard.events));
    expect(JSON.parse(readFileSync(join(directory, 'summary.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(json)));
    expect(readFileSync(await writeReport(directory), 'utf8')).toContain('five on eyeriss');
    const { evaluateMappings } = await import('../../../src/app/explain/evaluate.ts');
    const { report } = evaluateMappings({
      accelerator: join(directory, 'accelerator.yaml'),
      workload: FIVE_LAYERS,
      mapping: join(directory, 'mapping-five.yaml'),
      temporalReuse: 'exact',
    });
    expect(report.totals.edpPjCycles).toBe(JSON.parse(JSON.stringify(json)).networkWise.totals.edpPjCycles);
  });

  it('ends after an interruption wherever it was as if it had never stopped', async () => {
    const whole = freshPath('whole');
    const { json } = await start(whole, listener());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), async (endAfter) => {
        const directory = freshPath('run');
        const stopped = await start(directory, listener(endAfter), {}, ANEW);
        const resumed = await mapRuns.resume(directory, ANEW, listener());
        expect(JSON.stringify(resumed.json)).toBe(JSON.stringify(json));
        expect(journal(directory)).toEqual(journal(whole));
        return endAfter > 5 || stopped.json === null;
      }),
      { numRuns: 2 },
    );
    expect((await mapRuns.resume(whole, LIMITS, listener())).json).toEqual(JSON.parse(JSON.stringify(json)));
  });

  it('writes the mappings of a network whose name no file could have', async () => {
    const workload = freshPath('slash.yaml');
    writeFileSync(workload, readFileSync(FIVE_LAYERS, 'utf8').replace('name: five', 'name: four / five'));
    const directory = freshPath('run');
    await start(directory, listener(), { workload });
    expect(existsSync(join(directory, 'mapping-four-five.yaml'))).toBe(true);
  });

  it('says before it goes on what it cannot save, and keeps it in its folder', async () => {
    const save = freshPath('mappings.yaml');
    const directory = freshPath('run');
    // What a cache knows is told at once.
    await start(directory, listener(2), { save }, ANEW);
    writeFileSync(save, 'mine');
    const heard = listener();
    const { unwritten } = await mapRuns.resume(directory, ANEW, heard);
    const told = heard.events.findIndex((event) => event.kind === 'note' && /exists already/.test(event.text));
    const first = heard.events.findLastIndex((event) => event.kind === 'layer');
    expect(told).toBeGreaterThanOrEqual(0);
    expect(told).toBeLessThan(first);
    expect(unwritten).toMatchObject([
      { error: { code: 'usage' }, text: null, keptIn: join(directory, 'mapping-five.yaml') },
    ]);
    expect(readFileSync(save, 'utf8')).toBe('mine');
  });

  it('replaces no run by one that reads of it', async () => {
    const directory = freshPath('run');
    const small = { ...SMALL_REQUEST, layer: 'wide' };
    await mapRuns.start(small, directory);
    const accelerator = join(directory, 'accelerator.yaml');
    const inputs = mapInputs({ ...small, accelerator });
    const place = { out: directory, command: ['trifold', 'map'], isForced: true };
    const forced = startRun(MAP_RUN, inputs, place, unlimited(1), listener());
    await expect(forced).rejects.toThrow(/is an input of this command/);
    expect(existsSync(accelerator)).toBe(true);
    expect(runTable(join(directory, '..'))).toMatchObject([{ status: 'finished' }]);
  });

  it('refuses before it maps what it could not save, and limits that it could not keep', async () => {
    const save = join(freshPath('none'), 'mappings.yaml');
    const heard = listener();
    await expect(start(freshPath('run'), heard, { save })).rejects.toThrow(/there is no folder/);
    await expect(start(freshPath('run'), heard, { save: FIVE_LAYERS })).rejects.toThrow(/exists already/);
    const limited = { subjectTo: ['latency > 1 ms'] };
    await expect(start(freshPath('run'), heard, limited)).rejects.toThrow(/must be an upper limit/);
    expect(heard.events).toEqual([]);
  });
});
