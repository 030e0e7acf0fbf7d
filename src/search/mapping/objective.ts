/** A function of energy and cycles for a mapping search to minimize. */
export interface Objective {
  readonly name: string;
  /** Value to minimize, from energy in pJ and latency in cycles. */
  readonly value: (energyPj: number, cycles: number) => number;
  /** Whether `value` never decreases when energy or cycles grow: what the exact search needs. */
  readonly monotone: boolean;
  /** What decides among mappings of equal value, itself never decreasing in either figure. */
  readonly tie: (energyPj: number, cycles: number) => number;
  /**
   * Whether many mappings can have equal values, so that the exact search settles ties by a second search. Not where the value grows with both figures:
   * equal values there are equal figures, but for rare coincidences, which the search decides among the mappings that it meets.
   */
  readonly hasTies: boolean;
  /** Whether `value` is quasi-concave for positive figures, so that it is least at the corners of whatever lines bound from below. */
  readonly isQuasiConcave?: boolean;
  /** Whether `value` is the natural logarithm of what is meant. */
  readonly isLogarithm?: boolean;
}

/** How many times a value of an objective another one is: 1.1 = a tenth worse. Of values that may be negative, by the difference. */
export function valueRatio(
  { isLogarithm = false }: Pick<Objective, 'isLogarithm'>,
  value: number,
  other: number,
): number {
  if (isLogarithm) return Math.exp(value - other);
  return other > 0 ? value / other : 1 + (value - other) / Math.abs(other);
}

const energyOf = (energyPj: number): number => energyPj;
const cyclesOf = (_energyPj: number, cycles: number): number => cycles;
const edpOf = (energyPj: number, cycles: number): number => energyPj * cycles;

/** Energy-delay product in pJ * cycles. */
export const EDP: Objective = {
  name: 'edp',
  value: edpOf,
  monotone: true,
  isQuasiConcave: true,
  tie: energyOf,
  hasTies: false,
};

/** Energy in pJ; of equal energies the least latency. */
export const ENERGY: Objective = { name: 'energy', value: energyOf, monotone: true, tie: cyclesOf, hasTies: true };

/** Latency in cycles; of equal latencies the least energy. */
export const LATENCY: Objective = { name: 'latency', value: cyclesOf, monotone: true, tie: energyOf, hasTies: true };

/** Energy times the square of the delay. */
export const ED2P: Objective = {
  name: 'ed2p',
  value: (energyPj, cycles) => energyPj * cycles * cycles,
  monotone: true,
  isQuasiConcave: true,
  tie: energyOf,
  hasTies: false,
};

/** energy + lambda * cycles, lambda >= 0 in pJ per cycle: the supporting lines of the lower hull of (energy, cycles). */
export function weightedSum(lambdaPjPerCycle: number): Objective {
  return {
    name: `energy+${lambdaPjPerCycle}*latency`,
    value: (energyPj, cycles) => energyPj + lambdaPjPerCycle * cycles,
    monotone: lambdaPjPerCycle >= 0,
    isQuasiConcave: true,
    tie: energyOf,
    hasTies: false,
  };
}

/** An objective of a user's; of equal values the least EDP. */
export function ownObjective(
  name: string,
  value: Objective['value'],
  monotone: boolean,
  isLogarithm = false,
): Objective {
  return { name, value, monotone, isLogarithm, tie: edpOf, hasTies: true };
}

/** Share of a value by which equal values may differ: figures are sums of doubles in different orders. */
const ROUNDING = 1e-12;

/** What decides among mappings whose value is no greater, but for rounding: infinite for all others. */
export function tieObjective(objective: Objective, value: number): Objective {
  const most = value + Math.abs(value) * ROUNDING;
  return {
    name: `ties of ${objective.name}`,
    value: (energyPj, cycles) =>
      objective.value(energyPj, cycles) <= most ? objective.tie(energyPj, cycles) : Number.POSITIVE_INFINITY,
    monotone: objective.monotone,
    tie: objective.value,
    hasTies: false,
  };
}
