/** How alike two figures rank the same things: 1 = alike, 0 = unrelated, -1 = opposite. */
export interface RankCorrelation {
  /** Kendall's tau-b: corrected for ties. NaN when a figure never varies. */
  readonly kendallTau: number;
  /** Spearman's rho, ties at their mean rank. NaN when a figure never varies. */
  readonly spearmanRho: number;
}

/**
 * Rank correlations of two lists in O(n log n): discordant pairs are the exchanges of a merge sort (Knight, JASA 1966).
 * @throws RangeError for lists of different lengths or figures that are not numbers
 */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): RankCorrelation {
  const count = x.length;
  if (y.length !== count) throw new RangeError(`${count} figures against ${y.length}`);
  for (let i = 0; i < count; i++)
    if (Number.isNaN(x[i]!) || Number.isNaN(y[i]!)) throw new RangeError(`figure ${i} is not a number`);
  return { kendallTau: kendallTauB(x, y), spearmanRho: pearson(meanRanks(x), meanRanks(y)) };
}

function kendallTauB(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const order = indices(x.length).sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
  const tiedX = tiedPairs(order, (a, b) => x[a] === x[b]);
  const tiedBoth = tiedPairs(order, (a, b) => x[a] === x[b] && y[a] === y[b]);
  const sorted = Float64Array.from(order, (i) => y[i]!);
  const exchanges = sortCountingExchanges(sorted);
  const tiedY = tiedPairs(indices(sorted.length), (a, b) => sorted[a] === sorted[b]);
  const pairs = pairsOf(x.length);
  const balance = pairs - tiedX - tiedY + tiedBoth - 2 * exchanges;
  return ratio(balance, pairs - tiedX, pairs - tiedY);
}

/** Pairs within runs of equal neighbours. */
function tiedPairs(order: readonly number[], isTied: (a: number, b: number) => boolean): number {
  let pairs = 0;
  let start = 0;
  for (let i = 1; i <= order.length; i++) {
    if (i < order.length && isTied(order[i - 1]!, order[i]!)) continue;
    pairs += pairsOf(i - start);
    start = i;
  }
  return pairs;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/** Sorts in place, bottom-up. @returns pairs that stood in descending order */
function sortCountingExchanges(values: Float64Array): number {
  let exchanges = 0;
  const merged = new Float64Array(values.length);
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(start + 2 * width, values.length);
      let left = start;
      let right = middle;
      for (let k = start; k < end; k++) {
        if (left < middle && (right >= end || values[left]! <= values[right]!)) merged[k] = values[left++]!;
        else {
          merged[k] = values[right++]!;
          exchanges += middle - left;
        }
      }
    }
    values.set(merged);
  }
  return exchanges;
}

/** Ranks from 1; equal figures share the mean of their ranks. */
function meanRanks(figures: ArrayLike<number>): Float64Array {
  const order = indices(figures.length).sort((a, b) => figures[a]! - figures[b]!);
  const ranks = new Float64Array(figures.length);
  let start = 0;
  for (let i = 1; i <= order.length; i++) {
    if (i < order.length && figures[order[i - 1]!] === figures[order[i]!]) continue;
    for (let k = start; k < i; k++) ranks[order[k]!] = (start + i + 1) / 2;
    start = i;
  }
  return ranks;
}

function pearson(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanA = mean(a);
  const meanB = mean(b);
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let i = 0; i < a.length; i++) {
    covariance += (a[i]! - meanA) * (b[i]! - meanB);
    varianceA += (a[i]! - meanA) ** 2;
    varianceB += (b[i]! - meanB) ** 2;
  }
  return ratio(covariance, varianceA, varianceB);
}

/** covariance / sqrt(varianceA varianceB), kept in -1 to 1 against rounding. */
function ratio(covariance: number, varianceA: number, varianceB: number): number {
  return Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceA * varianceB)));
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
