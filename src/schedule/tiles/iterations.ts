import type { Unfit } from '../retention.ts';
import type { Segment } from '../schedule.ts';
import { axisSizes, LOOP_AXES, REDUCED } from '../shared-axes.ts';
import { BOX, boxWords, copyBox, type IterationBoxes, isSameBox, joinBox, sharedWords, subtractBox } from './boxes.ts';
import type { Frame } from './frame.ts';
import { touchBox } from './reach.ts';
import { steadyIterations } from './steady.ts';

/** A shared loop with its bounds. */
interface Loop {
  readonly axis: number;
  readonly size: number;
  readonly tile: number;
  readonly iterations: number;
}

/** The iterations of a segment one after the other, by its boxes. Iterations are made in three rows in turn, so that the neighbours of one can be seen. */
export class Iterations {
  readonly count: number;
  readonly #frame: Frame;
  readonly #isCached: boolean;
  readonly #loops: readonly Loop[];
  /** Which loop runs over rows or columns, and its axis; -1: none. */
  readonly #sliding: number;
  readonly #slidingAxis: number;
  #rows: readonly IterationBoxes[];
  readonly #touched = new Int32Array(BOX);
  /** Where each operand ended on the sliding axis in the iteration before of the loop over it. */
  readonly #endBefore: Int32Array;
  /** The furthest that it was in any iteration before of that loop, since the loop started. */
  readonly #reached: Int32Array;
  /** The inner of the loops over other axes; -1: none. */
  readonly #plain: number;
  /** Boxes of what was made of the operands in all iterations before of that loop, together: slices follow one another. */
  readonly #sliced: Int32Array;
  /** Whether the box of an operand moves in the inner loop. */
  readonly #followsInner: Uint8Array;
  /** Boxes of the operands when the inner loop last started. */
  readonly #atStart: Int32Array;
  readonly #indices: number[];
  /** Whether the loop over rows or columns has moved since the iteration before. */
  #hasSlid = false;
  #next = 0;

  constructor(frame: Frame, { loops, halo }: Pick<Segment, 'loops' | 'halo'>) {
    const { operands, operators } = frame;
    const { operator, output } = operators.at(-1)!;
    const sizes = axisSizes(operator, operands[output]!.sizes);
    this.#frame = frame;
    this.#isCached = halo === 'cached';
    this.#loops = loops.map(({ axis, tile }) => {
      const index = LOOP_AXES.indexOf(axis);
      const size = sizes[index]!;
      return { axis: index, size, tile, iterations: Math.ceil(size / tile) };
    });
    this.count = this.#loops.reduce((count, { iterations }) => count * iterations, 1);
    this.#sliding = this.#loops.findIndex(({ axis }) => axis === 2 || axis === 3);
    this.#slidingAxis = this.#loops[this.#sliding]?.axis ?? -1;
    this.#plain = this.#loops.findLastIndex((_, loop) => loop !== this.#sliding);
    this.#sliced = new Int32Array(BOX * operands.length);
    this.#rows = [0, 1, 2].map(() => ({
      need: new Int32Array(BOX * operands.length),
      made: new Int32Array(BOX * operators.length + 2),
      moved: new Float64Array(operands.length),
    }));
    this.#endBefore = new Int32Array(operands.length);
    this.#reached = new Int32Array(operands.length);
    this.#followsInner = new Uint8Array(operands.length);
    this.#atStart = new Int32Array(BOX * operands.length);
    this.#indices = this.#loops.map(() => 0);
  }

  /** The boxes of an iteration; it, its neighbours and nothing else is known after {@link advance} made the one behind it. */
  row(iteration: number): IterationBoxes {
    return this.#rows[iteration % 3]!;
  }

  /** Makes the boxes of the next iteration; why it cannot be, or null. */
  advance(): Unfit | null {
    const row = this.row(this.#next);
    const before = this.#next === 0 ? null : this.row(this.#next - 1);
    const slid = this.#indices[this.#sliding];
    if (before !== null) this.#step(before);
    this.#hasSlid = this.#indices[this.#sliding] !== slid;
    const { operands, operators } = this.#frame;
    row.need.fill(0);
    row.made.fill(0);
    row.moved.fill(0);
    for (let at = operators.length - 1; at >= 0; at--) {
      const { output } = operators[at]!;
      if (at === operators.length - 1) this.#writeSink(row, output);
      const problem =
        (at < operators.length - 1 ? this.#settle(row, before, output) : null) ?? this.#work(row, before, at);
      if (problem !== null) return problem;
    }
    for (let i = 0; i < operands.length; i++) if (operands[i]!.maker < 0) this.#fetch(row, before, i);
    if (this.#indices[1] === 0) this.#atStart.set(row.need);
    this.#next++;
    return null;
  }

  /** Skips iterations that are like the last one made, and says how many: the next one is made with the boxes where they are by then. */
  skip(): number {
    const inner = this.#loops.length - 1;
    const made = this.#next - 1;
    if (inner < 0 || this.#indices[inner]! < 2) return 0;
    const left = this.#loops[inner]!.iterations - 2 - this.#indices[inner]!;
    if (left < 1) return 0;
    const [before, last] = [this.row(made - 1), this.row(made)];
    const skipped = steadyIterations(this.#frame, this.row(made - 2), before, last, left);
    if (skipped === 0) return 0;
    const first = this.row(made - 2);
    moveOn(first.need, before.need, last.need, skipped);
    moveOn(first.made, before.made, last.made, skipped);
    this.#next += skipped;
    this.#indices[inner]! += skipped;
    this.#rows = [0, 1, 2].map((i) => this.#rows[(i + 2 * skipped) % 3]!);
    return skipped;
  }

  /** Moves the shared loops on by one iteration; what they leave behind is seen in the iteration before. */
  #step(before: IterationBoxes): void {
    const { need } = before;
    for (let loop = this.#loops.length - 1; loop >= 0; loop--) {
      const isOver = this.#indices[loop]! + 1 === this.#loops[loop]!.iterations;
      this.#indices[loop] = isOver ? 0 : this.#indices[loop]! + 1;
      if (loop === this.#sliding)
        for (let i = 0; i < this.#endBefore.length; i++) {
          this.#endBefore[i] = isOver ? 0 : need[BOX * i + 2 * this.#slidingAxis + 1]!;
          this.#reached[i] = isOver ? 0 : Math.max(this.#reached[i]!, this.#endBefore[i]!);
        }
      if (loop === this.#plain) this.#keepSlices(before, isOver);
      if (!isOver) return;
    }
  }

  /** Adds the boxes of what an iteration made to those of the ones before; none when the loop starts again. What only stands from before is another slice's. */
  #keepSlices({ need, made }: IterationBoxes, isOver: boolean): void {
    const { operators } = this.#frame;
    const isWhole = this.#sliding > this.#plain;
    if (isOver) this.#sliced.fill(0);
    else
      for (let i = 0; i < operators.length; i++) {
        const at = BOX * operators[i]!.output;
        if (!isWhole && boxWords(made, BOX * i) === 0) continue;
        joinBox(this.#sliced, at, need, at);
        // All of the rows or columns ran inside.
        if (isWhole) this.#sliced[at + 2 * this.#slidingAxis] = 0;
      }
  }

  #writeSink({ need, made }: IterationBoxes, output: number): void {
    const { sizes } = this.#frame.operands[output]!;
    for (let axis = 0; axis < 4; axis++) need[BOX * output + 2 * axis + 1] = sizes[axis]!;
    for (let i = 0; i < this.#loops.length; i++) {
      const { axis, size, tile } = this.#loops[i]!;
      const from = this.#indices[i]! * tile;
      const [boxes, at] = axis === REDUCED ? [made, made.length - 2] : [need, BOX * output + 2 * axis];
      boxes[at] = from;
      boxes[at + 1] = Math.min(size, from + tile);
    }
  }

  /** Completes the box of a tensor that is made inside, after all that its users need of it was joined. */
  #settle({ need }: IterationBoxes, before: IterationBoxes | null, operand: number): Unfit | null {
    const at = BOX * operand;
    if (boxWords(need, at) === 0) return before === null ? null : this.#keepBox(need, before.need, operand);
    // Rows and columns that no user reads are made all the same, so that a layer does all of its multiply-accumulates.
    const { sizes } = this.#frame.operands[operand]!;
    for (let axis = 2; axis < 4; axis++) {
      const loop = this.#slidingAxis === axis ? this.#sliding : -1;
      const isFirst = loop < 0 || this.#indices[loop] === 0;
      const place = at + 2 * axis;
      need[place] = isFirst ? 0 : Math.min(need[place]!, this.#endBefore[operand]!);
      if (loop < 0 || this.#isLast(loop)) need[place + 1] = sizes[axis]!;
    }
    return null;
  }

  /**
   * The box of before stands where no user has work, until the rows or columns move on and all of them are made: then nobody will need it. In the last iteration
   * over rows or columns those that are still missing are made.
   */
  #keepBox(need: Int32Array, before: Int32Array, operand: number): Unfit | null {
    const at = BOX * operand;
    copyBox(need, at, before, at);
    if (this.#sliding < 0 || boxWords(need, at) === 0) return null;
    const end = at + 2 * this.#slidingAxis + 1;
    const { sizes, name } = this.#frame.operands[operand]!;
    const size = sizes[this.#slidingAxis]!;
    if (need[end]! >= size) {
      if (this.#hasSlid) need.fill(0, at, at + BOX);
      return null;
    }
    if (!this.#isLast(this.#sliding)) return null;
    if (this.#sliding < this.#loops.length - 1 && this.#followsInner[operand] === 1)
      return this.#isLast(1)
        ? { reason: `the last words of ${name} would not be made: nothing in the segment uses them` }
        : null;
    need[end - 1] = need[end]!;
    need[end] = size;
    return null;
  }

  #isLast(loop: number): boolean {
    return this.#indices[loop] === this.#loops[loop]!.iterations - 1;
  }

  /** What an operator makes of its output, and what it needs for that. */
  #work(row: IterationBoxes, before: IterationBoxes | null, at: number): Unfit | null {
    const { operands, operators } = this.#frame;
    const { inputs, reaches, output, together, isWhole, operator } = operators[at]!;
    const isView = operator.kind === 'view';
    const own = BOX * output;
    const made = BOX * at;
    copyBox(row.made, made, row.need, own);
    if (before !== null && !isView) {
      const problem = this.#takeOld(row, before, at);
      if (problem !== null) return problem;
    }
    if (boxWords(row.made, made) === 0) return null;
    const { name, sizes, isDrained, isAlias, place } = operands[output]!;
    for (let axis = 0; axis < 4; axis++)
      if (isWhole && row.made[made + 2 * axis + 1]! - row.made[made + 2 * axis]! < sizes[axis]!)
        return { reason: `${operator.name} only runs whole, but its segment needs a part of ${name} at a time` };
    if (row.made[made + 2]! % together !== 0 || row.made[made + 3]! % together !== 0)
      return {
        reason: `channels ${row.made[made + 2]} to ${row.made[made + 3]} of ${name} cut a group of ${together}`,
      };
    if (isDrained && !isAlias) row.moved[output] = this.#drained(row.made, made, output);
    if (place === 'partial' && this.#isLast(this.#loops.length - 1)) row.moved[output] = boxWords(row.made, made);
    for (let i = 0; i < inputs.length; i++) {
      touchBox(reaches[i]!, row.made, made, this.#touched, 0);
      if (boxWords(this.#touched, 0) > 0) joinBox(row.need, BOX * inputs[i]!, this.#touched, 0);
      else if (!isView)
        return { reason: `a tile of ${operator.name} needs no word of ${operands[inputs[i]!]!.name}: all is padding` };
    }
    return null;
  }

  /** Takes from what an operator makes the words that are there from the iteration before. */
  #takeOld(row: IterationBoxes, before: IterationBoxes, at: number): Unfit | null {
    const { output, operator } = this.#frame.operators[at]!;
    const own = BOX * output;
    const made = BOX * at;
    const { name } = this.#frame.operands[output]!;
    if (at === this.#frame.operators.length - 1 && this.#frame.partial !== null) return null;
    if (isSameBox(row.need, own, before.need, own)) {
      row.made.fill(0, made, made + BOX);
      return null;
    }
    if (at === this.#frame.operators.length - 1) return null;
    const isInnerStart = this.#loops.length > 1 && this.#indices[1] === 0;
    if (!isInnerStart) this.#followsInner[output] = 1;
    const isBothWays = isInnerStart && this.#followsInner[output] === 1;
    if (isBothWays && isSameBox(row.need, own, this.#atStart, own))
      return { reason: `${name} follows the inner shared loop but not the outer, so that it would be made again` };
    if (!this.#isCached) return null;
    const isBox = subtractBox(row.made, made, before.need, own);
    const isAgain =
      this.#sliding >= 0 &&
      boxWords(row.made, made) > 0 &&
      row.made[made + 2 * this.#slidingAxis]! < this.#reached[output]!;
    if (!isBox || isAgain || sharedWords(row.made, made, this.#sliced, own) > 0)
      return { reason: `${operator.name} would have to keep words of ${name} for longer than one iteration` };
    return null;
  }

  /** Words of what an operator makes that were not made before. */
  #drained(made: Int32Array, at: number, operand: number): number {
    const others = BOX * operand;
    const words = boxWords(made, at) - sharedWords(made, at, this.#sliced, others);
    if (this.#sliding < 0) return words;
    const old = this.#touched;
    copyBox(old, 0, made, at);
    const end = 2 * this.#slidingAxis + 1;
    old[end] = Math.min(old[end]!, this.#reached[operand]!);
    return words - boxWords(old, 0) + sharedWords(old, 0, this.#sliced, others);
  }

  /** Completes the box of an operand from outside. */
  #fetch({ need, moved }: IterationBoxes, before: IterationBoxes | null, operand: number): void {
    const at = BOX * operand;
    if (before !== null && boxWords(need, at) === 0) copyBox(need, at, before.need, at);
    if (this.#frame.operands[operand]!.place !== 'held') return;
    if (before === null) moved[operand] = boxWords(need, at);
    else if (!isSameBox(need, at, before.need, at))
      moved[operand] = boxWords(need, at) - (this.#isCached ? sharedWords(need, at, before.need, at) : 0);
  }
}

/** Moves the boxes of three iterations on by as many as are skipped, each at its pace. */
function moveOn(first: Int32Array, before: Int32Array, last: Int32Array, skipped: number): void {
  for (let i = 0; i < last.length; i++) {
    const way = skipped * (last[i]! - before[i]!);
    first[i]! += way;
    before[i]! += way;
    last[i]! += way;
  }
}
