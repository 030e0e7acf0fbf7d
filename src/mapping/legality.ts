import type { Accelerator, StorageLevel } from '../accelerator/accelerator.ts';
import { codedWordBits } from '../accelerator/run-length-code.ts';
import { ceilDiv } from '../util/integers.ts';
import { DIMS, type Dim, type PerDim, TENSORS, type TensorName } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/network.ts';
import { axisWords, type Problem } from '../workload/problem.ts';
import { usedWords } from '../workload/used-words.ts';
import { isAtHome, isOutsideHome, mayKeep, mustKeep, tileCapacity, wouldResume } from './homes.ts';
import type { LevelMapping, Mapping } from './mapping.ts';
import { coveredBounds, flattenNest, levelExtents, type NestLoop } from './nest.ts';
import { arrivals, spillOf } from './spill.ts';

/** One broken rule of legality. */
export interface Violation {
  readonly rule:
    | 'capacity'
    | 'array'
    | 'parallel-dim'
    | 'factors'
    | 'keep'
    | 'shape'
    | 'reuse-rule'
    | 'spill'
    | 'complete';
  /** Sentence with level, tensors, words or dims. */
  readonly message: string;
  /** Relative excess, > 0: 0.5 = half more than allowed. */
  readonly excess: number;
}

/**
 * Stored width of a tensor's word at a level, in bits; a mean where the level has a code of zeros and the layer states them, then a multiple of 1/64.
 * Words wider than those of the code stay as they are.
 */
export function storedWordBits(
  { storedBits, compression }: Pick<StorageLevel, 'storedBits' | 'compression'>,
  { wordBits, zeros }: Omit<LayerShape, 'problem'>,
  tensor: TensorName,
): number {
  const dense = storedBits[tensor] ?? wordBits[tensor];
  const share = tensor === 'Weights' ? undefined : zeros?.[tensor];
  if (compression === undefined || share === undefined || dense > compression.wordBits) return dense;
  return Math.min(dense, codedWordBits(compression, share));
}

/** Bits that a word of a tensor's tile takes at a level: its stored width, 0 where the mapping holds no tile of it. */
export function tileWordBits(
  level: Pick<StorageLevel, 'storedBits' | 'compression'>,
  layer: Omit<LayerShape, 'problem'>,
  index: number,
  tensor: TensorName,
): number {
  return isOutsideHome(layer, index, tensor) || isAtHome(layer, index, tensor)
    ? 0
    : storedWordBits(level, layer, tensor);
}

/**
 * What takes room in a tile: the words that are `used`, or, in Timeloop's view, all of their bounding `box`, of which a level stores what is no
 * padding (`stored-box`).
 */
export type TileView = 'used' | 'stored-box' | 'box';

/** What takes room in tiles of an accelerator under the exact rule of reuse. */
export function tileView({ tiles }: Pick<Accelerator, 'tiles'>): TileView {
  return tiles === 'box' ? 'stored-box' : 'used';
}

/**
 * Words of a tensor's tile when each dim covers `extents` positions: extents are limited by the problem's bounds and axes by the words of the
 * whole tensor (padding takes no room but in a `box`).
 */
export function tileWords(
  problem: Problem,
  tensor: TensorName,
  extents: PerDim<number>,
  view: TileView = 'used',
): number {
  const extentOf = (dim: Dim) => Math.min(extents[dim], problem.bounds[dim]);
  return problem.tensors[tensor].axes.reduce((words, axis) => {
    const [first, second] = axis.terms;
    if (view === 'used')
      return (
        words *
        Math.min(
          axisWords(axis, problem.bounds),
          usedWords(
            first?.coefficient ?? 1,
            second?.coefficient ?? 1,
            first === undefined ? 1 : extentOf(first.dim),
            second === undefined ? 1 : extentOf(second.dim),
          ),
        )
      );
    const width = axis.terms.reduce((sum, { dim, coefficient }) => sum + coefficient * (extentOf(dim) - 1), 1);
    return words * (view === 'box' ? width : Math.min(width, axis.length));
  }, 1);
}

/**
 * Checks every rule of legality; an empty list means that the accelerator can run the mapping.
 * @param view what takes room in tiles
 */
export function checkMapping(
  layer: LayerShape,
  accelerator: Accelerator,
  mapping: Mapping,
  view: TileView = tileView(accelerator),
): Violation[] {
  if (mapping.levels.length !== accelerator.levels.length)
    return [
      {
        rule: 'shape',
        message: `the mapping has ${mapping.levels.length} levels, the accelerator ${accelerator.levels.length}`,
        excess: 1,
      },
    ];
  const violations = factorViolations(layer.problem, mapping);
  const extents = levelExtents(mapping);
  accelerator.levels.forEach((level, index) => {
    const levelMapping = mapping.levels[index]!;
    violations.push(...keepViolations(layer, level, levelMapping, index), ...arrayViolations(level, levelMapping));
    violations.push(...capacityViolations(layer, level, index, levelMapping, extents[index]!, view));
  });
  return [
    ...violations,
    ...spillViolations(layer.problem, accelerator, mapping),
    ...completeViolations(layer, accelerator, mapping),
  ];
}

function factorViolations(problem: Problem, mapping: Mapping): Violation[] {
  const violations: Violation[] = [];
  const covered = coveredBounds(mapping);
  for (const dim of DIMS) {
    const bound = problem.bounds[dim];
    if (covered[dim] < bound)
      violations.push({
        rule: 'factors',
        message: `loops over ${dim} cover ${covered[dim]} of ${bound} positions`,
        excess: bound / covered[dim] - 1,
      });
  }
  for (const loop of flattenNest(mapping)) {
    const most = ceilDiv(problem.bounds[loop.dim], loop.step);
    if (!Number.isSafeInteger(loop.bound) || loop.bound < 1 || loop.bound > most)
      violations.push({
        rule: 'factors',
        message: `a ${loop.kind} loop over ${loop.dim} at level ${loop.level} has bound ${loop.bound}; at most ${most} iterations of step ${loop.step} are needed`,
        excess: Math.max(loop.bound / most - 1, 1e-9),
      });
  }
  return violations;
}

function keepViolations(layer: LayerShape, level: StorageLevel, { keep }: LevelMapping, index: number): Violation[] {
  const broken = (message: string): Violation => ({ rule: 'keep', message, excess: 1 });
  return TENSORS.flatMap((tensor): Violation[] => {
    if (keep.includes(tensor)) {
      if (mayKeep(layer, level, index, tensor)) return [];
      const why = wouldResume(layer, level, index, tensor)
        ? ', as it never takes partial sums back (spill: never)'
        : level.mayKeep.includes(tensor)
          ? ', which stay further inside'
          : '';
      return [broken(`level ${level.name} cannot hold ${tensor}${why}`)];
    }
    if (!mustKeep(layer, level, index, tensor)) return [];
    const stays = isAtHome(layer, index, tensor) ? ', which stay there' : '';
    return [broken(`level ${level.name} must keep ${tensor}${stays}`)];
  });
}

function arrayViolations(level: StorageLevel, levelMapping: LevelMapping): Violation[] {
  const violations: Violation[] = [];
  const used = new Map<string, number>();
  for (const loop of levelMapping.spatial) {
    if (loop.bound === 1) continue;
    used.set(loop.array, (used.get(loop.array) ?? 1) * loop.bound);
    const dimension = level.fanOut.dimensions.find(({ name }) => name === loop.array);
    if (dimension === undefined)
      violations.push({
        rule: 'array',
        message: `level ${level.name} has no array dimension ${loop.array} for the spatial loop over ${loop.dim}`,
        excess: loop.bound - 1,
      });
    else if (dimension.parallelDims !== 'any' && !dimension.parallelDims.includes(loop.dim))
      violations.push({
        rule: 'parallel-dim',
        message: `${loop.dim} cannot run in parallel on array dimension ${loop.array} of level ${level.name} (wired for ${dimension.parallelDims.join(', ') || 'none'})`,
        excess: 1,
      });
  }
  for (const dimension of level.fanOut.dimensions) {
    const children = used.get(dimension.name) ?? 1;
    if (children > dimension.size)
      violations.push({
        rule: 'array',
        message: `spatial loops of level ${level.name} need ${children} children on array dimension ${dimension.name}, which has ${dimension.size}`,
        excess: children / dimension.size - 1,
      });
  }
  return violations;
}

function capacityViolations(
  layer: LayerShape,
  level: StorageLevel,
  index: number,
  levelMapping: LevelMapping,
  extents: PerDim<number>,
  view: TileView,
): Violation[] {
  const capacity = tileCapacity(level, layer, index);
  if (capacity.kind === 'unlimited') return [];
  const share = level.doubleBuffered ? 2 : 1;
  const tiles = levelMapping.keep.flatMap((tensor) => {
    const bits = tileWordBits(level, layer, index, tensor);
    if (bits === 0) return [];
    const words = tileWords(layer.problem, tensor, extents, view);
    return [{ tensor, words, bits: words * bits * share }];
  });
  const excessOf = (needed: number, available: number, which: typeof tiles): Violation[] =>
    needed <= available
      ? []
      : [
          {
            rule: 'capacity',
            message: `level ${level.name} overflows by ${Math.ceil((needed - available) / level.wordBits)} words of ${level.wordBits} bit: ${which
              .map((tile) => `${tile.tensor} ${tile.words}`)
              .join(
                ' + ',
              )} words${share === 2 ? ', twice (double buffered),' : ''} in ${Math.floor(available / level.wordBits)}`,
            excess: needed / available - 1,
          },
        ];
  if (capacity.kind === 'partitioned')
    return tiles.flatMap((tile) => excessOf(tile.bits, capacity.bits[tile.tensor], [tile]));
  return excessOf(
    tiles.reduce((sum, tile) => sum + tile.bits, 0),
    capacity.bits,
    tiles,
  );
}

function spillViolations(problem: Problem, { levels }: Accelerator, mapping: Mapping): Violation[] {
  if (levels.every(({ spill }) => spill === undefined)) return [];
  const nest = flattenNest(mapping);
  return levels.flatMap((level, index): Violation[] => {
    if (level.spill !== 'never' || !mapping.levels[index]!.keep.includes('Outputs')) return [];
    const spill = spillOf(problem, nest, index);
    if (spill === null) return [];
    const { around, inner, returns } = spill;
    const place = ({ dim, level: at }: NestLoop) => `over ${dim} at level ${levels[at]!.name}`;
    return [
      {
        rule: 'spill',
        message: `level ${level.name} never takes partial sums back (spill: never), but the loop ${place(around)} runs around the one ${place(inner)}, so that Outputs would leave and return`,
        excess: returns,
      },
    ];
  });
}

/** Outputs that are updated where they stay take partial sums only where a word of their home is as wide as one. */
function completeViolations(layer: LayerShape, accelerator: Accelerator, mapping: Mapping): Violation[] {
  const { problem, residency } = layer;
  if (residency?.outputs !== 'in-place') return [];
  const level = accelerator.levels[residency.level]!;
  const partialBits = storedWordBits(level, layer, 'Outputs');
  if (partialBits === residency.activationBits) return [];
  const times = arrivals(problem, accelerator, mapping, residency.level);
  if (times === 1) return [];
  return [
    {
      rule: 'complete',
      message: `Outputs stay in level ${level.name} at ${residency.activationBits} bits, partial sums have ${partialBits}, but each word arrives ${times} times instead of once, complete`,
      excess: times - 1,
    },
  ];
}
