import { DIM_COUNT, G, INPUTS, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../../cost/kernel/model.ts';
import type { BoundHeap } from '../bounds/bound-heap.ts';
import type { Incumbent } from '../bounds/incumbent.ts';
import type { JointBound } from '../bounds/joint-bound.ts';
import { type RunBounds, RunTable } from '../bounds/run-bounds.ts';
import { inputWordPrice } from '../bounds/tile-bounds.ts';
import { type TransferRules, transferRules } from '../bounds/transfer-rules.ts';
import type { CompiledPlacement } from '../placements/placement-compiler.ts';
import { IRRELEVANT } from '../space/loop-orders.ts';
import { loopingDims } from '../tiles/tile-lattice.ts';
import { InnermostWords } from './innermost-words.ts';
import { type NestCycles, type Run, refetchesOf } from './nest-cycles.ts';
import { OrderWords } from './order-words.ts';
import type { Depth } from './partial-nest.ts';

/** Work of a child that its energy alone cuts, as a share of that of one that is measured. */
const LISTED_WORK = 1 / 16;

/** Bounds the tiles that the next level can have under a tile, before the order of the loops between them is known. */
export class NestChildren {
  /** Tighter bounds than those of the placement, once they are made. */
  runs: RunBounds | null = null;
  /** Transfers into the level under way, but for those of a tensor that stands still, plus everything inside: by the tensor, or by the run above. */
  readonly #base = [new RunTable(), new RunTable(), new RunTable()] as const;
  readonly #continuedBase = new RunTable();
  readonly #placement: CompiledPlacement;
  readonly #incumbent: Incumbent;
  readonly #joint: JointBound;
  readonly #depths: readonly Depth[];
  readonly #cycles: NestCycles;
  /** [level]: room for {@link NestChildren.#list}. */
  readonly #points: Int32Array[] = [];
  #count = 0;
  /** [level] */
  readonly #rules: readonly TransferRules[];
  readonly #words: InnermostWords[];
  readonly #orders: OrderWords[];
  /** The level under way, what is known above it, and the refetches of Weights and Outputs when they stand still through its loops. */
  #inner = 0;
  #depth: Depth;
  #stationary = -1;
  #continuedTraffic = 0;
  /** What stands still through the level's loops: each of the tensors, or the one that did above. */
  readonly #ofWeights = runOf(WEIGHTS);
  readonly #ofInputs = runOf(INPUTS);
  readonly #ofOutputs = runOf(OUTPUTS);
  readonly #goingOn = runOf(-1);
  #outerWeights = 0;
  #outerOutputs = 0;
  #openCycles = 0;
  /** Whether Outputs may stand still through the loops of the level under way alone: nothing further out sums them. */
  #canStillOutputs = true;

  constructor(
    placement: CompiledPlacement,
    incumbent: Incumbent,
    joint: JointBound,
    depths: readonly Depth[],
    cycles: NestCycles,
  ) {
    const { model, lattice, tiles, keep } = placement;
    this.#placement = placement;
    this.#incumbent = incumbent;
    this.#joint = joint;
    this.#depths = depths;
    this.#depth = depths[0]!;
    this.#cycles = cycles;
    this.#rules = Array.from(keep, (_, level) => transferRules(model, keep, level));
    this.#words = tiles.map((own, level) => new InnermostWords(model, lattice, own, this.#rules[level]!.inputsAnew));
    this.#orders = tiles.map((_, inner) => new OrderWords(placement, depths, inner));
  }

  /** Puts the children of a level's tile that may be better than the incumbent into the heap. */
  open(level: number, heap: BoundHeap): void {
    const { model, lattice, costs, bounds, tiles } = this.#placement;
    const { refetches } = lattice;
    const incumbent = this.#incumbent;
    const joint = this.#joint;
    const inner = level + 1;
    const depth = this.#depths[level]!;
    const outerPoint = depth.point;
    const [weightBase, inputBase, outputBase] = this.#base;
    const inputsPj = bounds.inputs[inner]!;
    const leastInputsPj = bounds.leastInputs[inner]!;
    const at = inner * TENSOR_COUNT;
    const stationary = level > 0 ? depth.stationary : -1;
    this.#inner = inner;
    this.#depth = depth;
    this.#stationary = stationary;
    this.#continuedTraffic = stationary === WEIGHTS ? depth.weightRefetches : depth.outputRefetches;
    this.#outerWeights = tiles[inner]!.stillWeights[outerPoint]!;
    this.#outerOutputs = tiles[inner]!.stillOutputs[outerPoint]!;
    this.#openCycles = this.#cycles.open(depth, level);
    this.#goingOn.stationary = stationary;
    this.#goingOn.inputSteps = depth.inputSteps;
    this.#ofInputs.inputSteps = refetches[1][outerPoint]!;
    this.#goingOn.weightRefetches = depth.weightRefetches;
    this.#goingOn.outputSteps = depth.outputSteps;
    this.#ofWeights.weightRefetches = this.#outerWeights;
    this.#ofWeights.weightSteps = refetches[WEIGHTS][outerPoint]!;
    this.#ofOutputs.outputRefetches = this.#outerOutputs;
    this.#ofOutputs.outputSteps = refetches[OUTPUTS][outerPoint]!;
    const { weightsAnew, inputsAnew } = this.#rules[inner]!;
    const isReturning = (steps: number) => this.#rules[inner]!.bansSpill && steps > 1;
    this.#canStillOutputs = !isReturning(refetches[OUTPUTS][outerPoint]!);
    const canGoOn = stationary >= 0 && !(stationary === OUTPUTS && isReturning(depth.outputSteps));
    const weightsStill = weightsAnew ? 0 : costs.perTraffic[at + WEIGHTS]! * this.#outerWeights;
    const outputsStill = this.#canStillOutputs
      ? costs.perTraffic[at + OUTPUTS]! * this.#outerOutputs
      : Number.POSITIVE_INFINITY;
    const stepsOfK = refetches[1][outerPoint]!;
    const { unrefetched, shareRatios } = tiles[inner]!;
    const words = this.#words[inner]!;
    const order = this.#orders[inner]!;
    const isPerfect = lattice.factors === 'perfect';
    const hasOrders = isPerfect && !model.isTimeloop && !inputsAnew && costs.perTraffic[at + INPUTS]! > 0;
    this.#setBases();
    const points = this.#list(level);
    const count = this.#count;
    heap.clear();
    let measured = 0;
    for (let child = 0; child < count; child++) {
      const point = points[child]!;
      const ofWeights = weightBase.at(point);
      const ofOutputs = outputBase.at(point);
      if (ofOutputs === Number.POSITIVE_INFINITY && ofWeights === Number.POSITIVE_INFINITY) continue;
      const share = stepsOfK / refetches[1][point]!;
      let leastPj = Math.min(
        ofWeights + weightsStill,
        inputBase.at(point) + Math.max(inputsPj[point]! * share, leastInputsPj[point]!),
        ofOutputs + outputsStill,
      );
      let canContinue = canGoOn && this.#isContinued(stationary, outerPoint, point);
      if (canContinue) leastPj = Math.min(leastPj, this.#continuedPj(point, unrefetched[point]!));
      if (!joint.isBetter(incumbent.bound(depth.energyPj + leastPj, this.#openCycles))) continue;

      measured++;
      const active = loopingDims(lattice, outerPoint, point);
      if (isPerfect && stationary >= 0 && (active & ~IRRELEVANT[stationary]!) !== 0) canContinue = false;
      this.#cycles.inputReads = shareRatios === null ? 1 : shareRatios[point]!;
      words.measure(point, active, share);
      let bound = this.#bound(point, active, canContinue, words, unrefetched[point]!);
      if (!joint.isBetter(bound)) continue;
      if (hasOrders) {
        order.measure(point, active);
        words.refine(order, active, share);
        bound = this.#bound(
          point,
          active,
          canContinue,
          words,
          Math.max(unrefetched[point]!, order.least - order.padding),
        );
        if (!joint.isBetter(bound)) continue;
      }
      heap.push(point, bound);
    }
    incumbent.counts.nodes += count;
    incumbent.addWork((count - measured) * (LISTED_WORK - 1));
    incumbent.counts.cut += count - heap.size;
  }

  /** Takes the tables of the level under way for the refetches that each run would have. */
  #setBases(): void {
    const { runs } = this;
    const tables = this.#placement.bounds.base[this.#inner]!;
    const ofRun = [this.#ofWeights, this.#ofInputs, this.#ofOutputs];
    for (const [t, base] of this.#base.entries())
      if (runs === null) base.setPlain(tables[t as 0 | 1 | 2]);
      else base.set(runs.refetches[t as 0 | 1 | 2], runs.base[this.#inner]![t]!, refetchesOf(ofRun[t]!));
    if (this.#stationary < 0) return;
    const stationary = this.#stationary as 0 | 1 | 2;
    if (runs === null) this.#continuedBase.setPlain(tables[stationary]);
    else
      this.#continuedBase.set(
        runs.refetches[stationary],
        runs.base[this.#inner]![stationary]!,
        refetchesOf(this.#depth),
      );
  }

  /** Bound of the objective over the classes of orders. @param inputs least words of Inputs when their run goes on */
  #bound(point: number, active: number, canContinue: boolean, words: InnermostWords, inputs: number): number {
    const { costs, tiles, lattice } = this.#placement;
    const [weightBase, inputBase, outputBase] = this.#base;
    const at = this.#inner * TENSOR_COUNT;
    const own = tiles[this.#inner]!;
    const wordPj = inputWordPrice(costs, own, this.#inner, point);
    const w = (this.#rules[this.#inner]!.weightsAnew ? lattice : own).refetches[0][point]!;
    const o = own.refetches[2][point]!;
    const stationary = this.#stationary;
    const steps = lattice.refetches[WEIGHTS][point]!;
    this.#ofInputs.weightSteps = this.#ofOutputs.weightSteps = steps;
    this.#goingOn.weightSteps = stationary === WEIGHTS ? this.#depth.weightSteps : steps;
    this.#ofWeights.outputRefetches = this.#ofInputs.outputRefetches = o;
    this.#goingOn.outputRefetches = stationary === OUTPUTS ? this.#depth.outputRefetches : o;
    const { weightsAnew, inputsAnew } = this.#rules[this.#inner]!;
    const weightsStill = weightsAnew ? w : this.#outerWeights;
    let bound = Number.POSITIVE_INFINITY;
    // Without loops the run above goes on; without loops irrelevant to a tensor it does not stand still.
    if (active !== 0 || stationary < 0) {
      if (words.weights < Number.POSITIVE_INFINITY) {
        const pj =
          weightBase.at(point) +
          (weightsAnew ? 0 : costs.perTraffic[at + WEIGHTS]! * weightsStill) +
          (inputsAnew ? 0 : wordPj * (words.weights - own.inputWords[0][point]!));
        bound = this.#withTraffic(point, pj, weightsStill, words.weights, o, this.#ofWeights);
      }
      const behindInputs = active === 1 << G ? words.full : words.inputs;
      if (behindInputs < Number.POSITIVE_INFINITY)
        bound = Math.min(
          bound,
          this.#withTraffic(
            point,
            inputBase.at(point) + (inputsAnew ? 0 : wordPj * behindInputs),
            w,
            behindInputs,
            o,
            this.#ofInputs,
          ),
        );
      if (words.outputs < Number.POSITIVE_INFINITY && this.#canStillOutputs) {
        const pj =
          outputBase.at(point) +
          costs.perTraffic[at + OUTPUTS]! * this.#outerOutputs +
          (inputsAnew ? 0 : wordPj * (words.outputs - own.inputWords[2][point]!));
        bound = Math.min(bound, this.#withTraffic(point, pj, w, words.outputs, this.#outerOutputs, this.#ofOutputs));
      }
    }
    if (!canContinue) return bound;
    if (stationary === INPUTS)
      return Math.min(
        bound,
        this.#withTraffic(
          point,
          this.#continuedPj(point, inputs),
          w,
          inputsAnew ? words.full : inputs,
          o,
          this.#goingOn,
        ),
      );
    const isWeights = stationary === WEIGHTS;
    const continuedInputs = isWeights ? words.weights : words.outputs;
    const pj =
      this.#continuedPj(point, 0) +
      (inputsAnew ? 0 : wordPj * (continuedInputs - own.inputWords[stationary as 0 | 2][point]!));
    return Math.min(
      bound,
      this.#withTraffic(
        point,
        pj,
        isWeights && !weightsAnew ? this.#continuedTraffic : w,
        continuedInputs,
        isWeights ? o : this.#continuedTraffic,
        this.#goingOn,
      ),
    );
  }

  /** Energy when the run of the stationary tensor goes on; `inputs`: words of Inputs if these are that tensor. */
  #continuedPj(point: number, inputs: number): number {
    const { costs, tiles } = this.#placement;
    const stationary = this.#stationary as 0 | 1 | 2;
    const { weightsAnew, inputsAnew } = this.#rules[this.#inner]!;
    const base = this.#continuedBase.at(point);
    if ((stationary === WEIGHTS && weightsAnew) || (stationary === INPUTS && inputsAnew)) return base;
    return (
      base +
      (stationary === INPUTS
        ? inputWordPrice(costs, tiles[this.#inner]!, this.#inner, point) * inputs
        : costs.perTraffic[this.#inner * TENSOR_COUNT + stationary]! * this.#continuedTraffic)
    );
  }

  /** Bound of the objective with an energy and the traffic into the level. */
  #withTraffic(point: number, pj: number, weights: number, inputs: number, outputs: number, run: Run): number {
    const energyPj = this.#depth.energyPj + pj;
    const bound = this.#incumbent.bound(energyPj, this.#openCycles);
    if (this.#cycles.flows.length === 0 || !this.#joint.isBetter(bound)) return bound;
    const cycles = this.#cycles.withTraffic(this.#depth, this.#inner, point, weights, inputs, outputs, run);
    return this.#joint.of(energyPj, cycles, this.#cycles.joint);
  }

  /** Whether all loops between two tiles are irrelevant to the tensor that stands still above them. */
  #isContinued(stationary: number, outerPoint: number, point: number): boolean {
    const { refetches } = this.#placement.lattice;
    for (let t = 0; t < TENSOR_COUNT; t++)
      if (t !== stationary && refetches[t as 0 | 1 | 2][outerPoint] !== refetches[t as 0 | 1 | 2][point]) return false;
    return true;
  }

  /** Points that the loops of a level can lead to from its tile. */
  #list(level: number): Int32Array {
    const { lattice, innerValues } = this.#placement;
    const { activeDims, strides, digits, size } = lattice;
    const points = this.#points[level] ?? new Int32Array(size);
    this.#points[level] = points;
    const outer = this.#depths[level]!.point * DIM_COUNT;
    points[0] = 0;
    let count = 1;
    for (const d of activeDims) {
      const places = innerValues[level]![d]![digits[outer + d]!]!;
      const stride = strides[d]!;
      for (let k = places.length - 1; k >= 0; k--) {
        const offset = places[k]! * stride;
        for (let i = 0; i < count; i++) points[k * count + i] = points[i]! + offset;
      }
      count *= places.length;
    }
    this.#count = count;
    return points;
  }
}

/** A run of a tensor with figures to be set. */
function runOf(stationary: number) {
  return { stationary, weightRefetches: 1, weightSteps: 1, outputRefetches: 1, outputSteps: 1, inputSteps: 1 };
}
