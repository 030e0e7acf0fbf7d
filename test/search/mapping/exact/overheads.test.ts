import { describe, expect, it } from 'vitest';
import type { StorageLevel } from '../../../../src/accelerator/accelerator.ts';
import { type MappingConstraints, UNCONSTRAINED } from '../../../../src/mapping/constraints.ts';
import { searchExact } from '../../../../src/search/mapping/exact/exact.ts';
import { makeMapspace } from '../../../../src/search/mapping/mapspace.ts';
import { EDP, LATENCY } from '../../../../src/search/mapping/objective.ts';
import { perTensor, TENSORS } from '../../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../../src/workload/network.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { smallCase } from '../random-mapspace.ts';

const PRODUCT: LayerShape = {
  problem: makeProblem({ name: 'product', bounds: { K: 4, C: 4, P: 4 } }),
  wordBits: perTensor(() => 16),
};

/** DRAM and a buffer of so many words in front of one MAC. */
function mapspaceOf(
  words: number,
  buffer: Partial<StorageLevel>,
  dram: Partial<StorageLevel> = {},
  constraints: MappingConstraints = UNCONSTRAINED,
  layer: LayerShape = PRODUCT,
) {
  const { accelerator } = smallCase(3, {
    levels: [2],
    dims: ['K'],
    bounds: [2],
    mostMacs: 2,
    padding: false,
    mostChildren: 2,
  });
  const levels = accelerator.levels.map(
    (level, index): StorageLevel => ({
      ...level,
      capacity: index === 0 ? { kind: 'unlimited' } : { kind: 'shared', bits: 16 * words },
      doubleBuffered: false,
      storedBits: {},
      bandwidth: {},
      mayKeep: TENSORS,
      mustKeep: TENSORS,
      fanOut: { ...level.fanOut, dimensions: [] },
      ...(index === 0 ? dram : buffer),
    }),
  );
  const mapspace = makeMapspace({ layer, accelerator: { ...accelerator, levels }, constraints });
  if (!mapspace.feasible) throw new Error(mapspace.reason);
  return mapspace;
}

describe('exact search where partial sums must not come back', () => {
  it('sums all of C inside the buffer, or before another output, and says so where nothing fits', () => {
    const free = searchExact(mapspaceOf(12, {}), EDP);
    const held = searchExact(mapspaceOf(12, { spill: 'never' }), EDP);
    if (free.kind !== 'found' || held.kind !== 'found') throw new Error('nothing found');
    expect(held.evaluation.levels[1]!.tensors.Outputs.fills).toBe(0);
    expect(held.certificate.incumbent).toBeGreaterThanOrEqual(free.certificate.incumbent);
    // All of C and P outside, P innermost: every sum comes back.
    const constraints = { name: 'outer', levels: [{ temporal: { C: 4, P: 4 }, order: ['P'] as const }] };
    const none = searchExact(mapspaceOf(12, { spill: 'never' }, {}, constraints), EDP);
    if (none.kind !== 'infeasible') throw new Error(none.kind);
    expect(none.reason).toContain(
      'no tiling of product fits the capacities of small and keeps partial sums from leaving L1 to come back under',
    );
    expect(searchExact(mapspaceOf(12, {}, {}, constraints), EDP).kind).toBe('found');
  });
});

describe('exact search where visits take time', () => {
  it('visits the buffer as few times as its capacity allows', () => {
    // 48 words hold everything; 24 hold two halves at least along one dim.
    const launch = { cycles: 100, matrixCycles: 100 };
    const cyclesWith = (words: number) => {
      const result = searchExact(mapspaceOf(words, { launch }), LATENCY);
      if (result.kind !== 'found' || !result.certificate.optimal) throw new Error('not proven');
      return result.evaluation.cycles;
    };
    expect(cyclesWith(48)).toBe(100);
    expect(cyclesWith(47)).toBe(200);
    expect(cyclesWith(32)).toBe(200);
    expect(cyclesWith(31)).toBe(400);
  });

  it('runs loops over dims of Weights outside the others where loads of weights take time', () => {
    const array = { multicast: perTensor(() => true), hopEnergyPj: 0, dimensions: [] };
    const fill = { cyclesPerLoad: 10, leastRows: 1 };
    const sliding = {
      problem: makeProblem({ name: 'rows', bounds: { P: 4, R: 2 } }),
      wordBits: perTensor(() => 16),
    };
    const result = searchExact(mapspaceOf(48, { fanOut: { ...array, fill } }, {}, UNCONSTRAINED, sliding), LATENCY);
    if (result.kind !== 'found') throw new Error('nothing found');
    // Two weights: 8 MACs, and what two loads need beyond them.
    expect(result.evaluation.cycles).toBe(8 + (20 - 8));
  });

  it('adds transfers that do not overlap to the time of the MACs', () => {
    const port = { bandwidth: { sharedWordsPerCycle: 1 }, overlap: 'none' } as const;
    const result = searchExact(mapspaceOf(48, {}, port), LATENCY);
    if (result.kind !== 'found') throw new Error('nothing found');
    // 64 MACs, and three times 16 words through the port of DRAM.
    expect(result.evaluation.cycles).toBe(64 + 48);
    expect(result.certificate).toMatchObject({ optimal: true, lowerBound: 112 });
  });

  it('counts every request of ragged tiles, and no more', () => {
    const layer: LayerShape = {
      problem: makeProblem({ name: 'primes', bounds: { K: 5, P: 5 } }),
      wordBits: perTensor(() => 16),
    };
    const requests = { bytes: 2, cycles: 10, layout: { Weights: ['K'] } } as const;
    const { accelerator } = mapspaceOf(7, { refetch: ['Weights'] }, { requests }, UNCONSTRAINED, layer);
    const mapspace = makeMapspace({ layer, accelerator, factors: 'imperfect' });
    if (!mapspace.feasible) throw new Error(mapspace.reason);
    // One weight beside three inputs and outputs: each comes for three rows, then for two.
    const result = searchExact(mapspace, LATENCY, { cutoff: 100 * (1 + 1e-6) });
    if (result.kind !== 'found') throw new Error('nothing found');
    expect(result.evaluation.cycles).toBe(100);
    expect(result.certificate).toMatchObject({ optimal: true, lowerBound: 100 });
  });

  it('counts every load of ragged tiles, and no more', () => {
    const layer: LayerShape = {
      problem: makeProblem({ name: 'primes', bounds: { C: 5, P: 5 } }),
      wordBits: perTensor(() => 16),
    };
    const fill = { cyclesPerLoad: 20, leastRows: 1 };
    const array = { multicast: perTensor(() => true), hopEnergyPj: 0, dimensions: [] };
    const { accelerator } = mapspaceOf(7, { spill: 'never' }, { fanOut: { ...array, fill } });
    const mapspace = makeMapspace({ layer, accelerator, factors: 'imperfect' });
    if (!mapspace.feasible) throw new Error(mapspace.reason);
    // Outputs stay through C, so one weight beside three inputs and outputs comes for each of two rounds of rows.
    const result = searchExact(mapspace, LATENCY, { cutoff: 200 * (1 + 1e-6) });
    if (result.kind !== 'found') throw new Error('nothing found');
    expect(result.evaluation.cycles).toBe(200);
    expect(result.certificate).toMatchObject({ optimal: true, lowerBound: 200 });
  });

  it('counts one request for what stands still at a ragged edge', () => {
    const layer: LayerShape = {
      problem: makeProblem({ name: 'edge', bounds: { K: 3, P: 2 } }),
      wordBits: perTensor(() => 16),
    };
    const requests = { bytes: 2, cycles: 10, layout: { Weights: ['K'] } } as const;
    const { accelerator } = mapspaceOf(3, {}, {}, UNCONSTRAINED, layer);
    const [dram, buffer] = accelerator.levels as [StorageLevel, StorageLevel];
    const middle: StorageLevel = { ...buffer, name: 'middle', capacity: { kind: 'unlimited' }, requests };
    const constraints: MappingConstraints = {
      name: 'K twice',
      levels: [{ temporal: { K: 2, P: 1 } }, { temporal: { K: 2, P: 2 }, order: ['K'] }],
    };
    const levels = [dram, middle, buffer];
    const mapspace = makeMapspace({
      layer,
      accelerator: { ...accelerator, levels },
      factors: 'imperfect',
      constraints,
    });
    if (!mapspace.feasible) throw new Error(mapspace.reason);
    // Two weights for each of two rows, then one for both.
    const result = searchExact(mapspace, LATENCY, { cutoff: 50 * (1 + 1e-6) });
    if (result.kind !== 'found') throw new Error(result.kind);
    expect(result.evaluation.cycles).toBe(50);
  });
});
