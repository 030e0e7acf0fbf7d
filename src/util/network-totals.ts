/** Energy in pJ and cycles of a layer, or of a network that runs its layers one after the other. */
export interface EnergyAndCycles {
  readonly energyPj: number;
  readonly cycles: number;
}

interface Repeated {
  /** Times that the network runs the layer. */
  readonly repeat: number;
}

/** Sum of a figure over the layers of a network, each as often as the network runs it. */
export function repeatedSum<L extends Repeated>(
  layers: readonly L[],
  figureOf: (layer: L, index: number) => number,
): number {
  return layers.reduce((sum, layer, i) => sum + layer.repeat * figureOf(layer, i), 0);
}

/** EDP in pJ * cycles. */
export function edpOf({ energyPj, cycles }: EnergyAndCycles): number {
  return energyPj * cycles;
}

/** Nothing. */
export const NO_COST: EnergyAndCycles = { energyPj: 0, cycles: 0 };

/**
 * Energy and cycles of a network.
 * @param figures one per layer, of a single run of it
 * @param beside of what is no layer: its vector operators
 */
export function networkTotals(
  layers: readonly Repeated[],
  figures: readonly EnergyAndCycles[],
  beside: EnergyAndCycles = NO_COST,
): EnergyAndCycles {
  return {
    energyPj: beside.energyPj + repeatedSum(layers, (_, i) => figures[i]!.energyPj),
    cycles: beside.cycles + repeatedSum(layers, (_, i) => figures[i]!.cycles),
  };
}

/** Whether a cost is any: where bandwidths are unlimited, words that move take energy and no time. */
export function isCostly({ energyPj, cycles }: EnergyAndCycles): boolean {
  return energyPj > 0 || cycles > 0;
}
