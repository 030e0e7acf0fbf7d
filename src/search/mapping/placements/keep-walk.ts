import { BoundHeap } from '../bounds/bound-heap.ts';

/** Patterns of kept tensors that are left at a choice, by ascending sum of their energies. */
export class KeepWalk {
  readonly #energies: readonly Float64Array[];
  /** [tensor]: patterns by ascending energy. */
  readonly #orders: readonly Uint16Array[];
  readonly #heap = new BoundHeap();
  readonly #rows: number;
  readonly #columns: number;

  /** @param energies [tensor][pattern]: pJ; what is infinite is left out */
  constructor(energies: readonly Float64Array[]) {
    this.#energies = energies;
    this.#orders = energies.map((all) =>
      Uint16Array.from(all.keys())
        .filter((pattern) => all[pattern]! < Number.POSITIVE_INFINITY)
        .sort((a, b) => all[a]! - all[b]! || a - b),
    );
    const [, inputs, outputs] = this.#orders;
    this.#rows = inputs!.length;
    this.#columns = outputs!.length;
    if (this.#orders.every(({ length }) => length > 0)) this.#push(0, 0, 0);
  }

  /** Least sum of those left in pJ; infinite when none is. */
  get leastPj(): number {
    return this.#heap.leastBound;
  }

  /** Takes the patterns of the three tensors with the least sum. Not to be called when none is left. */
  next(): readonly [number, number, number] {
    const item = this.#heap.pop();
    const outputs = item % this.#columns;
    const above = (item - outputs) / this.#columns;
    const inputs = above % this.#rows;
    const weights = (above - inputs) / this.#rows;
    // Each triple follows from one other alone: the last place that is not 0 is one less there.
    this.#push(weights, inputs, outputs + 1);
    if (outputs === 0) this.#push(weights, inputs + 1, 0);
    if (outputs === 0 && inputs === 0) this.#push(weights + 1, 0, 0);
    const places = [weights, inputs, outputs] as const;
    return [this.#orders[0]![places[0]]!, this.#orders[1]![places[1]]!, this.#orders[2]![places[2]]!];
  }

  #push(...places: readonly [number, number, number]): void {
    if (places.some((place, t) => place >= this.#orders[t]!.length)) return;
    const sum = places.reduce((pj, place, t) => pj + this.#energies[t]![this.#orders[t]![place]!]!, 0);
    this.#heap.push((places[0] * this.#rows + places[1]) * this.#columns + places[2], sum);
  }
}
