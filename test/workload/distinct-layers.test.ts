import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistinctLayers, distinctShapes, layerKey, repeatsOf } from '../../src/workload/distinct-layers.ts';
import { NO_MOVES, type Residency } from '../../src/workload/residency.ts';
import { layerOf } from '../search/accelerator/fixtures.ts';

/** Layers of few kinds, with repeats, under any name. */
const lists = fc.array(
  fc
    .tuple(fc.constantFrom(1, 2), fc.constantFrom(16, 32), fc.integer({ min: 1, max: 5 }), fc.string())
    .map(([K, bits, repeat, name]) => {
      const layer = layerOf(name, { K }, { repeat });
      return { ...layer, wordBits: { ...layer.wordBits, Outputs: bits } };
    }),
);

describe('layers that cost the same', () => {
  it('are one shape, the first, and all others are different ones', () => {
    fc.assert(
      fc.property(lists, (layers) => {
        const { shapes, shapeOf } = distinctShapes({ layers });
        expect(shapeOf.map((shape) => layerKey(shapes[shape]!))).toEqual(layers.map(layerKey));
        expect(new Set(shapes.map(layerKey)).size).toBe(shapes.length);
        for (const [shape, first] of shapes.entries()) expect(layers[shapeOf.indexOf(shape)]).toBe(first);
      }),
    );
  });

  it('add up their repeats, also when the kinds were met before', () => {
    fc.assert(
      fc.property(lists, lists, (before, layers) => {
        const distinct = new DistinctLayers<(typeof layers)[number]>();
        repeatsOf(before, distinct);
        const repeats = repeatsOf(layers, distinct);
        expect(distinct.keys).toEqual(distinct.layers.map(layerKey));
        const keys = [...new Set(layers.map(layerKey))];
        expect([...repeats.keys()].map((place) => distinct.keys[place])).toEqual(keys);
        for (const [place, repeat] of repeats) {
          const alike = layers.filter((layer) => layerKey(layer) === distinct.keys[place]);
          expect(repeat).toBe(alike.reduce((sum, layer) => sum + layer.repeat, 0));
        }
      }),
    );
  });

  it('are told apart by their widths and zeros, not by names and repeats', () => {
    const layer = layerOf('any', { K: 2 });
    const shares = [{ Inputs: 0.5 }, { Outputs: 0.5 }, { Inputs: 0.5, Outputs: 0.5 }, { Inputs: 0.25 }];
    const keys = shares.map((zeros) => layerKey({ ...layer, zeros }));
    expect(new Set([layerKey(layer), ...keys]).size).toBe(5);
    for (const tensor of ['Weights', 'Inputs', 'Outputs'] as const)
      expect(layerKey({ ...layer, wordBits: { ...layer.wordBits, [tensor]: 32 } })).not.toBe(layerKey(layer));
    expect(layerKey(layerOf('other', { K: 2 }, { repeat: 7 }))).toBe(layerKey(layer));
    expect(layerKey(layerOf('any', { K: 3 }))).not.toBe(layerKey(layer));
  });

  it('are told apart by where their operands are, by room and by moves, whatever the order of these', () => {
    const moved = [
      { words: 4, wordBits: 8 },
      { words: 4, wordBits: 16 },
    ];
    const own: Residency = {
      level: 1,
      weights: false,
      inputs: false,
      outputs: 'staged',
      activationBits: 8,
      roomBits: 64,
      moves: { fetched: moved, drained: moved },
    };
    const keyOf = (change: Partial<Residency>) => layerKey({ ...layerOf('any', {}), residency: { ...own, ...change } });
    const less = moved.slice(1);
    const keys = [
      layerKey(layerOf('any', {})),
      ...[{}, { level: 2 }, { weights: true }, { inputs: true }, { weights: true, inputs: true }].map(keyOf),
      ...[{ outputs: 'in-place' } as const, { outputs: 'outermost' } as const, { activationBits: 16 }].map(keyOf),
      ...[{ roomBits: null }, { roomBits: 0 }].map(keyOf),
      ...[{ fetched: less, drained: moved }, { fetched: moved, drained: less }, NO_MOVES].map((moves) =>
        keyOf({ moves }),
      ),
      keyOf({ moves: { fetched: [{ words: 8, wordBits: 8 }], drained: moved } }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    const reversed = { fetched: moved.toReversed(), drained: moved.toReversed() };
    expect(keyOf({ moves: reversed })).toBe(keyOf({}));
  });
});
