import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceleratorKey } from '../../../src/accelerator/accelerator-key.ts';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { evaluateCandidate, type LayerMapper } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { LayerMemo } from '../../../src/search/accelerator/layer-memo.ts';
import { candidateBounds, networkEdp, prepareNetwork, scoreOf } from '../../../src/search/accelerator/network-score.ts';
import type { CandidateResult } from '../../../src/search/ports.ts';
import { NO_COST } from '../../../src/util/network-totals.ts';
import { budgetCase, SMALL_NETWORK, TINY_NETWORK } from './fixtures.ts';
import { greedyMapper, syntheticMapper } from './stand-in-mappers.ts';

const eyeriss = budgetCase('eyeriss');
const accelerator = buildAccelerator(eyeriss.baseline, eyeriss.technology);
const networks = [SMALL_NETWORK, TINY_NETWORK].map((network) => prepareNetwork(network));
const baselineEdps = [2e9, 3e6];

function evaluate(mapper: LayerMapper, cutoff: number | null, memo = new LayerMemo(8)): CandidateResult {
  const context = { networks, mapper, factors: 'perfect' as const, memo };
  return evaluateCandidate({ trial: 3, accelerator, baselineEdps, cutoff }, context);
}

function scored(result: CandidateResult): Extract<CandidateResult, { outcome: 'scored' }> {
  if (result.outcome !== 'scored') throw new Error(`outcome ${result.outcome}`);
  return result;
}

describe('prepareNetwork', () => {
  it('merges layers that cost the same and adds up their repeats', () => {
    expect(networks[0]!.layers.map(({ layer, repeat }) => [layer.name, repeat])).toEqual([
      ['conv', 1],
      ['pointwise', 3],
      ['depthwise', 1],
    ]);
  });
});

describe('evaluateCandidate', () => {
  it('scores the geometric mean of (sum of energies) x (sum of cycles) over the references', () => {
    const mapper = greedyMapper();
    const edps = [SMALL_NETWORK, TINY_NETWORK].map((network) => {
      let energy = 0;
      let cycles = 0;
      for (const layer of network.layers) {
        const found = mapper(layer, accelerator);
        if (found.kind !== 'mapped') throw new Error(found.kind);
        energy += layer.repeat * found.evaluation.energyPj;
        cycles += layer.repeat * found.evaluation.cycles;
      }
      return energy * cycles;
    });
    const result = scored(evaluate(mapper, null));
    expect(result.trial).toBe(3);
    result.networks.forEach((figures, n) => {
      expect(figures.edpPjCycles / edps[n]!).toBeCloseTo(1, 12);
    });
    expect(result.score).toBeCloseTo(Math.sqrt((edps[0]! / 2e9) * (edps[1]! / 3e6)), 9);
  });

  it('is stopped if and only if the score exceeds the cutoff, whatever was remembered', () => {
    const { score } = scored(evaluate(syntheticMapper(), null));
    const memo = new LayerMemo(8);
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 1.5, noNaN: true }), (share) => {
        const fresh = evaluate(syntheticMapper(), share * score);
        expect(fresh.outcome).toBe(share < 1 - 1e-8 ? 'stopped' : 'scored');
        const again = evaluate(syntheticMapper(), share * score, memo);
        expect({ ...again, counters: 0 }).toEqual({ ...fresh, counters: 0 });
      }),
    );
    expect(evaluate(syntheticMapper(), score).outcome).toBe('scored');
  });

  it('stops before mapping when the bounds alone exceed the cutoff, and sooner the lower the cutoff', () => {
    const bounds = candidateBounds(networks, accelerator, 'perfect');
    const bound = scoreOf(
      networks.map((network, n) => networkEdp(network, bounds[n]!, NO_COST)),
      baselineEdps,
    );
    const { score, counters } = scored(evaluate(syntheticMapper(), null));
    expect(bound).toBeLessThan(score);
    expect(counters).toMatchObject({ layersMapped: 4, layersRemembered: 0, layersSkipped: 0, mappingsEvaluated: 8 });
    const none = evaluate(syntheticMapper(), bound * 0.99);
    expect(none).toMatchObject({ outcome: 'stopped', counters: { layersMapped: 0, layersSkipped: 4 } });
    const some = evaluate(syntheticMapper(), (bound + score) / 2);
    expect(some.outcome).toBe('stopped');
    expect(some.counters.layersMapped).toBeGreaterThan(0);
    expect(some.counters.layersSkipped).toBeGreaterThan(0);
  });

  it('asks for cutoffs under which the mapper may give up without changing the outcome', () => {
    const cutoffs: (number | undefined)[] = [];
    const inner = syntheticMapper();
    const mapper: LayerMapper = (layer, target, cutoff) => {
      cutoffs.push(cutoff);
      const found = inner(layer, target);
      if (found.kind !== 'mapped' || cutoff === undefined) return found;
      const edp = found.evaluation.energyPj * found.evaluation.cycles;
      return edp >= cutoff ? { kind: 'cut', lowerBound: cutoff, evaluations: 0 } : found;
    };
    const { score } = scored(evaluate(inner, null));
    for (const share of [0.7, 0.9, 0.999, 1, 1.001, 2]) {
      const result = evaluate(mapper, share * score);
      expect(result.outcome).toBe(share < 1 ? 'stopped' : 'scored');
    }
    expect(cutoffs.every((cutoff) => cutoff !== undefined && cutoff >= 0)).toBe(true);
  });

  it('says which layer cannot be mapped', () => {
    const mapper: LayerMapper = () => ({ kind: 'unmappable', reason: 'no room' });
    expect(evaluate(mapper, null)).toMatchObject({
      outcome: 'unmappable',
      reason: expect.stringMatching(/: no room$/),
    });
  });
});

describe('LayerMemo', () => {
  it('remembers layers of equal accelerators, whatever they are called', () => {
    const memo = new LayerMemo(2);
    const mapper = syntheticMapper();
    const first = scored(evaluate(mapper, null, memo));
    const context = { networks, mapper, factors: 'perfect' as const, memo };
    const renamed = { ...accelerator, name: 'other', source: 'other' };
    const second = scored(evaluateCandidate({ trial: 3, accelerator: renamed, baselineEdps, cutoff: null }, context));
    expect(mapper.calls).toBe(4);
    expect(second.counters).toMatchObject({ layersMapped: 0, layersRemembered: 4 });
    expect({ ...second, counters: 0 }).toEqual({ ...first, counters: 0 });
  });

  it('tells apart accelerators that differ in any constant', () => {
    const other = { ...accelerator, mac: { ...accelerator.mac, energyPj: 9 } };
    expect(acceleratorKey(other)).not.toBe(acceleratorKey(accelerator));
    const slower = { ...accelerator, levels: accelerator.levels.map((level) => ({ ...level, bandwidth: {} })) };
    expect(acceleratorKey(slower)).not.toBe(acceleratorKey(accelerator));
  });

  it('forgets the accelerator that was used longest ago', () => {
    const memo = new LayerMemo(2);
    const named = (energyPj: number) => ({ ...accelerator, mac: { ...accelerator.mac, energyPj } });
    memo.layersOf(named(1)).set('a', { kind: 'unmappable', reason: '1' });
    memo.layersOf(named(2)).set('a', { kind: 'unmappable', reason: '2' });
    memo.layersOf(named(1));
    memo.layersOf(named(3));
    expect(memo.size).toBe(2);
    expect(memo.layersOf(named(1)).size).toBe(1);
    expect(memo.layersOf(named(2)).size).toBe(0);
  });
});
