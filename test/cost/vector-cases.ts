import fc from 'fast-check';
import type { Accelerator, Bandwidth, Capacity, StorageLevel } from '../../src/accelerator/accelerator.ts';
import { perTensor, TENSORS, type TensorName } from '../../src/util/vocabulary.ts';
import type { ReadWords } from '../../src/workload/read-words.ts';

/** What the cost depends on, in whole numbers that can be counted through. */
export interface Case {
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

/** Any case. */
export const caseOf: fc.Arbitrary<Case> = fc.record({
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

/** Its accelerator. */
export function acceleratorOf(one: Case): Pick<Accelerator, 'levels' | 'vectorUnit'> {
  const level = Math.min(one.unitLevel, one.levels.length - 1);
  const { simplePerCycle, specialPerCycle } = one;
  const unit = { level, simplePerCycle, specialPerCycle, simplePj: SIMPLE_PJ, specialPj: SPECIAL_PJ };
  return { levels: one.levels.map(levelOf), vectorUnit: unit };
}

/** What it asks of the accelerator. */
export function demandOf({ shareIn, shareOut, wordBits, otherIn, otherBits, simple, special }: Case) {
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
export function compute(operations: number, perCycle: number): number {
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

/** Where the words of a case come from and go to, and what moves beside them between the outermost level and another. */
export interface Homes {
  /** Of the words of the operator's width, of those of another, and of what is written. */
  readonly own: number;
  readonly other: number;
  readonly written: number;
  readonly fetched: readonly ReadWords[];
  readonly drained: readonly ReadWords[];
  /** The other level. */
  readonly level: number;
}

const OUTERMOST: Homes = { own: 0, other: 0, written: 0, fetched: [], drained: [], level: 0 };

/** Energy and cycles by handing every word to an instance of every level that it passes and collecting its bits into blocks. */
export function simulate(one: Case, homes = OUTERMOST): { energyPj: number; cycles: number } {
  const { reads, wordsOut, work, wordBits } = demandOf(one);
  const unit = Math.min(one.unitLevel, one.levels.length - 1);
  let energyPj = 0;
  for (let i = 0; i < work.simple; i++) energyPj += SIMPLE_PJ;
  for (let i = 0; i < work.special; i++) energyPj += SPECIAL_PJ;
  let cycles = compute(work.simple, one.simplePerCycle) + compute(work.special, one.specialPerCycle);
  for (const [index, level] of one.levels.entries()) {
    const { instances, wordBits: own, blockWords, rates, storedBits, mayKeep, noRoom } = level;
    const holds = (tensor: TensorName) => mayKeep.includes(tensor) && !noRoom.includes(tensor);
    // Where words start and where the unit takes them they are whatever may be kept there.
    const passes = (tensor: TensorName, home: number) =>
      index === home || (index > home && index <= unit && (index === unit || holds(tensor)));
    const collect = (words: number, width: number, pj: number, spread: number): number => {
      const held = new Array<number>(spread).fill(0);
      for (let word = 0; word < words; word++) held[word % spread]! += width;
      for (const bits of held) for (let left = bits; left > 0; left -= blockWords * own) energyPj += pj;
      return Math.max(...held);
    };
    const move = (words: number, width: number, pj: number) => collect(words, storedBits || width, pj, instances);
    let read = 0;
    let written = 0;
    for (const { words, wordBits: width } of reads) {
      const home = width === wordBits ? homes.own : homes.other;
      if (!passes('Inputs', home)) continue;
      read += move(words, width, READ_PJ);
      // What comes from outside is written before it is read; its home has it already.
      if (index !== home) written += move(words, width, FILL_PJ);
    }
    if (passes('Outputs', homes.written)) written += move(wordsOut, wordBits, UPDATE_PJ);
    for (const { words, wordBits: width } of homes.fetched) {
      if (index === 0) read += collect(words, width, READ_PJ, 1);
      else if (index === homes.level) written += collect(words, width, FILL_PJ, 1);
    }
    for (const { words, wordBits: width } of homes.drained)
      if (index === 0) written += collect(words, width, UPDATE_PJ, 1);
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
