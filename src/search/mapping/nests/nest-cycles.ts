import { INPUTS, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { type Flow, flowsOf } from '../bounds/flows.ts';
import { wholeCycles } from '../bounds/limited-ports.ts';
import { macInputExcess } from '../bounds/tile-bounds.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import { flowsInside, pendingFlow } from './flow-traffic.ts';
import type { Depth } from './partial-nest.ts';

/** Prices of a flow at a level: per refetch of the three tensors, of the reads of Inputs within theirs, of further reads, of those of MACs. */
const [LEAST_READ, INPUT_READ, MAC_INPUT, PRICES] = [TENSOR_COUNT, TENSOR_COUNT + 1, TENSOR_COUNT + 2, 6] as const;

/** Lower bounds of the cycles that the largest flow takes, with what is known of the loops so far. */
export class NestCycles {
  readonly flows: readonly Flow[];
  /** Least share of distinct input tiles at the tile under way, over the least of all. */
  inputReads = 1;
  readonly #placement: CompiledPlacement;
  readonly #count: number;
  /** [level][flow * {@link PRICES} + price] */
  readonly #prices: readonly Float64Array[];
  /** [flow] */
  readonly #unitsPerCycle: Float64Array;
  /** [level][flow]: of transfers into the level and further in at least. */
  readonly #pending: readonly Float64Array[];
  /** [level][flow][point]: of everything inside a tile of any level but the outermost; null: not known. */
  #inside: readonly (readonly Float64Array[])[] | null = null;

  constructor(placement: CompiledPlacement) {
    const { model, costs } = placement;
    this.#placement = placement;
    this.flows = flowsOf(model, costs);
    this.#count = this.flows.length;
    const levels = Array.from({ length: model.levelCount + 1 }, (_, level) => level);
    this.#prices = levels.map((level) => Float64Array.from(this.flows.flatMap((flow) => pricesAt(flow, level))));
    this.#unitsPerCycle = Float64Array.from(this.flows, ({ unitsPerCycle }) => unitsPerCycle);
    const pending = this.flows.map((flow) => pendingFlow(placement, flow));
    this.#pending = levels.map((level) => Float64Array.from(pending, (sums) => sums[level]!));
  }

  /** Finds what everything inside each tile takes at least, which takes a while and makes the bounds tighter. @returns whether it is new */
  tighten(): boolean {
    if (this.#inside !== null || this.#count === 0) return false;
    const inside = this.flows.map((flow) => flowsInside(this.#placement, flow));
    this.#inside = this.#placement.tiles.map((_, level) => inside.map((tables) => tables[level]!));
    return true;
  }

  /** Begins the sums of a depth with those of the depth outside. */
  begin(own: Depth, outer: Depth): void {
    for (let f = 0; f < this.#count; f++) own.flows[f] = outer.flows[f]!;
  }

  /** Adds the traffic of a tensor into the level to the sums of its depth. */
  addTraffic(own: Depth, inner: number, tensor: number, traffic: number): void {
    this.#add(own, inner, tensor, traffic);
  }

  /** Adds what words of Inputs into the level take beyond those of the least share of distinct tiles. */
  addInputReads(own: Depth, inner: number, words: number): void {
    this.#add(own, inner, INPUT_READ, words);
  }

  /** Adds what the MACs read of Inputs beyond the least, a share of it. */
  addMacInputs(own: Depth, inner: number, excess: number): void {
    this.#add(own, inner, MAC_INPUT, excess);
  }

  #add(own: Depth, inner: number, price: number, amount: number): void {
    const prices = this.#prices[inner]!;
    for (let f = 0, at = price; f < this.#count; f++, at += PRICES) own.flows[f]! += prices[at]! * amount;
  }

  /** Least cycles when all transfers inside the tile of a depth at `level` are still open. */
  open({ computeCycles, flows, point }: Depth, level: number): number {
    let cycles = computeCycles;
    for (let f = 0; f < this.#count; f++) {
      const sum = flows[f]! + this.#insideOf(f, level, point);
      cycles = Math.max(cycles, wholeCycles(sum / this.#unitsPerCycle[f]!));
    }
    return cycles;
  }

  /** The same with the given traffic into `inner`, whose tile is at `point`; the depth is that of the level above. */
  withTraffic(depth: Depth, inner: number, point: number, weights: number, inputs: number, outputs: number): number {
    const { costs, tiles } = this.#placement;
    const macExcess = macInputExcess(costs, tiles[inner]!, inner, point);
    const beyond = inputs * (this.inputReads - 1);
    const prices = this.#prices[inner]!;
    let cycles = depth.computeCycles;
    for (let f = 0, at = 0; f < this.#count; f++, at += PRICES) {
      const sum =
        this.#insideOf(f, inner, point) +
        depth.flows[f]! +
        prices[at + MAC_INPUT]! * macExcess +
        prices[at + WEIGHTS]! * weights +
        prices[at + INPUTS]! * inputs +
        prices[at + LEAST_READ]! * beyond +
        prices[at + OUTPUTS]! * outputs;
      cycles = Math.max(cycles, wholeCycles(sum / this.#unitsPerCycle[f]!));
    }
    return cycles;
  }

  /** The same with the traffic of Inputs into `inner` alone; everything else is counted at the depth, that of `inner`. */
  withInputs({ computeCycles, flows, point }: Depth, inner: number, inputs: number): number {
    const beyond = inputs * (this.inputReads - 1);
    const prices = this.#prices[inner]!;
    let cycles = computeCycles;
    for (let f = 0, at = 0; f < this.#count; f++, at += PRICES) {
      const sum =
        this.#insideOf(f, inner, point) + flows[f]! + prices[at + INPUTS]! * inputs + prices[at + LEAST_READ]! * beyond;
      cycles = Math.max(cycles, wholeCycles(sum / this.#unitsPerCycle[f]!));
    }
    return cycles;
  }

  #insideOf(flow: number, level: number, point: number): number {
    return this.#inside === null || level === 0
      ? this.#pending[level + 1]![flow]!
      : this.#inside[level]![flow]![point]!;
  }
}

function pricesAt({ prices }: Flow, level: number): number[] {
  const { perTraffic, inputRead, inputShare, macInput } = prices;
  const at = level * TENSOR_COUNT;
  const read = inputRead[level]!;
  return [
    perTraffic[at + WEIGHTS]!,
    perTraffic[at + INPUTS]!,
    perTraffic[at + OUTPUTS]!,
    read * inputShare[level]!,
    read,
    macInput,
  ];
}
