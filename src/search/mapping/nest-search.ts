import { DIM_COUNT, INPUTS, K, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../cost/kernel-model.ts';
import type { Incumbent } from './incumbent.ts';
import { copiesInside, distinctShare } from './input-share.ts';
import { InputsWalk } from './inputs-walk.ts';
import { allOrders, candidateOrders, IRRELEVANT, STATIONARY_FOR } from './loop-orders.ts';
import { levelPortCycles } from './port-cycles.ts';
import { type InnerValues, inputWordPj, leastStillShare, type TileBounds } from './tile-bounds.ts';
import type { LevelTiles, TileLattice } from './tile-lattice.ts';
import type { TransferCosts } from './transfer-costs.ts';

/** Under Timeloop's rule no few orders suffice where input tiles overlap; up to this many loops all orders are tried. */
const MOST_PERMUTED_LOOPS = 4;

/** One placement: kept tensors and spatial bounds, with everything compiled for it. */
export interface Placement {
  readonly model: KernelModel;
  readonly spatial: Float64Array;
  readonly keep: Uint8Array;
  readonly lattice: TileLattice;
  readonly tiles: readonly LevelTiles[];
  readonly costs: TransferCosts;
  readonly bounds: TileBounds;
  readonly innerValues: readonly InnerValues[];
  /** Bit d set: dim d belongs to an axis on which input tiles can overlap. */
  readonly sliding: number;
  /** Dims whose loops are the innermost ones of each level, from the innermost outwards. */
  readonly fixedOrders: readonly (readonly number[])[];
  /** Least cycles: MACs over parallelism. */
  readonly computeCycles: number;
  /** Words of Inputs that some step touches and that are no padding. */
  readonly touchedInputs: number;
}

/** Loops chosen so far: the search descends from the outermost level, where everything above a level is known exactly. */
interface Depth {
  /** Tile at this level. */
  point: number;
  /** Loops of the level above this one, from the innermost outwards. */
  order: Uint8Array;
  energyPj: number;
  /** Refetches of Weights and Outputs into this level. */
  weightRefetches: number;
  outputRefetches: number;
  /** Tensor that the innermost loop above is irrelevant to; -1: none. */
  stationary: number;
  /** Least product of all temporal bounds. */
  computeCycles: number;
  readonly readBits: Float64Array;
  readonly writeBits: Float64Array;
}

/** A temporal loop as the mapping needs it. */
export interface FoundTiling {
  /** [level]: loops from the outermost inwards as [dim, bound]. */
  readonly loops: readonly (readonly (readonly [number, number])[])[];
}

/** Depth-first branch and bound over the tiles and orders of one placement, children in the order of their bounds. */
export class NestSearch {
  readonly #placement: Placement;
  readonly #incumbent: Incumbent;
  readonly #depths: Depth[];
  readonly #walk: InputsWalk;
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
    this.#walk = new InputsWalk();
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
    own.weightRefetches = Math.max(1, this.#refetches(inner, WEIGHTS) * this.#edgeShare(inner, WEIGHTS));
    own.outputRefetches = Math.max(1, this.#refetches(inner, OUTPUTS) * this.#edgeShare(inner, OUTPUTS));
    own.computeCycles = this.#computeCycles(inner);
    own.stationary = own.order.length > 0 ? STATIONARY_FOR[own.order[0]!]! : outer.stationary;
    // Inputs last: their exact count is the costly one, and a bound may do.
    for (const t of [WEIGHTS, OUTPUTS, INPUTS]) {
      if (((keep[inner]! >> t) & 1) === 0) continue;
      const at = inner * TENSOR_COUNT + t;
      if (t === INPUTS) {
        this.#inputReads = tiles[inner]!.shareRatios?.[own.point] ?? 1;
        const least = this.#leastInputWords(inner, tiles[inner]!);
        const bound = this.#incumbent.bound(
          energyPj + inputWordPj(costs, tiles[inner]!, inner, own.point) * least + this.#insidePj(inner),
          isLimited ? this.#cycles(own, inner, inner + 1, 0, least, 0) : own.computeCycles,
        );
        if (!this.#incumbent.isBetter(bound)) return bound;
      }
      const traffic =
        t === WEIGHTS
          ? own.weightRefetches
          : t === OUTPUTS
            ? own.outputRefetches
            : this.#inputWords(inner, tiles[inner]!);
      const server = costs.server[at]!;
      energyPj += costs.energyPj[at]! * traffic;
      let reads = costs.serverReadBits[at]! * traffic;
      if (t === INPUTS && costs.inputShare[inner]! < 1) {
        const share = this.#paddedShare(this.#inputShare(server, inner), inner, traffic);
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

  /** Least cycles of the MACs: at ragged bounds, all temporal bounds from the first tile that is not everything. */
  #computeCycles(inner: number): number {
    const { lattice, computeCycles } = this.#placement;
    if (lattice.factors === 'perfect') return computeCycles;
    let cycles = 1;
    for (let d = 0; d < DIM_COUNT; d++) {
      const values = lattice.values[d]!;
      let steps = values[values.length - 1]!;
      for (let level = 1; level <= inner; level++) {
        const place = lattice.digits[this.#depths[level]!.point * DIM_COUNT + d]!;
        if (place === values.length - 1) continue;
        steps = values[place]! * lattice.above[d]![place]!;
        break;
      }
      cycles *= steps;
    }
    return cycles;
  }

  /** Least share of a plain tensor's words that its refetches move: a last round of one live step may stand still. */
  #edgeShare(inner: number, tensor: number): number {
    const { lattice } = this.#placement;
    if (lattice.factors === 'perfect' || inner === 1) return 1;
    let share = 1;
    for (let d = 0; d < DIM_COUNT; d++) {
      if (((IRRELEVANT[tensor]! >> d) & 1) !== 0) continue;
      const values = lattice.values[d]!;
      const digit = lattice.digits[this.#depths[inner]!.point * DIM_COUNT + d]!;
      const steps = lattice.above[d]![digit]!;
      for (let level = 1; level < inner; level++) {
        const round = lattice.digits[this.#depths[level]!.point * DIM_COUNT + d]!;
        if (round === values.length - 1 || round === digit) continue;
        const live = steps - (lattice.above[d]![round]! - 1) * (values[round]! / values[digit]!);
        if (live <= 1) share = Math.min(share, 1 - 1 / steps);
      }
    }
    return share;
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

  /** Refetches of a plain tensor into a level: irrelevant steps above, those of its stationary run left out. */
  #refetches(inner: number, tensor: number): number {
    const { refetches, above, digits } = this.#placement.lattice;
    const mask = IRRELEVANT[tensor]!;
    let steps = refetches[tensor as 0 | 1 | 2][this.#depths[inner]!.point]!;
    for (let level = inner; level >= 1; level--) {
      const outer = this.#depths[level - 1]!.point * DIM_COUNT;
      const own = this.#depths[level]!.point * DIM_COUNT;
      for (const d of this.#depths[level]!.order) {
        if (((mask >> d) & 1) === 0) return steps;
        steps *= above[d]![digits[outer + d]!]! / above[d]![digits[own + d]!]!;
      }
    }
    return steps;
  }

  /** Words of Inputs that all children on a level receive, copies along spatial K left out. */
  #inputWords(inner: number, tiles: LevelTiles, unclipped = false): number {
    const { model, lattice, spatial } = this.#placement;
    const { digits, values, above } = lattice;
    if ((model.isTimeloop && this.#placement.sliding !== 0) || lattice.factors === 'imperfect')
      return this.#leastInputWords(inner, tiles);
    const walk = this.#walk;
    walk.begin(model, tiles, lattice, this.#depths[inner]!.point, unclipped);
    for (let level = inner; level >= 1; level--) {
      const outer = this.#depths[level - 1]!.point * DIM_COUNT;
      const own = this.#depths[level]!.point * DIM_COUNT;
      for (const d of this.#depths[level]!.order) {
        const bound = above[d]![digits[own + d]!]! / above[d]![digits[outer + d]!]!;
        let step = values[d]![digits[own + d]!]!;
        if (d >= K + 2) for (let l = level - 1; l < model.levelCount; l++) step *= spatial[l * DIM_COUNT + d]!;
        if (!walk.take(d, bound, step)) return walk.words;
      }
    }
    return walk.words;
  }

  /**
   * Least share when padding is skipped: tiles that coincide are clipped alike, and what the distinct ones lose is no more than what all
   * children lose.
   */
  #paddedShare(share: number, inner: number, words: number): number {
    const { model, tiles, costs } = this.#placement;
    if (!(model.rows.padded || model.columns.padded) || words <= 0) return share;
    const unclipped = this.#inputWords(inner, tiles[inner]!, true);
    const least = costs.inputShare[inner]! * (tiles[inner]!.shareRatios?.[this.#depths[inner]!.point] ?? 1);
    return Math.max(least, (share * unclipped - (unclipped - words)) / words);
  }

  /** Least words of Inputs by the class of the innermost loop; all that is known under Timeloop's rule where tiles overlap. */
  #leastInputWords(inner: number, tiles: LevelTiles): number {
    const { point, order } = this.#depths[inner]!;
    const d = order[0];
    if (d === undefined) return tiles.unrefetched[point]!;
    const stationary = STATIONARY_FOR[d]!;
    if (stationary === WEIGHTS || stationary === OUTPUTS) return tiles.inputWords[stationary as 0 | 2][point]!;
    const { above, digits, refetches } = this.#placement.lattice;
    if (d !== K) return tiles.inputWords[1][point]!;
    const outer = this.#depths[inner - 1]!.point * DIM_COUNT;
    return order.length === 1
      ? tiles.unrefetched[point]!
      : (tiles.inputWords[1][point]! * above[K]![digits[outer + K]!]!) / refetches[1][point]!;
  }

  /** Ratio of distinct tiles of Inputs to children along the levels from `from` to `to` (exclusive), copies along K left out. */
  #inputShare(from: number, to: number): number {
    const { model, spatial, lattice } = this.#placement;
    let share = 1;
    for (let level = from; level < to; level++) {
      if (((model.multicast[level]! >> INPUTS) & 1) === 0) continue;
      const digits = this.#depths[level + 1]!.point * DIM_COUNT;
      for (const axis of [model.rows, model.columns]) {
        const m = spatial[level * DIM_COUNT + axis.output]!;
        const n = spatial[level * DIM_COUNT + axis.filter]!;
        if (m === 1 || n === 1) continue;
        const outputSteps = lattice.values[axis.output]![lattice.digits[digits + axis.output]!]!;
        const filterSteps = lattice.values[axis.filter]![lattice.digits[digits + axis.filter]!]!;
        share *= distinctShare({
          outputs: m,
          filters: n,
          outputMove: axis.stride * outputSteps * copiesInside(model, spatial, level, axis.output),
          filterMove: axis.dilation * filterSteps * copiesInside(model, spatial, level, axis.filter),
        });
      }
    }
    return share;
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

/** Least bits that transfers into each level and all levels inside it move, every word once. */
function pendingBits(placement: Placement): { reads: Float64Array[]; writes: Float64Array[] } {
  const { model, costs, touchedInputs } = placement;
  const levels = model.levelCount;
  const reads = Array.from({ length: levels + 1 }, () => new Float64Array(levels));
  const writes = Array.from({ length: levels + 1 }, () => new Float64Array(levels));
  for (let level = levels - 1; level >= 1; level--) {
    reads[level]!.set(reads[level + 1]!);
    writes[level]!.set(writes[level + 1]!);
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const at = level * TENSOR_COUNT + t;
      const traffic = t === INPUTS ? touchedInputs : 1;
      reads[level]![costs.server[at]!]! += costs.serverReadBits[at]! * traffic;
      writes[level]![costs.server[at]!]! += costs.serverWriteBits[at]! * traffic;
      writes[level]![level]! += costs.fillBits[at]! * traffic;
    }
  }
  return { reads, writes };
}

/** Places of the keys in ascending order. */
function sortedByKey(keys: readonly number[]): number[] {
  return keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]! || a - b);
}
