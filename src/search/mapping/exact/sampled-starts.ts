import type { Mapspace } from '../mapspace.ts';
import { type Objective, valueRatio } from '../objective.ts';
import { MappingSampler, type SampledMapping } from '../sampled/mapping-sampler.ts';

/** Polls of an exact search after which mappings are sampled for the first time: if it has none, and if it has one. */
const FIRST_POLLS = 64;
const FIRST_POLLS_BESIDE = 512;
/** Vectors of one evolution, which hardly gains anything after so many: another seed gains more. */
const VECTORS = 1_000;
/** Evolutions after which no more run where the last two rounds gave nothing better than what the search has itself. */
const ENOUGH_EVOLUTIONS = 4;
const MOST_VAIN_ROUNDS = 2;
/** How many times its bound the best mapping must be for others to be sampled. */
const POOR = 1.25;

/**
 * Mappings sampled beside an exact search that takes long, about a quarter of its time, while they are better than what it finds itself: so a search that is
 * stopped has no poor mapping. Rounds, each of twice as many evolutions as the one before, follow from the work of the search alone, so that equal
 * searches find equal mappings.
 */
export class SampledStarts {
  /** Legal mappings scored. */
  evaluations = 0;
  readonly #mapspace: Mapspace;
  readonly #objective: Objective;
  #polls = 0;
  #nextRound = FIRST_POLLS;
  #perRound = 1;
  #evolutions = 0;
  #vainRounds = 0;

  constructor(mapspace: Mapspace, objective: Objective) {
    this.#mapspace = mapspace;
    this.#objective = objective;
  }

  /**
   * To be called at every poll.
   * @param value of the best mapping so far; infinite when there is none
   * @param bound no mapping that is left to search has a smaller value
   * @param isEnded asked between batches
   * @returns a better mapping, or null
   */
  poll(value: number, bound: number, isEnded: () => boolean): SampledMapping | null {
    if (++this.#polls < this.#nextRound || this.#isVain) return null;
    const isFound = value < Number.POSITIVE_INFINITY;
    if (isFound && this.#polls < FIRST_POLLS_BESIDE) return null;
    this.#nextRound = 2 * this.#polls;
    if (isFound && valueRatio(this.#objective, value, bound) < POOR) return null;
    let best: SampledMapping | null = null;
    for (let i = 0; i < this.#perRound && !isEnded(); i++) {
      const found = this.#evolve(isEnded);
      if (found !== null && found.value < (best?.value ?? value)) best = found;
    }
    this.#perRound *= 2;
    this.#vainRounds = best === null ? this.#vainRounds + 1 : 0;
    return best;
  }

  get #isVain(): boolean {
    return this.#vainRounds >= MOST_VAIN_ROUNDS && this.#evolutions >= ENOUGH_EVOLUTIONS;
  }

  #evolve(isEnded: () => boolean): SampledMapping | null {
    const sampler = new MappingSampler(this.#mapspace, this.#objective, 'evolution', ++this.#evolutions);
    while (sampler.evaluations < VECTORS && sampler.sampleBatch(VECTORS - sampler.evaluations)) if (isEnded()) break;
    this.evaluations += sampler.legal;
    return sampler.best;
  }
}
