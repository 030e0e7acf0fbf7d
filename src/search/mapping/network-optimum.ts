import { macCount } from '../../workload/problem.ts';
import { type ExactMapping, searchExact } from './exact/exact.ts';
import type { Mapspace } from './mapspace.ts';
import { ENERGY, LATENCY, type Objective, weightedSum } from './objective.ts';

/** A layer's mapspace and how often the network runs it. */
export interface NetworkLayer {
  readonly mapspace: Mapspace;
  /** Times that the network runs the layer; >= 1. */
  readonly repeat: number;
}

/** One choice of a mapping for every layer. */
export interface NetworkPoint<Layer = ExactMapping> {
  /** Sum over layers of repeat * energy, in pJ. */
  readonly energyPj: number;
  /** Sum over layers of repeat * cycles. */
  readonly cycles: number;
  /** One mapping per layer, in the order given. */
  readonly layers: readonly Layer[];
}

/** The network's optimum with its proof, or within a limit the best corner of the hull with a bound. */
export interface NetworkOptimum<Layer = ExactMapping> {
  readonly kind: 'found';
  readonly best: NetworkPoint<Layer>;
  /** energyPj * cycles of `best`. */
  readonly edpPjCycles: number;
  /** Value of `best`. */
  readonly value: number;
  /** No choice of mappings (within the limit) has a smaller value. */
  readonly lowerBound: number;
  readonly optimal: boolean;
  /** Corners of the lower convex hull that were visited, by falling cycles. */
  readonly hull: readonly { readonly energyPj: number; readonly cycles: number }[];
}

/** Some layer cannot be mapped, or its search was stopped. */
export interface NoNetworkOptimum {
  readonly kind: 'none';
  readonly reason: string;
}

/** How the network search runs. */
export interface NetworkOptions {
  /** To minimize over the sums; default EDP. Must be E^a * L^b with a, b >= 0 (quasi-concave, not decreasing). */
  readonly value?: (energyPj: number, cycles: number) => number;
  /** A limit on the sums that stays broken when energy or cycles grow; default: none. */
  readonly holds?: (energyPj: number, cycles: number) => boolean;
}

/**
 * Minimizes (sum of energies) * (sum of cycles), or another E^a * L^b of the sums, over the mappings of all layers.
 *
 * The product is quasi-concave on positive sums, so its least value over any set of sums lies on a corner of the set's lower convex hull, and a
 * corner minimizes energy + lambda * cycles for some lambda >= 0, layer by layer. The hull is opened between its ends: the line through
 * two known corners gives the next lambda. A part of the hull between corners (E1, L1) and (E2, L2) lies above the two known supporting
 * lines, in a triangle; the product on it is at least that at the triangle's outer corner, and where this is no better than the best
 * product known, the part is not opened.
 *
 * Within a limit the optimum may lie above the hull. The answer is then the best corner that keeps the limit; the bound is the least value on
 * the part of the hull that keeps it (at its corners, or where an edge crosses the limit).
 */
export function searchNetworkOptimum(
  layers: readonly NetworkLayer[],
  options: NetworkOptions & { readonly shouldStop?: () => boolean } = {},
): (NetworkOptimum & { readonly searches: number }) | NoNetworkOptimum {
  const { shouldStop } = options;
  let searches = 0;
  const solve = (lambda: number | null): NetworkPoint | string => {
    const found: ExactMapping[] = [];
    let energyPj = 0;
    let cycles = 0;
    for (const { mapspace, repeat } of layers) {
      searches++;
      const result = searchExact(mapspace, supportingObjective(lambda), {
        ...(shouldStop === undefined ? {} : { shouldStop }),
      });
      const { name } = mapspace.layer.problem;
      if (result.kind === 'infeasible') return `${name}: ${result.reason}`;
      if (result.kind !== 'found' || !result.certificate.optimal)
        return `${name}: the search was stopped before its proof`;
      found.push(result);
      energyPj += repeat * result.evaluation.energyPj;
      cycles += repeat * result.evaluation.cycles;
    }
    return { energyPj, cycles, layers: found };
  };
  const macEnergyPj = layers.reduce((sum, { mapspace, repeat }) => {
    const { layer, accelerator } = mapspace;
    return sum + repeat * macCount(layer.problem) * accelerator.mac.energyPj;
  }, 0);
  const steps = networkOptimumSteps<ExactMapping>(macEnergyPj, options);
  let step = steps.next();
  while (step.done !== true) step = steps.next(solve(step.value));
  return step.value.kind === 'none' ? step.value : { ...step.value, searches };
}

/** What every layer is mapped for on the supporting line with this lambda (pJ per cycle); null = least latency. */
export function supportingObjective(lambda: number | null): Objective {
  return lambda === null ? LATENCY : lambda === 0 ? ENERGY : weightedSum(lambda);
}

/**
 * The search of {@link searchNetworkOptimum} apart from how layers are mapped: yields the lambda whose supporting line it wants to know and is
 * given the point on it, every layer mapped for {@link supportingObjective}, or why there is none.
 * @param macEnergyPj energy of all MACs of the network: no point has less
 */
export function* networkOptimumSteps<Layer>(
  macEnergyPj: number,
  options: NetworkOptions = {},
): Generator<number | null, NetworkOptimum<Layer> | NoNetworkOptimum, NetworkPoint<Layer> | string> {
  const { value = product, holds = () => true } = options;
  const fastest = yield null;
  if (typeof fastest === 'string') return { kind: 'none', reason: fastest };
  const hull: NetworkPoint<Layer>[] = [];
  let best: NetworkPoint<Layer> | null = null;
  let bestValue = Number.POSITIVE_INFINITY;
  const consider = (point: NetworkPoint<Layer>): void => {
    hull.push(point);
    if (!holds(point.energyPj, point.cycles) || value(point.energyPj, point.cycles) >= bestValue) return;
    best = point;
    bestValue = value(point.energyPj, point.cycles);
  };
  consider(fastest);
  let stopReason = '';
  let openBound = Number.POSITIVE_INFINITY;
  // Of each part: its corners and the lambdas of the supporting lines through them.
  const parts: [NetworkPoint<Layer>, NetworkPoint<Layer>, number, number][] = [];
  // The thrifty end is approached by falling lambdas (least energy itself is the slowest of all searches) until what lies beyond,
  // above the energy of the MACs and the last supporting line, is no better than the best.
  let thriftiest = fastest;
  let lambdaLast = Number.POSITIVE_INFINITY;
  for (let lambda = fastest.energyPj / fastest.cycles; lambdaLast > 0; lambda = lambda > 1e-4 ? lambda / 4 : 0) {
    const point: NetworkPoint<Layer> | string = yield lambda;
    if (typeof point === 'string') {
      stopReason = point;
      openBound = 0;
      break;
    }
    consider(point);
    parts.push([point, thriftiest, lambda, lambdaLast]);
    thriftiest = point;
    lambdaLast = lambda;
    const height = point.energyPj + lambda * point.cycles;
    if (lambda === 0 || !holds(macEnergyPj, point.cycles)) break;
    if (value(macEnergyPj, (height - macEnergyPj) / lambda) >= bestValue) break;
  }
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const [slow, fast, lambdaSlow, lambdaFast] = part;
    if (slow.cycles <= fast.cycles || fast.energyPj <= slow.energyPj) continue;
    if (!holds(slow.energyPj, fast.cycles)) continue;
    const corner = outerCorner(slow, fast, lambdaSlow, lambdaFast);
    const bound = value(corner.energyPj, corner.cycles);
    if (bound >= bestValue * (1 - 1e-12)) continue;
    const lambda = (fast.energyPj - slow.energyPj) / (slow.cycles - fast.cycles);
    const between = stopReason === '' ? yield lambda : stopReason;
    if (typeof between === 'string') {
      stopReason = between;
      openBound = Math.min(openBound, bound);
      continue;
    }
    const gain = slow.energyPj + lambda * slow.cycles - (between.energyPj + lambda * between.cycles);
    if (gain <= (slow.energyPj + lambda * slow.cycles) * 1e-12) {
      openBound = Math.min(openBound, leastWithinLimit(slow, fast, value, holds));
      continue;
    }
    consider(between);
    parts.push([slow, between, lambdaSlow, lambda], [between, fast, lambda, lambdaFast]);
  }
  const found = best as NetworkPoint<Layer> | null;
  if (found === null)
    return {
      kind: 'none',
      reason: `no mapping of the network keeps the limit: the least latency is ${fastest.cycles} cycles, the least energy met ${thriftiest.energyPj} pJ`,
    };
  return {
    kind: 'found',
    best: found,
    edpPjCycles: product(found.energyPj, found.cycles),
    value: bestValue,
    lowerBound: Math.min(bestValue, openBound),
    optimal: openBound >= bestValue * (1 - 1e-12),
    hull: hull.map(({ energyPj, cycles }) => ({ energyPj, cycles })).sort((a, b) => b.cycles - a.cycles),
  };
}

type Sums = Pick<NetworkPoint, 'energyPj' | 'cycles'>;

function product(energyPj: number, cycles: number): number {
  return energyPj * cycles;
}

/** Least value on an edge of the hull where one end breaks the limit: at the crossing (by bisection); infinite when both ends keep it. */
function leastWithinLimit(
  slow: Sums,
  fast: Sums,
  value: (energyPj: number, cycles: number) => number,
  holds: (energyPj: number, cycles: number) => boolean,
): number {
  const at = (share: number): [number, number] => [
    slow.energyPj + share * (fast.energyPj - slow.energyPj),
    slow.cycles + share * (fast.cycles - slow.cycles),
  ];
  const [slowHolds, fastHolds] = [holds(...at(0)), holds(...at(1))];
  if (slowHolds && fastHolds) return Number.POSITIVE_INFINITY;
  if (!slowHolds && !fastHolds) return value(slow.energyPj, fast.cycles);
  let [inside, outside] = slowHolds ? [0, 1] : [1, 0];
  for (let step = 0; step < 60; step++) {
    const middle = (inside + outside) / 2;
    if (holds(...at(middle))) inside = middle;
    else outside = middle;
  }
  return Math.min(value(...at(inside)), value(...at(outside)));
}

/** Outer corner of the triangle between two corners of the hull and the supporting lines through them. */
function outerCorner(
  slow: Sums,
  fast: Sums,
  lambdaSlow: number,
  lambdaFast: number,
): { readonly energyPj: number; readonly cycles: number } {
  // Lines: energy + lambdaSlow * cycles = constant through `slow`; the same with lambdaFast through `fast`.
  if (lambdaFast === Number.POSITIVE_INFINITY)
    return { energyPj: slow.energyPj + lambdaSlow * (slow.cycles - fast.cycles), cycles: fast.cycles };
  const heightSlow = slow.energyPj + lambdaSlow * slow.cycles;
  const heightFast = fast.energyPj + lambdaFast * fast.cycles;
  const cycles = (heightFast - heightSlow) / (lambdaFast - lambdaSlow);
  return { energyPj: heightSlow - lambdaSlow * cycles, cycles };
}
