import { PricedCuts } from './priced-cuts.ts';

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
}

/** States in an order in which every arc leads on, from the first to the last, and the arcs between them. */
export class CutGraph<A extends Arc> {
  readonly #out: A[][];

  /** @param states number of states; every arc leads to a state with a larger number */
  constructor(states: number) {
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

  /** The graph with what its arcs cost now. */
  priced(prices: ArcPrices<A>): PricedCuts<A> {
    return new PricedCuts(this.#out, prices);
  }

  /** A graph of some arcs of this one, in their order. */
  of(arcs: readonly A[]): CutGraph<A> {
    const graph = new CutGraph<A>(this.#out.length);
    for (const arc of arcs) graph.add(arc);
    return graph;
  }
}
