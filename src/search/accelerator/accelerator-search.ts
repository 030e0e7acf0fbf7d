import { type BudgetViolation, violationText } from '../../accelerator/budget.ts';
import { besideCost } from '../../cost/link-cost.ts';
import { injectedCandidate, type Optimizer } from '../../optimizers/optimizer.ts';
import { RandomSearch } from '../../optimizers/random-search.ts';
import { type Point, pointFault, type Space } from '../../optimizers/space.ts';
import { TrifoldError } from '../../util/errors.ts';
import { addToFront, designFigures } from '../pareto-front.ts';
import type {
  AcceleratorSearchEvent,
  CandidateEvaluator,
  ExhaustedEvent,
  FrontPoint,
  GenerationEvent,
  ScoredDesign,
} from '../ports.ts';
import {
  acceleratorSpace,
  baselinePoint,
  type DecodedDesign,
  decodePointToDesign,
  type EncodingContext,
} from './accelerator-encoding.ts';
import { type CycleSettings, FIRST_CYCLE, firstPlace, nextPlace, type ScoredPoint } from './cycle.ts';
import { evaluateGeneration, lastParentScore } from './generation-evaluation.ts';
import {
  addCounters,
  NO_COUNTERS,
  type Proposal,
  toFrontPoint,
  toRecord,
  toResult,
  toScoredDesign,
} from './generation-results.ts';
import { candidateBounds, networkEdp, type PreparedNetwork, prepareNetwork, scoreOf } from './network-score.ts';
import { type AcceleratorSearchOptions, type AcceleratorSearchState, checkOptions } from './search-options.ts';
import {
  connectivityOf,
  hasPopulationOf,
  isRankBased,
  loserRule,
  restoreOptimizer,
  type StrategyState,
} from './strategies.ts';
import { UsefulSizes } from './useful-sizes.ts';

/**
 * The outer loop of NAAS (DAC 2021, section II): propose designs within the budget, map every layer on each, learn from the EDP.
 *
 * A state machine: {@link AcceleratorSearch.nextGeneration} goes from one plain-JSON state to the next and changes nothing until it
 * is done, so a search that was killed and resumed ends like one that never stopped. Mapping is the evaluator's; results count
 * in the order of the trials, so neither the number of workers nor their order changes anything but the counters of their work.
 *
 * Budgets are hard: a sampled point that does not decode to a design within the budget is sampled again.
 *
 * Pruning (see {@link AcceleratorSearchOptions.prune} and {@link evaluateGeneration}): CMA-ES needs its mu parents only. A generation is evaluated
 * at once, those with the smallest bounds first, under a guessed cutoff a little above the last parent of the generation before; as soon as
 * mu are scored, the worst of the best mu is the cutoff of all others, and it falls on. While fewer than mu come out below the guess, the others are
 * evaluated again under twice as much. Candidates not among the mu best cannot be parents; the optimizer is told their lower bounds from before mapping.
 */
export class AcceleratorSearch {
  readonly #options: AcceleratorSearchOptions;
  readonly #encoding: EncodingContext;
  readonly #space: Space;
  readonly #networks: readonly PreparedNetwork[];
  readonly #baselineEdps: readonly number[];
  #state: AcceleratorSearchState;
  #isBusy = false;

  private constructor(options: AcceleratorSearchOptions, state: AcceleratorSearchState | undefined) {
    checkOptions(options);
    const {
      baseline,
      budget,
      technology,
      strategy,
      baselineDesign = null,
      dimsPerAxis,
      arraySizes,
      bufferSizes,
    } = options;
    this.#options = options;
    this.#networks = options.networks.map((network) => prepareNetwork(network));
    this.#encoding = {
      connectivity: connectivityOf(strategy),
      dimsPerAxis,
      baseline,
      budget,
      technology,
      bufferSizes,
      ...(arraySizes === 'useful' ? { usefulSizes: new UsefulSizes(this.#networks, budget.processingElements) } : {}),
    };
    this.#space = acceleratorSpace(this.#encoding);
    this.#baselineEdps = options.baselines.optimal.map((figures) => figures.edpPjCycles);
    this.#state = state ?? {
      kind: 'accelerator-search',
      version: 1,
      strategy,
      dimsPerAxis,
      arraySizes,
      bufferSizes,
      generation: 0,
      trials: 0,
      exhausted: false,
      ...firstPlace(this.#space, this.#start(), this.#cycleSettings()),
      bestPoint: null,
      parentScore: null,
      best: baselineDesign,
      front: baselineDesign === null ? [] : [toFrontPoint(baselineDesign)],
      counters: NO_COUNTERS,
    };
  }

  /** A fresh search. @throws TrifoldError `value` for bad options, `infeasible` when the budget allows no design, `unsupported` for the baseline */
  static create(options: AcceleratorSearchOptions): AcceleratorSearch {
    return new AcceleratorSearch(options, undefined);
  }

  /** Continues where {@link AcceleratorSearch.getState} was called. @throws TrifoldError `foreign` if the state belongs to another search */
  static fromState(options: AcceleratorSearchOptions, state: AcceleratorSearchState): AcceleratorSearch {
    const search = new AcceleratorSearch(options, state);
    const isOwn =
      state.kind === 'accelerator-search' &&
      state.version === 1 &&
      state.strategy === options.strategy &&
      (state.dimsPerAxis ?? 1) === search.#encoding.dimsPerAxis &&
      (state.bufferSizes ?? 'linear') === search.#encoding.bufferSizes &&
      (state.arraySizes === 'useful') === (search.#encoding.usefulSizes !== undefined) &&
      JSON.stringify(state.optimizer.space) === JSON.stringify(search.#space);
    if (!isOwn) throw new TrifoldError('foreign', 'not a state of this accelerator search');
    search.#refuseForeignParts(state);
    return search;
  }

  /** @throws TrifoldError `foreign` for an optimizer of other settings, and for points and figures of another search */
  #refuseForeignParts({ optimizer, bestPoint, cycle, best, generation }: AcceleratorSearchState): void {
    const fail = (what: string): never => {
      throw new TrifoldError('foreign', `not a state of this accelerator search: ${what}`);
    };
    if (!hasPopulationOf(optimizer, this.populationSize)) fail('its population has another size');
    restoreOptimizer(optimizer);
    for (const scored of [bestPoint, cycle?.best]) {
      const fault = scored == null ? undefined : pointFault(this.#space, scored.point);
      if (fault !== undefined) fail(fault);
    }
    if (best !== null && best.networks.length !== this.#networks.length) fail('its best design has other networks');
    if (generation > this.#options.generations) fail(`it has ${generation} generations`);
  }

  /** The state after the last finished generation. */
  getState(): AcceleratorSearchState {
    return this.#state;
  }

  /** Candidates per generation. */
  get populationSize(): number {
    return this.#options.populationSize;
  }

  /** Whether all generations are done, or no population could be filled. */
  get isDone(): boolean {
    return this.#state.exhausted || this.#state.generation >= this.#options.generations;
  }

  /** Best design so far; null before the first scored one. */
  get best(): ScoredDesign | null {
    return this.#state.best;
  }

  /** Scored designs that no other scored design covers in energy, latency and area (geometric means over the networks). */
  get front(): readonly FrontPoint[] {
    return this.#state.front;
  }

  /**
   * Proposes, evaluates and learns one generation. If the evaluator throws, the error passes through and the state stays as it was.
   * @throws TrifoldError `usage` when the search is done or a generation is under way
   */
  async nextGeneration(evaluator: CandidateEvaluator): Promise<AcceleratorSearchEvent> {
    if (this.isDone) throw new TrifoldError('usage', 'the accelerator search is done');
    if (this.#isBusy) throw new TrifoldError('usage', 'a generation of the accelerator search is under way');
    this.#isBusy = true;
    try {
      const { state, event } = await this.#step(evaluator);
      this.#state = state;
      return event;
    } finally {
      this.#isBusy = false;
    }
  }

  async #step(
    evaluator: CandidateEvaluator,
  ): Promise<{ state: AcceleratorSearchState; event: AcceleratorSearchEvent }> {
    const before = this.#state;
    const optimizer = restoreOptimizer(before.optimizer);
    const rejections: Record<string, number> = { ...before.counters.rejections };
    const proposals = this.#propose(optimizer, rejections);
    if (!Array.isArray(proposals)) {
      const state = { ...before, exhausted: true, counters: { ...before.counters, rejections } };
      return { state, event: proposals };
    }
    let { best, front, bestPoint = null, cycle = FIRST_CYCLE } = before;
    // A cycle looks for its own best, wherever the cycles before it got to.
    const bestSoFar = isRankBased(before.strategy) ? cycle.best?.score : best?.score;
    const rule = this.#options.prune ? loserRule(before.optimizer, bestSoFar) : {};
    const generation = { proposals, rule, parentScore: before.parentScore, baselineEdps: this.#baselineEdps };
    const evaluated = await evaluateGeneration(generation, evaluator);
    const results = evaluated.map(({ result }) => result);
    optimizer.tell(proposals.map((proposal, i) => toResult(proposal, results[i]!, evaluated[i]!.cutoff)));

    proposals.forEach((proposal, i) => {
      const result = results[i]!;
      if (result.outcome !== 'scored') return;
      const scored = toScoredDesign(proposal, result);
      const point: ScoredPoint = { point: proposal.candidate.point, score: scored.score };
      if (bestPoint === null || point.score < bestPoint.score) bestPoint = point;
      if (cycle.best === null || point.score < cycle.best.score)
        cycle = { ...cycle, best: point, improved: before.generation + 1 };
      if (best === null || scored.score < best.score) best = scored;
      front = addToFront(front, toFrontPoint(scored), designFigures);
    });
    const counters = addCounters(before.counters, results, rejections);
    const next = before.generation + 1;
    const centre = bestPoint?.point ?? this.#start();
    const place = { cycle, optimizer: optimizer.getState() };
    const nextOne = nextPlace(place, next, this.#space, centre, this.#cycleSettings());
    const parents = loserRule(before.optimizer, undefined).parents;
    const state: AcceleratorSearchState = {
      ...before,
      ...nextOne,
      generation: next,
      trials: before.trials + proposals.length,
      parentScore: nextOne === place ? lastParentScore(results, parents) : null,
      best,
      front,
      bestPoint,
      counters,
    };
    const event: GenerationEvent = {
      kind: 'generation',
      generation: before.generation,
      trials: proposals.map((proposal, i) => toRecord(proposal, results[i]!, before.generation, evaluated[i]!.cutoff)),
      best,
      improved: best !== before.best,
      frontSize: front.length,
      counters,
    };
    return { state, event };
  }

  #cycleSettings(): CycleSettings {
    const { strategy, seed, active = false, explorations } = this.#options;
    return { strategy, seed, active, populationSize: this.populationSize, explorations };
  }

  #start(): Point | undefined {
    return this.#options.start === 'middle' ? undefined : baselinePoint(this.#encoding);
  }

  /** Fills a population with designs within the budget, or says why that is hopeless. */
  #propose(optimizer: Optimizer<StrategyState>, rejections: Record<string, number>): Proposal[] | ExhaustedEvent {
    const { budget, maxAttempts = 200 * this.populationSize } = this.#options;
    const { strategy, trials } = this.#state;
    const isExploring = isRankBased(strategy) && optimizer instanceof RandomSearch;
    const first = trials === 0 && isExploring ? this.#start() : undefined;
    const proposals: Proposal[] = [];
    const nearest = new Map<string, BudgetViolation>();
    for (let attempts = 0; proposals.length < this.populationSize; attempts++) {
      if (attempts >= maxAttempts) {
        const found = `${proposals.length} of ${this.populationSize} candidates in ${attempts} attempts`;
        const least = [...nearest.values()].map((violation) =>
          violation.isLeast ? `; at best ${violationText(violation)}` : `; ${violationText(violation)} at least`,
        );
        const message = `budget ${budget.name} is too tight for the sampled designs: ${found}${least.join('')}`;
        const { generation } = this.#state;
        return { kind: 'exhausted', generation, attempts, message, rejections: { ...rejections } };
      }
      const candidates = first !== undefined && attempts === 0 ? [injectedCandidate(first)] : optimizer.ask(1);
      for (const candidate of candidates) {
        const decoded = decodePointToDesign(candidate.point, this.#encoding);
        if (decoded.kind === 'rejected') {
          rejections[decoded.reason] = (rejections[decoded.reason] ?? 0) + 1;
          const { violation } = decoded;
          if (violation !== null && !(violation.excess >= (nearest.get(decoded.reason)?.excess ?? Infinity)))
            nearest.set(decoded.reason, violation);
          continue;
        }
        const trial = this.#state.trials + proposals.length;
        proposals.push({ ...decoded, candidate, trial, bound: this.#boundOf(decoded) });
      }
    }
    return proposals;
  }

  #boundOf({ accelerator }: DecodedDesign): number {
    const own = this.#options.edpBounds?.(accelerator);
    if (own !== undefined) return scoreOf(own, this.#baselineEdps);
    const bounds = candidateBounds(this.#networks, accelerator, this.#options.factors);
    const edps = this.#networks.map((network, n) =>
      networkEdp(network, bounds[n]!, besideCost(network.beside, accelerator)),
    );
    return scoreOf(edps, this.#baselineEdps);
  }
}
