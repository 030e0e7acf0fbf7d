/** The least value by room: points that no other one makes needless, by ascending bits and falling value. */
export class Staircase<Point> {
  readonly #bits: number[] = [];
  readonly #values: number[] = [];
  readonly #points: Point[] = [];

  /** Least value of a point that takes at most `bits`; infinite where there is none. */
  valueWithin(bits: number): number {
    const count = this.#countWithin(bits);
    return count === 0 ? Number.POSITIVE_INFINITY : this.#values[count - 1]!;
  }

  /** Takes in a point that is below {@link valueWithin} its bits, and drops those that it makes needless. */
  add(bits: number, value: number, point: Point): void {
    const count = this.#countWithin(bits);
    const from = count > 0 && this.#bits[count - 1] === bits ? count - 1 : count;
    let to = from;
    while (to < this.#values.length && this.#values[to]! >= value) to++;
    this.#bits.splice(from, to - from, bits);
    this.#values.splice(from, to - from, value);
    this.#points.splice(from, to - from, point);
  }

  /** By ascending bits. */
  points(): readonly Point[] {
    return [...this.#points];
  }

  #countWithin(bits: number): number {
    let [low, high] = [0, this.#bits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#bits[middle]! <= bits) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
