import type { EnergyAndCycles } from '../../util/network-totals.ts';

/** The point with the least energy + lambda * cycles of a set (null: with the fewest cycles), and what no point of it falls below. */
export interface WeighedPoint {
  readonly point: EnergyAndCycles;
  readonly lowerBound: number;
}

/** The least EDP of a set; or that it is no less than the cutoff. */
export type EdpBelow = { readonly kind: 'found'; readonly best: EnergyAndCycles } | { readonly kind: 'above' };

/** A line below the set: energy + lambda * cycles >= height; where lambda is infinite, cycles >= height. */
interface Line {
  readonly lambda: number;
  readonly height: number;
  /** A point that was met on it; null: the line is a bound that was known before. */
  readonly point: EnergyAndCycles | null;
}

/** What two lines next to each other leave of the set, with the least EDP there: that of the corner where they meet. */
interface Part {
  readonly slow: Line;
  readonly fast: Line;
  readonly corner: EnergyAndCycles;
  readonly edp: number;
}

/** Share of a value by which equal values may differ. */
const ROUNDING = 1e-12;
/** Factor of the first weight from which on the end itself is asked for. */
const FAR = 1e4;

/**
 * Least EDP of a set of points whose energies and cycles may be weighed, as far as it lies below a cutoff. Lines below the set leave a region whose
 * EDP is least at one of its corners (the product is quasi-concave); the part of the lowest corner is cut by the next line, until no corner is below the best
 * point met or the cutoff. What lies far above the cutoff is mostly known after one line.
 *
 * Yields the weight (pJ per cycle; null: cycles alone) whose line it wants to know. The weights do not depend on the cutoff, which only says how many of them
 * are asked for.
 * @param least no point has less energy, or fewer cycles
 * @param first weight to begin with, > 0
 * @param cutoff EDP from which on nothing matters; may fall on the way
 */
export function* edpBelowSteps(
  least: EnergyAndCycles,
  first: number,
  cutoff: () => number,
): Generator<number | null, EdpBelow, WeighedPoint> {
  let best: EnergyAndCycles | null = null;
  let parts: Part[] = [
    partOf(
      { lambda: 0, height: least.energyPj, point: null },
      { lambda: Number.POSITIVE_INFINITY, height: least.cycles, point: null },
    ),
  ];
  for (;;) {
    const part = parts.reduce<Part | null>((low, one) => (low === null || one.edp < low.edp ? one : low), null);
    const bestEdp = best === null ? Number.POSITIVE_INFINITY : edpOf(best);
    if (part === null || part.edp >= Math.min(bestEdp, cutoff()) * (1 - ROUNDING)) break;
    const lambda = nextWeight(part, first, bestEdp);
    const { point, lowerBound }: WeighedPoint = yield Number.isFinite(lambda) ? lambda : null;
    if (best === null || edpOf(point) < edpOf(best)) best = point;
    const line = { lambda, height: lowerBound, point };
    parts = parts.filter((one) => one !== part);
    const { slow, fast, corner } = part;
    // The corner, or the edge between two points, is part of the set's own border: nothing lies below.
    if (line.height <= heightAt(corner, lambda) * (1 + ROUNDING) || isOnEdge(part, line)) continue;
    if (slow.lambda < lambda) parts.push(partOf(slow, line));
    if (lambda < fast.lambda) parts.push(partOf(line, fast));
  }
  return best === null || edpOf(best) >= cutoff() ? { kind: 'above' } : { kind: 'found', best };
}

function partOf(slow: Line, fast: Line): Part {
  const cycles = Number.isFinite(fast.lambda) ? (fast.height - slow.height) / (fast.lambda - slow.lambda) : fast.height;
  const corner = { energyPj: slow.height - slow.lambda * cycles, cycles };
  return { slow, fast, corner, edp: edpOf(corner) };
}

/**
 * The weight of the line between the points of a part. Towards an end where none was met, that of the flattest line through the last point that leaves nothing
 * below the best EDP there: if no other point lies below it, the part is done.
 */
function nextWeight({ slow, fast, corner }: Part, first: number, bestEdp: number): number {
  if (slow.point === null && fast.point === null) return first;
  if (fast.point === null) {
    const { energyPj, cycles } = slow.point!;
    const lambda = (bestEdp / corner.cycles - energyPj) / (cycles - corner.cycles);
    return isBetween(lambda, slow, fast) && lambda < first * FAR ? lambda : Number.POSITIVE_INFINITY;
  }
  if (slow.point === null) {
    const { energyPj, cycles } = fast.point;
    const lambda = (energyPj - corner.energyPj) / (bestEdp / corner.energyPj - cycles);
    return isBetween(lambda, slow, fast) && lambda > first / FAR ? lambda : 0;
  }
  const chord = (fast.point.energyPj - slow.point.energyPj) / (slow.point.cycles - fast.point.cycles);
  if (isBetween(chord, slow, fast)) return chord;
  return Number.isFinite(fast.lambda) ? (slow.lambda + fast.lambda) / 2 : 2 * slow.lambda + first;
}

function isBetween(lambda: number, slow: Line, fast: Line): boolean {
  return lambda > slow.lambda && lambda < fast.lambda;
}

/** Whether a line is that through the two points of a part. */
function isOnEdge({ slow, fast }: Part, { lambda, height }: Line): boolean {
  if (slow.point === null || fast.point === null || !Number.isFinite(lambda)) return false;
  return height >= Math.min(heightAt(slow.point, lambda), heightAt(fast.point, lambda)) * (1 - ROUNDING);
}

function heightAt({ energyPj, cycles }: EnergyAndCycles, lambda: number): number {
  return Number.isFinite(lambda) ? energyPj + lambda * cycles : cycles;
}

function edpOf({ energyPj, cycles }: EnergyAndCycles): number {
  return energyPj * cycles;
}
