import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../../src/accelerator/specification.ts';
import type { Explanations, Sensitivity } from '../../../src/app/explain/explain.ts';
import { grownCapacity, withCapacity } from '../../../src/app/explain/specification-changes.ts';
import { mapJson } from '../../../src/app/map/json.ts';
import type { MapResult } from '../../../src/app/map/map.ts';
import { loadSpecification, loadTechnology } from '../../../src/app/presets/load.ts';
import type { MapRequest } from '../../../src/options/map.ts';
import { EDP, ENERGY, LATENCY } from '../../../src/search/mapping/objective.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { mappedLayer } from '../../search/mapping/mapped-layer.ts';
import { mapped } from '../run-folders.ts';
import { SMALL_REQUEST, TRADE_NETWORK, tinyWith } from '../small-files.ts';

const map = (request: Partial<MapRequest>): Promise<MapResult> =>
  mapped({ ...SMALL_REQUEST, workload: TRADE_NETWORK, accelerator: tinyWith(), ...request });
const explain = async (request: Partial<MapRequest>): Promise<{ result: MapResult; explanations: Explanations }> => {
  const result = await map({ ...request, explain: true });
  return { result, explanations: result.explanations! };
};

let ofNetwork: ReturnType<typeof explain> | undefined;
/** The explanations of the network, made once. */
function network(): ReturnType<typeof explain> {
  ofNetwork ??= explain({});
  return ofNetwork;
}

function byName(list: readonly Sensitivity[], name: string): NonNullable<Sensitivity['result']> {
  const found = list.find(({ change }) => change.startsWith(name));
  if (found?.result == null)
    throw new Error(`no result for ${name} among ${list.map(({ change }) => change).join('; ')}`);
  return found.result;
}

/** Ratios of the totals of two runs. */
function ratios(after: MapResult, before: MapResult) {
  const [is, was] = [after.report.totals, before.report.totals];
  return {
    edp: is.edpPjCycles / was.edpPjCycles,
    energy: is.energyPj / was.energyPj,
    latency: is.cycles / was.cycles,
  };
}

const NETWORK_EDITS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ['Buffer x2 (256 B)', [['128 B', '256 B']]],
  ['Buffer /2 (64 B)', [['128 B', '64 B']]],
  ['Registers x2 (16 B)', [['capacity: 8 B', 'capacity: 16 B']]],
  ['DRAM bandwidth x2 (8 words/cycle)', [['shared: 4 words', 'shared: 8 words']]],
  ['DRAM bandwidth /2 (2 words/cycle)', [['shared: 4 words', 'shared: 2 words']]],
  [
    'Buffer bandwidth x2 (read 2 words/cycle, write 2 words/cycle)',
    [['read: 1 words/cycle, write: 1 ', 'read: 2 words/cycle, write: 2 ']],
  ],
  ['one more column of PEs (X 4 -> 5)', [['size: 4', 'size: 5']]],
];

const LAYER_EDITS: typeof NETWORK_EDITS = [
  ...NETWORK_EDITS,
  ['Buffer +16 B (144 B)', [['128 B', '144 B']]],
  ['Registers +2 B (10 B)', [['capacity: 8 B', 'capacity: 10 B']]],
  ['Buffer read bandwidth x2 (2 words/cycle)', [['read: 1 ', 'read: 2 ']]],
  ['Buffer write bandwidth x2 (2 words/cycle)', [['write: 1 ', 'write: 2 ']]],
];

describe('sensitivities', () => {
  it.each([
    ['a', 'edp'],
    ['b', 'latency'],
    ['c', 'energy'],
  ])('of layer %s for %s agree with mapping the edited accelerator file', async (layer, objective) => {
    const { result, explanations } = await explain({ layer, objective });
    for (const [name, edits] of LAYER_EDITS) {
      const after = await map({ layer, objective, accelerator: tinyWith(...edits) });
      expect(byName(explanations.sensitivities, name), name).toMatchObject({ ...ratios(after, result), optimal: true });
    }
  });

  it('of a network agree with its optimum on the edited accelerator, and are fewer', async () => {
    const { result, explanations } = await network();
    for (const [name, edits] of NETWORK_EDITS.filter((_, i) => i % 2 === 0)) {
      const after = await map({ accelerator: tinyWith(...edits) });
      expect(after.networkWise).not.toBeNull();
      expect(byName(explanations.sensitivities, name), name).toMatchObject({ ...ratios(after, result), optimal: true });
    }
    expect(explanations.sensitivities.some(({ change }) => / (read|write) bandwidth|\+/.test(change))).toBe(false);
    expect(explanations.layers.map(({ layer }) => layer)).toEqual(['a', 'b', 'c']);
    expect(explanations.dataflows).toEqual([]);
    expect(explanations.sensitivities.some(({ kind }) => kind === 'bypass' || kind === 'factors')).toBe(false);
  });

  it('explain the mappings of the network as a whole, not those of its layers alone', async () => {
    const { result, explanations } = await network();
    const [alone, whole] = [result.mapped.report, result.report].map(({ layers }) =>
      layers.map(({ evaluation }) => evaluation.cycles),
    );
    expect(whole).not.toEqual(alone);
    const explained = explanations.layers.map(
      ({ losses }) => losses.idealCycles * losses.idlePes * losses.raggedLoops * losses.stalls,
    );
    for (const [i, cycles] of whole!.entries()) expect(explained[i]).toBeCloseTo(cycles, 6);
  });

  it('with a pinned figure are the least of the other one within it', async () => {
    const { result, explanations } = await explain({ pin: 'latency' });
    const limit = `cycles <= ${result.report.totals.cycles}`;
    for (const [name, edits] of NETWORK_EDITS.slice(2, 3)) {
      const after = await map({ objective: 'energy', subjectTo: [limit], accelerator: tinyWith(...edits) });
      const expected = ratios(after, result);
      expect(byName(explanations.sensitivities, name), name).toMatchObject({ ...expected, objective: expected.energy });
      expect(expected.latency).toBeLessThanOrEqual(1);
    }
  });

  it('of forced bypasses and dataflows are never better than the free optimum', async () => {
    const { explanations } = await explain({ layer: 'c' });
    const forced = [
      ...explanations.sensitivities.filter(({ change }) => change.startsWith('no bypass')),
      ...explanations.dataflows,
    ];
    expect(forced.length).toBeGreaterThan(4);
    for (const { result, reason } of forced) {
      if (result === null) expect(reason).not.toBeNull();
      else expect(result.edp).toBeGreaterThanOrEqual(1 - 1e-12);
    }
    expect(byName(explanations.sensitivities, 'imperfect').edp).toBeLessThanOrEqual(1);
  });

  it('of bypasses agree with mapping an accelerator that must keep more, or less', async () => {
    const withKept = (kept: string) => tinyWith(['capacity: 128 B', `capacity: 128 B\n    mustKeep: [${kept}]`]);
    const accelerator = withKept('Outputs');
    const { result, explanations } = await explain({ layer: 'b', accelerator });
    const kept = result.mapped.report.layers[0]!.mapping.levels[1]!.keep;
    const bypassing = TENSORS.filter((tensor) => !kept.includes(tensor));
    expect(bypassing.length).toBeGreaterThan(0);
    for (const tensor of bypassing)
      expect(byName(explanations.sensitivities, `no bypass of Buffer for ${tensor}`)).toMatchObject(
        ratios(await map({ layer: 'b', accelerator: withKept(`Outputs, ${tensor}`) }), result),
      );
    const free = ratios(await map({ layer: 'b' }), result);
    expect(free.edp).toBeLessThan(1);
    expect(byName(explanations.sensitivities, 'Outputs may bypass Buffer')).toMatchObject(free);
  });

  it('offer to drop the dataflow that was asked for', async () => {
    const { result, explanations } = await explain({ layer: 'a', dataflow: 'output-stationary' });
    const free = await map({ layer: 'a' });
    expect(byName(explanations.sensitivities, 'free of output-stationary')).toMatchObject(ratios(free, result));
    expect(explanations.dataflows).toEqual([]);
  });

  it('are the same in every run, and part of the JSON document', async () => {
    const { result, explanations } = await explain({ layer: 'b' });
    expect((await explain({ layer: 'b' })).explanations).toEqual(explanations);
    const json = JSON.parse(JSON.stringify(mapJson(result)));
    expect(json.explanations.sensitivities).toHaveLength(explanations.sensitivities.length);
    expect(json.explanations.layers[0].floors.cycles).toBeGreaterThan(0);
    expect(JSON.stringify(mapJson(await map({ layer: 'b' })))).not.toContain('explanations');
  });
});

describe('floors', () => {
  it('are below the optimum of their figure', async () => {
    for (const [layer, objective, figure] of [
      ['a', 'energy', 'energyPj'],
      ['b', 'energy', 'energyPj'],
      ['b', 'latency', 'cycles'],
    ] as const) {
      const { result, explanations } = await explain({ layer, objective });
      const floors = explanations.layers[0]!.floors!;
      expect(floors[figure]).toBeLessThanOrEqual(result.mapped.report.totals[figure] * (1 + 1e-12));
      expect(floors.macPj + floors.dramPj).toBeLessThanOrEqual(floors.energyPj);
      expect(Math.max(floors.idealCycles, floors.dramCycles)).toBeLessThanOrEqual(floors.cycles);
    }
  });
  it('are not claimed for the other rule of temporal reuse', async () => {
    expect(
      (await explain({ layer: 'b', temporalReuse: 'timeloop', mapper: 'random' })).explanations.layers[0]!.floors,
    ).toBeNull();
  });
});

describe('a larger memory', () => {
  const base = loadSpecification('eyeriss');
  const technology = loadTechnology(base.technology);
  /** All energies stated, nothing leaks and wires are free: the size changes nothing but what fits. */
  const explicit = (l2Words: number, l1Words: number, columns: number): AcceleratorSpecification => ({
    ...base,
    countLeakage: false,
    levels: base.levels.map((level, i) => ({
      ...level,
      blockWords: 1,
      energy: [
        { readPj: 200, fillPj: 200, updatePj: 200 },
        { readPj: 6, fillPj: 6, updatePj: 7 },
        { readPj: 1, fillPj: 1, updatePj: 1 },
      ][i]!,
      capacity: i === 0 ? level.capacity : { kind: 'shared', bits: 16 * (i === 1 ? l2Words : l1Words) },
      fanOut: {
        ...level.fanOut,
        wires: 'free' as const,
        dimensions: i === 1 ? [{ name: 'X', size: columns, parallelDims: ['K', 'C'] as const }] : [],
      },
    })),
  });

  it('never makes the best mapping worse when energies do not depend on the size', () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(
        fc.record({
          K: size,
          C: size,
          P: size,
          Q: size,
          R: fc.integer({ min: 1, max: 3 }),
          S: fc.integer({ min: 1, max: 3 }),
        }),
        fc.integer({ min: 8, max: 60 }),
        fc.integer({ min: 3, max: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(1, 2),
        fc.constantFrom(EDP, ENERGY, LATENCY),
        (bounds, l2Words, l1Words, moreWords, level, objective) => {
          const layer = {
            problem: makeProblem({ name: 'random', bounds }),
            wordBits: { Weights: 16, Inputs: 16, Outputs: 16 },
          };
          const small = explicit(l2Words, l1Words, 4);
          const large = withCapacity(
            small,
            level,
            grownCapacity(small.levels[level]!.capacity, 16 * moreWords, TENSORS[0]),
          );
          const [before, after] = [small, large].map(
            (specification) => mappedLayer(layer, buildAccelerator(specification, technology), objective).proof.value,
          );
          expect(after!).toBeLessThanOrEqual(before! * (1 + 1e-12));
        },
      ),
      { numRuns: 40 },
    );
  });
});
