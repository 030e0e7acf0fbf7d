import { DIM_COUNT, INPUTS, type KernelModel, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import {
  energyFlow,
  type Flow,
  firstBits,
  flowCycles,
  flowsOf,
  isRequested,
  requestedBits,
  weightSteps,
} from '../bounds/flows.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import type { TransferCosts } from '../bounds/transfer-costs.ts';
import { outputsPrice, type TransferRules, transferRules } from '../bounds/transfer-rules.ts';
import { ALL_DIMS, IRRELEVANT_DIMS } from '../space/loop-orders.ts';
import { leastPerBit } from '../tiles/tile-requests.ts';
import { type BoxLevel, boxLevel } from './box-levels.ts';
import { type Grid, gridOf, minimizeInside, minimizeOverK, type Reach, reachable } from './box-minima.ts';
import { type ChoiceExtents, type ExtentBoxes, intervalsOf } from './extent-boxes.ts';

/** A placement whose tiles are bounded box by box. */
export interface BoxedPlacement {
  readonly model: KernelModel;
  readonly choice: ChoiceExtents;
  /** [level * 8 + dim] */
  readonly spatial: Float64Array;
  readonly keep: Uint8Array;
  readonly costs: TransferCosts;
  /** Least cycles of the MACs. */
  readonly computeCycles: number;
}

/** A lower bound over all chains of tiles within boxes. */
export interface BoxBound {
  /** Least value of the objective; infinite when no tile fits. */
  readonly bound: number;
  /** The boxes that chains below the incumbent can pass; null when there are none. */
  readonly alive: ExtentBoxes | null;
}

/** [tensor]: all dims but those that are irrelevant to it. */
const RELEVANT_DIMS: readonly (readonly number[])[] = IRRELEVANT_DIMS.map((dims) =>
  ALL_DIMS.filter((d) => !dims.includes(d)),
);

/** Prices and rules of the transfers into one level. */
interface Into {
  readonly weights: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Of Weights that stand still: nothing where they come anew all the same. */
  readonly stillWeights: number;
  readonly rules: TransferRules;
  /** Per visit of the level's tile. */
  readonly visit: number;
  /** Per load of a tile of weights; that of the fewest tiles that fit. */
  readonly load: number;
  readonly leastLoad: number;
}

/** Loads of weights that stand still inside a tile of the level outside, for every step of them. */
function stillLoad({ load, leastLoad }: Into, outer: BoxLevel, box: number): number {
  return load === 0 ? 0 : Math.max(leastLoad, load * outer.weightTiles[box]!);
}

/** Energy or a flow with its least sums from the innermost level outwards. */
interface Pass {
  readonly flow: Flow;
  /** Whether transfers into some level but the outermost on chip count. */
  readonly isDeep: boolean;
  /** [level] */
  readonly bases: readonly Base[];
  readonly insides: readonly Inside[];
}

/**
 * Bounds all mappings of a placement whose tiles lie in the given boxes: the dynamic program of {@link TileBounds} over boxes, each term at its
 * most favourable corner, from the innermost level outwards and back; for energy and for every flow. Holds for loop
 * bounds with and without slack.
 */
export function boundBoxes(placement: BoxedPlacement, boxes: ExtentBoxes, incumbent: Incumbent): BoxBound {
  const { model, choice, keep } = placement;
  const count = model.levelCount;
  const levels: BoxLevel[] = [];
  for (let level = 1; level < count; level++) {
    const own = boxLevel(model, choice, boxes[level]!, placement.spatial, keep, level);
    levels[level] = own;
    incumbent.counts.nodes += own.size;
  }
  const reach: Reach[] = [];
  for (let level = 2; level < count; level++) reach[level] = reachable(choice.values, boxes[level - 1]!, boxes[level]!);
  const { costs } = placement;
  const passes = [energyFlow(costs), ...boxFlows(placement)].map((flow, f): Pass => {
    const isDeep =
      f === 0 ||
      flow.prices.perTraffic.subarray(2 * TENSOR_COUNT).some((price) => price > 0) ||
      flow.perVisit.subarray(2).some((cycles) => cycles > 0) ||
      (flow.perLoad > 0 && flow.loadsInto > 1);
    const bases: Base[] = [];
    const insides: Inside[] = [];
    let inside: Inside = nothing(levels[count - 1]!);
    for (let level = count - 1; level >= 1; level--) {
      insides[level] = inside;
      const into = intoLevel(placement, flow, level, levels[level]!);
      bases[level] = baseOf(levels[level]!, into, inside);
      if (level === 1) break;
      inside = isDeep
        ? insideOf(levels[level - 1]!, levels[level]!, bases[level]!, reach[level]!, into)
        : nothing(levels[level - 1]!);
    }
    return { flow, isDeep, bases, insides };
  });
  const outermost = boundOutermost(placement, levels[1]!, passes, incumbent);
  if (!incumbent.isBetter(outermost.bound)) return { bound: outermost.bound, alive: null };
  const isAlive: Uint8Array[] = [];
  isAlive[1] = outermost.isAlive;
  let above = outermost.above;
  for (let level = 2; level < count; level++) {
    const own = levels[level]!;
    const sums = passes.map(({ flow, isDeep, bases }, f) =>
      isDeep
        ? aboveOf(
            levels[level - 1]!,
            own,
            bases[level]!,
            above[f]!,
            reach[level]!,
            intoLevel(placement, flow, level, own),
          )
        : null,
    );
    const alive = new Uint8Array(own.size);
    for (let box = 0; box < own.size; box++) {
      for (const t of [WEIGHTS, INPUTS, OUTPUTS]) {
        const through = (f: number) => sums[f]![t]![box]! + passes[f]!.insides[level]![t][box]!;
        let cycles = outermost.cycles;
        for (let f = 1; f < passes.length; f++)
          if (sums[f] !== null)
            cycles = Math.max(cycles, cyclesBeside(passes[f]!.flow, through(f), outermost.computeCycles));
        if (incumbent.isBetter(incumbent.bound(passes[0]!.flow.fixed + through(0), cycles))) alive[box] = 1;
        else for (const sum of sums) if (sum !== null) sum[t]![box] = Number.POSITIVE_INFINITY;
      }
    }
    isAlive[level] = alive;
    above = sums.map(
      (sum) => sum ?? [new Float64Array(own.size), new Float64Array(own.size), new Float64Array(own.size)],
    );
  }
  return { bound: outermost.bound, alive: restrict(boxes, levels, isAlive) };
}

/** Inside the innermost level's tiles nothing counts any more but what is fixed. */
function nothing({ size }: BoxLevel): Inside {
  const none = new Float64Array(size);
  return [none, none, none];
}

/** The flows of a placement, with the fewest loads of MACs as what no tiling changes, and the fewest requests for every bit. */
function boxFlows({ model, costs, keep, spatial }: BoxedPlacement): Flow[] {
  return flowsOf({ model, costs, keep, factors: 'imperfect' })
    .map((flow) => withLeastRequests(model, costs, keep, flow))
    .map((flow) =>
      flow.perLoad === 0 || flow.loadsInto < model.levelCount
        ? flow
        : { ...flow, fixed: flow.fixed + flow.perLoad * weightSteps(model, spatial), perLoad: 0 },
    );
}

function withLeastRequests(model: KernelModel, costs: TransferCosts, keep: Uint8Array, flow: Flow): Flow {
  const perTraffic = flow.prices.perTraffic.slice();
  let { fixed } = flow;
  for (const { port, perRequest } of flow.requests)
    for (let level = 1; level < model.levelCount; level++)
      for (let t = 0; t < TENSOR_COUNT; t++) {
        const at = level * TENSOR_COUNT + t;
        if (((keep[level]! >> t) & 1) === 0 || !isRequested(model, costs, port, level, t)) continue;
        const perBit = perRequest * leastPerBit(model, port.level);
        perTraffic[at]! += perBit * requestedBits(costs, port, level, t);
        fixed -= perBit * firstBits(costs, port, level, t);
      }
  return { ...flow, prices: { ...flow.prices, perTraffic }, fixed };
}

function intoLevel({ model, keep }: BoxedPlacement, flow: Flow, level: number, own: BoxLevel): Into {
  const { prices, perVisit, perLoad, loadsInto } = flow;
  const at = level * TENSOR_COUNT;
  const [weights, inputs, outputs] = [WEIGHTS, INPUTS, OUTPUTS].map((t) => prices.perTraffic[at + t]!) as [
    number,
    number,
    number,
  ];
  const rules = transferRules(model, keep, level);
  const load = loadsInto === level ? perLoad : 0;
  let leastLoad = 0;
  if (load > 0) {
    leastLoad = Number.POSITIVE_INFINITY;
    for (let box = 0; box < own.size; box++)
      if (own.fits[box] === 1) leastLoad = Math.min(leastLoad, load * own.weightTiles[box]!);
  }
  const stillWeights = rules.weightsAnew ? 0 : weights;
  return { weights, inputs, outputs, stillWeights, rules, visit: perVisit[level] ?? 0, load, leastLoad };
}

/**
 * [tensor][box]: least sums of a flow over everything inside the tiles of a level when the tensor stands still through the loops above; where
 * all loops of the level are irrelevant to it, its run goes on.
 */
type Inside = readonly [Float64Array, Float64Array, Float64Array];

interface Base {
  /** [tensor][box]: transfers into the level but for the stationary tensor, unless it comes anew at every step; infinite when nothing fits. */
  readonly transfers: readonly [Float64Array, Float64Array, Float64Array];
  /** [tensor][box]: the same plus everything inside. */
  readonly still: readonly [Float64Array, Float64Array, Float64Array];
  /** [box]: Inputs into the level when K is not stationary. */
  readonly inputs: Float64Array;
  /** [box]: Inputs when nothing refetches them. */
  readonly unrefetched: Float64Array;
}

function baseOf(own: BoxLevel, into: Into, inside: Inside): Base {
  const { weights, inputs, outputs, rules, visit, load } = into;
  const { weightsAnew, inputsAnew } = rules;
  const make = () => new Float64Array(own.size);
  const transfers: Base['transfers'] = [make(), make(), make()];
  const byInputs = make();
  const unrefetched = make();
  for (let box = 0; box < own.size; box++) {
    if (own.fits[box] === 0) {
      transfers[0][box] = transfers[1][box] = transfers[2][box] = Number.POSITIVE_INFINITY;
      continue;
    }
    const ofWeights = weights * (weightsAnew ? own.weightSteps[box]! : own.refetches[0][box]!);
    const ofOutputs = outputsPrice(rules, outputs, own.refetches[2][box]!, own.outputSteps[box]!);
    const always = (inputsAnew ? inputs * own.allInputs[box]! : 0) + visit * own.visits[box]!;
    const loads = load * own.weightTiles[box]! * own.weightSteps[box]!;
    transfers[0][box] = (weightsAnew ? ofWeights : 0) + ofOutputs + always;
    transfers[1][box] = ofWeights + ofOutputs + always + loads;
    transfers[2][box] = ofWeights + always + loads;
    if (inputsAnew) continue;
    transfers[0][box]! += inputs * own.inputWords[0][box]!;
    transfers[2][box]! += inputs * own.inputWords[2][box]!;
    byInputs[box] = inputs * own.inputWords[1][box]!;
    unrefetched[box] = inputs * own.unrefetched[box]!;
  }
  const withInside = (t: 0 | 1 | 2) => transfers[t].map((sum, i) => sum + inside[t][i]!);
  return { transfers, still: [withInside(0), withInside(1), withInside(2)], inputs: byInputs, unrefetched };
}

/** Least sums of everything inside the tiles of `outer`. */
function insideOf(outer: BoxLevel, own: BoxLevel, base: Base, reach: Reach, into: Into): Inside {
  const { stillWeights: weights, outputs, rules } = into;
  const { within, same } = reach;
  const least = (grid: Grid, dims: readonly number[], map: Reach['within']) =>
    minimizeInside(grid, outer.dims, dims, map, false);
  const grid = (values: Float64Array) => gridOf(own.dims, values);
  const continueRun = (source: Float64Array, tensor: 0 | 1 | 2) =>
    least(least(grid(source), IRRELEVANT_DIMS[tensor], within), RELEVANT_DIMS[tensor]!, same).values;
  const weightsStill = least(grid(base.still[WEIGHTS]), ALL_DIMS, within).values;
  const outputsStill = least(grid(base.still[OUTPUTS]), ALL_DIMS, within).values;
  const overK = minimizeOverK(grid(base.still[INPUTS]), base.inputs, own, outer, within, false);
  const inputsStill = least(overK, RELEVANT_DIMS[INPUTS]!, within).values;
  const free = weightsStill.map((sum, i) =>
    Math.min(
      sum + weights * outer.stillWeights[i]! + stillLoad(into, outer, i) * outer.weightSteps[i]!,
      inputsStill[i]!,
      outputsStill[i]! + outputsPrice(rules, outputs, outer.stillOutputs[i]!, outer.outputSteps[i]!),
    ),
  );
  const unrefetched = base.still[INPUTS].map((sum, i) => sum + base.unrefetched[i]!);
  const continuedWeights = continueRun(base.still[WEIGHTS], WEIGHTS);
  const continuedInputs = continueRun(unrefetched, INPUTS);
  const continuedOutputs = continueRun(base.still[OUTPUTS], OUTPUTS);
  return [
    free.map((sum, i) => Math.min(sum, continuedWeights[i]! + weights + stillLoad(into, outer, i))),
    free.map((sum, i) => Math.min(sum, continuedInputs[i]!)),
    free.map((sum, i) => Math.min(sum, continuedOutputs[i]! + outputs)),
  ];
}

/** [tensor][box]: least sums of the transfers into `own` and further out, by the tensor that stands still through the loops above. */
function aboveOf(
  outer: BoxLevel,
  own: BoxLevel,
  base: Base,
  above: readonly Float64Array[],
  reach: Reach,
  into: Into,
): Float64Array[] {
  const { stillWeights: weights, outputs, rules, load } = into;
  const { within, same } = reach;
  const least = (grid: Grid, dims: readonly number[], map: Reach['within']) =>
    minimizeInside(grid, own.dims, dims, map, true);
  const grid = (values: Float64Array) => gridOf(outer.dims, values);
  const any = above[0]!.map((sum, i) => Math.min(sum, above[1]![i]!, above[2]![i]!));
  const continueRun = (tensor: 0 | 1 | 2) =>
    least(least(grid(above[tensor]!), IRRELEVANT_DIMS[tensor], within), RELEVANT_DIMS[tensor]!, same).values;
  const withWeights = grid(
    any.map((sum, i) => sum + weights * outer.stillWeights[i]! + stillLoad(into, outer, i) * outer.weightSteps[i]!),
  );
  const withOutputs = grid(
    any.map((sum, i) => sum + outputsPrice(rules, outputs, outer.stillOutputs[i]!, outer.outputSteps[i]!)),
  );
  const weightsStill = least(withWeights, ALL_DIMS, within).values;
  const outputsStill = least(withOutputs, ALL_DIMS, within).values;
  const others = least(grid(any), RELEVANT_DIMS[INPUTS]!, within);
  const inputsStill = minimizeOverK(others, base.inputs, own, outer, within, true).values;
  const continued = [continueRun(WEIGHTS), continueRun(INPUTS), continueRun(OUTPUTS)];
  const { transfers, unrefetched } = base;
  return [
    weightsStill.map(
      (sum, i) => transfers[0][i]! + Math.min(sum, continued[0]![i]! + weights + load * own.weightTiles[i]!),
    ),
    inputsStill.map((sum, i) => transfers[1][i]! + Math.min(sum, continued[1]![i]! + unrefetched[i]!)),
    outputsStill.map((sum, i) => transfers[2][i]! + Math.min(sum, continued[2]![i]! + outputs)),
  ];
}

/** Bounds the objective by the tiles of the outermost level on chip. */
function boundOutermost(
  placement: BoxedPlacement,
  own: BoxLevel,
  passes: readonly Pass[],
  incumbent: Incumbent,
): { bound: number; isAlive: Uint8Array; above: Float64Array[][]; cycles: number; computeCycles: number } {
  const isAlive = new Uint8Array(own.size);
  const { weightsAnew } = transferRules(placement.model, placement.keep, 1);
  const none = () => new Float64Array(own.size).fill(Number.POSITIVE_INFINITY);
  const above = passes.map(() => [none(), none(), none()]);
  let bound = Number.POSITIVE_INFINITY;
  let leastCycles = Number.POSITIVE_INFINITY;
  let computeCycles = Number.POSITIVE_INFINITY;
  for (let box = 0; box < own.size; box++) {
    if (own.fits[box] === 0) continue;
    const ofK = own.refetches[1][box]!;
    const cycles = Math.max(placement.computeCycles, own.cycles[box]!);
    for (const t of [WEIGHTS, INPUTS, OUTPUTS] as const) {
      const stillOf = ({ flow, bases }: Pass) =>
        t === INPUTS
          ? bases[1]!.inputs[box]! / ofK
          : t === WEIGHTS
            ? (weightsAnew ? 0 : flow.prices.perTraffic[TENSOR_COUNT]!) +
              (flow.loadsInto === 1 ? flow.perLoad * own.weightTiles[box]! : 0)
            : flow.prices.perTraffic[TENSOR_COUNT + t]!;
      let needed = cycles;
      for (let f = 1; f < passes.length; f++) {
        const pass = passes[f]!;
        needed = Math.max(needed, cyclesBeside(pass.flow, pass.bases[1]!.still[t]![box]! + stillOf(pass), cycles));
      }
      const energy = passes[0]!;
      const value = incumbent.bound(energy.flow.fixed + energy.bases[1]!.still[t]![box]! + stillOf(energy), needed);
      bound = Math.min(bound, value);
      if (!incumbent.isBetter(value)) continue;
      isAlive[box] = 1;
      leastCycles = Math.min(leastCycles, needed);
      computeCycles = Math.min(computeCycles, cycles);
      passes.forEach((pass, f) => {
        above[f]![t]![box] = pass.bases[1]!.transfers[t]![box]! + stillOf(pass);
      });
    }
  }
  return { bound, isAlive, above, cycles: leastCycles, computeCycles };
}

/** Least cycles of a flow for what it adds up to besides the fixed. */
function cyclesBeside(flow: Flow, sum: number, computeCycles: number): number {
  return flowCycles(flow, flow.fixed + sum, computeCycles);
}

/** Drops the intervals that no box alive needs. */
function restrict(boxes: ExtentBoxes, levels: readonly BoxLevel[], isAlive: readonly Uint8Array[]): ExtentBoxes | null {
  const kept: (readonly { first: Uint16Array; last: Uint16Array }[])[] = [[]];
  for (let level = 1; level < levels.length; level++) {
    const { dims, size } = levels[level]!;
    const used = dims.map(({ first }) => new Uint8Array(first.length));
    let any = false;
    for (let box = 0; box < size; box++) {
      if (isAlive[level]![box] === 0) continue;
      any = true;
      let rest = box;
      for (let d = 0; d < DIM_COUNT; d++) {
        const count = dims[d]!.first.length;
        used[d]![rest % count] = 1;
        rest = Math.floor(rest / count);
      }
    }
    if (!any) return null;
    kept[level] = boxes[level]!.map(({ first, last }, d) =>
      intervalsOf(Array.from(first, (from, i) => [from, last[i]!]).filter((_, i) => used[d]![i] === 1)),
    );
  }
  return kept;
}
