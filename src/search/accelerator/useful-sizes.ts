import type { ArrayDimension } from '../../accelerator/accelerator.ts';
import { product } from '../../util/integers.ts';
import { DIMS, type Dim } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { macCount } from '../../workload/problem.ts';
import { ARRAY_STEP, PE_STEP, sizeAims } from './array-shape.ts';
import type { PreparedNetwork } from './network-score.ts';

/** Worth of an e-fold of distance from the aimed sizes, in e-folds of utilization. Below 1, so that sizes nobody fills never win. */
const SHAPE_WEIGHT = 0.5;
/**
 * Worth of an e-fold of PEs fewer than aimed at, beside that, as they are throughput lost: an array of 168 that most layers fill to three quarters does
 * more than one of 128 that all fill. Both together just below 1, so that arrays nobody fills still shrink.
 */
const SHORTFALL_WEIGHT = 0.49;

/** A layer with its share of the work. */
interface WeightedLayer {
  readonly layer: LayerShape;
  readonly weight: number;
}

/** One size of an axis. */
interface UsefulSize {
  readonly size: number;
  /** Per layer, PEs along the axis for each that works: size / largest divisor of the product of the axis' dims that fits; >= 1. */
  readonly idle: Float64Array;
}

/**
 * Array sizes that the layers of networks can use with perfect factors. An axis is filled by loops whose bounds divide the dims, so at most the largest
 * divisor of the product of its dims that fits works: of an axis of 72 over 256 channels only 64. NAAS (DAC 2021) takes any even size.
 *
 * Counts per set of dims are made once and kept.
 */
export class UsefulSizes {
  readonly #layers: readonly WeightedLayer[];
  readonly #mostPes: number;
  readonly #byDims = new Map<string, readonly UsefulSize[]>();

  /** @param mostProcessingElements PEs of the budget, at least 8 */
  constructor(networks: readonly PreparedNetwork[], mostProcessingElements: number) {
    this.#mostPes = mostProcessingElements;
    this.#layers = networks.flatMap(({ layers }) => {
      const macs = layers.map(({ layer, repeat }) => repeat * macCount(layer.problem));
      const total = macs.reduce((sum, count) => sum + count, 0);
      return layers.map(({ layer }, i) => ({ layer, weight: macs[i]! / total / networks.length }));
    });
  }

  /**
   * Even sizes of an axis that some layer uses more of than of the next smaller even one, ascending; 2 is always one.
   */
  sizesOf(axis: Pick<ArrayDimension, 'parallelDims'>): readonly number[] {
    return this.#usefulSizes(axis.parallelDims).map(({ size }) => size);
  }

  /**
   * Useful sizes near those that the weights aim at (see `arraySizes`): of all arrays within the budget whose PEs are a multiple of 8, the one with the
   * best utilization less half the distance from the aims (sum of |ln(size / aim)|, against ln utilization) and less 0.49 of what the array falls short of
   * the PEs aimed at. Sizes that come out come out again from their own weights and product.
   * @param wiring parallel dims of the axes
   */
  nearest(processingElements: number, weights: readonly number[], wiring: readonly ArrayDimension['parallelDims'][]) {
    const aims = sizeAims(processingElements, weights).map(Math.log);
    const axes = wiring.map((dims, i) =>
      this.#usefulSizes(dims)
        .map((useful) => ({ ...useful, distance: Math.abs(Math.log(useful.size) - aims[i]!) }))
        .sort((a, b) => a.distance - b.distance || a.size - b.size),
    );
    const most = this.#layers.map(({ layer }) => mostParallel(layer, wiring));
    let best = wiring.map(() => ARRAY_STEP);
    let bestScore = -Infinity;
    const visit = (chosen: readonly UsefulSize[], pes: number, distance: number): void => {
      const axis = axes[chosen.length];
      if (axis === undefined) {
        if (pes % PE_STEP !== 0) return;
        const shortfall = Math.max(0, Math.log(processingElements / pes));
        const score =
          Math.log(this.#utilization(chosen, pes, most)) - SHAPE_WEIGHT * distance - SHORTFALL_WEIGHT * shortfall;
        if (score <= bestScore + 1e-12) return;
        bestScore = score;
        best = chosen.map(({ size }) => size);
        return;
      }
      for (const useful of axis) {
        const total = distance + useful.distance;
        if (-SHAPE_WEIGHT * total <= bestScore + 1e-12) return;
        if (pes * useful.size <= this.#mostPes) visit([...chosen, useful], pes * useful.size, total);
      }
    };
    visit([], 1, 0);
    return bestScore === -Infinity ? undefined : best;
  }

  /** Share of the PEs that work, averaged over the time that the MACs take. */
  #utilization(chosen: readonly UsefulSize[], pes: number, most: readonly number[]): number {
    let time = 0;
    this.#layers.forEach(({ weight }, i) => {
      const idle = product(chosen.map((useful) => useful.idle[i]!));
      time += weight * Math.max(idle, pes / most[i]!);
    });
    return 1 / time;
  }

  #usefulSizes(parallelDims: ArrayDimension['parallelDims']): readonly UsefulSize[] {
    const dims = parallelDims === 'any' ? DIMS : parallelDims;
    const key = [...dims].sort().join(' ');
    const known = this.#byDims.get(key);
    if (known !== undefined) return known;
    const bounds = this.#layers.map(({ layer }) => iterations(layer, dims));
    const used = bounds.map(() => 1);
    const sizes: UsefulSize[] = [];
    for (let size = ARRAY_STEP; size <= this.#mostPes; size += ARRAY_STEP) {
      let isUseful = size === ARRAY_STEP;
      bounds.forEach((bound, i) => {
        const divisor = bound % size === 0 ? size : bound % (size - 1) === 0 ? size - 1 : 0;
        if (divisor <= used[i]!) return;
        used[i] = divisor;
        isUseful = true;
      });
      if (isUseful) sizes.push({ size, idle: Float64Array.from(used, (one) => size / one) });
    }
    this.#byDims.set(key, sizes);
    return sizes;
  }
}

function iterations({ problem }: LayerShape, dims: readonly Dim[]): number {
  return product(dims.map((dim) => problem.bounds[dim]));
}

/** Iterations of all dims that some axis is wired for. */
function mostParallel(layer: LayerShape, wiring: readonly ArrayDimension['parallelDims'][]): number {
  return iterations(
    layer,
    DIMS.filter((dim) => wiring.some((dims) => dims === 'any' || dims.includes(dim))),
  );
}
