import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScoredDesign } from '../../../src/search/ports.ts';
import { designDifferences } from '../../../src/tui/text/design-difference.ts';
import { Random } from '../../../src/util/random.ts';
import { designOf, specificationOf } from '../../search/synthetic-design.ts';

function scored(seed: number): ScoredDesign {
  const design = designOf(Random.fromSeed(seed));
  const networks = [{ network: 'a', energyPj: 10 + seed, cycles: 5, edpPjCycles: 50 + 5 * seed }];
  return { trial: seed, score: 1, design, specification: specificationOf(design), networks, areaMm2: 2 + seed / 7 };
}

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

  it('is the figure after over the one before', () => {
    const before = scored(1);
    const [network] = before.networks;
    const networks = [{ ...network!, energyPj: network!.energyPj / 4, edpPjCycles: network!.edpPjCycles / 4 }];
    const found = designDifferences(before, { ...before, networks, areaMm2: 2 * before.areaMm2 });
    expect(found.map(({ name, ratio }) => [name, ratio])).toEqual([
      ['EDP', expect.closeTo(0.25, 12)],
      ['energy', expect.closeTo(0.25, 12)],
      ['area', 2],
    ]);
    expect(found[1]).toMatchObject({ before: '11 pJ', after: '2.75 pJ' });
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
