import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBudget } from '../../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../../src/accelerator/specification.ts';
import { searchSampler } from '../../../src/search/network/climbing-sampler.ts';
import type { CosearchContext } from '../../../src/search/network/cosearch-context.ts';
import { NestedSearch, type NestedSearchState } from '../../../src/search/network/nested-search.ts';
import { searchNetworks } from '../../../src/search/network/network-evolution.ts';
import { accuracyFront } from '../../../src/search/network/network-front.ts';
import { allGenotypes } from '../../../src/search/network/network-table.ts';
import { PopulationSearch, type PopulationSearchState } from '../../../src/search/network/population-search.ts';
import type { Aim } from '../../../src/search/network/rated-networks.ts';
import {
  itemScorer,
  type KeepRule,
  type NetworkScorer,
  type ScoreItem,
} from '../../../src/search/network/score-networks.ts';
import type { Genotype } from '../../../src/search/network/spaces/genes.ts';
import type { AcceleratorSearchEvent, GenerationEvent } from '../../../src/search/ports.ts';
import { searchDefaults } from '../accelerator/fixtures.ts';
import { EXACT_SCORER, EYERISS, SCORER, TINY, tinyAccuracy, tinyContext } from './cosearch-fixtures.ts';

const { baseline, technology, budget } = EYERISS;
const GENOTYPES = allGenotypes(TINY);
const score = itemScorer(SCORER);
const scoreExactly = itemScorer(EXACT_SCORER);
const KEEP_ALL: KeepRule = { kind: 'best', count: 1000, edps: [] };

/** EDP of every tiny network on an accelerator, nothing pruned. */
function edpsOn(
  specification: AcceleratorSpecification,
  genotypes: readonly Genotype[] = GENOTYPES,
  scorer = score,
): number[] {
  const networks = genotypes.map((genotype) => ({ genotype, top1Percent: tinyAccuracy(genotype) }));
  const answer = scorer({ trial: 0, specification, networks, keep: KEEP_ALL, cutoffPjCycles: null, known: [] });
  return answer.networks.map((network) => (network.kind === 'scored' ? network.edpPjCycles : Number.NaN));
}

const BASELINE_EDPS = edpsOn(baseline);
const EXACT_EDPS = edpsOn(baseline, GENOTYPES, scoreExactly);

function fixedSearch(context: CosearchContext, generations: number, state?: PopulationSearchState): PopulationSearch {
  const accelerator = buildAccelerator(baseline, technology);
  const options = { source: { kind: 'fixed', specification: baseline, accelerator } as const, generations };
  return state === undefined
    ? PopulationSearch.create(context, options)
    : PopulationSearch.fromState(context, options, state);
}

function jointSearch(context: CosearchContext, generations: number, state?: PopulationSearchState): PopulationSearch {
  const sizes = { dimsPerAxis: 2, bufferSizes: 'linear' } as const;
  const encoding = { connectivity: 'importance', ...sizes, baseline, budget, technology } as const;
  const options = { source: { kind: 'encoded', encoding } as const, generations };
  return state === undefined
    ? PopulationSearch.create(context, options)
    : PopulationSearch.fromState(context, options, state);
}

function nestedSearch(context: CosearchContext, generations: number, state?: NestedSearchState): NestedSearch {
  const baselines = {
    optimal: [{ network: 'tiny', energyPj: 1e6, cycles: 1e6, edpPjCycles: context.baselineEdp }],
  };
  const networks = [TINY.build([2, 2, 2], { batch: 1, wordBits: SCORER.wordBits })];
  const options = {
    strategy: 'naas' as const,
    seed: context.seed,
    generations,
    populationSize: 4,
    baseline,
    budget,
    technology,
    networks,
    baselines,
    factors: 'perfect' as const,
    ...searchDefaults(baseline),
  };
  return state === undefined
    ? NestedSearch.create(context, options, { elites: [], best: null, front: [] })
    : NestedSearch.fromState(context, options, state);
}

interface Loop {
  readonly isDone: boolean;
  nextGeneration(): Promise<AcceleratorSearchEvent>;
  getState(): NestedSearchState | PopulationSearchState;
}

type OpenLoop = (context: CosearchContext, generations: number, state?: never) => Loop;
const LOOPS: readonly (readonly [string, OpenLoop])[] = [
  ['network-only', fixedSearch as OpenLoop],
  ['joint', jointSearch as OpenLoop],
  ['nested', nestedSearch as OpenLoop],
];

async function runAll(loop: Loop): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  while (!loop.isDone) {
    const event = await loop.nextGeneration();
    if (event.kind === 'generation') events.push(event);
  }
  return events;
}

const aims = fc.constantFrom<Aim>('best', 'front');

describe('scoring networks on one accelerator', () => {
  it('finds the same best networks whatever it prunes and knows', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(GENOTYPES.length - 1), { minLength: 2, maxLength: 12, size: 'max' }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (places, count, knows) => {
          const networks = places.map((place) => ({ genotype: GENOTYPES[place]!, top1Percent: 1 }));
          const item = { trial: 0, specification: baseline, networks, cutoffPjCycles: null };
          const earlier = knows ? score({ ...item, keep: KEEP_ALL, known: [], networks: networks.slice(0, 1) }) : null;
          const answer = score({
            ...item,
            keep: { kind: 'best', count, edps: [] },
            known: earlier?.learned ?? [],
          });
          const exact = places.map((place) => BASELINE_EDPS[place]!);
          const best = [...exact].sort((a, b) => a - b).slice(0, count);
          const found = answer.networks.flatMap((one) => (one.kind === 'scored' ? [one.edpPjCycles] : []));
          expect(found.sort((a, b) => a - b).slice(0, count)).toEqual(best);
          answer.networks.forEach((one, i) => {
            if (one.kind === 'scored') expect(one.edpPjCycles).toBe(exact[i]);
            else if (one.kind === 'stopped') expect(one.boundPjCycles).toBeLessThanOrEqual(exact[i]! * (1 + 1e-8));
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('bounds networks whose layers are known by their own EDP', () => {
    const networks = GENOTYPES.map((genotype) => ({ genotype, top1Percent: 1 }));
    const item = { trial: 0, specification: baseline, networks, cutoffPjCycles: null };
    const { learned } = score({ ...item, keep: KEEP_ALL, known: [] });
    const answer = score({ ...item, keep: { kind: 'best', count: 1, edps: [] }, known: learned });
    expect(answer.learned).toEqual([]);
    expect(answer.counters).toMatchObject({ layersMapped: 0, mappingsEvaluated: 0 });
    const bounds = answer.networks.map((one) => (one.kind === 'stopped' ? one.boundPjCycles : null));
    expect(bounds.filter((bound) => bound !== null).length).toBeGreaterThan(10);
    bounds.forEach((bound, i) => {
      if (bound !== null) expect(bound / BASELINE_EDPS[i]!).toBeCloseTo(1, 9);
    });
  });

  it('drops from a front only what another network beats', () => {
    const networks = GENOTYPES.map((genotype) => ({ genotype, top1Percent: tinyAccuracy(genotype) }));
    const keep: KeepRule = { kind: 'front', points: [] };
    const answer = scoreExactly({ trial: 0, specification: baseline, networks, keep, cutoffPjCycles: null, known: [] });
    const accuracy = networks.map(({ top1Percent }) => top1Percent);
    const found = answer.networks.map((one) => (one.kind === 'scored' ? one.edpPjCycles : Number.NaN));
    const truth = accuracyFront({ accuracy, cost: EXACT_EDPS });
    expect(accuracyFront({ accuracy, cost: found })).toEqual(truth);
    expect(answer.networks.some(({ kind }) => kind === 'stopped')).toBe(true);
  });
});

describe.each(LOOPS)('a %s search', (_name, open) => {
  it('never reports a network below the floor nor an accelerator beyond the budget', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: 88 }), fc.nat(1000), aims, async (floor, seed, aim) => {
        const loop = open(tinyContext(floor, aim, seed, { population: 6, iterations: 2 }), 2);
        for (const event of await runAll(loop)) {
          const networks = [
            ...event.trials.flatMap(({ network }) => (network === undefined ? [] : [network])),
            ...(event.accuracyFront ?? []).map(({ network }) => network),
            ...(event.best?.network === undefined ? [] : [event.best.network]),
          ];
          for (const { genes, accuracy } of networks) {
            expect(accuracy.top1Percent).toBeGreaterThanOrEqual(floor);
            expect(tinyAccuracy(TINY.parse(genes))).toBe(accuracy.top1Percent);
          }
          if (event.best !== null)
            expect(checkBudget(buildAccelerator(event.best.specification, technology), budget)).toEqual([]);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('that is saved and continued after any generation ends like one that never stopped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.integer({ min: 1, max: 2 }), aims, async (seed, stop, aim) => {
        const size = { population: 6, iterations: 2 };
        const whole = open(tinyContext(65, aim, seed, size), 3);
        await runAll(whole);
        const first = open(tinyContext(65, aim, seed, size), 3);
        for (let i = 0; i < stop && !first.isDone; i++) await first.nextGeneration();
        const saved = JSON.parse(JSON.stringify(first.getState()));
        const second = open(tinyContext(65, aim, seed, size), 3, saved as never);
        await runAll(second);
        expect(second.getState()).toEqual(whole.getState());
      }),
      { numRuns: 8 },
    );
  });

  it('keeps a front that no point met on the way beats', async () => {
    const loop = open(tinyContext(null, 'front', 3, { population: 8, iterations: 3 }), 3);
    const events = await runAll(loop);
    const front = events.at(-1)!.accuracyFront!;
    const seen = events.flatMap(({ trials }) =>
      trials.flatMap(({ network, networks }) =>
        network === undefined ? [] : [{ network, edp: networks![0]!.edpPjCycles }],
      ),
    );
    for (const { network, edp } of seen)
      expect(
        front.some((one) => one.network.accuracy.top1Percent >= network.accuracy.top1Percent && one.edpPjCycles <= edp),
      ).toBe(true);
    for (let i = 1; i < front.length; i++) {
      expect(front[i]!.network.accuracy.top1Percent).toBeLessThan(front[i - 1]!.network.accuracy.top1Percent);
      expect(front[i]!.edpPjCycles).toBeLessThan(front[i - 1]!.edpPjCycles);
    }
  });
});

describe('against all networks of a tiny space', () => {
  it.each([60, 70, 80, 88])('network-only search finds the best one above %d %', async (floor) => {
    const loop = fixedSearch(tinyContext(floor, 'best', 1, { population: 12, iterations: 1 }), 12);
    await runAll(loop);
    const allowed = BASELINE_EDPS.filter((_, i) => tinyAccuracy(GENOTYPES[i]!) >= floor);
    expect(loop.best!.networks[0]!.edpPjCycles).toBe(Math.min(...allowed));
  });

  it('network-only search finds the true front', async () => {
    const loop = fixedSearch(tinyContext(null, 'front', 2, { population: 16, iterations: 1 }), 12);
    await runAll(loop);
    const accuracy = GENOTYPES.map(tinyAccuracy);
    const truth = accuracyFront({ accuracy, cost: BASELINE_EDPS });
    expect(loop.front.map((point) => [point.network.accuracy.top1Percent, point.edpPjCycles])).toEqual(
      truth.map((i) => [accuracy[i], BASELINE_EDPS[i]]),
    );
  });

  it('nested search gives its best accelerator the best network above the floor', async () => {
    const loop = nestedSearch(tinyContext(75, 'best', 5, { population: 12, iterations: 4 }), 2);
    await runAll(loop);
    const { specification, networks } = loop.best!;
    const allowed = GENOTYPES.filter((genotype) => tinyAccuracy(genotype) >= 75);
    expect(networks[0]!.edpPjCycles).toBe(Math.min(...edpsOn(specification, allowed)));
  });
});

/** A context that keeps what its scorer is asked. */
function observed(context: CosearchContext): { context: CosearchContext; calls: (readonly ScoreItem[])[] } {
  const calls: (readonly ScoreItem[])[] = [];
  const scorer: NetworkScorer = {
    score: (items) => {
      // A copy: the search adds what it learns to what it sent.
      calls.push(structuredClone(items));
      return context.scorer.score(items);
    },
  };
  return { context: { ...context, scorer }, calls };
}

describe('a nested search', () => {
  it('stops networks above the cutoff of their accelerator, and none where a front is wanted', async () => {
    for (const aim of ['best', 'front'] as const) {
      const { context, calls } = observed(tinyContext(65, aim, 3, { population: 6, iterations: 2 }));
      const events = await runAll(nestedSearch(context, 3));
      const cutoffs = calls.flat().flatMap(({ cutoffPjCycles }) => cutoffPjCycles ?? []);
      const outcomes = new Set(events.flatMap(({ trials }) => trials.map(({ outcome }) => outcome)));
      expect(cutoffs.length > 0).toBe(aim === 'best');
      expect(outcomes.has('stopped')).toBe(aim === 'best');
      for (const cutoff of cutoffs) expect(cutoff).toBeGreaterThan(0.01 * Math.min(...BASELINE_EDPS));
    }
  });

  it('sends all that is known of an accelerator with every further question about it', async () => {
    const { context, calls } = observed(tinyContext(65, 'best', 3, { population: 4, iterations: 1 }));
    const search = nestedSearch(context, 8);
    let most = 0;
    while (!search.isDone) {
      calls.length = 0;
      await search.nextGeneration();
      const learned = new Map<number, Set<string>>();
      const questions = new Map<number, number>();
      for (const items of calls)
        for (const { trial, known, networks, ...item } of items) {
          const keys = learned.get(trial) ?? new Set<string>();
          expect(new Set(known.map(([key]) => key))).toEqual(keys);
          for (const [key] of score({ ...item, trial, known, networks }).learned) keys.add(key);
          learned.set(trial, keys);
          questions.set(trial, (questions.get(trial) ?? 0) + 1);
        }
      most = Math.max(most, ...questions.values());
    }
    // Some candidate was asked about in a second round, under a higher cutoff.
    expect(most).toBeGreaterThan(context.evolution.iterations);
  });
});

describe('a population search', () => {
  it('keeps the layers of the accelerators of its parents, of no others', async () => {
    const search = jointSearch(tinyContext(65, 'best', 3, { population: 12, iterations: 1 }), 3);
    await runAll(search);
    const { parents, known } = search.getState();
    const accelerators = new Set(parents.map(({ point }) => JSON.stringify(point)));
    expect(new Set(known.map(([accelerator]) => accelerator))).toEqual(accelerators);
    for (const [, layers] of known) expect(layers.length).toBeGreaterThan(0);
  });

  it('keeps what its sampler observes', async () => {
    const context = tinyContext(80, 'best', 3, { population: 8, iterations: 1 });
    const search = fixedSearch(context, 2);
    let before = 0;
    for (let generation = 0; generation < 2; generation++) {
      await search.nextGeneration();
      const { observed } = search.getState().climb!;
      expect(observed).toBeGreaterThanOrEqual(context.accuracy.remembered.length);
      expect(observed).toBeGreaterThan(before);
      before = observed;
    }
  });
});

describe('the networks of an accelerator', () => {
  it('begin with the best ones of earlier accelerators, in half of the first population at most', async () => {
    const { context, calls } = observed(tinyContext(null, 'best', 3, { population: 6, iterations: 1 }));
    const seeds = [7, 3, 11, 19, 5, 1, 13].map((place) => GENOTYPES[place]!);
    const task = { trial: 4, specification: baseline, cutoffPjCycles: null, known: new Map() };
    await searchNetworks(context, [task], seeds, searchSampler(context));
    const genotypes = calls.flat()[0]!.networks.map(({ genotype }) => genotype);
    expect(genotypes).toHaveLength(6);
    expect(genotypes.slice(0, 3)).toEqual(seeds.slice(0, 3));
    expect(genotypes.slice(3)).not.toEqual(seeds.slice(3, 6));
  });
});
