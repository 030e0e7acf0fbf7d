/** A function of energy and cycles for a mapping search to minimize. */
export interface Objective {
  readonly name: string;
  /** Value to minimize, from energy in pJ and latency in cycles. */
  readonly value: (energyPj: number, cycles: number) => number;
  /** Whether `value` never decreases when energy or cycles grow: what the exact search needs. */
  readonly monotone: boolean;
}

/** Energy-delay product in pJ * cycles. */
export const EDP: Objective = { name: 'edp', value: (energyPj, cycles) => energyPj * cycles, monotone: true };

/** Energy in pJ. */
export const ENERGY: Objective = { name: 'energy', value: (energyPj) => energyPj, monotone: true };

/** Latency in cycles. */
export const LATENCY: Objective = { name: 'latency', value: (_energyPj, cycles) => cycles, monotone: true };

/** Energy times the square of the delay. */
export const ED2P: Objective = {
  name: 'ed2p',
  value: (energyPj, cycles) => energyPj * cycles * cycles,
  monotone: true,
};

/** energy + lambda * cycles, lambda >= 0 in pJ per cycle: the supporting lines of the lower hull of (energy, cycles). */
export function weightedSum(lambdaPjPerCycle: number): Objective {
  return {
    name: `energy+${lambdaPjPerCycle}*latency`,
    value: (energyPj, cycles) => energyPj + lambdaPjPerCycle * cycles,
    monotone: lambdaPjPerCycle >= 0,
  };
}
