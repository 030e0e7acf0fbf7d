import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBudget } from '../../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { designOfSpecification } from '../../../src/search/accelerator/accelerator-encoding.ts';
import { AcceleratorSearch } from '../../../src/search/accelerator/accelerator-search.ts';
import { baselineDesign, evaluateBaseline, improvement } from '../../../src/search/accelerator/baseline.ts';
import type { LayerMapper } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { type AcceleratorSearchOptions, defaultBufferSizes } from '../../../src/search/accelerator/search-options.ts';
import { STRATEGIES, type StrategyName } from '../../../src/search/accelerator/strategy-names.ts';
import { NO_WORK } from '../../../src/search/network/score-networks.ts';
import type { AcceleratorSearchEvent, CandidateEvaluator, Design, GenerationEvent } from '../../../src/search/ports.ts';
import { BASELINE_TRIAL } from '../../../src/search/trials.ts';
import { BUDGETS, budgetCase, SMALL_NETWORK, searchDefaults, TINY_NETWORK } from './fixtures.ts';
import { eventsOf, localEvaluator } from './local-evaluator.ts';
import { greedyMapper, syntheticMapper } from './stand-in-mappers.ts';

const networks = [SMALL_NETWORK, TINY_NETWORK];

function evaluatorOf(name: string, mapper: LayerMapper = syntheticMapper()): CandidateEvaluator {
  return localEvaluator({ networks, technology: budgetCase(name).technology, mapper, factors: 'perfect' });
}

async function optionsFor(
  name: string,
  strategy: StrategyName,
  more: Partial<AcceleratorSearchOptions> = {},
): Promise<AcceleratorSearchOptions> {
  const { baseline, budget, technology } = budgetCase(name);
  const optimal = await evaluateBaseline(baseline, networks.length, evaluatorOf(name));
  return {
    strategy,
    seed: 11,
    generations: 6,
    populationSize: 8,
    baseline,
    budget,
    technology,
    networks,
    baselines: { optimal },
    factors: 'perfect',
    ...searchDefaults(baseline),
    ...more,
  };
}

/** Without what may depend on the memory of the evaluator. */
function comparable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      ['layersMapped', 'layersRemembered', 'layersSkipped', 'mappingsEvaluated'].includes(key) ? undefined : inner,
    ),
  );
}

function generations(events: readonly AcceleratorSearchEvent[]): GenerationEvent[] {
  return events.filter((event) => event.kind === 'generation');
}

/** Evaluates the tasks of a batch backwards, each with an evaluator of its own: as if every one had another worker. */
function scatteredEvaluator(name: string): CandidateEvaluator {
  return {
    evaluateCandidates: async (tasks) => {
      const results = [];
      for (const task of [...tasks].reverse()) results.unshift(...(await evaluatorOf(name).evaluateCandidates([task])));
      return results;
    },
  };
}

/** All strategies as single runs, and those of CMA-ES in cycles, of which 28 generations hold more than one. */
const COURSES: readonly { strategy: StrategyName; explorations: number }[] = [
  ...STRATEGIES.map((strategy) => ({ strategy, explorations: 0 })),
  { strategy: 'naas', explorations: 2 },
  { strategy: 'naas-index', explorations: 3 },
  { strategy: 'sizing', explorations: 2 },
];

describe.each(COURSES)('AcceleratorSearch: $strategy, explorations $explorations', ({ strategy, explorations }) => {
  const cycles = explorations === 0 ? {} : { explorations, generations: 28 };

  async function searched() {
    const options = await optionsFor('eyeriss', strategy, cycles);
    const search = AcceleratorSearch.create(options);
    const events = await eventsOf(search, evaluatorOf('eyeriss'));
    return { options, events, state: search.getState() };
  }
  let once: ReturnType<typeof searched> | undefined;
  /** The search that others are compared with, made once. */
  const whole = (): ReturnType<typeof searched> => {
    once ??= searched();
    return once;
  };

  it('gives the same events for the same seed, and others for another', async () => {
    const { options, events } = await whole();
    expect(await eventsOf(AcceleratorSearch.create(options), evaluatorOf('eyeriss'))).toEqual(events);
    const other = await AcceleratorSearch.create({ ...options, seed: 12 }).nextGeneration(evaluatorOf('eyeriss'));
    expect(comparable(other)).not.toEqual(comparable(events[0]));
  });

  it('does not depend on the order of the work or on what workers remember', async () => {
    const { options, events, state } = await whole();
    const there = AcceleratorSearch.create(options);
    expect(comparable(await eventsOf(there, scatteredEvaluator('eyeriss')))).toEqual(comparable(events));
    expect(comparable(there.getState())).toEqual(comparable(state));
  });

  it('ends alike when it is killed after any generation and resumed from JSON', async () => {
    const { options, events, state } = await whole();
    let search = AcceleratorSearch.create(options);
    const pieces: AcceleratorSearchEvent[] = [];
    while (!search.isDone) {
      search = AcceleratorSearch.fromState(options, JSON.parse(JSON.stringify(search.getState())));
      pieces.push(await search.nextGeneration(evaluatorOf('eyeriss')));
    }
    expect(comparable(pieces)).toEqual(comparable(events));
    expect(comparable(search.getState())).toEqual(comparable(state));
  });

  it('goes the same way with and without pruning', async () => {
    let skipped = 0;
    for (const seed of [1, 2, 3]) {
      const options = await optionsFor('eyeriss', strategy, { seed, generations: 10, ...cycles });
      const pruned = AcceleratorSearch.create(options);
      const full = AcceleratorSearch.create({ ...options, prune: false });
      const prunedEvents = generations(await eventsOf(pruned, evaluatorOf('eyeriss')));
      const fullEvents = generations(await eventsOf(full, evaluatorOf('eyeriss')));
      expect(pruned.best).toEqual(full.best);
      const designs = (events: GenerationEvent[]) => events.map(({ trials }) => trials.map(({ design }) => design));
      expect(designs(prunedEvents)).toEqual(designs(fullEvents));
      const truth = new Map(fullEvents.flatMap(({ trials }) => trials.map((trial) => [trial.trial, trial.score!])));
      for (const { trial, outcome, score, cutoff, bound } of prunedEvents.flatMap(({ trials }) => trials)) {
        if (outcome === 'scored') expect(score).toBe(truth.get(trial));
        else expect(truth.get(trial)).toBeGreaterThan(cutoff!);
        expect(bound).toBeLessThanOrEqual(truth.get(trial)! * (1 + 1e-12));
      }
      expect(full.getState().counters.layersSkipped).toBe(0);
      skipped += pruned.getState().counters.layersSkipped;
    }
    expect(skipped).toBeGreaterThan(0);
  });
});

describe('a known design', () => {
  it('is what the search starts from: never worse, the same with and without pruning, in the front where it belongs', async () => {
    let kept = 0;
    for (const strategy of STRATEGIES)
      for (const seed of [1, 2]) {
        const options = await optionsFor('eyeriss', strategy, { seed, generations: 3, populationSize: 4 });
        const { baseline, technology, budget, baselines } = options;
        const known = baselineDesign(baseline, technology, budget, baselines.optimal)!;
        const search = AcceleratorSearch.create({ ...options, baselineDesign: known });
        expect(search.front.map(({ trial }) => trial)).toEqual([BASELINE_TRIAL]);
        const full = AcceleratorSearch.create({ ...options, baselineDesign: known, prune: false });
        const events = generations(await eventsOf(search, evaluatorOf('eyeriss')));
        await eventsOf(full, evaluatorOf('eyeriss'));
        expect(search.best).toEqual(full.best);
        expect(search.best!.score).toBeLessThanOrEqual(1);
        for (const { best, improved } of events) {
          expect(best!.score).toBeLessThanOrEqual(1);
          if (improved) expect(best!.trial).toBeGreaterThanOrEqual(0);
        }
        if (search.best!.trial === BASELINE_TRIAL) {
          expect(search.best).toEqual(known);
          expect(search.front.some((point) => point.trial === BASELINE_TRIAL)).toBe(true);
          kept++;
        }
      }
    expect(kept).toBeLessThan(2 * STRATEGIES.length);
  });

  it('is none where the baseline breaks the budget', () => {
    const { baseline, technology, budget } = budgetCase('eyeriss');
    expect(baselineDesign(baseline, technology, budget, [])).toMatchObject({ score: 1, specification: baseline });
    expect(baselineDesign(baseline, technology, { ...budget, processingElements: 160 }, [])).toBeNull();
  });
});

describe('AcceleratorSearch', () => {
  it('proposes designs within the budget only', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...BUDGETS.map((one) => one.name)),
        fc.constantFrom(...STRATEGIES),
        fc.nat(1000),
        async (name, strategy, seed) => {
          const options = await optionsFor(name, strategy, { seed, generations: 2, populationSize: 6 });
          const search = AcceleratorSearch.create(options);
          const tasks: unknown[] = [];
          const inner = evaluatorOf(name);
          const events = await eventsOf(search, {
            evaluateCandidates: (batch) => {
              for (const { specification } of batch) {
                tasks.push(specification);
                expect(checkBudget(buildAccelerator(specification, options.technology), options.budget)).toEqual([]);
              }
              return inner.evaluateCandidates(batch);
            },
          });
          expect(tasks.length).toBeGreaterThanOrEqual(12);
          expect(generations(events).flatMap(({ trials }) => trials.map(({ trial }) => trial))).toEqual([
            ...Array(12).keys(),
          ]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps the best scored design and an honest front', async () => {
    const search = AcceleratorSearch.create(await optionsFor('nvdla-256', 'naas', { prune: false }));
    const trials = generations(await eventsOf(search, evaluatorOf('nvdla-256'))).flatMap((event) => event.trials);
    expect(search.best!.score).toBe(Math.min(...trials.map((trial) => trial.score!)));
    const figures = (trial: (typeof trials)[number]) => [
      Math.sqrt(trial.networks![0]!.energyPj * trial.networks![1]!.energyPj),
      Math.sqrt(trial.networks![0]!.cycles * trial.networks![1]!.cycles),
      trial.areaMm2,
    ];
    const onFront = new Set(search.front.map((point) => point.trial));
    expect(onFront.size).toBe(search.front.length);
    for (const trial of trials) {
      const own = figures(trial);
      const covering = trials.filter((other) => {
        const theirs = figures(other);
        const isLess = theirs.some((value, i) => value < own[i]! * (1 - 1e-12));
        return isLess && theirs.every((value, i) => value <= own[i]! * (1 + 1e-12));
      });
      if (covering.length > 0) expect(onFront.has(trial.trial)).toBe(false);
    }
    for (const point of search.front) {
      const own = figures(trials[point.trial]!);
      expect(point.energyPj / own[0]!).toBeCloseTo(1, 12);
      expect(point.cycles / own[1]!).toBeCloseTo(1, 12);
      expect(point.areaMm2).toBe(own[2]);
    }
  });

  it('counts what it rejects and gives up honestly when nothing fits', async () => {
    const options = await optionsFor('eyeriss', 'naas', { maxAttempts: 500 });
    const roomy = AcceleratorSearch.create(options);
    await eventsOf(roomy, evaluatorOf('eyeriss'));
    expect(roomy.getState().counters.rejections['on-chip memory']).toBeGreaterThan(0);
    const tight = AcceleratorSearch.create({ ...options, budget: { ...options.budget, areaMm2: 0.01 } });
    const events = await eventsOf(tight, evaluatorOf('eyeriss'));
    expect(events).toMatchObject([{ kind: 'exhausted', generation: 0, attempts: 500 }]);
    expect(events[0]).toHaveProperty('message', expect.stringMatching(/; area 0\.\d+ mm\^2 of 0\.01 mm\^2 at least/));
    const { rejections } = tight.getState().counters;
    expect(Object.values(rejections).reduce((sum, count) => sum + count, 0)).toBe(500);
    expect(tight.isDone).toBe(true);
    expect(tight.best).toBeNull();
    await expect(tight.nextGeneration(evaluatorOf('eyeriss'))).rejects.toMatchObject({ code: 'usage' });
  });

  it("starts at the baseline's design, or in the middle of the space", async () => {
    const middleOf = async (start: 'baseline' | 'middle') => {
      const options = await optionsFor('nvdla-256', 'naas', { start, populationSize: 40, generations: 1 });
      const search = AcceleratorSearch.create(options);
      const trials = generations(await eventsOf(search, evaluatorOf('nvdla-256'))).flatMap((event) => event.trials);
      return trials.reduce((sum, { design }) => sum + design.processingElements, 0) / trials.length;
    };
    expect(await middleOf('baseline')).toBeGreaterThan((await middleOf('middle')) * 1.15);
  });

  it('stays where it was when the evaluator fails', async () => {
    const options = await optionsFor('eyeriss', 'naas');
    const search = AcceleratorSearch.create(options);
    await search.nextGeneration(evaluatorOf('eyeriss'));
    const before = structuredClone(search.getState());
    const failing: CandidateEvaluator = { evaluateCandidates: () => Promise.reject(new Error('worker lost')) };
    await expect(search.nextGeneration(failing)).rejects.toThrow('worker lost');
    expect(search.getState()).toEqual(before);
    const shuffled: CandidateEvaluator = {
      evaluateCandidates: async (tasks) => [...(await evaluatorOf('eyeriss').evaluateCandidates(tasks))].reverse(),
    };
    await expect(search.nextGeneration(shuffled)).rejects.toThrow('order');
    await eventsOf(search, evaluatorOf('eyeriss'));
    const straight = AcceleratorSearch.create(options);
    await eventsOf(straight, evaluatorOf('eyeriss'));
    expect(comparable(search.getState())).toEqual(comparable(straight.getState()));
  });

  it('refuses a second generation at the same time, bad options and foreign states', async () => {
    const options = await optionsFor('eyeriss', 'naas');
    const search = AcceleratorSearch.create(options);
    const running = search.nextGeneration(evaluatorOf('eyeriss'));
    await expect(search.nextGeneration(evaluatorOf('eyeriss'))).rejects.toMatchObject({ code: 'usage' });
    await running;
    const bad = { generations: 0, populationSize: 1, networks: [], baselines: { optimal: [] }, maxAttempts: 0 };
    for (const [keyPath, value] of Object.entries(bad))
      expect(() => AcceleratorSearch.create({ ...options, [keyPath]: value })).toThrow(
        expect.objectContaining({ code: 'value', details: { keyPath } }),
      );
    const sizing = { ...options, strategy: 'sizing' as const };
    expect(() => AcceleratorSearch.fromState(sizing, search.getState())).toThrow(/not a state/);
    const anySizes = { ...options, arraySizes: 'published' as const };
    expect(() => AcceleratorSearch.fromState(anySizes, search.getState())).toThrow(/not a state/);
    const { arraySizes: _useful, ...before } = search.getState();
    expect(() => AcceleratorSearch.fromState(options, before)).toThrow(/not a state/);
    expect(AcceleratorSearch.fromState(anySizes, before).getState()).toBe(before);
    const geometric = { ...options, bufferSizes: 'geometric' as const };
    expect(() => AcceleratorSearch.fromState(geometric, search.getState())).toThrow(/not a state/);
    const { bufferSizes: _linear, ...older } = search.getState();
    expect(() => AcceleratorSearch.fromState(geometric, older)).toThrow(/not a state/);
    expect(AcceleratorSearch.fromState(options, older).getState()).toBe(older);
    const other = { ...options, strategy: 'naas-index' as const };
    const forged = { ...search.getState(), strategy: 'naas-index' as const };
    expect(() => AcceleratorSearch.fromState(other, forged)).toThrow(/not a state/);
    const exploring = AcceleratorSearch.create({ ...options, explorations: 2 }).getState();
    expect(() => AcceleratorSearch.fromState(other, { ...exploring, strategy: 'naas-index' })).toThrow(/not a state/);
  });

  it.each([1, 2, 3])('sizes a buffer down to a thousandth of the budget within 72 designs (seed %i)', async (seed) => {
    const { budget } = budgetCase('eyeriss');
    // Best at a buffer of 1/1000 of the budget and register files of 80 B, four times worse at e^4 times either.
    const distance = ({ l1BytesPerPe, l2Bytes }: Design) =>
      Math.hypot(Math.log(l2Bytes / (budget.onChipBits / 8 / 1000)), Math.log(l1BytesPerPe / 80)) / 4;
    const evaluator: CandidateEvaluator = {
      evaluateCandidates: async (tasks) =>
        tasks.map(({ trial, specification }) => {
          const score = 1 + 3 * distance(designOfSpecification(specification)) ** 2;
          const figures = { energyPj: score, cycles: 1, edpPjCycles: score };
          const scored = networks.map(({ name }) => ({ network: name, ...figures }));
          return { outcome: 'scored' as const, trial, score, networks: scored, counters: NO_WORK };
        }),
    };
    const bufferSizes = defaultBufferSizes('sizing');
    const sizes = { generations: 9, explorations: 4, bufferSizes, seed };
    const search = AcceleratorSearch.create(await optionsFor('eyeriss', 'sizing', sizes));
    await eventsOf(search, evaluator);
    expect(search.best!.score).toBeLessThan(1.1);
  });

  it('guesses no cutoff from the parents of another optimizer', async () => {
    const options = await optionsFor('eyeriss', 'naas', { explorations: 2, generations: 3 });
    const search = AcceleratorSearch.create(options);
    const scores: (number | null)[] = [];
    while (!search.isDone) {
      await search.nextGeneration(evaluatorOf('eyeriss'));
      scores.push(search.getState().parentScore);
    }
    expect(scores).toEqual([expect.any(Number), null, expect.any(Number)]);
  });

  it('ranks designs that cannot be mapped last, and names them when nothing better is known of them', async () => {
    const inner = syntheticMapper();
    const leastPes = 160;
    const mapper: LayerMapper = (layer, accelerator, cutoff) =>
      accelerator.mac.instances < leastPes
        ? { kind: 'unmappable', reason: 'too few PEs' }
        : inner(layer, accelerator, cutoff);
    const options = await optionsFor('eyeriss', 'naas', { generations: 10, arraySizes: 'published' });
    const search = AcceleratorSearch.create(options);
    const events = generations(await eventsOf(search, evaluatorOf('eyeriss', mapper)));
    const full = AcceleratorSearch.create({ ...options, prune: false });
    const fullEvents = generations(await eventsOf(full, evaluatorOf('eyeriss', mapper)));
    expect(search.best).toEqual(full.best);
    const { counters } = search.getState();
    expect(counters.unmappable).toBeGreaterThan(0);
    expect(counters.stopped).toBeGreaterThan(0);
    expect(counters.scored + counters.stopped + counters.unmappable).toBe(80);
    expect(full.getState().counters.unmappable).toBeGreaterThan(counters.unmappable);
    const parents = 4;
    events.forEach(({ trials }, g) => {
      const all = fullEvents[g]!.trials;
      expect(trials.map(({ design }) => design)).toEqual(all.map(({ design }) => design));
      const isShort = all.filter(({ outcome }) => outcome === 'scored').length < parents;
      for (const { outcome, design, cutoff, reason } of trials) {
        if (design.processingElements >= leastPes) continue;
        expect(outcome).toBe(isShort ? 'unmappable' : 'stopped');
        if (isShort) expect(reason).toMatch(/too few PEs$/);
        else expect(cutoff).toBeGreaterThan(0);
      }
    });
  });

  it('works with a mapper that builds real mappings', async () => {
    const options = await optionsFor('eyeriss', 'naas', { generations: 2, populationSize: 4 });
    const evaluator = evaluatorOf('eyeriss', greedyMapper());
    const optimal = await evaluateBaseline(options.baseline, networks.length, evaluator);
    const search = AcceleratorSearch.create({ ...options, baselines: { optimal } });
    const events = generations(await eventsOf(search, evaluator));
    const { best } = search;
    expect(best!.score * improvement(optimal, best!.networks)).toBeCloseTo(1, 12);
    for (const { bound, score } of events.flatMap((event) => event.trials))
      if (score !== undefined) expect(bound).toBeLessThanOrEqual(score);
  });
});

describe('evaluateBaseline', () => {
  it('throws when a layer cannot be mapped', async () => {
    const evaluator = evaluatorOf('eyeriss', () => ({ kind: 'unmappable', reason: 'too small' }));
    await expect(evaluateBaseline(budgetCase('eyeriss').baseline, 2, evaluator)).rejects.toThrow(/too small/);
  });
});
