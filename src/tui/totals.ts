import type { FrontPoint, NetworkFigures } from '../search/ports.ts';
import type { LayerSummary } from '../search/run-events.ts';
import type { DesignPoint } from './design-points.ts';

/** Geometric mean of positive numbers; 1 for none. */
export function geometricMean(values: readonly number[]): number {
  return values.length === 0 ? 1 : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * Geometric mean over the networks that both have of EDP before / EDP now; above 1 = better. Null when they share none.
 * A single network is compared with a single other one whatever their names: a co-search has found it in place of the other.
 */
export function edpImprovement(before: readonly NetworkFigures[], now: readonly NetworkFigures[]): number | null {
  if (before.length === 1 && now.length === 1) return before[0]!.edpPjCycles / now[0]!.edpPjCycles;
  const ratios = now.flatMap(({ network, edpPjCycles }) => {
    const other = before.find((figures) => figures.network === network);
    return other === undefined ? [] : [other.edpPjCycles / edpPjCycles];
  });
  return ratios.length === 0 ? null : geometricMean(ratios);
}

/** A point of the search's own front; its EDP is the product of its means. */
export function toDesignPoint({ trial, energyPj, cycles, areaMm2, design }: FrontPoint): DesignPoint {
  return { trial, energyPj, cycles, areaMm2, design, edpPjCycles: energyPj * cycles, top1Percent: null };
}

/** Energy of some layers by level, repeats included; levels in the order of the first layer that has them. */
export function energyByLevel(layers: readonly LayerSummary[]): { name: string; energyPj: number }[] {
  const totals = new Map<string, number>();
  for (const { energyByLevelPj, repeat } of layers)
    for (const { name, energyPj } of energyByLevelPj) totals.set(name, (totals.get(name) ?? 0) + repeat * energyPj);
  return [...totals].map(([name, energyPj]) => ({ name, energyPj }));
}

/** Energy in pJ and cycles of some layers one after the other, repeats included. */
export function layerTotals(layers: readonly LayerSummary[]): { energyPj: number; cycles: number; macs: number } {
  let energyPj = 0;
  let cycles = 0;
  let macs = 0;
  for (const layer of layers) {
    energyPj += layer.repeat * layer.energyPj;
    cycles += layer.repeat * layer.cycles;
    macs += layer.repeat * layer.macs;
  }
  return { energyPj, cycles, macs };
}
