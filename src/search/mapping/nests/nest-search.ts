import { DIM_COUNT, INPUTS, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { BoundHeap } from '../bounds/bound-heap.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import { JointBound } from '../bounds/joint-bound.ts';
import { RunTable, runBounds } from '../bounds/run-bounds.ts';
import { inputWordPrice, macInputExcess } from '../bounds/tile-bounds.ts';
import { outputsPrice, type TransferRules, transferRules } from '../bounds/transfer-rules.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import { ALL_DIMS, allOrders, IRRELEVANT_DIMS, STATIONARY_FOR, sufficientOrders } from '../space/loop-orders.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import { loopBound, loopingDims } from '../tiles/tile-lattice.ts';
import { InputTraffic } from './input-traffic.ts';
import { priceJointly } from './joint-pricing.ts';
import { NestChildren } from './nest-children.ts';
import { NestCycles, refetchesOf } from './nest-cycles.ts';
import { NestSteps } from './nest-steps.ts';
import type { Depth, FoundTiling } from './partial-nest.ts';

/** Under Timeloop's rule no few orders suffice where input tiles overlap; up to this many loops all orders are tried. */
const MOST_PERMUTED_LOOPS = 4;

/** The same where rounds are cut short at ragged bounds. */
const MOST_RAGGED_LOOPS = 5;

/** Levels from which on runs and joint sums are worth their time. */
const DEEP_LEVELS = 4;

/** Dims of Weights, then the others. */
const RELEVANT_FIRST = [false, true].flatMap((isIrrelevant) =>
  ALL_DIMS.filter((d) => IRRELEVANT_DIMS[WEIGHTS].includes(d) === isIrrelevant),
);

/** Depth-first branch and bound over the tiles and orders of one placement, children in the order of their bounds. */
export class NestSearch {
  readonly #placement: CompiledPlacement;
  readonly #incumbent: Incumbent;
  readonly #joint: JointBound;
  readonly #depths: Depth[];
  /** [level] */
  readonly #rules: readonly TransferRules[];
  /** Loops of the innermost level from the outermost one inwards: where loads of weights take time, so that these stand still. */
  readonly #innermostDims: readonly number[];
  readonly #steps: NestSteps;
  readonly #inputs: InputTraffic;
  readonly #cycles: NestCycles;
  readonly #children: NestChildren;
  /** [level]: tiles of the next level, and orders of the loops towards the one under way. */
  readonly #openTiles: readonly BoundHeap[];
  readonly #openOrders: readonly BoundHeap[];
  readonly #run = new RunTable();
  /** Whether {@link NestSearch.tighten} was asked. */
  isTight = false;
  readonly #complete: (tiling: FoundTiling) => void;
  /** Value of the incumbent when the tiles of the outermost level were bounded. */
  #openedUnder = Number.POSITIVE_INFINITY;

  /** @param complete scores a complete mapping whose bound is below the incumbent */
  constructor(placement: CompiledPlacement, incumbent: Incumbent, complete: (tiling: FoundTiling) => void) {
    const { model, costs, keep } = placement;
    this.#rules = Array.from(keep, (_, level) => transferRules(model, keep, level));
    this.#placement = placement;
    this.#incumbent = incumbent;
    this.#joint = new JointBound(incumbent);
    const hasFill = model.overheads.hasFill.includes(1);
    this.#innermostDims = hasFill ? RELEVANT_FIRST : ALL_DIMS;
    this.#complete = complete;
    this.#cycles = new NestCycles(placement);
    this.#depths = Array.from({ length: model.levelCount }, () => ({
      point: 0,
      order: new Uint8Array(0),
      energyPj: costs.fixedPj,
      weightRefetches: 1,
      outputRefetches: 1,
      weightSteps: 1,
      outputSteps: 1,
      inputSteps: 1,
      stationary: -1,
      computeCycles: placement.computeCycles,
      flows: Float64Array.from([...this.#cycles.flows.map(({ fixed }) => fixed), 0]),
    }));
    this.#depths[0]!.point = placement.lattice.size - 1;
    this.#steps = new NestSteps(placement, this.#depths);
    this.#inputs = new InputTraffic(placement, this.#depths);
    this.#children = new NestChildren(placement, incumbent, this.#joint, this.#depths, this.#cycles);
    this.#openTiles = this.#depths.map(() => new BoundHeap());
    this.#openOrders = this.#depths.map(() => new BoundHeap());
  }

  /** Points of the placement's lattice. */
  get points(): number {
    return this.#placement.lattice.size;
  }

  /** Bounds the tiles of the outermost level, once before the search runs. @returns the least bound */
  open(): number {
    if (this.#placement.model.levelCount === 1) return 0;
    this.#openedUnder = this.#incumbent.value;
    this.#children.open(0, this.#openTiles[0]!);
    return this.#openTiles[0]!.leastBound;
  }

  /** Bounds the tiles of the outermost level again by what takes longer, once. @returns the least bound */
  tighten(): number {
    const { model, costs, computeCycles } = this.#placement;
    if (model.levelCount === 1) return 0;
    const heap = this.#openTiles[0]!;
    if (this.isTight) return heap.leastBound;
    this.isTight = true;
    const isMany = () => heap.size > this.#incumbent.fewTiles;
    const reopen = () => this.#children.open(0, heap);
    if (isMany() && this.#incumbent.value < this.#openedUnder) reopen();
    if (isMany() && this.#hasRuns) {
      this.#children.runs = runBounds(this.#placement, costs);
      reopen();
    }
    if (isMany() && this.#cycles.tighten()) reopen();
    if (isMany() && this.#hasRuns && this.#cycles.flows.length > 0) {
      const [incumbent, joint, cycles, outermost] = [this.#incumbent, this.#joint, this.#cycles, this.#depths[0]!];
      const { runs } = this.#children;
      priceJointly({ incumbent, joint, cycles, runs, outermost, computeCycles, dive: () => this.#dive() });
      reopen();
    }
    return heap.leastBound;
  }

  /** Searches the placement. @returns false when the search was stopped */
  run(): boolean {
    if (this.#placement.model.levelCount === 1) {
      this.#score(0);
      return true;
    }
    this.tighten();
    return this.#expand(0);
  }

  /** Chooses the tile of the next level and the loops between. */
  #expand(level: number): boolean {
    const incumbent = this.#incumbent;
    const heap = this.#openTiles[level]!;
    if (level > 0) this.#children.open(level, heap);
    while (incumbent.isBetter(heap.leastBound)) {
      const bound = heap.leastBound;
      incumbent.open(level, bound);
      if (incumbent.isStopped()) return false;
      this.#depths[level + 1]!.point = heap.pop();
      if (!this.#descend(level, bound)) return false;
    }
    incumbent.counts.cut += heap.size;
    return true;
  }

  /** Tries the orders of the loops between a level's tile and the next one's. */
  #descend(level: number, bound: number): boolean {
    const { model, lattice, sliding, fixedOrders } = this.#placement;
    const inner = level + 1;
    const own = this.#depths[inner]!;
    const active = loopingDims(lattice, this.#depths[level]!.point, own.point);
    const isLast = inner === model.levelCount - 1;
    const incumbent = this.#incumbent;
    let orders = this.#orders(level, active);
    const fixed = fixedOrders[level]!;
    if (model.isTimeloop && sliding !== 0) {
      if (orders[0]!.length <= MOST_PERMUTED_LOOPS) orders = allOrders(active, fixed);
      else incumbent.leaveOpen(bound);
    }
    if (lattice.factors === 'imperfect' && this.#isRagged(active, own.point * DIM_COUNT)) {
      if (orders[0]!.length <= MOST_RAGGED_LOOPS) orders = allOrders(active, fixed);
      else incumbent.leaveOpen(bound);
    }
    const heap = this.#openOrders[level]!;
    heap.clear();
    for (let place = 0; place < orders.length; place++) {
      own.order = orders[place]!;
      const measured = this.#measure(level);
      incumbent.counts.nodes++;
      if (!incumbent.isBetter(measured)) {
        incumbent.counts.cut++;
        continue;
      }
      heap.push(place, measured);
    }
    while (incumbent.isBetter(heap.leastBound)) {
      own.order = orders[heap.pop()]!;
      if (isLast) {
        this.#score(inner);
        continue;
      }
      this.#measure(level);
      if (!this.#expand(inner)) return false;
    }
    incumbent.counts.cut += heap.size;
    return true;
  }

  /** Orders of some loops of a level that suffice where tiles are neither ragged nor follow Timeloop's rule. */
  #orders(level: number, active: number): readonly Uint8Array[] {
    const { sliding, fixedOrders } = this.#placement;
    const fixed = fixedOrders[level]!;
    if (fixed.length === 0) return sufficientOrders(active, sliding);
    const first = fixed.filter((d) => ((active >> d) & 1) !== 0);
    const rest = first.reduce((mask, d) => mask & ~(1 << d), active);
    return sufficientOrders(rest, sliding).map((order) => Uint8Array.from([...first, ...order]));
  }

  /** Whether bounds that count runs as often as they are entered hold, and can gain more than they take: runs that cross a level need several. */
  get #hasRuns(): boolean {
    const { model, lattice } = this.#placement;
    const isDeep = model.levelCount >= DEEP_LEVELS;
    return isDeep && !model.overheads.isAny && !model.isTimeloop && lattice.factors === 'perfect';
  }

  /** Descends once to the least bound of every level, and scores where that leads if it is of interest. */
  #dive(): { readonly innermost: Depth; readonly leastPj: number } | null {
    const { model, lattice } = this.#placement;
    const last = model.levelCount - 1;
    let leastPj = 0;
    for (let level = 0; level < last; level++) {
      const heap = this.#openTiles[level]!;
      this.#children.open(level, heap);
      if (heap.leastBound === Number.POSITIVE_INFINITY) return null;
      if (level === 0) leastPj = heap.leastBound;
      const own = this.#depths[level + 1]!;
      own.point = heap.pop();
      let best = own.order;
      let least = Number.POSITIVE_INFINITY;
      for (const order of this.#orders(level, loopingDims(lattice, this.#depths[level]!.point, own.point))) {
        own.order = order;
        const bound = this.#measure(level);
        if (bound >= least) continue;
        least = bound;
        best = order;
      }
      if (least === Number.POSITIVE_INFINITY) return null;
      own.order = best;
      this.#measure(level);
    }
    const innermost = this.#depths[last]!;
    const incumbent = this.#incumbent;
    if (incumbent.isBetter(incumbent.bound(innermost.energyPj, this.#cycles.open(innermost, last)))) this.#score(last);
    return { innermost, leastPj };
  }

  /** Whether rounds over some looping dim are cut short, so that tiles stand still through loops outside relevant ones. */
  #isRagged(active: number, digits: number): boolean {
    const { model, lattice, spatial } = this.#placement;
    return lattice.activeDims.some((d) => {
      if (((active >> d) & 1) === 0) return false;
      const place = lattice.digits[digits + d]!;
      return lattice.above[d]![place]! * lattice.values[d]![place]! * childrenAlong(spatial, d) !== model.bounds[d];
    });
  }

  /** Counts the transfers into the next level exactly. @returns bound of the objective */
  #measure(level: number): number {
    const { tiles, costs, keep, lattice } = this.#placement;
    const inner = level + 1;
    const outer = this.#depths[level]!;
    const own = this.#depths[inner]!;
    const hasFlows = this.#cycles.flows.length > 0;
    this.#cycles.begin(own, outer);
    let energyPj = outer.energyPj;
    own.outputSteps = this.#steps.refetches(inner, OUTPUTS);
    const { weightsAnew, bansSpill } = this.#rules[inner]!;
    if (bansSpill && own.outputSteps > 1) return Number.POSITIVE_INFINITY;
    own.weightSteps = this.#steps.refetches(inner, WEIGHTS);
    own.weightRefetches = this.#steps.averageRefetches(inner, WEIGHTS, own.weightSteps);
    own.outputRefetches = this.#steps.averageRefetches(inner, OUTPUTS, own.outputSteps);
    own.computeCycles = this.#steps.computeCycles(inner);
    own.stationary = own.order.length > 0 ? STATIONARY_FOR[own.order[0]!]! : outer.stationary;
    if (own.order.length === 0 || (own.order.length === 1 && outer.stationary === INPUTS))
      own.inputSteps = outer.inputSteps;
    else own.inputSteps = lattice.refetches[INPUTS][outer.point]!;
    const macExcess = macInputExcess(costs, tiles[inner]!, inner, own.point);
    energyPj += costs.macInput * macExcess;
    this.#cycles.addMacInputs(own, inner, macExcess);
    this.#cycles.addTile(own, inner);
    // Inputs last: their exact count is the costly one, and a bound may do.
    for (const t of [WEIGHTS, OUTPUTS, INPUTS]) {
      if (((keep[inner]! >> t) & 1) === 0) continue;
      const at = inner * TENSOR_COUNT + t;
      if (t === INPUTS) {
        this.#cycles.inputReads = tiles[inner]!.shareRatios?.[own.point] ?? 1;
        const wordPj = inputWordPrice(costs, tiles[inner]!, inner, own.point);
        const boundFor = (least: number) => {
          const cycles = hasFlows ? this.#cycles.withInputs(own, inner, least) : own.computeCycles;
          return this.#joint.of(energyPj + wordPj * least + this.#insidePj(inner), cycles, this.#cycles.joint);
        };
        const least = this.#inputs.leastWords(inner, tiles[inner]!);
        let bound = boundFor(least);
        if (!this.#joint.isBetter(bound)) return bound;
        const leastInOrder = this.#inputs.leastOrderWords(inner);
        if (leastInOrder > least) bound = boundFor(leastInOrder);
        if (!this.#joint.isBetter(bound)) return bound;
      }
      const traffic =
        t === WEIGHTS
          ? weightsAnew
            ? lattice.refetches[WEIGHTS][own.point]!
            : own.weightRefetches
          : t === OUTPUTS
            ? own.outputRefetches
            : this.#inputs.words(inner, tiles[inner]!);
      energyPj += costs.perTraffic[at]! * traffic;
      this.#cycles.addTraffic(own, inner, t, traffic);
      if (t === INPUTS && costs.inputShare[inner]! < 1) {
        const share = this.#inputs.paddedShare(this.#inputs.share(costs.server[at]!, inner), inner, traffic);
        const beyond = traffic * (share - costs.inputShare[inner]!);
        energyPj += costs.inputRead[inner]! * beyond;
        this.#cycles.addInputReads(own, inner, beyond);
      }
    }
    own.energyPj = energyPj;
    energyPj += this.#insidePj(inner);
    const cycles = this.#cycles.open(own, inner);
    return this.#joint.of(energyPj, cycles, this.#cycles.joint);
  }

  /** Least energy of everything inside a level's tile, from what is known above. */
  #insidePj(inner: number): number {
    const { model, bounds, costs } = this.#placement;
    if (inner === model.levelCount - 1) return 0;
    const own = this.#depths[inner]!;
    const { runs } = this.#children;
    const inside = (runs === null ? bounds.inside : runs.free)[inner]![own.point]!;
    if (own.stationary < 0) return inside;
    if (runs !== null) {
      const { refetches, continued } = runs;
      this.#run.set(refetches[own.stationary as 0 | 1 | 2], continued[inner]![own.stationary]!, refetchesOf(own));
      return Math.min(inside, this.#run.at(own.point));
    }
    const at = (inner + 1) * TENSOR_COUNT + own.stationary;
    const rules = this.#rules[inner + 1]!;
    let transfer = 0;
    if (own.stationary === WEIGHTS) transfer = rules.weightsAnew ? 0 : costs.perTraffic[at]! * own.weightRefetches;
    else if (own.stationary === OUTPUTS)
      transfer = outputsPrice(rules, costs.perTraffic[at]!, own.outputRefetches, own.outputSteps);
    return Math.min(inside, bounds.continued[inner]![own.stationary as 0 | 1 | 2][own.point]! + transfer);
  }

  /** Hands over the complete mapping: tiles down to `last`, everything left runs in the innermost level. */
  #score(last: number): void {
    const { model, lattice, fixedOrders } = this.#placement;
    const { values, digits } = lattice;
    const loops: [number, number][][] = [];
    for (let level = 0; level < model.levelCount; level++) {
      const own = this.#depths[level]!.point * DIM_COUNT;
      if (level === last) {
        const fixed = fixedOrders[level]!;
        // A dim with a single value may still loop: on one level, imperfect factors leave everything as the only extent.
        const dims = [...this.#innermostDims.filter((d) => !fixed.includes(d)), ...fixed.toReversed()];
        loops.push(
          dims.map((d): [number, number] => [d, values[d]![digits[own + d]!]!]).filter(([, bound]) => bound > 1),
        );
        break;
      }
      const next = this.#depths[level + 1]!;
      const nextDigits = next.point * DIM_COUNT;
      loops.push(
        Array.from(next.order, (d): [number, number] => [
          d,
          loopBound(lattice, d, digits[own + d]!, digits[nextDigits + d]!),
        ]).reverse(),
      );
    }
    this.#complete({ loops });
  }
}
