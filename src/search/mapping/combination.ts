import type { EnergyAndCycles } from '../../util/network-totals.ts';

/** Most sums that are followed at a time; beyond it they are thinned. */
const MOST_SUMS = 4096;

/** Sums over the first layers, and the choices that lead to them. */
interface PartialSum extends EnergyAndCycles {
  readonly option: number;
  readonly before: PartialSum | null;
}

/**
 * One option per layer so that a function of the sums is least within a limit: what lies between the corners of the hull of a network. The Pareto front of
 * the sums is followed layer by layer.
 * @param options per layer, repeats counted
 * @param value never decreasing in energy and cycles
 * @param holds a limit on the sums that stays broken when energy or cycles grow
 * @returns the option of each layer; null when no combination keeps the limit
 */
export function bestCombination(
  options: readonly (readonly EnergyAndCycles[])[],
  value: (energyPj: number, cycles: number) => number,
  holds: (energyPj: number, cycles: number) => boolean,
): number[] | null {
  let sums: PartialSum[] = [{ energyPj: 0, cycles: 0, option: -1, before: null }];
  for (const layer of options) {
    const next = sums.flatMap((before) =>
      layer.map(({ energyPj, cycles }, option) => ({
        energyPj: before.energyPj + energyPj,
        cycles: before.cycles + cycles,
        option,
        before,
      })),
    );
    sums = thinned(paretoFront(next.filter(({ energyPj, cycles }) => holds(energyPj, cycles))));
  }
  if (sums.length === 0) return null;
  let best: PartialSum | null = sums.reduce((least, one) =>
    value(one.energyPj, one.cycles) < value(least.energyPj, least.cycles) ? one : least,
  );
  const choice: number[] = [];
  for (; best !== null && best.before !== null; best = best.before) choice.push(best.option);
  return choice.reverse();
}

/** The sums that no other one reaches in both figures, by rising cycles. */
function paretoFront(sums: PartialSum[]): PartialSum[] {
  sums.sort((a, b) => a.cycles - b.cycles || a.energyPj - b.energyPj);
  let least = Number.POSITIVE_INFINITY;
  return sums.filter(({ energyPj }) => {
    if (energyPj >= least) return false;
    least = energyPj;
    return true;
  });
}

function thinned(sums: PartialSum[]): PartialSum[] {
  if (sums.length <= MOST_SUMS) return sums;
  const step = (sums.length - 1) / (MOST_SUMS - 1);
  return Array.from({ length: MOST_SUMS }, (_, i) => sums[Math.round(i * step)]!);
}
