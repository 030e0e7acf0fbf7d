import type { StorageLevel } from '../accelerator/accelerator.ts';
import type { TemporalReuse } from './evaluation.ts';

/** Words of one tensor that the busiest instance of a level moves, with their stored width. */
export interface BandwidthUse {
  readonly reads: number;
  /** Fills and updates. */
  readonly writes: number;
  readonly bits: number;
}

/**
 * Energy of `words` accesses in all, spread over `instances`: physical accesses of an (average) instance are rounded up once,
 * `instances * ceil(words / instances * bits / (blockWords * wordBits))`.
 */
export function accessEnergyPj(
  level: Pick<StorageLevel, 'blockWords' | 'wordBits'>,
  pjPerAccess: number,
  words: number,
  instances: number,
  bits: number,
): number {
  return instances * Math.ceil((words * bits) / (instances * level.blockWords * level.wordBits)) * pjPerAccess;
}

/**
 * Cycles that a level needs: at least the compute cycles, and its busiest instance's words over each bandwidth.
 * Under `timeloop` the quotients are taken in Timeloop's order in doubles, which may round one cycle up (SEMANTICS, section 7);
 * under `exact` the bits are divided once and rounded up.
 */
export function levelCycles(
  level: Pick<StorageLevel, 'bandwidth' | 'wordBits'>,
  computeCycles: number,
  uses: readonly BandwidthUse[],
  temporalReuse: TemporalReuse,
): number {
  const { readWordsPerCycle, writeWordsPerCycle, sharedWordsPerCycle } = level.bandwidth;
  if (temporalReuse === 'timeloop') {
    let readRate = 0;
    let writeRate = 0;
    for (const { reads, writes, bits } of uses) {
      readRate += (reads * bits) / level.wordBits / computeCycles;
      writeRate += (writes * bits) / level.wordBits / computeCycles;
    }
    let slowdown = 1;
    if (readWordsPerCycle !== undefined && readRate > readWordsPerCycle)
      slowdown = Math.min(slowdown, readWordsPerCycle / readRate);
    if (writeWordsPerCycle !== undefined && writeRate > writeWordsPerCycle)
      slowdown = Math.min(slowdown, writeWordsPerCycle / writeRate);
    if (sharedWordsPerCycle !== undefined && writeRate + readRate > sharedWordsPerCycle)
      slowdown = Math.min(slowdown, sharedWordsPerCycle / (writeRate + readRate));
    return Math.ceil(computeCycles / slowdown);
  }
  let readBits = 0;
  let writeBits = 0;
  for (const { reads, writes, bits } of uses) {
    readBits += reads * bits;
    writeBits += writes * bits;
  }
  let cycles = computeCycles;
  if (readWordsPerCycle !== undefined)
    cycles = Math.max(cycles, Math.ceil(readBits / (readWordsPerCycle * level.wordBits)));
  if (writeWordsPerCycle !== undefined)
    cycles = Math.max(cycles, Math.ceil(writeBits / (writeWordsPerCycle * level.wordBits)));
  if (sharedWordsPerCycle !== undefined)
    cycles = Math.max(cycles, Math.ceil((readBits + writeBits) / (sharedWordsPerCycle * level.wordBits)));
  return cycles;
}
