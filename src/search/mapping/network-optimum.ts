import { type ExactMapping, searchExact } from './exact.ts';
import type { Mapspace } from './mapspace.ts';
import { ENERGY, LATENCY, weightedSum } from './objective.ts';

/** A layer's mapspace and how often the network runs it. */
export interface NetworkLayer {
  readonly mapspace: Mapspace;
  /** Times that the network runs the layer; >= 1. */
  readonly repeat: number;
}

/** One choice of a mapping for every layer. */
export interface NetworkPoint {
  /** Sum over layers of repeat * energy, in pJ. */
  readonly energyPj: number;
  /** Sum over layers of repeat * cycles. */
  readonly cycles: number;
  /** One mapping per layer, in the order given. */
  readonly layers: readonly ExactMapping[];
}

/** The network's optimum with its proof. */
export interface NetworkOptimum {
  readonly kind: 'found';
  readonly best: NetworkPoint;
  /** energyPj * cycles of `best`. */
  readonly edpPjCycles: number;
  /** No choice of mappings has a smaller product. */
  readonly lowerBound: number;
  readonly optimal: boolean;
  /** Corners of the lower convex hull that were visited, by falling cycles. */
  readonly hull: readonly { readonly energyPj: number; readonly cycles: number }[];
  /** Searches of single layers. */
  readonly searches: number;
}

/** Some layer cannot be mapped, or its search was stopped. */
export interface NoNetworkOptimum {
  readonly kind: 'none';
  readonly reason: string;
}

/** How the network search runs. */
export interface NetworkOptions {
  readonly shouldStop?: () => boolean;
}

/**
 * Minimizes (sum of energies) * (sum of cycles) over the mappings of all layers.
 *
 * The product is quasi-concave on positive sums, so its least value over any set of sums lies on a corner of the set's lower convex hull, and a
 * corner minimizes energy + lambda * cycles for some lambda >= 0, layer by layer. The hull is opened between its ends: the line through
 * two known corners gives the next lambda. A part of the hull between corners (E1, L1) and (E2, L2) lies above the two known supporting
 * lines, in a triangle; the product on it is at least that at the triangle's outer corner, and where this is no better than the best
 * product known, the part is not opened.
 */
export function searchNetworkOptimum(
  layers: readonly NetworkLayer[],
  options: NetworkOptions = {},
): NetworkOptimum | NoNetworkOptimum {
  const { shouldStop } = options;
  let searches = 0;
  const solve = (lambda: number | null): NetworkPoint | string => {
    const found: ExactMapping[] = [];
    let energyPj = 0;
    let cycles = 0;
    for (const { mapspace, repeat } of layers) {
      searches++;
      const result = searchExact(mapspace, lambda === null ? LATENCY : lambda === 0 ? ENERGY : weightedSum(lambda), {
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
  const thriftiest = solve(0);
  if (typeof thriftiest === 'string') return { kind: 'none', reason: thriftiest };
  const fastest = solve(null);
  if (typeof fastest === 'string') return { kind: 'none', reason: fastest };
  const hull: NetworkPoint[] = [thriftiest, fastest];
  let best = product(fastest) < product(thriftiest) ? fastest : thriftiest;
  let stopReason = '';
  let openBound = Number.POSITIVE_INFINITY;
  // Of each part: its corners and the lambdas of the supporting lines through them.
  const parts: [NetworkPoint, NetworkPoint, number, number][] = [[thriftiest, fastest, 0, Number.POSITIVE_INFINITY]];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const [slow, fast, lambdaSlow, lambdaFast] = part;
    if (slow.cycles <= fast.cycles || fast.energyPj <= slow.energyPj) continue;
    const bound = triangleBound(slow, fast, lambdaSlow, lambdaFast);
    if (bound >= product(best) * (1 - 1e-12)) continue;
    const lambda = (fast.energyPj - slow.energyPj) / (slow.cycles - fast.cycles);
    const between = stopReason === '' ? solve(lambda) : stopReason;
    if (typeof between === 'string') {
      stopReason = between;
      openBound = Math.min(openBound, bound);
      continue;
    }
    const gain = slow.energyPj + lambda * slow.cycles - (between.energyPj + lambda * between.cycles);
    if (gain <= (slow.energyPj + lambda * slow.cycles) * 1e-12) continue;
    hull.push(between);
    if (product(between) < product(best)) best = between;
    parts.push([slow, between, lambdaSlow, lambda], [between, fast, lambda, lambdaFast]);
  }
  const edpPjCycles = product(best);
  return {
    kind: 'found',
    best,
    edpPjCycles,
    lowerBound: Math.min(edpPjCycles, openBound),
    optimal: openBound >= edpPjCycles,
    hull: hull.map(({ energyPj, cycles }) => ({ energyPj, cycles })).sort((a, b) => b.cycles - a.cycles),
    searches,
  };
}

function product(point: { readonly energyPj: number; readonly cycles: number }): number {
  return point.energyPj * point.cycles;
}

/** Product at the outer corner of the triangle between two corners of the hull and the supporting lines through them. */
function triangleBound(slow: NetworkPoint, fast: NetworkPoint, lambdaSlow: number, lambdaFast: number): number {
  // Lines: energy + lambdaSlow * cycles = constant through `slow`; the same with lambdaFast through `fast`.
  if (lambdaFast === Number.POSITIVE_INFINITY) {
    const energyPj = slow.energyPj + lambdaSlow * (slow.cycles - fast.cycles);
    return energyPj * fast.cycles;
  }
  const heightSlow = slow.energyPj + lambdaSlow * slow.cycles;
  const heightFast = fast.energyPj + lambdaFast * fast.cycles;
  const cycles = (heightFast - heightSlow) / (lambdaFast - lambdaSlow);
  return cycles * (heightSlow - lambdaSlow * cycles);
}
