import type { StorageLevel } from '../accelerator/accelerator.ts';
import { ceilQuotient, rationalOf } from '../util/rational.ts';
import { reuseRule, type TemporalReuse } from './temporal-reuse.ts';

/** Words of one tensor that the busiest instance of a level moves, with their stored width. */
export interface BandwidthUse {
  readonly reads: number;
  /** Fills and updates. */
  readonly writes: number;
  readonly bits: number;
  /** Requests of what it reads, and of what it writes for the level inside; absent: none. */
  readonly readRequests?: number;
  readonly writeRequests?: number;
}

/**
 * Physical accesses for `words` in all, spread over `instances`. Where an access moves one word there are as many as words; otherwise those of an
 * (average) instance are rounded up once, `instances * ceil(words / instances * bits / accessBits)`.
 * @param bits stored width of a word
 * @param accessBits width of an access: a block of the level's words
 */
export function physicalAccesses(words: number, bits: number, accessBits: number, instances: number): number {
  return bits === accessBits ? words : instances * Math.ceil((words * bits) / (instances * accessBits));
}

/** Energy of `words` accessed in all, by {@link physicalAccesses}. */
export function accessEnergyPj(
  level: Pick<StorageLevel, 'blockWords' | 'wordBits'>,
  pjPerAccess: number,
  words: number,
  instances: number,
  bits: number,
): number {
  return physicalAccesses(words, bits, level.blockWords * level.wordBits, instances) * pjPerAccess;
}

/** Energy of one word of `bits` bits for one hop on the network below a level, in pJ. */
export function hopPj({ fanOut }: Pick<StorageLevel, 'fanOut'>, bits: number): number {
  return fanOut.wires === undefined ? fanOut.hopEnergyPj : bits * fanOut.wires.pjPerBitHop;
}

/**
 * Compute cycles stretched to the rates of the ports, with the quotients in Timeloop's order in doubles, which may round one cycle up.
 * @param readRate words per compute cycle, as `writeRate`
 * @param readPort words per cycle, as the other ports; Infinity where unlimited
 */
export function slowedCycles(
  computeCycles: number,
  readRate: number,
  writeRate: number,
  readPort: number,
  writePort: number,
  sharedPort: number,
): number {
  let slowdown = 1;
  if (readRate > readPort) slowdown = Math.min(slowdown, readPort / readRate);
  if (writeRate > writePort) slowdown = Math.min(slowdown, writePort / writeRate);
  if (writeRate + readRate > sharedPort) slowdown = Math.min(slowdown, sharedPort / (writeRate + readRate));
  return Math.ceil(computeCycles / slowdown);
}

/** Cycles that a level needs by the rule for computing and moving words: at least the compute cycles, and those of its ports. */
export function levelCycles(
  level: Pick<StorageLevel, 'bandwidth' | 'wordBits' | 'requests'>,
  computeCycles: number,
  uses: readonly BandwidthUse[],
  temporalReuse: TemporalReuse,
): number {
  return Math.max(computeCycles, transferCycles(level, computeCycles, uses, temporalReuse));
}

/**
 * Cycles of a level's ports: its busiest instance's words over each bandwidth, with the cycles of their requests (on a shared port of their own where no
 * bandwidth is limited). By Timeloop's rule those that it stretches the compute cycles to, where
 * it does.
 */
export function transferCycles(
  level: Pick<StorageLevel, 'bandwidth' | 'wordBits' | 'requests'>,
  computeCycles: number,
  uses: readonly BandwidthUse[],
  temporalReuse: TemporalReuse,
): number {
  const { wordBits } = level;
  const {
    readWordsPerCycle = Infinity,
    writeWordsPerCycle = Infinity,
    sharedWordsPerCycle = Infinity,
  } = level.bandwidth;
  let slowed = 0;
  if (reuseRule(temporalReuse).isTimeloop) {
    let readRate = 0;
    let writeRate = 0;
    for (const { reads, writes, bits } of uses) {
      readRate += (reads * bits) / wordBits / computeCycles;
      writeRate += (writes * bits) / wordBits / computeCycles;
    }
    const ports = [readWordsPerCycle, writeWordsPerCycle, sharedWordsPerCycle] as const;
    slowed = slowedCycles(computeCycles, readRate, writeRate, ...ports);
    if (slowed <= computeCycles) slowed = 0;
    else if (level.requests === undefined) return slowed;
  }
  let readBits = 0;
  let writtenBits = 0;
  for (const { reads, writes, bits } of uses) {
    readBits += reads * bits;
    writtenBits += writes * bits;
  }
  const isShared = Math.min(readWordsPerCycle, writeWordsPerCycle) === Infinity || sharedWordsPerCycle < Infinity;
  const asking = requestCycles(uses, level.requests?.cycles ?? 0);
  return Math.max(
    slowed,
    portCycles(readBits, readWordsPerCycle, wordBits) + asking.read,
    portCycles(writtenBits, writeWordsPerCycle, wordBits) + asking.written,
    isShared ? portCycles(readBits + writtenBits, sharedWordsPerCycle, wordBits) + asking.read + asking.written : 0,
  );
}

function requestCycles(uses: readonly BandwidthUse[], cycles: number): { read: number; written: number } {
  let read = 0;
  let written = 0;
  for (const { readRequests = 0, writeRequests = 0 } of uses) {
    read += readRequests;
    written += writeRequests;
  }
  return { read: read * cycles, written: written * cycles };
}

/** Whole cycles that a port needs for its bits: exact, the rate being the fraction that its number stands for. */
export function portCycles(bits: number, wordsPerCycle: number, wordBits: number): number {
  const { numerator, denominator } = rationalOf(wordsPerCycle);
  return ceilQuotient(bits, numerator * wordBits, denominator);
}
