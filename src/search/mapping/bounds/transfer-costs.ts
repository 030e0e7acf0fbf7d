import { DIM_COUNT, INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import { childrenAlong, type Factors, type SpatialChoice } from '../space/spatial-choices.ts';
import { canInputsCoincide, leastInputShare } from '../tiles/input-share.ts';
import { leastLiveShare } from './live-share.ts';
import { homeOf } from './tensor-homes.ts';

/** Prices of traffic: pJ, or bits at one port. */
export interface TransferPrices {
  /** [level * 3 + tensor]: per refetch (Inputs: per word) into the level; 0 when the tensor is not kept there. */
  readonly perTraffic: Float64Array;
  /** [level * 3 + tensor]: level that serves the transfer into the level. */
  readonly server: Uint8Array;
  /** [level]: least distinct tiles of Inputs per child; `perTraffic` counts this share of the reads at the server. */
  readonly inputShare: Float64Array;
  /**
   * [level]: per word of Inputs read at the server, with what it takes on wires while it is as distinct, if every child of an output and a filter dim had
   * a tile of its own.
   */
  readonly inputRead: Float64Array;
  /** Of all Inputs that the MACs read at their server, as far as such wires, with the least share of distinct words. */
  macInput: number;
}

/**
 * Costs of the transfers between storage levels for one placement (kept tensors and spatial bounds), as factors of their traffic; prices in pJ. The
 * traffic of a plain tensor (Weights, Outputs) into a level is counted in refetches: bounds of its irrelevant temporal loops above that are
 * outside its stationary run. The traffic of Inputs is counted in words that all children receive, copies along spatial K left out.
 */
export interface TransferCosts extends TransferPrices {
  /**
   * [level * 3 + tensor]: bits per instance and refetch (word) read and written at the server, and filled at the level; behind the levels those that
   * the MACs read and write in all.
   */
  readonly serverReadBits: Float64Array;
  readonly serverWriteBits: Float64Array;
  readonly fillBits: Float64Array;
  /** [level * 3 + tensor]: bits of a word at the server. */
  readonly serverWordBits: Float64Array;
  /** [level * 3 + tensor]: bits per instance of first touches of Outputs, which their server does not read. */
  readonly firstBits: Float64Array;
  /** [level]: bits per instance and refetch of Outputs that the level reads to send them out. */
  readonly drainBits: Float64Array;
  /** Bits per instance of the server that the MACs read of Inputs. */
  macInputBits: number;
  /** Energy that no tiling changes: MACs, their operands, less the reads and fills saved on first touches of outputs. */
  fixedPj: number;
  /** [level]: bits per instance that no tiling changes. */
  readonly fixedReadBits: Float64Array;
  readonly fixedWriteBits: Float64Array;
}

/**
 * Compiles the costs of a placement.
 * @param keep [level]: bit t set: tensor t is kept
 */
export function transferCosts(
  model: KernelModel,
  choice: SpatialChoice,
  keep: Uint8Array,
  factors: Factors,
): TransferCosts {
  const costs = emptyCosts(model);
  costs.fixedPj = model.macEnergyPj;
  addMoves(costs, model);
  for (let t = 0; t < TENSOR_COUNT; t++) addTensorCosts(costs, model, choice, keep, t, factors);
  return costs;
}

/** Costs of nothing. */
export function emptyCosts(model: KernelModel): TransferCosts {
  const levels = model.levelCount;
  const perTransfer = () => new Float64Array((levels + 1) * TENSOR_COUNT);
  return {
    perTraffic: perTransfer(),
    server: new Uint8Array((levels + 1) * TENSOR_COUNT),
    inputShare: new Float64Array(levels + 1).fill(1),
    inputRead: new Float64Array(levels + 1),
    macInput: 0,
    serverReadBits: perTransfer(),
    serverWriteBits: perTransfer(),
    fillBits: perTransfer(),
    serverWordBits: perTransfer(),
    firstBits: perTransfer(),
    drainBits: new Float64Array(levels),
    macInputBits: 0,
    fixedPj: 0,
    fixedReadBits: new Float64Array(levels),
    fixedWriteBits: new Float64Array(levels),
  };
}

/** Empties costs for another use. */
export function clearCosts(costs: TransferCosts): void {
  costs.perTraffic.fill(0);
  costs.server.fill(0);
  costs.inputRead.fill(0);
  costs.serverReadBits.fill(0);
  costs.serverWriteBits.fill(0);
  costs.fillBits.fill(0);
  costs.firstBits.fill(0);
  costs.drainBits.fill(0);
  costs.fixedReadBits.fill(0);
  costs.fixedWriteBits.fill(0);
  costs.inputShare.fill(1);
  costs.macInput = 0;
  costs.macInputBits = 0;
  costs.fixedPj = 0;
}

/** Adds what moves beside any mapping. */
export function addMoves(costs: TransferCosts, { residency, levelCount }: KernelModel): void {
  if (residency === null) return;
  for (let level = 0; level < levelCount; level++) {
    costs.fixedPj += residency.movedPj[level]!;
    costs.fixedReadBits[level]! += residency.movedReadBits[level]!;
    costs.fixedWriteBits[level]! += residency.movedWriteBits[level]!;
  }
}

/** Adds the transfers of one tensor. Of infinite energy where its home takes complete words only, and no tiling sends such. */
export function addTensorCosts(
  costs: TransferCosts,
  model: KernelModel,
  choice: SpatialChoice,
  keep: Uint8Array,
  t: number,
  factors: Factors,
): void {
  const home = homeOf(model, t);
  const add = transferAdder(costs, model, choice, t, factors);
  let outer = home.level;
  let outerBits = home.wordBits;
  for (let level = home.first; level <= model.levelCount; level++) {
    if (level < model.levelCount && ((keep[level]! >> t) & 1) === 0) continue;
    add(outer, outerBits, level);
    outer = level;
    outerBits = model.wordBitsOf[level * TENSOR_COUNT + t]!;
  }
}

/**
 * Adds the costs of one transfer of a tensor: from a level that keeps it, with words of so many bits, into the next one inside that does; the MACs are
 * behind the last level.
 */
export type AddTransfer = (outer: number, outerBits: number, level: number) => void;

/** What adds transfers of a tensor to costs. */
export function transferAdder(
  costs: TransferCosts,
  model: KernelModel,
  { bounds: spatial, hops }: SpatialChoice,
  t: number,
  factors: Factors,
): AddTransfer {
  const { levelCount: levels } = model;
  const { perTraffic, server, serverReadBits, serverWriteBits, fillBits, inputRead, inputShare } = costs;
  const { fixedReadBits, fixedWriteBits } = costs;
  const instances = [1];
  const copies: number[] = [];
  for (let level = 0; level < levels; level++) {
    instances.push(instances[level]! * productOf(spatial, level, ALL_DIMS));
    copies.push(productOf(spatial, level, IRRELEVANT[t]!));
  }
  const isShared = (level: number) => ((model.multicast[level]! >> t) & 1) !== 0;
  const words = t === INPUTS ? 1 : relevantWords(model, t);
  const homeLevel = homeOf(model, t).level;
  const needsComplete = t === OUTPUTS && model.residency?.needsComplete === true;
  return (outer, outerBits, level) => {
    const outerPj = (kind: number) => wordPj(model, outer, outerBits, kind);
    let fixedPj = 0;
    const isMac = level === levels;
    const at = level * TENSOR_COUNT + t;
    server[at] = outer;
    costs.serverWordBits[at] = outerBits;
    const live = factors === 'perfect' ? ALL_LIVE : liveShares(model, spatial, t, outer, level);
    const groups = groupsBetween(model, spatial, copies, t, outer, level, factors);
    const accesses = words * copyProduct(copies, 0, outer) * groups * live.accesses;
    const allDeliveries = words * copyProduct(copies, 0, level);
    const deliveries = allDeliveries * live.deliveries;
    const readPj = accesses * (outerPj(READ) + (t === OUTPUTS ? outerPj(UPDATE) : 0));
    if (needsComplete && outer === homeLevel && (groups > 1 || (isMac && macRefetches(model, spatial, t) > 1)))
      fixedPj = Number.POSITIVE_INFINITY;
    let perRefetch = readPj;
    // What grows with the distinct words among those that children read at once.
    let distinctPj = readPj;
    const bits = isMac ? 0 : model.wordBitsOf[at]!;
    if (!isMac) perRefetch += deliveries * wordPj(model, level, bits, FILL);
    for (let l = outer; l < level; l++) {
      const hopPj = model.hopPj[l * TENSOR_COUNT + t]!;
      const isWired = model.wires[l] !== null;
      if (hopPj === 0 || !(isWired || isShared(l))) continue;
      const through = words * copyProduct(copies, 0, l) * groupsBetween(model, spatial, copies, t, l, level, factors);
      if (isWired) {
        const entered = factors === 'perfect' ? through : through * liveShares(model, spatial, t, l, level).accesses;
        const wiredPj = entered * hops[l * TENSOR_COUNT + t]! * hopPj;
        perRefetch += wiredPj;
        if (!canInputsCoincide(model, spatial, outer, l)) distinctPj += wiredPj;
        continue;
      }
      // Of n children n - 1 are hops away; with m of them live on average, m - 1 are no less than (n - 1) n / (n + 1) m / n.
      const share = factors === 'perfect' ? 1 : (live.deliveries * copies[l]!) / (copies[l]! + 1);
      perRefetch += through * (copies[l]! - 1) * hopPj * share;
    }
    if (t === INPUTS) {
      inputShare[level] = leastInputShare(model, spatial, outer, level, factors);
      inputRead[level] = distinctPj / inputShare[level]!;
    }
    const readBits = (accesses * outerBits) / instances[outer]!;
    const writeBits = t === OUTPUTS ? readBits : 0;
    if (isMac) {
      const steps = macRefetches(model, spatial, t);
      fixedPj += perRefetch * steps;
      if (t === INPUTS) {
        costs.macInput = distinctPj * steps;
        costs.macInputBits = readBits * steps;
      }
      fixedReadBits[outer]! += readBits * steps;
      fixedWriteBits[outer]! += writeBits * steps;
      serverReadBits[at] = readBits * steps;
      serverWriteBits[at] = writeBits * steps;
    } else {
      perTraffic[at] = perRefetch;
      serverReadBits[at] = readBits;
      serverWriteBits[at] = writeBits;
      fillBits[at] = (deliveries * bits) / instances[level]!;
      if (t === OUTPUTS && model.overheads.isDrained[level] !== 0) {
        perTraffic[at]! += deliveries * wordPj(model, level, bits, READ);
        costs.drainBits[level] = fillBits[at]!;
      }
    }
    if (t === OUTPUTS && model.residency?.resumes !== true) {
      const distinct = words * copyProduct(copies, 0, outer);
      fixedPj -= distinct * outerPj(READ);
      costs.firstBits[at] = (distinct * outerBits) / instances[outer]!;
      fixedReadBits[outer]! -= costs.firstBits[at]!;
      if (!isMac) {
        const firstFillBits = fillBits[at]! / live.deliveries;
        fixedPj -= allDeliveries * wordPj(model, level, bits, FILL);
        fixedWriteBits[level]! -= firstFillBits;
        if (model.overheads.drainsFinished[level] !== 0) {
          fixedPj += allDeliveries * wordPj(model, level, bits, READ);
          fixedReadBits[level]! += firstFillBits;
        }
      }
    }
    costs.fixedPj += fixedPj;
  };
}

/** Kinds of access in the model's tables. */
export const [READ, FILL, UPDATE] = [0, 1, 2] as const;
const ALL_DIMS = (1 << DIM_COUNT) - 1;

/** Energy in pJ of one word of so many bits in an access of a level. */
export function wordPj(
  { accessPj, blockWords, levelWordBits }: KernelModel,
  level: number,
  wordBits: number,
  kind: number,
): number {
  return (accessPj[level * 3 + kind]! * wordBits) / (blockWords[level]! * levelWordBits[level]!);
}

const ALL_LIVE = { accesses: 1, deliveries: 1 } as const;

/** Least shares of the copies of a tensor's tiles that ragged bounds serve from level `outer` and deliver to `level`. */
function liveShares(
  model: KernelModel,
  spatial: Float64Array,
  tensor: number,
  outer: number,
  level: number,
): { readonly accesses: number; readonly deliveries: number } {
  let accesses = 1;
  let deliveries = 1;
  for (let d = 0; d < DIM_COUNT; d++) {
    if (((IRRELEVANT[tensor]! >> d) & 1) === 0) continue;
    const share = leastLiveShare(model, spatial, d, level);
    deliveries *= share;
    for (let l = 0; l < level; l++)
      if (spatial[l * DIM_COUNT + d]! > 1 && (l < outer || ((model.multicast[l]! >> tensor) & 1) === 0)) {
        accesses *= share;
        break;
      }
  }
  return { accesses, deliveries };
}

/** Product of a level's spatial bounds over the dims of a mask. */
function productOf(spatial: Float64Array, level: number, mask: number): number {
  let product = 1;
  for (let d = 0; d < DIM_COUNT; d++) if (((mask >> d) & 1) !== 0) product *= spatial[level * DIM_COUNT + d]!;
  return product;
}

function copyProduct(copies: readonly number[], from: number, to: number): number {
  let product = 1;
  for (let level = from; level < to; level++) product *= copies[level]!;
  return product;
}

/** Words of a plain tensor (Weights, Outputs): product of the bounds of its dims. */
export function relevantWords(model: KernelModel, tensor: number): number {
  let words = 1;
  for (let d = 0; d < DIM_COUNT; d++) if (((IRRELEVANT[tensor]! >> d) & 1) === 0) words *= model.bounds[d]!;
  return words;
}

/** Accesses per distinct tile along the levels from `from` to `to` (exclusive): copies where nothing is multicast. */
function groupsBetween(
  model: KernelModel,
  spatial: Float64Array,
  copies: readonly number[],
  tensor: number,
  from: number,
  to: number,
  factors: Factors,
): number {
  let groups = tensor === INPUTS ? leastInputShare(model, spatial, from, to, factors) : 1;
  for (let level = from; level < to; level++)
    if (((model.multicast[level]! >> tensor) & 1) === 0) groups *= copies[level]!;
  return groups;
}

/** Refetches at the MACs, which hold nothing: every temporal step of an irrelevant dim; for Inputs, words of all steps. */
function macRefetches(model: KernelModel, spatial: Float64Array, tensor: number): number {
  let steps = 1;
  for (let d = 0; d < DIM_COUNT; d++) {
    if (((IRRELEVANT[tensor]! >> d) & 1) === 0) {
      if (tensor === INPUTS) steps *= model.bounds[d]!;
      continue;
    }
    steps *= Math.ceil(model.bounds[d]! / childrenAlong(spatial, d));
  }
  return steps;
}

/** Level from which the MACs read Inputs. */
export function macInputServer({ server }: TransferPrices): number {
  return server[server.length - TENSOR_COUNT + INPUTS]!;
}
