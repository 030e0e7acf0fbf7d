import type { Accelerator } from '../../../accelerator/accelerator.ts';
import type { MappingConstraints } from '../../../mapping/constraints.ts';
import { DIMS, type PerDim } from '../../../util/vocabulary.ts';
import { type CanSplit, fixedSplits, withFixedBounds } from './fixed-bounds.ts';
import { LevelLists } from './level-lists.ts';
import { type Factors, type SpatialChoice, spatialChoices } from './spatial-choices.ts';
import { SpatialFold } from './spatial-fold.ts';
import { SpatialWalk } from './spatial-walk.ts';

/** Assignments of loops to axes up to which spatial choices are listed at once. */
export const MOST_LISTED = 20_000;

/** What spans the spatial choices of a problem. */
export interface SpatialSpec {
  readonly accelerator: Accelerator;
  readonly bounds: PerDim<number>;
  readonly factors: Factors;
  readonly constraints: MappingConstraints;
}

/** The spatial choices that keep to the constraints: listed where they are few, given one by one where they are many. */
export class SpatialSpace {
  /** Assignments of loops to axes, whatever the temporal loops are; several can be one choice. */
  readonly assignments: number;
  /** The choices in the order in which they are found; null where there may be more than {@link MOST_LISTED}. */
  readonly list: readonly SpatialChoice[] | null;
  /** Whether no choice keeps to the constraints. */
  readonly isEmpty: boolean;
  readonly #spec: SpatialSpec;
  readonly #bounds: readonly number[];
  readonly #canSplit: CanSplit;
  #least: SpatialFold | null = null;
  #lists: LevelLists | null = null;

  /**
   * @param mostListed default: {@link MOST_LISTED}
   * @param listed gives the choices where they are few; default: lists them
   */
  constructor(
    spec: SpatialSpec,
    mostListed = MOST_LISTED,
    listed: (space: SpatialSpace) => readonly SpatialChoice[] = (space) => space.all(),
  ) {
    const { accelerator, bounds, factors, constraints } = spec;
    this.#spec = spec;
    this.#bounds = DIMS.map((dim) => bounds[dim]);
    this.#canSplit = fixedSplits(accelerator.levels.length, factors, constraints);
    this.assignments = this.#sum(() => 1);
    this.list = this.assignments > mostListed ? null : listed(this);
    this.isEmpty =
      this.list?.length === 0 ||
      (this.list === null && this.#leastFold().from(0, this.#bounds) === Number.POSITIVE_INFINITY);
  }

  /** All choices, listed: what the quicker ways are compared with. */
  all(): SpatialChoice[] {
    const { accelerator, bounds, factors, constraints } = this.#spec;
    return withFixedBounds(spatialChoices(accelerator, bounds, factors, constraints), bounds, this.#canSplit);
  }

  /** The choices by ascending temporal steps, none of them made before it is asked for. */
  walk(): SpatialWalk {
    return new SpatialWalk(this.#levelLists(), this.#leastFold(), this.#bounds);
  }

  /** Whether some choice has these bounds and hops. Temporal bounds that constraints fix are left aside. */
  has({ bounds, hops }: Pick<SpatialChoice, 'bounds' | 'hops'>): boolean {
    const lists = this.#levelLists();
    let left = this.#bounds;
    for (let level = 0; level < lists.levelCount; level++) {
      const list = lists.of(level, left);
      const place = lists.find(
        level,
        list,
        bounds.subarray(8 * level, 8 * level + 8),
        hops.subarray(3 * level, 3 * level + 3),
      );
      if (place < 0) return false;
      left = lists.leftBy(level, list, place, left);
    }
    return true;
  }

  /** Sum over the assignments of loops to axes of the product over the dims of what their remaining steps give. */
  sum(ofSteps: (steps: number) => number): number {
    return this.#sum((d, steps) => (this.#canSplit(d, steps) ? ofSteps(steps) : 0));
  }

  #sum(ofSteps: (d: number, steps: number) => number): number {
    const { accelerator, factors, constraints } = this.#spec;
    const rules = { ofSteps, join: (one: number, other: number) => one + other, none: 0 };
    return new SpatialFold(accelerator, factors, constraints, rules).from(0, this.#bounds);
  }

  /** Least product of the steps that are left of all dims; infinite where they cannot be split. */
  #leastFold(): SpatialFold {
    const { accelerator, factors, constraints } = this.#spec;
    this.#least ??= new SpatialFold(accelerator, factors, constraints, {
      ofSteps: (d, steps) => (this.#canSplit(d, steps) ? steps : Number.POSITIVE_INFINITY),
      join: Math.min,
      none: Number.POSITIVE_INFINITY,
    });
    return this.#least;
  }

  #levelLists(): LevelLists {
    const { accelerator, factors, constraints } = this.#spec;
    this.#lists ??= new LevelLists(accelerator, factors, constraints);
    return this.#lists;
  }
}
