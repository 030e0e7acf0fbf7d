import { ceilQuotient } from '../../util/rational.ts';
import { physicalAccesses, slowedCycles } from '../level-cost.ts';
import { chargeHomes, dropBusiest } from './home-charges.ts';
import { type KernelState, TOTAL_CYCLES, TOTAL_EDP, TOTAL_ENERGY_PJ } from './kernel-state.ts';
import { type KernelModel, OUTPUTS, TENSOR_COUNT } from './model.ts';
import { chargeTimes } from './time-charges.ts';
import { measureHops } from './wire-hops.ts';

/**
 * Turns traffic into reads, fills and updates, then into energy and cycles, with the operations of the reference in the same order, so
 * that every figure is equal to the bit.
 * @param everyInstance whether the busiest instance of levels without bandwidth limit was counted too
 */
export function charge(model: KernelModel, state: KernelState, everyInstance: boolean): void {
  const { levelCount, isPortLimited, residency } = model;
  const { totals, tensorPj, networkPj, levelPj, levelCycles, transferCycles } = state.costs;
  const computeCycles = state.loops.timeSteps[levelCount - 1]!;
  if (model.hasWires) measureHops(model, state);
  chargeTensors(model, state);
  if (residency !== null) chargeHomes(model, residency, state);
  let cycles = computeCycles;
  for (let level = 0; level < levelCount; level++) {
    const isLimited = isPortLimited[level]! !== 0;
    if (everyInstance || isLimited) {
      countBusiest(model, state, level);
      if (residency !== null) dropBusiest(residency, state, level);
    }
    const moving = isLimited ? portCycles(model, state, level, computeCycles) : 0;
    transferCycles[level] = moving;
    levelCycles[level] = Math.max(computeCycles, moving);
    if (moving > cycles) cycles = moving;
  }
  if (everyInstance || model.overheads.isAny) cycles = chargeTimes(model, state, cycles);
  let energyPj = model.macEnergyPj;
  for (let level = 0; level < levelCount; level++) {
    let pj = model.leakagePjPerCycle[level]! * cycles;
    const at = level * TENSOR_COUNT;
    pj += tensorPj[at]! + networkPj[at]!;
    pj += tensorPj[at + 1]! + networkPj[at + 1]!;
    pj += tensorPj[at + 2]! + networkPj[at + 2]!;
    if (residency !== null) {
      if (level === residency.level) pj += state.home.energyPj;
      pj += residency.movedPj[level]!;
    }
    levelPj[level] = pj;
    energyPj += pj;
  }
  totals[TOTAL_ENERGY_PJ] = energyPj;
  totals[TOTAL_CYCLES] = cycles;
  totals[TOTAL_EDP] = energyPj * cycles;
}

/** Reads, fills and updates of all instances with the energy of their physical accesses, and hops of the network below. */
function chargeTensors(model: KernelModel, state: KernelState): void {
  const { levelCount, accessPj, blockWords, levelWordBits, wordBitsOf, hopPj, wires } = model;
  const { isDrained, drainsFinished } = model.overheads;
  const { tensorPj, networkPj } = state.costs;
  const { deliveries, distinctOutputs } = state.transfers;
  const { reads, fills, updates, ingress, served, hopWords } = state.counts;
  const { hops } = state.nest;
  const { keep } = state.packed;
  for (let level = 0; level < levelCount; level++) {
    const instances = state.nest.instances[level]!;
    const accessBits = blockWords[level]! * levelWordBits[level]!;
    const first = level * TENSOR_COUNT;
    const isWired = wires[level] !== null;
    for (let t = 0; t < TENSOR_COUNT; t++) {
      const at = first + t;
      const sent = ingress[at]!;
      const hopped = isWired ? sent * hops[at]! : served[at]! - sent;
      hopWords[at] = hopped;
      networkPj[at] = hopped * hopPj[at]!;
      let read = 0;
      let filled = 0;
      let updated = 0;
      let pj = 0;
      if (((keep[level]! >> t) & 1) !== 0) {
        const bits = wordBitsOf[at]!;
        const distinct = t === OUTPUTS ? distinctOutputs[level]! : 0;
        read = sent - distinct;
        if (t === OUTPUTS && isDrained[level]! !== 0) read += deliveries[at]!;
        if (drainsFinished[level]! !== 0) read += distinct;
        pj = physicalAccesses(read, bits, accessBits, instances) * accessPj[first]!;
        if (level > 0) {
          filled = deliveries[at]! - distinct;
          pj += physicalAccesses(filled, bits, accessBits, instances) * accessPj[first + 1]!;
        }
        if (t === OUTPUTS) {
          updated = sent;
          pj += physicalAccesses(updated, bits, accessBits, instances) * accessPj[first + 2]!;
        }
      }
      reads[at] = read;
      fills[at] = filled;
      updates[at] = updated;
      tensorPj[at] = pj;
    }
  }
}

function countBusiest(model: KernelModel, state: KernelState, level: number): void {
  const isDrained = model.overheads.isDrained[level]! !== 0;
  const drainsFinished = model.overheads.drainsFinished[level]! !== 0;
  const { busiestDeliveries, busiestIngress, busiestDistinctOutputs } = state.transfers;
  const { busiestReads, busiestFills, busiestUpdates } = state.counts;
  const keep = state.packed.keep[level]!;
  for (let t = 0; t < TENSOR_COUNT; t++) {
    const at = level * TENSOR_COUNT + t;
    const isKept = ((keep >> t) & 1) !== 0;
    const distinct = t === OUTPUTS ? busiestDistinctOutputs[level]! : 0;
    const drained = drainsFinished ? distinct : isDrained && t === OUTPUTS ? busiestDeliveries[at]! : 0;
    busiestReads[at] = isKept ? busiestIngress[at]! - distinct + drained : 0;
    busiestFills[at] = isKept && level > 0 ? busiestDeliveries[at]! - distinct : 0;
    busiestUpdates[at] = isKept && t === OUTPUTS ? busiestIngress[at]! : 0;
  }
}

/** Cycles of the ports of a level with a bandwidth limit (`transferCycles` of the reference). */
function portCycles(model: KernelModel, state: KernelState, level: number, computeCycles: number): number {
  const { wordBitsOf, levelWordBits, portWords, portNumerator, portDenominator, isTimeloop } = model;
  const { busiestReads, busiestFills, busiestUpdates } = state.counts;
  const first = level * TENSOR_COUNT;
  const wordBits = levelWordBits[level]!;
  let read = 0;
  let written = 0;
  let readRate = 0;
  let writeRate = 0;
  for (let at = first; at < first + TENSOR_COUNT; at++) {
    const readBits = busiestReads[at]! * wordBitsOf[at]!;
    const writtenBits = (busiestFills[at]! + busiestUpdates[at]!) * wordBitsOf[at]!;
    read += readBits;
    written += writtenBits;
    if (!isTimeloop) continue;
    readRate += readBits / wordBits / computeCycles;
    writeRate += writtenBits / wordBits / computeCycles;
  }
  const { residency } = model;
  if (residency !== null) {
    const atHome = level === residency.level ? residency.homeBits : 0;
    read += state.home.reads * atHome + residency.movedReadBits[level]!;
    written += state.home.updates * atHome + residency.movedWriteBits[level]!;
  }
  let slowed = 0;
  if (isTimeloop) {
    const [readPort, writePort, sharedPort] = [portWords[first]!, portWords[first + 1]!, portWords[first + 2]!];
    slowed = slowedCycles(computeCycles, readRate, writeRate, readPort, writePort, sharedPort);
    if (slowed <= computeCycles) slowed = 0;
    else if (model.overheads.requestCycles[level]! === 0) return slowed;
  }
  if (model.overheads.requestCycles[level]! > 0)
    return Math.max(slowed, requestingCycles(model, state, level, read, written));
  return Math.max(
    ceilQuotient(read, portNumerator[first]!, portDenominator[first]!),
    ceilQuotient(written, portNumerator[first + 1]!, portDenominator[first + 1]!),
    ceilQuotient(read + written, portNumerator[first + 2]!, portDenominator[first + 2]!),
  );
}

/** Cycles of the ports of a level that take time for requests too, on a shared port of their own where none is limited. */
function requestingCycles(
  model: KernelModel,
  state: KernelState,
  level: number,
  read: number,
  written: number,
): number {
  const { portNumerator, portDenominator } = model;
  const { busiestReads, busiestWrites } = state.requests;
  const cycles = model.overheads.requestCycles[level]!;
  const first = level * TENSOR_COUNT;
  const { residency } = model;
  let reading = (busiestReads[first]! + busiestReads[first + 1]! + busiestReads[first + 2]!) * cycles;
  let writing = (busiestWrites[first]! + busiestWrites[first + 1]! + busiestWrites[first + 2]!) * cycles;
  if (residency !== null) {
    reading += residency.movedReadCycles[level]!;
    writing += residency.movedWriteCycles[level]!;
  }
  const isShared =
    Math.min(portNumerator[first]!, portNumerator[first + 1]!) === Number.POSITIVE_INFINITY ||
    portNumerator[first + 2]! < Number.POSITIVE_INFINITY;
  return Math.max(
    ceilQuotient(read, portNumerator[first]!, portDenominator[first]!) + reading,
    ceilQuotient(written, portNumerator[first + 1]!, portDenominator[first + 1]!) + writing,
    isShared
      ? ceilQuotient(read + written, portNumerator[first + 2]!, portDenominator[first + 2]!) + reading + writing
      : 0,
  );
}
