import type { Accelerator, ArrayDimension, StorageLevel } from '../accelerator/accelerator.ts';
import { TrifoldError } from '../util/errors.ts';
import { DIMS, type Dim } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/network.ts';
import { fullBound } from './array-room.ts';
import type { LevelConstraint, MappingConstraints } from './constraints.ts';
import { dataflowProblems, levelOfEntry } from './dataflow-problems.ts';
import type { DataflowTemplate, LevelTemplate, TemplateBounds } from './dataflow-template.ts';

/**
 * A template as constraints for one layer on one accelerator. `full` in space is the largest divisor of the dim that fits (imperfect factors:
 * all that fits); of a dim that no array dimension is wired for that is 1.
 * @throws TrifoldError with the key path when the template states what the accelerator does not have, see {@link dataflowProblems}
 */
export function resolveDataflow(
  template: DataflowTemplate,
  layer: LayerShape,
  accelerator: Accelerator,
  factors: 'perfect' | 'imperfect',
): MappingConstraints {
  const [problem] = dataflowProblems(template, accelerator);
  if (problem !== undefined)
    throw new TrifoldError(problem.code, `${template.name}: ${problem.message}`, {
      keyPath: problem.path.join('.'),
      ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    });
  const levels: LevelConstraint[] = accelerator.levels.map(() => ({}));
  for (const entry of template.levels) {
    const index = levelOfEntry(entry.level, accelerator)!;
    levels[index] = joined(levels[index]!, resolveLevel(entry, layer, accelerator.levels[index]!, factors));
  }
  return { name: template.name, levels };
}

/** Both constraints of one level; the template's check has made sure that they state different things. */
function joined(a: LevelConstraint, b: LevelConstraint): LevelConstraint {
  const spatial: Record<string, object> = { ...a.spatial };
  for (const [array, bounds] of Object.entries(b.spatial ?? {})) spatial[array] = { ...spatial[array], ...bounds };
  return {
    ...a,
    ...b,
    ...(a.temporal === undefined && b.temporal === undefined ? {} : { temporal: { ...a.temporal, ...b.temporal } }),
    ...(a.spatial === undefined && b.spatial === undefined ? {} : { spatial }),
    ...(a.spatialTotal === undefined && b.spatialTotal === undefined
      ? {}
      : { spatialTotal: { ...a.spatialTotal, ...b.spatialTotal } }),
  };
}

function resolveLevel(
  entry: LevelTemplate,
  layer: LayerShape,
  level: StorageLevel,
  factors: 'perfect' | 'imperfect',
): LevelConstraint {
  const { bounds } = layer.problem;
  const { dimensions } = level.fanOut;
  const temporal = fixedBounds(entry.temporal, (dim) => bounds[dim]);
  const spatial: Record<string, Partial<Record<Dim, number>>> = {};
  for (const dimension of dimensions)
    spatial[dimension.name] = {
      ...forbidden(entry.parallelOnly),
      ...fixedBounds(entry.spatial?.[dimension.name], (dim) => fullBound(bounds[dim], [dimension.size], factors)),
    };
  const room = (dimension: ArrayDimension, own: Dim): number => {
    let left = dimension.size;
    for (const dim of DIMS) if (dim !== own) left = Math.floor(left / (spatial[dimension.name]?.[dim] ?? 1));
    return left;
  };
  const spatialTotal = fixedBounds(entry.spatial?.any, (dim) => {
    const rooms = dimensions
      .filter(({ parallelDims }) => parallelDims === 'any' || parallelDims.includes(dim))
      .map((dimension) => room(dimension, dim));
    return fullBound(bounds[dim], rooms, factors);
  });
  return {
    ...(temporal === undefined ? {} : { temporal }),
    ...(entry.spatial === undefined && entry.parallelOnly === undefined ? {} : { spatial }),
    ...(spatialTotal === undefined ? {} : { spatialTotal }),
    ...(entry.order === undefined ? {} : { order: entry.order }),
    ...(entry.keep === undefined ? {} : { keep: entry.keep }),
  };
}

function forbidden(parallelOnly: readonly Dim[] | undefined): Partial<Record<Dim, number>> {
  const bounds: Partial<Record<Dim, number>> = {};
  if (parallelOnly !== undefined) for (const dim of DIMS) if (!parallelOnly.includes(dim)) bounds[dim] = 1;
  return bounds;
}

function fixedBounds(
  stated: TemplateBounds | undefined,
  fullOf: (dim: Dim) => number,
): Partial<Record<Dim, number>> | undefined {
  if (stated === undefined) return undefined;
  const fixed: Partial<Record<Dim, number>> = {};
  for (const dim of DIMS) {
    const bound = stated[dim];
    if (bound !== undefined) fixed[dim] = bound === 'full' ? fullOf(dim) : bound;
  }
  return fixed;
}
