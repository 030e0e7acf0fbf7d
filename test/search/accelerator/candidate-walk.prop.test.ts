import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { CandidateWalk, type LayerRequest } from '../../../src/search/accelerator/candidate-walk.ts';
import { evaluateCandidate, type LayerMapper } from '../../../src/search/accelerator/evaluate-candidate.ts';
import { LayerMemo } from '../../../src/search/accelerator/layer-memo.ts';
import { prepareNetwork } from '../../../src/search/accelerator/network-score.ts';
import type { CandidateResult } from '../../../src/search/ports.ts';
import { budgetCase, layerOf, SMALL_NETWORK, TINY_NETWORK } from './fixtures.ts';
import { syntheticMapper } from './stand-in-mappers.ts';

const eyeriss = budgetCase('eyeriss');
const accelerator = buildAccelerator(eyeriss.baseline, eyeriss.technology);
const networks = [SMALL_NETWORK, TINY_NETWORK].map((network) => prepareNetwork(network));
const names = networks.flatMap((network) => network.layers.map(({ layer }) => layer.problem.name));
const baselineEdps = [2e9, 3e6];

/** Cannot map one layer, and sees that only when the cutoff lets it look: below, the layer is cut like one that is too expensive. */
function mapperWithout(hopeless: string | null, leastCutoff: number): LayerMapper {
  const plain = syntheticMapper();
  return (layer, on, cutoff) => {
    if (layer.problem.name !== hopeless) return plain(layer, on, cutoff);
    return cutoff !== undefined && cutoff < leastCutoff
      ? { kind: 'cut', lowerBound: cutoff, evaluations: 1 }
      : { kind: 'unmappable', reason: 'made up' };
  };
}

/** Walks with several layers under way, whose answers come in any order. */
function walkWith(
  underWay: number,
  picks: readonly number[],
  cutoff: number | null,
  mapper: LayerMapper,
  memo: LayerMemo,
): CandidateResult | null {
  const walk = new CandidateWalk(
    { trial: 3, accelerator, baselineEdps, cutoff },
    { networks, factors: 'perfect', memo },
  );
  const open: LayerRequest[] = [];
  for (let step = 0; ; step++) {
    while (open.length < underWay) {
      const request = walk.next();
      if (request === null) break;
      open.push(request);
    }
    const [request] = open.splice((picks[step % picks.length] ?? 0) % Math.max(1, open.length), 1);
    if (request === undefined) return walk.result;
    walk.answer(request, mapper(request.layer, accelerator, request.cutoff));
  }
}

describe('CandidateWalk', () => {
  const all = evaluateCandidate(
    { trial: 3, accelerator, baselineEdps, cutoff: null },
    { networks, factors: 'perfect', memo: new LayerMemo(2), mapper: syntheticMapper() },
  );
  if (all.outcome !== 'scored') throw new Error(all.outcome);
  const setting = fc.record({
    share: fc.option(fc.double({ min: 0.01, max: 1.3, noNaN: true }), { freq: 8 }),
    underWay: fc.integer({ min: 1, max: 6 }),
    picks: fc.array(fc.nat(5), { minLength: 1, maxLength: 12, size: 'max' }),
    hopeless: fc.option(fc.constantFrom(...names)),
    leastCutoff: fc.double({ min: 1e-3, max: 1e12, noNaN: true }).map((value) => 10 ** (Math.log10(value) % 12)),
  });

  it('ends like one layer after the other, however many are under way and in whatever order they are answered', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(setting, ({ share, underWay, picks, hopeless, leastCutoff }) => {
        const cutoff = share === null ? null : share * all.score;
        const mapper = mapperWithout(hopeless, leastCutoff);
        const context = { networks, factors: 'perfect' as const, memo: new LayerMemo(2), mapper };
        const plain = evaluateCandidate({ trial: 3, accelerator, baselineEdps, cutoff }, context);
        const spread = walkWith(underWay, picks, cutoff, mapper, new LayerMemo(2));
        expect({ ...spread, counters: 0 }).toEqual({ ...plain, counters: 0 });
        seen.add(plain.outcome);
      }),
      { numRuns: 400 },
    );
    expect([...seen].sort()).toEqual(['scored', 'stopped', 'unmappable']);
  });

  it('asks for no layer twice unless it cannot be mapped, and for none after the end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.double({ min: 0.01, max: 1.3, noNaN: true }),
        (underWay, share) => {
          const asked: string[] = [];
          const plain = syntheticMapper();
          const mapper: LayerMapper = (layer, on, cutoff) => {
            asked.push(layer.problem.name);
            return plain(layer, on, cutoff);
          };
          const memo = new LayerMemo(2);
          const first = walkWith(underWay, [0], share * all.score, mapper, memo);
          expect(new Set(asked).size).toBe(asked.length);
          const before = asked.length;
          const again = walkWith(underWay, [0], null, mapper, memo);
          expect(again?.outcome).toBe('scored');
          if (first?.outcome === 'scored') expect(asked).toHaveLength(before);
        },
      ),
    );
  });

  it('finds every score up to a cutoff that falls on the way, and stops above it only', () => {
    const seen = new Set<string>();
    // Half of the courses can be mapped, half of these stay above the score: every outcome is met in every run of the test.
    const shares = fc.oneof(
      ...[0.3, 1.01].map((min) => fc.array(fc.double({ min, max: 1.4, noNaN: true }), { minLength: 1, maxLength: 8 })),
    );
    fc.assert(
      fc.property(setting, shares, fc.boolean(), (drawn, cutoffs, isMappable) => {
        const { underWay, picks, leastCutoff } = drawn;
        const { share, hopeless } = isMappable ? { share: null, hopeless: null } : drawn;
        const score = hopeless === null ? all.score : Infinity;
        const start = share === null ? null : share * all.score;
        const context = { networks, factors: 'perfect' as const, memo: new LayerMemo(2) };
        const walk = new CandidateWalk({ trial: 3, accelerator, baselineEdps, cutoff: start }, context);
        const mapper = mapperWithout(hopeless, leastCutoff);
        const open: LayerRequest[] = [];
        let least = start ?? Infinity;
        for (let step = 0; walk.result === null; step++) {
          for (let request = walk.next(); request !== null; request = open.length < underWay ? walk.next() : null)
            open.push(request);
          const [request] = open.splice((picks[step % picks.length] ?? 0) % open.length, 1);
          walk.answer(request!, mapper(request!.layer, accelerator, request!.cutoff));
          const cutoff = cutoffs[step];
          if (cutoff === undefined || walk.result !== null) continue;
          walk.tighten(cutoff * all.score);
          least = Math.min(least, cutoff * all.score);
        }
        const { result } = walk;
        walk.tighten(1e-9);
        expect(walk.next()).toBeNull();
        expect(walk.result).toBe(result);
        if (result.outcome === 'scored') expect(result.score).toBe(score);
        else expect(score).toBeGreaterThan(least === Infinity ? 0 : least);
        if (score <= least) expect(result.outcome).toBe(score === Infinity ? 'unmappable' : 'scored');
        seen.add(result.outcome);
      }),
      { numRuns: 400 },
    );
    expect([...seen].sort()).toEqual(['scored', 'stopped', 'unmappable']);
  });

  it('keeps its cutoff when a higher one comes', () => {
    for (const share of [0.6, 0.9, 0.99]) {
      const candidate = { trial: 3, accelerator, baselineEdps, cutoff: share * all.score };
      const context = { networks, factors: 'perfect' as const, memo: new LayerMemo(2) };
      const walk = new CandidateWalk(candidate, context);
      walk.tighten(2 * all.score);
      for (let request = walk.next(); request !== null; request = walk.next())
        walk.answer(request, syntheticMapper()(request.layer, accelerator, request.cutoff));
      expect(walk.result?.outcome).toBe('stopped');
    }
  });

  it('remembers a mapped layer although another walk is answered later that it was cut', () => {
    const context = { networks, factors: 'perfect' as const, memo: new LayerMemo(2) };
    const [first, second] = [1e9, null].map(
      (cutoff) => new CandidateWalk({ trial: 3, accelerator, baselineEdps, cutoff }, context),
    );
    const [early, late] = [first!.next()!, second!.next()!];
    expect(late.layer).toBe(early.layer);
    second!.answer(late, syntheticMapper()(late.layer, accelerator));
    first!.answer(early, { kind: 'cut', lowerBound: 1, evaluations: 0 });
    expect([...context.memo.layersOf(accelerator).values()]).toMatchObject([{ kind: 'mapped' }]);
  });

  it('maps the only layer of a network under the cutoff of its own EDP', () => {
    for (const repeat of [1, 3]) {
      const network = prepareNetwork({
        name: 'one',
        source: '',
        layers: [layerOf('fc', { K: 64, C: 128 }, { repeat })],
      });
      const context = { networks: [network], factors: 'perfect' as const, memo: new LayerMemo(2) };
      const candidate = { trial: 3, accelerator, baselineEdps: [2e12], cutoff: 0.5 };
      const request = new CandidateWalk(candidate, context).next();
      expect(request!.cutoff! / (1e12 / repeat ** 2)).toBeCloseTo(1, 8);
    }
  });
});
