import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheFolder, userCache } from '../../../src/app/layers/cache-folder.ts';
import { namedGoal } from '../../../src/app/layers/goal.ts';
import { openLayerCache } from '../../../src/app/layers/layer-cache.ts';
import { openLayerPool } from '../../../src/app/layers/layer-pool.ts';
import type { LayerWork } from '../../../src/app/layers/layer-work.ts';
import { mapInputs } from '../../../src/app/map/inputs.ts';
import { mapJson } from '../../../src/app/map/json.ts';
import { runMap } from '../../../src/app/map/map.ts';
import { loadAccelerator, loadDataflow, loadWorkload } from '../../../src/app/presets/load.ts';
import { entryBytes } from '../../../src/study/cache-segment.ts';
import { NO_MOVES } from '../../../src/workload/residency.ts';
import { layerOf } from '../../search/accelerator/fixtures.ts';
import { eyerissWith, freshPath, SMALL_NETWORK, SMALL_REQUEST, TRADE_NETWORK, tinyWith } from '../small-files.ts';

const [conv, wide] = loadWorkload(SMALL_NETWORK, 1).network.layers;
const eyeriss = loadAccelerator('eyeriss');
const BASE: LayerWork = {
  name: 'wide',
  layers: [wide!],
  accelerator: eyeriss,
  goal: namedGoal('edp'),
  settings: { mapper: 'exact', factors: 'perfect', temporalReuse: 'exact', evaluations: 40, seed: 1 },
};
const settings = (changed: Partial<LayerWork['settings']>): LayerWork => ({
  ...BASE,
  settings: { ...BASE.settings, ...changed },
});
const objective = (text: string, accelerator = eyeriss): LayerWork => ({
  ...BASE,
  accelerator,
  goal: { kind: 'text', objective: text, subjectTo: [] },
});
const odd = (imperfectNodes: number): LayerWork => ({
  ...settings({ factors: 'imperfect', imperfectNodes }),
  layers: [layerOf('odd', { K: 19, C: 5, P: 13, Q: 13 })],
});
const step = (inputs: boolean, roomBits: number): LayerWork => ({
  ...BASE,
  layers: [
    {
      ...wide!,
      residency: {
        ...{ level: 1, weights: false, inputs, outputs: 'in-place', activationBits: 16, roomBits },
        moves: NO_MOVES,
      },
    },
  ],
});

/** Questions that must not be taken for each other. */
const QUESTIONS: readonly LayerWork[] = [
  BASE,
  { ...BASE, layers: [conv!] },
  { ...BASE, layers: [conv!, wide!] },
  { ...BASE, layers: [wide!, conv!] },
  { ...BASE, layers: [{ ...wide!, wordBits: { ...wide!.wordBits, Outputs: 32 } }] },
  { ...BASE, accelerator: loadAccelerator(eyerissWith(['capacity: 512 B', 'capacity: 32 B'])) },
  objective('energy'),
  objective('latency'),
  { ...BASE, goal: { kind: 'text', objective: 'energy', subjectTo: ['latency < 20 us'] } },
  { ...BASE, goal: { kind: 'supporting-line', lambda: 1e5 } },
  { ...BASE, goal: { kind: 'supporting-line', lambda: null } },
  objective('energy * latency^3'),
  objective('edp / area'),
  objective('edp / area', { ...eyeriss, mac: { ...eyeriss.mac, areaMm2: 2 * eyeriss.mac.areaMm2 } }),
  objective('energy + 1 W * latency'),
  objective('energy + 1 W * latency', { ...eyeriss, clockHz: eyeriss.clockHz / 50 }),
  settings({ dataflow: loadDataflow('weight-stationary') }),
  settings({ dataflow: loadDataflow('output-stationary') }),
  settings({ temporalReuse: 'timeloop' }),
  settings({ nodeLimit: 50_000 }),
  settings({ nodeLimit: 50_000, guesses: true }),
  { ...BASE, jointNodeLimit: 50_000 },
  settings({ factors: 'imperfect' }),
  odd(1),
  odd(3000),
  step(false, 2 ** 16),
  step(true, 2 ** 16),
  step(true, 2 ** 10),
  settings({ mapper: 'random' }),
  settings({ mapper: 'random', seed: 2 }),
  settings({ mapper: 'random', evaluations: 41 }),
  settings({ mapper: 'evolution' }),
];

/** Others that have the answer of the first one. */
const ALIKE: readonly LayerWork[] = [
  { ...BASE, name: 'other', layers: [{ ...wide!, problem: { ...wide!.problem, name: 'other' } }] },
  { ...BASE, accelerator: { ...eyeriss, name: 'other', clockHz: eyeriss.clockHz / 2 } },
  settings({ seed: 5, evaluations: 7, imperfectNodes: 9 }),
  { ...BASE, cutoff: Number.MAX_VALUE },
];

async function answers(work: readonly LayerWork[], cache?: ReturnType<typeof openLayerCache>) {
  const pool = openLayerPool({ workers: 1, ...(cache === undefined ? {} : { cache }) });
  const results = await pool.map(work);
  return results.map((result) => (result.kind === 'mapped' ? result.layers : result.message));
}

describe('a cache of layer work', () => {
  it('gives every question its own answer, in any order', async () => {
    const expected = await answers(QUESTIONS);
    const folder = freshPath('cache');
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...QUESTIONS.keys()]), async (order) => {
        const cache = openLayerCache(folder);
        const asked = order.map((i) => QUESTIONS[i]!);
        expect(await answers(asked, cache)).toEqual(order.map((i) => expected[i]!));
      }),
      { numRuns: 2 },
    );
    const cache = openLayerCache(freshPath('cache'));
    for (const question of QUESTIONS) await answers([question], cache);
    expect(cache.counters).toMatchObject({ hits: 0, writes: QUESTIONS.length });
    expect(await answers(QUESTIONS, cache)).toEqual(expected);
    expect(cache.counters).toMatchObject({ hits: QUESTIONS.length, writes: QUESTIONS.length });
    expect(await answers(ALIKE, cache)).toEqual(ALIKE.map(() => expected[0]));
    expect(cache.counters).toMatchObject({ hits: QUESTIONS.length + ALIKE.length });
  });

  it('makes a map run neither better nor worse, and saves all of its searches', async () => {
    const inputs = mapInputs({ ...SMALL_REQUEST, workload: TRADE_NETWORK, accelerator: tinyWith(), explain: true });
    const document = async (cache?: ReturnType<typeof openLayerCache>, afterEvent = () => {}) => {
      const pool = openLayerPool({ workers: 1, ...(cache === undefined ? {} : { cache }) });
      const kinds: unknown[] = [];
      const result = await runMap(inputs, {
        pool,
        emit: (event) => {
          kinds.push(event.kind === 'progress' ? 0 : event);
          afterEvent();
        },
        state: { kind: 'map', shapes: [] },
        step: () => {},
        checkpoint: () => {},
      });
      return JSON.stringify([mapJson(result), kinds.filter((kind) => kind !== 0)]);
    };
    const folder = freshPath('cache');
    const without = await document();
    expect(await document(openLayerCache(folder))).toBe(without);
    const cache = openLayerCache(folder);
    expect(await document(cache)).toBe(without);
    expect(cache.counters).toMatchObject({ misses: 0, writes: 0 });
    expect(cache.counters.hits).toBeGreaterThan(20);
    // Its folder is damaged in another way after every event, also where the answers of before are read.
    const ways: readonly ((file: string) => void)[] = [
      (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
      (file) => writeFileSync(file, readFileSync(file, 'latin1').replace(/[0-9]/g, '7')),
      (file) => rmSync(file),
      () => rmSync(folder, { recursive: true }),
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ];
    let damages = 0;
    const spoil = () => {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const file = join(folder, name);
        if (existsSync(file) && statSync(file).isFile()) ways[damages++ % ways.length]!(file);
      }
    };
    expect(await document(openLayerCache(folder), spoil)).toBe(without);
    expect(damages).toBeGreaterThan(ways.length);
  });

  it('does not keep what a time limit cut short, and keeps proofs found within one', async () => {
    const cache = openLayerCache(freshPath('cache'));
    const { layers: large } = loadWorkload('vgg16', 1).network;
    const cut = { ...BASE, layers: [large[5]!], secondsPerLayer: 1e-9 };
    await answers([cut, { ...settings({ mapper: 'random' }), secondsPerLayer: 1e-9 }], cache);
    expect(cache.counters.writes).toBe(0);
    await answers([{ ...BASE, secondsPerLayer: 1000 }], cache);
    expect(cache.counters.writes).toBe(1);
    const [result] = await answers([BASE], cache);
    expect([result]).toEqual(await answers([BASE]));
    expect(cache.counters.hits).toBe(1);
  });

  it('maps again where an entry has another form or a mapping that is not legal', async () => {
    const folder = freshPath('cache');
    const [good] = await answers([BASE], openLayerCache(folder));
    const [file = ''] = readdirSync(folder).map((name) => join(folder, name));
    const [, key = '', , payload = ''] = /^\n(\w+) (\w+) (.*)\n$/.exec(readFileSync(file, 'utf8')) ?? [];
    for (const spoiled of [
      '[]',
      '[{}]',
      payload.replace('"optimal"', '"optima"'),
      payload.replace('"levels":[', '"levels":[],"other":['),
      payload.replace(/"bound":(\d+)/, (_, bound) => `"bound":${Number(bound) + 1}`),
    ]) {
      expect(spoiled).not.toBe(payload);
      writeFileSync(file, entryBytes(key, spoiled));
      expect(await answers([BASE], openLayerCache(folder))).toEqual([good]);
    }
  });
});

describe('the folder of the cache', () => {
  it('follows TRIFOLD_CACHE, then XDG_CACHE_HOME, then the home folder', () => {
    expect(cacheFolder('layers', { TRIFOLD_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toMatch(/^\/a\/layers-/);
    expect(cacheFolder('layers', { XDG_CACHE_HOME: '/b' })).toMatch(/^\/b\/trifold\/layers-/);
    expect(cacheFolder('layers', { XDG_CACHE_HOME: 'relative' })).toMatch(/\/\.cache\/trifold\/layers-/);
    expect(cacheFolder('layers', { TRIFOLD_CACHE: 'off' })).toBeNull();
    expect(cacheFolder('candidates', { TRIFOLD_CACHE: '/a' })).not.toBe(cacheFolder('layers', { TRIFOLD_CACHE: '/a' }));
    expect(userCache('layers', true, { TRIFOLD_CACHE: 'off' })).toBeUndefined();
    expect(userCache('layers', false, { TRIFOLD_CACHE: '/a' })).toBeUndefined();
  });
});
