import { INPUTS, type KernelModel, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import type { Placement } from '../nests/partial-nest.ts';
import { macInputServer, tileBounds } from './tile-bounds.ts';
import type { TransferCosts } from './transfer-costs.ts';

/** A limited port of a level. */
export interface Port {
  readonly level: number;
  readonly countsReads: boolean;
  readonly countsWrites: boolean;
  readonly bitsPerCycle: number;
}

/** All limited ports of an accelerator. */
export function limitedPorts(model: KernelModel): Port[] {
  const ports: Port[] = [];
  for (let level = 0; level < model.levelCount; level++)
    for (let kind = 0; kind < 3; kind++) {
      const bitsPerCycle = model.portWords[level * 3 + kind]! * model.levelWordBits[level]!;
      if (Number.isFinite(bitsPerCycle))
        ports.push({ level, countsReads: kind !== 1, countsWrites: kind !== 0, bitsPerCycle });
    }
  return ports;
}

/**
 * [level][point]: bits per instance that everything inside a tile moves through a port at least: the dynamic program of the energy with bits
 * for prices.
 * @returns for all levels but the outermost
 */
export function portBits(placement: Placement, port: Port): readonly Float64Array[] {
  const { model, lattice, tiles, costs, keep, innerValues } = placement;
  const prices = portPrices(model, costs, port);
  const isIdle = prices.macInputPj === 0 && prices.energyPj.every((bits, at) => bits === 0 || at < 2 * TENSOR_COUNT);
  if (isIdle) return Array.from({ length: model.levelCount }, () => new Float64Array(lattice.size));
  const bounds = tileBounds(model, lattice, tiles, prices, keep, innerValues, undefined, 0, 2);
  if (bounds === null) throw new Error('bounds without a test of hopelessness are always built');
  return bounds.least;
}

/** Bits per instance that transfers move through a port, in the place of their energies; what no tiling changes is left out. */
export function portPrices(model: KernelModel, costs: TransferCosts, port: Port): TransferCosts {
  const prices: TransferCosts = {
    ...costs,
    energyPj: new Float64Array(costs.energyPj.length),
    inputReadPj: new Float64Array(costs.inputReadPj.length),
    macInputPj: port.countsReads && macInputServer(costs) === port.level ? costs.macInputBits : 0,
  };
  for (let level = 1; level < model.levelCount; level++)
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const at = level * TENSOR_COUNT + t;
      let bits = 0;
      if (costs.server[at] === port.level) {
        if (port.countsReads) bits += costs.serverReadBits[at]!;
        if (port.countsReads && t === INPUTS)
          prices.inputReadPj[level] = costs.serverReadBits[at]! / costs.inputShare[level]!;
        if (port.countsWrites) bits += costs.serverWriteBits[at]!;
      }
      if (level === port.level && port.countsWrites) bits += costs.fillBits[at]!;
      prices.energyPj[at] = bits;
    }
  return prices;
}
