import type { Accelerator, StorageLevel } from '../../accelerator/accelerator.ts';
import { isAtHome, isOutsideHome, isResumed, servesFromHome } from '../../mapping/homes.ts';
import {
  checkMapping,
  storedWordBits,
  type TileView,
  tileView,
  tileWords,
  type Violation,
} from '../../mapping/legality.ts';
import type { LevelMapping, Mapping } from '../../mapping/mapping.ts';
import { flattenNest, isPerfect, levelExtents, type NestLoop } from '../../mapping/nest.ts';
import { type PerDim, type PerTensor, perTensor, TENSORS, type TensorName } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { macCount, relevantDims, tensorWords } from '../../workload/problem.ts';
import type { CostOptions, Evaluation, Infeasible, LevelCost, TensorAccesses, TensorNetwork } from '../evaluation.ts';
import { accessEnergyPj, type BandwidthUse, hopPj, transferCycles } from '../level-cost.ts';
import { homeAccesses, levelMoves, movedWords, portUse, requireResidency } from '../moves.ts';
import { drainBy, reuseRule } from '../temporal-reuse.ts';
import { arrayCycles, launchCycles } from './level-times.ts';
import { countRequests, type RequestCounts } from './requests.ts';
import { countTraffic, type Traffic, timeloopShare, transferQueries } from './traffic.ts';
import { hopsPerWord } from './wire-hops.ts';

/** Reads, fills and updates in words. */
interface Counts {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
}

/** Words of all instances of a level, and of the busiest. */
interface Words {
  readonly total: number;
  readonly busiest: number;
}

/** Those of one tensor at one level. */
interface LevelCounts {
  readonly total: Counts;
  readonly busiest: Counts;
}

const NO_REQUESTS: RequestCounts = { total: 0, busiest: 0 };
const NO_WORDS: Words = { total: 0, busiest: 0 };
const NO_COUNTS: Counts = { reads: 0, fills: 0, updates: 0 };
const NO_TRAFFIC: Traffic = { accesses: 0, deliveries: 0, served: 0, busiestAccesses: 0, busiestDeliveries: 0 };
const NOTHING: LevelCounts = { total: NO_COUNTS, busiest: NO_COUNTS };

/**
 * The reference cost model: counts every word that every level reads, receives and writes while the nest runs, from walks over the
 * axes of each tensor. Slow and meant to be read; the kernel must agree with it to the bit.
 * @returns the evaluation, or the reasons why the accelerator cannot run the mapping
 * @throws TrifoldError `unsupported` when operands cannot be where the layer says they are
 */
export function evaluateReference(
  layer: LayerShape,
  accelerator: Accelerator,
  mapping: Mapping,
  options: CostOptions,
): Evaluation | Infeasible {
  requireResidency(layer, accelerator, options);
  const rule = reuseRule(options.temporalReuse);
  const violations = [
    ...checkMapping(layer, accelerator, mapping, rule.isTimeloop ? 'stored-box' : tileView(accelerator)),
    ...reuseRuleViolations(layer, mapping, options),
  ];
  if (violations.length > 0) return { feasible: false, violations };
  const { problem, residency } = layer;
  const nest = flattenNest(mapping);
  const extents = levelExtents(mapping);
  const view = rule.isTimeloop ? 'box' : tileView(accelerator);
  const query = transferQueries(problem, accelerator, mapping, options.temporalReuse);
  const computeCycles = nest.reduce((cycles, loop) => (loop.kind === 'temporal' ? cycles * loop.bound : cycles), 1);
  const levels = accelerator.levels.map((level, index): LevelCost => {
    const traffic = perTensor((tensor) => {
      const boundary = lastBypassing(mapping, tensor, index);
      return countTraffic(query(index, boundary), problem.tensors[tensor]);
    });
    const instancesUsed = spatialProduct(nest, (loop) => loop.level < index);
    const counted = perTensor((tensor) => countsHere(tensor, index, traffic[tensor]));
    const tensors = perTensor((tensor) =>
      tensorAccesses(layer, level, mapping, index, tensor, extents[index]!, instancesUsed, counted[tensor], view),
    );
    const home = homeOf(index, traffic.Outputs);
    const moved = movedWords(layer, accelerator, index);
    const requests = perTensor((tensor) => requestsOf(tensor, index));
    const uses = TENSORS.map((tensor): BandwidthUse => {
      const { reads, fills, updates } = counted[tensor].busiest;
      const { read, written } = requests[tensor];
      return {
        reads,
        writes: fills + updates,
        bits: storedWordBits(level, layer, tensor),
        readRequests: read.busiest,
        writeRequests: written.busiest,
      };
    });
    if (home !== null) uses.push({ reads: home.reads, writes: home.updates, bits: residency!.activationBits });
    if (moved !== null) uses.push(portUse(moved));
    const networks = perTensor((tensor) => {
      const passing = isOutsideHome(layer, index, tensor) ? NO_TRAFFIC : traffic[tensor];
      return networkOf(layer, level, mapping.levels[index]!, tensor, passing);
    });
    const time = { problem, mapping, nest, index, computeCycles };
    const moving = transferCycles(level, computeCycles, uses, options.temporalReuse);
    const launching = launchCycles(level, time);
    const array = arrayCycles(level, time);
    return {
      name: level.name,
      instancesUsed,
      cycles: Math.max(computeCycles, moving, launching, array),
      transferCycles: moving,
      launchCycles: launching,
      arrayCycles: array,
      usedBits: usedBits(layer, level, tensors),
      tensors,
      ...(home === null ? {} : { home }),
      ...(moved === null ? {} : { moved: levelMoves(moved) }),
      requests: perTensor((tensor) => together(requests[tensor])),
      networks,
      energyPj: 0,
      leakagePj: 0,
    };
  });
  return totals(layer, accelerator, nest, computeCycles, levels);

  /** What of a tensor's accesses happens at a level, given where its home is; those of Outputs to their home stand apart. */
  function countsHere(tensor: TensorName, index: number, out: Traffic): LevelCounts {
    if (isOutsideHome(layer, index, tensor)) return NOTHING;
    if (!isAtHome(layer, index, tensor)) return countsOf(tensor, index, out);
    if (tensor === 'Outputs') return NOTHING;
    const { total, busiest } = countsOf(tensor, index, out);
    return { total: { ...total, fills: 0 }, busiest: { ...busiest, fills: 0 } };
  }

  /** Accesses of Outputs to their home at a level: those that arrive there, where staged those that would reach the outermost level. */
  function homeOf(index: number, arriving: Traffic): TensorAccesses | null {
    if (residency === undefined || residency.level !== index || residency.outputs === 'outermost') return null;
    const updates =
      residency.outputs === 'in-place'
        ? arriving.accesses
        : countTraffic(query(0, lastBypassing(mapping, 'Outputs', 0)), problem.tensors.Outputs).accesses;
    const first = isResumed(residency) ? 0 : tensorWords(problem, 'Outputs');
    return homeAccesses(accelerator.levels[index]!, updates, first, residency.activationBits);
  }

  /** Reads, fills and updates of one tensor at one level of a layer of its own. */
  function countsOf(tensor: TensorName, index: number, out: Traffic): LevelCounts {
    if (!mapping.levels[index]!.keep.includes(tensor)) return NOTHING;
    const incoming =
      index === 0
        ? null
        : countTraffic(query(nextKeeperOutside(mapping, tensor, index), index - 1), problem.tensors[tensor]);
    const fills = { total: incoming?.deliveries ?? 0, busiest: incoming?.busiestDeliveries ?? 0 };
    if (rule.isTimeloop && index > 0 && tensor !== 'Outputs') {
      fills.busiest = timeloopShare(query(index - 1, index - 1), problem.tensors[tensor], fills.busiest);
      fills.total = fills.busiest * spatialProduct(nest, (loop) => loop.level < index);
    }
    if (tensor !== 'Outputs')
      return {
        total: { reads: out.accesses, fills: fills.total, updates: 0 },
        busiest: { reads: out.busiestAccesses, fills: fills.busiest, updates: 0 },
      };
    const distinct = distinctOutputs(index);
    const drains = drainedOutputs(index, fills, distinct);
    return {
      total: {
        reads: out.accesses - distinct.total + drains.total,
        fills: incoming === null ? 0 : fills.total - distinct.total,
        updates: out.accesses,
      },
      busiest: {
        reads: out.busiestAccesses - distinct.busiest + drains.busiest,
        fills: incoming === null ? 0 : fills.busiest - distinct.busiest,
        updates: out.busiestAccesses,
      },
    };
  }

  /** Words of Outputs that a level reads to send them out, given those that leave it and the distinct ones among them. */
  function drainedOutputs(index: number, leaving: Words, distinct: Words): Words {
    const drain = drainBy(rule, accelerator.levels[index]!.drain, index);
    return drain === 'all' ? leaving : drain === 'finished' ? distinct : NO_WORDS;
  }

  /** Requests of what a level sends of a tensor and takes back; a first touch of Outputs is no read. */
  function requestsOf(tensor: TensorName, index: number): { read: RequestCounts; written: RequestCounts } {
    const level = accelerator.levels[index]!;
    const isHome = tensor === 'Outputs' && servesFromHome(layer, mapping, index);
    const isServed = isHome || (mapping.levels[index]!.keep.includes(tensor) && !isOutsideHome(layer, index, tensor));
    if (level.requests?.layout[tensor] === undefined || !isServed) return { read: NO_REQUESTS, written: NO_REQUESTS };
    const bits = isHome ? residency!.activationBits : storedWordBits(level, layer, tensor);
    const projection = problem.tensors[tensor];
    const transfer = query(index, lastBypassing(mapping, tensor, index));
    const moved = countRequests(transfer, projection, level.requests, bits);
    if (tensor !== 'Outputs') return { read: moved, written: NO_REQUESTS };
    if (isResumed(residency)) return { read: moved, written: moved };
    const relevant = relevantDims(problem, 'Outputs');
    const isDistinct = (loop: NestLoop) => relevant.has(loop.dim) || (loop.kind === 'spatial' && loop.level < index);
    const first = countRequests({ ...transfer, nest: nest.filter(isDistinct) }, projection, level.requests, bits);
    return {
      read: { total: moved.total - first.total, busiest: moved.busiest - first.busiest },
      written: moved,
    };
  }

  /** Distinct output words that the instances of a level ever hold: their first touch needs no read, unless there are partial sums of a step before. */
  function distinctOutputs(index: number): Words {
    if (isResumed(residency)) return { total: 0, busiest: 0 };
    if (index === 0) {
      const words = tensorWords(problem, 'Outputs');
      return { total: words, busiest: words };
    }
    const relevant = relevantDims(problem, 'Outputs');
    const relevantLoops = nest.filter((loop) => loop.kind === 'spatial' || relevant.has(loop.dim));
    const once = { ...query(index - 1, index - 1), nest: relevantLoops, toMacs: false, refetched: [] };
    const traffic = countTraffic(once, problem.tensors.Outputs);
    return { total: traffic.deliveries, busiest: traffic.busiestDeliveries };
  }
}

function together({ read, written }: Readonly<Record<'read' | 'written', RequestCounts>>): RequestCounts {
  return { total: read.total + written.total, busiest: read.busiest + written.busiest };
}

function reuseRuleViolations(layer: LayerShape, mapping: Mapping, options: CostOptions): Violation[] {
  if (!reuseRule(options.temporalReuse).isTimeloop || isPerfect(mapping, layer.problem.bounds)) return [];
  return [
    {
      rule: 'reuse-rule',
      message: "Timeloop's temporal-reuse rule is defined for perfect factors only; this mapping has a ragged loop",
      excess: 1,
    },
  ];
}

/** Last level whose loops lie above the next keeper inside `index`, i.e. the next keeper (or the MACs) less one. */
function lastBypassing(mapping: Mapping, tensor: TensorName, index: number): number {
  let boundary = index;
  while (boundary + 1 < mapping.levels.length && !mapping.levels[boundary + 1]!.keep.includes(tensor)) boundary++;
  return boundary;
}

/** The level that fills `index`. */
function nextKeeperOutside(mapping: Mapping, tensor: TensorName, index: number): number {
  let outer = index - 1;
  while (!mapping.levels[outer]!.keep.includes(tensor)) outer--;
  return outer;
}

function spatialProduct(nest: readonly NestLoop[], when: (loop: NestLoop) => boolean): number {
  return nest.reduce((count, loop) => (loop.kind === 'spatial' && when(loop) ? count * loop.bound : count), 1);
}

function tensorAccesses(
  layer: LayerShape,
  level: StorageLevel,
  mapping: Mapping,
  index: number,
  tensor: TensorName,
  extents: PerDim<number>,
  instancesUsed: number,
  counts: LevelCounts,
  view: TileView,
): TensorAccesses {
  const kept = mapping.levels[index]!.keep.includes(tensor);
  const isTile = kept && !isOutsideHome(layer, index, tensor) && !isAtHome(layer, index, tensor);
  const bits = storedWordBits(level, layer, tensor);
  return {
    tensor,
    kept,
    tileWords: isTile ? tileWords(layer.problem, tensor, extents, view) : 0,
    ...counts.total,
    busiest: counts.busiest,
    energyPj:
      accessEnergyPj(level, level.energy.readPj, counts.total.reads, instancesUsed, bits) +
      accessEnergyPj(level, level.energy.fillPj, counts.total.fills, instancesUsed, bits) +
      accessEnergyPj(level, level.energy.updatePj, counts.total.updates, instancesUsed, bits),
  };
}

function usedBits(layer: LayerShape, level: StorageLevel, tensors: PerTensor<TensorAccesses>): number {
  return TENSORS.reduce((bits, tensor) => bits + tensors[tensor].tileWords * storedWordBits(level, layer, tensor), 0);
}

/** Traffic below a level: on links every word takes the hops that its way has, else each word beyond the first child of its group one. */
function networkOf(
  layer: LayerShape,
  level: StorageLevel,
  mapping: LevelMapping,
  tensor: TensorName,
  traffic: Traffic,
): TensorNetwork {
  const isWired = level.fanOut.wires !== undefined;
  const additions = traffic.served - traffic.accesses;
  const hopWords = isWired ? traffic.accesses * hopsPerWord(layer.problem, level.fanOut, mapping, tensor) : additions;
  return {
    tensor,
    ingressWords: traffic.accesses,
    spatialReductions: tensor === 'Outputs' ? additions : 0,
    hopWords,
    energyPj: hopWords * hopPj(level, storedWordBits(level, layer, tensor)),
  };
}

function totals(
  layer: LayerShape,
  accelerator: Accelerator,
  nest: readonly NestLoop[],
  computeCycles: number,
  counted: readonly LevelCost[],
): Evaluation {
  const macs = macCount(layer.problem);
  const serialCycles = serialCyclesOf(accelerator, computeCycles, counted);
  const cycles = counted.reduce((most, level) => Math.max(most, level.cycles), serialCycles);
  const macEnergyPj = macs * accelerator.mac.energyPj;
  let energyPj = macEnergyPj;
  const levels = counted.map((level, index): LevelCost => {
    const leakagePj = accelerator.levels[index]!.leakagePjPerCycle * accelerator.levels[index]!.instances * cycles;
    let levelPj = leakagePj;
    for (const tensor of TENSORS) levelPj += level.tensors[tensor].energyPj + level.networks[tensor].energyPj;
    levelPj += level.home?.energyPj ?? 0;
    levelPj += level.moved?.energyPj ?? 0;
    energyPj += levelPj;
    return { ...level, energyPj: levelPj, leakagePj };
  });
  return {
    feasible: true,
    macs,
    computeCycles,
    cycles,
    serialCycles,
    utilization: macs / accelerator.mac.instances / cycles,
    macUnitsUsed: spatialProduct(nest, () => true),
    macEnergyPj,
    energyPj,
    edpPjCycles: energyPj * cycles,
    levels,
  };
}

/** What cannot overlap: the slowest array, and the transfers of every level that states so. */
function serialCyclesOf(accelerator: Accelerator, computeCycles: number, counted: readonly LevelCost[]): number {
  const array = counted.reduce((most, level) => Math.max(most, level.arrayCycles), computeCycles);
  return counted.reduce(
    (sum, level, index) => (accelerator.levels[index]!.overlap === 'none' ? sum + level.transferCycles : sum),
    array,
  );
}
