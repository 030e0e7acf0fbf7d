/**
 * Mean of the natural logarithms of positive numbers.
 * @throws RangeError for no numbers: they have no mean
 */
export function meanLogarithm(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no numbers, no mean');
  return values.reduce((sum, value) => sum + Math.log(value), 0) / values.length;
}

/**
 * Geometric mean of positive numbers.
 * @throws RangeError for no numbers: they have no mean
 */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(meanLogarithm(values));
}
