import { TrifoldError } from '../util/errors.ts';

/** A real number in [low, high]. */
export interface ContinuousDimension {
  readonly kind: 'continuous';
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

/** A number of the grid low, low + step, ... <= high. */
export interface IntegerDimension {
  readonly kind: 'integer';
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Distance of neighbouring values, > 0. */
  readonly step: number;
}

/** One of `choices` things without order; its value is the index, 0 <= value < choices. */
export interface CategoricalDimension {
  readonly kind: 'categorical';
  readonly name: string;
  readonly choices: number;
}

/** An order of `length` items; its value is the list of item indices, first to last. */
export interface PermutationDimension {
  readonly kind: 'permutation';
  readonly name: string;
  /** Number of items, 1 to 18. */
  readonly length: number;
  /**
   * How optimizers that think in numbers see the order: by one importance in [0, 1] per item, sorted decreasing, or by the index of the order
   * in the lexicographic list of all orders.
   */
  readonly encoding: 'importance' | 'index';
}

/** One decision. */
export type Dimension = ContinuousDimension | IntegerDimension | CategoricalDimension | PermutationDimension;

/** A search space: a product of dimensions. Plain JSON. */
export type Space = readonly Dimension[];

/** Value of one dimension: a list for permutations, else a number. */
export type PointValue = number | readonly number[];

/** One value per dimension of the space, in its order. Plain JSON. */
export type Point = readonly PointValue[];

/** Number of values of an integer dimension. */
export function levelCount(dimension: IntegerDimension): number {
  return Math.floor((dimension.high - dimension.low) / dimension.step + 1e-9) + 1;
}

/** The value of an integer dimension at a level, 0 <= level < {@link levelCount}. */
export function levelValue(dimension: IntegerDimension, level: number): number {
  return dimension.low + level * dimension.step;
}

/** The level of a value of an integer dimension; the nearest if the value is off the grid. */
export function valueLevel(dimension: IntegerDimension, value: number): number {
  const level = Math.round((value - dimension.low) / dimension.step);
  return Math.min(levelCount(dimension) - 1, Math.max(0, level)) + 0;
}

/** Most values that a dimension may have for one random word to choose among them. */
const MAX_LEVELS = 2 ** 32;

/** @throws TrifoldError `value` naming the first dimension that is not well formed */
export function checkSpace(space: Space): void {
  if (space.length === 0) throw new TrifoldError('value', 'the search space has no dimensions');
  space.forEach((dimension, index) => {
    const reason = dimensionFault(dimension);
    if (reason !== undefined) {
      throw new TrifoldError('value', `dimension ${dimension.name}: ${reason}`, { keyPath: `${index}` });
    }
  });
}

function dimensionFault(dimension: Dimension): string | undefined {
  switch (dimension.kind) {
    case 'continuous':
      return Number.isFinite(dimension.high - dimension.low) && dimension.low < dimension.high
        ? undefined
        : 'bounds must be finite, low below high';
    case 'integer': {
      const { low, high, step } = dimension;
      if (!Number.isFinite(high - low) || low > high || !(step > 0))
        return 'bounds must be finite, low not above high, step positive';
      return levelCount(dimension) <= MAX_LEVELS ? undefined : 'there must be at most 2^32 values';
    }
    case 'categorical':
      return Number.isInteger(dimension.choices) && dimension.choices >= 1
        ? undefined
        : 'choices must be an integer >= 1';
    case 'permutation':
      return Number.isInteger(dimension.length) && dimension.length >= 1 && dimension.length <= 18
        ? undefined
        : 'length must be an integer from 1 to 18';
  }
}

/** The first dimension for which `point` has no legal value, as text; undefined if the point lies in the space. */
export function pointFault(space: Space, point: Point): string | undefined {
  if (point.length !== space.length) return `point has ${point.length} values for ${space.length} dimensions`;
  for (const [i, dimension] of space.entries()) {
    if (!isLegalValue(dimension, point[i]!))
      return `illegal value ${JSON.stringify(point[i])} of dimension ${dimension.name}`;
  }
  return undefined;
}

function isLegalValue(dimension: Dimension, value: PointValue): boolean {
  if (dimension.kind === 'permutation') {
    if (typeof value === 'number' || value.length !== dimension.length) return false;
    return (
      new Set(value).size === value.length && value.every((v) => Number.isInteger(v) && v >= 0 && v < dimension.length)
    );
  }
  if (typeof value !== 'number') return false;
  switch (dimension.kind) {
    case 'continuous':
      return value >= dimension.low && value <= dimension.high;
    case 'integer':
      return levelValue(dimension, valueLevel(dimension, value)) === value;
    case 'categorical':
      return Number.isInteger(value) && value >= 0 && value < dimension.choices;
  }
}
