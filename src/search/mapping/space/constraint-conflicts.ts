import type { Accelerator, ArrayDimension, StorageLevel } from '../../../accelerator/accelerator.ts';
import type { LevelConstraint, MappingConstraints } from '../../../mapping/constraints.ts';
import { mayKeep, mustKeep, tileCapacity, wouldResume } from '../../../mapping/homes.ts';
import { tileView, tileWordBits, tileWords } from '../../../mapping/legality.ts';
import { tileBits } from '../../../mapping/tile-bits.ts';
import { ceilDiv, product } from '../../../util/integers.ts';
import { bitsText } from '../../../util/quantity-text.ts';
import { DIMS, type Dim, type PerDim, perDim, TENSORS } from '../../../util/vocabulary.ts';
import type { LayerShape } from '../../../workload/network.ts';
import type { Factors } from './spatial-choices.ts';

/** What a constraint is about: a layer on an accelerator. */
export interface ConstrainedLayer {
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  readonly factors: Factors;
  readonly constraints: MappingConstraints;
}

/** One fixed bound. */
interface FixedBound {
  readonly dim: Dim;
  readonly bound: number;
  /** For messages: `GlobalBuffer temporal`, `GlobalBuffer X`, `GlobalBuffer any`. */
  readonly where: string;
}

/**
 * Why no mapping keeps to the constraints, as far as single statements show it: kept tensors, bounds that do not fit an array or a dim, tiles
 * that cannot be held. Null where they show nothing; the search may still find that they cannot be met together.
 */
export function constraintConflict(constrained: ConstrainedLayer): string | null {
  return (
    keepConflict(constrained) ?? arrayConflict(constrained) ?? dimConflict(constrained) ?? capacityConflict(constrained)
  );
}

/** The bounds, orders and kept tensors that constraints state, level by level; empty where there are none. */
export function constraintText({ levels }: MappingConstraints, accelerator: Accelerator): string {
  return levels
    .flatMap((constraint, index) => {
      const { name } = accelerator.levels[index]!;
      const { order, keep } = constraint;
      return [
        ...fixedBounds(constraint, name).map(({ dim, bound, where }) => `${where} ${dim} ${bound}`),
        ...(order === undefined ? [] : [`${name} order ${order.join(' ')}`]),
        ...(keep === undefined ? [] : [`${name} keeps ${keep.join(', ') || 'nothing'}`]),
      ];
    })
    .join('; ');
}

function fixedBounds({ temporal = {}, spatial = {}, spatialTotal = {} }: LevelConstraint, name: string): FixedBound[] {
  const list = (bounds: Partial<PerDim<number>>, where: string) =>
    DIMS.flatMap((dim) => (bounds[dim] === undefined ? [] : [{ dim, bound: bounds[dim], where: `${name} ${where}` }]));
  return [
    ...list(temporal, 'temporal'),
    ...Object.entries(spatial).flatMap(([array, bounds]) => list(bounds, array)),
    ...list(spatialTotal, 'any'),
  ];
}

function keepConflict({ layer, accelerator, constraints }: ConstrainedLayer): string | null {
  for (const [index, level] of accelerator.levels.entries()) {
    const may = TENSORS.filter((tensor) => mayKeep(layer, level, index, tensor));
    const must = TENSORS.filter((tensor) => mustKeep(layer, level, index, tensor));
    const refused = TENSORS.find((tensor) => must.includes(tensor) && wouldResume(layer, level, index, tensor));
    if (refused !== undefined)
      return `${level.name} must keep ${refused}, but never takes partial sums of a step before back (spill: never)`;
    const homeless = index === layer.residency?.level ? must.filter((tensor) => !may.includes(tensor)) : [];
    if (homeless.length > 0) return `${level.name}, where ${homeless.join(', ')} are to stay, cannot hold them`;
    const keep = constraints.levels[index]?.keep;
    if (keep === undefined) continue;
    const stated = `the constraints keep ${keep.join(', ') || 'nothing'} at ${level.name}`;
    const foreign = keep.filter((tensor) => !level.mayKeep.includes(tensor));
    if (foreign.length > 0) return `${stated}, which cannot hold ${foreign.join(', ')}`;
    const outside = keep.filter((tensor) => !may.includes(tensor));
    if (outside.some((tensor) => wouldResume(layer, level, index, tensor)))
      return `${stated}, which never takes partial sums of a step before back (spill: never)`;
    if (outside.length > 0)
      return `${stated}, but ${outside.join(', ')} stay at ${accelerator.levels[layer.residency!.level]!.name}`;
    const missing = must.filter((tensor) => !keep.includes(tensor));
    if (missing.length > 0) return `${stated}, which must keep ${missing.join(', ')} too`;
  }
  return null;
}

/** Bounds that an array has no children for. */
function arrayConflict({ accelerator, constraints }: ConstrainedLayer): string | null {
  for (const [index, { name, fanOut }] of accelerator.levels.entries()) {
    const { spatial = {}, spatialTotal = {} } = constraints.levels[index] ?? {};
    for (const dimension of fanOut.dimensions) {
      const own = Object.entries(spatial[dimension.name] ?? {}).filter(([, bound]) => bound > 1);
      const needed = product(own.map(([, bound]) => bound));
      if (needed > dimension.size)
        return `${boundsText(own)} on ${dimension.name} of ${name} ${own.length > 1 ? `need ${needed} children` : 'does not fit'}: it has ${dimension.size}`;
    }
    const totals = Object.entries(spatialTotal).filter(([, bound]) => bound > 1);
    const needed = product(totals.map(([, bound]) => bound));
    const children = product(fanOut.dimensions.map(({ size }) => size));
    if (needed > children)
      return `${boundsText(totals)} on the array of ${name} need ${needed} children together: it has ${children}`;
  }
  return null;
}

function boundsText(bounds: readonly (readonly [string, number])[]): string {
  return bounds.map(([dim, bound]) => `${dim} ${bound}`).join(' x ');
}

/** Bounds that do not fit their dim, one by one and all bounds of a dim together. */
function dimConflict({ layer, accelerator, factors, constraints }: ConstrainedLayer): string | null {
  const { bounds, name } = layer.problem;
  const all = accelerator.levels.flatMap((level, i) => fixedBounds(constraints.levels[i] ?? {}, level.name));
  for (const { dim, bound, where } of all) {
    const whole = bounds[dim];
    if (bound > whole && !isCoverOf(whole, bound, where, factors))
      return `${where} ${dim} ${bound} exceeds the dim: ${dim} of ${name} is ${whole}`;
    if (factors === 'perfect' && whole % bound !== 0)
      return `${where} ${dim} ${bound} does not divide ${dim} ${whole} of ${name} (perfect factors; imperfect ones may leave a rest)`;
  }
  for (const dim of DIMS) {
    const own = all.filter((fixed) => fixed.dim === dim && fixed.bound > 1);
    const whole = bounds[dim];
    const fixedProduct = product(accelerator.levels.map((_, i) => levelProduct(constraints.levels[i], dim)));
    if (factors === 'perfect' && own.length > 1 && whole % fixedProduct !== 0)
      return `${own.map(({ where, bound }) => `${where} ${dim} ${bound}`).join(' x ')} is ${fixedProduct} and does not divide ${dim} ${whole} of ${name}`;
    const most = product(accelerator.levels.map((level, i) => mostOf(level, constraints.levels[i], dim)));
    if (most < whole)
      return `the constraints leave no loops for ${dim} ${whole} of ${name}: with all that they allow, ${most} of ${whole} is covered`;
  }
  return null;
}

/** Over several array dimensions imperfect bounds may cover a dim with slack, e.g. 16 x 8 for 127. */
function isCoverOf(whole: number, bound: number, where: string, factors: Factors): boolean {
  return factors === 'imperfect' && where.endsWith(' any') && bound < 2 * whole;
}

/** What the constraints fix of a dim at one level, in time and space: at least 1. */
function levelProduct(constraint: LevelConstraint | undefined, dim: Dim): number {
  const single = product(Object.values(constraint?.spatial ?? {}).map((bounds) => bounds[dim] ?? 1));
  return (constraint?.temporal?.[dim] ?? 1) * Math.max(single, constraint?.spatialTotal?.[dim] ?? 1);
}

/** The most that a level can loop over a dim; Infinity where its temporal bound is free. */
function mostOf(level: StorageLevel, constraint: LevelConstraint | undefined, dim: Dim): number {
  const temporal = constraint?.temporal?.[dim];
  return temporal === undefined ? Number.POSITIVE_INFINITY : temporal * mostParallel(level, constraint, dim);
}

function mostParallel({ fanOut }: StorageLevel, constraint: LevelConstraint | undefined, dim: Dim): number {
  const ofAxis = ({ name, size, parallelDims }: ArrayDimension) =>
    constraint?.spatial?.[name]?.[dim] ?? (parallelDims === 'any' || parallelDims.includes(dim) ? size : 1);
  return constraint?.spatialTotal?.[dim] ?? product(fanOut.dimensions.map(ofAxis));
}

/** A level that cannot hold the least tiles of what it must keep. */
function capacityConflict(constrained: ConstrainedLayer): string | null {
  const { layer, accelerator, constraints } = constrained;
  for (const [index, level] of accelerator.levels.entries()) {
    const { name } = level;
    const capacity = tileCapacity(level, layer, index);
    if (capacity.kind === 'unlimited') continue;
    const extents = leastExtents(constrained, index);
    const mustHold = TENSORS.filter((tensor) => mustKeep(layer, level, index, tensor));
    const kept = (index === 0 ? TENSORS : (constraints.levels[index]?.keep ?? mustHold)).filter(
      (tensor) => tileWordBits(level, layer, index, tensor) > 0,
    );
    const tiles = kept.map((tensor) => ({
      tensor,
      words: tileWords(layer.problem, tensor, extents, tileView(accelerator)),
      bits: tileBits(layer, accelerator, index, tensor, extents),
    }));
    const fixed = DIMS.filter((dim) => extents[dim] > 1).map((dim) => `${dim} ${extents[dim]}`);
    const why = fixed.length === 0 ? '' : ` of the tiles that the constraints leave it (at least ${fixed.join(', ')})`;
    const twice = level.doubleBuffered ? ', twice (double buffered)' : '';
    const words = (which: typeof tiles) => which.map((tile) => `${tile.tensor} ${tile.words}`).join(' + ');
    if (capacity.kind === 'partitioned') {
      const over = tiles.find(({ tensor, bits }) => bits > capacity.bits[tensor]);
      if (over !== undefined)
        return `level ${name} cannot hold ${wordsOf(over.words)} of ${over.tensor}${why}: it needs ${bitsText(over.bits)} of ${bitsText(capacity.bits[over.tensor], '')}${twice}`;
      continue;
    }
    const needed = tiles.reduce((sum, { bits }) => sum + bits, 0);
    if (needed > capacity.bits)
      return fixed.length === 0
        ? `level ${name} cannot hold one word of each tensor it must keep (${kept.join(', ')}): they need ${bitsText(needed)} of ${bitsText(capacity.bits, '')}${twice}`
        : `level ${name} cannot hold the words${why}: ${words(tiles)} words${twice} need ${bitsText(needed)} of ${bitsText(capacity.bits, '')}`;
  }
  return null;
}

function wordsOf(words: number): string {
  return words === 1 ? 'one word' : `${words} words`;
}

/** The least extents of tiles at a level: what is fixed there and further in, and what outer levels cannot take off them. */
function leastExtents({ layer, accelerator, constraints }: ConstrainedLayer, index: number): PerDim<number> {
  return perDim((dim) => {
    const whole = layer.problem.bounds[dim];
    const inner = product(constraints.levels.slice(index).map((constraint) => levelProduct(constraint, dim)));
    const outer = product(accelerator.levels.slice(0, index).map((one, i) => mostOf(one, constraints.levels[i], dim)));
    return Math.min(whole, Math.max(inner, Number.isFinite(outer) ? ceilDiv(whole, outer) : 1));
  });
}
