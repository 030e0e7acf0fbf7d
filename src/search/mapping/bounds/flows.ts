import type { KernelModel } from '../../../cost/kernel/model.ts';
import { bitsAtPort, limitedPorts, type Port, portPrices, wholeCycles } from './limited-ports.ts';
import type { TransferCosts, TransferPrices } from './transfer-costs.ts';

/** Something that traffic adds up to and that takes cycles: no mapping takes fewer than its largest flow. */
export interface Flow {
  readonly prices: TransferPrices;
  /** What no tiling changes. */
  readonly fixed: number;
  readonly unitsPerCycle: number;
}

/** All flows of a placement. */
export function flowsOf(model: KernelModel, costs: TransferCosts): Flow[] {
  return limitedPorts(model).map((port) => portFlow(model, costs, port));
}

/** Least cycles of a flow for all that it adds up to. */
export function flowCycles({ unitsPerCycle }: Flow, sum: number): number {
  return wholeCycles(sum / unitsPerCycle);
}

/** Bits at a port, of an average instance: the busiest one moves no fewer. */
function portFlow(model: KernelModel, costs: TransferCosts, port: Port): Flow {
  const fixed = bitsAtPort(port, costs.fixedReadBits, costs.fixedWriteBits);
  return { prices: portPrices(model, costs, port), fixed, unitsPerCycle: port.bitsPerCycle };
}
