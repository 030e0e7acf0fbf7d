import { INPUTS, OUTPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { bitsAtPort, limitedPorts, type Port, wholeCycles } from '../bounds/limited-ports.ts';
import { macInputExcess } from '../bounds/tile-bounds.ts';
import { macInputServer } from '../bounds/transfer-costs.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import type { Depth } from './partial-nest.ts';
import { pendingBits, portBits } from './port-traffic.ts';

/** Lower bounds of the cycles that the most loaded port needs, with what is known of the loops so far. */
export class NestCycles {
  /** Limited ports. */
  readonly ports: readonly Port[];
  /** Least share of distinct input tiles at the tile under way, over the least of all. */
  inputReads = 1;
  readonly #placement: CompiledPlacement;
  /** [port][level]: bits that transfers into the level and further in need at least. */
  readonly #pending: readonly (readonly number[])[];
  /** [port][level][point]: bits of everything inside a tile of any level but the outermost; null: not known. */
  #inside: (readonly Float64Array[])[] | null = null;

  constructor(placement: CompiledPlacement) {
    this.#placement = placement;
    this.ports = limitedPorts(placement.model);
    const { reads, writes } = pendingBits(placement);
    this.#pending = this.ports.map((port) => reads.map((bits, level) => bitsAtPort(port, bits, writes[level]!)));
  }

  /** Finds what everything inside each tile moves at least, which takes a while and makes the bounds tighter. @returns whether it is new */
  tighten(): boolean {
    if (this.#inside !== null || this.ports.length === 0) return false;
    this.#inside = this.ports.map((port) => portBits(this.#placement, port));
    return true;
  }

  /** Least cycles when all transfers inside the tile of a depth at `level` are still open. Busiest instances count at least the average. */
  open(depth: Depth, level: number): number {
    let cycles = depth.computeCycles;
    for (let i = 0; i < this.ports.length; i++) {
      const { level: own, countsReads, countsWrites, bitsPerCycle } = this.ports[i]!;
      let bits = this.#bitsInside(i, level, depth.point);
      if (countsReads) bits += depth.readBits[own]!;
      if (countsWrites) bits += depth.writeBits[own]!;
      cycles = Math.max(cycles, wholeCycles(bits / bitsPerCycle));
    }
    return cycles;
  }

  /** The same with the given traffic into `inner`, whose tile is at `point`; the depth is that of the level above. */
  withTraffic(depth: Depth, inner: number, point: number, weights: number, inputs: number, outputs: number): number {
    const { costs, tiles } = this.#placement;
    const { server, serverReadBits, serverWriteBits, fillBits } = costs;
    const at = inner * TENSOR_COUNT;
    const macServer = macInputServer(costs);
    const macBits = costs.macInputBits * macInputExcess(costs, tiles[inner]!, inner, point);
    let cycles = depth.computeCycles;
    for (let i = 0; i < this.ports.length; i++) {
      const { level: own, countsReads, countsWrites, bitsPerCycle } = this.ports[i]!;
      let bits = this.#bitsInside(i, inner, point);
      if (countsReads) {
        bits += depth.readBits[own]!;
        if (macServer === own) bits += macBits;
        if (server[at] === own) bits += serverReadBits[at]! * weights;
        if (server[at + INPUTS] === own) bits += serverReadBits[at + INPUTS]! * inputs * this.inputReads;
        if (server[at + OUTPUTS] === own) bits += serverReadBits[at + OUTPUTS]! * outputs;
      }
      if (countsWrites) {
        bits += depth.writeBits[own]!;
        if (server[at + OUTPUTS] === own) bits += serverWriteBits[at + OUTPUTS]! * outputs;
        if (own === inner)
          bits += fillBits[at]! * weights + fillBits[at + INPUTS]! * inputs + fillBits[at + OUTPUTS]! * outputs;
      }
      cycles = Math.max(cycles, wholeCycles(bits / bitsPerCycle));
    }
    return cycles;
  }

  /** The same with the traffic of Inputs into `inner` alone; everything else is counted at the depth, that of `inner`. */
  withInputs(depth: Depth, inner: number, inputs: number): number {
    const { server, serverReadBits, fillBits } = this.#placement.costs;
    const at = inner * TENSOR_COUNT + INPUTS;
    let cycles = depth.computeCycles;
    for (let i = 0; i < this.ports.length; i++) {
      const { level: own, countsReads, countsWrites, bitsPerCycle } = this.ports[i]!;
      let bits = this.#bitsInside(i, inner, depth.point);
      if (countsReads) bits += depth.readBits[own]!;
      if (countsWrites) bits += depth.writeBits[own]!;
      if (countsReads && server[at] === own) bits += serverReadBits[at]! * inputs * this.inputReads;
      if (countsWrites && own === inner) bits += fillBits[at]! * inputs;
      cycles = Math.max(cycles, wholeCycles(bits / bitsPerCycle));
    }
    return cycles;
  }

  #bitsInside(port: number, level: number, point: number): number {
    return this.#inside === null || level === 0
      ? this.#pending[port]![level + 1]!
      : this.#inside[port]![level]![point]!;
  }
}
