import type { EnergyAndCycles } from '../../util/network-totals.ts';

/** No sums weigh less: energy + lambda * cycles >= lowerBound, or cycles >= lowerBound where lambda is null. */
export interface SupportingLine {
  readonly lambda: number | null;
  readonly lowerBound: number;
}

/**
 * Least value that sums above all of some lines can have. The value is quasi-concave and does not fall with either sum, so on the region that the lines leave it
 * is least at a corner of it.
 * @param least no sums have less energy, or fewer cycles
 */
export function leastAboveLines(
  lines: readonly SupportingLine[],
  least: EnergyAndCycles,
  value: (energyPj: number, cycles: number) => number,
): number {
  const all = lines.filter(({ lowerBound }) => Number.isFinite(lowerBound));
  const leastCycles = all.reduce(
    (most, { lambda, lowerBound }) => (lambda === null ? Math.max(most, lowerBound) : most),
    least.cycles,
  );
  const sloped = all.flatMap(({ lambda, lowerBound }) =>
    lambda === null || lambda === 0 ? [] : [{ lambda, lowerBound }],
  );
  const leastPj = all.reduce(
    (most, { lambda, lowerBound }) => (lambda === 0 ? Math.max(most, lowerBound) : most),
    least.energyPj,
  );
  const energyAt = (cycles: number) =>
    sloped.reduce((most, { lambda, lowerBound }) => Math.max(most, lowerBound - lambda * cycles), leastPj);
  const cyclesAt = (energyPj: number) =>
    sloped.reduce((most, { lambda, lowerBound }) => Math.max(most, (lowerBound - energyPj) / lambda), leastCycles);
  let lowest = Math.min(value(energyAt(leastCycles), leastCycles), value(leastPj, cyclesAt(leastPj)));
  for (const a of sloped)
    for (const b of sloped) {
      if (a.lambda >= b.lambda) continue;
      const cycles = (b.lowerBound - a.lowerBound) / (b.lambda - a.lambda);
      if (cycles < leastCycles) continue;
      lowest = Math.min(lowest, value(energyAt(cycles), cycles));
    }
  return lowest;
}
