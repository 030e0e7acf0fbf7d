import { energyText } from '../../util/quantity-text.ts';
import { ENERGY, LATENCY, type Objective, weightedSum } from './objective.ts';

/** One choice of a mapping for every layer. */
export interface NetworkPoint<Layer> {
  /** Sum over layers of repeat * energy, in pJ. */
  readonly energyPj: number;
  /** Sum over layers of repeat * cycles. */
  readonly cycles: number;
  /** One mapping per layer, in the order given. */
  readonly layers: readonly Layer[];
}

/** The network's optimum with its proof, or within a limit the best corner of the hull with a bound. */
export interface NetworkOptimum<Layer> {
  readonly kind: 'found';
  readonly best: NetworkPoint<Layer>;
  /** Value of `best`. */
  readonly value: number;
  /** No choice of mappings (within the limit) has a smaller value. */
  readonly lowerBound: number;
  readonly optimal: boolean;
}

/** Some layer cannot be mapped, or its search was stopped. */
export interface NoNetworkOptimum {
  readonly kind: 'none';
  readonly reason: string;
}

/** How the network search runs. */
export interface NetworkOptions<Layer> {
  /** To minimize over the sums: E^a * L^b with a, b >= 0 (quasi-concave, not decreasing). */
  readonly value: (energyPj: number, cycles: number) => number;
  /** Decides between equal values; default: energy. */
  readonly tie?: (energyPj: number, cycles: number) => number;
  /** A limit on the sums that stays broken when energy or cycles grow; default: none. */
  readonly holds?: (energyPj: number, cycles: number) => boolean;
  /** A choice that is known already: what is no better is not looked at. */
  readonly known?: NetworkPoint<Layer>;
}

/** Objective of every layer on the supporting line with this lambda (pJ per cycle); null = least latency. */
export function supportingObjective(lambda: number | null): Objective {
  return lambda === null ? LATENCY : lambda === 0 ? ENERGY : weightedSum(lambda);
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
 *
 * How layers are mapped is left to the caller: the generator yields the lambda (pJ per cycle; null = least latency) whose supporting line it wants to
 * know and is given the point on it, every layer mapped for {@link supportingObjective}, or why there is none.
 * @param leastEnergyPj no point has less energy, e.g. that of all MACs of the network
 */
export function* networkOptimumSteps<Layer>(
  leastEnergyPj: number,
  { value, tie = (energyPj) => energyPj, holds = () => true, known }: NetworkOptions<Layer>,
): Generator<number | null, NetworkOptimum<Layer> | NoNetworkOptimum, NetworkPoint<Layer> | string> {
  const fastest = yield null;
  if (typeof fastest === 'string') return { kind: 'none', reason: fastest };
  let best: NetworkPoint<Layer> | null = null;
  let bestValue = Number.POSITIVE_INFINITY;
  const consider = (point: NetworkPoint<Layer>): void => {
    if (!holds(point.energyPj, point.cycles)) return;
    const own = value(point.energyPj, point.cycles);
    const isTie = own === bestValue && best !== null;
    if (isTie ? tie(point.energyPj, point.cycles) >= tie(best!.energyPj, best!.cycles) : own >= bestValue) return;
    best = point;
    bestValue = own;
  };
  if (known !== undefined) consider(known);
  consider(fastest);
  let stopReason = '';
  let openBound = Number.POSITIVE_INFINITY;
  // Of each part: its corners and the lambdas of the supporting lines through them.
  const parts: [NetworkPoint<Layer>, NetworkPoint<Layer>, number, number][] = [];
  // The thrifty end is approached by falling lambdas (least energy itself is the slowest of all searches) until what lies beyond,
  // above the least energy and the last supporting line, is no better than the best.
  let thriftiest = fastest;
  let lambdaLast = Number.POSITIVE_INFINITY;
  const first = fastest.cycles > 0 ? fastest.energyPj / fastest.cycles : 0;
  for (let lambda = first; lambdaLast > 0; ) {
    const point: NetworkPoint<Layer> | string = yield lambda;
    if (typeof point === 'string') {
      stopReason = point;
      openBound = value(leastEnergyPj, fastest.cycles);
      break;
    }
    consider(point);
    parts.push([point, thriftiest, lambda, lambdaLast]);
    const isSame = point.energyPj === thriftiest.energyPj;
    thriftiest = point;
    lambdaLast = lambda;
    const height = point.energyPj + lambda * point.cycles;
    if (lambda === 0 || !holds(leastEnergyPj, point.cycles)) break;
    if (value(leastEnergyPj, (height - leastEnergyPj) / lambda) >= bestValue) break;
    // Where nothing keeps the limit yet and a lesser weight brought nothing new, the least energy itself decides.
    lambda = lambda > 1e-4 && !(isSame && best === null) ? lambda / 4 : 0;
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
      reason: `no mapping of the network keeps the limit: the least latency is ${fastest.cycles} cycles, the least energy met ${energyText(thriftiest.energyPj)}`,
    };
  return {
    kind: 'found',
    best: found,
    value: bestValue,
    lowerBound: Math.min(bestValue, openBound),
    optimal: openBound >= bestValue * (1 - 1e-12),
  };
}

type Sums = Pick<NetworkPoint<unknown>, 'energyPj' | 'cycles'>;

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
