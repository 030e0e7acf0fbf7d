import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import {
  arrayUses,
  capacityUses,
  compulsoryDramCycles,
  compulsoryDramPj,
  cycleLosses,
  trafficExcess,
} from '../../../src/cost/analysis/bottleneck.ts';
import { evaluateMapping } from '../../../src/cost/evaluate.ts';
import { storedWordBits } from '../../../src/mapping/legality.ts';
import { layerDemand } from '../../../src/search/mapping/bounds/layer-demand.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import { type CostCase, costCase } from '../arbitraries.ts';
import { overheadCase } from '../overhead-arbitraries.ts';

const CASES = fc
  .boolean()
  .chain((imperfect) =>
    fc.oneof(...[costCase, overheadCase].map((caseOf) => caseOf({ imperfect, padding: true, maxMacs: 80 }))),
  );

function evaluated({ layer, accelerator, mapping }: CostCase) {
  const evaluation = evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
  fc.pre(evaluation.feasible);
  return evaluation;
}

describe('cycleLosses', () => {
  it('multiply to the cycles, each at least 1', () => {
    fc.assert(
      fc.property(CASES, (one) => {
        const evaluation = evaluated(one);
        const { idealCycles, idlePes, raggedLoops, stalls } = cycleLosses(one.accelerator, evaluation);
        expect(idealCycles * idlePes * raggedLoops * stalls).toBeCloseTo(evaluation.cycles, 6);
        expect(Math.min(idlePes, raggedLoops, stalls)).toBeGreaterThanOrEqual(1 - 1e-12);
      }),
    );
  });
});

describe('trafficExcess', () => {
  it('is never below the compulsory minimum, whatever the mapping', () => {
    fc.assert(
      fc.property(CASES, (one) => {
        const evaluation = evaluated(one);
        const { touchedWords } = layerDemand(one.layer);
        trafficExcess(one.layer, one.accelerator, evaluation, touchedWords, 'exact').forEach((level, i) => {
          expect(level.bits).toBeGreaterThanOrEqual(level.compulsoryBits);
          let bits = 0;
          let compulsoryBits = 0;
          for (const tensor of TENSORS) {
            expect(level.tensors[tensor] ?? 1).toBeGreaterThanOrEqual(1);
            const { kept, reads, updates } = evaluation.levels[i]!.tensors[tensor];
            const wordBits = storedWordBits(one.accelerator.levels[i]!, one.layer, tensor);
            if (!kept) continue;
            bits += (reads + updates) * wordBits;
            const isDrained = tensor === 'Outputs' && one.accelerator.levels[i]!.drain === 'charged';
            const least = touchedWords[tensor] * (isDrained ? 2 : 1);
            compulsoryBits += least * wordBits;
            const expected = least === 0 ? 1 : (reads + updates) / least;
            expect(level.tensors[tensor]).toBeCloseTo(expected, 9);
          }
          expect([level.bits, level.compulsoryBits]).toEqual([bits, compulsoryBits]);
        });
      }),
    );
  });
  it('leaves out the innermost level and tensors that bypass', () => {
    fc.assert(
      fc.property(CASES, (one) => {
        const levels = trafficExcess(
          one.layer,
          one.accelerator,
          evaluated(one),
          layerDemand(one.layer).touchedWords,
          'exact',
        );
        expect(levels).toHaveLength(one.accelerator.levels.length - 1);
        levels.forEach(({ tensors }, i) => {
          for (const tensor of TENSORS)
            expect(tensors[tensor] === null).toBe(!one.mapping.levels[i]!.keep.includes(tensor));
        });
      }),
    );
  });
});

describe('compulsory DRAM traffic', () => {
  it('costs no more than what a mapping pays for DRAM', () => {
    fc.assert(
      fc.property(CASES, (one) => {
        const evaluation = evaluated(one);
        const { touchedWords } = layerDemand(one.layer);
        const dram = one.accelerator.levels[0]!;
        const paid = TENSORS.reduce((sum, tensor) => sum + evaluation.levels[0]!.tensors[tensor].energyPj, 0);
        expect(compulsoryDramPj(one.layer, dram, touchedWords)).toBeLessThanOrEqual(paid * (1 + 1e-12));
        expect(compulsoryDramCycles(one.layer, dram, touchedWords)).toBeLessThanOrEqual(evaluation.cycles);
      }),
    );
  });
});

describe('compulsory DRAM traffic by hand', () => {
  const { layer, accelerator } = fc.sample(costCase({ imperfect: false, padding: false, maxMacs: 100 }), {
    numRuns: 1,
    seed: 5,
  })[0]!;
  const wide = { ...layer, wordBits: { Weights: 8, Inputs: 8, Outputs: 16 } };
  const needed = { Weights: 8, Inputs: 16, Outputs: 24 };
  const dram = {
    ...accelerator.levels[0]!,
    wordBits: 8,
    blockWords: 4,
    storedBits: {},
    energy: { readPj: 3, fillPj: 100, updatePj: 5 },
  };

  it('reads Weights and Inputs and updates Outputs, in blocks', () => {
    expect(compulsoryDramPj(wide, dram, needed)).toBe(2 * 3 + 4 * 3 + 12 * 5);
  });

  it('takes as long as the most loaded port', () => {
    const cyclesAt = (bandwidth: Accelerator['levels'][number]['bandwidth']) =>
      compulsoryDramCycles(wide, { ...dram, bandwidth }, needed);
    expect(cyclesAt({ readWordsPerCycle: 1 })).toBe(24);
    expect(cyclesAt({ writeWordsPerCycle: 1 })).toBe(48);
    expect(cyclesAt({ sharedWordsPerCycle: 1 })).toBe(72);
    expect(cyclesAt({ readWordsPerCycle: 1, writeWordsPerCycle: 5 })).toBe(24);
    expect(cyclesAt({})).toBe(0);
  });
});

describe('capacityUses', () => {
  /** The case's accelerator with capacities of a given share above what the mapping uses. */
  const limited = (one: CostCase, kind: 'shared' | 'partitioned', doubleBuffered: boolean): Accelerator => ({
    ...one.accelerator,
    levels: one.accelerator.levels.map((level, i) => ({
      ...level,
      doubleBuffered,
      capacity:
        i === 0
          ? { kind: 'unlimited' }
          : kind === 'shared'
            ? { kind, bits: 1e6 }
            : { kind, bits: { Weights: 1e6, Inputs: 1e5, Outputs: 1e6 } },
    })),
  });

  it('agrees with the bits that the model counts', () => {
    fc.assert(
      fc.property(CASES, fc.boolean(), (one, doubleBuffered) => {
        const accelerator = limited(one, 'shared', doubleBuffered);
        const evaluation = evaluated({ ...one, accelerator });
        for (const use of capacityUses(one.layer, accelerator, evaluation)) {
          expect(use.usedBits).toBe(evaluation.levels.find(({ name }) => name === use.level)!.usedBits);
          expect(use.share).toBeCloseTo(use.usedBits / (doubleBuffered ? 5e5 : 1e6), 12);
        }
      }),
    );
  });

  it('takes the fullest part of a level with parts', () => {
    fc.assert(
      fc.property(CASES, fc.boolean(), (one, doubleBuffered) => {
        const accelerator = limited(one, 'partitioned', doubleBuffered);
        const evaluation = evaluated({ ...one, accelerator });
        const copies = doubleBuffered ? 2 : 1;
        for (const { tensors, usableBits, fullestPart, share } of capacityUses(one.layer, accelerator, evaluation)) {
          const fullest = Math.max(tensors.Weights / 1e6, tensors.Inputs / 1e5, tensors.Outputs / 1e6);
          expect(share).toBeCloseTo(copies * fullest, 12);
          expect(fullestPart!.share).toBe(share);
          expect(usableBits).toBe(2.1e6 / copies);
        }
      }),
    );
  });
});

describe('arrayUses', () => {
  it('multiply to the MAC units in use, and give a reason exactly where some are idle', () => {
    fc.assert(
      fc.property(CASES, (one) => {
        const evaluation = evaluated(one);
        const uses = arrayUses(one.layer, one.accelerator, one.mapping, 'imperfect');
        expect(uses.reduce((all, { used }) => all * used, 1)).toBe(evaluation.macUnitsUsed);
        for (const { used, size, idle } of uses) expect(idle === 'none').toBe(used === size);
      }),
    );
  });

  it('tells divisibility, small dims and choice apart', () => {
    const base = fc.sample(costCase({ imperfect: false, padding: false, maxMacs: 100 }), { numRuns: 1, seed: 5 })[0]!;
    const { problem } = base.layer;
    const reasonOf = (size: number, bound: number, used: number, factors: 'perfect' | 'imperfect' = 'perfect') => {
      const level = {
        ...base.accelerator.levels[0]!,
        fanOut: {
          ...base.accelerator.levels[0]!.fanOut,
          dimensions: [{ name: 'X', size, parallelDims: ['K'] as const }],
        },
      };
      const layer = { ...base.layer, problem: { ...problem, bounds: { ...problem.bounds, K: bound } } };
      const spatial = used > 1 ? [{ dim: 'K' as const, bound: used, array: 'X' }] : [];
      const mapping = { levels: [{ temporal: [], spatial, keep: TENSORS, noMulticast: [] }] };
      return arrayUses(layer, { ...base.accelerator, levels: [level] }, mapping, factors)[0];
    };
    expect(reasonOf(12, 24, 12)).toMatchObject({ idle: 'none', mostByDivisors: 12 });
    expect(reasonOf(14, 64, 8)).toMatchObject({ idle: 'divisibility', mostByDivisors: 8 });
    expect(reasonOf(64, 3, 3)).toMatchObject({ idle: 'dims-too-small', mostByDivisors: 3 });
    expect(reasonOf(12, 24, 6)).toMatchObject({ idle: 'not-worth-it', mostByDivisors: 12 });
    expect(reasonOf(14, 64, 8, 'imperfect')).toMatchObject({ idle: 'not-worth-it', mostByDivisors: 8 });
    expect(reasonOf(64, 3, 3, 'imperfect')).toMatchObject({ idle: 'dims-too-small' });
  });
});
