/**
 * Non-decreasing fit with the least sum of squares, all weights equal: pool-adjacent-violators.
 * Values that are already non-decreasing come back unchanged.
 * Source: Ayer et al., Ann. Math. Statist. 26 (1955) 641.
 */
export function isotonicFit(values: readonly number[]): number[] {
  const pools: { mean: number; size: number }[] = [];
  for (const value of values) {
    let pool = { mean: value, size: 1 };
    for (let last = pools.at(-1); last !== undefined && last.mean > pool.mean; last = pools.at(-1)) {
      const size = last.size + pool.size;
      pool = { mean: (last.mean * last.size + pool.mean * pool.size) / size, size };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ mean, size }) => new Array<number>(size).fill(mean));
}
