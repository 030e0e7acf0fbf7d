/**
 * Published scaling of CMOS between process nodes.
 * A. Stillmaker, B. Baas, Scaling equations for the accurate prediction of CMOS device performance from 180 nm to 7 nm, Integration 58
 * (2017) 74-81: energy of an operation = a2 V^2 + a1 V + a0 (high-performance devices), and areas.
 */

interface EnergyPolynomial {
  readonly nm: number;
  /** Coefficients of V^2, V and 1, in relative units. */
  readonly coefficients: readonly [number, number, number];
  /** Area of the same circuit relative to 7 nm, two digits as printed. */
  readonly area: number;
}

const NODES: readonly EnergyPolynomial[] = [
  { nm: 90, coefficients: [4.762, -4.781, 2.092], area: 48 },
  { nm: 65, coefficients: [3.755, -4.398, 1.975], area: 25 },
  { nm: 45, coefficients: [1.018, -0.3107, 0.1539], area: 17 },
  { nm: 32, coefficients: [0.8367, -0.4341, 0.1701], area: 7.8 },
  { nm: 20, coefficients: [0.373, -0.1582, 0.04104], area: 3.6 },
  { nm: 16, coefficients: [0.2958, -0.1241, 0.03024], area: 3.2 },
  { nm: 14, coefficients: [0.2363, -0.09675, 0.02239], area: 2.9 },
  { nm: 10, coefficients: [0.2068, -0.09311, 0.02375], area: 1.7 },
  { nm: 7, coefficients: [0.1776, -0.09097, 0.02447], area: 1 },
];

/** Energy of an operation at a node and supply, in the relative units of the equations; nodes between two of them in log(node). */
export function relativeEnergy(nm: number, volts: number): number {
  return between(nm, ({ coefficients: [a2, a1, a0] }) => a2 * volts ** 2 + a1 * volts + a0);
}

/** Area of a logic circuit relative to 7 nm; nodes between two of the table in log(node). */
export function relativeArea(nm: number): number {
  return between(nm, ({ area }) => area);
}

function between(nm: number, value: (node: EnergyPolynomial) => number): number {
  const exact = NODES.find((node) => node.nm === nm);
  if (exact !== undefined) return value(exact);
  const lower = NODES.findIndex((node) => node.nm < nm);
  const [large, small] = [NODES[lower - 1], NODES[lower]];
  if (large === undefined || small === undefined) throw new RangeError(`${nm} nm lies outside the published equations`);
  const share = Math.log(nm / large.nm) / Math.log(small.nm / large.nm);
  return value(large) ** (1 - share) * value(small) ** share;
}
