import { type KernelModel, OUTPUTS, TENSOR_COUNT } from './kernel-model.ts';
import { type KernelState, TOTAL_CYCLES, TOTAL_EDP, TOTAL_ENERGY_PJ } from './kernel-state.ts';
import type { PackedMapping } from './packed-mapping.ts';

/**
 * Turns traffic into reads, fills and updates, then into energy and cycles, with the operations of the reference in the same order, so
 * that every figure is equal to the bit.
 * @param everyInstance whether the busiest instance of levels without bandwidth limit was counted too
 */
export function charge(model: KernelModel, state: KernelState, packed: PackedMapping, everyInstance: boolean): void {
  const { levelCount, isPortLimited } = model;
  const { totals } = state;
  const computeCycles = state.timeSteps[levelCount - 1]!;
  let cycles = computeCycles;
  for (let level = 0; level < levelCount; level++) {
    countAccesses(state, packed, level);
    if (everyInstance || isPortLimited[level]! !== 0) countBusiest(state, packed, level);
    const own = isPortLimited[level]! === 0 ? computeCycles : portCycles(model, state, level, computeCycles);
    state.levelCycles[level] = own;
    cycles = Math.max(cycles, own);
    chargeTensors(model, state, level);
  }
  let energyPj = model.macEnergyPj;
  for (let level = 0; level < levelCount; level++) {
    let levelPj = model.leakagePjPerCycle[level]! * cycles;
    const at = level * TENSOR_COUNT;
    levelPj += state.tensorPj[at]! + state.networkPj[at]!;
    levelPj += state.tensorPj[at + 1]! + state.networkPj[at + 1]!;
    levelPj += state.tensorPj[at + 2]! + state.networkPj[at + 2]!;
    state.levelPj[level] = levelPj;
    energyPj += levelPj;
  }
  totals[TOTAL_ENERGY_PJ] = energyPj;
  totals[TOTAL_CYCLES] = cycles;
  totals[TOTAL_EDP] = energyPj * cycles;
}

function countAccesses(state: KernelState, packed: PackedMapping, level: number): void {
  const { deliveries } = state;
  const { reads, fills, updates, ingress } = state.counts;
  const keep = packed.keep[level]!;
  const distinct = state.distinctOutputs[level]!;
  for (let t = 0; t < TENSOR_COUNT; t++) {
    const at = level * TENSOR_COUNT + t;
    updates[at] = 0;
    if (((keep >> t) & 1) === 0) {
      reads[at] = 0;
      fills[at] = 0;
    } else if (t !== OUTPUTS) {
      reads[at] = ingress[at]!;
      fills[at] = level === 0 ? 0 : deliveries[at]!;
    } else {
      reads[at] = ingress[at]! - distinct;
      fills[at] = level === 0 ? 0 : deliveries[at]! - distinct;
      updates[at] = ingress[at]!;
    }
  }
}

function countBusiest(state: KernelState, packed: PackedMapping, level: number): void {
  const { busiestDeliveries, busiestIngress } = state;
  const { busiestReads, busiestFills, busiestUpdates } = state.counts;
  const keep = packed.keep[level]!;
  const distinct = state.busiestDistinctOutputs[level]!;
  for (let t = 0; t < TENSOR_COUNT; t++) {
    const at = level * TENSOR_COUNT + t;
    busiestUpdates[at] = 0;
    if (((keep >> t) & 1) === 0) {
      busiestReads[at] = 0;
      busiestFills[at] = 0;
    } else if (t !== OUTPUTS) {
      busiestReads[at] = busiestIngress[at]!;
      busiestFills[at] = level === 0 ? 0 : busiestDeliveries[at]!;
    } else {
      busiestReads[at] = busiestIngress[at]! - distinct;
      busiestFills[at] = level === 0 ? 0 : busiestDeliveries[at]! - distinct;
      busiestUpdates[at] = busiestIngress[at]!;
    }
  }
}

/** Physical accesses of an average instance, rounded up once (`accessEnergyPj` of the reference), and hops of the network below. */
function chargeTensors(model: KernelModel, state: KernelState, level: number): void {
  const { accessPj, blockWords, levelWordBits, wordBitsOf, hopPj } = model;
  const { tensorPj, networkPj } = state;
  const { reads, fills, updates, ingress, served } = state.counts;
  const instances = state.instances[level]!;
  const accessBits = instances * blockWords[level]! * levelWordBits[level]!;
  const hop = hopPj[level]!;
  const first = level * TENSOR_COUNT;
  const readPj = accessPj[first]!;
  const fillPj = accessPj[first + 1]!;
  const updatePj = accessPj[first + 2]!;
  for (let at = first; at < first + TENSOR_COUNT; at++) {
    const bits = wordBitsOf[at]!;
    let pj = reads[at] === 0 ? 0 : instances * Math.ceil((reads[at]! * bits) / accessBits) * readPj;
    if (fills[at] !== 0) pj += instances * Math.ceil((fills[at]! * bits) / accessBits) * fillPj;
    if (updates[at] !== 0) pj += instances * Math.ceil((updates[at]! * bits) / accessBits) * updatePj;
    tensorPj[at] = pj;
    networkPj[at] = (served[at]! - ingress[at]!) * hop;
  }
}

/** Cycles of a level with a bandwidth limit (`levelCycles` of the reference). */
function portCycles(model: KernelModel, state: KernelState, level: number, computeCycles: number): number {
  const { wordBitsOf, levelWordBits, portWords, isTimeloop } = model;
  const { busiestReads, busiestFills, busiestUpdates } = state.counts;
  const first = level * TENSOR_COUNT;
  const wordBits = levelWordBits[level]!;
  const readPort = portWords[first]!;
  const writePort = portWords[first + 1]!;
  const sharedPort = portWords[first + 2]!;
  let read = 0;
  let written = 0;
  for (let at = first; at < first + TENSOR_COUNT; at++) {
    const readBits = busiestReads[at]! * wordBitsOf[at]!;
    const writtenBits = (busiestFills[at]! + busiestUpdates[at]!) * wordBitsOf[at]!;
    read += isTimeloop ? readBits / wordBits / computeCycles : readBits;
    written += isTimeloop ? writtenBits / wordBits / computeCycles : writtenBits;
  }
  if (isTimeloop) {
    let slowdown = 1;
    if (read > readPort) slowdown = Math.min(slowdown, readPort / read);
    if (written > writePort) slowdown = Math.min(slowdown, writePort / written);
    if (written + read > sharedPort) slowdown = Math.min(slowdown, sharedPort / (written + read));
    return Math.ceil(computeCycles / slowdown);
  }
  let cycles = computeCycles;
  cycles = Math.max(cycles, Math.ceil(read / (readPort * wordBits)));
  cycles = Math.max(cycles, Math.ceil(written / (writePort * wordBits)));
  cycles = Math.max(cycles, Math.ceil((read + written) / (sharedPort * wordBits)));
  return cycles;
}
