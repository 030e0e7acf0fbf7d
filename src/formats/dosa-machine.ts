import type { Accelerator, StorageLevel } from '../accelerator/accelerator.ts';
import { perTensor, TENSORS, type TensorName } from '../util/vocabulary.ts';

/** What varies between the accelerators of DOSA's rows. */
export interface DosaArray {
  /** Rows of the array, and columns. */
  readonly size: number;
  /** 32-bit words of the accumulator of a column. */
  readonly accumulatorWords: number;
  readonly scratchpadWords: number;
  /** Of the scratchpad, and of the accumulator of a column. */
  readonly scratchpadWordsPerCycle: number;
  readonly accumulatorWordsPerCycle: number;
}

/** Levels of DOSA's rows with the tensors that each keeps, outermost first. */
export const DOSA_LEVELS = [
  { name: 'L3', keep: TENSORS },
  { name: 'L2', keep: ['Weights', 'Inputs'] },
  { name: 'L1', keep: ['Outputs'] },
  { name: 'L0', keep: ['Weights'] },
] as const satisfies readonly { readonly name: string; readonly keep: readonly TensorName[] }[];

const DRAM_WORDS_PER_CYCLE = 8;
const DRAM_BLOCK_WORDS = 64;
const DRAM_WORD_PJ = 100;
const MAC_PJ = 0.5608;
const OPERAND_BITS = 8;
const SUM_BITS = 32;
const KIB_BYTES = 1024;

/**
 * Energy in pJ per byte of a memory of so many bytes: the line on which the rounded constants of DOSA's memories lie (0.49 + 0.02513/KiB of the scratchpad,
 * 1.94 + 0.1005/KiB of the four bytes of an accumulator, 0.48746 of a register of one byte).
 */
function bytePj(bytes: number): number {
  return (97 + (5 * bytes) / KIB_BYTES) / 199;
}

/**
 * The accelerator of a row: DRAM, a scratchpad, an accumulator per column (K may run in parallel over these), a register of Weights per MAC (C in a column).
 * The scratchpad moves a row of the array at a time, DRAM 64 words.
 * Source: DOSA (MICRO 2023), ucb-bar/dosa, constants as in its data set; the widths of accesses follow from its energies, to the last printed digit.
 */
export function dosaAccelerator(array: DosaArray): Accelerator {
  const { size, accumulatorWords, scratchpadWords, scratchpadWordsPerCycle, accumulatorWordsPerCycle } = array;
  const sumBytes = SUM_BITS / 8;
  const levels = [
    dosaLevel(0, { wordPj: DRAM_WORD_PJ, blockWords: DRAM_BLOCK_WORDS, wordsPerCycle: DRAM_WORDS_PER_CYCLE }),
    dosaLevel(1, {
      words: scratchpadWords,
      wordPj: bytePj(scratchpadWords),
      blockWords: size,
      wordsPerCycle: scratchpadWordsPerCycle,
      children: size,
    }),
    dosaLevel(2, {
      words: accumulatorWords,
      wordBits: SUM_BITS,
      wordPj: sumBytes * bytePj(accumulatorWords * sumBytes),
      wordsPerCycle: accumulatorWordsPerCycle,
      instances: size,
      children: size,
    }),
    dosaLevel(3, { words: 1, wordPj: bytePj(1), instances: size * size }),
  ];
  return {
    name: `dosa-${size}`,
    levels,
    mac: { instances: size * size, wordBits: OPERAND_BITS, energyPj: MAC_PJ, areaMm2: 0 },
    clockHz: 1e9,
    technology: 'explicit',
    source: 'DOSA (MICRO 2023), ucb-bar/dosa, data/timeloop_dataset',
  };
}

interface DosaLevel {
  /** Capacity per instance; absent: unlimited. */
  readonly words?: number;
  readonly wordBits?: number;
  readonly wordPj: number;
  readonly blockWords?: number;
  readonly wordsPerCycle?: number;
  readonly instances?: number;
  readonly children?: number;
}

function dosaLevel(index: number, level: DosaLevel): StorageLevel {
  const { words, wordBits = OPERAND_BITS, wordPj, blockWords = 1, wordsPerCycle, instances = 1, children = 1 } = level;
  const accessPj = wordPj * blockWords;
  const { name, keep } = DOSA_LEVELS[index]!;
  return {
    name,
    isDram: index === 0,
    capacity: words === undefined ? { kind: 'unlimited' } : { kind: 'shared', bits: words * wordBits },
    doubleBuffered: false,
    wordBits,
    storedBits: perTensor(() => wordBits),
    blockWords,
    bandwidth: wordsPerCycle === undefined ? {} : { sharedWordsPerCycle: wordsPerCycle },
    energy: { readPj: accessPj, fillPj: accessPj, updatePj: accessPj },
    mayKeep: keep,
    mustKeep: keep,
    instances,
    areaMm2: 0,
    leakagePjPerCycle: 0,
    fanOut: {
      dimensions: [{ name: 'X', size: children, parallelDims: 'any' }],
      multicast: perTensor(() => true),
      hopEnergyPj: 0,
    },
  };
}
