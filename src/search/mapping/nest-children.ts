import { DIM_COUNT, G, INPUTS, OUTPUTS, TENSOR_COUNT, WEIGHTS } from '../../cost/kernel-model.ts';
import type { BoundHeap } from './bound-heap.ts';
import type { Incumbent } from './incumbent.ts';
import { InnermostWords } from './innermost-words.ts';
import { IRRELEVANT } from './loop-orders.ts';
import type { Depth, Placement } from './nest.ts';
import type { NestCycles } from './nest-cycles.ts';
import { inputWordPj } from './tile-bounds.ts';

/** Bounds the tiles that the next level can have under a tile, before the order of the loops between them is known. */
export class NestChildren {
  readonly #placement: Placement;
  readonly #incumbent: Incumbent;
  readonly #depths: readonly Depth[];
  readonly #cycles: NestCycles;
  /** [level]: room for {@link NestChildren.#list}. */
  readonly #points: Int32Array[] = [];
  #count = 0;
  readonly #words: InnermostWords[];

  constructor(placement: Placement, incumbent: Incumbent, depths: readonly Depth[], cycles: NestCycles) {
    const { model, lattice, tiles } = placement;
    this.#placement = placement;
    this.#incumbent = incumbent;
    this.#depths = depths;
    this.#cycles = cycles;
    this.#words = tiles.map((own) => new InnermostWords(model, lattice, own));
  }

  /** Puts the children of a level's tile that may be better than the incumbent into the heap. */
  open(level: number, heap: BoundHeap): void {
    const { lattice, costs, bounds, tiles } = this.#placement;
    const { refetches } = lattice;
    const incumbent = this.#incumbent;
    const inner = level + 1;
    const depth = this.#depths[level]!;
    const outerPoint = depth.point;
    const [weightBase, inputBase, outputBase] = bounds.base[inner]!;
    const inputsPj = bounds.inputsPj[inner]!;
    const at = inner * TENSOR_COUNT;
    const outerWeights = tiles[inner]!.stillWeights[outerPoint]!;
    const outerOutputs = tiles[inner]!.stillOutputs[outerPoint]!;
    const weightsStill = costs.energyPj[at + WEIGHTS]! * outerWeights;
    const outputsStill = costs.energyPj[at + OUTPUTS]! * outerOutputs;
    const stepsOfK = refetches[1][outerPoint]!;
    const { energyPj } = depth;
    const stationary = level > 0 ? depth.stationary : -1;
    const carriedTraffic = stationary === WEIGHTS ? depth.weightRefetches : depth.outputRefetches;
    const carriedPj =
      stationary === WEIGHTS || stationary === OUTPUTS ? costs.energyPj[at + stationary]! * carriedTraffic : 0;
    const { inputWords, unrefetched, refetches: inside, shareRatios } = tiles[inner]!;
    const words = this.#words[inner]!;
    const cycles = this.#cycles.open(depth, inner);
    const isLimited = this.#cycles.limited.length > 0;
    const isPerfect = lattice.factors === 'perfect';
    const points = this.#list(level);
    const count = this.#count;
    heap.clear();
    for (let child = 0; child < count; child++) {
      const point = points[child]!;
      if (weightBase[point]! === Number.POSITIVE_INFINITY) continue;
      const share = stepsOfK / refetches[1][point]!;
      let byWeights = weightBase[point]! + weightsStill;
      let byOutputs = outputBase[point]! + outputsStill;
      let byInputs = inputBase[point]! + inputsPj[point]! * share;
      let canCarry = stationary >= 0 && this.#isCarried(stationary, outerPoint, point);
      let byCarry = Number.POSITIVE_INFINITY;
      if (canCarry)
        byCarry =
          bounds.base[inner]![stationary as 0 | 1 | 2][point]! +
          (stationary === INPUTS ? inputWordPj(costs, tiles[inner]!, inner, point) * unrefetched[point]! : carriedPj);
      let leastPj = Math.min(byWeights, byInputs, byOutputs, byCarry);
      if (!incumbent.isBetter(incumbent.bound(energyPj + leastPj, cycles))) continue;

      const active = this.#activeDims(outerPoint, point);
      if (canCarry && isPerfect && (active & ~IRRELEVANT[stationary]!) !== 0) {
        canCarry = false;
        byCarry = Number.POSITIVE_INFINITY;
      }
      words.measure(point, active, share);
      const wordPj = inputWordPj(costs, tiles[inner]!, inner, point);
      // Without loops the run above goes on; without loops irrelevant to a tensor it does not stand still.
      const isStuck = active === 0 && stationary >= 0;
      byWeights =
        isStuck || words.weights === Number.POSITIVE_INFINITY
          ? Number.POSITIVE_INFINITY
          : byWeights + wordPj * (words.weights - inputWords[0][point]!);
      byOutputs =
        isStuck || words.outputs === Number.POSITIVE_INFINITY
          ? Number.POSITIVE_INFINITY
          : byOutputs + wordPj * (words.outputs - inputWords[2][point]!);
      byInputs =
        isStuck || words.inputs === Number.POSITIVE_INFINITY
          ? Number.POSITIVE_INFINITY
          : inputBase[point]! + wordPj * words.inputs;
      if (active === 1 << G) byInputs = inputBase[point]! + wordPj * words.full;
      let carriedInputs = 0;
      if (canCarry && stationary !== INPUTS) {
        carriedInputs = stationary === WEIGHTS ? words.weights : words.outputs;
        byCarry += wordPj * (carriedInputs - inputWords[stationary as 0 | 2][point]!);
      } else if (canCarry) carriedInputs = unrefetched[point]!;
      leastPj = Math.min(byWeights, byInputs, byOutputs, byCarry);
      let bound = incumbent.bound(energyPj + leastPj, cycles);
      if (!incumbent.isBetter(bound)) continue;
      if (isLimited) {
        this.#cycles.inputReads = shareRatios === null ? 1 : shareRatios[point]!;
        const w = inside[0][point]!;
        const o = inside[2][point]!;
        bound = Math.min(
          this.#bound(depth, inner, byWeights, outerWeights, words.weights, o),
          this.#bound(depth, inner, byInputs, w, active === 1 << G ? words.full : words.inputs, o),
          this.#bound(depth, inner, byOutputs, w, words.outputs, outerOutputs),
        );
        if (canCarry)
          bound = Math.min(
            bound,
            this.#bound(
              depth,
              inner,
              byCarry,
              stationary === WEIGHTS ? carriedTraffic : w,
              carriedInputs,
              stationary === OUTPUTS ? carriedTraffic : o,
            ),
          );
        if (!incumbent.isBetter(bound)) continue;
      }
      heap.push(point, bound);
    }
    incumbent.counts.nodes += count;
    incumbent.counts.cut += count - heap.size;
  }

  /** Bound of the objective with the traffic into `inner`; infinite for an energy that is. */
  #bound(depth: Depth, inner: number, pj: number, weights: number, inputs: number, outputs: number): number {
    if (pj === Number.POSITIVE_INFINITY) return pj;
    return this.#incumbent.bound(depth.energyPj + pj, this.#cycles.withTraffic(depth, inner, weights, inputs, outputs));
  }

  /** Whether all loops between two tiles are irrelevant to the tensor that stands still above them. */
  #isCarried(stationary: number, outerPoint: number, point: number): boolean {
    const { refetches } = this.#placement.lattice;
    for (let t = 0; t < TENSOR_COUNT; t++)
      if (t !== stationary && refetches[t as 0 | 1 | 2][outerPoint] !== refetches[t as 0 | 1 | 2][point]) return false;
    return true;
  }

  /** Dims that loop between two tiles. */
  #activeDims(outerPoint: number, point: number): number {
    const { digits, activeDims } = this.#placement.lattice;
    const outer = outerPoint * DIM_COUNT;
    const own = point * DIM_COUNT;
    let active = 0;
    for (const d of activeDims) if (digits[outer + d] !== digits[own + d]) active |= 1 << d;
    return active;
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
