import { INPUTS, OUTPUTS, TENSOR_COUNT } from '../../cost/kernel-model.ts';
import type { Depth, Placement } from './nest.ts';
import { pendingBits } from './pending-bits.ts';
import { levelPortCycles } from './port-cycles.ts';

/** Cycles that the most loaded level needs at least, with what is known of the loops so far. */
export class NestCycles {
  /** Levels with a limited port. */
  readonly limited: readonly number[];
  /** Least share of distinct input tiles at the tile under way, over the least of all. */
  inputReads = 1;
  readonly #placement: Placement;
  /** [level]: bits that transfers into the level and further in need at least, per server and port. */
  readonly #pendingReads: readonly Float64Array[];
  readonly #pendingWrites: readonly Float64Array[];

  constructor(placement: Placement) {
    const { model } = placement;
    this.#placement = placement;
    this.limited = Array.from(model.isPortLimited.keys()).filter((level) => model.isPortLimited[level] === 1);
    const pending = pendingBits(placement);
    this.#pendingReads = pending.reads;
    this.#pendingWrites = pending.writes;
  }

  /** Least cycles when all transfers into `pending` and further in are still open. Busiest instances count at least the average. */
  open(depth: Depth, pending: number): number {
    let cycles = depth.computeCycles;
    const pendingReads = this.#pendingReads[pending]!;
    const pendingWrites = this.#pendingWrites[pending]!;
    for (const level of this.limited)
      cycles = this.#atLeast(
        cycles,
        level,
        depth.readBits[level]! + pendingReads[level]!,
        depth.writeBits[level]! + pendingWrites[level]!,
      );
    return cycles;
  }

  /** The same with the given traffic into `inner`. */
  withTraffic(depth: Depth, inner: number, weights: number, inputs: number, outputs: number): number {
    const { server, serverReadBits, serverWriteBits, fillBits } = this.#placement.costs;
    let cycles = depth.computeCycles;
    const pendingReads = this.#pendingReads[inner + 1]!;
    const pendingWrites = this.#pendingWrites[inner + 1]!;
    const at = inner * TENSOR_COUNT;
    for (const level of this.limited) {
      let read = depth.readBits[level]! + pendingReads[level]!;
      let write = depth.writeBits[level]! + pendingWrites[level]!;
      if (server[at] === level) read += serverReadBits[at]! * weights;
      if (server[at + INPUTS] === level) read += serverReadBits[at + INPUTS]! * inputs * this.inputReads;
      if (server[at + OUTPUTS] === level) {
        read += serverReadBits[at + OUTPUTS]! * outputs;
        write += serverWriteBits[at + OUTPUTS]! * outputs;
      }
      if (level === inner)
        write += fillBits[at]! * weights + fillBits[at + INPUTS]! * inputs + fillBits[at + OUTPUTS]! * outputs;
      cycles = this.#atLeast(cycles, level, read, write);
    }
    return cycles;
  }

  #atLeast(cycles: number, level: number, readBits: number, writeBits: number): number {
    const needed = levelPortCycles(this.#placement.model, level, readBits, writeBits);
    return needed > cycles ? Math.ceil(needed * (1 - 1e-12)) : cycles;
  }
}
