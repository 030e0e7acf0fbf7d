import { factorial, importancesOfOrder, indexOfOrder, orderAtIndex, orderByImportance } from './permutation.ts';
import {
  type CategoricalDimension,
  type Dimension,
  levelCount,
  levelValue,
  type Point,
  type PointValue,
  type Space,
  valueLevel,
} from './space.ts';

/** A coordinate of the numeric view of a space. */
export type EncodedCoordinate =
  | { readonly kind: 'unit' }
  /** Integers 0 .. levels - 1. */
  | { readonly kind: 'levels'; readonly levels: number };

/** The numeric view of a point: coordinates, and choices of the categorical dimensions. */
export interface EncodedPoint {
  readonly coordinates: readonly number[];
  readonly choices: readonly number[];
}

/** The numeric view of a space, for optimizers that think in numbers. */
export interface Encoding {
  readonly coordinates: readonly EncodedCoordinate[];
  /** Number of choices of every categorical dimension. */
  readonly categories: readonly number[];
}

/**
 * Continuous dimensions become one coordinate in [0, 1]; integer dimensions and index-encoded permutations one level coordinate;
 * importance-encoded permutations one coordinate in [0, 1] per item; categorical dimensions one choice.
 */
export function encodingOf(space: Space): Encoding {
  const coordinates: EncodedCoordinate[] = [];
  const categories: number[] = [];
  for (const dimension of space) {
    if (dimension.kind === 'continuous') coordinates.push({ kind: 'unit' });
    else if (dimension.kind === 'categorical') categories.push(dimension.choices);
    else if (dimension.kind === 'permutation' && dimension.encoding === 'importance') {
      for (let i = 0; i < dimension.length; i++) coordinates.push({ kind: 'unit' });
    } else {
      const levels = dimension.kind === 'integer' ? levelCount(dimension) : factorial(dimension.length);
      coordinates.push({ kind: 'levels', levels });
    }
  }
  return { coordinates, categories };
}

/** The point behind its numeric view; coordinates must lie in their ranges. */
export function decodePoint(space: Space, encoded: EncodedPoint): Point {
  let next = 0;
  let nextChoice = 0;
  return space.map((dimension) => {
    if (dimension.kind === 'categorical') return encoded.choices[nextChoice++]!;
    const width = dimension.kind === 'permutation' && dimension.encoding === 'importance' ? dimension.length : 1;
    next += width;
    return decodeValue(dimension, encoded.coordinates.slice(next - width, next));
  });
}

function decodeValue(dimension: Exclude<Dimension, CategoricalDimension>, coordinates: readonly number[]): PointValue {
  switch (dimension.kind) {
    case 'continuous': {
      const value = dimension.low + coordinates[0]! * (dimension.high - dimension.low);
      return Math.min(dimension.high, Math.max(dimension.low, value));
    }
    case 'integer':
      return levelValue(dimension, coordinates[0]!);
    case 'permutation':
      return dimension.encoding === 'index'
        ? orderAtIndex(dimension.length, coordinates[0]!)
        : orderByImportance(coordinates);
  }
}

/** A numeric view that {@link decodePoint} turns into `point` (to rounding, for continuous dimensions). */
export function encodePoint(space: Space, point: Point): EncodedPoint {
  const coordinates: number[] = [];
  const choices: number[] = [];
  space.forEach((dimension, i) => {
    const value = point[i]!;
    if (dimension.kind === 'permutation') {
      // A legal point has a list here (pointFault).
      const order = value as readonly number[];
      if (dimension.encoding === 'index') coordinates.push(indexOfOrder(order));
      else coordinates.push(...importancesOfOrder(order));
      return;
    }
    // A legal point has a number here (pointFault).
    const number = value as number;
    if (dimension.kind === 'categorical') choices.push(number);
    else if (dimension.kind === 'integer') coordinates.push(valueLevel(dimension, number));
    else coordinates.push((number - dimension.low) / (dimension.high - dimension.low));
  });
  return { coordinates, choices };
}
