import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaMm2, onChipBits } from '../../src/accelerator/accelerator.ts';
import { bufferBytesPerCycle, dramBytesPerSecond } from '../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import type { ScoredDesign } from '../../src/search/ports.ts';
import { designDifferences } from '../../src/tui/design-difference.ts';
import { arrayAxes, levelViews, resourceUse } from '../../src/tui/drawing/hierarchy.ts';
import { Random } from '../../src/util/random.ts';
import { TECHNOLOGIES } from '../accelerator/files.ts';
import { designOf, specificationOf } from '../search/synthetic-design.ts';

function scored(seed: number): ScoredDesign {
  const design = designOf(Random.fromSeed(seed));
  const specification = specificationOf(design);
  const accelerator = buildAccelerator(specification, TECHNOLOGIES.get('cacti-65nm')!);
  const networks = [{ network: 'a', energyPj: 10 + seed, cycles: 5, edpPjCycles: 50 + 5 * seed }];
  return { trial: seed, score: 1, design, specification, networks, areaMm2: areaMm2(accelerator) };
}

describe('hierarchy of a design', () => {
  it('uses as much of the budget as the budget check counts', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const best = scored(seed);
        const accelerator = buildAccelerator(best.specification, TECHNOLOGIES.get('cacti-65nm')!);
        const used = new Map(
          resourceUse(best.specification, best.areaMm2, undefined).map((resource) => [resource.name, resource.used]),
        );
        expect(used.get('PEs')).toBe(accelerator.mac.instances);
        expect(used.get('on-chip memory')).toBe(onChipBits(accelerator) / 8);
        expect(used.get('DRAM bandwidth')).toBeCloseTo(dramBytesPerSecond(accelerator), 3);
        expect(used.get('L2 bandwidth')).toBeCloseTo(bufferBytesPerCycle(accelerator), 9);
        expect(used.get('area')).toBe(areaMm2(accelerator));
      }),
    );
  });

  it('names levels as the field does and counts their instances', () => {
    const best = scored(3);
    const levels = levelViews(best.specification);
    expect(levels.map(({ label }) => label)).toEqual(['DRAM', 'L2 global buffer', 'L1']);
    expect(levels.map(({ instances }) => instances)).toEqual([1, 1, best.design.processingElements]);
    expect(levels[0]!.bandwidth).toBe('0.48 GB/s');
    expect(arrayAxes(best.specification)).toEqual(best.design.axes);
  });

  it('shows the limits of the budget', () => {
    const budget = { name: 'b', processingElements: 168, onChipBits: 8192, dramBytesPerSecond: 1e9 };
    const limits = Object.fromEntries(
      resourceUse(scored(3).specification, 0, budget).map(({ name, limit }) => [name, limit]),
    );
    expect(limits).toEqual({
      PEs: 168,
      'on-chip memory': 1024,
      'DRAM bandwidth': 1e9,
      'L2 bandwidth': null,
    });
  });
});

describe('difference of designs', () => {
  it('is empty between a design and itself, and swaps with its arguments', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (a, b) => {
        const [before, after] = [scored(a), scored(b)];
        expect(designDifferences(before, before)).toEqual([]);
        const forth = designDifferences(before, after);
        const back = designDifferences(after, before);
        expect(back.map(({ name }) => name)).toEqual(forth.map(({ name }) => name));
        forth.forEach((one, i) => {
          expect(back[i]!.before).toBe(one.after);
          if (one.ratio !== null && one.ratio > 0) expect(one.ratio * back[i]!.ratio!).toBeCloseTo(1, 9);
        });
      }),
    );
  });

  it('names what changed', () => {
    const before = scored(1);
    const design = { ...before.design, l2Bytes: 2 * before.design.l2Bytes, axes: before.design.axes.slice(1) };
    const names = designDifferences(before, { ...before, design }).map(({ name }) => name);
    expect(names).toContain('L2');
    expect(names).toContain(`axis ${before.design.axes[0]!.name}`);
    expect(names).not.toContain('PEs');
  });
});
