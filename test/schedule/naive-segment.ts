import type { Home, Segment } from '../../src/schedule/schedule.ts';
import { LOOP_AXES } from '../../src/schedule/shared-axes.ts';
import type { Sequence } from '../../src/workload/graph/sequence.ts';
import {
  ABSENT,
  common,
  endAlong,
  filled,
  isEqual,
  type Key,
  type Range,
  setOf,
  sources,
  tensorKey,
  type Word,
  type Words,
  without,
  wordsIn,
} from './word-sets.ts';

/** What a step did, found by walking words. */
export interface NaiveStep {
  readonly operator: number;
  readonly iteration: number;
  readonly made: number;
  readonly fetched: number;
  readonly drained: number;
  /** Products of channels that each word adds up; 0 for what is no layer. */
  readonly channels: number;
  /** Words that it adds to what was left of the iteration before. */
  readonly resumed: number;
  /** Words of 8 bits of tiles and of held operands in the retention level, less those that are overwritten; partial sums have 16 bits. */
  readonly kept: number;
}

/** An iteration of the shared loops: the box of the last output, and where the loop over rows or columns is. */
interface Tile {
  readonly ranges: readonly (readonly [number, number])[];
  readonly slide: number;
  readonly isLast: boolean;
  /** Iteration of the inner loop. */
  readonly inner: number;
  /** Channels that the last operator sums; null: all. */
  readonly summed: Range | null;
}

/** Executes a segment with explicit sets of words. */
export class NaiveSegment {
  readonly steps: NaiveStep[] = [];
  /** Times that each word of each tensor was made. */
  readonly times = new Map<Key, Map<string, number>>();
  readonly #sequence: Sequence;
  /** By iteration, what each operator makes. */
  readonly #makes: Map<number, Words>[] = [];
  readonly #homes: readonly Home[];
  readonly #segment: Segment;
  readonly #tiles: readonly Tile[];
  /** Channels that partial sums of the last operator have added up, by word. */
  readonly #sums = new Map<string, number>();
  /** Words of tiles and held operands that are in the retention level. */
  #present = new Map<Key, Words>();
  readonly #drained = new Map<Key, Set<string>>();
  /** Tensors that move in the inner loop. */
  readonly #followers = new Set<Key>();
  /** Where each tensor ended along the sliding axis in the iteration before of the loop over it. */
  #ends = new Map<Key, number>();

  constructor(sequence: Sequence, homes: readonly Home[], segment: Segment) {
    this.#sequence = sequence;
    this.#homes = homes;
    this.#segment = segment;
    const all = this.#iterations();
    this.#tiles = all;
    const needs: Map<Key, Words>[] = [];
    const makes = this.#makes;
    for (const [i, tile] of all.entries()) this.#derive(tile, all[i - 1] ?? null, needs, makes);
    for (const i of all.keys()) this.#run(i, needs);
  }

  #members(): number[] {
    const { first, end } = this.#segment;
    return Array.from({ length: end - first }, (_, i) => first + i);
  }

  #isMade(tensor: number): boolean {
    return this.#members().some((index) => this.#sequence.operators[index]!.output === tensor);
  }

  #iterations(): Tile[] {
    const { loops, end } = this.#segment;
    const { sizes } = this.#sequence.tensors[this.#sequence.operators[end - 1]!.output]!;
    let all: Tile[] = [
      { ranges: sizes.map((size) => [0, size] as const), slide: 0, isLast: true, inner: 0, summed: null },
    ];
    for (const { axis, tile } of loops) {
      const at = LOOP_AXES.indexOf(axis);
      const size = axis === 'reduced' ? this.#channelsOf(end - 1) : sizes[at]!;
      all = all.flatMap((outer) =>
        Array.from({ length: Math.ceil(size / tile) }, (_, i) => ({
          ranges: outer.ranges.map((range, other) =>
            other === at ? ([i * tile, Math.min(size, (i + 1) * tile)] as const) : range,
          ),
          slide: axis === 'p' || axis === 'q' ? i : outer.slide,
          isLast: axis === 'p' || axis === 'q' ? (i + 1) * tile >= size : outer.isLast,
          inner: i,
          summed: axis === 'reduced' ? ([i * tile, Math.min(size, (i + 1) * tile)] as const) : outer.summed,
        })),
      );
    }
    return all;
  }

  /** What is there and what is made in an iteration, from the last operator to the first. */
  #derive(tile: Tile, before: Tile | null, needs: Map<Key, Words>[], makes: Map<number, Words>[]): void {
    const { operators, tensors } = this.#sequence;
    const { end, halo, loops } = this.#segment;
    const old = needs.at(-1) ?? new Map<Key, Words>();
    const need = new Map<Key, Words>();
    const made = new Map<number, Words>();
    const touched = new Map<Key, Map<string, Word>>();
    const sliding = loops.find(({ axis }) => axis === 'p' || axis === 'q');
    const slidingAxis = sliding === undefined ? -1 : LOOP_AXES.indexOf(sliding.axis);
    const slid = before !== null && before.slide !== tile.slide;
    if (slid)
      this.#ends =
        tile.slide === 0 ? new Map() : new Map([...old].map(([key, words]) => [key, endAlong(words, slidingAxis)]));
    for (const index of this.#members().reverse()) {
      const { output, kind } = operators[index]!;
      const key = tensorKey(output);
      const asked = touched.get(key) ?? ABSENT;
      const { sizes } = tensors[output]!;
      const own =
        index === end - 1
          ? setOf(wordsIn(tile.ranges))
          : asked.size === 0
            ? this.#standing(key, old.get(key) ?? ABSENT, tile, slidingAxis, slid)
            : filled(asked, (axis, from, to) =>
                axis < 2
                  ? [from, to]
                  : axis !== slidingAxis
                    ? [0, sizes[axis]!]
                    : [
                        tile.slide === 0 ? 0 : Math.min(from, this.#ends.get(key) ?? from),
                        tile.isLast ? sizes[axis]! : to,
                      ],
              );
      need.set(key, own);
      if (tile.inner > 0 && !isEqual(own, old.get(key) ?? ABSENT)) this.#followers.add(key);
      const last = old.get(key) ?? ABSENT;
      const isSum = index === end - 1 && tile.summed !== null;
      const words =
        kind === 'view' || isSum ? own : isEqual(own, last) ? ABSENT : halo === 'cached' ? without(own, last) : own;
      made.set(index, words);
      for (const word of words.values())
        for (const [from, source] of sources(
          this.#sequence,
          index,
          operators[index]!,
          word,
          isSum ? tile.summed : null,
        )) {
          const to = touched.get(from) ?? new Map<string, Word>();
          touched.set(from, to.set(source.join(), source));
        }
    }
    for (const key of new Set([...touched.keys(), ...old.keys()]))
      if (!need.has(key)) {
        const asked = touched.get(key) ?? ABSENT;
        need.set(key, asked.size === 0 ? old.get(key)! : filled(asked, (_, from, to) => [from, to]));
      }
    needs.push(need);
    makes.push(made);
  }
  /**
   * What is there where no user has work: nothing when the sliding loop has moved on and all words were made; in its last iteration, words that are still missing.
   */
  #standing(key: Key, old: Words, tile: Tile, axis: number, slid: boolean): Words {
    const end = endAlong(old, axis);
    const size = this.#sequence.tensors[Number(key.slice(1))]!.sizes[axis];
    const isOuter = LOOP_AXES.indexOf(this.#segment.loops.at(-1)?.axis ?? 'n') !== axis;
    if (axis >= 0 && end === size && slid) return ABSENT;
    if (axis < 0 || !tile.isLast || old.size === 0 || end === size || (isOuter && this.#followers.has(key))) return old;
    return filled(old, (other, from, to) => (other === axis ? [end, size!] : [from, to]));
  }

  /** Operators that make or read what stays as tiles or is held; null of what does neither. */
  #users(key: Key): readonly number[] | null {
    const { operators, tensors } = this.#sequence;
    const { held, end } = this.#segment;
    const index = Number(key.slice(1));
    if (key.startsWith('w'))
      return held.some((one) => one.kind === 'parameters' && one.operator === index) ? [index] : null;
    const users = (tensor: number): number[] =>
      this.#members().flatMap((at) => {
        const { kind, inputs, output } = operators[at]!;
        if (!inputs.includes(tensor)) return [];
        return kind === 'view' ? [at, ...users(output)] : [at];
      });
    const maker = this.#members().find((at) => operators[at]!.output === index);
    const isTile = maker !== undefined && maker < end - 1 && operators[maker]!.kind !== 'view';
    const isHeld = held.some((one) => one.kind === 'tensor' && one.tensor === index);
    if ((!isTile && !isHeld) || this.#homes[tensors[index]!.storage] === 'retained') return null;
    return maker === undefined ? users(index) : [maker, ...users(index)];
  }

  /** Words of a tile that are there at the step of an operator. */
  #wanted(key: Key, at: number, iteration: number, needs: readonly Map<Key, Words>[]): Words {
    const users = this.#users(key);
    const own = needs[iteration]!.get(key) ?? ABSENT;
    if (users === null) return ABSENT;
    const works = (index: number) =>
      this.#sequence.operators[index]!.kind !== 'view' && this.#makes[iteration]!.get(index)!.size > 0;
    const [first, last] = [Math.min(...users.filter(works)), Math.max(...users.filter(works))];
    if (at >= first && at <= last) return own;
    const isBefore = at < first && Number.isFinite(first);
    const other = needs[iteration + (isBefore ? -1 : 1)]?.get(key) ?? ABSENT;
    if (this.#segment.halo === 'cached') return common(own, other);
    return isEqual(own, other) ? own : ABSENT;
  }

  #run(iteration: number, needs: readonly Map<Key, Words>[]): void {
    const { operators } = this.#sequence;
    const need = needs[iteration]!;
    const before = needs[iteration - 1];
    const waiting = new Map<Key, Words>();
    for (const [key, words] of need) {
      const old = before?.get(key) ?? ABSENT;
      const isMade = key.startsWith('t') && this.#isMade(Number(key.slice(1)));
      if (isMade || this.#users(key) === null || isEqual(words, old)) continue;
      waiting.set(key, this.#segment.halo === 'cached' ? without(words, old) : words);
    }
    for (const at of this.#members()) {
      const operator = operators[at]!;
      const made = this.#makes[iteration]!.get(at)!;
      if (operator.kind === 'view' || made.size === 0) continue;
      const arriving = new Map<Key, Words>([[tensorKey(operator.output), made]]);
      const read = new Map<Key, Map<string, Word>>();
      for (const word of made.values())
        for (const [key, source] of this.#parts(at, word, iteration)) {
          const words = read.get(key) ?? new Map<string, Word>();
          read.set(key, words.set(source.join(), source));
        }
      let fetched = 0;
      for (const key of read.keys()) {
        const words = waiting.get(key);
        if (words === undefined) continue;
        fetched += words.size;
        arriving.set(key, words);
        waiting.delete(key);
      }
      this.#settle(at, iteration, needs, arriving);
      for (const [key, words] of read)
        if (this.#users(key) !== null && without(words, this.#present.get(key)!).size > 0)
          throw new Error(`${operator.name} at iteration ${iteration} misses words of ${key}`);
      const isSum = at === this.#segment.end - 1 && this.#tiles[iteration]!.summed !== null;
      const resumed = isSum ? [...made.keys()].filter((word) => this.#sums.has(word)).length : 0;
      const channels = isSum ? this.#add(iteration, made) : this.#channelsOf(at);
      const kept = [...this.#present.values()].reduce((sum, words) => sum + words.size, 0);
      const sums = (this.#isRetained(operators[this.#segment.end - 1]!.output) ? 1 : 2) * this.#sums.size;
      const complete = isSum ? this.#complete(made) : made;
      const drained = this.#drain(operator.output, at, complete);
      this.steps.push({
        ...{ operator: at, iteration, made: made.size, fetched, channels, resumed },
        drained: isSum && !this.#isRetained(operator.output) ? complete.size : drained,
        kept: kept + sums - this.#overwritten(at, made, need),
      });
    }
  }

  #isRetained(tensor: number): boolean {
    return this.#homes[this.#sequence.tensors[tensor]!.storage] === 'retained';
  }

  /** Channels of a group that a layer sums; 0 for what is none. */
  #channelsOf(index: number): number {
    const operator = this.#sequence.operators[index]!;
    return operator.kind === 'mac' ? operator.shape.problem.bounds.C : 0;
  }

  /** Adds the channels of an iteration to the partial sums of words. @returns how many they are */
  #add(iteration: number, words: Words): number {
    const [from, to] = this.#tiles[iteration]!.summed!;
    for (const word of words.keys()) {
      const before = this.#sums.get(word) ?? 0;
      if (before !== from) throw new Error(`word ${word} has ${before} of ${from} channels`);
      this.#sums.set(word, to);
    }
    return to - from;
  }

  /** Takes those words away that are complete. */
  #complete(words: Words): Words {
    const all = this.#channelsOf(this.#segment.end - 1);
    const done = new Map([...words].filter(([word]) => this.#sums.get(word) === all));
    for (const word of done.keys()) this.#sums.delete(word);
    return done;
  }

  /** Sources of a word under the names that have words of their own. */
  *#parts(index: number, word: Word, iteration: number): Generator<[Key, Word]> {
    const summed = index === this.#segment.end - 1 ? this.#tiles[iteration]!.summed : null;
    for (const [key, source] of sources(this.#sequence, index, this.#sequence.operators[index]!, word, summed)) {
      const maker = key.startsWith('t')
        ? this.#members().find((at) => this.#sequence.operators[at]!.output === Number(key.slice(1)))
        : undefined;
      if (maker !== undefined && this.#sequence.operators[maker]!.kind === 'view')
        yield* this.#parts(maker, source, iteration);
      else yield [key, source];
    }
  }

  /** Brings what arrives and drops what is not wanted at a step. */
  #settle(at: number, iteration: number, needs: readonly Map<Key, Words>[], arriving: ReadonlyMap<Key, Words>): void {
    const next = new Map<Key, Words>();
    for (const key of new Set([...needs[iteration]!.keys(), ...arriving.keys()])) {
      if (this.#users(key) === null) continue;
      const wanted = this.#wanted(key, at, iteration, needs);
      const there = new Map([...(this.#present.get(key) ?? ABSENT), ...(arriving.get(key) ?? ABSENT)]);
      next.set(key, common(wanted, there));
    }
    this.#present = next;
  }

  #drain(output: number, at: number, made: Words): number {
    const key = tensorKey(output);
    const times = this.times.get(key) ?? new Map<string, number>();
    this.times.set(key, times);
    for (const word of made.keys()) times.set(word, (times.get(word) ?? 0) + 1);
    const { storage } = this.#sequence.tensors[output]!;
    if (at === this.#segment.end - 1 || this.#homes[storage] !== 'outermost') return 0;
    const drained = this.#drained.get(key) ?? new Set<string>();
    this.#drained.set(key, drained);
    const words = [...made.keys()].filter((word) => !drained.has(word));
    for (const word of words) drained.add(word);
    return words.length;
  }

  /** Words of an operand's tile that the output takes the place of. */
  #overwritten(at: number, made: Words, need: ReadonlyMap<Key, Words>): number {
    const { operators } = this.#sequence;
    const operator = operators[at]!;
    if (operator.kind !== 'vector' || operator.inPlace === null) return 0;
    const operand = operator.inputs[operator.inPlace]!;
    const key = tensorKey(operand);
    const readers = this.#members().flatMap((other) => operators[other]!.inputs.filter((one) => one === operand));
    const isTile = (tensor: Key) => this.#users(tensor) !== null;
    if (!this.#isMade(operand) || !isTile(key) || !isTile(tensorKey(operator.output)) || readers.length > 1) return 0;
    return isEqual(need.get(key)!, made) ? made.size : 0;
  }
}
