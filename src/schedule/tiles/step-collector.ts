import type { Sequence } from '../../workload/graph/sequence.ts';
import { type Moves, NO_MOVES } from '../../workload/residency.ts';
import type { Retention } from '../retention.ts';
import { type Overwritten, overwrittenTile, overwrittenWhole, tileWordsAt, wholeParts } from '../room.ts';
import type { Segment } from '../schedule.ts';
import type { FixedPart, OrderedStep, SegmentPlan, StepKind } from '../step-kind.ts';
import { BOX, boxWords, type IterationBoxes } from './boxes.ts';
import type { Frame, FrameOperator } from './frame.ts';
import type { Iterations } from './iterations.ts';
import { touchBox } from './reach.ts';
import { sinkStage } from './sink-stage.ts';
import { makeStep, stepTraffic } from './step-maker.ts';

/** Numbers of a sink's step that say which channels it sums, and whether they are the first or the last ones. */
const STAGE_MARKS = 3;

/** A kind of step with the numbers that tell it from others of its operator. */
interface Known {
  readonly marks: Float64Array;
  readonly kind: number;
}

/** Equal steps of a segment. */
export interface OutlineStep {
  /** Operator of the frame. */
  readonly at: number;
  readonly count: number;
  /** Operand whose tile it overwrites where both are tiles; -1: none. */
  readonly overwrites: number;
}

/** The steps of a segment by what they make, keep and move, wherever its operands are. What is known of all of them is flat: searches keep many outlines. */
export interface StepOutline {
  readonly steps: readonly OutlineStep[];
  /** [step][operand]: words of its tile, or of what is held of it, and words that the step fetches of it where it is held, or drains. */
  readonly words: Float64Array;
  /** [step]: boxes of what the operators of the frame make, of which its own counts. */
  readonly made: Int32Array;
}

/** Places of the marks of a step: the operand that it overwrites, sizes of what it makes, then sizes of its operands. */
const OVERWRITTEN = 0;
const SIZES = 1;
const OPERANDS = SIZES + 4;

/** Gathers the steps of a segment, iteration by iteration, with equal ones as one kind. */
export class StepCollector {
  readonly #retention: Retention;
  readonly #frame: Frame;
  readonly #isCached: boolean;
  readonly #whole: readonly FixedPart[];
  readonly #overwritten: readonly Overwritten[];
  /** By kind. */
  readonly #counts: number[] = [];
  /** By kind, one of each; none where their order is not kept, as outlines tell of no places. */
  readonly #steps: StepKind[] = [];
  /** By kind: boxes of what is made in the iteration of the first such step. */
  readonly #made: Int32Array[] = [];
  /** Kinds by operator of the frame, the last one found first. */
  readonly #known: Known[][];
  /** Null: in which order the steps run is not kept. */
  readonly #order: { readonly kinds: number[]; readonly iterations: number[] } | null;
  /** Kinds of the steps of the iteration that was added last, in order. */
  #last: number[] = [];
  /** Of the step at hand: the operand that it overwrites, and the sizes of its boxes; then by operand words that are kept and words that move. */
  readonly #marks: Float64Array;
  /** How many numbers come before those of the operands. */
  readonly #ownMarks: number;
  readonly #touched = new Int32Array(BOX);

  /** @param isOrdered whether the order of the steps is kept, which is long where there are many iterations */
  constructor(sequence: Sequence, retention: Retention, frame: Frame, segment: Segment, isOrdered: boolean) {
    this.#order = isOrdered ? { kinds: [], iterations: [] } : null;
    this.#retention = retention;
    this.#frame = frame;
    this.#isCached = segment.halo === 'cached';
    this.#whole = wholeParts(sequence, retention, frame, segment);
    this.#overwritten = frame.operators.map((_, at) => overwrittenWhole(sequence, frame, at));
    this.#known = frame.operators.map(() => []);
    this.#ownMarks = OPERANDS + Math.max(4, ...frame.operators.map(({ inputs }) => inputs.length)) + STAGE_MARKS;
    this.#marks = new Float64Array(this.#ownMarks + 2 * frame.operands.length);
  }

  /** Adds the steps of an iteration; the one behind it is made already, where there is one. */
  add(iterations: Iterations, iteration: number): void {
    const now = iterations.row(iteration);
    const before = iteration === 0 ? null : iterations.row(iteration - 1);
    const next = iteration === iterations.count - 1 ? null : iterations.row(iteration + 1);
    const { operators } = this.#frame;
    this.#last = [];
    for (let at = 0; at < operators.length; at++) {
      const one = operators[at]!;
      if (one.operator.kind === 'view' || boxWords(now.made, BOX * at) === 0) continue;
      this.#mark(at, one, now, before, next);
      this.#last.push(this.#kindOf(at, now));
    }
    this.#ordered(iteration);
  }

  /** Adds the steps of the iteration that was added last again, as the next ones. @param iteration the last one */
  repeat(times: number, iteration: number): void {
    for (const kind of this.#last) this.#counts[kind]! += times;
    for (let i = 1; i <= times; i++) this.#ordered(iteration + i);
  }

  #ordered(iteration: number): void {
    if (this.#order === null) return;
    for (const kind of this.#last) {
      this.#order.kinds.push(kind);
      this.#order.iterations.push(iteration);
    }
  }

  /** The steps as they run. @throws RangeError where their order is not kept */
  plan(): SegmentPlan {
    if (this.#order === null) throw new RangeError('the order of the steps is not kept');
    const steps = this.#steps.map((step, kind): StepKind => ({ ...step, count: this.#counts[kind]! }));
    const { kinds, iterations } = this.#order;
    return {
      kinds: steps,
      *order(): Generator<OrderedStep> {
        for (let i = 0; i < kinds.length; i++) yield { kind: kinds[i]!, iteration: iterations[i]! };
      },
    };
  }

  /** The steps by what does not depend on where operands are. */
  outline(): StepOutline {
    const count = this.#counts.length;
    const ofOperands = 2 * this.#frame.operands.length;
    const ofBoxes = this.#made[0]?.length ?? 0;
    const words = new Float64Array(count * ofOperands);
    const made = new Int32Array(count * ofBoxes);
    const steps: OutlineStep[] = new Array(count);
    let step = 0;
    for (const [at, known] of this.#known.entries())
      for (const { marks, kind } of known) {
        words.set(marks.subarray(this.#ownMarks), step * ofOperands);
        made.set(this.#made[kind]!, step * ofBoxes);
        steps[step++] = { at, count: this.#counts[kind]!, overwrites: marks[OVERWRITTEN]! };
      }
    return { steps, words, made };
  }

  /** Writes what tells a step from others: sizes of its boxes at their borders, what is kept, what moves. */
  #mark(
    at: number,
    { operator, inputs, reaches }: FrameOperator,
    now: IterationBoxes,
    before: IterationBoxes | null,
    next: IterationBoxes | null,
  ): void {
    const marks = this.#marks;
    const { operands } = this.#frame;
    marks.fill(0);
    for (let axis = 0; axis < 4; axis++)
      marks[SIZES + axis] = now.made[BOX * at + 2 * axis + 1]! - now.made[BOX * at + 2 * axis]!;
    if (operator.kind === 'mac') {
      const { stride, paddingBefore } = operator.shape.problem;
      touchBox(reaches[0]!, now.made, BOX * at, this.#touched, 0);
      for (let i = 0; i < 2; i++) {
        marks[OPERANDS + i] = Math.max(0, paddingBefore[i]! - now.made[BOX * at + 4 + 2 * i]! * stride[i]!);
        marks[OPERANDS + 2 + i] = this.#touched[5 + 2 * i]! - this.#touched[4 + 2 * i]!;
      }
    } else
      for (let i = 0; i < inputs.length; i++) {
        touchBox(reaches[i]!, now.made, BOX * at, this.#touched, 0);
        marks[OPERANDS + i] = boxWords(this.#touched, 0);
      }
    marks[OVERWRITTEN] = overwrittenTile(this.#frame, at, now);
    for (let i = 0; i < operands.length; i++) {
      const { place, isAlias, maker } = operands[i]!;
      if (place !== 'tile' && place !== 'held') continue;
      const mark = this.#ownMarks + 2 * i;
      if (!isAlias) marks[mark] = tileWordsAt(this.#frame, i, at, this.#isCached, now, before, next);
      const moved = now.moved[i]!;
      if (moved > 0 && (maker < 0 ? this.#firstUser(i, now) : maker) === at) marks[mark + 1] = moved;
    }
    this.#markSums(at, now);
  }

  /** Partial sums stay from the step that makes them first to the one that completes them. */
  #markSums(at: number, { need, made, moved }: IterationBoxes): void {
    const { partial, operators } = this.#frame;
    if (partial === null) return;
    const stage = sinkStage(this.#frame, made);
    const marks = this.#marks;
    const mark = this.#ownMarks + 2 * partial.operand;
    const isSink = at === operators.length - 1;
    if (isSink || stage.resumes) marks[mark] = boxWords(need, BOX * partial.operand);
    if (!isSink) return;
    marks[mark + 1] = moved[partial.operand]!;
    const first = this.#ownMarks - STAGE_MARKS;
    marks[first] = stage.channels;
    marks[first + 1] = Number(stage.resumes);
    marks[first + 2] = Number(stage.completes);
  }

  /** First operator with something to do that reads an operand in an iteration. */
  #firstUser(operand: number, { made }: IterationBoxes): number {
    const { operands, operators } = this.#frame;
    for (const at of operands[operand]!.touching)
      if (boxWords(made, BOX * at) > 0 && operators[at]!.inputs.includes(operand)) return at;
    return -1;
  }

  #kindOf(at: number, { made }: IterationBoxes): number {
    const known = this.#known[at]!;
    const marks = this.#marks;
    for (let i = 0; i < known.length; i++) {
      const one = known[i]!;
      let mark = 0;
      while (mark < marks.length && one.marks[mark] === marks[mark]) mark++;
      if (mark < marks.length) continue;
      if (i > 0) {
        known[i] = known[0]!;
        known[0] = one;
      }
      this.#counts[one.kind]!++;
      return one.kind;
    }
    const kind = this.#counts.push(1) - 1;
    this.#made.push(made.slice());
    known.unshift({ marks: marks.slice(), kind });
    if (this.#order !== null)
      this.#steps.push(
        makeStep(this.#frame, this.#retention.level, at, made, stepTraffic(this.#fixedParts(at), this.#moves())),
      );
    return kind;
  }

  #fixedParts(at: number): FixedPart[] {
    const { operands, partial } = this.#frame;
    const overwritten = this.#overwritten[at]!;
    const parts = this.#whole.map((part) =>
      part.index === overwritten.storage ? { ...part, bits: part.bits - overwritten.bits } : part,
    );
    operands.forEach(({ what, place, index, bits, maker }, i) => {
      const mark = this.#ownMarks + 2 * i;
      const arriving = maker < 0 ? this.#marks[mark + 1]! * (this.#retention.copies - 1) : 0;
      const kept = i === this.#marks[OVERWRITTEN] ? 0 : this.#marks[mark]!;
      const words = kept + arriving;
      const held = what === 'tensor' ? 'held' : 'held-parameters';
      const wordBits = i === partial?.operand ? partial.roomBits : bits;
      if (words * wordBits > 0) parts.push({ what: place === 'held' ? held : 'tile', index, bits: words * wordBits });
    });
    return parts;
  }

  #moves(): Moves {
    const fetched: Moves['fetched'][number][] = [];
    const drained: Moves['drained'][number][] = [];
    this.#frame.operands.forEach(({ place, bits }, i) => {
      const words = this.#marks[this.#ownMarks + 2 * i + 1]!;
      if (words > 0) (place === 'held' ? fetched : drained).push({ words, wordBits: bits });
    });
    return fetched.length + drained.length === 0 ? NO_MOVES : { fetched, drained };
  }
}
