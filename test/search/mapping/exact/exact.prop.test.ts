import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../../../../src/cost/reference/reference.ts';
import type { TemporalReuse } from '../../../../src/cost/temporal-reuse.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP, ENERGY, LATENCY } from '../../../../src/search/mapping/objective.ts';
import { DIMS, TENSORS } from '../../../../src/util/vocabulary.ts';
import { compareAll, energyWithin, type SmallCases } from '../against-brute-force.ts';
import { permutations } from '../brute-force.ts';
import { type SmallCaseOptions, smallCase } from '../random-mapspace.ts';

const PERFECT: SmallCaseOptions = {
  levels: [2, 3, 3, 4],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'Q', 'R', 'R', 'S'],
  bounds: [2, 3, 4, 6],
  mostMacs: 96,
  padding: true,
  mostChildren: 3,
};
/** Deep hierarchies: with few MACs, all mappings can still be listed. */
const DEEP: SmallCaseOptions = { ...PERFECT, levels: [3, 4, 4, 5], bounds: [2, 3, 4], mostMacs: 24 };
const SLIDING: SmallCaseOptions = {
  levels: [2],
  dims: ['P', 'Q', 'R', 'S', 'K'],
  bounds: [2, 3],
  mostMacs: 108,
  padding: false,
  mostChildren: 2,
};
/** Tiles with gaps: strides above the filter, dilations, and both at once. */
const GAPPED: SmallCaseOptions = {
  ...PERFECT,
  levels: [2, 2, 3],
  dims: ['P', 'R', 'P', 'R', 'K', 'Q', 'S', 'C'],
  mostMacs: 144,
  mostChildren: 4,
  mostStride: 4,
};
const perfect = (temporalReuse: TemporalReuse): SmallCases => ({ options: PERFECT, temporalReuse, factors: 'perfect' });

describe('exact search against brute force over all tilings, orders, kept tensors and spatial choices', () => {
  it('finds the optimum with perfect factors, with bounds that are tight', () =>
    compareAll(115, 60, perfect('exact'), 20));

  it('finds the optimum on up to five levels by runs and joint sums, which otherwise bound many tiles only', () =>
    compareAll(16, 5, { ...perfect('exact'), options: DEEP, fewTiles: 0 }, 4));

  it('finds the optimum where strides and dilations leave gaps, with bounds that are tight', () =>
    compareAll(55, 25, { ...perfect('exact'), options: GAPPED }, 10));

  it("finds the optimum under Timeloop's reuse rule, with bounds that are tight", () =>
    compareAll(48, 22, perfect('timeloop'), 18));

  it('finds the optimum under its rule of 2023, with bounds that are tight', () =>
    compareAll(18, 7, perfect('timeloop-2023'), 7));
});

describe('exact search over orders', () => {
  it('finds the optimum where the order of overlapping input tiles decides', () => {
    const once = Object.fromEntries(DIMS.map((dim) => [dim, 1]));
    for (let seed = 0; seed < 30; seed++) {
      const { layer, accelerator } = smallCase(seed, SLIDING);
      const wordBits = { Weights: 1 + (seed % 3) * 20, Inputs: 30, Outputs: 1 + ((seed + 1) % 3) * 20 };
      const levels = accelerator.levels.map((level) => ({
        ...level,
        capacity: { kind: 'unlimited' as const },
        mayKeep: TENSORS,
        mustKeep: TENSORS,
        fanOut: { ...level.fanOut, dimensions: [] },
      }));
      // Everything loops at the outermost level over tiles of one position: only the order is free.
      const all = makeMapspace({
        layer: { problem: layer.problem, wordBits },
        accelerator: { ...accelerator, levels },
        constraints: { name: 'outer loops', levels: [{}, { temporal: once }] },
      });
      if (!all.feasible) throw new Error(all.reason);
      const result = searchExact(all, ENERGY);
      if (result.kind !== 'found') throw new Error(result.kind);
      const [outer, inner] = result.mapping.levels;
      const energies = permutations(outer!.temporal).map((temporal) => {
        const mapping = { levels: [{ ...outer!, temporal }, inner!] };
        const evaluation = evaluateReference(all.layer, all.accelerator, mapping, { temporalReuse: 'exact' });
        return evaluation.feasible ? evaluation.energyPj : Number.POSITIVE_INFINITY;
      });
      expect(result.certificate.incumbent / Math.min(...energies)).toBeCloseTo(1, 9);
    }
  });
});

describe('exact search with limits', () => {
  it('keeps to a limit that an objective has, or says that nothing does', () => {
    for (let seed = 100; seed < 140; seed++) {
      const mapspace = makeMapspace(smallCase(seed, PERFECT));
      if (!mapspace.feasible) continue;
      const fastest = searchExact(mapspace, LATENCY);
      const thriftiest = searchExact(mapspace, ENERGY);
      if (fastest.kind !== 'found' || thriftiest.kind !== 'found') continue;
      const maxCycles = fastest.evaluation.cycles;
      const limited = searchExact(mapspace, energyWithin(maxCycles));
      if (limited.kind !== 'found') throw new Error(limited.kind);
      expect(limited.evaluation.cycles).toBe(maxCycles);
      expect(limited.evaluation.energyPj).toBeGreaterThanOrEqual(thriftiest.evaluation.energyPj * (1 - 1e-12));
      const none = searchExact(mapspace, energyWithin(maxCycles - 1));
      expect(none.kind).toBe('infeasible');
    }
  });

  it('returns an honest gap when it is stopped', () => {
    let stopped = 0;
    for (let seed = 200; seed < 260; seed++) {
      const mapspace = makeMapspace(smallCase(seed, { ...PERFECT, mostMacs: 5000, bounds: [4, 6, 8, 12] }));
      if (!mapspace.feasible) continue;
      const whole = searchExact(mapspace, EDP);
      const cut = searchExact(mapspace, EDP, { nodeLimit: 1 });
      if (whole.kind !== 'found' || cut.kind === 'infeasible') continue;
      expect(cut.certificate.lowerBound).toBeLessThanOrEqual(whole.certificate.incumbent * (1 + 1e-12));
      expect(cut.certificate.incumbent).toBeGreaterThanOrEqual(whole.certificate.incumbent * (1 - 1e-12));
      if (!cut.certificate.optimal) stopped++;
    }
    expect(stopped).toBeGreaterThan(5);
  });

  it('proves a cutoff instead of searching below it', () => {
    for (let seed = 300; seed < 330; seed++) {
      const mapspace = makeMapspace(smallCase(seed, PERFECT));
      if (!mapspace.feasible) continue;
      const whole = searchExact(mapspace, EDP);
      if (whole.kind !== 'found') continue;
      const cutoff = whole.certificate.incumbent * 0.99;
      const cut = searchExact(mapspace, EDP, { cutoff });
      expect(cut.kind).toBe('bounded');
      if (cut.kind === 'bounded') expect(cut.certificate.lowerBound).toBeGreaterThanOrEqual(cutoff);
      const above = searchExact(mapspace, EDP, { cutoff: whole.certificate.incumbent * 1.01 });
      if (above.kind !== 'found') throw new Error(above.kind);
      expect(above.certificate.incumbent).toBeCloseTo(whole.certificate.incumbent, 6);
    }
  });

  it('refuses an objective that is not monotone', () => {
    const mapspace = makeMapspace(smallCase(1, PERFECT));
    if (!mapspace.feasible) throw new Error('empty');
    expect(() => searchExact(mapspace, { ...EDP, monotone: false })).toThrow(RangeError);
  });
});
