import type { Accelerator } from '../../../accelerator/accelerator.ts';
import type { MappingConstraints } from '../../../mapping/constraints.ts';
import type { SpatialLoop } from '../../../mapping/mapping.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { DIMS, TENSORS } from '../../../util/vocabulary.ts';
import { type Factors, levelChoices } from './spatial-choices.ts';

/** The choices of one level for what the levels outside leave, in little room: `levelChoices` as numbers. */
export interface LevelList {
  readonly count: number;
  /** [place * slots + slot] */
  readonly bounds: Uint32Array;
  /** [place * 3 + tensor] */
  readonly hops: Float64Array;
}

/** One dim on one axis. */
interface Slot {
  readonly axis: string;
  readonly d: number;
}

/** Lists the choices of single levels, equal ones once. */
export class LevelLists {
  readonly levelCount: number;
  readonly #accelerator: Accelerator;
  readonly #factors: Factors;
  readonly #constraints: MappingConstraints;
  /** [level] */
  readonly #slots: readonly (readonly Slot[])[];
  /** [level]: dims that some axis takes. */
  readonly #dims: readonly (readonly number[])[];
  readonly #known: Map<string, LevelList>[];
  readonly #places = new Map<LevelList, Map<string, number>>();

  constructor(accelerator: Accelerator, factors: Factors, constraints: MappingConstraints) {
    this.#accelerator = accelerator;
    this.levelCount = accelerator.levels.length;
    this.#factors = factors;
    this.#constraints = constraints;
    this.#slots = accelerator.levels.map(({ fanOut }) =>
      fanOut.dimensions.flatMap(({ name, parallelDims }) =>
        DIMS.flatMap((dim, d) => (parallelDims === 'any' || parallelDims.includes(dim) ? [{ axis: name, d }] : [])),
      ),
    );
    this.#dims = this.#slots.map((slots) => [...new Set(slots.map(({ d }) => d))]);
    this.#known = accelerator.levels.map(() => new Map());
  }

  /** The choices of a level. @param left [dim]: steps that the levels outside leave */
  of(level: number, left: readonly number[]): LevelList {
    const key = this.#dims[level]!.map((d) => left[d]).join();
    const known = this.#known[level]!.get(key);
    if (known !== undefined) return known;
    const { fanOut } = this.#accelerator.levels[level]!;
    const choices = levelChoices(fanOut, left, this.#factors, this.#constraints.levels[level] ?? {});
    const slots = this.#slots[level]!;
    const bounds = new Uint32Array(choices.length * slots.length).fill(1);
    const hops = new Float64Array(choices.length * TENSORS.length);
    for (const [place, choice] of choices.entries()) {
      hops.set(choice.hops, place * TENSORS.length);
      for (const { array, dim, bound } of choice.loops) {
        const slot = slots.findIndex(({ axis, d }) => axis === array && DIMS[d] === dim);
        bounds[place * slots.length + slot] = bound;
      }
    }
    const list = { count: choices.length, bounds, hops };
    this.#known[level]!.set(key, list);
    return list;
  }

  /** What a choice leaves of the steps. */
  leftBy(level: number, list: LevelList, place: number, left: readonly number[]): number[] {
    return this.boundsOf(level, list, place).map((bound, d) =>
      this.#factors === 'perfect' ? left[d]! / bound : ceilDiv(left[d]!, bound),
    );
  }

  /** [dim]: bounds of a choice over all axes. */
  boundsOf(level: number, { bounds }: LevelList, place: number): number[] {
    const all = DIMS.map(() => 1);
    const slots = this.#slots[level]!;
    for (const [slot, { d }] of slots.entries()) all[d]! *= bounds[place * slots.length + slot]!;
    return all;
  }

  loopsOf(level: number, { bounds }: LevelList, place: number): SpatialLoop[] {
    const slots = this.#slots[level]!;
    return slots.flatMap(({ axis, d }, slot) => {
      const bound = bounds[place * slots.length + slot]!;
      return bound > 1 ? [{ dim: DIMS[d]!, bound, array: axis }] : [];
    });
  }

  hopsOf({ hops }: LevelList, place: number): Float64Array {
    return hops.subarray(place * TENSORS.length, (place + 1) * TENSORS.length);
  }

  /** Place of the choice with these bounds and hops; -1: there is none. */
  find(level: number, list: LevelList, bounds: ArrayLike<number>, hops: ArrayLike<number>): number {
    let places = this.#places.get(list);
    if (places === undefined) {
      places = new Map();
      for (let place = 0; place < list.count; place++)
        places.set(keyOf(this.boundsOf(level, list, place), this.hopsOf(list, place)), place);
      this.#places.set(list, places);
    }
    return places.get(keyOf(bounds, hops)) ?? -1;
  }
}

function keyOf(bounds: ArrayLike<number>, hops: ArrayLike<number>): string {
  return `${Array.from(bounds)} ${Array.from(hops)}`;
}
