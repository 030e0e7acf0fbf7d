/** A priority queue by lower bound: the least bound first, of equal ones the first that came. */
export class BoundQueue<T> {
  readonly #heap: { readonly bound: number; readonly order: number; readonly item: T }[] = [];
  #count = 0;

  /** Adds an item. */
  push(bound: number, item: T): void {
    const heap = this.#heap;
    let place = heap.length;
    const entry = { bound, order: this.#count++, item };
    heap.push(entry);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = entry;
  }

  /** Takes the item with the least bound; undefined when the queue is empty. */
  pop(): { readonly bound: number; readonly item: T } | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
    return top;
  }

  /** Least bound of those waiting; infinite when none is. */
  get leastBound(): number {
    return this.#heap[0]?.bound ?? Number.POSITIVE_INFINITY;
  }

  /** Items waiting. */
  get size(): number {
    return this.#heap.length;
  }
}

function isBefore(
  a: { readonly bound: number; readonly order: number },
  b: { readonly bound: number; readonly order: number },
): boolean {
  return a.bound < b.bound || (a.bound === b.bound && a.order < b.order);
}
