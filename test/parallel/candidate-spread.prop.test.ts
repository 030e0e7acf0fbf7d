import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import type { AcceleratorSpecification } from '../../src/accelerator/specification.ts';
import { type SpreadContext, spreadCandidates } from '../../src/parallel/candidate-spread.ts';
import type { LayerMapper } from '../../src/search/accelerator/evaluate-candidate.ts';
import { evaluateGeneration } from '../../src/search/accelerator/generation-evaluation.ts';
import type { Proposal } from '../../src/search/accelerator/generation-results.ts';
import { LayerMemo } from '../../src/search/accelerator/layer-memo.ts';
import { candidateBounds, networkEdp, prepareNetwork, scoreOf } from '../../src/search/accelerator/network-score.ts';
import type { LoserRule } from '../../src/search/accelerator/strategies.ts';
import type { CandidateEvaluator, CandidateResult } from '../../src/search/ports.ts';
import { NO_COST } from '../../src/util/network-totals.ts';
import { budgetCase, SMALL_NETWORK, TINY_NETWORK } from '../search/accelerator/fixtures.ts';
import { localEvaluator } from '../search/accelerator/local-evaluator.ts';
import { syntheticMapper } from '../search/accelerator/stand-in-mappers.ts';

const { baseline, technology } = budgetCase('eyeriss');
const NETWORKS = [SMALL_NETWORK, TINY_NETWORK];
const PREPARED = NETWORKS.map((network) => prepareNetwork(network));
const BASELINE_EDPS = [2e9, 3e6];

/** The baseline with arrays of another size and another name. */
function resized(size: number, trial: number): AcceleratorSpecification {
  const levels = baseline.levels.map((level) => ({
    ...level,
    fanOut: { ...level.fanOut, dimensions: level.fanOut.dimensions.map((one) => ({ ...one, size })) },
  }));
  return { ...baseline, name: `candidate-${trial}`, levels };
}

function proposalOf(size: number, trial: number): Proposal {
  const specification = resized(size, trial);
  const accelerator = buildAccelerator(specification, technology);
  const bounds = candidateBounds(PREPARED, accelerator, 'perfect');
  const bound = scoreOf(
    PREPARED.map((network, n) => networkEdp(network, bounds[n]!, NO_COST)),
    BASELINE_EDPS,
  );
  const design = {
    processingElements: accelerator.mac.instances,
    l1BytesPerPe: 0,
    l2Bytes: 0,
    bufferWordsPerCycle: 64,
    axes: [],
  };
  return { trial, bound, specification, accelerator, design, kind: 'design', candidate: { id: trial, point: [] } };
}

/** Cannot map anything on arrays of these sizes; of the others it maps as if it were real. */
function mapperWithout(hopeless: readonly number[]): LayerMapper {
  const plain = syntheticMapper();
  return (layer, accelerator, cutoff) =>
    hopeless.some((size) => accelerator.levels.some(({ fanOut }) => fanOut.dimensions.some((d) => d.size === size)))
      ? { kind: 'unmappable', reason: 'made up' }
      : plain(layer, accelerator, cutoff);
}

/** Threads that answer in an order of their own: whenever none of them can go on, one of the waiting answers comes. */
function spreadEvaluator(mapper: LayerMapper, threads: number, picks: readonly number[]): CandidateEvaluator {
  const context = { networks: PREPARED, factors: 'perfect' as const, memo: new LayerMemo(64) };
  let waiting: (() => void)[] = [];
  let step = 0;
  const answerOne = () => {
    const pick = picks[step++ % picks.length]! % waiting.length;
    const answer = waiting[pick]!;
    waiting = waiting.filter((one) => one !== answer);
    answer();
    if (waiting.length > 0) setImmediate(answerOne);
  };
  const map: SpreadContext['map'] = (layer, accelerator, cutoff) =>
    new Promise((resolve) => {
      if (waiting.length === 0) setImmediate(answerOne);
      waiting.push(() => resolve({ outcome: mapper(layer, accelerator, cutoff), isRemembered: false }));
    });
  return {
    evaluateCandidates: (tasks, { keep } = {}) => spreadCandidates(tasks, keep, { technology, context, map, threads }),
  };
}

/** Every candidate scored by itself, without any cutoff; then the rule by its words. */
async function reference(proposals: readonly Proposal[], rule: LoserRule, mapper: LayerMapper): Promise<unknown[]> {
  const { parents, cutoff = null } = rule;
  const evaluator = localEvaluator({ networks: NETWORKS, technology, mapper, factors: 'perfect' });
  const full = await evaluator.evaluateCandidates(
    proposals.map(({ trial, specification }) => ({
      trial,
      specification,
      baselineEdps: BASELINE_EDPS,
      cutoff: null,
    })),
  );
  const scores = full.map((result) => (result.outcome === 'scored' ? result.score : Infinity));
  const within = scores.filter((score) => score < Infinity && score <= (cutoff ?? Infinity)).sort((a, b) => a - b);
  const least = within[parents! - 1] ?? cutoff;
  return full.map((result, i) =>
    least === null || scores[i]! <= least
      ? { result: comparable(result), cutoff: least }
      : { result: { outcome: 'stopped', trial: result.trial }, cutoff: least },
  );
}

function comparable({ counters: _counters, ...result }: CandidateResult) {
  return result;
}

describe('candidates spread over threads', () => {
  const generation = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 9 }),
    hopeless: fc.subarray([...Array(13).keys()].map((i) => i + 1)),
    parents: fc.integer({ min: 1, max: 5 }),
    cutoff: fc.option(fc.double({ min: 1e-3, max: 30, noNaN: true })),
    parentScore: fc.option(fc.double({ min: 1e-4, max: 30, noNaN: true })),
    threads: fc.integer({ min: 1, max: 8 }),
    picks: fc.array(fc.nat(11), { minLength: 1, maxLength: 12, size: 'max' }),
  });

  it('give what scoring all and sorting gives, whatever the number of threads and the order of their answers', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(generation, async ({ sizes, hopeless, parents, cutoff, parentScore, threads, picks }) => {
        const proposals = sizes.map(proposalOf);
        const rule: LoserRule = { parents, ...(cutoff === null ? {} : { cutoff }) };
        const mapper = mapperWithout(hopeless);
        const expected = await reference(proposals, rule, mapper);
        const evaluators = [
          spreadEvaluator(mapper, threads, picks),
          localEvaluator({ networks: NETWORKS, technology, mapper, factors: 'perfect' }),
        ];
        for (const evaluator of evaluators) {
          const evaluated = await evaluateGeneration(
            { proposals, rule, parentScore, baselineEdps: BASELINE_EDPS },
            evaluator,
          );
          expect(evaluated.map(({ result, ...rest }) => ({ ...rest, result: comparable(result) }))).toEqual(expected);
          for (const { result } of evaluated) seen.add(result.outcome);
        }
      }),
      { numRuns: 300 },
    );
    expect([...seen].sort()).toEqual(['scored', 'stopped', 'unmappable']);
  });

  it('map less when only the best matter', async () => {
    const mapped = async (keep: { count: number; scores: readonly number[] } | undefined) => {
      const mapper = syntheticMapper();
      const tasks = [13, 12, 11, 3, 2, 1].map((size, trial) => ({
        trial,
        specification: resized(size, trial),
        baselineEdps: BASELINE_EDPS,
        cutoff: null,
      }));
      const results = await spreadEvaluator(mapper, 2, [0]).evaluateCandidates(
        tasks,
        keep === undefined ? {} : { keep },
      );
      return { calls: mapper.calls, scored: results.filter(({ outcome }) => outcome === 'scored').length };
    };
    const all = await mapped(undefined);
    expect(all.scored).toBe(6);
    const some = await mapped({ count: 2, scores: [] });
    expect(some.calls).toBeLessThan(all.calls);
    expect(some.scored).toBeGreaterThanOrEqual(2);
    expect(await mapped({ count: 1, scores: [1e-9] })).toEqual({ calls: 0, scored: 0 });
  });

  it('stop a candidate under way as soon as another one beats it', async () => {
    const mapper = syntheticMapper();
    const tasks = [13, 1].map((size, trial) => ({
      trial,
      specification: resized(size, trial),
      baselineEdps: BASELINE_EDPS,
      cutoff: null,
    }));
    const keep = { count: 1, scores: [] };
    const results = await spreadEvaluator(mapper, 2, [0]).evaluateCandidates(tasks, { keep });
    expect(results.map(({ outcome }) => outcome)).toEqual(['scored', 'stopped']);
    const layers = PREPARED.flatMap((network) => network.layers).length;
    expect(mapper.calls).toBe(layers + 1);
  });
});
