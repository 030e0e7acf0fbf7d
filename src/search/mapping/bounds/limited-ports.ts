import { INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { macInputServer, type TransferCosts, type TransferPrices } from './transfer-costs.ts';

/** A port of a level that takes time: for reads, for writes (fills and updates), or for both. */
export interface Port {
  readonly level: number;
  readonly countsReads: boolean;
  readonly countsWrites: boolean;
  /** Infinite: requests alone take time. */
  readonly bitsPerCycle: number;
}

/** All ports of an accelerator that take time, level by level. */
export function limitedPorts(model: KernelModel): Port[] {
  const ports: Port[] = [];
  for (let level = 0; level < model.levelCount; level++) {
    const [read, write, shared] = [0, 1, 2].map((kind) => model.portWords[level * 3 + kind]!) as [
      number,
      number,
      number,
    ];
    const isApart = Math.min(read, write) < Number.POSITIVE_INFINITY;
    for (const [kind, rate] of [read, write, shared].entries()) {
      const isRequesting =
        model.overheads.requestCycles[level]! > 0 &&
        (kind === 2 ? !isApart : isApart && shared === Number.POSITIVE_INFINITY);
      if (!Number.isFinite(rate) && !isRequesting) continue;
      const bitsPerCycle = rate * model.levelWordBits[level]!;
      ports.push({ level, countsReads: kind !== 1, countsWrites: kind !== 0, bitsPerCycle });
    }
  }
  return ports;
}

/** Bits that a port moves when an instance of each level reads and writes these, [level]. */
export function bitsAtPort(
  { level, countsReads, countsWrites }: Port,
  reads: Float64Array,
  writes: Float64Array,
): number {
  return (countsReads ? reads[level]! : 0) + (countsWrites ? writes[level]! : 0);
}

/** Whole cycles for a number that sums in another order may exceed by rounding. */
export function wholeCycles(cycles: number): number {
  return Math.ceil(cycles * (1 - 1e-12));
}

/** Prices of transfers in bits per instance that they move through a port; what no tiling changes is left out. */
export function portPrices(model: KernelModel, costs: TransferCosts, port: Port): TransferPrices {
  const { level: own, countsReads, countsWrites } = port;
  const perTraffic = new Float64Array(costs.perTraffic.length);
  const inputRead = new Float64Array(costs.inputRead.length);
  for (let level = 1; level < model.levelCount; level++)
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const at = level * TENSOR_COUNT + t;
      let bits = 0;
      if (costs.server[at] === own) {
        if (countsReads) bits += costs.serverReadBits[at]!;
        if (countsReads && t === INPUTS) inputRead[level] = costs.serverReadBits[at]! / costs.inputShare[level]!;
        if (countsWrites) bits += costs.serverWriteBits[at]!;
      }
      if (level === own && countsWrites) bits += costs.fillBits[at]!;
      if (level === own && countsReads && t === OUTPUTS) bits += costs.drainBits[level]!;
      perTraffic[at] = bits;
    }
  const macInput = countsReads && macInputServer(costs) === own ? costs.macInputBits : 0;
  return { perTraffic, inputRead, macInput, server: costs.server, inputShare: costs.inputShare };
}
