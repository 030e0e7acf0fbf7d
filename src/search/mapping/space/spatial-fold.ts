import type { Accelerator } from '../../../accelerator/accelerator.ts';
import type { MappingConstraints } from '../../../mapping/constraints.ts';
import { ceilDiv } from '../../../util/integers.ts';
import { DIMS } from '../../../util/vocabulary.ts';
import { axisBounds } from './axis-bounds.ts';
import type { Factors } from './spatial-choices.ts';

/** How the assignments of loops to the axes of all arrays are folded to one number: products over the dims, joined over the assignments. */
export interface FoldRules {
  /** Of a dim of which all loops on arrays leave so many steps; >= 0. */
  readonly ofSteps: (d: number, steps: number) => number;
  /** Joins two assignments; `none` is its neutral element. */
  readonly join: (one: number, other: number) => number;
  readonly none: number;
}

/** One dim on one axis. */
interface Stage {
  readonly level: number;
  readonly axis: string;
  readonly size: number;
  readonly d: number;
  readonly startsAxis: boolean;
  readonly startsLevel: boolean;
  readonly endsLevel: boolean;
}

/** A product that is stated of a dim over an array. */
interface Total {
  readonly d: number;
  readonly total: number;
}

/**
 * Folds all assignments of loops to array axes without listing them: axis by axis and dim by dim, and what follows depends only on the room that is left
 * on the axis and on the steps that are left of the dims that have an axis to come.
 */
export class SpatialFold {
  readonly #rules: FoldRules;
  readonly #factors: Factors;
  readonly #constraints: MappingConstraints;
  readonly #stages: readonly Stage[];
  /** [level]: its first stage. */
  readonly #firstOf: readonly number[];
  /** [d]: last stage of a dim; -1: none. */
  readonly #lastOf: readonly number[];
  /** [level] */
  readonly #totals: readonly (readonly Total[])[];
  readonly #isEmpty: boolean;
  readonly #known: Map<string, number>[];

  constructor(accelerator: Accelerator, factors: Factors, constraints: MappingConstraints, rules: FoldRules) {
    this.#rules = rules;
    this.#factors = factors;
    this.#constraints = constraints;
    const stages: Stage[] = [];
    const firstOf: number[] = [];
    let isEmpty = false;
    this.#totals = accelerator.levels.map(({ fanOut }, level) => {
      const { spatial, spatialTotal = {} } = constraints.levels[level] ?? {};
      firstOf.push(stages.length);
      const own: Omit<Stage, 'endsLevel'>[] = [];
      for (const { name, size, parallelDims } of fanOut.dimensions) {
        let startsAxis = true;
        for (const [d, dim] of DIMS.entries()) {
          if (parallelDims !== 'any' && !parallelDims.includes(dim)) {
            isEmpty ||= (spatial?.[name]?.[dim] ?? 1) > 1;
            continue;
          }
          own.push({ level, axis: name, size, d, startsAxis, startsLevel: own.length === 0 });
          startsAxis = false;
        }
      }
      stages.push(...own.map((stage, i) => ({ ...stage, endsLevel: i === own.length - 1 })));
      const totals = DIMS.flatMap((dim, d) =>
        spatialTotal[dim] === undefined ? [] : [{ d, total: spatialTotal[dim] }],
      );
      isEmpty ||= own.length === 0 && totals.some(({ total }) => total > 1);
      return totals;
    });
    this.#stages = stages;
    this.#firstOf = firstOf;
    this.#lastOf = DIMS.map((_, d) => stages.findLastIndex((stage) => stage.d === d));
    this.#isEmpty = isEmpty;
    this.#known = stages.map(() => new Map());
  }

  /** Folds all assignments on the levels from `level` on. @param left [d]: steps that the levels outside leave */
  from(level: number, left: ArrayLike<number>): number {
    if (this.#isEmpty) return this.#rules.none;
    const first = this.#firstOf[level] ?? this.#stages.length;
    let value = this.#at(first, 1, Array.from(left), new Map());
    for (let d = 0; d < DIMS.length; d++) if (this.#lastOf[d]! < first) value *= this.#rules.ofSteps(d, left[d]!);
    return value;
  }

  /** Of the stages from one on; `rest`: of the totals of the level under way. Leaves its arguments as they are. */
  #at(place: number, roomLeft: number, left: number[], restLeft: ReadonlyMap<number, number>): number {
    const stage = this.#stages[place];
    if (stage === undefined) return 1;
    const { level, d, size, axis, startsAxis, startsLevel, endsLevel } = stage;
    const room = startsAxis ? size : roomLeft;
    const rest = startsLevel ? new Map(this.#totals[level]!.map((one) => [one.d, one.total])) : restLeft;
    const key = this.#keyOf(place, room, left, rest);
    const known = this.#known[place]!.get(key);
    if (known !== undefined) return known;
    const { ofSteps, join, none } = this.#rules;
    const before = left[d]!;
    const wanted = this.#constraints.levels[level]?.spatial?.[axis]?.[DIMS[d]!];
    const total = rest.get(d);
    const bounds = axisBounds({
      left: before,
      room,
      isAllowed: true,
      isPerfect: this.#factors === 'perfect',
      wanted,
      total,
    });
    let value = none;
    for (const bound of bounds) {
      const after = total === undefined ? rest : new Map(rest).set(d, total / bound);
      if (endsLevel && [...after.values()].some((open) => open > 1)) continue;
      left[d] = this.#factors === 'perfect' ? before / bound : ceilDiv(before, bound);
      const own = this.#lastOf[d] === place ? ofSteps(d, left[d]!) : 1;
      if (own !== none) {
        const further = this.#at(place + 1, Math.floor(room / bound), left, after);
        if (further !== none) value = join(value, own * further);
      }
    }
    left[d] = before;
    this.#known[place]!.set(key, value);
    return value;
  }

  #keyOf(place: number, room: number, left: readonly number[], rest: ReadonlyMap<number, number>): string {
    let key = String(room);
    for (let d = 0; d < DIMS.length; d++) if (this.#lastOf[d]! >= place) key += ` ${left[d]}`;
    for (const open of rest.values()) key += `/${open}`;
    return key;
  }
}
