import type { EnergyAndCycles } from '../../../util/network-totals.ts';

/** No sums weigh less: energy + lambda * cycles >= lowerBound, or cycles >= lowerBound where lambda is null. */
export interface SupportingLine {
  readonly lambda: number | null;
  readonly lowerBound: number;
  /** Sums that lie on it; null: none are known. */
  readonly at: EnergyAndCycles | null;
}

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

/** A weight whose line cuts a corner off, if any does: that of the edge between the sums on its lines, or one between or beyond theirs. */
export function cuttingLambda({ below, above }: Corner): number {
  if (below === null) return (above?.lambda ?? 1) / 4;
  if (above === null) return (below.lambda ?? 1) * 4;
  const [low, high] = [below.lambda ?? 0, above.lambda ?? 0];
  const saved = (above.at?.energyPj ?? 0) - (below.at?.energyPj ?? 0);
  const edge = saved / ((below.at?.cycles ?? 0) - (above.at?.cycles ?? 0));
  return edge > low * (1 + 1e-9) && edge < high * (1 - 1e-9) ? edge : Math.sqrt(low * high);
}

/** Whether two lines meet in sums that are known: these are a corner, and no less than what is known. */
export function isSame(a: EnergyAndCycles | null, b: EnergyAndCycles | null): boolean {
  return a !== null && b !== null && a.energyPj === b.energyPj && a.cycles === b.cycles;
}
