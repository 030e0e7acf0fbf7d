/** Items by ascending bound: a binary heap, since most items of a search are never taken. */
export class BoundHeap {
  /** Number of items left. */
  size = 0;
  #items: Int32Array = new Int32Array(16);
  #bounds: Float64Array = new Float64Array(16);

  /** Removes everything. */
  clear(): void {
    this.size = 0;
  }

  /** Adds an item. */
  push(item: number, bound: number): void {
    if (this.size === this.#items.length) this.#grow();
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(item, bound, parent)) break;
      this.#items[at] = this.#items[parent]!;
      this.#bounds[at] = this.#bounds[parent]!;
      at = parent;
    }
    this.#items[at] = item;
    this.#bounds[at] = bound;
  }

  /** Least bound; infinite when nothing is left. */
  get leastBound(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.#bounds[0]!;
  }

  /** Takes the item with the least bound, of equals the least item. @returns -1 when nothing is left */
  pop(): number {
    if (this.size === 0) return -1;
    const least = this.#items[0]!;
    const last = --this.size;
    const item = this.#items[last]!;
    const bound = this.#bounds[last]!;
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (child + 1 < last && this.#isBefore(this.#items[child + 1]!, this.#bounds[child + 1]!, child)) child++;
      if (this.#isBefore(item, bound, child)) break;
      this.#items[at] = this.#items[child]!;
      this.#bounds[at] = this.#bounds[child]!;
      at = child;
    }
    this.#items[at] = item;
    this.#bounds[at] = bound;
    return least;
  }

  #isBefore(item: number, bound: number, other: number): boolean {
    const otherBound = this.#bounds[other]!;
    return bound < otherBound || (bound === otherBound && item < this.#items[other]!);
  }

  #grow(): void {
    const items = new Int32Array(2 * this.size);
    const bounds = new Float64Array(2 * this.size);
    items.set(this.#items);
    bounds.set(this.#bounds);
    this.#items = items;
    this.#bounds = bounds;
  }
}
