import { DIMS, TENSORS } from '../../../util/vocabulary.ts';
import { BoundHeap } from '../bounds/bound-heap.ts';
import type { LevelList, LevelLists } from './level-lists.ts';
import type { SpatialChoice } from './spatial-choices.ts';
import type { SpatialFold } from './spatial-fold.ts';

/** The choices of a level behind one choice of every level outside it. */
interface Branch {
  readonly level: number;
  /** Null: at the outermost level. */
  readonly outer: Branch | null;
  /** Place of the own choice in the list of the level outside. */
  readonly place: number;
  /** [dim]: steps left by the levels outside. */
  readonly left: readonly number[];
  readonly list: LevelList;
  /** Places by ascending least steps, those that lead nowhere left out. */
  readonly order: Uint32Array;
  readonly steps: Float64Array;
  next: number;
}

/**
 * Gives spatial choices by ascending temporal steps (the cycles of the MACs at least), made as they are asked for. Only branches that hold the next choice
 * are opened: what any choice on the levels further in leaves at least is known from a fold.
 */
export class SpatialWalk {
  readonly #lists: LevelLists;
  readonly #least: SpatialFold;
  readonly #heap = new BoundHeap();
  readonly #branches: Branch[] = [];

  /** @param least folds the least product of the steps of all dims; infinite where they cannot be split */
  constructor(lists: LevelLists, least: SpatialFold, bounds: readonly number[]) {
    this.#lists = lists;
    this.#least = least;
    this.#open({ level: 0, outer: null, place: 0, left: bounds });
  }

  /** Steps of the next choice; infinite when none is left. */
  get leastSteps(): number {
    return this.#heap.leastBound;
  }

  /** Takes the choice with the least steps; undefined when none is left. */
  next(): SpatialChoice | undefined {
    for (;;) {
      const at = this.#heap.pop();
      const branch = this.#branches[at];
      if (branch === undefined) return;
      const place = branch.order[branch.next++]!;
      if (branch.next < branch.order.length) this.#heap.push(at, branch.steps[branch.next]!);
      else delete this.#branches[at];
      const { level, list, left } = branch;
      if (level === this.#lists.levelCount - 1) return this.#choice(branch, place);
      this.#open({ level: level + 1, outer: branch, place, left: this.#lists.leftBy(level, list, place, left) });
    }
  }

  #open(branch: Pick<Branch, 'level' | 'outer' | 'place' | 'left'>): void {
    const { level, left } = branch;
    const list = this.#lists.of(level, left);
    const steps = Float64Array.from({ length: list.count }, (_, place) =>
      this.#least.from(level + 1, this.#lists.leftBy(level, list, place, left)),
    );
    const order = Uint32Array.from(steps.keys())
      .filter((place) => steps[place]! < Number.POSITIVE_INFINITY)
      .sort((a, b) => steps[a]! - steps[b]! || a - b);
    if (order.length === 0) return;
    this.#heap.push(this.#branches.length, steps[order[0]!]!);
    this.#branches.push({ ...branch, list, order, steps: Float64Array.from(order, (place) => steps[place]!), next: 0 });
  }

  #choice(last: Branch, lastPlace: number): SpatialChoice {
    const { levelCount } = this.#lists;
    const bounds = new Float64Array(levelCount * DIMS.length);
    const hops = new Float64Array(levelCount * TENSORS.length);
    const loops: SpatialChoice['loops'][number][] = [];
    let branch: Branch | null = last;
    let place = lastPlace;
    while (branch !== null) {
      const { level, list } = branch;
      bounds.set(this.#lists.boundsOf(level, list, place), level * DIMS.length);
      hops.set(this.#lists.hopsOf(list, place), level * TENSORS.length);
      loops.unshift(this.#lists.loopsOf(level, list, place));
      place = branch.place;
      branch = branch.outer;
    }
    return { bounds, loops, hops };
  }
}
