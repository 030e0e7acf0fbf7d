/** [levels - 1][steps - 1]: by how much the count of chains grows with the last step, less 1; the count of one level is `steps`. */
const tables: { readonly counts: Float64Array[] } = { counts: [] };

/** Steps up to which chains are counted. */
export const MOST_COUNTED_STEPS = 2 ** 16;

/**
 * Ways to choose bounds of `levels` levels one after the other, each at most what is left to cover of so many steps, the rest being rounded up. From one
 * number of steps to the next the counts grow by 1 and by the growths of one level less at all divisors, so a sieve counts them for all steps at once;
 * its tables are kept.
 * @param steps 1 to {@link MOST_COUNTED_STEPS}
 */
export function chainCount(steps: number, levels: number): number {
  if (levels === 0) return 1;
  const known = tables.counts[levels];
  if (known !== undefined && known.length > steps) return known[steps]!;
  let size = 1024;
  while (size <= steps) size *= 4;
  const counts = countAll(levels, size);
  tables.counts[levels] = counts;
  return counts[steps]!;
}

/** [steps]: chains of so many levels. */
function countAll(levels: number, size: number): Float64Array {
  // With one step left the only bound is 1: growths of no levels are 0, as one chain stands for all.
  let growths = new Float64Array(size + 1);
  for (let level = 1; level <= levels; level++) {
    const next = new Float64Array(size + 1).fill(1);
    for (let inner = 1; inner <= size; inner++) {
      const growth = growths[inner]!;
      if (growth !== 0) for (let steps = inner; steps <= size; steps += inner) next[steps]! += growth;
    }
    growths = next;
  }
  const counts = new Float64Array(size + 1);
  counts[1] = 1;
  for (let steps = 2; steps <= size; steps++) counts[steps] = counts[steps - 1]! + growths[steps - 1]!;
  return counts;
}
