import { type Accelerator, childrenOf, type StorageLevel } from '../accelerator/accelerator.ts';
import { TrifoldError } from '../util/errors.ts';
import { divisors } from '../util/integers.ts';
import { DIMS, type Dim, type TensorName } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/network.ts';
import type { LevelConstraint, MappingConstraints } from './constraints.ts';

/** A loop bound that a template fixes: a number, or `full` = the whole dim (in space: as much of it as the array holds). */
export type TemplateBound = number | 'full';

/** Constraints on one level of a template. */
export interface LevelTemplate {
  /** A level's name, or its role: `outermost`, `array` (innermost level with a fan-out above 1), `innermost`. */
  readonly level: string;
  readonly temporal?: Partial<Readonly<Record<Dim, TemplateBound>>>;
  /** Per array dimension; `any` = the first array dimension that is wired for the dim. */
  readonly spatial?: Readonly<Record<string, Partial<Readonly<Record<Dim, TemplateBound>>>>>;
  /** The only dims that may run in parallel below this level. */
  readonly parallelOnly?: readonly Dim[];
  readonly order?: readonly Dim[];
  readonly keep?: readonly TensorName[];
}

/** A partial mapping that is independent of layer and accelerator: a dataflow, or a user's constraints. */
export interface DataflowTemplate {
  readonly name: string;
  readonly source: string;
  readonly levels: readonly LevelTemplate[];
}

/**
 * A template as constraints for one layer on one accelerator.
 * `full` in space is the largest divisor of the dim that fits the array dimension (imperfect factors: all that fits);
 * dims that no array dimension is wired for are not forced.
 * @throws TrifoldError `not-found` when the template names a level that the accelerator does not have
 */
export function resolveDataflow(
  template: DataflowTemplate,
  layer: LayerShape,
  accelerator: Accelerator,
  factors: 'perfect' | 'imperfect',
): MappingConstraints {
  const levels: LevelConstraint[] = accelerator.levels.map(() => ({}));
  for (const entry of template.levels) {
    const index = levelIndex(template, entry.level, accelerator);
    levels[index] = { ...levels[index], ...resolveLevel(entry, layer, accelerator.levels[index]!, factors) };
  }
  return { name: template.name, levels };
}

function levelIndex(template: DataflowTemplate, name: string, accelerator: Accelerator): number {
  const named = accelerator.levels.findIndex((level) => level.name === name);
  if (named >= 0) return named;
  if (name === 'outermost') return 0;
  if (name === 'innermost') return accelerator.levels.length - 1;
  const array = accelerator.levels.findLastIndex((level) => childrenOf(level) > 1);
  if (name === 'array') return Math.max(0, array);
  throw new TrifoldError('not-found', `${template.name}: ${accelerator.name} has no level ${name}`, {
    hint: `levels: ${accelerator.levels.map((level) => level.name).join(', ')}; roles: outermost, array, innermost`,
  });
}

function resolveLevel(
  entry: LevelTemplate,
  layer: LayerShape,
  level: StorageLevel,
  factors: 'perfect' | 'imperfect',
): LevelConstraint {
  const { bounds } = layer.problem;
  const temporal: Partial<Record<Dim, number>> = {};
  for (const dim of DIMS) {
    const bound = entry.temporal?.[dim];
    if (bound !== undefined) temporal[dim] = bound === 'full' ? bounds[dim] : bound;
  }
  const spatial: Record<string, Partial<Record<Dim, number>>> = {};
  for (const dimension of level.fanOut.dimensions) {
    const own: Partial<Record<Dim, number>> = {};
    if (entry.parallelOnly !== undefined) for (const dim of DIMS) if (!entry.parallelOnly.includes(dim)) own[dim] = 1;
    spatial[dimension.name] = own;
  }
  for (const [array, wanted] of Object.entries(entry.spatial ?? {}))
    for (const dim of DIMS) {
      const bound = wanted[dim];
      if (bound === undefined) continue;
      const dimension = level.fanOut.dimensions.find(
        ({ name, parallelDims }) =>
          (array === 'any' || name === array) && (parallelDims === 'any' || parallelDims.includes(dim)),
      );
      if (dimension === undefined) continue;
      const most = Math.min(dimension.size, bounds[dim]);
      const full = factors === 'imperfect' ? most : divisors(bounds[dim]).findLast((d) => d <= most)!;
      spatial[dimension.name]![dim] = bound === 'full' ? full : bound;
    }
  return {
    ...(entry.temporal === undefined ? {} : { temporal }),
    ...(entry.spatial === undefined && entry.parallelOnly === undefined ? {} : { spatial }),
    ...(entry.order === undefined ? {} : { order: entry.order }),
    ...(entry.keep === undefined ? {} : { keep: entry.keep }),
  };
}
