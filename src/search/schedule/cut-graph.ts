/** A way from one state to another, with what it pins. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  /** Bits of parameters that it pins. */
  readonly pinnedBits: number;
}

/** A path from the first to the last state. */
export interface Path<A extends Arc> {
  readonly arcs: readonly A[];
  readonly cost: number;
  readonly pinnedBits: number;
  /** No path within the budget costs less. */
  readonly lowerBound: number;
}

/** Partial paths kept at most; beyond, the answer is a bound and the best path met. */
const MOST_PARTIAL = 1 << 20;
/** Steps of the search for the price of a pinned bit. */
const PRICE_STEPS = 40;
const ROUNDING = 1e-12;

/**
 * States in an order in which every arc leads on, from the first to the last, and the arcs between them. Finds the cheapest path whose pinned bits stay
 * within a budget.
 */
export class CutGraph<A extends Arc> {
  readonly #out: A[][];
  readonly #states: number;

  /** @param states number of states; every arc leads to a state with a larger number */
  constructor(states: number) {
    this.#states = states;
    this.#out = Array.from({ length: states }, () => []);
  }

  /** Adds an arc. */
  add(arc: A): void {
    this.#out[arc.from]!.push(arc);
  }

  /** Drops the arcs for which `isDropped` holds. */
  drop(from: number, isDropped: (arc: A) => boolean): void {
    this.#out[from] = this.#out[from]!.filter((arc) => !isDropped(arc));
  }

  /** All arcs. */
  *arcs(): Generator<A> {
    for (const arcs of this.#out) yield* arcs;
  }

  /**
   * The cheapest path within a budget of pinned bits; null where every path is infinite.
   *
   * Without regard to the budget first; if that pins too much, with a price on every pinned bit (the dual bound and a path within the budget), and where the two
   * differ, over all partial paths that neither bound excludes.
   */
  cheapest(costOf: (arc: A) => number, budgetBits: number): Path<A> | null {
    const costs = this.#out.map((arcs) => Float64Array.from(arcs, costOf));
    const free = this.#priced(costs, 0);
    if (free === null) return null;
    if (free.pinnedBits <= budgetBits) return { ...free, lowerBound: free.cost };
    let [low, high] = [0, free.cost / Math.max(1, free.pinnedBits)];
    let dual = { price: 0, bound: free.cost };
    let within: Walked<A> | null = null;
    const consider = (price: number): boolean => {
      const walked = this.#priced(costs, price)!;
      const bound = walked.cost + price * (walked.pinnedBits - budgetBits);
      if (bound > dual.bound) dual = { price, bound };
      const isWithin = walked.pinnedBits <= budgetBits;
      if (isWithin && (within === null || walked.cost < within.cost)) within = walked;
      return isWithin;
    };
    for (let step = 0; step < PRICE_STEPS && !consider(high); step++) high *= 4;
    for (let step = 0; step < PRICE_STEPS; step++) {
      const middle = (low + high) / 2;
      if (consider(middle)) high = middle;
      else low = middle;
    }
    const best = within as Walked<A> | null;
    if (best !== null && best.cost <= dual.bound * (1 + ROUNDING)) return { ...best, lowerBound: best.cost };
    return this.#exactly(costs, budgetBits, dual, best);
  }

  /** The cheapest path with a price on pinned bits, by its cost without the price. */
  #priced(costs: readonly Float64Array[], price: number): Walked<A> | null {
    const best = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    const via: (A | undefined)[] = new Array(this.#states);
    best[0] = 0;
    for (let state = 0; state < this.#states; state++) {
      const here = best[state]!;
      if (here === Number.POSITIVE_INFINITY) continue;
      const arcs = this.#out[state]!;
      const own = costs[state]!;
      for (let i = 0; i < arcs.length; i++) {
        const arc = arcs[i]!;
        const there = here + own[i]! + price * arc.pinnedBits;
        if (there < best[arc.to]!) {
          best[arc.to] = there;
          via[arc.to] = arc;
        }
      }
    }
    const last = this.#states - 1;
    if (best[last] === Number.POSITIVE_INFINITY) return null;
    const arcs: A[] = [];
    let cost = 0;
    let pinnedBits = 0;
    for (let state = last; state > 0; ) {
      const arc = via[state]!;
      arcs.push(arc);
      cost += costs[arc.from]![this.#out[arc.from]!.indexOf(arc)]!;
      pinnedBits += arc.pinnedBits;
      state = arc.from;
    }
    return { arcs: arcs.reverse(), cost, pinnedBits };
  }

  /** [state]: least cost from it to the last, with a price on pinned bits. */
  #remaining(costs: readonly Float64Array[], price: number): Float64Array {
    const left = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    left[this.#states - 1] = 0;
    for (let state = this.#states - 1; state >= 0; state--) {
      const arcs = this.#out[state]!;
      const own = costs[state]!;
      for (let i = 0; i < arcs.length; i++) {
        const { to, pinnedBits } = arcs[i]!;
        left[state] = Math.min(left[state]!, own[i]! + price * pinnedBits + left[to]!);
      }
    }
    return left;
  }

  /** Over all partial paths that may still be cheaper than the best within the budget. */
  #exactly(
    costs: readonly Float64Array[],
    budgetBits: number,
    dual: { readonly price: number; readonly bound: number },
    within: Walked<A> | null,
  ): Path<A> | null {
    const free = this.#remaining(costs, 0);
    const priced = this.#remaining(costs, dual.price);
    const most = within?.cost ?? Number.POSITIVE_INFINITY;
    const lists: PartialPath<A>[][] = Array.from({ length: this.#states }, () => []);
    lists[0]!.push({ cost: 0, bits: 0, arc: null, before: null });
    let count = 0;
    let isCut = false;
    for (let state = 0; state < this.#states - 1; state++) {
      const list = undominated(lists[state]!);
      lists[state] = [];
      const arcs = this.#out[state]!;
      for (const before of list)
        for (let i = 0; i < arcs.length; i++) {
          const arc = arcs[i]!;
          const bits = before.bits + arc.pinnedBits;
          const cost = before.cost + costs[state]![i]!;
          if (bits > budgetBits || cost + free[arc.to]! >= most) continue;
          if (cost + dual.price * (bits - budgetBits) + priced[arc.to]! >= most) continue;
          if (count++ > MOST_PARTIAL) {
            isCut = true;
            continue;
          }
          lists[arc.to]!.push({ cost, bits, arc, before });
        }
    }
    let best: PartialPath<A> | null = null;
    for (const one of lists[this.#states - 1]!) if (best === null || one.cost < best.cost) best = one;
    if (best === null) return within === null ? null : { ...within, lowerBound: isCut ? dual.bound : within.cost };
    const arcs: A[] = [];
    for (let one: PartialPath<A> | null = best; one !== null && one.arc !== null; one = one.before) arcs.push(one.arc);
    return {
      arcs: arcs.reverse(),
      cost: best.cost,
      pinnedBits: best.bits,
      lowerBound: isCut ? dual.bound : best.cost,
    };
  }
}

/** A path with its sums. */
type Walked<A extends Arc> = Pick<Path<A>, 'arcs' | 'cost' | 'pinnedBits'>;

/** The way to a state. */
interface PartialPath<A extends Arc> {
  readonly cost: number;
  readonly bits: number;
  readonly arc: A | null;
  readonly before: PartialPath<A> | null;
}

/** Those that no other beats in both cost and bits. */
function undominated<A extends Arc>(list: PartialPath<A>[]): PartialPath<A>[] {
  list.sort((a, b) => a.bits - b.bits || a.cost - b.cost);
  const kept: PartialPath<A>[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const one of list)
    if (one.cost < least) {
      kept.push(one);
      least = one.cost;
    }
  return kept;
}
