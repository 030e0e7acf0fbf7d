import type { PackedMapping } from '../packed-mapping.ts';
import { type KernelModel, OUTPUTS, TENSOR_COUNT } from './model.ts';
import { type KernelState, TOTAL_CYCLES, TOTAL_EDP, TOTAL_ENERGY_PJ } from './state.ts';

/**
 * Turns traffic into reads, fills and updates, then into energy and cycles, with the operations of the reference in the same order, so
 * that every figure is equal to the bit.
 * @param everyInstance whether the busiest instance of levels without bandwidth limit was counted too
 */
export function charge(model: KernelModel, state: KernelState, packed: PackedMapping, everyInstance: boolean): void {
  const { levelCount, isPortLimited } = model;
  const { totals, tensorPj, networkPj } = state;
  const computeCycles = state.timeSteps[levelCount - 1]!;
  let cycles = computeCycles;
  for (let level = 0; level < levelCount; level++) {
    const isLimited = isPortLimited[level]! !== 0;
    chargeTensors(model, state, packed, level);
    if (everyInstance || isLimited) countBusiest(state, packed, level);
    const own = isLimited ? portCycles(model, state, level, computeCycles) : computeCycles;
    state.levelCycles[level] = own;
    if (own > cycles) cycles = own;
  }
  let energyPj = model.macEnergyPj;
  for (let level = 0; level < levelCount; level++) {
    let levelPj = model.leakagePjPerCycle[level]! * cycles;
    const at = level * TENSOR_COUNT;
    levelPj += tensorPj[at]! + networkPj[at]!;
    levelPj += tensorPj[at + 1]! + networkPj[at + 1]!;
    levelPj += tensorPj[at + 2]! + networkPj[at + 2]!;
    state.levelPj[level] = levelPj;
    energyPj += levelPj;
  }
  totals[TOTAL_ENERGY_PJ] = energyPj;
  totals[TOTAL_CYCLES] = cycles;
  totals[TOTAL_EDP] = energyPj * cycles;
}

/**
 * Reads, fills and updates of all instances with their energy (physical accesses of an average instance, rounded up once, as
 * `accessEnergyPj` of the reference does), and hops of the network below.
 */
function chargeTensors(model: KernelModel, state: KernelState, packed: PackedMapping, level: number): void {
  const { accessPj, blockWords, levelWordBits, wordBitsOf, hopPj } = model;
  const { tensorPj, networkPj, deliveries, distinctOutputs } = state;
  const { reads, fills, updates, ingress, served } = state.counts;
  const keep = packed.keep[level]!;
  const instances = state.instances[level]!;
  const accessBits = instances * blockWords[level]! * levelWordBits[level]!;
  const hop = hopPj[level]!;
  const first = level * TENSOR_COUNT;
  const readPj = accessPj[first]!;
  const fillPj = accessPj[first + 1]!;
  for (let t = 0; t < TENSOR_COUNT; t++) {
    const at = first + t;
    const sent = ingress[at]!;
    networkPj[at] = (served[at]! - sent) * hop;
    let read = 0;
    let filled = 0;
    let updated = 0;
    let pj = 0;
    if (((keep >> t) & 1) !== 0) {
      const bits = wordBitsOf[at]!;
      const distinct = t === OUTPUTS ? distinctOutputs[level]! : 0;
      read = sent - distinct;
      pj = instances * Math.ceil((read * bits) / accessBits) * readPj;
      if (level > 0) {
        filled = deliveries[at]! - distinct;
        pj += instances * Math.ceil((filled * bits) / accessBits) * fillPj;
      }
      if (t === OUTPUTS) {
        updated = sent;
        pj += instances * Math.ceil((updated * bits) / accessBits) * accessPj[first + 2]!;
      }
    }
    reads[at] = read;
    fills[at] = filled;
    updates[at] = updated;
    tensorPj[at] = pj;
  }
}

function countBusiest(state: KernelState, packed: PackedMapping, level: number): void {
  const { busiestDeliveries, busiestIngress, busiestDistinctOutputs } = state;
  const { busiestReads, busiestFills, busiestUpdates } = state.counts;
  const keep = packed.keep[level]!;
  for (let t = 0; t < TENSOR_COUNT; t++) {
    const at = level * TENSOR_COUNT + t;
    const isKept = ((keep >> t) & 1) !== 0;
    const distinct = t === OUTPUTS ? busiestDistinctOutputs[level]! : 0;
    busiestReads[at] = isKept ? busiestIngress[at]! - distinct : 0;
    busiestFills[at] = isKept && level > 0 ? busiestDeliveries[at]! - distinct : 0;
    busiestUpdates[at] = isKept && t === OUTPUTS ? busiestIngress[at]! : 0;
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
