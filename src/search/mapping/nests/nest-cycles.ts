import { INPUTS, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import { type Flow, flowsOf, jointPrices, weightSteps } from '../bounds/flows.ts';
import { wholeCycles } from '../bounds/limited-ports.ts';
import { type RunBounds, RunTable, runBounds } from '../bounds/run-bounds.ts';
import { macInputExcess } from '../bounds/tile-bounds.ts';
import { type TilePrices, tilePrices, visitsOf } from '../bounds/tile-prices.ts';
import type { TransferPrices } from '../bounds/transfer-costs.ts';
import { outputsPrice, type TransferRules, transferRules } from '../bounds/transfer-rules.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import { type FlowInside, flowInside, pendingFlow } from './flow-traffic.ts';
import type { Depth } from './partial-nest.ts';

/** Prices of a flow at a level: per refetch of the three tensors, of the reads of Inputs within theirs, of further reads, of those of MACs. */
const [LEAST_READ, INPUT_READ, MAC_INPUT, PRICES] = [TENSOR_COUNT, TENSOR_COUNT + 1, TENSOR_COUNT + 2, 6] as const;

/** A tensor that stands still through the loops above a tile, and what comes in meanwhile; see {@link Depth}. */
export type Run = Pick<
  Depth,
  'stationary' | 'weightRefetches' | 'weightSteps' | 'outputRefetches' | 'outputSteps' | 'inputSteps'
>;

/** Lower bounds of the cycles that the largest flow takes, with what is known of the loops so far. */
export class NestCycles {
  readonly flows: readonly Flow[];
  /** Least joint sum of what was bounded last; see {@link NestCycles.price}. */
  joint = 0;
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
  /** [flow] */
  readonly #perCompute: Float64Array;
  /** Whether the accelerator states anything beside ports, and what it then takes, [flow]. */
  readonly #hasTerms: boolean;
  readonly #tilePrices: readonly TilePrices[];
  /** [level] */
  readonly #rules: readonly TransferRules[];
  /** [level][flow]: per visit of all levels inside. */
  readonly #visitsInside: readonly Float64Array[];
  /** [flow]: of everything inside a tile of any level but the outermost; null: not known. */
  #inside: readonly FlowInside[] | null = null;
  /** Flows with the joint one, if it is priced. */
  #sums: number;
  #jointInside: RunBounds | null = null;
  readonly #jointRun = new RunTable();

  constructor(placement: CompiledPlacement) {
    const { model, costs, keep, lattice } = placement;
    this.#placement = placement;
    this.flows = flowsOf({ model, costs, keep, factors: lattice.factors });
    this.#hasTerms = model.overheads.isAny;
    this.#tilePrices = this.flows.map((flow) => tilePrices(placement, flow));
    this.#rules = Array.from(keep, (_, level) => transferRules(model, keep, level));
    this.#perCompute = Float64Array.from(this.flows, ({ perCompute }) => perCompute);
    this.#count = this.#sums = this.flows.length;
    const levels = Array.from({ length: model.levelCount + 1 }, (_, level) => level);
    const joint = new Array<number>(PRICES).fill(0);
    this.#prices = levels.map((level) =>
      Float64Array.from([...this.flows.flatMap(({ prices }) => pricesAt(prices, level)), ...joint]),
    );
    this.#unitsPerCycle = Float64Array.from(this.flows, ({ unitsPerCycle }) => unitsPerCycle);
    const pending = this.flows.map((flow) => pendingFlow(placement, flow));
    this.#pending = levels.map((level) => Float64Array.from(pending, (sums) => sums[level]!));
    this.#visitsInside = levels.map((level) =>
      Float64Array.from(this.flows, ({ perVisit }) =>
        perVisit.reduce((sum, cycles, own) => (own > level ? sum + cycles : sum), 0),
      ),
    );
  }

  /** Finds what everything inside each tile takes at least, which takes a while and makes the bounds tighter. @returns whether it is new */
  tighten(): boolean {
    if (this.#inside !== null || this.#count === 0) return false;
    this.#inside = this.#tilePrices.map((prices) => flowInside(this.#placement, prices));
    return true;
  }

  /**
   * Takes the energy and all flows together as one more flow, after the others in {@link Depth.flows}.
   * @param pjPerUnit [flow]: price of the units of a flow
   * @param ofEnergy bounds of the energy alone
   * @returns what no tiling changes of the sum
   */
  price(pjPerUnit: Float64Array, ofEnergy: RunBounds | null): number {
    const { costs } = this.#placement;
    const { prices, fixed } = jointPrices(costs, this.flows, pjPerUnit);
    this.#sums = this.#count + 1;
    for (const [level, own] of this.#prices.entries()) own.set(pricesAt(prices, level), this.#count * PRICES);
    const isEnergy = ofEnergy !== null && pjPerUnit.every((pj) => pj === 0);
    this.#jointInside = isEnergy ? ofEnergy : runBounds(this.#placement, prices);
    return fixed;
  }

  /** Leaves the joint flow out again. */
  dropPrice(): void {
    this.#sums = this.#count;
    this.#jointInside = null;
  }

  /** Begins the sums of a depth with those of the depth outside. */
  begin(own: Depth, outer: Depth): void {
    for (let f = 0; f < this.#sums; f++) own.flows[f] = outer.flows[f]!;
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

  /** Adds what the tile of a depth and the loads of weights into it take beside traffic. */
  addTile(own: Depth, inner: number): void {
    if (!this.#hasTerms) return;
    for (let f = 0; f < this.#count; f++) own.flows[f]! += this.#tileOf(f, inner, own.point, own);
  }

  /** @param run with the refetches of Weights and Outputs into the level */
  #tileOf(flow: number, inner: number, point: number, run: Run): number {
    const { perTile, byTile } = this.#tilePrices[flow]!;
    let sum = perTile?.[inner]?.[point] ?? 0;
    if (byTile === undefined) return sum;
    const at = inner * TENSOR_COUNT;
    const weights = byTile[at + WEIGHTS];
    const outputs = byTile[at + OUTPUTS];
    if (weights != null) sum += weights.price[point]! * run.weightSteps;
    if (outputs != null) sum += outputs.price[point]! * run.outputRefetches;
    return sum;
  }

  #add(own: Depth, inner: number, price: number, amount: number): void {
    const prices = this.#prices[inner]!;
    for (let f = 0, at = price; f < this.#sums; f++, at += PRICES) own.flows[f]! += prices[at]! * amount;
  }

  /** Least cycles when all transfers inside the tile of a depth at `level` are still open. */
  open(depth: Depth, level: number): number {
    const { computeCycles, flows, point } = depth;
    let cycles = computeCycles;
    for (let f = 0; f < this.#count; f++) {
      const sum = flows[f]! + this.#insideOf(f, level, point, depth) + this.#perCompute[f]! * computeCycles;
      cycles = Math.max(cycles, wholeCycles(sum / this.#unitsPerCycle[f]!));
    }
    if (this.#jointInside !== null && level > 0)
      this.joint = flows[this.#count]! + this.#jointInsideOf(level, point, depth);
    return cycles;
  }

  /**
   * The same with the given traffic into `inner`, whose tile is at `point`; the depth is that of the level above.
   * @param run what stands still through the loops between
   */
  withTraffic(
    depth: Depth,
    inner: number,
    point: number,
    weights: number,
    inputs: number,
    outputs: number,
    run: Run,
  ): number {
    const { costs, tiles } = this.#placement;
    const macExcess = macInputExcess(costs, tiles[inner]!, inner, point);
    const beyond = inputs * (this.inputReads - 1);
    const prices = this.#prices[inner]!;
    let cycles = depth.computeCycles;
    for (let f = 0, at = 0; f < this.#count; f++, at += PRICES) {
      let sum =
        this.#insideOf(f, inner, point, run) +
        depth.flows[f]! +
        prices[at + MAC_INPUT]! * macExcess +
        prices[at + WEIGHTS]! * weights +
        prices[at + INPUTS]! * inputs +
        prices[at + LEAST_READ]! * beyond +
        prices[at + OUTPUTS]! * outputs;
      if (this.#hasTerms) sum += this.#tileOf(f, inner, point, run) + this.#perCompute[f]! * depth.computeCycles;
      cycles = Math.max(cycles, wholeCycles(sum / this.#unitsPerCycle[f]!));
    }
    if (this.#jointInside !== null) {
      const at = this.#count * PRICES;
      this.joint =
        this.#jointInsideOf(inner, point, run) +
        depth.flows[this.#count]! +
        prices[at + MAC_INPUT]! * macExcess +
        prices[at + WEIGHTS]! * weights +
        prices[at + INPUTS]! * inputs +
        prices[at + LEAST_READ]! * beyond +
        prices[at + OUTPUTS]! * outputs;
    }
    return cycles;
  }

  /** The same with the traffic of Inputs into `inner` alone; everything else is counted at the depth, that of `inner`. */
  withInputs(depth: Depth, inner: number, inputs: number): number {
    const { computeCycles, flows, point } = depth;
    const beyond = inputs * (this.inputReads - 1);
    const prices = this.#prices[inner]!;
    let cycles = computeCycles;
    for (let f = 0, at = 0; f < this.#count; f++, at += PRICES) {
      const sum =
        this.#insideOf(f, inner, point, depth) +
        flows[f]! +
        this.#perCompute[f]! * computeCycles +
        prices[at + INPUTS]! * inputs +
        prices[at + LEAST_READ]! * beyond;
      cycles = Math.max(cycles, wholeCycles(sum / this.#unitsPerCycle[f]!));
    }
    if (this.#jointInside !== null) {
      const at = this.#count * PRICES;
      this.joint =
        this.#jointInsideOf(inner, point, depth) +
        flows[this.#count]! +
        prices[at + INPUTS]! * inputs +
        prices[at + LEAST_READ]! * beyond;
    }
    return cycles;
  }

  /** The same of the joint sum as {@link NestCycles.#insideOf} of a flow. */
  #jointInsideOf(level: number, point: number, run: Run): number {
    const bounds = this.#jointInside!;
    const own = bounds.free[level]![point]!;
    const { stationary } = run;
    if (stationary < 0 || level === this.#placement.model.levelCount - 1) return own;
    this.#jointRun.set(
      bounds.refetches[stationary as 0 | 1 | 2],
      bounds.continued[level]![stationary]!,
      refetchesOf(run),
    );
    return Math.min(own, this.#jointRun.at(point));
  }

  /** Least of everything inside a tile. @param run what stands still through the loops above it */
  #insideOf(flow: number, level: number, point: number, run: Run): number {
    if (this.#inside === null || level === 0) {
      const pending = this.#pending[level + 1]![flow]!;
      return this.#hasTerms ? pending + this.#pendingTiles(flow, level, point) : pending;
    }
    const { least, inside, continued } = this.#inside[flow]!;
    if (!this.#hasTerms) return least[level]![point]!;
    const own = inside[level]![point]!;
    const { stationary } = run;
    if (stationary < 0 || level === this.#placement.model.levelCount - 1) return own;
    const goingOn = continued[level]![stationary as 0 | 1 | 2][point]!;
    return Math.min(own, goingOn + this.#runInto(flow, level + 1, point, run));
  }

  /** What a run that goes on into a level takes there. @param point of the level outside */
  #runInto(flow: number, level: number, point: number, run: Run): number {
    const rules = this.#rules[level]!;
    const at = flow * PRICES + run.stationary;
    const price = this.#prices[level]![at]!;
    if (run.stationary === INPUTS) return 0;
    const inside = this.#tilePrices[flow]!.byTile?.[level * TENSOR_COUNT + run.stationary]?.inside[point] ?? 0;
    return run.stationary === OUTPUTS
      ? outputsPrice(rules, price, run.outputRefetches, run.outputSteps) + inside * run.outputRefetches
      : (rules.weightsAnew ? 0 : price * run.weightRefetches) + inside * run.weightSteps;
  }

  /** Visits of the levels inside a tile and loads of weights at least, while their tiles are open. */
  #pendingTiles(flow: number, level: number, point: number): number {
    const { model, lattice, spatial } = this.#placement;
    const { perLoad, loadsInto } = this.flows[flow]!;
    const visits = this.#visitsInside[level]![flow]! * visitsOf(lattice)[point]!;
    if (perLoad === 0 || loadsInto <= level) return visits;
    if (loadsInto < model.levelCount) {
      const { inside } = this.#tilePrices[flow]!.byTile![loadsInto * TENSOR_COUNT + WEIGHTS]!;
      return visits + inside[point]!;
    }
    return level === model.levelCount - 1 ? visits : visits + perLoad * weightSteps(model, spatial);
  }
}

/** Refetches of the tensor that stands still; of Inputs the steps of K. */
export function refetchesOf({ stationary, weightRefetches, inputSteps, outputRefetches }: Run): number {
  return stationary === WEIGHTS ? weightRefetches : stationary === INPUTS ? inputSteps : outputRefetches;
}

function pricesAt({ perTraffic, inputRead, inputShare, macInput }: TransferPrices, level: number): number[] {
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
