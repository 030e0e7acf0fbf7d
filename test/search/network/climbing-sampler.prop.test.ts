import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { climbingSampler } from '../../../src/search/network/climbing-sampler.ts';
import type { Genotype } from '../../../src/search/network/spaces/genes.ts';
import { nasBenchMacro } from '../../../src/search/network/spaces/nas-bench-macro.ts';
import { Random } from '../../../src/util/random.ts';

const SUMMIT: Genotype = [2, 0, 1, 1, 2, 0, 2, 1];
/** 8 for the summit alone, which is one of 6,561 networks. */
const height = (genotype: Genotype) => genotype.filter((gene, i) => gene === SUMMIT[i]).length;

const genotype = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 });

describe('climbing sampler', () => {
  it('does not depend on the order of what it observed', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(genotype, { maxLength: 40, size: 'max', selector: (one) => one.join() }),
        fc.integer({ min: 0, max: 8 }),
        fc.integer(),
        (genotypes, floor, seed) => {
          const [a, b] = [climbingSampler(nasBenchMacro, floor), climbingSampler(nasBenchMacro, floor)];
          for (const one of genotypes) a.observe(one, height(one));
          for (const one of [...genotypes].reverse()) b.observe(one, height(one));
          const [left, right] = [Random.fromSeed(seed), Random.fromSeed(seed)];
          for (let i = 0; i < 10; i++) expect(a.sample(left)).toEqual(b.sample(right));
        },
      ),
    );
  });

  it('samples uniformly while every network keeps the floor', () => {
    const climb = climbingSampler(nasBenchMacro, 0);
    const [random, uniform] = [Random.fromSeed(3), Random.fromSeed(3)];
    for (let i = 0; i < 200; i++) {
      const drawn = climb.sample(random);
      expect(drawn).toEqual(nasBenchMacro.sample(uniform));
      climb.observe(drawn, height(drawn));
    }
  });

  it('finds a floor that one network keeps', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const climb = climbingSampler(nasBenchMacro, 8);
      const random = Random.fromSeed(seed);
      const asked = new Set<string>();
      for (let draws = 0; asked.size < 600 && draws < 20_000 && !asked.has(SUMMIT.join()); draws++) {
        const drawn = climb.sample(random);
        if (asked.has(drawn.join())) continue;
        asked.add(drawn.join());
        climb.observe(drawn, height(drawn));
      }
      expect(asked.has(SUMMIT.join()), `seed ${seed}`).toBe(true);
    }
  });

  it('goes on where nothing has a figure', () => {
    const climb = climbingSampler(nasBenchMacro, 50);
    climb.observe(SUMMIT, null);
    expect(climb.sample(Random.fromSeed(1))).toHaveLength(8);
  });

  it('samples uniformly where more than one network in ten keeps the floor', () => {
    const climb = climbingSampler(nasBenchMacro, 4);
    for (let i = 0; i < 50; i++)
      climb.observe(i % 5 === 0 ? SUMMIT : [0, 1, 0, 0, 0, 1, 0, i % 3], i % 5 === 0 ? 8 : 0);
    const [random, uniform] = [Random.fromSeed(3), Random.fromSeed(3)];
    for (let i = 0; i < 50; i++) expect(climb.sample(random)).toEqual(nasBenchMacro.sample(uniform));
  });

  it('goes on from its state as if it had never stopped', () => {
    fc.assert(
      fc.property(
        fc.array(genotype, { maxLength: 60, size: 'max' }),
        fc.nat(60),
        fc.integer(),
        (genotypes, stop, seed) => {
          const whole = climbingSampler(nasBenchMacro, 8);
          const first = climbingSampler(nasBenchMacro, 8);
          for (const one of genotypes) whole.observe(one, height(one));
          for (const one of genotypes.slice(0, stop)) first.observe(one, height(one));
          const second = climbingSampler(nasBenchMacro, 8, JSON.parse(JSON.stringify(first.state)));
          for (const one of genotypes.slice(stop)) second.observe(one, height(one));
          expect(second.state).toEqual(whole.state);
          const [left, right] = [Random.fromSeed(seed), Random.fromSeed(seed)];
          for (let i = 0; i < 10; i++) expect(second.sample(left)).toEqual(whole.sample(right));
        },
      ),
    );
  });
});
