import { compareRanked } from '../cmaes/index.ts';
import { TrifoldError } from '../util/errors.ts';
import { Random, type RandomState } from '../util/random.ts';
import { type BestState, fromBestState, Ledger, type LedgerState, refuseForeignPoints, toBestState } from './ledger.ts';
import type { Best, Candidate, Optimizer, Result } from './optimizer.ts';
import { samplePoint } from './sampling.ts';
import { checkSpace, type Point, type Space } from './space.ts';
import { crossover, mutate } from './variation.ts';

/** How to set up an {@link Evolution}. */
export interface EvolutionOptions {
  /** 32-bit seed. */
  readonly seed: number;
  /** Parents kept; 30 by default, at least 2. */
  readonly populationSize?: number;
  /** Parents sampled per tournament, the best of which breeds; 5 by default. */
  readonly tournamentSize?: number;
  /** Probability that a child has two parents; 0.9 by default. */
  readonly crossoverRate?: number;
  /** Probability that a dimension mutates; 1 / dimensions by default. A child of one parent mutates in at least one. */
  readonly mutationRate?: number;
}

interface Settings {
  readonly populationSize: number;
  readonly tournamentSize: number;
  readonly crossoverRate: number;
  readonly mutationRate: number;
}

/** State of an {@link Evolution} as plain JSON. */
export interface EvolutionState {
  readonly kind: 'evolution';
  readonly version: 1;
  readonly space: Space;
  readonly settings: Settings;
  readonly random: RandomState;
  readonly ledger: LedgerState;
  readonly population: readonly BestState[];
}

/** Parents of a tournament at most: with more the best ones alone would breed. */
const MOST_CONTENDERS = 1000;

/** @throws TrifoldError `value` for settings out of range */
function checkSettings({ populationSize, tournamentSize, crossoverRate, mutationRate }: Settings): void {
  const whole = Number.isInteger(populationSize) && Number.isInteger(tournamentSize);
  if (!whole || populationSize < 2 || tournamentSize < 1 || tournamentSize > MOST_CONTENDERS)
    throw new TrifoldError(
      'value',
      `evolution needs a population of at least 2 and tournaments of 1 to ${MOST_CONTENDERS}`,
    );
  for (const rate of [crossoverRate, mutationRate])
    if (!(rate >= 0 && rate <= 1)) throw new TrifoldError('value', `${rate} is not a probability`);
}

/**
 * A steady-state genetic algorithm on any space: the population holds the best distinct points told so far; children come from tournaments, crossover
 * and mutation. Until the population is full, candidates are uniform. Results may come one by one and in any order (asynchronous evaluation).
 */
export class Evolution implements Optimizer<EvolutionState> {
  readonly space: Space;
  readonly batchSize = 1;
  readonly #settings: Settings;
  readonly #random: Random;
  readonly #ledger: Ledger;
  /** Best first; distinct points. */
  readonly #population: Best[];
  readonly #keys: Set<string>;

  private constructor(space: Space, settings: Settings, random: Random, ledger: Ledger, population: readonly Best[]) {
    this.space = space;
    this.#settings = settings;
    this.#random = random;
    this.#ledger = ledger;
    this.#population = [...population];
    this.#keys = new Set(population.map(({ point }) => JSON.stringify(point)));
  }

  /** @throws TrifoldError `value` if the space or an option is not well formed */
  static create(space: Space, options: EvolutionOptions): Evolution {
    checkSpace(space);
    const settings = {
      populationSize: options.populationSize ?? 30,
      tournamentSize: options.tournamentSize ?? 5,
      crossoverRate: options.crossoverRate ?? 0.9,
      mutationRate: options.mutationRate ?? 1 / space.length,
    };
    checkSettings(settings);
    return new Evolution(space, settings, Random.fromSeed(options.seed), Ledger.empty(), []);
  }

  /** Continues exactly where {@link Evolution.getState} was called. @throws TrifoldError `foreign` if it is not such a state */
  static fromState(state: EvolutionState): Evolution {
    if (state.kind !== 'evolution' || state.version !== 1)
      throw new TrifoldError('foreign', 'not a state of evolution');
    checkSettings(state.settings);
    const { best } = state.ledger;
    refuseForeignPoints(
      state.space,
      [...state.population, ...(best === null ? [] : [best])].map(({ point }) => point),
    );
    if (state.population.length > state.settings.populationSize)
      throw new TrifoldError('foreign', 'not a state of evolution: the population is larger than it may be');
    const random = Random.fromState(state.random);
    return new Evolution(
      state.space,
      state.settings,
      random,
      Ledger.fromState(state.ledger),
      state.population.map(fromBestState),
    );
  }

  getState(): EvolutionState {
    return {
      kind: 'evolution',
      version: 1,
      space: this.space,
      settings: this.#settings,
      random: this.#random.getState(),
      ledger: this.#ledger.getState(),
      population: this.#population.map(toBestState),
    };
  }

  get evaluations(): number {
    return this.#ledger.evaluations;
  }

  ask(count = this.batchSize): Candidate[] {
    return Array.from({ length: count }, () => ({ id: this.#ledger.nextId(), point: this.#breed() }));
  }

  tell(results: readonly Result[]): void {
    this.#ledger.note(this.space, results);
    for (const { candidate, value, violation = 0 } of results)
      this.#admit({ point: candidate.point, value, violation });
  }

  best(): Best | undefined {
    return this.#ledger.best;
  }

  stopReasons(): readonly string[] {
    return [];
  }

  /** A child that is not in the population, if a few attempts find one. */
  #breed(): Point {
    if (this.#population.length < this.#settings.populationSize) return samplePoint(this.space, this.#random);
    let child = this.#child();
    for (let attempt = 0; attempt < 5 && this.#keys.has(JSON.stringify(child)); attempt++) child = this.#child();
    return child;
  }

  #child(): Point {
    const { crossoverRate, mutationRate } = this.#settings;
    const mother = this.#select();
    if (this.#random.nextUnit() >= crossoverRate) return mutate(this.space, mother, mutationRate, true, this.#random);
    const child = crossover(this.space, mother, this.#select(), this.#random);
    return mutate(this.space, child, mutationRate, false, this.#random);
  }

  /** Tournament: the population is sorted, so the smallest of the sampled places wins. */
  #select(): Point {
    let place = this.#population.length;
    for (let i = 0; i < this.#settings.tournamentSize; i++) {
      place = Math.min(place, this.#random.nextInt(this.#population.length));
    }
    return this.#population[place]!.point;
  }

  /** Inserts a result by rank, before those it ties with (newer first); the worst leaves. */
  #admit(entry: Best): void {
    const key = JSON.stringify(entry.point);
    if (this.#keys.has(key)) return;
    const place = this.#population.findIndex((other) => compareRanked(entry, other) <= 0);
    this.#population.splice(place < 0 ? this.#population.length : place, 0, entry);
    this.#keys.add(key);
    if (this.#population.length <= this.#settings.populationSize) return;
    const dropped = this.#population.pop();
    if (dropped !== undefined) this.#keys.delete(JSON.stringify(dropped.point));
  }
}
