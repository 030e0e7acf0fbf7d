import type { Incumbent } from '../bounds/incumbent.ts';
import type { JointBound } from '../bounds/joint-bound.ts';
import type { RunBounds } from '../bounds/run-bounds.ts';
import { JointWeights } from './joint-weights.ts';
import type { NestCycles } from './nest-cycles.ts';
import type { Depth } from './partial-nest.ts';

/** Prices of the flows that are tried. */
const ROUNDS = 6;
/** Rounds end where the price of what the last mapping takes is so close to its bound. */
const CLOSE = 1e-3;

/** The nests of a placement, as far as their joint sums are priced. */
export interface PricedNests {
  readonly incumbent: Incumbent;
  readonly joint: JointBound;
  readonly cycles: NestCycles;
  /** Bounds of the energy. */
  readonly runs: RunBounds | null;
  readonly outermost: Depth;
  readonly computeCycles: number;
  /** Descends once by the least joint sums. @returns what it ends with and the least sum of all; null where nothing fits */
  readonly dive: () => { readonly innermost: Depth; readonly leastPj: number } | null;
}

/**
 * Finds prices of the flows with which they bound energy and cycles together: a cycle costs what it costs the objective, and the flows share that price as
 * long as the mapping that is best under it has flows that exceed the others. Ends without any where little energy takes the fewest cycles too.
 */
export function priceJointly({ incumbent, joint, cycles, runs, outermost, computeCycles, dive }: PricedNests): void {
  const { flows } = cycles;
  const count = flows.length;
  const pjPerUnit = new Float64Array(count);
  const loads = new Float64Array(count + 1);
  const measure = (macPj: number) => {
    outermost.flows[count] = cycles.price(pjPerUnit, runs) + macPj;
    const found = dive();
    if (found === null) return null;
    for (const [f, { unitsPerCycle }] of flows.entries())
      loads[f] = found.innermost.flows[f]! / unitsPerCycle / computeCycles;
    loads[count] = 1;
    return { energyPj: found.innermost.energyPj, leastPj: found.leastPj, load: Math.max(...loads) };
  };
  joint.isPricing = true;
  const first = measure(0);
  const slope = first === null || first.load <= 1 + 1e-9 ? 0 : incumbent.slope(first.energyPj, computeCycles);
  let best = { leastPj: Number.NEGATIVE_INFINITY, macPj: 0, pjPerUnit: pjPerUnit.slice() };
  if (slope > 0) {
    const search = new JointWeights(loads);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [f, { unitsPerCycle }] of flows.entries()) pjPerUnit[f] = (slope * search.weights[f]!) / unitsPerCycle;
      const macPj = slope * search.weights[count]! * computeCycles;
      const found = measure(macPj);
      if (found === null) break;
      const { leastPj } = found;
      if (leastPj > best.leastPj) best = { leastPj, macPj, pjPerUnit: pjPerUnit.slice() };
      if (found.energyPj + slope * computeCycles * found.load <= best.leastPj * (1 + CLOSE)) break;
      search.add(loads);
    }
  }
  joint.isPricing = false;
  joint.pjPerCycle = best.leastPj > 0 ? slope : 0;
  if (joint.pjPerCycle === 0) cycles.dropPrice();
  else outermost.flows[count] = cycles.price(best.pjPerUnit, runs) + best.macPj;
}
