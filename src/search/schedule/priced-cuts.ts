import type { Arc, ArcTable, Path } from './arc.ts';

/** Partial paths that are kept at most, unless it is said. */
const MOST_PARTIAL = 1 << 20;
/** Partial paths of a state that are followed for a good path. */
const BEAM = 32;
/** Price of a pinned bit at which as few are pinned as can be. */
const ALL_BUT_INFINITE = 1e200;
const ROUNDING = 1e-12;

/** What is known of the cheapest path within a budget of pinned bits. */
export interface Bracket<A extends Arc> {
  /** No path within the budget costs less. */
  readonly lowerBound: number;
  /** Of a pinned bit, at which the bound holds. */
  readonly price: number;
  /** The cheapest path at this price that pins too much; one within the budget where that is the cheapest of all. */
  readonly below: Path<A>;
  /** The cheapest path at this price within the budget; null: none is. */
  readonly within: Path<A> | null;
}

/** What is asked of the cheapest path. */
export interface CheapestGoal {
  /** Cost from which on a path is not worth it. */
  readonly cutoff: number;
  /** The path may cost so much more than the cheapest one: 0.01 = 1 %. */
  readonly tolerance: number;
  /** Partial paths that are kept at most; beyond, the answer is a bound and the best path met. */
  readonly mostPartial: number;
}

const EXACTLY: CheapestGoal = { cutoff: Number.POSITIVE_INFINITY, tolerance: 0, mostPartial: MOST_PARTIAL };

/** Finds the cheapest path whose pinned bits stay within a budget, among arcs with their costs at one time. */
export class PricedCuts<A extends Arc> {
  readonly #states: number;
  readonly #start: Int32Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #own: Float64Array;
  readonly #pinned: Float64Array;
  readonly #arcAt: (arc: number) => A;

  /** @throws RangeError where a cost is no number: sums and comparisons with it would leave paths out without a word */
  constructor({ states, start, to, costs, pinnedBits, arcAt }: ArcTable<A>) {
    const count = start[states]!;
    this.#states = states;
    this.#start = start;
    this.#to = to;
    this.#own = costs;
    this.#pinned = pinnedBits;
    this.#arcAt = arcAt;
    this.#from = new Int32Array(count);
    for (let state = 0; state < states; state++) this.#from.fill(state, start[state]!, start[state + 1]!);
    for (let i = 0; i < count; i++)
      if (Number.isNaN(costs[i]!)) throw new RangeError('the cost of an arc is no number');
  }

  /**
   * Bounds the cheapest path within a budget of pinned bits, by paths alone: null where every path is infinite.
   *
   * Without regard to the budget first. If that pins too much, each pinned bit gets a price, and the lines through a path above and one within the budget lead to
   * the price at which the bound is largest (the Lagrangian dual, whose hull is met corner by corner).
   */
  bracket(budgetBits: number): Bracket<A> | null {
    const free = this.#priced(0);
    if (free === null) return null;
    if (free.pinnedBits <= budgetBits) return { lowerBound: free.cost, price: 0, below: free, within: free };
    let below = free;
    let within = this.#priced(ALL_BUT_INFINITE)!;
    if (within.pinnedBits > budgetBits) return { lowerBound: free.cost, price: 0, below, within: null };
    for (;;) {
      const price = (within.cost - below.cost) / (below.pinnedBits - within.pinnedBits);
      const lowerBound = below.cost + price * (below.pinnedBits - budgetBits);
      const next = this.#priced(price)!;
      const gain = below.cost + price * below.pinnedBits - (next.cost + price * next.pinnedBits);
      const isNew = next.pinnedBits !== below.pinnedBits && next.pinnedBits !== within.pinnedBits;
      if (gain <= Math.abs(below.cost) * ROUNDING || !isNew)
        return { lowerBound: lowerBound - Math.max(0, gain), price, below, within };
      if (next.pinnedBits <= budgetBits) within = next;
      else below = next;
    }
  }

  /**
   * The cheapest path within a budget of pinned bits, as far as it is asked for, over all partial paths that the bounds of a bracket do not exclude.
   * @param bracket of the same budget
   */
  cheapest(budgetBits: number, bracket: Bracket<A>, goal: Partial<CheapestGoal> = {}): CheapestPath<A> {
    const { within, lowerBound, price } = bracket;
    if (within !== null && within.cost <= lowerBound * (1 + ROUNDING)) return { path: within, lowerBound: within.cost };
    return this.#exactly(budgetBits, { price, bound: lowerBound }, within, { ...EXACTLY, ...goal });
  }

  /** The arcs through which a path within a budget may cost less than a cutoff, by a price on pinned bits: those with the cheapest paths first. */
  *nearest(price: number, budgetBits: number, cutoff: number): Generator<A> {
    const most = cutoff + (price === 0 ? 0 : price * budgetBits);
    const through = this.#through(price);
    const found: number[] = [];
    for (let i = 0; i < through.length; i++) if (through[i]! < most) found.push(i);
    found.sort((a, b) => through[a]! - through[b]!);
    for (const i of found) yield this.#arcAt(i);
  }

  /** [arc]: least cost of a path through it with a price on pinned bits; infinite where none leads there. */
  #through(price: number): Float64Array {
    const costs = this.#costs(price);
    const left = this.#remaining(costs);
    const reached = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    reached[0] = 0;
    for (let state = 0; state < this.#states; state++) {
      const here = reached[state]!;
      for (let i = this.#start[state]!; i < this.#start[state + 1]!; i++) {
        const to = this.#to[i]!;
        const there = here + costs[i]!;
        if (there < reached[to]!) reached[to] = there;
        costs[i] = there + left[to]!;
      }
    }
    return costs;
  }

  /** [arc]: its cost with a price on pinned bits. */
  #costs(price: number): Float64Array {
    const costs = this.#own.slice(0, this.#from.length);
    if (price > 0) for (let i = 0; i < costs.length; i++) costs[i]! += price * this.#pinned[i]!;
    return costs;
  }

  /** The cheapest path with a price on pinned bits, by its cost without the price. */
  #priced(price: number): Path<A> | null {
    const best = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    const via = new Int32Array(this.#states);
    const costs = this.#costs(price);
    best[0] = 0;
    for (let state = 0; state < this.#states; state++) {
      const here = best[state]!;
      if (here === Number.POSITIVE_INFINITY) continue;
      for (let i = this.#start[state]!; i < this.#start[state + 1]!; i++) {
        const there = here + costs[i]!;
        const to = this.#to[i]!;
        if (there < best[to]!) {
          best[to] = there;
          via[to] = i;
        }
      }
    }
    const last = this.#states - 1;
    if (best[last] === Number.POSITIVE_INFINITY) return null;
    const arcs: A[] = [];
    let cost = 0;
    let pinnedBits = 0;
    for (let state = last; state > 0; ) {
      const i = via[state]!;
      arcs.push(this.#arcAt(i));
      cost += this.#own[i]!;
      pinnedBits += this.#pinned[i]!;
      state = this.#from[i]!;
    }
    return { arcs: arcs.reverse(), cost, pinnedBits };
  }

  /** [state]: least cost from it to the last. */
  #remaining(costs: Float64Array): Float64Array {
    const left = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    left[this.#states - 1] = 0;
    for (let state = this.#states - 1; state >= 0; state--)
      for (let i = this.#start[state]!; i < this.#start[state + 1]!; i++)
        left[state] = Math.min(left[state]!, costs[i]! + left[this.#to[i]!]!);
    return left;
  }

  /** Over all partial paths that may still be cheaper than the best within the budget, and than a cutoff. */
  #exactly(
    budgetBits: number,
    dual: { readonly price: number; readonly bound: number },
    within: Path<A> | null,
    { cutoff, tolerance, mostPartial }: CheapestGoal,
  ): CheapestPath<A> {
    const own = this.#own;
    const priced = this.#remaining(this.#costs(dual.price));
    const bounds = { own, free: this.#remaining(own), priced, price: dual.price, mostPartial };
    const below = (path: Path<A> | null) => Math.min(cutoff, path?.cost ?? Number.POSITIVE_INFINITY);
    const worth = (path: Path<A> | null) => (path !== null && path.cost < cutoff ? path : null);
    // A few partial paths of each state give a good path, and that leaves few to be looked at for the best.
    const good = this.#listed(budgetBits, bounds, below(within), BEAM).path ?? within;
    const known = below(good) * (1 - tolerance);
    if (known <= dual.bound) return { path: worth(good), lowerBound: Math.min(dual.bound, below(good)) };
    const all = this.#listed(budgetBits, bounds, known, Number.POSITIVE_INFINITY);
    const path = all.path ?? worth(good);
    return { path, lowerBound: all.isCut ? dual.bound : Math.min(known, all.path?.cost ?? known) };
  }

  /**
   * The cheapest path below a cost over partial paths that the bounds do not exclude; null: there is none.
   * @param width partial paths of each state that are followed, those with the least bounds
   */
  #listed(
    budgetBits: number,
    { own, free, priced, price, mostPartial }: Bounds,
    most: number,
    width: number,
  ): { readonly path: Path<A> | null; readonly isCut: boolean } {
    const lists: PartialPath[][] = Array.from({ length: this.#states }, () => []);
    lists[0]!.push({ cost: 0, bits: 0, arc: -1, before: null });
    let count = 0;
    let isCut = false;
    for (let state = 0; state < this.#states - 1; state++) {
      let list = undominated(lists[state]!);
      if (list.length > width)
        list = list.sort((a, b) => a.cost + price * a.bits - b.cost - price * b.bits).slice(0, width);
      lists[state] = [];
      for (let i = this.#start[state]!; i < this.#start[state + 1]!; i++) {
        const to = this.#to[i]!;
        for (const before of list) {
          const bits = before.bits + this.#pinned[i]!;
          const cost = before.cost + own[i]!;
          if (bits > budgetBits || cost + free[to]! >= most) continue;
          if (cost + price * (bits - budgetBits) + priced[to]! >= most) continue;
          if (count++ >= mostPartial) {
            isCut = true;
            continue;
          }
          lists[to]!.push({ cost, bits, arc: i, before });
        }
      }
    }
    let best: PartialPath | null = null;
    for (const one of lists[this.#states - 1]!) if (best === null || one.cost < best.cost) best = one;
    if (best === null) return { path: null, isCut };
    const arcs: A[] = [];
    for (let one: PartialPath | null = best; one !== null && one.arc >= 0; one = one.before)
      arcs.push(this.#arcAt(one.arc));
    return { path: { arcs: arcs.reverse(), cost: best.cost, pinnedBits: best.bits }, isCut };
  }
}

/** The cheapest path that costs less than a cutoff; null: none does, or none was met. */
export interface CheapestPath<A extends Arc> {
  readonly path: Path<A> | null;
  /** No path within the budget costs less; the cutoff where none costs less than that. */
  readonly lowerBound: number;
}

/** What bounds partial paths: costs by arc, and least costs to the end by state, without and with a price on pinned bits. */
interface Bounds {
  readonly own: Float64Array;
  readonly free: Float64Array;
  readonly priced: Float64Array;
  readonly price: number;
  readonly mostPartial: number;
}

/** The way to a state. */
interface PartialPath {
  readonly cost: number;
  readonly bits: number;
  /** -1: the first state. */
  readonly arc: number;
  readonly before: PartialPath | null;
}

/** Those that no other beats in both cost and bits. */
function undominated(list: PartialPath[]): PartialPath[] {
  list.sort((a, b) => a.bits - b.bits || a.cost - b.cost);
  const kept: PartialPath[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const one of list)
    if (one.cost < least) {
      kept.push(one);
      least = one.cost;
    }
  return kept;
}
