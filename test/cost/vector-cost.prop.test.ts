import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectorCost, vectorOperatorCost } from '../../src/cost/vector-cost.ts';
import { mergedLoads } from '../../src/workload/graph/fusion.ts';
import { acceleratorOf, type Case, caseOf, compute, demandOf, simulate } from './vector-cases.ts';

describe('cost of vector operators', () => {
  // Killed by: one width for all words that are read, levels below the unit, fills at the outermost level, words on one instance, rounding of blocks, ports
  // or lanes, operations side by side, leakage of one instance for all or of the levels that words pass.
  it('is that of moving every word and doing every operation one by one', () => {
    fc.assert(
      fc.property(caseOf, (one) => {
        const cost = vectorOperatorCost(demandOf(one), acceleratorOf(one))!;
        const expected = simulate(one);
        expect(cost.cycles).toBe(expected.cycles);
        expect(cost.energyPj).toBeCloseTo(expected.energyPj, 6);
        const { work } = demandOf(one);
        const busy = compute(work.simple, one.simplePerCycle) + compute(work.special, one.specialPerCycle);
        const bound = busy < cost.cycles ? 'number' : busy === 0 ? 'object' : 'string';
        expect(typeof cost.boundBy).toBe(bound);
        const parts = cost.levelsPj.reduce((sum, pj) => sum + pj, cost.operationsPj);
        expect(parts).toBeCloseTo(cost.energyPj, 6);
        const leakagePj = one.levels.reduce((sum, { instances, leakage }) => sum + instances * leakage, 0) / 8;
        expect(cost.operationsPj + cost.readPj + cost.writtenPj + cost.cycles * leakagePj).toBeCloseTo(
          cost.energyPj,
          6,
        );
      }),
      { numRuns: 600 },
    );
  });

  // Killed by: a rate that counts the wrong way, energy that depends on it.
  it('never takes longer over a wider port or with more lanes, and the same energy for accesses and operations', () => {
    fc.assert(
      fc.property(caseOf, fc.nat(2), fc.nat(4), (one, at, what) => {
        const index = Math.min(at, one.levels.length - 1);
        const wider = (rate: number, i: number) => (rate === 0 || i !== what ? rate : rate + 1);
        const levels = one.levels.map((level, i) =>
          i === index ? { ...level, rates: level.rates.map(wider) as unknown as typeof level.rates } : level,
        );
        const lanes = {
          simplePerCycle: one.simplePerCycle + (what === 3 ? 1 : 0),
          specialPerCycle: one.specialPerCycle + (what === 4 ? 1 : 0),
        };
        const before = vectorOperatorCost(demandOf(one), acceleratorOf(one))!;
        const after = vectorOperatorCost(demandOf(one), acceleratorOf({ ...one, levels, ...lanes }))!;
        expect(after.cycles).toBeLessThanOrEqual(before.cycles);
        expect({ ...after, energyPj: 0, cycles: 0, levelsPj: [], boundBy: null }).toEqual({
          ...before,
          ...{ energyPj: 0, cycles: 0, levelsPj: [], boundBy: null },
        });
      }),
      { numRuns: 300 },
    );
  });

  // Killed by: loads that are taken for equal though a figure of theirs differs, repeats that are lost.
  it('is the same with equal loads merged', () => {
    const other = (one: Case): readonly Case[] => [
      one,
      { ...one, shareIn: one.shareIn + 1 },
      { ...one, shareOut: one.shareOut + 1 },
      { ...one, otherIn: one.otherIn + 1 },
      { ...one, wordBits: one.wordBits + 8 },
      { ...one, simple: one.simple + 1 },
      { ...one, special: one.special + 1 },
      one,
    ];
    fc.assert(
      fc.property(caseOf, fc.integer({ min: 1, max: 5 }), (one, repeat) => {
        const busy = { ...one, simple: one.simple + 1, shareOut: one.shareOut + 1, otherIn: one.otherIn + 1 };
        const loads = other(busy).map((each, i) => ({ ...demandOf(each), repeat: repeat + i }));
        const merged = mergedLoads(loads);
        expect(merged).toHaveLength(7);
        for (const unit of [busy, { ...busy, simplePerCycle: 1, specialPerCycle: 1 }]) {
          const accelerator = acceleratorOf(unit);
          const [all, some] = [vectorCost(loads, accelerator), vectorCost(merged, accelerator)];
          expect(some.cycles).toBe(all.cycles);
          expect(some.energyPj / all.energyPj).toBeCloseTo(1, 12);
        }
      }),
      { numRuns: 50 },
    );
  });

  // Killed by: repeats of one operator for another's, a price without a unit.
  it('adds up over the operators of a network, and is nothing without a vector unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(caseOf, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 4 }),
        (cases) => {
          const accelerator = acceleratorOf(cases[0]![0]);
          const demands = cases.map(([one, repeat], i) => ({
            ...demandOf(one),
            ...{ name: `${i}`, kind: 'add' as const, isFused: false, repeat },
          }));
          let energyPj = 0;
          let cycles = 0;
          for (const demand of demands)
            for (let run = 0; run < demand.repeat; run++) {
              const cost = vectorOperatorCost(demand, accelerator)!;
              energyPj += cost.energyPj;
              cycles += cost.cycles;
            }
          const sum = vectorCost(demands, accelerator);
          expect(sum.cycles).toBe(cycles);
          expect(sum.energyPj).toBeCloseTo(energyPj, 5);
          expect(vectorCost(demands, { levels: accelerator.levels })).toEqual({ energyPj: 0, cycles: 0 });
        },
      ),
      { numRuns: 100 },
    );
  });
});
