import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../../../src/cost/kernel/kernel.ts';
import { type PackedLayout, type PackedMapping, unpackMapping } from '../../../../src/cost/packed-mapping.ts';
import type { LevelConstraint, MappingConstraints } from '../../../../src/mapping/constraints.ts';
import type { Mapping } from '../../../../src/mapping/mapping.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { SAMPLED_MAPPERS } from '../../../../src/search/mapping/mapper-names.ts';
import { type Mapspace, makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP, ENERGY, LATENCY } from '../../../../src/search/mapping/objective.ts';
import { searchSampled } from '../../../../src/search/mapping/sampled/sampled.ts';
import { Random } from '../../../../src/util/random.ts';
import { DIMS, type Dim, TENSORS } from '../../../../src/util/vocabulary.ts';
import { visitAllMappings } from '../brute-force.ts';
import { smallCase } from '../random-mapspace.ts';

const OBJECTIVES = [EDP, ENERGY, LATENCY];
const MOST_MAPPINGS = 3_000;

/** Every deviation of a mapping from a partial one; independent of the search. */
function deviations(mapping: Mapping, constraints: MappingConstraints): string[] {
  return constraints.levels.flatMap(({ temporal, spatial, spatialTotal, order, keep }, index) => {
    const level = mapping.levels[index]!;
    const found: string[] = [];
    const boundOf = (dim: Dim) => level.temporal.find((loop) => loop.dim === dim)?.bound ?? 1;
    for (const dim of DIMS) {
      const wanted = temporal?.[dim];
      if (wanted !== undefined && boundOf(dim) !== wanted) found.push(`level ${index} ${dim} ${wanted}`);
      let together = 1;
      for (const loop of level.spatial) if (loop.dim === dim) together *= loop.bound;
      if ((spatialTotal?.[dim] ?? together) !== together) found.push(`level ${index} any ${dim}`);
      for (const [array, bounds] of Object.entries(spatial ?? {})) {
        const parallel = level.spatial.find((loop) => loop.array === array && loop.dim === dim)?.bound ?? 1;
        if (bounds[dim] !== undefined && parallel !== bounds[dim]) found.push(`level ${index} ${array} ${dim}`);
      }
    }
    const dims = level.temporal.filter((loop) => loop.bound > 1).map((loop) => loop.dim);
    const innermost = (order ?? []).filter((dim) => dims.includes(dim));
    if (dims.slice(dims.length - innermost.length).join() !== innermost.join()) found.push(`level ${index} order`);
    if (keep !== undefined && [...keep].sort().join() !== [...level.keep].sort().join())
      found.push(`level ${index} keep`);
    return found;
  });
}

/**
 * The same of a packed mapping, but for orders of the innermost loops: they change no cost, so that brute force has only one of them.
 */
function keepsTo(packed: PackedMapping, layout: PackedLayout, constraints: MappingConstraints): boolean {
  return constraints.levels.every(({ temporal, spatial, spatialTotal, order, keep }, level) => {
    const at = level * DIMS.length;
    const kept = keep?.reduce((bits, tensor) => bits | (1 << TENSORS.indexOf(tensor)), 0);
    if (kept !== undefined && kept !== packed.keep[level]) return false;
    for (const [d, dim] of DIMS.entries()) {
      if ((temporal?.[dim] ?? packed.temporal[at + d]) !== packed.temporal[at + d]) return false;
      let together = 1;
      for (const [a, array] of layout.arrayNames[level]!.entries()) {
        const bound = packed.spatial[(level * layout.arrayCount + a) * DIMS.length + d]!;
        together *= bound;
        if ((spatial?.[array]?.[dim] ?? bound) !== bound) return false;
      }
      if ((spatialTotal?.[dim] ?? together) !== together) return false;
    }
    if (order === undefined || level === layout.levelCount - 1) return true;
    const dims = [...packed.order.subarray(at, at + DIMS.length)].filter((d) => packed.temporal[at + d]! > 1);
    const innermost = order.map((dim) => DIMS.indexOf(dim)).filter((d) => dims.includes(d));
    return dims.slice(dims.length - innermost.length).join() === innermost.join();
  });
}

interface Scored {
  readonly packed: PackedMapping;
  /** Of {@link OBJECTIVES}. */
  readonly values: readonly number[];
}

/** All mappings of a mapspace; null when there are too many. */
function listAll(mapspace: Mapspace): Scored[] | null {
  const all: Scored[] = [];
  const scored = visitAllMappings(
    mapspace,
    MOST_MAPPINGS,
    (energyPj, cycles, { temporal, order, spatial, keep, noMulticast }) => {
      all.push({
        packed: {
          temporal: temporal.slice(),
          order: order.slice(),
          spatial: spatial.slice(),
          keep: keep.slice(),
          noMulticast,
        },
        values: OBJECTIVES.map((objective) => objective.value(energyPj, cycles)),
      });
    },
  );
  return scored === null ? null : all;
}

/** A random partial mapping: mostly parts of some legal mapping, sometimes of none. */
function randomConstraints(random: Random, base: Mapping): MappingConstraints {
  const chance = (p: number) => random.nextUnit() < p;
  const shuffled = (list: readonly Dim[]) => {
    const rest = [...list];
    return list.map(() => rest.splice(random.nextInt(rest.length), 1)[0]!);
  };
  const dims = DIMS.filter((dim) => base.levels.some(({ temporal }) => temporal.some((loop) => loop.dim === dim)));
  const levels = base.levels.map(({ temporal, keep, spatial }): LevelConstraint => {
    const fixed: Partial<Record<Dim, number>> = {};
    for (const dim of DIMS) {
      if (!chance(0.15)) continue;
      const bound = temporal.find((loop) => loop.dim === dim)?.bound ?? 1;
      fixed[dim] = chance(0.8) ? bound : 1 + random.nextInt(6);
    }
    const parallel = spatial.filter(() => chance(0.2));
    const together: Partial<Record<Dim, number>> = {};
    for (const dim of DIMS) {
      if (!chance(0.06)) continue;
      together[dim] = spatial.filter((loop) => loop.dim === dim).reduce((all, { bound }) => all * bound, 1);
    }
    return {
      ...(chance(0.6) ? { temporal: fixed } : {}),
      ...(chance(0.4) ? { order: shuffled(dims).slice(0, random.nextInt(4)) } : {}),
      ...(chance(0.15) ? { keep } : {}),
      ...(chance(0.5) ? { spatialTotal: together } : {}),
      ...(parallel.length > 0
        ? { spatial: Object.fromEntries(parallel.map(({ array, dim, bound }) => [array, { [dim]: bound }])) }
        : {}),
    };
  });
  return { name: 'random', levels };
}

describe('every mapping returned obeys the partial mapping, and none that does is better', () => {
  for (const factors of ['perfect', 'imperfect'] as const)
    it(`equals brute force filtered by the constraints with ${factors} factors`, () => {
      let compared = 0;
      let empty = 0;
      const property = fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const one = smallCase(seed, {
          levels: [2, 3],
          dims: ['N', 'K', 'C', 'P', 'P', 'R'],
          bounds: [2, 3, 4, 5, 6],
          mostMacs: 60,
          padding: factors === 'perfect',
          mostChildren: 6,
          blocks: factors === 'perfect',
        });
        const free = makeMapspace({ ...one, factors });
        if (!free.feasible) return;
        const { layout } = compileKernel(one.layer, one.accelerator, { temporalReuse: 'exact' });
        const all = listAll(free);
        if (all === null || all.length === 0) return;
        const random = Random.fromSeed(seed);
        const base = unpackMapping(layout, all[random.nextInt(all.length)]!.packed);
        const constraints = randomConstraints(random, base);
        // Slack in fixed spatial bounds is part of the imperfect mapspace.
        const hasSlack =
          factors === 'imperfect' &&
          constraints.levels.some(({ spatial, spatialTotal }) => (spatial ?? spatialTotal) !== undefined);
        const kept = (hasSlack ? listAll({ ...free, constraints }) : all)?.filter(({ packed }) =>
          keepsTo(packed, layout, constraints),
        );
        if (kept === undefined) return;
        const mapspace = makeMapspace({ ...one, factors, constraints });
        if (kept.length === 0) {
          empty++;
          if (mapspace.feasible) expect(searchExact(mapspace, EDP).kind).toBe('infeasible');
        }
        for (const [i, objective] of kept.length === 0 ? [] : OBJECTIVES.entries()) {
          const least = Math.min(...kept.map(({ values }) => values[i]!));
          const result = mapspace.feasible ? searchExact(mapspace, objective) : mapspace;
          if (!('kind' in result) || result.kind !== 'found') throw new Error(`${objective.name}: nothing found`);
          expect(deviations(result.mapping, constraints)).toEqual([]);
          expect(result.certificate.optimal).toBe(true);
          expect(result.certificate.incumbent / least).toBeCloseTo(1, 9);
          compared++;
        }
        if (!mapspace.feasible || factors === 'imperfect') return;
        const mapper = SAMPLED_MAPPERS[seed % SAMPLED_MAPPERS.length]!;
        const sampled = searchSampled(mapspace, EDP, { mapper, evaluations: 60, seed });
        if (sampled.mapping !== null) expect(deviations(sampled.mapping, constraints)).toEqual([]);
      });
      fc.assert(property, { numRuns: 90, seed: 20_261_121 });
      expect(compared).toBeGreaterThan(150);
      expect(empty).toBeGreaterThan(10);
    });
});
