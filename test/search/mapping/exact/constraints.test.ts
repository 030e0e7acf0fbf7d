import { describe, expect, it } from 'vitest';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';
import { DIMS } from '../../../../src/util/vocabulary.ts';
import { smallCase } from '../random-mapspace.ts';

const OPTIONS = {
  levels: [3],
  dims: ['N', 'K', 'C', 'P', 'R'],
  bounds: [2, 3, 4, 6],
  mostMacs: 200,
  padding: true,
  mostChildren: 4,
} as const;

describe('partial mappings as constraints', () => {
  it('fixes bounds, orders, kept tensors: the optimum itself is found again, and any other is no better', () => {
    let compared = 0;
    for (let seed = 0; seed < 60; seed++) {
      const one = smallCase(seed, OPTIONS);
      const free = makeMapspace(one);
      if (!free.feasible) continue;
      const best = searchExact(free, EDP);
      if (best.kind !== 'found') continue;
      const levels = best.mapping.levels.map(({ temporal, keep }) => ({
        temporal: Object.fromEntries(DIMS.map((dim) => [dim, temporal.find((loop) => loop.dim === dim)?.bound ?? 1])),
        order: temporal.map((loop) => loop.dim),
        keep,
      }));
      const fixed = makeMapspace({ ...one, constraints: { name: 'all', levels } });
      if (!fixed.feasible) throw new Error(fixed.reason);
      const again = searchExact(fixed, EDP);
      if (again.kind !== 'found') throw new Error(again.kind);
      expect(again.certificate.incumbent / best.certificate.incumbent).toBeCloseTo(1, 9);
      again.mapping.levels.forEach((level, i) => {
        for (const loop of level.temporal) expect(levels[i]!.temporal[loop.dim]).toBe(loop.bound);
        expect(level.keep).toEqual(levels[i]!.keep);
        if (i < 2) expect(level.temporal.map((loop) => loop.dim)).toEqual(levels[i]!.order);
      });
      const inside = makeMapspace({
        ...one,
        constraints: { name: 'no outer loops', levels: [{ temporal: { K: 1, P: 1 } }] },
      });
      if (!inside.feasible) continue;
      const other = searchExact(inside, EDP);
      if (other.kind !== 'found') continue;
      expect(other.certificate.incumbent).toBeGreaterThanOrEqual(best.certificate.incumbent * (1 - 1e-12));
      expect(other.mapping.levels[0]!.temporal.every((loop) => loop.dim !== 'K' && loop.dim !== 'P')).toBe(true);
      compared++;
    }
    expect(compared).toBeGreaterThan(15);
  });

  it('says which level is too small', () => {
    const { layer, accelerator } = smallCase(1, OPTIONS);
    const levels = accelerator.levels.map((level, index) =>
      index === 2
        ? { ...level, mustKeep: level.mayKeep, mayKeep: level.mayKeep, capacity: { kind: 'shared' as const, bits: 1 } }
        : level,
    );
    const empty = makeMapspace({ layer, accelerator: { ...accelerator, levels } });
    expect(empty.feasible ? '' : empty.reason).toContain('level L2 cannot hold one word of each tensor');
  });
});
