/** Step of the number of PEs (NAAS, section II-A). */
export const PE_STEP = 8;
/** Step of an array dimension's size (NAAS, section II-A). */
export const ARRAY_STEP = 2;

/** Worth of an e-fold of distance from the aimed shape, in e-folds of PEs. */
const SHAPE_WEIGHT = 0.25;

/**
 * Sizes of an array of at most `processingElements` (a multiple of 8, at least 8) whose axes share the PEs in the proportion of
 * their weights: size_i aims at PEs^(w_i / sum w), at least 2.
 *
 * Repair: sizes are even and their product is a multiple of 8, so that both steps of the paper hold for what is built. The axis with the
 * largest aim takes what even sizes within 4 of the aims of the others leave. Of these arrays the one with the most PEs wins, less a
 * quarter of its distance from the aimed shape (sum of |ln(size / aim)|, against ln PEs); the first of equals.
 * @param weights one to three numbers >= 0; all zero counts as all equal
 */
export function arraySizes(processingElements: number, weights: readonly number[]): number[] {
  const aims = sizeAims(processingElements, weights);
  const free = aims.indexOf(Math.max(...aims));
  let best: number[] = [];
  let bestScore = -Infinity;
  const visit = (chosen: readonly number[], size: number): void => {
    const axis = chosen.length;
    if (size > processingElements) return;
    if (axis === free) visit([...chosen, 0], size);
    else if (axis < aims.length) for (const next of nearbyEvens(aims[axis]!)) visit([...chosen, next], size * next);
    else {
      let rest = Math.floor(processingElements / size / ARRAY_STEP) * ARRAY_STEP;
      while ((rest * size) % PE_STEP !== 0) rest -= ARRAY_STEP;
      if (rest < ARRAY_STEP) return;
      const sizes = chosen.map((value, i) => (i === free ? rest : value));
      const distance = sizes.reduce((sum, value, i) => sum + Math.abs(Math.log(value / aims[i]!)), 0);
      const score = Math.log(rest * size) - SHAPE_WEIGHT * distance;
      if (score <= bestScore + 1e-12) return;
      best = sizes;
      bestScore = score;
    }
  };
  visit([], 1);
  return best;
}

/** Weights in [0, 1] that {@link arraySizes} turns into `sizes` when their product is the number of PEs. */
export function arrayWeights(sizes: readonly number[]): number[] {
  const logs = sizes.map(Math.log);
  const most = Math.max(...logs, Number.MIN_VALUE);
  return logs.map((log) => log / most);
}

/**
 * Real sizes with the product `processingElements`, size_i = PEs^(w_i / sum w), none below the step: shares below it are lifted and the others make
 * room.
 * @param weights one to three numbers >= 0; all zero counts as all equal
 */
export function sizeAims(processingElements: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length));
  const lifted = new Set<number>();
  for (;;) {
    const free = shares.filter((_, i) => !lifted.has(i));
    const room = Math.log(processingElements) - lifted.size * Math.log(ARRAY_STEP);
    const sum = free.reduce((all, share) => all + share, 0);
    const aims = shares.map((share, i) =>
      lifted.has(i) ? ARRAY_STEP : Math.exp(sum > 0 ? (room * share) / sum : room / free.length),
    );
    const low = aims.flatMap((aim, i) => (aim < ARRAY_STEP * (1 - 1e-12) ? [i] : []));
    if (low.length === 0) return aims;
    for (const i of low) lifted.add(i);
  }
}

function nearbyEvens(aim: number): number[] {
  const nearest = Math.max(ARRAY_STEP, Math.round(aim / ARRAY_STEP) * ARRAY_STEP);
  const values: number[] = [];
  for (let value = nearest - 2 * ARRAY_STEP; value <= nearest + 2 * ARRAY_STEP; value += ARRAY_STEP)
    if (value >= ARRAY_STEP && Math.abs(value - aim) < 4) values.push(value);
  return values;
}
