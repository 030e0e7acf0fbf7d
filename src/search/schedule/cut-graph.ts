/** A way from one state to another, with what it pins. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  /** Bits of parameters that it pins. */
  readonly pinnedBits: number;
  /** Bits that it may pin besides, one by one; what is not pinned costs something, as {@link ArcPrices.addedOf} says. Infinite: it cannot be pinned. */
  readonly optionalBits: readonly number[];
}

/** What arcs cost. */
export interface ArcPrices<A extends Arc> {
  /** With all optional bits pinned. */
  readonly of: (arc: A) => number;
  /** What each of the optional bits adds when it is not pinned. */
  readonly addedOf: (arc: A) => readonly number[];
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
/** Partial paths of a state that are followed for a good path. */
const BEAM = 32;
/** Price of a pinned bit at which as few are pinned as can be. */
const ALL_BUT_INFINITE = 1e200;
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

  /**
   * Bounds the cheapest path within a budget of pinned bits, by paths alone: null where every path is infinite.
   *
   * Without regard to the budget first. If that pins too much, each pinned bit gets a price, and the lines through a path above and one within the budget lead to
   * the price at which the bound is largest (the Lagrangian dual, whose hull is met corner by corner).
   */
  bracket(prices: ArcPrices<A>, budgetBits: number): Bracket<A> | null {
    const costs = this.#costs(prices);
    const free = this.#priced(costs, 0);
    if (free === null) return null;
    if (free.pinnedBits <= budgetBits) return { lowerBound: free.cost, price: 0, below: free, within: free };
    let below = free;
    let within = this.#priced(costs, ALL_BUT_INFINITE)!;
    if (within.pinnedBits > budgetBits) return { lowerBound: free.cost, price: 0, below, within: null };
    for (;;) {
      const price = (within.cost - below.cost) / (below.pinnedBits - within.pinnedBits);
      const lowerBound = below.cost + price * (below.pinnedBits - budgetBits);
      const next = this.#priced(costs, price)!;
      const gain = below.cost + price * below.pinnedBits - (next.cost + price * next.pinnedBits);
      const isNew = next.pinnedBits !== below.pinnedBits && next.pinnedBits !== within.pinnedBits;
      if (gain <= Math.abs(below.cost) * ROUNDING || !isNew)
        return { lowerBound: lowerBound - Math.max(0, gain), price, below, within };
      if (next.pinnedBits <= budgetBits) within = next;
      else below = next;
    }
  }

  /**
   * The cheapest path within a budget of pinned bits, over all partial paths that the bounds of a bracket do not exclude; null where there is none.
   * @param bracket of the same costs and budget
   */
  cheapest(prices: ArcPrices<A>, budgetBits: number, bracket: Bracket<A>): Path<A> | null {
    const { within, lowerBound } = bracket;
    if (within !== null && within.cost <= lowerBound * (1 + ROUNDING)) return { ...within, lowerBound: within.cost };
    return this.#exactly(this.#costs(prices), budgetBits, { price: bracket.price, bound: lowerBound }, within);
  }

  /**
   * Arcs of the cheapest paths with a price on pinned bits: those by which a path costs least, cheapest first.
   * @param cutoff paths that cost as much are left out
   * @param most arcs at most
   */
  nearest(prices: ArcPrices<A>, price: number, cutoff: number, most: number, wanted: (arc: A) => boolean): A[] {
    const found: { readonly arc: A; readonly cost: number }[] = [];
    this.#through(prices, price, (arc, cost) => {
      if (cost < cutoff && wanted(arc)) found.push({ arc, cost });
    });
    return found
      .sort((a, b) => a.cost - b.cost)
      .slice(0, most)
      .map(({ arc }) => arc);
  }

  /** The arcs through which a path within a budget may cost less than a cutoff, by a price on pinned bits. */
  narrowed(prices: ArcPrices<A>, price: number, budgetBits: number, cutoff: number): CutGraph<A> {
    const graph = new CutGraph<A>(this.#states);
    const spent = price === 0 ? 0 : price * budgetBits;
    this.#through(prices, price, (arc, cost) => {
      if (cost - spent < cutoff) graph.add(arc);
    });
    return graph;
  }

  /** Every arc that is reached, with the least cost of a path through it with a price on pinned bits. */
  #through(prices: ArcPrices<A>, price: number, visit: (arc: A, cost: number) => void): void {
    const costs = this.#costs(prices);
    const left = this.#remaining(costs, price);
    const reached = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    reached[0] = 0;
    for (let state = 0; state < this.#states; state++) {
      const arcs = this.#out[state]!;
      const here = reached[state]!;
      if (here === Number.POSITIVE_INFINITY) continue;
      for (let i = 0; i < arcs.length; i++) {
        const arc = arcs[i]!;
        const there = here + this.#at(costs, state, i, price);
        if (there < reached[arc.to]!) reached[arc.to] = there;
        visit(arc, there + left[arc.to]!);
      }
    }
  }

  #costs(prices: ArcPrices<A>): Costs {
    const added = this.#out.map((arcs) =>
      arcs.map((arc) => (arc.optionalBits.length === 0 ? NOTHING_ADDED : prices.addedOf(arc))),
    );
    return { own: this.#out.map((arcs) => Float64Array.from(arcs, prices.of)), added };
  }

  /** Cost of an arc with a price on pinned bits: what is dearer to pin than to do without is not pinned. */
  #at({ own, added }: Costs, state: number, i: number, price: number): number {
    const { pinnedBits, optionalBits } = this.#out[state]![i]!;
    let cost = own[state]![i]! + price * pinnedBits;
    for (let k = 0; k < optionalBits.length; k++) cost += paidFor(optionalBits[k]!, added[state]![i]![k]!, price);
    return cost;
  }

  /** The cheapest path with a price on pinned bits, by its cost without the price. */
  #priced(costs: Costs, price: number): Walked<A> | null {
    const best = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    const via = new Int32Array(this.#states);
    const viaFrom = new Int32Array(this.#states);
    best[0] = 0;
    for (let state = 0; state < this.#states; state++) {
      const here = best[state]!;
      if (here === Number.POSITIVE_INFINITY) continue;
      const arcs = this.#out[state]!;
      for (let i = 0; i < arcs.length; i++) {
        const arc = arcs[i]!;
        const there = here + this.#at(costs, state, i, price);
        if (there < best[arc.to]!) {
          best[arc.to] = there;
          via[arc.to] = i;
          viaFrom[arc.to] = state;
        }
      }
    }
    const last = this.#states - 1;
    if (best[last] === Number.POSITIVE_INFINITY) return null;
    const arcs: A[] = [];
    let cost = 0;
    let pinnedBits = 0;
    for (let state = last; state > 0; ) {
      const place = via[state]!;
      const from = viaFrom[state]!;
      const arc = this.#out[from]![place]!;
      arcs.push(arc);
      cost += costs.own[from]![place]!;
      pinnedBits += arc.pinnedBits;
      arc.optionalBits.forEach((bits, k) => {
        const added = costs.added[from]![place]![k]!;
        if (isPinned(bits, added, price)) pinnedBits += bits;
        else cost += added;
      });
      state = arc.from;
    }
    return { arcs: arcs.reverse(), cost, pinnedBits };
  }

  /** [state]: least cost from it to the last, with a price on pinned bits. */
  #remaining(costs: Costs, price: number): Float64Array {
    const left = new Float64Array(this.#states).fill(Number.POSITIVE_INFINITY);
    left[this.#states - 1] = 0;
    for (let state = this.#states - 1; state >= 0; state--) {
      const arcs = this.#out[state]!;
      for (let i = 0; i < arcs.length; i++)
        left[state] = Math.min(left[state]!, this.#at(costs, state, i, price) + left[arcs[i]!.to]!);
    }
    return left;
  }

  /** Over all partial paths that may still be cheaper than the best within the budget. */
  #exactly(
    costs: Costs,
    budgetBits: number,
    dual: { readonly price: number; readonly bound: number },
    within: Walked<A> | null,
  ): Path<A> | null {
    const bounds = { free: this.#remaining(costs, 0), priced: this.#remaining(costs, dual.price), price: dual.price };
    // A few partial paths of each state give a good path, and that leaves few to be looked at for the best.
    const good = this.#listed(costs, budgetBits, bounds, within?.cost ?? Number.POSITIVE_INFINITY, BEAM).path ?? within;
    const all = this.#listed(
      costs,
      budgetBits,
      bounds,
      good?.cost ?? Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    );
    const best = all.path ?? good;
    return best === null ? null : { ...best, lowerBound: all.isCut ? dual.bound : best.cost };
  }

  /**
   * The cheapest path below a cost over partial paths that the bounds do not exclude; null: there is none.
   * @param width partial paths of each state that are followed, those with the least bounds
   */
  #listed(
    costs: Costs,
    budgetBits: number,
    { free, priced, price }: { readonly free: Float64Array; readonly priced: Float64Array; readonly price: number },
    most: number,
    width: number,
  ): { readonly path: Walked<A> | null; readonly isCut: boolean } {
    const lists: PartialPath<A>[][] = Array.from({ length: this.#states }, () => []);
    lists[0]!.push({ cost: 0, bits: 0, arc: null, before: null });
    let count = 0;
    let isCut = false;
    for (let state = 0; state < this.#states - 1; state++) {
      let list = undominated(lists[state]!);
      if (list.length > width)
        list = list.sort((a, b) => a.cost + price * a.bits - b.cost - price * b.bits).slice(0, width);
      lists[state] = [];
      const arcs = this.#out[state]!;
      for (let i = 0; i < arcs.length; i++) {
        const arc = arcs[i]!;
        // As if all that may be pinned were, at no bits: such an arc is not decided yet.
        const own = this.#at(costs, state, i, 0);
        for (const before of list) {
          const bits = before.bits + arc.pinnedBits;
          const cost = before.cost + own;
          if (bits > budgetBits || cost + free[arc.to]! >= most) continue;
          if (cost + price * (bits - budgetBits) + priced[arc.to]! >= most) continue;
          if (count++ > MOST_PARTIAL) {
            isCut = true;
            continue;
          }
          lists[arc.to]!.push({ cost, bits, arc, before });
        }
      }
    }
    let best: PartialPath<A> | null = null;
    for (const one of lists[this.#states - 1]!) if (best === null || one.cost < best.cost) best = one;
    if (best === null) return { path: null, isCut };
    const arcs: A[] = [];
    for (let one: PartialPath<A> | null = best; one !== null && one.arc !== null; one = one.before) arcs.push(one.arc);
    return { path: { arcs: arcs.reverse(), cost: best.cost, pinnedBits: best.bits }, isCut };
  }
}

/** By state and arc. */
interface Costs {
  readonly own: readonly Float64Array[];
  readonly added: readonly (readonly (readonly number[])[])[];
}

const NOTHING_ADDED: readonly number[] = [];

function isPinned(bits: number, added: number, price: number): boolean {
  return bits < Number.POSITIVE_INFINITY && price * bits < added;
}

function paidFor(bits: number, added: number, price: number): number {
  return isPinned(bits, added, price) ? price * bits : added;
}

/** What is known of the cheapest path within a budget of pinned bits. */
export interface Bracket<A extends Arc> {
  /** No path within the budget costs less. */
  readonly lowerBound: number;
  /** Of a pinned bit, at which the bound holds. */
  readonly price: number;
  /** The cheapest path at this price that pins too much; one within the budget where that is the cheapest of all. */
  readonly below: Walked<A>;
  /** The cheapest path at this price within the budget; null: none is. */
  readonly within: Walked<A> | null;
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
