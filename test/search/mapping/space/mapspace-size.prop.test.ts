import { describe, expect, it } from 'vitest';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { mapspaceLog10 } from '../../../../src/search/mapping/space/mapspace-size.ts';
import { childrenAlong } from '../../../../src/search/mapping/space/spatial-choices.ts';
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
  it.each(['perfect', 'imperfect'] as const)(
    'counts tilings, orders, kept tensors and spatial choices (%s)',
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
        const { model, spatialChoices, keepChoices } = mapspace;
        let tilings = 0;
        for (const { bounds } of spatialChoices)
          tilings += model.bounds.reduce(
            (ways, bound, d) =>
              ways * countTilings(Math.ceil(bound / childrenAlong(bounds, d)), model.levelCount, factors === 'perfect'),
            1,
          );
        const loops = model.bounds.filter((bound) => bound > 1).length;
        const orders = [1, 1, 2, 6, 24, 120][loops]! ** model.levelCount;
        expect(10 ** mapspaceLog10(mapspace) / (tilings * orders * keepChoices.length)).toBeCloseTo(1, 9);
        counted++;
      }
      expect(counted).toBeGreaterThan(30);
    },
  );
});
