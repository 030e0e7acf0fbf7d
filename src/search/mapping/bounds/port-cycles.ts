import type { KernelModel } from '../../../cost/kernel/model.ts';

/** Cycles that the ports of the most loaded level need for the bits that one instance reads and writes; 0 without limits. */
export function portCycles(model: KernelModel, reads: Float64Array, writes: Float64Array): number {
  let cycles = 0;
  for (let level = 0; level < model.levelCount; level++)
    if (model.isPortLimited[level] === 1)
      cycles = Math.max(cycles, levelPortCycles(model, level, reads[level]!, writes[level]!));
  return Math.ceil(cycles * (1 - 1e-12));
}

/** The same for one level, not rounded. */
export function levelPortCycles(model: KernelModel, level: number, readBits: number, writeBits: number): number {
  const wordBits = model.levelWordBits[level]!;
  const ports = level * 3;
  return Math.max(
    ratio(readBits, model.portWords[ports]! * wordBits),
    ratio(writeBits, model.portWords[ports + 1]! * wordBits),
    ratio(readBits + writeBits, model.portWords[ports + 2]! * wordBits),
  );
}

function ratio(bits: number, bitsPerCycle: number): number {
  return Number.isNaN(bitsPerCycle) ? 0 : bits / bitsPerCycle;
}
