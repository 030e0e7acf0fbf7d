import { BoundHeap } from './bound-heap.ts';

/** A priority queue by lower bound: the least bound first, of equal ones the first that came. */
export class BoundQueue<T> {
  readonly #heap = new BoundHeap();
  /** In the order of coming; what was taken is dropped. */
  readonly #items: (T | undefined)[] = [];

  /** Adds an item. */
  push(bound: number, item: T): void {
    this.#heap.push(this.#items.length, bound);
    this.#items.push(item);
  }

  /** Takes the item with the least bound; undefined when the queue is empty. */
  pop(): T | undefined {
    const place = this.#heap.pop();
    const item = this.#items[place];
    if (place >= 0) this.#items[place] = undefined;
    return item;
  }

  /** Least bound of those waiting; infinite when none is. */
  get leastBound(): number {
    return this.#heap.leastBound;
  }

  /** Items waiting. */
  get size(): number {
    return this.#heap.size;
  }
}
