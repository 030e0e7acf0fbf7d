import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaMm2, onChipBits } from '../../src/accelerator/accelerator.ts';
import { bufferBytesPerCycle, dramBytesPerSecond } from '../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { arrayLevel } from '../../src/accelerator/placed-levels.ts';
import { budgetUse } from '../../src/search/budget-use.ts';
import { Random } from '../../src/util/random.ts';
import { TECHNOLOGIES } from '../accelerator/files.ts';
import { designOf, MAPPED_DESIGN, specificationOf } from './synthetic-design.ts';

describe('use of a budget', () => {
  it('is what the budget check counts', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 3 }), (seed, buffers) => {
        const single = specificationOf(designOf(Random.fromSeed(seed)));
        // Several buffers below DRAM, all of which the budget counts.
        const levels = single.levels.map((level) =>
          level.role === 'dram'
            ? {
                ...level,
                fanOut: { ...level.fanOut, dimensions: [{ name: 'X', size: buffers, parallelDims: 'any' as const }] },
              }
            : level,
        );
        const specification = { ...single, levels };
        const accelerator = buildAccelerator(specification, TECHNOLOGIES.get('cacti-65nm')!);
        const used = Object.fromEntries(
          budgetUse(specification, areaMm2(accelerator), undefined).map((one) => [one.resource, one.used]),
        );
        expect(used['processing-elements']).toBe(accelerator.mac.instances);
        expect(used['on-chip-memory']).toBe(onChipBits(accelerator) / 8);
        expect(used.dram).toBeCloseTo(dramBytesPerSecond(accelerator), 3);
        expect(used.buffer).toBeCloseTo(bufferBytesPerCycle(accelerator), 9);
        expect(used.area).toBe(areaMm2(accelerator));
        expect(used.power).toBeNull();
      }),
    );
  });

  it('stands beside the limits of the budget', () => {
    const specification = specificationOf(MAPPED_DESIGN);
    const budget = {
      name: 'b',
      processingElements: 168,
      onChipBits: 8192,
      dramBytesPerSecond: 1e9,
      areaMm2: 5,
      powerMw: 300,
    };
    const limits = budgetUse(specification, null, budget).map(({ resource, limit }) => [resource, limit]);
    expect(Object.fromEntries(limits)).toEqual({
      'processing-elements': 168,
      'on-chip-memory': 1024,
      dram: 1e9,
      buffer: null,
      area: 5,
      power: 300,
    });
    for (const { limit } of budgetUse(specification, null, undefined)) expect(limit).toBeNull();
    expect(budgetUse(specification, null, budget).find(({ resource }) => resource === 'area')!.used).toBeNull();
  });

  it('is of the array with the most children', () => {
    const specification = specificationOf(MAPPED_DESIGN);
    expect(arrayLevel(specification)).toBe(1);
    const flat = specification.levels.map((level) => ({ ...level, fanOut: { ...level.fanOut, dimensions: [] } }));
    expect(arrayLevel({ ...specification, levels: flat })).toBe(1);
    expect(arrayLevel({ ...specification, levels: flat.slice(0, 1) })).toBe(0);
  });
});
