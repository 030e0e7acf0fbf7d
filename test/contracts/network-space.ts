import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointFault } from '../../src/optimizers/space.ts';
import type { Genotype } from '../../src/search/network/spaces/genes.ts';
import type { NetworkSpace } from '../../src/search/network/spaces/network-space.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';
import { perTensor } from '../../src/util/vocabulary.ts';
import { networkMacs, networkParameters } from '../../src/workload/network.ts';
import { problemKey } from '../../src/workload/problem.ts';

const OPTIONS = { batch: 1, wordBits: perTensor(() => 16) };

/** Any genotype of a space, silent genes included. */
export function genotypes(space: NetworkSpace): fc.Arbitrary<Genotype> {
  return fc.tuple(...space.genes.map(({ values }) => fc.nat(values.length - 1)));
}

function layerKeys(space: NetworkSpace, genotype: Genotype): string[] {
  return space.build(genotype, OPTIONS).layers.map(({ name, problem }) => `${name} ${problemKey(problem)}`);
}

/** Whether two values of a gene build the same layers although they are different decisions. */
export type SameLayers = (gene: number, value: unknown, other: unknown) => boolean;

/** What every network space keeps. */
export function describeNetworkSpace(space: NetworkSpace, sameLayers: SameLayers = () => false): void {
  const any = genotypes(space);
  const seeds = fc.integer();

  describe(`network space ${space.name}`, () => {
    it('has names, a source and sizes that its genes explain', () => {
      expect(space.title).not.toBe('');
      expect(space.source.length).toBeGreaterThan(10);
      expect(space.size).toBe(space.genes.reduce((count, { values }) => count * values.length, 1));
      expect(space.distinctSize).toBeLessThanOrEqual(space.size);
      expect(space.dimensions).toHaveLength(space.genes.length);
    });

    it('builds the same layers without a graph where only layers are asked for', () => {
      fc.assert(
        fc.property(any, (genotype) => {
          const { graph, ...whole } = space.build(genotype, OPTIONS);
          expect(graph!.operators.length).toBeGreaterThanOrEqual(whole.layers.length);
          expect(space.build(genotype, { ...OPTIONS, isLayersOnly: true })).toEqual(whole);
        }),
        { numRuns: 10 },
      );
    });

    it('samples, mutates and crosses to canonical points of its dimensions', () => {
      fc.assert(
        fc.property(any, any, seeds, (a, b, seed) => {
          const random = Random.fromSeed(seed);
          for (const child of [space.sample(random), space.mutate(a, random), space.crossover(a, b, random)]) {
            expect(pointFault(space.dimensions, child)).toBeUndefined();
            expect(space.canonical(child)).toEqual(child);
          }
        }),
        { numRuns: 50 },
      );
    });

    it('mutates nothing at rate 0 and draws every gene at rate 1', () => {
      fc.assert(
        fc.property(any, seeds, (genotype, seed) => {
          const still = space.mutate(genotype, Random.fromSeed(seed), { architecture: 0, resolution: 0 });
          expect(still).toEqual(space.canonical(genotype));
        }),
        { numRuns: 20 },
      );
      const random = Random.fromSeed(7);
      const first = space.genes.map(() => 0);
      const reached = space.genes.map(() => new Set<number>());
      for (let i = 0; i < 300; i++)
        space.mutate(first, random, { architecture: 1, resolution: 1 }).forEach((index, gene) => {
          reached[gene]!.add(index);
        });
      expect(reached.map((values) => values.size)).toEqual(space.genes.map(({ values }) => values.length));
    });

    it('takes every gene of a child from a parent, unless it is silent', () => {
      fc.assert(
        fc.property(any, any, seeds, (a, b, seed) => {
          space.crossover(a, b, Random.fromSeed(seed)).forEach((index, gene) => {
            expect([a[gene], b[gene], 0]).toContain(index);
          });
        }),
        { numRuns: 30 },
      );
    });

    it('builds equal networks for equal canonical forms', () => {
      fc.assert(
        fc.property(any, (genotype) => {
          const canonical = space.canonical(genotype);
          expect(layerKeys(space, canonical)).toEqual(layerKeys(space, genotype));
          expect(space.key(canonical)).toBe(space.key(genotype));
        }),
        { numRuns: 25 },
      );
    });

    it('builds other networks when a gene of the canonical form differs', () => {
      fc.assert(
        fc.property(any, fc.nat(space.genes.length - 1), fc.nat(), (genotype, gene, step) => {
          const { values } = space.genes[gene]!;
          const other = genotype.map((index, i) => (i === gene ? (index + 1 + step) % values.length : index));
          fc.pre(space.key(other) !== space.key(genotype));
          fc.pre(!sameLayers(gene, values[genotype[gene]!], values[other[gene]!]));
          expect(layerKeys(space, other)).not.toEqual(layerKeys(space, genotype));
        }),
        { numRuns: 40 },
      );
    });

    it('reads back what it writes', () => {
      fc.assert(
        fc.property(any, (genotype) => {
          const json: unknown = JSON.parse(JSON.stringify(space.format(genotype)));
          expect(space.parse(json)).toEqual(genotype);
        }),
        { numRuns: 25 },
      );
    });

    it('refuses foreign genotypes and JSON with the key', () => {
      const genotype = space.genes.map(() => 0);
      expect(() => space.build([...genotype, 0], OPTIONS)).toThrow(RangeError);
      expect(() => space.canonical([-1, ...genotype.slice(1)])).toThrow(RangeError);
      expect(() => space.format([0.5, ...genotype.slice(1)])).toThrow(RangeError);
      expect(() => space.build(genotype, { ...OPTIONS, batch: 0 })).toThrow(RangeError);
      const json = space.format(genotype);
      const key = space.genes[0]!.key;
      expect(() => space.parse({ ...json, [key]: undefined })).toThrow(TrifoldError);
      expect(() => space.parse({ ...json, unheard: 1 })).toThrow(/unheard/);
      expect(() => space.parse(null)).toThrow(TrifoldError);
      const wrong = space.genes[0]!.single === true ? 'x' : space.genes.filter((g) => g.key === key).map(() => 'x');
      expect(() => space.parse({ ...json, [key]: wrong })).toThrow(/"x" is not a value/);
    });

    it('builds layers that fit each other, the batch and the word widths', () => {
      fc.assert(
        fc.property(any, (genotype) => {
          const network = space.build(genotype, OPTIONS);
          const wide = { Weights: 8, Inputs: 4, Outputs: 32 };
          const batch = space.build(genotype, { batch: 3, wordBits: wide });
          expect(networkMacs(batch)).toBe(3 * networkMacs(network));
          expect(networkParameters(batch)).toBe(networkParameters(network));
          expect(batch.layers.every(({ wordBits }) => wordBits === wide)).toBe(true);
          expect(new Set(network.layers.map(({ name }) => name)).size).toBe(network.layers.length);
        }),
        { numRuns: 10 },
      );
    });
  });
}
