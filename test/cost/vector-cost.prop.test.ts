import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, Bandwidth, Capacity, StorageLevel } from '../../src/accelerator/accelerator.ts';
import { vectorCost, vectorOperatorCost } from '../../src/cost/vector-cost.ts';
import { perTensor, TENSORS, type TensorName } from '../../src/util/vocabulary.ts';
import { mergedLoads } from '../../src/workload/graph/fusion.ts';

/** What the cost depends on, in whole numbers that can be counted through. */
interface Case {
  readonly levels: readonly {
    readonly instances: number;
    readonly wordBits: number;
    readonly blockWords: number;
    /** Words per cycle as [read, write, shared]; 0 = unlimited. */
    readonly rates: readonly [number, number, number];
    /** Of one instance, in eighths of a pJ per cycle. */
    readonly leakage: number;
    /** Width in which it stores activations; 0 = that of the operator. */
    readonly storedBits: number;
    readonly mayKeep: readonly TensorName[];
    /** Tensors for which it has no room. */
    readonly noRoom: readonly TensorName[];
  }[];
  readonly unitLevel: number;
  readonly simplePerCycle: number;
  readonly specialPerCycle: number;
  /** Words per instance of the level with the most; the words are a multiple, so that every instance has as many. */
  readonly shareIn: number;
  readonly shareOut: number;
  readonly wordBits: number;
  /** The same of words that have another width than those that are written. */
  readonly otherIn: number;
  readonly otherBits: number;
  readonly simple: number;
  readonly special: number;
}

const caseOf: fc.Arbitrary<Case> = fc.record({
  levels: fc.array(
    fc.record({
      instances: fc.constantFrom(1, 2, 4),
      wordBits: fc.constantFrom(8, 16),
      blockWords: fc.constantFrom(1, 2, 3),
      rates: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
      leakage: fc.nat(3),
      storedBits: fc.constantFrom(0, 0, 8, 12),
      mayKeep: fc.oneof(fc.constant(TENSORS), fc.subarray([...TENSORS])),
      noRoom: fc.oneof(fc.constant([]), fc.subarray([...TENSORS])),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  unitLevel: fc.nat(2),
  simplePerCycle: fc.integer({ min: 1, max: 5 }),
  specialPerCycle: fc.integer({ min: 1, max: 3 }),
  shareIn: fc.nat(9),
  shareOut: fc.nat(9),
  wordBits: fc.constantFrom(8, 16, 24),
  otherIn: fc.nat(5),
  otherBits: fc.constantFrom(4, 12, 32),
  simple: fc.nat(60),
  special: fc.nat(30),
});

/** Prices that tell every kind of access apart. */
const READ_PJ = 3;
const FILL_PJ = 50;
const UPDATE_PJ = 700;
const SIMPLE_PJ = 11;
const SPECIAL_PJ = 130;
const MOST_INSTANCES = 4;

function capacityWithout(noRoom: readonly TensorName[]): Capacity {
  if (noRoom.length === 0) return { kind: 'unlimited' };
  return { kind: 'partitioned', bits: perTensor((tensor) => (noRoom.includes(tensor) ? 0 : 1000)) };
}

function levelOf(
  { instances, wordBits, blockWords, rates, storedBits, mayKeep, noRoom, leakage }: Case['levels'][number],
  index: number,
): StorageLevel {
  const [read, write, shared] = rates;
  const bandwidth: Bandwidth = {
    ...(read === 0 ? {} : { readWordsPerCycle: read }),
    ...(write === 0 ? {} : { writeWordsPerCycle: write }),
    ...(shared === 0 ? {} : { sharedWordsPerCycle: shared }),
  };
  return {
    ...{ name: `L${index}`, isDram: index === 0, capacity: capacityWithout(noRoom), doubleBuffered: false },
    ...{ wordBits, blockWords, bandwidth, instances },
    // Partial sums have a width of their own, which is not that of activations.
    storedBits: { Weights: 5, Outputs: 77, ...(storedBits === 0 ? {} : { Inputs: storedBits }) },
    ...{ mayKeep, mustKeep: [], areaMm2: 0, leakagePjPerCycle: leakage / 8 },
    energy: { readPj: READ_PJ, fillPj: FILL_PJ, updatePj: UPDATE_PJ },
    fanOut: { dimensions: [], multicast: perTensor(() => true), hopEnergyPj: 0 },
  } as unknown as StorageLevel;
}

function acceleratorOf(one: Case): Pick<Accelerator, 'levels' | 'vectorUnit'> {
  const level = Math.min(one.unitLevel, one.levels.length - 1);
  const { simplePerCycle, specialPerCycle } = one;
  const unit = { level, simplePerCycle, specialPerCycle, simplePj: SIMPLE_PJ, specialPj: SPECIAL_PJ };
  return { levels: one.levels.map(levelOf), vectorUnit: unit };
}

function demandOf({ shareIn, shareOut, wordBits, otherIn, otherBits, simple, special }: Case) {
  const reads = [
    { words: shareIn * MOST_INSTANCES, wordBits },
    { words: otherIn * MOST_INSTANCES, wordBits: otherBits },
  ];
  return {
    reads: reads.filter(({ words }) => words > 0),
    wordsOut: shareOut * MOST_INSTANCES,
    work: { simple, special },
    wordBits,
  };
}

/** Cycles in which a port moves some bits, as many words per cycle, counted cycle by cycle. */
function drain(bits: number, wordsPerCycle: number, wordBits: number): number {
  let cycles = 0;
  for (let left = wordsPerCycle === 0 ? 0 : bits; left > 0; left -= wordsPerCycle * wordBits) cycles++;
  return cycles;
}

/** Cycles in which a unit does some operations, one by one. */
function compute(operations: number, perCycle: number): number {
  let cycles = 0;
  let busy = perCycle;
  for (let done = 0; done < operations; done++) {
    if (busy === perCycle) {
      cycles++;
      busy = 0;
    }
    busy++;
  }
  return cycles;
}

/** Energy and cycles by handing every word to an instance of every level that it passes and collecting its bits into blocks. */
function simulate(one: Case): { energyPj: number; cycles: number } {
  const { reads, wordsOut, work, wordBits } = demandOf(one);
  const last = Math.min(one.unitLevel, one.levels.length - 1);
  let energyPj = 0;
  for (let i = 0; i < work.simple; i++) energyPj += SIMPLE_PJ;
  for (let i = 0; i < work.special; i++) energyPj += SPECIAL_PJ;
  let cycles = compute(work.simple, one.simplePerCycle) + compute(work.special, one.specialPerCycle);
  for (const [index, level] of one.levels.entries()) {
    if (index > last) break;
    const { instances, wordBits: own, blockWords, rates, storedBits, mayKeep, noRoom } = level;
    const holds = (tensor: TensorName) => mayKeep.includes(tensor) && !noRoom.includes(tensor);
    // Where words start and where the unit takes them they are whatever may be kept there.
    const isEnd = index === 0 || index === last;
    const [passIn, passOut] = [isEnd || holds('Inputs'), isEnd || holds('Outputs')];
    const move = (words: number, width: number, pj: number): number => {
      const held = new Array<number>(instances).fill(0);
      for (let word = 0; word < words; word++) held[word % instances]! += storedBits || width;
      for (const bits of held) for (let left = bits; left > 0; left -= blockWords * own) energyPj += pj;
      return Math.max(...held);
    };
    const moveIn = (pj: number) =>
      reads.reduce((sum, { words, wordBits: width }) => sum + move(passIn ? words : 0, width, pj), 0);
    const read = moveIn(READ_PJ);
    // What comes from outside is written before it is read; the outermost level has it already.
    const filled = index === 0 ? 0 : moveIn(FILL_PJ);
    const written = filled + move(passOut ? wordsOut : 0, wordBits, UPDATE_PJ);
    cycles = Math.max(
      cycles,
      drain(read, rates[0], own),
      drain(written, rates[1], own),
      drain(read + written, rates[2], own),
    );
  }
  // Every instance leaks in every cycle, whether words pass it or not.
  for (let cycle = 0; cycle < cycles; cycle++)
    for (const { instances, leakage } of one.levels) energyPj += (instances * leakage) / 8;
  return { energyPj, cycles };
}

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
