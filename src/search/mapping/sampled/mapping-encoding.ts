import type { Accelerator, ArrayDimension } from '../../../accelerator/accelerator.ts';
import {
  emptyPackedMapping,
  type PackedLayout,
  type PackedMapping,
  packedLayout,
} from '../../../cost/packed-mapping.ts';
import type { LevelConstraint, MappingConstraints } from '../../../mapping/constraints.ts';
import { mayKeep, mustKeep } from '../../../mapping/homes.ts';
import type { Dimension, Point, Space } from '../../../optimizers/space.ts';
import { ceilDiv, divisors, product } from '../../../util/integers.ts';
import { DIMS, type Dim, TENSORS, type TensorName } from '../../../util/vocabulary.ts';
import type { LayerShape } from '../../../workload/network.ts';

/** One loop bound that the vector decides, or that a constraint fixes. */
interface FactorSlot {
  readonly dim: number;
  readonly level: number;
  /** Index of the array dimension of a spatial loop; -1 for a temporal one. */
  readonly array: number;
  readonly fixed: number | undefined;
  /** Index of the ratio in the point; -1 when fixed. */
  readonly gene: number;
  /** Where the level's bounds of the dim have a fixed product: its place in `totals`; -1 otherwise. */
  readonly total: number;
}

interface OrderGene {
  readonly level: number;
  /** Index of the permutation in the point; -1 when fewer than two dims are free to move. */
  readonly gene: number;
  /** Dims that the permutation orders; they lie outside `suffix`. */
  readonly dims: readonly number[];
  readonly suffix: readonly number[];
}

interface KeepGene {
  readonly level: number;
  readonly tensor: number;
  readonly gene: number;
}

/**
 * The vector form of mappings that NAAS searches (paper-naas, "Encoding"): per level the order of its loops, by importance (sorted
 * decreasing, the most important loop outermost) or by index; per dim and level a tile as a ratio of what is left of the dim; per
 * array dimension and parallel dim a ratio; per tensor that may bypass a level one bit. Ratios pick a divisor (perfect factors) or a
 * bound on a logarithmic scale (imperfect). What is left of each dim becomes its outermost temporal loop.
 */
export interface MappingEncoding {
  readonly space: Space;
  readonly layout: PackedLayout;
  /** Writes the mapping of a point into `packed`; always well formed, not always legal (capacity). Allocates nothing per call but the order. */
  readonly decode: (point: Point, packed: PackedMapping) => void;
  readonly emptyMapping: () => PackedMapping;
}

/** Options of {@link mappingEncoding}. */
export interface MappingEncodingOptions {
  readonly factors: 'perfect' | 'imperfect';
  readonly orders: 'importance' | 'index';
  readonly constraints: MappingConstraints;
}

/** Builds the encoding of one layer's mapspace on an accelerator. */
export function mappingEncoding(
  layer: LayerShape,
  accelerator: Accelerator,
  options: MappingEncodingOptions,
): MappingEncoding {
  const layout = packedLayout(layer.problem, accelerator);
  const space: Dimension[] = [];
  const gene = (dimension: Dimension): number => space.push(dimension) - 1;
  const bounds = DIMS.map((dim) => layer.problem.bounds[dim]);
  const active = DIMS.flatMap((dim, index) => (layer.problem.bounds[dim] > 1 ? [{ dim, index }] : []));
  const totals: number[] = [];
  const slots = factorSlots(accelerator, options, active, gene, totals);
  const restOfTotals = new Float64Array(totals.length);
  const orders = orderGenes(accelerator, options, active, gene);
  const keeps = keepGenes(layer, accelerator, options.constraints, gene);
  if (space.length === 0) gene({ kind: 'categorical', name: 'nothing to decide', choices: 1 });
  const fixedKeep = accelerator.levels.map((level, index) => {
    const exact = options.constraints.levels[index]?.keep;
    const isKept = (tensor: TensorName) => exact?.includes(tensor) ?? mustKeep(layer, level, index, tensor);
    return TENSORS.reduce((mask, tensor, t) => (isKept(tensor) || index === 0 ? mask | (1 << t) : mask), 0);
  });
  const divisorsOf = new Map<number, number[]>();
  const steps = new Float64Array(DIMS.length);
  const used = new Float64Array(layout.levelCount * layout.arrayCount);
  const arraySizes = accelerator.levels.map((level) => level.fanOut.dimensions.map((dimension) => dimension.size));
  return { space, layout, decode, emptyMapping: () => emptyPackedMapping(layout) };

  function decode(point: Point, packed: PackedMapping): void {
    packed.temporal.fill(1);
    packed.spatial.fill(1);
    steps.fill(1);
    used.fill(1);
    restOfTotals.set(totals);
    for (const slot of slots) {
      const { dim, level, array } = slot;
      const left = options.factors === 'perfect' ? bounds[dim]! / steps[dim]! : ceilDiv(bounds[dim]!, steps[dim]!);
      const place = level * layout.arrayCount + array;
      const most = array < 0 ? left : Math.floor(arraySizes[level]![array]! / used[place]!);
      const ratio = numberAt(point, slot.gene);
      const bound =
        slot.fixed ?? (slot.total < 0 ? chosenBound(left, Math.min(left, most), ratio) : part(slot, most, ratio));
      steps[dim]! *= bound;
      if (array < 0) packed.temporal[level * DIMS.length + dim] = bound;
      else {
        used[place]! *= bound;
        packed.spatial[place * DIMS.length + dim] = bound;
      }
    }
    for (const { index } of active)
      packed.temporal[index] =
        options.factors === 'perfect' ? bounds[index]! / steps[index]! : ceilDiv(bounds[index]!, steps[index]!);
    for (const order of orders) writeOrder(order, point, packed);
    for (let level = 0; level < layout.levelCount; level++) packed.keep[level] = fixedKeep[level]!;
    for (const { level, tensor, gene: at } of keeps) if (numberAt(point, at) === 1) packed.keep[level]! |= 1 << tensor;
  }

  /** A divisor of what is left of a fixed product; the last slot of the product takes all of it. */
  function part({ gene: at, total }: FactorSlot, most: number, ratio: number): number {
    const rest = restOfTotals[total]!;
    const bound = at < 0 ? rest : chosenDivisor(rest, most, ratio);
    restOfTotals[total] = rest / bound;
    return bound;
  }

  function chosenBound(left: number, most: number, ratio: number): number {
    if (most <= 1) return 1;
    if (options.factors === 'imperfect') return Math.max(1, Math.min(most, Math.round(most ** ratio)));
    return chosenDivisor(left, most, ratio);
  }

  function chosenDivisor(left: number, most: number, ratio: number): number {
    let all = divisorsOf.get(left);
    if (all === undefined) {
      all = divisors(left);
      divisorsOf.set(left, all);
    }
    let count = all.length;
    while (count > 1 && all[count - 1]! > most) count--;
    return all[Math.min(count - 1, Math.floor(ratio * count))]!;
  }
}

function numberAt(point: Point, gene: number): number {
  const value = point[gene];
  return typeof value === 'number' ? value : 0;
}

/**
 * Slots from the innermost level outward; spatial loops lie inside the temporal ones of their level. The outermost temporal loops take the rest.
 * @param totals gets the fixed products over several array dimensions
 */
function factorSlots(
  accelerator: Accelerator,
  options: MappingEncodingOptions,
  active: readonly { readonly dim: Dim; readonly index: number }[],
  gene: (dimension: Dimension) => number,
  totals: number[],
): FactorSlot[] {
  const slots: FactorSlot[] = [];
  for (let level = accelerator.levels.length - 1; level >= 0; level--) {
    const { name, fanOut } = accelerator.levels[level]!;
    const constraint = options.constraints.levels[level];
    const add = (
      index: number,
      array: number,
      label: string,
      how: Pick<FactorSlot, 'fixed' | 'total'>,
      isFree: boolean,
    ) => {
      const at = isFree ? gene({ kind: 'continuous', name: label, low: 0, high: 1 }) : -1;
      slots.push({ dim: index, level, array, ...how, gene: at });
    };
    const placeOfTotal = new Map<number, number>();
    // Of one dim on two array dimensions the first is outside, so the last comes first here.
    for (const [array, dimension] of [...fanOut.dimensions.entries()].reverse()) {
      if (dimension.size === 1) continue;
      for (const { dim, index } of active) {
        if (!isWired(dimension, dim)) continue;
        const fixed = constraint?.spatial?.[dimension.name]?.[dim];
        const stated = constraint?.spatialTotal?.[dim];
        const label = `${name} parallel ${dim} on ${dimension.name}`;
        if (fixed !== undefined || stated === undefined) {
          add(index, array, label, { fixed, total: -1 }, fixed === undefined);
          continue;
        }
        const free = fanOut.dimensions.filter(
          (one) => one.size > 1 && isWired(one, dim) && constraint?.spatial?.[one.name]?.[dim] === undefined,
        );
        const total = placeOfTotal.get(index) ?? totals.push(stated / fixedChildren(constraint, dim)) - 1;
        placeOfTotal.set(index, total);
        add(index, array, label, { fixed, total }, dimension !== free[0]);
      }
    }
    if (level > 0)
      for (const { dim, index } of active) {
        const fixed = constraint?.temporal?.[dim];
        add(index, -1, `${name} tile ${dim}`, { fixed, total: -1 }, fixed === undefined);
      }
  }
  return slots;
}

function isWired({ parallelDims }: ArrayDimension, dim: Dim): boolean {
  return parallelDims === 'any' || parallelDims.includes(dim);
}

/** Product of the bounds of a dim that are fixed on single array dimensions. */
function fixedChildren(constraint: LevelConstraint | undefined, dim: Dim): number {
  return product(Object.values(constraint?.spatial ?? {}).map((bounds) => bounds[dim] ?? 1));
}

function orderGenes(
  accelerator: Accelerator,
  options: MappingEncodingOptions,
  active: readonly { readonly dim: Dim; readonly index: number }[],
  gene: (dimension: Dimension) => number,
): OrderGene[] {
  return accelerator.levels.map((level, index) => {
    const suffix = (options.constraints.levels[index]?.order ?? []).map((dim) => DIMS.indexOf(dim));
    const dims = active.map((entry) => entry.index).filter((dim) => !suffix.includes(dim));
    if (dims.length < 2) return { level: index, gene: -1, dims, suffix };
    const at = gene({
      kind: 'permutation',
      name: `${level.name} order`,
      length: dims.length,
      encoding: options.orders,
    });
    return { level: index, gene: at, dims, suffix };
  });
}

/** All eight dims in order: those without a loop first, then the permuted ones, then the fixed innermost ones. */
function writeOrder({ level, gene, dims, suffix }: OrderGene, point: Point, packed: PackedMapping): void {
  const value = gene < 0 ? undefined : point[gene];
  const permutation = typeof value === 'object' ? value : dims.map((_, i) => i);
  let place = level * DIMS.length;
  for (let dim = 0; dim < DIMS.length; dim++)
    if (!dims.includes(dim) && !suffix.includes(dim)) packed.order[place++] = dim;
  for (const item of permutation) packed.order[place++] = dims[item]!;
  for (const dim of suffix) packed.order[place++] = dim;
}

function keepGenes(
  layer: LayerShape,
  accelerator: Accelerator,
  constraints: MappingConstraints,
  gene: (dimension: Dimension) => number,
): KeepGene[] {
  return accelerator.levels.flatMap((level, index) => {
    if (index === 0 || constraints.levels[index]?.keep !== undefined) return [];
    return TENSORS.flatMap((tensor, t): KeepGene[] =>
      mayKeep(layer, level, index, tensor) && !mustKeep(layer, level, index, tensor)
        ? [
            {
              level: index,
              tensor: t,
              gene: gene({ kind: 'categorical', name: `${level.name} keeps ${tensor}`, choices: 2 }),
            },
          ]
        : [],
    );
  });
}
