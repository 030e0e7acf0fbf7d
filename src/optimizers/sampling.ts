import type { Random } from '../util/random.ts';
import { type Dimension, levelCount, levelValue, type Point, type PointValue, type Space } from './space.ts';

/** A uniformly distributed point. */
export function samplePoint(space: Space, random: Random): Point {
  return space.map((dimension) => sampleValue(dimension, random));
}

/** A uniformly distributed value of one dimension. */
export function sampleValue(dimension: Dimension, random: Random): PointValue {
  switch (dimension.kind) {
    case 'continuous':
      return Math.min(dimension.high, dimension.low + random.nextUnit() * (dimension.high - dimension.low));
    case 'integer':
      return levelValue(dimension, random.nextInt(levelCount(dimension)));
    case 'categorical':
      return random.nextInt(dimension.choices);
    case 'permutation':
      return shuffledItems(dimension.length, random);
  }
}

/** 0 .. length - 1 in random order (Fisher and Yates). */
export function shuffledItems(length: number, random: Random): number[] {
  const items = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = random.nextInt(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
