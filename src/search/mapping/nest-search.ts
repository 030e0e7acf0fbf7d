import { DIM_COUNT, INPUTS, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../cost/kernel-model.ts';
import type { Incumbent } from './incumbent.ts';
import { InputTraffic } from './input-traffic.ts';
import { allOrders, candidateOrders, STATIONARY_FOR } from './loop-orders.ts';
import type { Depth, FoundTiling, Placement } from './nest.ts';
import { NestSteps } from './nest-steps.ts';
import { pendingBits } from './pending-bits.ts';
import { levelPortCycles } from './port-cycles.ts';
import { inputWordPj, leastStillShare } from './tile-bounds.ts';

/** Under Timeloop's rule no few orders suffice where input tiles overlap; up to this many loops all orders are tried. */
const MOST_PERMUTED_LOOPS = 4;

/** Depth-first branch and bound over the tiles and orders of one placement, children in the order of their bounds. */
export class NestSearch {
  readonly #placement: Placement;
  readonly #incumbent: Incumbent;
  readonly #depths: Depth[];
  readonly #steps: NestSteps;
  readonly #inputs: InputTraffic;
  /** [level]: room for {@link NestSearch.#children}. */
  readonly #childPoints: Int32Array[] = [];
  /** Least share of distinct input tiles at the tile under way, over the least of all. */
  #inputReads = 1;
  /** Levels with a limited port. */
  readonly #limited: readonly number[];
  /** [level]: bits that transfers into the level and further in need at least, per server and port. */
  readonly #pendingReads: readonly Float64Array[];
  readonly #pendingWrites: readonly Float64Array[];
  readonly #complete: (tiling: FoundTiling) => void;

  /** @param complete scores a complete mapping whose bound is below the incumbent */
  constructor(placement: Placement, incumbent: Incumbent, complete: (tiling: FoundTiling) => void) {
    const { model, costs } = placement;
    this.#placement = placement;
    this.#incumbent = incumbent;
    this.#complete = complete;
    this.#limited = Array.from(model.isPortLimited.keys()).filter((level) => model.isPortLimited[level] === 1);
    const pending = pendingBits(placement);
    this.#pendingReads = pending.reads;
    this.#pendingWrites = pending.writes;
    this.#depths = Array.from({ length: model.levelCount }, () => ({
      point: 0,
      order: new Uint8Array(0),
      energyPj: costs.fixedPj,
      weightRefetches: 1,
      outputRefetches: 1,
      stationary: -1,
      computeCycles: placement.computeCycles,
      readBits: new Float64Array(costs.fixedReadBits),
      writeBits: new Float64Array(costs.fixedWriteBits),
    }));
    this.#depths[0]!.point = placement.lattice.size - 1;
    this.#steps = new NestSteps(placement, this.#depths);
    this.#inputs = new InputTraffic(placement, this.#depths);
  }

  /** Searches the placement. @returns false when the search was stopped */
  run(): boolean {
    if (this.#placement.model.levelCount === 1) {
      this.#score(0);
      return true;
    }
    return this.#expand(0);
  }

  /** Chooses the tile of the next level and the loops between. */
  #expand(level: number): boolean {
    const { lattice, costs, bounds } = this.#placement;
    const { refetches } = lattice;
    const inner = level + 1;
    const depth = this.#depths[level]!;
    const outerPoint = depth.point;
    const [weightBase, inputBase, outputBase] = bounds.base[inner]!;
    const inputsPj = bounds.inputsPj[inner]!;
    const at = inner * TENSOR_COUNT;
    const stillShare = leastStillShare(lattice, inner);
    const outerWeights = Math.max(1, refetches[0][outerPoint]! * stillShare);
    const outerOutputs = Math.max(1, refetches[2][outerPoint]! * stillShare);
    const weightsStill = costs.energyPj[at + WEIGHTS]! * outerWeights;
    const outputsStill = costs.energyPj[at + OUTPUTS]! * outerOutputs;
    const stepsOfK = refetches[1][outerPoint]!;
    const { stationary } = depth;
    const carriedPj =
      stationary === WEIGHTS
        ? costs.energyPj[at + WEIGHTS]! * depth.weightRefetches
        : stationary === OUTPUTS
          ? costs.energyPj[at + OUTPUTS]! * depth.outputRefetches
          : 0;
    const cycles = this.#cycles(depth, inner, inner, 0, 0, 0);
    const incumbent = this.#incumbent;
    const points: number[] = [];
    const keys: number[] = [];
    const { inputWords: words, refetches: inside, shareRatios: ratios } = this.#placement.tiles[inner]!;
    const isLimited = this.#limited.length > 0;
    let seen = 0;
    const children = this.#children(level);
    for (let child = 0; child < children.count; child++) {
      const point = children.points[child]!;
      seen++;
      if (weightBase[point]! === Number.POSITIVE_INFINITY) continue;
      const share = stepsOfK / refetches[1][point]!;
      const byWeights = weightBase[point]! + weightsStill;
      const byOutputs = outputBase[point]! + outputsStill;
      const byInputs = inputBase[point]! + inputsPj[point]! * share;
      const byCarry =
        stationary >= 0 && level > 0
          ? this.#carriedBound(inner, stationary, outerPoint, point, carriedPj)
          : Number.POSITIVE_INFINITY;
      let bound = incumbent.bound(depth.energyPj + Math.min(byWeights, byOutputs, byInputs, byCarry), cycles);
      if (!incumbent.isBetter(bound)) continue;
      if (isLimited) {
        this.#inputReads = ratios === null ? 1 : ratios[point]!;
        const w = inside[0][point]!;
        const o = inside[2][point]!;
        bound = Math.min(
          this.#still(depth, inner, byWeights, outerWeights, words[0][point]!, o),
          this.#still(depth, inner, byInputs, w, words[1][point]! * share, o),
          this.#still(depth, inner, byOutputs, w, words[2][point]!, outerOutputs),
        );
        if (byCarry < Number.POSITIVE_INFINITY)
          bound = Math.min(
            bound,
            this.#still(
              depth,
              inner,
              byCarry,
              stationary === WEIGHTS ? depth.weightRefetches : w,
              stationary === INPUTS
                ? this.#placement.tiles[inner]!.unrefetched[point]!
                : words[stationary as 0 | 2][point]!,
              stationary === OUTPUTS ? depth.outputRefetches : o,
            ),
          );
        if (!incumbent.isBetter(bound)) continue;
      }
      points.push(point);
      keys.push(bound);
    }
    incumbent.counts.nodes += seen;
    incumbent.counts.cut += seen - points.length;
    const order = sortedByKey(keys);
    for (const place of order) {
      if (!incumbent.isBetter(keys[place]!)) {
        incumbent.counts.cut++;
        continue;
      }
      incumbent.open(level, keys[place]!);
      if (incumbent.isStopped()) return false;
      this.#depths[inner]!.point = points[place]!;
      if (!this.#descend(level, keys[place]!)) return false;
    }
    return true;
  }

  /** Points that the loops of a level can lead to from its tile. */
  #children(level: number): { readonly points: Int32Array; readonly count: number } {
    const { lattice, innerValues } = this.#placement;
    const { activeDims, strides, digits, size } = lattice;
    const points = this.#childPoints[level] ?? new Int32Array(size);
    this.#childPoints[level] = points;
    const outer = this.#depths[level]!.point * DIM_COUNT;
    points[0] = 0;
    let count = 1;
    for (const d of activeDims) {
      const places = innerValues[level]![d]![digits[outer + d]!]!;
      const stride = strides[d]!;
      for (let k = places.length - 1; k >= 0; k--) {
        const offset = places[k]! * stride;
        for (let i = 0; i < count; i++) points[k * count + i] = points[i]! + offset;
      }
      count *= places.length;
    }
    return { points, count };
  }

  /** Bound of the objective when a tensor stands still: energy and the ports' cycles with the traffic into `inner`. */
  #still(depth: Depth, inner: number, pj: number, weights: number, inputs: number, outputs: number): number {
    return this.#incumbent.bound(depth.energyPj + pj, this.#cycles(depth, inner, inner + 1, weights, inputs, outputs));
  }

  /** Bound when all loops of the level are irrelevant to the tensor that stands still above it. */
  #carriedBound(inner: number, stationary: number, outerPoint: number, point: number, carriedPj: number): number {
    const { lattice, bounds } = this.#placement;
    const { refetches } = lattice;
    for (let t = 0; t < TENSOR_COUNT; t++)
      if (t !== stationary && refetches[t as 0 | 1 | 2][outerPoint] !== refetches[t as 0 | 1 | 2][point])
        return Number.POSITIVE_INFINITY;
    const base = bounds.base[inner]![stationary as 0 | 1 | 2][point]!;
    if (stationary === INPUTS)
      return (
        base +
        inputWordPj(this.#placement.costs, this.#placement.tiles[inner]!, inner, point) *
          this.#placement.tiles[inner]!.unrefetched[point]!
      );
    return base + carriedPj;
  }

  /** Tries the orders of the loops between a level's tile and the next one's. */
  #descend(level: number, bound: number): boolean {
    const { model, lattice, sliding, fixedOrders } = this.#placement;
    const inner = level + 1;
    const outerDigits = this.#depths[level]!.point * DIM_COUNT;
    const own = this.#depths[inner]!;
    const digits = own.point * DIM_COUNT;
    let active = 0;
    for (const d of lattice.activeDims)
      if (lattice.digits[outerDigits + d] !== lattice.digits[digits + d]) active |= 1 << d;
    const isLast = inner === model.levelCount - 1;
    const incumbent = this.#incumbent;
    let orders = candidateOrders(active, sliding);
    const fixed = fixedOrders[level]!;
    if (fixed.length > 0) {
      const first = fixed.filter((d) => ((active >> d) & 1) !== 0);
      const rest = first.reduce((mask, d) => mask & ~(1 << d), active);
      orders = candidateOrders(rest, sliding).map((order) => Uint8Array.from([...first, ...order]));
    }
    if (model.isTimeloop && sliding !== 0) {
      if (orders[0]!.length <= MOST_PERMUTED_LOOPS) orders = allOrders(active, fixed);
      else incumbent.leaveOpen(bound);
    }
    const kept: Uint8Array[] = [];
    const keys: number[] = [];
    for (const order of orders) {
      own.order = order;
      const measured = this.#measure(level);
      incumbent.counts.nodes++;
      if (!incumbent.isBetter(measured)) {
        incumbent.counts.cut++;
        continue;
      }
      kept.push(order);
      keys.push(measured);
    }
    for (const place of sortedByKey(keys)) {
      if (!incumbent.isBetter(keys[place]!)) {
        incumbent.counts.cut++;
        continue;
      }
      own.order = kept[place]!;
      if (isLast) {
        this.#score(inner);
        continue;
      }
      this.#measure(level);
      if (!this.#expand(inner)) return false;
    }
    return true;
  }

  /** Counts the transfers into the next level exactly. @returns bound of the objective */
  #measure(level: number): number {
    const { model, tiles, costs, keep } = this.#placement;
    const inner = level + 1;
    const outer = this.#depths[level]!;
    const own = this.#depths[inner]!;
    const isLimited = this.#limited.length > 0;
    for (let l = 0; isLimited && l < model.levelCount; l++) {
      own.readBits[l] = outer.readBits[l]!;
      own.writeBits[l] = outer.writeBits[l]!;
    }
    let energyPj = outer.energyPj;
    own.weightRefetches = Math.max(1, this.#steps.refetches(inner, WEIGHTS) * this.#steps.edgeShare(inner, WEIGHTS));
    own.outputRefetches = Math.max(1, this.#steps.refetches(inner, OUTPUTS) * this.#steps.edgeShare(inner, OUTPUTS));
    own.computeCycles = this.#steps.computeCycles(inner);
    own.stationary = own.order.length > 0 ? STATIONARY_FOR[own.order[0]!]! : outer.stationary;
    // Inputs last: their exact count is the costly one, and a bound may do.
    for (const t of [WEIGHTS, OUTPUTS, INPUTS]) {
      if (((keep[inner]! >> t) & 1) === 0) continue;
      const at = inner * TENSOR_COUNT + t;
      if (t === INPUTS) {
        this.#inputReads = tiles[inner]!.shareRatios?.[own.point] ?? 1;
        const wordPj = inputWordPj(costs, tiles[inner]!, inner, own.point);
        const boundFor = (least: number) =>
          this.#incumbent.bound(
            energyPj + wordPj * least + this.#insidePj(inner),
            isLimited ? this.#cycles(own, inner, inner + 1, 0, least, 0) : own.computeCycles,
          );
        const least = this.#inputs.leastWords(inner, tiles[inner]!);
        let bound = boundFor(least);
        if (!this.#incumbent.isBetter(bound)) return bound;
        const leastInOrder = this.#inputs.leastOrderWords(inner);
        if (leastInOrder > least) bound = boundFor(leastInOrder);
        if (!this.#incumbent.isBetter(bound)) return bound;
      }
      const traffic =
        t === WEIGHTS
          ? own.weightRefetches
          : t === OUTPUTS
            ? own.outputRefetches
            : this.#inputs.words(inner, tiles[inner]!);
      const server = costs.server[at]!;
      energyPj += costs.energyPj[at]! * traffic;
      let reads = costs.serverReadBits[at]! * traffic;
      if (t === INPUTS && costs.inputShare[inner]! < 1) {
        const share = this.#inputs.paddedShare(this.#inputs.share(server, inner), inner, traffic);
        energyPj += costs.inputReadPj[inner]! * traffic * (share - costs.inputShare[inner]!);
        reads *= share / costs.inputShare[inner]!;
      }
      own.readBits[server]! += reads;
      own.writeBits[server]! += costs.serverWriteBits[at]! * traffic;
      own.writeBits[inner]! += costs.fillBits[at]! * traffic;
    }
    own.energyPj = energyPj;
    energyPj += this.#insidePj(inner);
    return this.#incumbent.bound(energyPj, this.#cycles(own, inner, inner + 1, 0, 0, 0));
  }

  /** Bound of the loop over a dim from one tile to the next inside. */
  #boundOf(d: number, outerDigit: number, digit: number): number {
    const { values, above } = this.#placement.lattice;
    const list = values[d]!;
    // The last extent stands for everything: its loops take all steps that are left.
    return outerDigit === list.length - 1 ? above[d]![digit]! : list[outerDigit]! / list[digit]!;
  }

  /** Least energy of everything inside a level's tile, from what is known above. */
  #insidePj(inner: number): number {
    const { model, bounds, costs } = this.#placement;
    if (inner === model.levelCount - 1) return 0;
    const own = this.#depths[inner]!;
    const inside = bounds.inside[inner]![own.point]!;
    if (own.stationary < 0) return inside;
    const at = (inner + 1) * TENSOR_COUNT + own.stationary;
    let transfer = 0;
    if (own.stationary === WEIGHTS) transfer = costs.energyPj[at]! * own.weightRefetches;
    else if (own.stationary === OUTPUTS) transfer = costs.energyPj[at]! * own.outputRefetches;
    return Math.min(inside, bounds.carried[inner]![own.stationary as 0 | 1 | 2][own.point]! + transfer);
  }

  /**
   * Cycles that the most loaded level needs at least: what is known at a depth, the given traffic into `inner`, and what transfers into
   * `pending` and further in need at least. Busiest instances count at least the average.
   */
  #cycles(depth: Depth, inner: number, pending: number, weights: number, inputs: number, outputs: number): number {
    const { model, costs } = this.#placement;
    let cycles = depth.computeCycles;
    const pendingReads = this.#pendingReads[pending]!;
    const pendingWrites = this.#pendingWrites[pending]!;
    const at = inner * TENSOR_COUNT;
    const { server, serverReadBits, serverWriteBits, fillBits } = costs;
    for (const level of this.#limited) {
      let read = depth.readBits[level]! + pendingReads[level]!;
      let write = depth.writeBits[level]! + pendingWrites[level]!;
      if (pending > inner) {
        if (server[at] === level) read += serverReadBits[at]! * weights;
        if (server[at + 1] === level) read += serverReadBits[at + 1]! * inputs * this.#inputReads;
        if (server[at + 2] === level) {
          read += serverReadBits[at + 2]! * outputs;
          write += serverWriteBits[at + 2]! * outputs;
        }
        if (level === inner)
          write += fillBits[at]! * weights + fillBits[at + 1]! * inputs + fillBits[at + 2]! * outputs;
      }
      const needed = levelPortCycles(model, level, read, write);
      if (needed > cycles) cycles = Math.ceil(needed * (1 - 1e-12));
    }
    return cycles;
  }

  /** Hands over the complete mapping: tiles down to `last`, everything left runs in the innermost level. */
  #score(last: number): void {
    const { model, lattice } = this.#placement;
    const { values, digits, activeDims } = lattice;
    const loops: [number, number][][] = [];
    for (let level = 0; level < model.levelCount; level++) {
      const own = this.#depths[level]!.point * DIM_COUNT;
      if (level === last) {
        loops.push(
          activeDims.map((d): [number, number] => [d, values[d]![digits[own + d]!]!]).filter(([, bound]) => bound > 1),
        );
        break;
      }
      const next = this.#depths[level + 1]!;
      const nextDigits = next.point * DIM_COUNT;
      loops.push(
        Array.from(next.order, (d): [number, number] => [
          d,
          this.#boundOf(d, digits[own + d]!, digits[nextDigits + d]!),
        ]).reverse(),
      );
    }
    this.#complete({ loops });
  }
}

/** Places of the keys in ascending order. */
function sortedByKey(keys: readonly number[]): number[] {
  return keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]! || a - b);
}
