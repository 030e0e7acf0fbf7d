import type { EnergyAndCycles } from '../../../util/network-totals.ts';

/** No sums weigh less: energy + lambda * cycles >= lowerBound, or cycles >= lowerBound where lambda is null. */
export interface SupportingLine {
  readonly lambda: number | null;
  readonly lowerBound: number;
  /** Sums that lie on it; null: none are known. */
  readonly at: EnergyAndCycles | null;
}

/** How far the weight of a line lies from that of the next towards an end of the hull, at least and at most, as a factor. */
const LEAST_STRIDE = 1.1;
const MOST_STRIDE = 4;
/** Steps of the search for what reaches a cutoff: up to 2^64 times the start, to about 1e-9 of it. */
const MOST_DOUBLINGS = 64;
const HALVINGS = 30;

/** A corner of the region above some lines: what is least there, and the weights of the lines through it. */
export interface Corner {
  readonly value: number;
  /** Of the flatter line; null: the least energy bounds it. */
  readonly below: SupportingLine | null;
  /** Of the steeper line; null: the least cycles bound it. */
  readonly above: SupportingLine | null;
}

/**
 * The corner with the least value that sums above all of some lines can have. The value is quasi-concave and does not fall with either sum, so on the region
 * that the lines leave it is least at a corner of it.
 * @param least no sums have less energy, or fewer cycles
 */
export function worstCorner(
  lines: readonly SupportingLine[],
  least: EnergyAndCycles,
  value: (energyPj: number, cycles: number) => number,
): Corner {
  const all = lines.filter(({ lowerBound }) => Number.isFinite(lowerBound));
  const most = (lambda: number | null, from: number) =>
    all.reduce((bound, line) => (line.lambda === lambda ? Math.max(bound, line.lowerBound) : bound), from);
  const leastCycles = most(null, least.cycles);
  const leastPj = most(0, least.energyPj);
  const sloped = all.flatMap((line) =>
    line.lambda === null || line.lambda === 0 ? [] : [{ ...line, lambda: line.lambda }],
  );
  const energyAt = (cycles: number) =>
    sloped.reduce((energyPj, { lambda, lowerBound }) => Math.max(energyPj, lowerBound - lambda * cycles), leastPj);
  const cyclesAt = (energyPj: number) =>
    sloped.reduce((cycles, { lambda, lowerBound }) => Math.max(cycles, (lowerBound - energyPj) / lambda), leastCycles);
  const byLambda = [...sloped].sort((a, b) => a.lambda - b.lambda);
  let worst: Corner = {
    value: value(energyAt(leastCycles), leastCycles),
    below: byLambda.at(-1) ?? null,
    above: null,
  };
  const consider = (corner: Corner) => {
    if (corner.value < worst.value) worst = corner;
  };
  consider({ value: value(leastPj, cyclesAt(leastPj)), below: null, above: byLambda[0] ?? null });
  for (const [i, below] of byLambda.entries())
    for (const above of byLambda.slice(i + 1)) {
      if (above.lambda === below.lambda) continue;
      if (isSame(below.at, above.at)) continue;
      const cycles = (above.lowerBound - below.lowerBound) / (above.lambda - below.lambda);
      if (cycles < leastCycles) continue;
      consider({ value: value(energyAt(cycles), cycles), below, above });
    }
  return worst;
}

/** What a line is to leave nothing below of. */
export interface CutGoal {
  /** No sums have less energy, or fewer cycles. */
  readonly least: EnergyAndCycles;
  readonly value: (energyPj: number, cycles: number) => number;
  /** What is of no interest: nothing below it is known; infinite: everything is of interest. */
  readonly cutoff: number;
  /** Weights for which more is known than for others: one of them is taken where it serves. */
  readonly weights: readonly number[];
}

/**
 * A weight whose line cuts a corner off, if any does: that of the edge between the sums on its lines. Towards an end of the hull, the weight nearest to that of the known
 * line whose own line, through the same sums, would leave nothing below the cutoff there: the nearer the weight, the more of what is known of steps holds for it.
 */
export function cuttingLambda({ below, above }: Corner, goal: CutGoal): number {
  if (below === null) {
    const known = above?.lambda ?? 1;
    const least = known / MOST_STRIDE;
    const needed = Math.min(Math.max(neededBelow(above?.at ?? null, goal), least), known / LEAST_STRIDE);
    const serving = goal.weights.filter((own) => own <= needed && own >= least);
    return serving.length > 0 ? Math.max(...serving) : needed;
  }
  if (above === null) {
    const known = below.lambda ?? 1;
    const most = known * MOST_STRIDE;
    const needed = Math.max(Math.min(neededAbove(below.at, goal), most), known * LEAST_STRIDE);
    const serving = goal.weights.filter((own) => own >= needed && own <= most);
    return serving.length > 0 ? Math.min(...serving) : needed;
  }
  const [low, high] = [below.lambda ?? 0, above.lambda ?? 0];
  const saved = (above.at?.energyPj ?? 0) - (below.at?.energyPj ?? 0);
  const edge = saved / ((below.at?.cycles ?? 0) - (above.at?.cycles ?? 0));
  return edge > low * (1 + 1e-9) && edge < high * (1 - 1e-9) ? edge : Math.sqrt(low * high);
}

/** The weight whose line through some sums leaves nothing below the cutoff from the least energy on; 0: none is known. */
function neededBelow(at: EnergyAndCycles | null, { least, value, cutoff }: CutGoal): number {
  if (at === null || cutoff === Number.POSITIVE_INFINITY) return 0;
  const cycles = leastReaching(at.cycles, (one) => value(least.energyPj, one) >= cutoff);
  return Math.max(0, at.energyPj - least.energyPj) / (cycles - at.cycles);
}

/** The weight whose line through some sums leaves nothing below the cutoff from the least cycles on; infinite: none is known. */
export function neededAbove(at: EnergyAndCycles | null, { least, value, cutoff }: Omit<CutGoal, 'weights'>): number {
  if (at === null || cutoff === Number.POSITIVE_INFINITY || at.cycles <= least.cycles) return Number.POSITIVE_INFINITY;
  const energyPj = leastReaching(at.energyPj, (one) => value(one, least.cycles) >= cutoff);
  return (energyPj - at.energyPj) / (at.cycles - least.cycles);
}

/** The least number from one on that holds, by doubling and halving: one that holds, little above the least; infinite: none does. */
function leastReaching(from: number, holds: (one: number) => boolean): number {
  let [low, high] = [from, from];
  for (let step = 0; !holds(high); step++) {
    if (step === MOST_DOUBLINGS) return Number.POSITIVE_INFINITY;
    low = high;
    high *= 2;
  }
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether two lines meet in sums that are known: these are a corner, and no less than what is known. */
export function isSame(a: EnergyAndCycles | null, b: EnergyAndCycles | null): boolean {
  return a !== null && b !== null && a.energyPj === b.energyPj && a.cycles === b.cycles;
}
