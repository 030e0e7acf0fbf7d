import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomSearch } from '../../../src/optimizers/random-search.ts';
import {
  acceleratorSpace,
  decodePointToDesign,
  type EncodingContext,
  encodeDesign,
} from '../../../src/search/accelerator/accelerator-encoding.ts';
import { arrayWeights } from '../../../src/search/accelerator/array-shape.ts';
import { prepareNetwork } from '../../../src/search/accelerator/network-score.ts';
import { UsefulSizes } from '../../../src/search/accelerator/useful-sizes.ts';
import { divisors, product } from '../../../src/util/integers.ts';
import type { Dim } from '../../../src/util/vocabulary.ts';
import type { Network } from '../../../src/workload/network.ts';
import { BUDGETS, budgetCase, CONNECTIVITIES, contextOf, layerOf, SMALL_NETWORK, TINY_NETWORK } from './fixtures.ts';

const CHANNELS: Network = {
  name: 'channels',
  source: 'made up',
  layers: [layerOf('conv', { K: 256, C: 256, P: 14, Q: 14 }), layerOf('last', { K: 1000, C: 256 })],
};

const network = fc
  .array(
    fc.record({
      K: fc.integer({ min: 1, max: 40 }),
      C: fc.integer({ min: 1, max: 40 }),
      P: fc.integer({ min: 1, max: 15 }),
    }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((bounds): Network => ({ name: 'any', source: 'made up', layers: bounds.map((b, i) => layerOf(`l${i}`, b)) }));
const wiring = fc.shuffledSubarray<readonly Dim[]>([['K'], ['C', 'P'], ['C'], ['P', 'K'], ['Q']], {
  minLength: 1,
  maxLength: 3,
});
const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });

/** PEs that work in a layer when every axis has the given size and no dim is on two axes. */
function working(bounds: Readonly<Record<Dim, number>>, dims: readonly Dim[], size: number): number {
  return divisors(product(dims.map((dim) => bounds[dim]))).findLast((divisor) => divisor <= size)!;
}

describe('UsefulSizes', () => {
  it('lists the sizes of which some layer uses more than of the next smaller one', () => {
    fc.assert(
      fc.property(network, wiring, (one, [dims]) => {
        const sizes = new UsefulSizes([prepareNetwork(one)], 128).sizesOf({ parallelDims: dims! });
        const expected = Array.from({ length: 64 }, (_, i) => 2 * (i + 1)).filter(
          (size) =>
            size === 2 ||
            one.layers.some(
              ({ problem: { bounds } }) => working(bounds, dims!, size) > working(bounds, dims!, size - 2),
            ),
        );
        expect(sizes).toEqual(expected);
      }),
    );
  });

  it('gives useful sizes within the budget whose product is a multiple of 8, and the same again from their own weights', () => {
    let found = 0;
    fc.assert(
      fc.property(network, wiring, weights, fc.integer({ min: 1, max: 16 }), (one, axes, shares, pes) => {
        const useful = new UsefulSizes([prepareNetwork(one)], 128);
        const sizes = useful.nearest(8 * pes, shares.slice(0, axes.length), axes);
        if (sizes === undefined) return;
        found++;
        expect(product(sizes) % 8).toBe(0);
        expect(product(sizes)).toBeLessThanOrEqual(128);
        for (const [i, size] of sizes.entries()) expect(useful.sizesOf({ parallelDims: axes[i]! })).toContain(size);
        expect(useful.nearest(product(sizes), arrayWeights(sizes), axes)).toEqual(sizes);
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('takes arrays that divide the channels of most of the work', () => {
    const useful = new UsefulSizes([prepareNetwork(CHANNELS)], 4096);
    const sizes = (pes: number, shares: readonly number[]) => useful.nearest(pes, shares, [['K'], ['C']]);
    expect(useful.sizesOf({ parallelDims: ['C'] })).toEqual([2, 4, 8, 16, 32, 64, 128, 256]);
    expect(useful.sizesOf({ parallelDims: ['K'] })).toContain(50);
    expect(sizes(4032, [Math.log(72), Math.log(56)])).toEqual([64, 64]);
    expect(sizes(4096, [1, 1])).toEqual([64, 64]);
    expect(sizes(512, [0.6, 0.4])).toEqual([32, 16]);
  });

  it('counts groups once, however many axes may carry them', () => {
    const depthwise: Network = { name: 'd', source: 'made up', layers: [layerOf('d', { G: 32, P: 64 })] };
    const useful = new UsefulSizes([prepareNetwork(depthwise)], 1024);
    const sizes = useful.nearest(
      1024,
      [1, 1],
      [
        ['K', 'G'],
        ['C', 'G'],
      ],
    )!;
    expect(product(sizes)).toBeLessThan(1024);
  });

  it('knows no array where no size fits, and any dims of an axis that has them all', () => {
    const odd: Network = { name: 'odd', source: 'made up', layers: [layerOf('o', { K: 3, C: 5 })] };
    expect(new UsefulSizes([prepareNetwork(odd)], 64).nearest(64, [1], [['Q']])).toBeUndefined();
    const all = new UsefulSizes([prepareNetwork(TINY_NETWORK)], 64).sizesOf({ parallelDims: 'any' });
    expect(all).toEqual([2, 4, 8, 16, 32, 64]);
  });
});

describe('designs with useful sizes', () => {
  it.each(BUDGETS.flatMap((one) => CONNECTIVITIES.map((connectivity) => ({ one, connectivity, name: one.name }))))(
    'are encoded to points that give them again ($name, $connectivity)',
    ({ one, connectivity }) => {
      const usefulSizes = new UsefulSizes([prepareNetwork(SMALL_NETWORK)], one.budget.processingElements);
      const context: EncodingContext = { ...contextOf(one, connectivity, 2), usefulSizes };
      const samples = RandomSearch.create(acceleratorSpace(context), { seed: 1 }).ask(60);
      let accepted = 0;
      for (const { point } of samples) {
        const decoded = decodePointToDesign(point, context);
        if (decoded.kind === 'rejected') continue;
        accepted++;
        const { design } = decoded;
        expect(design.processingElements).toBeLessThanOrEqual(one.budget.processingElements);
        expect(8 * (design.processingElements * design.l1BytesPerPe + design.l2Bytes)).toBeLessThanOrEqual(
          one.budget.onChipBits,
        );
        expect(decodePointToDesign(encodeDesign(design, context)!, context)).toEqual(decoded);
      }
      expect(accepted).toBeGreaterThan(5);
    },
  );

  it('share the memory among the PEs that are built, however many the gene says', () => {
    const one = budgetCase('nvdla-256');
    const usefulSizes = new UsefulSizes([prepareNetwork(SMALL_NETWORK)], one.budget.processingElements);
    const context: EncodingContext = { ...contextOf(one, 'fixed', 2), usefulSizes };
    const space = acceleratorSpace(context);
    const built = new Set<boolean>();
    for (let share = 0.01; share < 1; share += 0.02) {
      // All memory in L1, nearly none in L2: fits whatever array is built.
      const genes: Readonly<Record<string, number>> = { PEs: share, L1: 1, L2: 0 };
      const point = space.map(({ name }) => genes[name] ?? 0.5);
      const decoded = decodePointToDesign(point, context);
      if (decoded.kind === 'rejected') throw new Error(decoded.message);
      const gene = 8 * (1 + Math.floor(share * Math.floor(one.budget.processingElements / 8)));
      built.add(decoded.design.processingElements > gene);
    }
    expect(built).toContain(true);
  });
});
