import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectorOperatorCost } from '../../src/cost/vector-cost.ts';
import { type HomedLoad, vectorStepCost } from '../../src/cost/vector-step.ts';
import { acceleratorOf, type Case, caseOf, demandOf, type Homes, simulate } from './vector-cases.ts';

const words = fc.array(fc.record({ words: fc.integer({ min: 1, max: 30 }), wordBits: fc.constantFrom(8, 12, 16) }), {
  maxLength: 2,
});

/** Levels by their number; those that a case does not have stand for its innermost. */
const homesOf = fc.record({
  ...{ own: fc.nat(2), other: fc.nat(2), written: fc.nat(2), level: fc.integer({ min: 1, max: 2 }) },
  ...{ fetched: words, drained: words },
});

function placed(homes: Homes, { levels }: Case): Homes {
  const inside = (level: number) => Math.min(level, levels.length - 1);
  const { own, other, written, level } = homes;
  return {
    ...homes,
    ...{ own: inside(own), other: inside(other), written: inside(written), level: inside(level) },
    ...(levels.length === 1 ? { fetched: [], drained: [] } : {}),
  };
}

function stepOf(one: Case, homes: Homes): HomedLoad {
  const { reads, wordsOut, wordBits, work } = demandOf(one);
  return {
    work,
    reads: reads.map((read) => ({ ...read, home: read.wordBits === wordBits ? homes.own : homes.other })),
    written: { words: wordsOut, wordBits, home: homes.written },
    residency: { level: homes.level, moves: homes },
  };
}

describe('vector operators as steps of a schedule', () => {
  // Killed by: a home that is filled, levels outside a home or inside the unit that words pass, words of several homes priced as one, moves that are spread
  // over instances, rounded together, filled at the outermost level or left out of the ports.
  it('cost what moving every word from its home to the unit and back costs', () => {
    let inside = 0;
    fc.assert(
      fc.property(caseOf, homesOf, (one, homes) => {
        const own = placed(homes, one);
        if (own.own > Math.min(one.unitLevel, one.levels.length - 1)) inside++;
        const cost = vectorStepCost(stepOf(one, own), acceleratorOf(one))!;
        const expected = simulate(one, own);
        expect(cost.cycles).toBe(expected.cycles);
        expect(cost.energyPj).toBeCloseTo(expected.energyPj, 6);
        const leakagePj = one.levels.reduce((sum, { instances, leakage }) => sum + instances * leakage, 0) / 8;
        const { operationsPj, readPj, writtenPj, movesPj, cycles } = cost;
        const parts = operationsPj + readPj + writtenPj + movesPj + cycles * leakagePj;
        expect(parts).toBeCloseTo(cost.energyPj, 6);
        expect(cost.levelsPj.reduce((sum, pj) => sum + pj, operationsPj)).toBeCloseTo(cost.energyPj, 6);
      }),
      { numRuns: 600 },
    );
    expect(inside).toBeGreaterThan(20);
  });

  // Killed by: requests that are not asked for what is fetched and drained, or asked for together, or at the other level.
  it('wait for the requests of what they fetch and drain', () => {
    const accelerator = acceleratorOf({
      ...{ unitLevel: 1, simplePerCycle: 1, specialPerCycle: 1, shareIn: 0, shareOut: 0, wordBits: 8 },
      ...{ otherIn: 0, otherBits: 12, simple: 0, special: 0 },
      levels: [0, 1].map(() => ({
        ...{ instances: 1, wordBits: 8, blockWords: 1, rates: [0, 0, 0] as const, leakage: 0, storedBits: 0 },
        ...{ mayKeep: [], noRoom: [] },
      })),
    });
    const levels = accelerator.levels.map((level) => ({ ...level, requests: { bytes: 4, cycles: 3, layout: {} } }));
    const moved = [
      { words: 5, wordBits: 8 },
      { words: 9, wordBits: 16 },
    ];
    const cyclesOf = (moves: Pick<Homes, 'fetched' | 'drained'>) =>
      vectorStepCost(
        {
          ...{ work: { simple: 0, special: 0 }, reads: [], written: { words: 0, wordBits: 8, home: 0 } },
          residency: { level: 1, moves },
        },
        { ...accelerator, levels },
      )!.cycles;
    // Of 5 bytes 2 requests, of 18 bytes 5.
    expect(cyclesOf({ fetched: moved, drained: [] })).toBe(3 * (2 + 5));
    expect(cyclesOf({ fetched: [], drained: moved })).toBe(3 * (2 + 5));
    expect(cyclesOf({ fetched: moved, drained: moved.slice(1) })).toBe(3 * (2 + 5 + 5));
  });

  // Killed by: another formula beside.
  it('are operators of their own where everything is in the outermost level', () => {
    fc.assert(
      fc.property(caseOf, (one) => {
        const none = { own: 0, other: 0, written: 0, level: 1, fetched: [], drained: [] };
        const cost = vectorStepCost(stepOf(one, none), acceleratorOf(one));
        expect(cost).toEqual(vectorOperatorCost(demandOf(one), acceleratorOf(one)));
      }),
      { numRuns: 60 },
    );
  });
});
