import type { Random } from '../util/random.ts';
import { sampleValue } from './sampling.ts';
import {
  type Dimension,
  levelCount,
  levelValue,
  type PermutationDimension,
  type Point,
  type PointValue,
  type Space,
  valueLevel,
} from './space.ts';

/**
 * A child of two points: every dimension comes from either parent with equal chance, reals half of the time from between the parents or a little
 * beyond (BLX, L. Eshelman and J. Schaffer, FOGA 1993, alpha 0.25), orders half of the time by order crossover (L. Davis, IJCAI 1985).
 */
export function crossover(space: Space, a: Point, b: Point, random: Random): Point {
  return space.map((dimension, i) => {
    const [first, second] = random.nextUnit() < 0.5 ? [a[i]!, b[i]!] : [b[i]!, a[i]!];
    if (typeof first !== 'number' && typeof second !== 'number') {
      return random.nextUnit() < 0.5 ? first : orderCrossover(first, second, random);
    }
    if (dimension.kind !== 'continuous' || typeof first !== 'number' || typeof second !== 'number') return first;
    if (random.nextUnit() < 0.5) return first;
    const blended = first + (1.5 * random.nextUnit() - 0.25) * (second - first);
    return Math.min(dimension.high, Math.max(dimension.low, blended));
  });
}

/** Keeps a random slice of `first` in place and fills the rest in the order of `second`. */
function orderCrossover(first: readonly number[], second: readonly number[], random: Random): number[] {
  const start = random.nextInt(first.length);
  const end = start + 1 + random.nextInt(first.length - start);
  const kept = new Set(first.slice(start, end));
  const others = second.filter((item) => !kept.has(item));
  return [...others.slice(0, start), ...first.slice(start, end), ...others.slice(start)];
}

/**
 * Changes each dimension with probability `rate`.
 * @param always changes at least one dimension that can change
 */
export function mutate(space: Space, point: Point, rate: number, always: boolean, random: Random): Point {
  const changeable = space.flatMap((dimension, i) => (valueCountExceedsOne(dimension) ? [i] : []));
  if (changeable.length === 0) return point;
  const forced = always ? changeable[random.nextInt(changeable.length)]! : -1;
  return space.map((dimension, i) => {
    const chosen = random.nextUnit() < rate;
    if ((!chosen && i !== forced) || !valueCountExceedsOne(dimension)) return point[i]!;
    return mutateValue(dimension, point[i]!, random);
  });
}

function valueCountExceedsOne(dimension: Dimension): boolean {
  switch (dimension.kind) {
    case 'continuous':
      return true;
    case 'integer':
      return levelCount(dimension) > 1;
    case 'categorical':
      return dimension.choices > 1;
    case 'permutation':
      return dimension.length > 1;
  }
}

/** Reals: a normal step of 10^-3 .. 10^-1 ranges, mirrored at the bounds. Integers: likewise, at least one level. Categories: any other. Orders: a swap or a move. */
function mutateValue(dimension: Dimension, value: PointValue, random: Random): PointValue {
  if (typeof value !== 'number')
    return dimension.kind === 'permutation' ? mutateOrder(dimension, value, random) : value;
  switch (dimension.kind) {
    case 'continuous': {
      const range = dimension.high - dimension.low;
      const moved = value + range * 10 ** (-1 - 2 * random.nextUnit()) * random.nextNormal();
      const mirrored =
        moved < dimension.low ? 2 * dimension.low - moved : moved > dimension.high ? 2 * dimension.high - moved : moved;
      return Math.min(dimension.high, Math.max(dimension.low, mirrored));
    }
    case 'integer':
      return levelValue(dimension, otherLevel(levelCount(dimension), valueLevel(dimension, value), random));
    case 'categorical': {
      const other = random.nextInt(dimension.choices - 1);
      return other >= value ? other + 1 : other;
    }
    case 'permutation':
      return sampleValue(dimension, random);
  }
}

/** A different level: a normal step of 10^-3 .. 10^-1 ranges, at least 1, turned back where it would leave the range; one time in ten any other level. */
function otherLevel(levels: number, level: number, random: Random): number {
  if (random.nextUnit() < 0.1) {
    const other = random.nextInt(levels - 1);
    return other >= level ? other + 1 : other;
  }
  const step = levels * 10 ** (-1 - 2 * random.nextUnit()) * Math.abs(random.nextNormal());
  const distance = Math.min(levels - 1, Math.max(1, Math.round(step)));
  const up = random.nextUnit() < 0.5;
  const moved = Math.min(levels - 1, Math.max(0, up ? level + distance : level - distance));
  if (moved !== level) return moved;
  return up ? level - 1 : level + 1;
}

function mutateOrder(dimension: PermutationDimension, order: readonly number[], random: Random): number[] {
  const changed = [...order];
  const from = random.nextInt(dimension.length);
  const other = random.nextInt(dimension.length - 1);
  const to = other >= from ? other + 1 : other;
  if (random.nextUnit() < 0.5) {
    [changed[from], changed[to]] = [changed[to]!, changed[from]!];
  } else {
    const [item] = changed.splice(from, 1);
    changed.splice(to, 0, item!);
  }
  return changed;
}
