import { describe, expect, it } from 'vitest';
import { unpackMapping } from '../../../../src/cost/packed-mapping.ts';
import { evaluateReference } from '../../../../src/cost/reference/reference.ts';
import { UNCONSTRAINED } from '../../../../src/mapping/constraints.ts';
import { checkMapping } from '../../../../src/mapping/legality.ts';
import { samplePoint } from '../../../../src/optimizers/sampling.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { limitedObjective } from '../../../../src/search/mapping/figure-limits.ts';
import { SAMPLED_MAPPERS } from '../../../../src/search/mapping/mapper-names.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';
import { mappingEncoding } from '../../../../src/search/mapping/sampled/mapping-encoding.ts';
import { searchSampled } from '../../../../src/search/mapping/sampled/sampled.ts';
import { Random } from '../../../../src/util/random.ts';
import { smallCase } from '../random-mapspace.ts';
import { withResidency } from '../random-residency.ts';

const OPTIONS = {
  levels: [2, 3],
  dims: ['K', 'C', 'P', 'Q', 'R'],
  bounds: [2, 3, 4, 6],
  mostMacs: 600,
  padding: true,
  mostChildren: 4,
} as const;

describe('the vector encoding of mappings', () => {
  it('keeps what stays in the retention level there, and nowhere outside it', () => {
    for (let seed = 0; seed < 60; seed++) {
      const { layer, accelerator } = withResidency(smallCase(seed, OPTIONS), seed);
      const encoding = mappingEncoding(layer, accelerator, {
        factors: 'perfect',
        orders: 'index',
        constraints: UNCONSTRAINED,
      });
      const packed = encoding.emptyMapping();
      const random = Random.fromSeed(seed);
      for (let draw = 0; draw < 10; draw++) {
        encoding.decode(samplePoint(encoding.space, random), packed);
        const broken = checkMapping(layer, accelerator, unpackMapping(encoding.layout, packed));
        expect(broken.filter(({ rule }) => rule !== 'capacity' && rule !== 'complete')).toEqual([]);
      }
    }
  });

  it.each(['perfect', 'imperfect'] as const)(
    'decodes every vector to a mapping that is legal but for capacity (%s)',
    (factors) => {
      for (let seed = 0; seed < 60; seed++) {
        const { layer, accelerator } = smallCase(seed, OPTIONS);
        for (const orders of ['importance', 'index'] as const) {
          const encoding = mappingEncoding(layer, accelerator, { factors, orders, constraints: UNCONSTRAINED });
          const packed = encoding.emptyMapping();
          const random = Random.fromSeed(seed);
          for (let draw = 0; draw < 10; draw++) {
            encoding.decode(samplePoint(encoding.space, random), packed);
            const broken = checkMapping(layer, accelerator, unpackMapping(encoding.layout, packed));
            expect(broken.filter(({ rule }) => rule !== 'capacity')).toEqual([]);
          }
        }
      }
    },
  );

  it('puts the most important loop outermost and honours a fixed suffix, bounds and kept tensors', () => {
    const { layer, accelerator } = smallCase(1, OPTIONS);
    const last = accelerator.levels.length - 1;
    const levels = accelerator.levels.map((_, i) => (i === last ? { order: ['C'] as const, temporal: { K: 1 } } : {}));
    const encoding = mappingEncoding(layer, accelerator, {
      factors: 'perfect',
      orders: 'importance',
      constraints: { name: 'test', levels },
    });
    const packed = encoding.emptyMapping();
    const random = Random.fromSeed(3);
    for (let draw = 0; draw < 30; draw++) {
      encoding.decode(samplePoint(encoding.space, random), packed);
      const inner = unpackMapping(encoding.layout, packed).levels[last]!.temporal.filter((loop) => loop.bound > 1);
      expect(inner.every(({ dim }) => dim !== 'K')).toBe(true);
      const place = inner.findIndex(({ dim }) => dim === 'C');
      if (place >= 0) expect(place).toBe(inner.length - 1);
    }
  });
});

describe.each(SAMPLED_MAPPERS)('the sampled mapper %s', (mapper) => {
  it('never beats the proven optimum, re-scores to the bit, and repeats itself', () => {
    let found = 0;
    for (let seed = 0; seed < 12; seed++) {
      const { layer, accelerator } = smallCase(seed, OPTIONS);
      const mapspace = makeMapspace({ layer, accelerator });
      if (!mapspace.feasible) continue;
      const options = { mapper, evaluations: 150, seed } as const;
      const result = searchSampled(mapspace, EDP, options);
      expect(searchSampled(mapspace, EDP, options)).toEqual(result);
      if (result.mapping === null) continue;
      found++;
      const scored = evaluateReference(layer, accelerator, result.mapping, { temporalReuse: 'exact' });
      expect(scored.feasible && scored.edpPjCycles).toBe(result.value);
      const exact = searchExact(mapspace, EDP);
      if (exact.kind !== 'found') throw new Error(exact.kind);
      expect(result.value).toBeGreaterThanOrEqual(exact.evaluation.edpPjCycles);
    }
    expect(found).toBeGreaterThan(5);
  });
});

describe('limits of sampled mappers', () => {
  it.each(SAMPLED_MAPPERS)('are kept or nothing is found, by %s', (mapper) => {
    const { layer, accelerator } = smallCase(1, OPTIONS);
    const mapspace = makeMapspace({ layer, accelerator, factors: 'perfect' });
    if (!mapspace.feasible) throw new Error('no mapping');
    const options = { mapper, evaluations: 300, seed: 1 };
    const free = searchSampled(mapspace, EDP, options);
    expect(free.mapping).not.toBeNull();
    const within = (leastPj: number) =>
      limitedObjective(EDP, [{ text: 'energy', monotone: true, holds: (energyPj) => energyPj < leastPj }]);
    expect(searchSampled(mapspace, within(1e-3), options).mapping).toBeNull();
    expect(searchSampled(mapspace, within(free.energyPj * 2), options)).toMatchObject({ value: free.value });
  });
});
