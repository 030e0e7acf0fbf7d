import { describe, expect, it } from 'vitest';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { chainCount } from '../../../../src/search/mapping/space/chain-counts.ts';
import { mapspaceLog10 } from '../../../../src/search/mapping/space/mapspace-size.ts';
import { smallCase } from '../random-mapspace.ts';

/** Ways to choose the temporal bounds of all levels, innermost first, that cover `steps`; the outermost takes what is left. */
function countTilings(steps: number, levels: number, isPerfect: boolean): number {
  const choose = (level: number, covered: number): number => {
    if (level === 1) return 1;
    let ways = 0;
    for (let bound = 1; bound <= Math.ceil(steps / covered); bound++)
      if (!isPerfect || (steps / covered) % bound === 0)
        ways += choose(level - 1, isPerfect ? covered * bound : Math.min(steps, covered * bound));
    return ways;
  };
  return choose(levels, 1);
}

describe('size of a mapspace', () => {
  it('counts chains of imperfect bounds by a sieve as one by one, also beyond what tables hold so far', () => {
    for (const levels of [0, 1, 2, 3, 5])
      for (const steps of [1, 2, 3, 4, 7, 12, 60, 97])
        expect(chainCount(steps, levels)).toBe(countTilings(steps, levels + 1, false));
    for (const steps of [1023, 1024, 1025, 4097]) {
      let chains = 0;
      for (let bound = 1; bound <= steps; bound++) chains += Math.ceil(steps / bound);
      expect(chainCount(steps, 2)).toBe(chains);
    }
  });

  it.each(['perfect', 'imperfect'] as const)(
    'counts tilings, orders, kept tensors and assignments to arrays (%s)',
    (factors) => {
      let counted = 0;
      for (let seed = 0; seed < 60; seed++) {
        const one = smallCase(seed, {
          levels: [1, 2, 3, 4],
          dims: ['N', 'K', 'C', 'P', 'R'],
          bounds: [2, 3, 4, 5, 6, 12],
          mostMacs: 800,
          padding: true,
          mostChildren: 4,
        });
        const mapspace = makeMapspace({ ...one, factors });
        if (!mapspace.feasible) continue;
        const { model, spatial, keeps } = mapspace;
        const ways = new Map<number, number>();
        const tilings = spatial.sum((steps) => {
          const counted = ways.get(steps) ?? countTilings(steps, model.levelCount, factors === 'perfect');
          ways.set(steps, counted);
          return counted;
        });
        const loops = model.bounds.filter((bound) => bound > 1).length;
        const orders = [1, 1, 2, 6, 24, 120][loops]! ** model.levelCount;
        expect(10 ** mapspaceLog10(mapspace) / (tilings * orders * keeps.count)).toBeCloseTo(1, 9);
        counted++;
      }
      expect(counted).toBeGreaterThan(30);
    },
  );
});
