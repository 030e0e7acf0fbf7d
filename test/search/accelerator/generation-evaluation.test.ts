import { describe, expect, it } from 'vitest';
import { baselinePoint, decodePointToDesign } from '../../../src/search/accelerator/accelerator-encoding.ts';
import type { LayerMapper } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { evaluateGeneration, type Generation } from '../../../src/search/accelerator/generation-evaluation.ts';
import type { Proposal } from '../../../src/search/accelerator/generation-results.ts';
import type { CandidateEvaluator } from '../../../src/search/ports.ts';
import { budgetCase, contextOf, TINY_NETWORK } from './fixtures.ts';
import { localEvaluator } from './local-evaluator.ts';
import { syntheticMapper } from './stand-in-mappers.ts';

const EYERISS = budgetCase('eyeriss');

/** Layers that cannot be mapped, which a cutoff hides: as the exact mapper, which ends at the cutoff. */
const UNMAPPABLE: LayerMapper = (_layer, _accelerator, cutoff) =>
  cutoff === undefined
    ? { kind: 'unmappable', reason: 'no tiling fits' }
    : { kind: 'cut', lowerBound: cutoff, evaluations: 0 };

function proposal(trial: number): Proposal {
  const context = contextOf(EYERISS, 'importance');
  const point = baselinePoint(context)!;
  const decoded = decodePointToDesign(point, context);
  if (decoded.kind === 'rejected') throw new Error(decoded.reason);
  return { ...decoded, candidate: { id: trial, point }, trial, bound: 0.5 };
}

function evaluator(mapper = UNMAPPABLE) {
  const { technology } = EYERISS;
  return localEvaluator({ networks: [TINY_NETWORK], technology, mapper, factors: 'perfect' });
}

describe('evaluateGeneration', () => {
  it('says the same of a design that cannot be mapped, whatever the evaluator remembers of it', async () => {
    const generation: Generation = { proposals: [proposal(1)], rule: {}, parentScore: null, baselineEdps: [1e9] };
    const knowing = evaluator();
    const [named] = await evaluateGeneration(generation, knowing);
    expect(named).toMatchObject({ result: { outcome: 'unmappable', reason: 'fc: no tiling fits' }, cutoff: null });
    for (const rule of [{ cutoff: 1e6 }, { cutoff: 1e6, parents: 1 }]) {
      const beaten = { ...generation, rule };
      for (const one of [knowing, evaluator()]) {
        const [evaluated] = await evaluateGeneration(beaten, one);
        expect(evaluated).toMatchObject({ result: { outcome: 'stopped', trial: 1 }, cutoff: 1e6 });
      }
    }
  });

  it('counts the work of all rounds', async () => {
    const counting = syntheticMapper();
    const twice = evaluator(counting);
    const rounds: number[] = [];
    const observed: CandidateEvaluator = {
      evaluateCandidates: async (tasks, options) => {
        const results = await twice.evaluateCandidates(tasks, options);
        rounds.push(results.reduce((sum, { counters }) => sum + counters.mappingsEvaluated, 0));
        return results;
      },
    };
    const generation = { proposals: [proposal(1)], parentScore: null, baselineEdps: [1e6] };
    const [alone] = await evaluateGeneration({ ...generation, rule: {} }, evaluator(syntheticMapper()));
    if (alone?.result.outcome !== 'scored') throw new Error('not scored');
    // The guess lies a little below the score: the first round stops what the second one scores.
    const guessed = { ...generation, rule: { parents: 1 }, parentScore: (0.97 / 1.2) * alone.result.score };
    const [evaluated] = await evaluateGeneration(guessed, observed);
    expect(evaluated!.result.outcome).toBe('scored');
    expect(rounds.filter((work) => work > 0).length).toBeGreaterThan(1);
    const { mappingsEvaluated, layersMapped } = evaluated!.result.counters;
    expect(mappingsEvaluated).toBe(rounds.reduce((sum, work) => sum + work, 0));
    expect(layersMapped).toBe(counting.calls);
  });
});
