import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { idleProblems } from '../../../src/accelerator/idle-problems.ts';
import { specificationProblems } from '../../../src/accelerator/specification.ts';
import {
  acceleratorSpace,
  decodePointToDesign,
  designOfSpecification,
} from '../../../src/search/accelerator/accelerator-encoding.ts';
import { baselineDesign } from '../../../src/search/accelerator/baseline.ts';
import { designLevels, isDesign } from '../../../src/search/accelerator/design-levels.ts';
import { designSpecification } from '../../../src/search/accelerator/design-specification.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { TECHNOLOGIES } from '../../accelerator/files.ts';
import { ALL_BUDGETS, budgetCase, contextOf } from './fixtures.ts';

const cases = ALL_BUDGETS.map((one) => ({ one, name: one.name }));

describe('levels that designs are made from', () => {
  it('are those of the baseline where it has them', () => {
    const own = ALL_BUDGETS.filter(({ baseline }) => isDesign(baseline));
    expect(own.map(({ name }) => name)).toEqual(expect.arrayContaining(['edge-tpu', 'eyeriss', 'nvdla-32']));
    for (const { baseline } of own) expect(Object.values(designLevels(baseline))).toEqual(baseline.levels);
  });

  it.each(cases)('make legal accelerators within the budget of $name', ({ one }) => {
    const { baseline } = one;
    const design = designOfSpecification(baseline);
    const macs = buildAccelerator(baseline, TECHNOLOGIES.get(baseline.technology)!).mac.instances;
    expect(design.processingElements).toBe(macs);
    const specification = designSpecification(design, baseline, 'again');
    expect([...specificationProblems(specification), ...idleProblems(specification.levels)]).toEqual([]);
    expect(specification.levels.map(({ role }) => role)).toEqual(['dram', 'buffer', 'register-file']);
    const context = contextOf(one, 'importance');
    const middle = acceleratorSpace(context).map((dimension) =>
      dimension.kind === 'permutation'
        ? Array.from({ length: dimension.length }, (_, i) => i)
        : dimension.kind === 'integer'
          ? 2
          : 0.4,
    );
    const decoded = decodePointToDesign(middle, context);
    expect(decoded.kind).toBe('design');
    if (decoded.kind === 'design') expect(specificationProblems(decoded.specification)).toEqual([]);
  });

  it('leave what the outermost level states of its array to the array of the designs', () => {
    const { baseline } = budgetCase('edge-tpu');
    const [outermost, buffer, registers] = baseline.levels;
    const fanOut = { ...buffer!.fanOut, wires: 'tree' as const, hopEnergyPj: 1, rampCycles: 2 };
    const levels = designLevels({ ...baseline, levels: [{ ...outermost!, fanOut }, registers!] });
    expect(levels.l2.fanOut).toMatchObject({ wires: 'tree', hopEnergyPj: 1, rampCycles: 2 });
    expect(Object.keys(levels.dram.fanOut).sort()).toEqual(['dimensions', 'multicast']);
  });

  it('hold every tensor as wide as the widest level of the baseline, and its sequencer, drains and loads', () => {
    const { l2, l1, dram } = designLevels(budgetCase('gemmini-16').baseline);
    for (const level of [l2, l1]) expect(level.mayKeep).toEqual(TENSORS);
    expect([l2.storedBits.Outputs, l1.storedBits.Outputs]).toEqual([32, 32]);
    expect(l2).toMatchObject({ refetch: ['Weights', 'Inputs'], spill: 'never', drain: 'charged' });
    expect(l2).toMatchObject({ launch: { cycles: 250, matrixCycles: 125 }, mustKeep: ['Weights', 'Inputs'] });
    expect(l2.fanOut).toMatchObject({ fill: { cyclesPerLoad: 16, leastRows: 4 } });
    expect(l2.fanOut.dimensions.map(({ name, size }) => `${name}${size}`)).toEqual(['Y16', 'X16']);
    expect(l1.capacity).toEqual({ kind: 'shared', bits: 128 });
    expect([dram.fanOut.dimensions, l1.fanOut.dimensions]).toEqual([[], []]);
    // 16 bits in one memory, 32 in the next.
    expect(designLevels(budgetCase('tpu-v4i').baseline).l2.storedBits).toEqual({
      Weights: 16,
      Inputs: 16,
      Outputs: 32,
    });
  });

  it('have one axis for all of a name', () => {
    const { l2 } = designLevels(budgetCase('a100').baseline);
    expect(l2.fanOut.dimensions.map(({ name, size }) => `${name}${size}`)).toEqual(['X3456', 'Z8', 'Y4']);
    expect(l2.fanOut.dimensions[0]!.parallelDims).toEqual(['N', 'K', 'P', 'Q', 'G']);
  });

  it('leave the baseline out as a design to be found where it has other levels', () => {
    const known = (name: string) => {
      const { baseline, budget, technology } = budgetCase(name);
      return baselineDesign(baseline, technology, budget, []);
    };
    expect(known('nvdla-64')).not.toBeNull();
    for (const name of ['gemmini-16', 'tpu-v2', 'a100']) expect(known(name)).toBeNull();
  });
});
