import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StorageLevel } from '../../../../src/accelerator/accelerator.ts';
import { evaluateReference } from '../../../../src/cost/reference/reference.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP, ENERGY, LATENCY } from '../../../../src/search/mapping/objective.ts';
import { type Dim, perTensor, TENSORS } from '../../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { compareAll, enumerated, expectOptimal, type SmallCases } from '../against-brute-force.ts';
import { type SmallCaseOptions, smallCase } from '../random-mapspace.ts';

const PLAIN: SmallCaseOptions = {
  levels: [2, 3, 3, 4],
  dims: ['N', 'G', 'K', 'C', 'P', 'Q'],
  bounds: [2, 3, 4, 5, 7],
  mostMacs: 40,
  padding: false,
  mostChildren: 3,
  blocks: false,
};
const SLIDING: SmallCaseOptions = {
  ...PLAIN,
  levels: [2, 2, 3],
  dims: ['N', 'G', 'K', 'C', 'P', 'P', 'Q', 'R', 'R', 'S'],
  mostMacs: 60,
};
/** Long filters, so that most moves of a tile overlap. */
const OVERLAPPING: SmallCaseOptions = {
  ...PLAIN,
  levels: [2, 2, 3],
  dims: ['P', 'R', 'P', 'R', 'K', 'Q', 'S'],
  bounds: [3, 4, 5, 7, 9],
  mostMacs: 100,
  mostChildren: 5,
};
const imperfect = (options: SmallCaseOptions): SmallCases => ({
  options,
  temporalReuse: 'exact',
  factors: 'imperfect',
});
/** Costly refetches into a small buffer under few children, some of which the last round does not reach: their tiles can stand still. */
const edges = (dim: 'K' | 'P' | 'R', dims: readonly Dim[] = ['K', 'P', 'C', 'N', 'K', 'P']): SmallCases => ({
  ...imperfect({
    ...PLAIN,
    levels: [2, 2, 3],
    dims,
    bounds: [3, 5, 6, 7],
    mostMacs: 130,
    padding: dims.includes('R'),
  }),
  change: ({ layer, accelerator }, seed) => {
    const last = accelerator.levels.length - 1;
    const arrayLevel = seed % 3 === 0 ? last - 1 : 0;
    const size = 2 + (seed % 2);
    const levels = accelerator.levels.map((level, index): StorageLevel => {
      const pj = [200, 6, 1][index]!;
      return {
        ...level,
        bandwidth: {},
        instances: index > arrayLevel ? size : 1,
        energy: { readPj: pj, fillPj: pj, updatePj: pj },
        mayKeep: TENSORS,
        mustKeep: TENSORS,
        capacity:
          index === 0
            ? { kind: 'unlimited' }
            : { kind: 'shared', bits: 16 * (4 + ((seed * 7) % 13)) * (index < last ? 2 : 1) },
        fanOut: {
          ...level.fanOut,
          dimensions: index === arrayLevel ? [{ name: 'X', size, parallelDims: [dim] }] : [],
        },
      };
    });
    const [weights, inputs, outputs] = [0, 1, 2].map((bit) => 16 + 16 * ((seed >> bit) & 1));
    return {
      layer: { ...layer, wordBits: { Weights: weights!, Inputs: inputs!, Outputs: outputs! } },
      accelerator: { ...accelerator, levels, mac: { ...accelerator.mac, instances: size } },
    };
  },
});
const FAMILIES: readonly (readonly [string, number, number, SmallCases])[] = [
  ['tiles that do not overlap', 19, 10, imperfect(PLAIN)],
  ['overlapping tiles', 19, 13, imperfect(SLIDING)],
  ['tiles that overlap much', 13, 7, imperfect(OVERLAPPING)],
  ['last rounds that reach few children along K', 17, 12, edges('K')],
  ['last rounds that reach few children along P', 16, 10, edges('P')],
  ['gaps of strides and dilations', 12, 6, imperfect({ ...OVERLAPPING, padding: true, mostStride: 4 })],
  ['padding', 17, 11, imperfect({ ...SLIDING, padding: true })],
  ['padding and much overlap', 12, 8, imperfect({ ...OVERLAPPING, padding: true })],
  ['padding and blocks of words', 17, 11, imperfect({ ...SLIDING, padding: true, blocks: true })],
];

describe('exact search with imperfect factors against brute force over all chains without slack', () => {
  for (const [name, runs, enough, cases] of FAMILIES)
    it(`finds the optimum with ${name}, with bounds that are tight`, () => compareAll(runs, enough, cases, 8));

  it("finds the optimum under Timeloop's reuse rule, which knows perfect factors only", () =>
    compareAll(10, 7, { ...imperfect(SLIDING), temporalReuse: 'timeloop' }, 0));

  it('finds the optimum on one level, where everything is the only extent', () =>
    compareAll(30, 24, imperfect({ ...SLIDING, levels: [1], mostChildren: 5, padding: true }), 0));

  it('maps a convolution of one dim on one memory and one MAC as with perfect factors', () => {
    const { accelerator } = smallCase(3, { ...PLAIN, levels: [1] });
    const levels = accelerator.levels.map((level): StorageLevel => {
      const fanOut = { ...level.fanOut, dimensions: [] };
      return { ...level, capacity: { kind: 'unlimited' }, fanOut };
    });
    const layer = {
      problem: makeProblem({ name: 'row', bounds: { Q: 16, S: 3 } }),
      wordBits: perTensor(() => 16),
    };
    for (const factors of ['perfect', 'imperfect'] as const) {
      const mapspace = makeMapspace({ layer, accelerator: { ...accelerator, levels }, factors });
      if (!mapspace.feasible) throw new Error(mapspace.reason);
      const result = searchExact(mapspace, EDP);
      if (result.kind !== 'found') throw new Error(`${factors}: ${result.kind}`);
      const { Weights, Inputs, Outputs } = result.evaluation.levels[0]!.tensors;
      expect([Weights.reads, Inputs.reads, Outputs.updates, Outputs.reads]).toEqual([48, 48, 48, 32]);
      expect(result.certificate.optimal).toBe(true);
    }
  });

  it('finds the optimum where tiles stand still through loops outside those that they stand still for', () => {
    const found = enumerated(208, edges('R', ['K', 'P', 'R', 'P', 'N', 'Q']));
    if (found === null) throw new Error('empty');
    expectOptimal(found);
  });

  it('is never worse than with perfect factors', () => {
    for (let seed = 400; seed < 414; seed++) {
      const one = smallCase(seed, { ...SLIDING, levels: [2, 3, 3, 4], mostMacs: 96, padding: true, blocks: true });
      const perfect = makeMapspace(one);
      const ragged = makeMapspace({ ...one, factors: 'imperfect' });
      if (!perfect.feasible || !ragged.feasible) continue;
      const least = searchExact(perfect, EDP);
      const result = searchExact(ragged, EDP);
      if (least.kind !== 'found') continue;
      if (result.kind !== 'found') throw new Error(result.kind);
      expect(result.certificate.incumbent).toBeLessThanOrEqual(least.certificate.incumbent * (1 + 1e-12));
      const { layer, accelerator } = one;
      const evaluation = evaluateReference(layer, accelerator, result.mapping, { temporalReuse: 'exact' });
      expect(evaluation).toEqual(result.evaluation);
    }
  });
});

/** The default of ExactOptions.nodeLimit with imperfect factors. */
const DEFAULT_NODES = 400_000;
/** Nodes between two polls of the limit, and boxes of one level at most. */
const OVERSHOOT = 40_000;

describe('exact search with imperfect factors that is stopped', () => {
  it('ends by default after 400,000 nodes: with a gap, and never worse than with perfect factors', () => {
    const bounds = { K: 96, C: 80, P: 23, Q: 23, R: 3, S: 3 };
    const { accelerator } = smallCase(3, { ...PLAIN, levels: [4] });
    const layer = { problem: makeProblem({ name: 'ragged', bounds }), wordBits: perTensor(() => 16) };
    const perfect = makeMapspace({ layer, accelerator });
    const imperfectSpace = makeMapspace({ layer, accelerator, factors: 'imperfect' });
    if (!perfect.feasible || !imperfectSpace.feasible) throw new Error('no mapping');
    const least = searchExact(perfect, EDP);
    const ragged = searchExact(imperfectSpace, EDP);
    if (least.kind !== 'found' || ragged.kind !== 'found') throw new Error('nothing found');
    const { nodes, optimal, incumbent, lowerBound } = ragged.certificate;
    expect(nodes - least.certificate.nodes).toBeGreaterThanOrEqual(DEFAULT_NODES);
    expect(nodes - least.certificate.nodes).toBeLessThan(DEFAULT_NODES + OVERSHOOT);
    expect(optimal).toBe(false);
    expect(incumbent).toBeLessThanOrEqual(least.certificate.incumbent);
    expect(lowerBound).toBeLessThan(incumbent);
    expect(lowerBound).toBeGreaterThan(0);
    expect(searchExact(imperfectSpace, EDP)).toEqual(ragged);
    for (const imperfectNodes of [1, 50_000]) {
      const { certificate } = searchExact(imperfectSpace, EDP, {
        imperfectNodes,
        shouldStop: () => false,
      }) as typeof ragged;
      expect(certificate.nodes - least.certificate.nodes).toBeGreaterThanOrEqual(imperfectNodes);
      expect(certificate.nodes - least.certificate.nodes).toBeLessThan(imperfectNodes + OVERSHOOT);
      expect(certificate.incumbent).toBeLessThanOrEqual(least.certificate.incumbent);
    }
  });

  it('never claims a lower bound above the optimum, wherever it is stopped', () => {
    let stopped = 0;
    const property = fc.property(
      fc.integer({ min: 0, max: 1e9 }),
      fc.constantFrom(0, 1, 1_500, 4_000, 10_000, 25_000),
      fc.constantFrom(EDP, ENERGY, LATENCY),
      (seed, nodeLimit, objective) => {
        const one = smallCase(seed, {
          ...SLIDING,
          bounds: [3, 5, 6, 7, 11],
          mostMacs: 700,
          padding: true,
          blocks: true,
        });
        const mapspace = makeMapspace({ ...one, factors: 'imperfect' });
        if (!mapspace.feasible) return;
        const cut = searchExact(mapspace, objective, { nodeLimit });
        if (cut.kind === 'infeasible') return;
        if (cut.kind === 'found' && cut.certificate.optimal && nodeLimit < 1_500) return;
        const whole = searchExact(mapspace, objective, { nodeLimit: 1_000_000 });
        if (whole.kind !== 'found') return;
        const { incumbent, lowerBound, optimal } = cut.certificate;
        // Where even the long search ends early, what it found is above the optimum, so that the test stays valid.
        expect(lowerBound).toBeLessThanOrEqual(whole.certificate.incumbent * (1 + 1e-12));
        if (whole.certificate.optimal)
          expect(incumbent).toBeGreaterThanOrEqual(whole.certificate.incumbent * (1 - 1e-12));
        expect(optimal).toBe(cut.kind === 'found' && lowerBound >= incumbent);
        if (!optimal) stopped++;
      },
    );
    fc.assert(property, { numRuns: 20, seed: 20_261_121 });
    expect(stopped).toBeGreaterThan(3);
  });
});
