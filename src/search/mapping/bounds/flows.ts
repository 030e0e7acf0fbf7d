import { DIM_COUNT, type KernelModel, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { requestsOfRun } from '../../../cost/level-overheads.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import { childrenAlong, type Factors } from '../space/spatial-choices.ts';
import { bitsAtPort, limitedPorts, type Port, portPrices, wholeCycles } from './limited-ports.ts';
import type { TransferCosts, TransferPrices } from './transfer-costs.ts';

/** Something that traffic and tiles add up to and that takes cycles: no mapping takes fewer than its largest flow. */
export interface Flow {
  readonly prices: TransferPrices;
  /** What no tiling changes. */
  readonly fixed: number;
  /** Per cycle of the MACs. */
  readonly perCompute: number;
  /** [level]: per visit of the level's tile. */
  readonly perVisit: Float64Array;
  /** Per load of weights into a level; into the MACs where that is the number of levels. */
  readonly perLoad: number;
  readonly loadsInto: number;
  readonly requests: readonly RequestPrice[];
  readonly unitsPerCycle: number;
}

/** Price of the requests that one of the ports of a level takes. */
export interface RequestPrice {
  readonly port: Port;
  readonly perRequest: number;
}

/** What flows of a placement are made from. */
export interface FlowSource {
  readonly model: KernelModel;
  readonly costs: TransferCosts;
  /** [level]: kept tensors. */
  readonly keep: Uint8Array;
  readonly factors: Factors;
}

/** Sums of flows of arrays and ports at most; of the ports of further levels one each is taken. */
const MOST_SUMS = 24;

/**
 * All flows of a placement: bits at limited ports, launches of tiles, arrays that take longer than the MACs. Where a level's transfers do not
 * overlap with anything, an array and a port of each such level make one flow.
 */
export function flowsOf(source: FlowSource): Flow[] {
  const { model, costs } = source;
  const { overheads, levelCount } = model;
  const ports = limitedPorts(model);
  const flows = ports.map((port) => portFlow(model, costs, port));
  if (!overheads.isAny) return flows;
  for (let level = 0; level < levelCount; level++)
    if (overheads.launchCycles[level]! > 0)
      flows.push(withVisits(nothing(costs), level, overheads.launchCycles[level]!));
  const arrays = Array.from({ length: levelCount }, (_, level) => arrayFlows(source, level)).flat();
  let sums: Flow[] = [{ ...nothing(costs), perCompute: 1 }, ...arrays];
  let isSerial = false;
  for (let level = 0; level < levelCount; level++) {
    const own = flows.filter((_, i) => ports[i]?.level === level);
    if (overheads.isSerial[level] === 0 || own.length === 0) continue;
    isSerial = true;
    const taken = sums.length * own.length <= MOST_SUMS ? own : own.slice(0, 1);
    sums = taken.flatMap((port) => sums.map((sum) => sumOf(sum, port)));
  }
  return [...flows, ...(isSerial ? sums : arrays)];
}

/** The energy as if it were a flow. */
export function energyFlow(costs: TransferCosts): Flow {
  return { ...nothing(costs), prices: costs, fixed: costs.fixedPj, unitsPerCycle: Number.POSITIVE_INFINITY };
}

/** Prices of the energy and of all flows together, each of whose units costs so many pJ, and what no tiling changes of their sum. */
export function jointPrices(
  costs: TransferCosts,
  flows: readonly Flow[],
  pjPerUnit: Float64Array,
): { readonly prices: TransferPrices; readonly fixed: number } {
  const perTraffic = costs.perTraffic.slice();
  const inputRead = costs.inputRead.slice();
  let { macInput, fixedPj: fixed } = costs;
  for (const [f, { prices, fixed: fixedUnits }] of flows.entries()) {
    const pj = pjPerUnit[f]!;
    if (pj === 0) continue;
    for (let at = 0; at < perTraffic.length; at++) perTraffic[at]! += pj * prices.perTraffic[at]!;
    for (let level = 0; level < inputRead.length; level++) inputRead[level]! += pj * prices.inputRead[level]!;
    macInput += pj * prices.macInput;
    fixed += pj * fixedUnits;
  }
  return { prices: { ...costs, perTraffic, inputRead, macInput }, fixed };
}

/** Least cycles of a flow for all that it adds up to but the MACs. */
export function flowCycles({ unitsPerCycle, perCompute }: Flow, sum: number, computeCycles: number): number {
  return wholeCycles((sum + perCompute * computeCycles) / unitsPerCycle);
}

function nothing({ perTraffic, inputRead, inputShare, server, fixedReadBits }: TransferCosts): Flow {
  return {
    prices: {
      perTraffic: new Float64Array(perTraffic.length),
      inputRead: new Float64Array(inputRead.length),
      macInput: 0,
      server,
      inputShare,
    },
    fixed: 0,
    perCompute: 0,
    perVisit: new Float64Array(fixedReadBits.length),
    perLoad: 0,
    loadsInto: 0,
    requests: [],
    unitsPerCycle: 1,
  };
}

/** Bits at a port with the time of their requests, of an average instance: the busiest one moves no fewer. */
function portFlow(model: KernelModel, costs: TransferCosts, port: Port): Flow {
  const flow = nothing(costs);
  const { level, bitsPerCycle } = port;
  const isLimited = bitsPerCycle < Number.POSITIVE_INFINITY;
  const prices = isLimited ? portPrices(model, costs, port) : flow.prices;
  const fixed = isLimited ? bitsAtPort(port, costs.fixedReadBits, costs.fixedWriteBits) : 0;
  const unitsPerCycle = isLimited ? bitsPerCycle : 1;
  const perRequest = model.overheads.requestCycles[level]! * unitsPerCycle;
  if (perRequest === 0) return { ...flow, prices, fixed, unitsPerCycle };
  const ofMacs = perRequest * macRequests(model, costs, port);
  const ofMoves = unitsPerCycle * movedCycles(model, port);
  return { ...flow, prices, fixed: fixed + ofMacs + ofMoves, requests: [{ port, perRequest }], unitsPerCycle };
}

/** Cycles that the requests of moves take at a port. */
function movedCycles({ residency }: KernelModel, port: Port): number {
  return residency === null ? 0 : bitsAtPort(port, residency.movedReadCycles, residency.movedWriteCycles);
}

/** Requests of the MACs at a port: one or more for each word. */
function macRequests(model: KernelModel, costs: TransferCosts, port: Port): number {
  const { overheads, levelCount } = model;
  let requests = 0;
  for (let t = 0; t < TENSOR_COUNT; t++) {
    if (!isRequested(model, costs, port, levelCount, t)) continue;
    const bits = costs.serverWordBits[levelCount * TENSOR_COUNT + t]!;
    const each = requestsOfRun(1, bits, overheads.requestBytes[port.level]!);
    requests += (requestedBits(costs, port, levelCount, t) - firstBits(costs, port, levelCount, t)) * (each / bits);
  }
  return requests;
}

/** Whether what a level takes of a tensor is cut into requests at a port: not what a tile in the retention level takes from a home in the same level. */
export function isRequested(
  model: KernelModel,
  costs: TransferCosts,
  port: Port,
  level: number,
  tensor: number,
): boolean {
  return (
    level !== port.level &&
    costs.server[level * TENSOR_COUNT + tensor] === port.level &&
    model.overheads.layout[port.level * TENSOR_COUNT + tensor] !== null
  );
}

/** Bits per refetch (word of Inputs) that a port moves in requests to serve a level; those of the MACs in all. */
export function requestedBits(costs: TransferCosts, port: Port, level: number, tensor: number): number {
  const at = level * TENSOR_COUNT + tensor;
  return (port.countsReads ? costs.serverReadBits[at]! : 0) + (port.countsWrites ? costs.serverWriteBits[at]! : 0);
}

/** Bits of them that are not read, being the first of partial sums. */
export function firstBits(costs: TransferCosts, port: Port, level: number, tensor: number): number {
  return port.countsReads ? costs.firstBits[level * TENSOR_COUNT + tensor]! : 0;
}

/** The same with cycles for every visit of a level's tile; that of the outermost level is visited once. */
function withVisits(flow: Flow, level: number, cycles: number): Flow {
  if (level === 0) return { ...flow, fixed: flow.fixed + cycles };
  const perVisit = flow.perVisit.slice();
  perVisit[level] = cycles;
  return { ...flow, perVisit };
}

/**
 * Cycles of the array below a level, as the largest of sums: with c cycles of the MACs and n loads of weights, max(c, rows n) + max(0, load n - c) is
 * the largest of c, rows n, load n and (rows + load) n - c. Where c grows with the loops, the last is none that can only grow.
 */
function arrayFlows({ model, costs, keep, factors }: FlowSource, level: number): Flow[] {
  const { hasFill, fillCycles, leastRows, rampCycles } = model.overheads;
  const ramp = rampCycles[level]!;
  const flow = withVisits(nothing(costs), level, ramp);
  const flows: Flow[] = ramp > 0 ? [{ ...flow, perCompute: 1 }] : [];
  if (hasFill[level] === 0) return flows;
  let loadsInto = level + 1;
  while (loadsInto < model.levelCount && ((keep[loadsInto]! >> WEIGHTS) & 1) === 0) loadsInto++;
  const [rows, load] = [leastRows[level]!, fillCycles[level]!];
  flows.push({ ...flow, loadsInto, perLoad: Math.max(rows, load) });
  if (load > 0 && factors === 'perfect') flows.push({ ...flow, loadsInto, perLoad: rows + load, perCompute: -1 });
  return flows;
}

/** Cycles of both flows one after the other; loads count in the first. */
function sumOf(flow: Flow, port: Flow): Flow {
  const share = 1 / port.unitsPerCycle;
  const add = (own: Float64Array, other: Float64Array) => own.map((price, i) => price + other[i]! * share);
  return {
    ...flow,
    prices: {
      ...flow.prices,
      perTraffic: add(flow.prices.perTraffic, port.prices.perTraffic),
      inputRead: add(flow.prices.inputRead, port.prices.inputRead),
      macInput: flow.prices.macInput + port.prices.macInput * share,
    },
    fixed: flow.fixed + port.fixed * share,
    requests: [...flow.requests, ...port.requests.map((price) => ({ ...price, perRequest: price.perRequest * share }))],
  };
}

/** Steps of all temporal loops over the dims of Weights at least: the fewest times that the MACs take other weights. */
export function weightSteps(model: KernelModel, spatial: Float64Array): number {
  let steps = 1;
  for (let d = 0; d < DIM_COUNT; d++)
    if (((IRRELEVANT[WEIGHTS] >> d) & 1) === 0) steps *= Math.ceil(model.bounds[d]! / childrenAlong(spatial, d));
  return steps;
}
