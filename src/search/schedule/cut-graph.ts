import type { Arc, ArcPrices } from './arc.ts';
import { PricedCuts } from './priced-cuts.ts';

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

  /** A graph of the arcs of this one for which `isWanted` holds. */
  where(isWanted: (arc: A) => boolean): CutGraph<A> {
    return this.of(this.#out.flatMap((arcs) => arcs.filter(isWanted)));
  }

  /** A graph of some arcs of this one, in their order. */
  of(arcs: readonly A[]): CutGraph<A> {
    const graph = new CutGraph<A>(this.#out.length);
    for (const arc of arcs) graph.add(arc);
    return graph;
  }
}
