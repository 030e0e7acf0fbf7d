import { describe, expect, it } from 'vitest';
import { levelViews } from '../../../src/tui/text/level-views.ts';
import { MAPPED_DESIGN, specificationOf } from '../../search/synthetic-design.ts';

describe('storage levels as texts', () => {
  const specification = specificationOf(MAPPED_DESIGN);

  it('are named as the field does, with their bandwidths as budgets state them', () => {
    const levels = levelViews(specification);
    expect(levels.map(({ label }) => label)).toEqual(['DRAM', 'L2 global buffer', 'L1']);
    expect(levels.map(({ instances }) => instances)).toEqual([1, 1, MAPPED_DESIGN.processingElements]);
    expect(levels.map(({ bandwidth }) => bandwidth)).toEqual(['0.48 GB/s', '26 B/cycle', '']);
  });

  it('keep their names where there are more', () => {
    const [dram, buffer, inner] = specification.levels;
    const levels = [dram!, buffer!, { ...buffer!, name: 'Middle' }, inner!];
    expect(levelViews({ ...specification, levels }).map(({ label }) => label)).toEqual([
      'DRAM',
      'GlobalBuffer',
      'Middle',
      'RegisterFile',
    ]);
  });
});
