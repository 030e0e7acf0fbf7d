import { DIM_COUNT, type KernelModel } from '../../../cost/kernel/model.ts';
import { ceilDiv } from '../../../util/integers.ts';
import type { ChosenExtents } from '../placements/placement-compiler.ts';
import { raggedExtents } from '../space/ragged-extents.ts';
import { childrenAlong } from '../space/spatial-choices.ts';
import { type InputsAxis, inputsAxis } from '../tiles/inputs-axis.ts';
import { tileExtents } from '../tiles/tile-lattice.ts';

/** Intervals of places in a dim's list of extents: those from `first[i]` to `last[i]`, ascending and disjoint. */
export interface Intervals {
  readonly first: Uint16Array;
  readonly last: Uint16Array;
}

/** [level][dim]: intervals of tile extents; a box is one interval per dim. Level 0 is empty: its tile is everything. */
export type ExtentBoxes = readonly (readonly Intervals[])[];

/** The extents of one dim. */
interface DimExtents {
  readonly list: Float64Array;
  /** [place]: extents that divide it. */
  readonly divisorCounts: Uint16Array;
  readonly isComplete: boolean;
}

/** Per dim of one spatial choice: the extents of tiles, and per level the sums over the axes of Inputs. */
export interface ChoiceExtents {
  /** [dim]: temporal steps inside a tile, ascending. */
  readonly values: readonly Float64Array[];
  /** [dim][place]: extents of the list that divide it. */
  readonly divisorCounts: readonly Uint16Array[];
  /** [dim][place]: temporal steps above a tile. */
  readonly above: readonly Float64Array[];
  /** [level][dim][place]: extent of the tile that the level holds. */
  readonly extents: readonly (readonly Float64Array[])[];
  /** [level] */
  readonly rows: readonly InputsAxis[];
  readonly columns: readonly InputsAxis[];
  /** Whether these are all extents that the mapspace has. */
  readonly isComplete: boolean;
}

/** Makes {@link ChoiceExtents}; what several spatial choices share is made once. */
export class ExtentTables {
  readonly #model: KernelModel;
  readonly #values = new Map<number, DimExtents>();
  readonly #axes = new Map<string, InputsAxis>();

  constructor(model: KernelModel) {
    this.#model = model;
  }

  /** The tables of a spatial choice. */
  of(spatial: Float64Array): ChoiceExtents {
    const model = this.#model;
    const values: Float64Array[] = [];
    const above: Float64Array[] = [];
    const counts: Uint16Array[] = [];
    let complete = true;
    for (let d = 0; d < DIM_COUNT; d++) {
      const parallel = childrenAlong(spatial, d);
      const { list, divisorCounts, isComplete } = this.#extents(ceilDiv(model.bounds[d]!, parallel));
      complete &&= isComplete;
      values.push(list);
      counts.push(divisorCounts);
      above.push(list.map((value) => ceilDiv(model.bounds[d]!, value * parallel)));
    }
    const extents: Float64Array[][] = [];
    const rows: InputsAxis[] = [];
    const columns: InputsAxis[] = [];
    for (let level = 1; level < model.levelCount; level++) {
      const own = tileExtents(model, values, spatial, level);
      extents[level] = own;
      rows[level] = this.#axis('rows', values, above, own, spatial, level);
      columns[level] = this.#axis('columns', values, above, own, spatial, level);
    }
    return { values, divisorCounts: counts, above, extents, rows, columns, isComplete: complete };
  }

  #extents(steps: number): DimExtents {
    const known = this.#values.get(steps);
    if (known !== undefined) return known;
    const { extents, isComplete } = raggedExtents(steps, this.#model.levelCount);
    const list = Float64Array.from(extents);
    const made = { list, divisorCounts: countDivisors(list), isComplete };
    this.#values.set(steps, made);
    return made;
  }

  #axis(
    name: 'rows' | 'columns',
    values: readonly Float64Array[],
    above: readonly Float64Array[],
    extents: readonly Float64Array[],
    spatial: Float64Array,
    level: number,
  ): InputsAxis {
    const axis = this.#model[name];
    let key = `${name} ${level}`;
    for (let l = 0; l < this.#model.levelCount; l++)
      key += ` ${spatial[l * DIM_COUNT + axis.output]},${spatial[l * DIM_COUNT + axis.filter]}`;
    const known = this.#axes.get(key);
    if (known !== undefined) return known;
    const table = inputsAxis(this.#model, axis, { values, above, factors: 'imperfect' }, extents, spatial, level);
    this.#axes.set(key, table);
    return table;
  }
}

/** [place]: how many numbers of an ascending list divide each. */
function countDivisors(list: Float64Array): Uint16Array {
  return Uint16Array.from(list, (value, place) => {
    let count = 1;
    for (let inner = 0; inner < place; inner++) if (value % list[inner]! === 0) count++;
    return count;
  });
}

/** Intervals over all extents of every level and dim: the least and the largest extent alone, the rest in at most `parts` intervals. */
export function rootBoxes(values: readonly Float64Array[], levelCount: number, parts: number): ExtentBoxes {
  const perDim = values.map((list) => {
    const inner = list.length - 2;
    if (inner <= 0) return intervalsOf(Array.from(list, (_, i) => [i, i]));
    const count = Math.min(parts, inner);
    const middle = Array.from({ length: count }, (_, i): [number, number] => [
      1 + Math.floor((i * inner) / count),
      Math.floor(((i + 1) * inner) / count),
    ]);
    return intervalsOf([[0, 0], ...middle, [list.length - 1, list.length - 1]]);
  });
  return Array.from({ length: levelCount }, (_, level) => (level === 0 ? [] : perDim));
}

/** Intervals from pairs of first and last places. */
export function intervalsOf(pairs: readonly (readonly number[])[]): Intervals {
  return {
    first: Uint16Array.from(pairs, (pair) => pair[0]!),
    last: Uint16Array.from(pairs, (pair) => pair[1]!),
  };
}

/** Whether every interval holds one extent. */
export function isPoints(boxes: ExtentBoxes): boolean {
  return boxes.every((dims) => dims.every(({ first, last }) => first.every((place, i) => place === last[i])));
}

/** Boxes of a level. */
export function boxCount(dims: readonly Intervals[]): number {
  return dims.reduce((count, { first }) => count * first.length, 1);
}

/** One extent of each interval: that with the most divisors among all extents, the largest of these, so that chains lead through it. */
export function sampleBoxes(boxes: ExtentBoxes, divisorCounts: readonly Uint16Array[]): ExtentBoxes {
  return boxes.map((dims) =>
    dims.map(({ first, last }, d) => {
      const chosen = first.map((from, i) => {
        let best = from;
        for (let place = from; place <= last[i]!; place++)
          if (divisorCounts[d]![place]! >= divisorCounts[d]![best]!) best = place;
        return best;
      });
      return { first: chosen, last: chosen };
    }),
  );
}

/**
 * Halves intervals, those of the dims whose extents differ most first, while a level has no more than `most` boxes and not many times what it had;
 * null when none can be halved.
 */
export function halve(boxes: ExtentBoxes, values: readonly Float64Array[], most: number): ExtentBoxes | null {
  let changed = false;
  const halved = boxes.map((dims) => {
    let count = boxCount(dims);
    const limit = Math.min(most, LEAST_BOXES + GROWTH * count);
    const next = [...dims];
    const spread = dims.map(({ first, last }, d) =>
      first.reduce((widest, place, i) => Math.max(widest, values[d]![last[i]!]! / values[d]![place]!), 1),
    );
    const order = dims.map((_, d) => d).sort((a, b) => spread[b]! - spread[a]! || a - b);
    for (const d of order) {
      const { first, last } = dims[d]!;
      const pairs: [number, number][] = [];
      for (let i = 0; i < first.length; i++) {
        const from = first[i]!;
        const to = last[i]!;
        const middle = (from + to) >> 1;
        pairs.push([from, middle]);
        if (middle < to) pairs.push([middle + 1, to]);
      }
      if (pairs.length === first.length) continue;
      const grown = (count / first.length) * pairs.length;
      if (grown > limit) continue;
      count = grown;
      next[d] = intervalsOf(pairs);
      changed = true;
    }
    return next;
  });
  return changed ? halved : null;
}

/** Boxes of a level that one halving may always reach, and how many times more than before. */
const LEAST_BOXES = 200;
const GROWTH = 4;

/** The extents in the boxes. */
export function chosenExtents(values: readonly Float64Array[], boxes: ExtentBoxes): ChosenExtents {
  const byLevel = boxes.map((dims) =>
    dims.map(({ first, last }, d) => {
      const own = new Set<number>();
      for (let i = 0; i < first.length; i++)
        for (let place = first[i]!; place <= last[i]!; place++) own.add(values[d]![place]!);
      return own;
    }),
  );
  const any = values.map((list, d) =>
    list.filter(
      (value, place) =>
        place === 0 || place === list.length - 1 || byLevel.some((dims) => dims[d]?.has(value) === true),
    ),
  );
  return { values: any, byLevel };
}
