import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePoint, encodePoint, encodingOf } from '../../src/optimizers/encoding.ts';
import { samplePoint } from '../../src/optimizers/sampling.ts';
import { checkSpace, type Dimension, levelCount, pointFault, type Space } from '../../src/optimizers/space.ts';
import { crossover, mutate } from '../../src/optimizers/variation.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { Random } from '../../src/util/random.ts';
import { EASY_SPACE, spaces } from '../contracts/optimizer.ts';

describe('a space', () => {
  it('refuses malformed dimensions', () => {
    const bad: Dimension[] = [
      { kind: 'continuous', name: 'a', low: 1, high: 1 },
      { kind: 'continuous', name: 'a', low: 0, high: Number.POSITIVE_INFINITY },
      { kind: 'integer', name: 'a', low: 2, high: 1, step: 1 },
      { kind: 'integer', name: 'a', low: 1, high: 2, step: 0 },
      { kind: 'integer', name: 'a', low: 0, high: 1e10, step: 1 },
      { kind: 'categorical', name: 'a', choices: 0 },
      { kind: 'permutation', name: 'a', length: 19, encoding: 'index' },
    ];
    for (const dimension of bad) expect(() => checkSpace([dimension])).toThrow(TrifoldError);
    expect(() => checkSpace(EASY_SPACE)).not.toThrow();
  });

  it('tells what is wrong with a point', () => {
    const legal = [0, 8, 3, [3, 2, 1, 0], [0, 1, 2]];
    expect(pointFault(EASY_SPACE, legal)).toBeUndefined();
    const wrong = [7, 9, 4, [3, 2, 1, 1], [0, 1]];
    wrong.forEach((value, i) => {
      expect(pointFault(EASY_SPACE, legal.with(i, value))).toContain(EASY_SPACE[i]!.name);
    });
    expect(pointFault(EASY_SPACE, legal.slice(1))).toContain('4 values');
    expect(pointFault(EASY_SPACE, legal.with(0, Number.NaN))).toContain('width');
  });

  it('counts the levels of fractional steps', () => {
    expect(levelCount({ kind: 'integer', name: 'a', low: 0, high: 1, step: 0.1 })).toBe(11);
    expect(levelCount({ kind: 'integer', name: 'a', low: 0, high: 10, step: 4 })).toBe(3);
  });

  it('samples legal points and reaches both ends', () => {
    fc.assert(
      fc.property(spaces, fc.integer(), (space, seed) => {
        expect(pointFault(space, samplePoint(space, Random.fromSeed(seed)))).toBeUndefined();
      }),
    );
    const random = Random.fromSeed(1);
    const seen = new Set(
      Array.from(
        { length: 200 },
        () => samplePoint([{ kind: 'integer', name: 'a', low: 2, high: 8, step: 2 }], random)[0],
      ),
    );
    expect([...seen].sort()).toEqual([2, 4, 6, 8]);
  });
});

describe('the numeric view', () => {
  it('leads back to the point, to rounding in continuous dimensions', () => {
    fc.assert(
      fc.property(spaces, fc.integer(), (space, seed) => {
        const point = samplePoint(space, Random.fromSeed(seed));
        const encoded = encodePoint(space, point);
        const { coordinates, categories } = encodingOf(space);
        expect(encoded.coordinates).toHaveLength(coordinates.length);
        expect(encoded.choices).toHaveLength(categories.length);
        coordinates.forEach((coordinate, i) => {
          const x = encoded.coordinates[i]!;
          expect(x >= 0 && x <= (coordinate.kind === 'unit' ? 1 : coordinate.levels - 1)).toBe(true);
        });
        const back = decodePoint(space, encoded);
        expect(pointFault(space, back)).toBeUndefined();
        space.forEach((dimension, i) => {
          if (dimension.kind === 'continuous') expect(back[i]).toBeCloseTo(Number(point[i]), 9);
          else expect(back[i]).toEqual(point[i]);
        });
      }),
    );
  });
});

describe('variation', () => {
  it('makes legal children; a forced mutation changes something if anything can change', () => {
    fc.assert(
      fc.property(spaces, fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (space, seed, rate) => {
        const random = Random.fromSeed(seed);
        const a = samplePoint(space, random);
        const b = samplePoint(space, random);
        expect(pointFault(space, crossover(space, a, b, random))).toBeUndefined();
        const mutant = mutate(space, a, rate, true, random);
        expect(pointFault(space, mutant)).toBeUndefined();
        const changeable = space.some((d) =>
          d.kind === 'categorical'
            ? d.choices > 1
            : d.kind === 'integer'
              ? levelCount(d) > 1
              : d.kind === 'continuous' || d.length > 1,
        );
        if (changeable) expect(mutant).not.toEqual(a);
        expect(mutate(space, a, 0, false, random)).toEqual(a);
      }),
    );
  });

  it('takes discrete values from either parent and keeps what both share', () => {
    const space: Space = [
      { kind: 'categorical', name: 'a', choices: 9 },
      { kind: 'integer', name: 'b', low: 0, high: 9, step: 1 },
      { kind: 'permutation', name: 'c', length: 5, encoding: 'index' },
    ];
    const random = Random.fromSeed(3);
    const order = [4, 2, 0, 1, 3];
    const firsts = new Set<unknown>();
    for (let i = 0; i < 60; i++) {
      const child = crossover(space, [1, 5, order], [7, 5, order], random);
      firsts.add(child[0]);
      expect(child.slice(1)).toEqual([5, order]);
    }
    expect(firsts).toEqual(new Set([1, 7]));
  });

  it('can reach every other choice and level by one mutation', () => {
    const space: Space = [{ kind: 'integer', name: 'b', low: 0, high: 9, step: 1 }];
    const random = Random.fromSeed(3);
    const seen = new Set(Array.from({ length: 3000 }, () => mutate(space, [4], 1, true, random)[0]));
    expect(seen).toEqual(new Set([0, 1, 2, 3, 5, 6, 7, 8, 9]));
  });
});
