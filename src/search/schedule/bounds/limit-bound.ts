import type { EnergyAndCycles } from '../../../util/network-totals.ts';
import { isSame, type SupportingLine } from './line-bound.ts';

/** A limit on sums that stays broken when energy or cycles grow. */
export type Limit = (energyPj: number, cycles: number) => boolean;

/** The least value above some lines within a limit, and where it is. */
export interface LimitedBound {
  /** Infinite: nothing above the lines keeps the limit. */
  readonly value: number;
  /** Sums on the border of what the lines leave. */
  readonly at: EnergyAndCycles;
}

/** Share by which sums may break a limit and still count as within it in a bound: they come from other orders of adding. */
const ROUNDING = 1e-12;
/** Halvings of a piece of the border at most: what is left is lost in rounding. */
const MOST_HALVINGS = 40;
/** How far beyond the known lines one is taken that looks for sums within a limit. */
const PROBE = 16;

/**
 * The least value that sums above all of some lines can have within a limit. The value does not fall with either sum and the limit stays broken when they grow, so it is
 * least on the border of the region above the lines: along it, from corner to corner.
 * @param least no sums have less energy, or fewer cycles
 * @param value quasi-concave, not falling with either sum
 */
export function limitedBound(
  lines: readonly SupportingLine[],
  least: EnergyAndCycles,
  value: (energyPj: number, cycles: number) => number,
  holds: Limit,
): LimitedBound {
  const keeps: Limit = (energyPj, cycles) => holds(energyPj * (1 - ROUNDING), cycles * (1 - ROUNDING));
  const border = borderAbove(lines, least);
  let worst: LimitedBound = { value: Number.POSITIVE_INFINITY, at: border[0]! };
  const consider = (at: EnergyAndCycles) => {
    const own = value(at.energyPj, at.cycles);
    if (own < worst.value) worst = { value: own, at };
  };
  const walk = (slow: EnergyAndCycles, fast: EnergyAndCycles, halvings: number): void => {
    // Nothing between them is below both of their lesser sums.
    if (!keeps(slow.energyPj, fast.cycles)) return;
    const ends = [slow, fast].filter((one) => keeps(one.energyPj, one.cycles));
    if (ends.length === 2 || halvings === 0) {
      consider(slow);
      consider(fast);
      return;
    }
    for (const end of ends) consider(end);
    const middle = { energyPj: (slow.energyPj + fast.energyPj) / 2, cycles: (slow.cycles + fast.cycles) / 2 };
    walk(middle, fast, halvings - 1);
    walk(slow, middle, halvings - 1);
  };
  for (const [i, slow] of border.entries()) walk(slow, border[i - 1] ?? slow, MOST_HALVINGS);
  return worst;
}

/** Sums on the border of the region above some lines, by rising cycles, with straight lines between them: all corners are among them. */
function borderAbove(lines: readonly SupportingLine[], least: EnergyAndCycles): EnergyAndCycles[] {
  const all = lines.filter(({ lowerBound }) => Number.isFinite(lowerBound));
  const most = (lambda: number | null, from: number) =>
    all.reduce((bound, line) => (line.lambda === lambda ? Math.max(bound, line.lowerBound) : bound), from);
  const leastCycles = most(null, least.cycles);
  const leastPj = most(0, least.energyPj);
  const sloped = all.flatMap(({ lambda, lowerBound }) =>
    lambda === null || lambda === 0 ? [] : [{ lambda, lowerBound }],
  );
  const energyAt = (cycles: number) =>
    sloped.reduce((energyPj, { lambda, lowerBound }) => Math.max(energyPj, lowerBound - lambda * cycles), leastPj);
  const mostCycles = sloped.reduce(
    (cycles, { lambda, lowerBound }) => Math.max(cycles, (lowerBound - leastPj) / lambda),
    leastCycles,
  );
  const corners = [leastCycles, mostCycles];
  for (const [i, one] of sloped.entries())
    for (const other of sloped.slice(i + 1)) {
      const cycles = (one.lowerBound - other.lowerBound) / (one.lambda - other.lambda);
      if (cycles > leastCycles && cycles < mostCycles) corners.push(cycles);
    }
  return corners.sort((a, b) => a - b).map((cycles) => ({ energyPj: energyAt(cycles), cycles }));
}

/**
 * The weight of cycles whose line may raise a bound within a limit: that of the edge between the known sums on either side of where the bound is. Where nothing is known
 * on one side, one beyond all known lines, and, where the last two of these meet in the same sums, the end itself: null for the least cycles, 0 for the least energy.
 * @returns undefined where the edge is known to be one of the hull: no line raises the bound
 */
export function weightTowards(
  lines: readonly SupportingLine[],
  { at: bound }: LimitedBound,
): number | null | undefined {
  let fast: EnergyAndCycles | null = null;
  let slow: EnergyAndCycles | null = null;
  for (const { at } of lines) {
    if (at === null) continue;
    if (at.cycles <= bound.cycles && (fast === null || isNearer(at.cycles - fast.cycles, fast.energyPj - at.energyPj)))
      fast = at;
    if (
      at.energyPj <= bound.energyPj &&
      (slow === null || isNearer(at.energyPj - slow.energyPj, slow.cycles - at.cycles))
    )
      slow = at;
  }
  const isAsked = (weight: number | null) => lines.some(({ lambda }) => lambda === weight);
  if (fast === null || slow === null) {
    const next = beyond(lines, fast === null);
    return isAsked(next) ? undefined : next;
  }
  if (slow.cycles <= fast.cycles || slow.energyPj >= fast.energyPj) return undefined;
  const edge = (fast.energyPj - slow.energyPj) / (slow.cycles - fast.cycles);
  return isAsked(edge) ? undefined : edge;
}

/** A weight beyond those of all lines, or that of the end of the hull. */
function beyond(lines: readonly SupportingLine[], isTowardsFast: boolean): number | null {
  const sloped = lines.flatMap((line) =>
    line.lambda === null || line.lambda === 0 ? [] : [{ ...line, lambda: line.lambda }],
  );
  const [last, before] = sloped.sort((a, b) => (isTowardsFast ? b.lambda - a.lambda : a.lambda - b.lambda));
  const isFlat = last === undefined || last.at === null || (before !== undefined && isSame(last.at, before.at));
  if (isFlat) return isTowardsFast ? null : 0;
  return isTowardsFast ? PROBE * last.lambda : last.lambda / PROBE;
}

/** Whether sums are nearer than others: by more of one figure, or as much with less of the other. */
function isNearer(more: number, less: number): boolean {
  return more > 0 || (more === 0 && less > 0);
}
