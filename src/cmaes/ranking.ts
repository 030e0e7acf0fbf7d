/** The figures by which candidates are ranked. */
export interface Ranked {
  /** Objective value, minimized. NaN ranks behind everything else of the same violation. */
  readonly value: number;
  /** Degree of constraint violation: 0 when feasible. Smaller violations rank first whatever the value (K. Deb, CMAME 186, 2000). */
  readonly violation: number;
}

/** Negative if `a` ranks before `b`, 0 if they tie: violation first, then value, NaN last. */
export function compareRanked(a: Ranked, b: Ranked): number {
  return compareNumbers(a.violation, b.violation) || compareNumbers(a.value, b.value);
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Indices of `items` from best to worst; ties keep their order. */
export function rankOrder(items: readonly Ranked[]): number[] {
  return items.map((_, i) => i).sort((a, b) => compareRanked(items[a]!, items[b]!) || a - b);
}

/**
 * Weight of every item, in the order of `items`: the weight of its rank, tied items sharing the mean of theirs, so that the result does not
 * depend on the order of telling (Y. Ollivier et al., JMLR 18, 2017, eq. 7).
 * @param order result of {@link rankOrder}
 * @param weights weights by rank, best first
 * @param out receives the weights
 * @returns whether tied items share weights that differ; ties among items without weight change nothing
 */
export function assignWeights(
  items: readonly Ranked[],
  order: readonly number[],
  weights: readonly number[],
  out: Float64Array,
): boolean {
  let ties = false;
  for (let start = 0; start < order.length; ) {
    const first = items[order[start]!]!;
    let end = start + 1;
    while (end < order.length && compareRanked(first, items[order[end]!]!) === 0) end++;
    let sum = 0;
    for (let rank = start; rank < end; rank++) sum += weights[rank]!;
    for (let rank = start; rank < end; rank++) out[order[rank]!] = sum / (end - start);
    if (weights[start] !== weights[end - 1]) ties = true;
    start = end;
  }
  return ties;
}
