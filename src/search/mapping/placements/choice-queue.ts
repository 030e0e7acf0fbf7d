import { leastCycles } from '../bounds/least-work.ts';
import type { Mapspace } from '../mapspace.ts';
import { isKeptOfMirrorImages, withoutMirrorImages } from '../space/mirrored-choices.ts';
import type { SpatialChoice } from '../space/spatial-choices.ts';
import type { SpatialWalk } from '../space/spatial-walk.ts';

/** A spatial choice with a lower bound from its parallelism and what every mapping takes. */
export interface OpenChoice {
  readonly choice: SpatialChoice;
  readonly computeCycles: number;
  readonly bound: number;
}

/** The spatial choices of a mapspace by ascending bound, one of two that mirror each other. */
export interface ChoiceQueue {
  /** Infinite when none is left. */
  readonly leastBound: number;
  /** Choices left, as far as they are listed: at least 1 while some are. */
  readonly left: number;
  /** Takes the choice with the least bound. Undefined when none is left, or when the one looked at was left out. */
  pop(): OpenChoice | undefined;
}

/**
 * Makes the queue: sorted where the choices are listed, else made as they are asked for.
 * @param boundOf lower bound from the least cycles of the MACs, with which it never falls
 */
export function choiceQueue(mapspace: Mapspace, boundOf: (computeCycles: number) => number): ChoiceQueue {
  const { spatial } = mapspace;
  return spatial.list === null
    ? new WalkedChoices(mapspace, boundOf)
    : new ListedChoices(mapspace, spatial.list, boundOf);
}

class ListedChoices implements ChoiceQueue {
  readonly #choices: readonly OpenChoice[];
  #next = 0;

  constructor(mapspace: Mapspace, list: readonly SpatialChoice[], boundOf: (computeCycles: number) => number) {
    this.#choices = withoutMirrorImages(mapspace, list)
      .map((choice): OpenChoice => {
        const computeCycles = leastCycles(mapspace.model, choice.bounds);
        return { choice, computeCycles, bound: boundOf(computeCycles) };
      })
      .sort((a, b) => a.bound - b.bound);
  }

  get leastBound(): number {
    return this.#choices[this.#next]?.bound ?? Number.POSITIVE_INFINITY;
  }

  get left(): number {
    return this.#choices.length - this.#next;
  }

  pop(): OpenChoice | undefined {
    return this.#choices[this.#next++];
  }
}

class WalkedChoices implements ChoiceQueue {
  readonly #mapspace: Mapspace;
  readonly #walk: SpatialWalk;
  readonly #boundOf: (computeCycles: number) => number;

  constructor(mapspace: Mapspace, boundOf: (computeCycles: number) => number) {
    this.#mapspace = mapspace;
    this.#walk = mapspace.spatial.walk();
    this.#boundOf = boundOf;
  }

  get leastBound(): number {
    const { leastSteps } = this.#walk;
    return leastSteps === Number.POSITIVE_INFINITY ? leastSteps : this.#boundOf(leastSteps);
  }

  get left(): number {
    return this.#walk.leastSteps === Number.POSITIVE_INFINITY ? 0 : 1;
  }

  pop(): OpenChoice | undefined {
    const computeCycles = this.#walk.leastSteps;
    const choice = this.#walk.next();
    if (choice === undefined || !isKeptOfMirrorImages(this.#mapspace, choice)) return;
    return { choice, computeCycles, bound: this.#boundOf(computeCycles) };
  }
}
