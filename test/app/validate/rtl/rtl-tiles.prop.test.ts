import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, StorageLevel } from '../../../../src/accelerator/accelerator.ts';
import { leavesSums, rowMapping, withoutSpills } from '../../../../src/app/validate/rtl/rtl-tiles.ts';
import type { RtlRow } from '../../../../src/formats/rtl-rows.ts';
import { checkMapping } from '../../../../src/mapping/legality.ts';
import type { Mapping } from '../../../../src/mapping/mapping.ts';
import { coveredBounds } from '../../../../src/mapping/nest.ts';
import { DIMS, type Dim, perTensor, TENSORS } from '../../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';

const level = (name: string, axes: StorageLevel['fanOut']['dimensions']): StorageLevel => ({
  ...{
    name,
    isDram: name === 'DRAM',
    capacity: { kind: 'unlimited' },
    doubleBuffered: false,
    wordBits: 8,
    storedBits: {},
  },
  ...{ blockWords: 1, bandwidth: {}, energy: { readPj: 1, fillPj: 1, updatePj: 1 }, mayKeep: TENSORS, mustKeep: [] },
  ...{ instances: 1, areaMm2: 0, leakagePjPerCycle: 0 },
  fanOut: { dimensions: axes, multicast: perTensor(() => true), hopEnergyPj: 0 },
});

/** An array of any size: only loops decide what is legal. */
const ARRAY: Accelerator = {
  ...{ name: 'array', clockHz: 1e9, technology: 'explicit', source: 'here' },
  levels: [
    level('DRAM', []),
    level('Scratchpad', []),
    level('Accumulator', [
      { name: 'Y', size: 1000, parallelDims: ['K'] },
      { name: 'X', size: 1000, parallelDims: ['C'] },
    ]),
    level('Registers', []),
  ],
  mac: { instances: 1e6, wordBits: 8, energyPj: 1, areaMm2: 0 },
};

const ROW_DIMS = ['K', 'C', 'P', 'Q', 'R', 'S'] as const;
const loops = fc.array(fc.record({ dim: fc.constantFrom<Dim>(...ROW_DIMS), bound: fc.integer({ min: 1, max: 6 }) }), {
  maxLength: 6,
});
const row: fc.Arbitrary<RtlRow> = fc
  .record({
    bounds: fc.tuple(...ROW_DIMS.map(() => fc.integer({ min: 1, max: 20 }))),
    ...{ dramLoops: loops, accumulatorLoops: loops },
    ...{ spatialK: fc.integer({ min: 1, max: 8 }), spatialC: fc.integer({ min: 1, max: 8 }) },
  })
  .map(({ bounds, ...rest }) => ({
    ...{ id: 'x', mesh: 8, cycles: 1, isAnomalous: false, ...rest },
    problem: makeProblem({ name: 'x', bounds: Object.fromEntries(ROW_DIMS.map((dim, i) => [dim, bounds[i]!])) }),
  }));

const WORD_BITS = { Weights: 8, Inputs: 8, Outputs: 8 };
/** All loops with more than one iteration, level by level. */
const loopsOf = ({ levels }: Mapping) =>
  levels.map(({ temporal, spatial }) => [...temporal, ...spatial].filter(({ bound }) => bound > 1));

describe('measured rows as mappings', () => {
  it('have no loop that goes beyond the layer, and cover as much of it as the row does', () => {
    fc.assert(
      fc.property(row, (given) => {
        const { mapping, isRagged } = rowMapping(given, ARRAY);
        const beyond = checkMapping({ problem: given.problem, wordBits: WORD_BITS }, ARRAY, mapping).filter(
          ({ rule, message }) => rule !== 'factors' || !message.includes('cover'),
        );
        expect(beyond).toEqual([]);
        const covered = coveredBounds(mapping);
        expect(isRagged).toBe(DIMS.some((dim) => covered[dim] !== given.problem.bounds[dim]));
        for (const dim of DIMS) {
          const all = [...given.dramLoops, ...given.accumulatorLoops].filter((loop) => loop.dim === dim);
          const spatial = dim === 'K' ? given.spatialK : dim === 'C' ? given.spatialC : 1;
          const stated = all.reduce((product, { bound }) => product * bound, spatial);
          expect(covered[dim]).toBeGreaterThanOrEqual(Math.min(stated, given.problem.bounds[dim]));
        }
      }),
    );
  });

  // Killed by: loops in reverse, K and C exchanged, a clip of what fits.
  it('are the row as it is where nothing is clipped, and say when something is', () => {
    fc.assert(
      fc.property(row, (given) => {
        const { mapping, isClipped } = rowMapping(given, ARRAY);
        const stated: Mapping['levels'] = [
          { temporal: given.dramLoops, spatial: [], keep: TENSORS, noMulticast: [] },
          { temporal: [], spatial: [], keep: [], noMulticast: [] },
          {
            ...{ temporal: given.accumulatorLoops, keep: [], noMulticast: [] },
            spatial: [
              { dim: 'K', bound: given.spatialK, array: 'Y' },
              { dim: 'C', bound: given.spatialC, array: 'X' },
            ],
          },
          { temporal: [], spatial: [], keep: [], noMulticast: [] },
        ];
        if (isClipped) expect(loopsOf(mapping)).not.toEqual(loopsOf({ levels: stated }));
        else expect(loopsOf(mapping)).toEqual(loopsOf({ levels: stated }));
      }),
    );
  });

  it('finish sums first by moving loops over C, R and S inwards, and nothing else', () => {
    fc.assert(
      fc.property(row, (given) => {
        const { mapping } = rowMapping(given, ARRAY);
        const moved = withoutSpills(mapping);
        const [before, after] = [mapping.levels[0]!.temporal, moved.levels[0]!.temporal];
        const adds = ({ dim }: { dim: Dim }) => ['C', 'R', 'S'].includes(dim);
        expect(after.filter(adds)).toEqual(before.filter(adds));
        expect(after.filter((loop) => !adds(loop))).toEqual(before.filter((loop) => !adds(loop)));
        expect(after.findLastIndex((loop) => !adds(loop))).toBeLessThan(
          after.findIndex(adds) === -1 ? Infinity : after.findIndex(adds),
        );
        expect(moved.levels.slice(1)).toEqual(mapping.levels.slice(1));
        expect(leavesSums(moved)).toBe(false);
        const long = (loops: typeof before) => loops.filter(({ bound }) => bound > 1);
        expect(leavesSums(mapping)).toBe(JSON.stringify(long(before)) !== JSON.stringify(long(after)));
      }),
    );
  });

  it('are refused on an accelerator with other levels', () => {
    const [given] = fc.sample(row, 1);
    const other = { ...ARRAY, levels: ARRAY.levels.slice(1) };
    expect(() => rowMapping(given!, other)).toThrow(/does not have the levels/);
  });
});
