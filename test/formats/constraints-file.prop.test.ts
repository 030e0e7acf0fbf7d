import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { loadTechnology } from '../../src/app/presets/load.ts';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { checkDataflow, readDataflow } from '../../src/formats/dataflow-file.ts';
import { parseDocument } from '../../src/formats/document/document.ts';
import { readWorkload } from '../../src/formats/workload/workload.ts';
import { resolveDataflow } from '../../src/mapping/dataflow.ts';
import { unwiredDims } from '../../src/mapping/dataflow-problems.ts';
import type { DataflowTemplate } from '../../src/mapping/dataflow-template.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { exactSettings, mapLayer } from '../../src/search/mapping/map-layer.ts';
import { EDP } from '../../src/search/mapping/objective.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';
import { DIMS, type Dim, TENSORS } from '../../src/util/vocabulary.ts';

const accelerator = buildAccelerator(
  parseAccelerator(
    `
name: small
source: test
technology: cacti-45nm
clock: 1 GHz
wordBits: 16
levels:
  - { name: DRAM, role: dram, mustKeep: [Weights, Inputs, Outputs] }
  - name: Buffer
    role: buffer
    capacity: 2 KiB
    mustKeep: [Outputs]
    array: [ { name: X, size: 6, parallel: any }, { name: Y, size: 4, parallel: [K, P] } ]
  - { name: Registers, role: register-file, capacity: 64 B }
`,
    'small.yaml',
  ),
  loadTechnology('cacti-45nm'),
);
const layer = readWorkload(
  parseDocument(
    `
name: n
source: test
layers:
  - { name: c, kind: conv, in: 2, input: [6, 6], out: 4, kernel: [3, 1], padding: [1, 0] }
`,
    'n.yaml',
  ),
  { batch: 1 },
).network.layers[0]!;
const { bounds } = layer.problem;
const LEVELS = ['DRAM', 'Buffer', 'Registers'];
const ROLES: Readonly<Record<string, number>> = { outermost: 0, array: 1, innermost: 2 };

type Bounds = Partial<Record<Dim, number | 'full'>>;
interface Entry {
  level: string;
  temporal?: Bounds;
  spatial?: Record<string, Bounds>;
  parallelOnly?: Dim[];
  order?: Dim[];
  keep?: string[];
}

/** The template's words in JSON, which is YAML too. */
function check(dataflow: readonly object[]): DataflowTemplate {
  const document = parseDocument(JSON.stringify({ name: 'random', dataflow }, null, 1), 'k.yaml');
  const template = readDataflow(document);
  checkDataflow(document, template, accelerator);
  return template;
}

/** Statements that mean something on the accelerator; together they may leave no mapping. */
function randomEntries(random: Random): Entry[] {
  const chance = (p: number) => random.nextUnit() < p;
  const pick = <T>(list: readonly T[]) => list[random.nextInt(list.length)]!;
  const some = <T>(list: readonly T[]) => list.filter(() => chance(0.4));
  const boundsOf = (dims: readonly Dim[]): Bounds => {
    const chosen = dims.filter(() => chance(0.3));
    return Object.fromEntries(
      (chosen.length > 0 ? chosen : [pick(dims)]).map((dim) => [dim, chance(0.2) ? 'full' : pick([1, 1, 2, 3])]),
    );
  };
  return LEVELS.filter(() => chance(0.7)).map((name, i): Entry => {
    const index = LEVELS.indexOf(name);
    const role = Object.keys(ROLES).find((word) => ROLES[word] === index)!;
    const entry: Entry = { level: chance(0.3) ? role : name };
    if (chance(0.4)) entry.temporal = boundsOf(DIMS);
    if (index === 1 && chance(0.6)) {
      const axis = pick(['X', 'Y', 'any']);
      entry.spatial = { [axis]: boundsOf(axis === 'Y' ? ['K', 'P'] : DIMS) };
    } else if (index === 1 && chance(0.3)) entry.parallelOnly = some(DIMS);
    if (chance(0.4)) entry.order = [pick(DIMS)];
    if (index > 0 && chance(0.2)) entry.keep = index === 1 ? ['Outputs', ...some(['Weights'])] : some(TENSORS);
    if (Object.keys(entry).length === 1) entry.order = [DIMS[i]!];
    return entry;
  });
}

/** What a mapping breaks of what is written, read off the words themselves. */
function broken(mapping: Mapping, entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => {
    const level = mapping.levels[ROLES[entry.level] ?? LEVELS.indexOf(entry.level)]!;
    const found: string[] = [];
    const product = (dim: Dim, array?: string) =>
      (array === undefined ? level.temporal : level.spatial)
        .filter((loop) => loop.dim === dim && (array === 'any' || !('array' in loop) || loop.array === array))
        .reduce((all, loop) => all * loop.bound, 1);
    const expect = (dim: Dim, wanted: number | 'full', array?: string) => {
      const is = product(dim, array);
      const full = array === undefined ? bounds[dim] : Math.max(1, is);
      if (is !== (wanted === 'full' ? full : wanted)) found.push(`${entry.level} ${array} ${dim} ${wanted}: ${is}`);
    };
    for (const dim of DIMS) {
      const temporal = entry.temporal?.[dim];
      if (temporal !== undefined) expect(dim, temporal);
      for (const [array, stated] of Object.entries(entry.spatial ?? {}))
        if (stated[dim] !== undefined) expect(dim, stated[dim], array);
      if (entry.parallelOnly?.includes(dim) === false && product(dim, 'any') > 1) found.push(`parallel ${dim}`);
    }
    const loops = level.temporal.filter((loop) => loop.bound > 1).map((loop) => loop.dim);
    const inner = (entry.order ?? []).filter((dim) => loops.includes(dim));
    if (loops.slice(loops.length - inner.length).join() !== inner.join()) found.push(`order ${entry.order?.join()}`);
    if (entry.keep !== undefined && [...entry.keep].sort().join() !== [...level.keep].sort().join()) found.push('keep');
    return found;
  });
}

/** Changes that leave a file without meaning; each gets a level with an array and one without. */
const MUTATIONS: Readonly<Record<string, (buffer: Entry, registers: Entry) => object>> = {
  'an array in lower case': (b) => ({ ...b, spatial: { x: { K: 2 } } }),
  'an array that does not exist': (b) => ({ ...b, spatial: { Z: { K: 1 } } }),
  'an array of a level without any': (_, r) => ({ ...r, spatial: { X: { K: 2 } } }),
  'parallel dims of a level without an array': (_, r) => ({ ...r, parallelOnly: ['K'] }),
  'a dim that the axis is not wired for': (b) => ({ ...b, spatial: { Y: { C: 2 } } }),
  'the whole of a dim that the axis is not wired for': (b) => ({ ...b, spatial: { Y: { C: 'full' } } }),
  'an array without bounds': (b) => ({ ...b, spatial: { X: {} } }),
  'no array at all': (b) => ({ ...b, spatial: {} }),
  'a dim that parallelOnly leaves out': (b) => ({ ...b, parallelOnly: ['P'], spatial: { X: { K: 2 } } }),
  'a level in another case': (b) => ({ ...b, level: 'buffer' }),
  'a level that does not exist': (b) => ({ ...b, level: 'L3' }),
  'a dim in lower case': (b) => ({ ...b, temporal: { k: 2 } }),
  'a bound of 0': (b) => ({ ...b, temporal: { K: 0 } }),
  'a negative bound': (b) => ({ ...b, temporal: { K: -2 } }),
  'half a bound': (b) => ({ ...b, temporal: { K: 1.5 } }),
  'a bound beyond all integers': (b) => ({ ...b, temporal: { K: 2 ** 60 } }),
  'a bound in words': (b) => ({ ...b, temporal: { K: 'all' } }),
  'no temporal bound': (b) => ({ ...b, temporal: {} }),
  'a dim twice in an order': (b) => ({ ...b, order: ['K', 'P', 'K'] }),
  'an empty order': (b) => ({ ...b, order: [] }),
  'a tensor twice': (b) => ({ ...b, keep: ['Outputs', 'Outputs'] }),
  'a tensor in lower case': (b) => ({ ...b, keep: ['outputs'] }),
  'a dim twice in parallel': (b) => ({ ...b, parallelOnly: ['K', 'K'] }),
  'an unknown key': (b) => ({ ...b, tiles: { K: 2 } }),
  'nothing but a level': (b) => ({ level: b.level }),
};

describe('constraint files', () => {
  it('are kept in every mapping returned, by the exact and by sampled mappers', () => {
    const counts = { exact: 0, sampled: 0, none: 0 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const random = Random.fromSeed(seed);
        const entries = randomEntries(random);
        if (entries.length === 0) return;
        const dataflow = check(entries);
        const factors = random.nextUnit() < 0.7 ? 'perfect' : 'imperfect';
        for (const mapper of ['exact', 'random'] as const) {
          const settings = exactSettings({ factors, mapper, dataflow, evaluations: 60, imperfectNodes: 2_000 });
          const outcome = mapLayer(layer, accelerator, EDP, settings);
          if (outcome.kind === 'mapped') {
            expect(broken(outcome.mapping, entries)).toEqual([]);
            counts[mapper === 'exact' ? 'exact' : 'sampled']++;
          } else counts.none++;
        }
      }),
      { numRuns: 60, seed: 20_261_129 },
    );
    expect(counts.exact).toBeGreaterThan(15);
    expect(counts.sampled).toBeGreaterThan(5);
    expect(counts.none).toBeGreaterThan(10);
  });

  it.each(Object.entries(MUTATIONS))('are refused with the place: %s', (_, mutate) => {
    const [buffer, registers] = [
      { level: 'Buffer', temporal: { P: 2 } },
      { level: 'Registers', order: ['S' as const] },
    ];
    const changed = mutate(buffer, registers);
    const isBuffer = !('level' in changed) || changed.level !== 'Registers';
    try {
      check([isBuffer ? registers : buffer, changed]);
    } catch (error) {
      if (!(error instanceof TrifoldError)) throw error;
      expect(error.details.place?.line).toBeGreaterThan(8);
      expect(error.details.keyPath).toMatch(/^dataflow\.1/);
      return;
    }
    expect.fail('accepted');
  });

  it('has one entry per level, also where a role names it', () => {
    const second = (level: string, other: string) => () =>
      check([
        { level, temporal: { P: 2 } },
        { level: other, temporal: { Q: 2 } },
      ]);
    for (const [level, other] of [
      ['Buffer', 'Buffer'],
      ['array', 'Buffer'],
      ['Registers', 'innermost'],
      ['array', 'array'],
    ] as const)
      expect(second(level, other)).toThrow(/stands twice/);
    expect(second('array', 'innermost')).not.toThrow();
  });

  it('any = the product over all array dimensions of the level', () => {
    const mapped = (spatial: Entry['spatial']) => {
      const dataflow = check([{ level: 'array', ...(spatial === undefined ? {} : { spatial }) }]);
      const outcome = mapLayer(layer, accelerator, EDP, exactSettings({ factors: 'perfect', dataflow }));
      if (outcome.kind !== 'mapped') throw new Error('reason' in outcome ? outcome.reason : outcome.kind);
      const loops = outcome.mapping.levels[1]!.spatial;
      return DIMS.map((dim) =>
        loops.filter((loop) => loop.dim === dim).reduce((product, { bound }) => product * bound, 1),
      );
    };
    const place = (dim: Dim) => DIMS.indexOf(dim);
    expect(mapped({ any: { K: 1, P: 1 } })[place('K')]).toBe(1);
    expect(mapped({ any: { K: 1, P: 1 } })[place('P')]).toBe(1);
    // 6 on X alone, or 3 x 2, 2 x 3 over both.
    expect(mapped({ any: { P: 'full' } })[place('P')]).toBe(6);
    expect(mapped({ any: { P: 'full' }, Y: { P: 3 } })[place('P')]).toBe(6);
  });

  it('any: full of a dim without wires is 1, which is told', () => {
    const narrow = {
      ...accelerator,
      levels: accelerator.levels.map((level, i) =>
        i === 1 ? { ...level, fanOut: { ...level.fanOut, dimensions: level.fanOut.dimensions.slice(1) } } : level,
      ),
    };
    const template = check([{ level: 'array', spatial: { any: { K: 'full', R: 'full', C: 1 } } }]);
    expect(unwiredDims(template, narrow)).toEqual([{ level: 'Buffer', dims: ['R'] }]);
    expect(unwiredDims(template, accelerator)).toEqual([]);
    expect(resolveDataflow(template, layer, narrow, 'perfect').levels[1]!.spatialTotal).toEqual({ K: 4, C: 1, R: 1 });
  });

  it('what cannot be kept names dim, bound, level and words', () => {
    const reason = (...entries: Entry[]) => {
      const outcome = mapLayer(
        layer,
        accelerator,
        EDP,
        exactSettings({ factors: 'perfect', dataflow: check(entries) }),
      );
      return outcome.kind === 'unmappable' ? outcome.reason : outcome.kind;
    };
    expect(reason({ level: 'Buffer', spatial: { X: { P: 3, K: 4 } } })).toBe(
      'K 4 x P 3 on X of Buffer need 12 children: it has 6',
    );
    expect(reason({ level: 'Buffer', temporal: { P: 4 } })).toMatch(/^Buffer temporal P 4 does not divide P 6 of c/);
    expect(reason({ level: 'Buffer', temporal: { K: 8 } })).toBe('Buffer temporal K 8 exceeds the dim: K of c is 4');
    expect(reason({ level: 'Buffer', temporal: { P: 3 } }, { level: 'Registers', temporal: { P: 6 } })).toBe(
      'Buffer temporal P 3 x Registers temporal P 6 is 18 and does not divide P 6 of c',
    );
    const no = { N: 1, K: 1, C: 1, P: 1, Q: 1, R: 1, S: 1, G: 1 };
    expect(
      reason(
        { level: 'DRAM', temporal: no },
        { level: 'Buffer', temporal: no, spatial: { any: no } },
        { level: 'Registers', temporal: { R: 1 } },
      ),
    ).toBe('the constraints leave no loops for R 3 of c: with all that they allow, 1 of 3 is covered');
    expect(reason({ level: 'Buffer', keep: ['Weights'] })).toBe(
      'the constraints keep Weights at Buffer, which must keep Outputs too',
    );
    // Outputs of 4 x 6 x 6 words of 16 bits are more than 64 bytes.
    expect(reason({ level: 'Registers', temporal: { K: 4, P: 6, Q: 6 }, keep: ['Outputs'] })).toBe(
      'level Registers cannot hold the words of the tiles that the constraints leave it (at least K 4, P 6, Q 6): Outputs 144 words need 2,304 bits of 512',
    );
  });
});
