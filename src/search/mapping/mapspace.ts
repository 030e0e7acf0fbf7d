import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { TemporalReuse } from '../../cost/evaluation.ts';
import { compileModel, type KernelModel } from '../../cost/kernel/model.ts';
import { type MappingConstraints, UNCONSTRAINED } from '../../mapping/constraints.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { constraintConflict, constraintText } from './space/constraint-conflicts.ts';
import { constrainedChoices } from './space/known-choices.ts';
import { type Factors, type SpatialChoice, spatialChoices } from './space/spatial-choices.ts';

/** The layer, the accelerator and the rules that span a mapspace. */
export interface MapspaceSpec {
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  /** Default: perfect. */
  readonly factors?: Factors;
  /** Default: exact. */
  readonly temporalReuse?: TemporalReuse;
  /** A partial mapping; default: everything is free. */
  readonly constraints?: MappingConstraints;
}

/** All mappings of a layer on an accelerator that keep to the constraints, in factored form. */
export interface Mapspace {
  readonly feasible: true;
  readonly layer: LayerShape;
  readonly accelerator: Accelerator;
  readonly factors: Factors;
  readonly temporalReuse: TemporalReuse;
  readonly constraints: MappingConstraints;
  readonly model: KernelModel;
  /** Each [level]: bit t set: tensor t is kept. */
  readonly keepChoices: readonly Uint8Array[];
  readonly spatialChoices: readonly SpatialChoice[];
}

/** One choice of kept tensors and of spatial bounds. */
export interface Placement {
  /** [level]: bit t set: tensor t is kept. */
  readonly keep: Uint8Array;
  readonly choice: SpatialChoice;
}

/** No mapping exists: a value with the reason. */
export interface EmptyMapspace {
  readonly feasible: false;
  readonly reason: string;
}

/** Lists what can be kept and spread where; tiles and orders are left to the search. */
export function makeMapspace(spec: MapspaceSpec): Mapspace | EmptyMapspace {
  const { layer, accelerator } = spec;
  const factors = spec.factors ?? 'perfect';
  const temporalReuse = spec.temporalReuse ?? 'exact';
  const constraints = spec.constraints ?? UNCONSTRAINED;
  const conflict = constraintConflict({ layer, accelerator, factors, constraints });
  if (conflict !== null) return { feasible: false, reason: conflict };
  const model = compileModel(layer, accelerator, { temporalReuse });
  const keepChoices = listKeepChoices(model, constraints);
  const choices = listSpatialChoices(layer, accelerator, factors, constraints);
  if (typeof choices === 'string') return { feasible: false, reason: choices };
  return {
    feasible: true,
    layer,
    accelerator,
    factors,
    temporalReuse,
    constraints,
    model,
    keepChoices,
    spatialChoices: choices,
  };
}

/** The mappings of a mapspace that have perfect factors; null when there are none. */
export function perfectPart(mapspace: Mapspace): Mapspace | null {
  const { layer, accelerator, constraints } = mapspace;
  const choices = listSpatialChoices(layer, accelerator, 'perfect', constraints);
  return typeof choices === 'string' ? null : { ...mapspace, factors: 'perfect', spatialChoices: choices };
}

/** The spatial choices that keep to the constraints, or why there is none. */
function listSpatialChoices(
  layer: LayerShape,
  accelerator: Accelerator,
  factors: Factors,
  constraints: MappingConstraints,
): readonly SpatialChoice[] | string {
  const { name, bounds } = layer.problem;
  const choices = constrainedChoices(accelerator, bounds, factors, constraints);
  if (choices.length > 0) return choices;
  const spread = spatialChoices(accelerator, bounds, factors, constraints);
  const loops = spread.length === 0 ? 'spatial bounds' : 'loops';
  const stated = constraintText(constraints, accelerator);
  return `no ${loops} with ${factors} factors over the dims of ${name} meet all of: ${stated}`;
}

function listKeepChoices({ mayKeep, mustKeep }: KernelModel, constraints: MappingConstraints): Uint8Array[] {
  const bitsOf = (names: readonly string[]) =>
    TENSORS.reduce((bits, t, i) => (names.includes(t) ? bits | (1 << i) : bits), 0);
  let choices: number[][] = [[]];
  for (const [index, may] of mayKeep.entries()) {
    const must = mustKeep[index]!;
    const fixed = constraints.levels[index]?.keep;
    const allowed = [7, 6, 5, 4, 3, 2, 1, 0].filter(
      (bits) => (bits & ~may) === 0 && (must & ~bits) === 0 && (fixed === undefined || bits === bitsOf(fixed)),
    );
    choices = choices.flatMap((outer) => allowed.map((bits) => [...outer, bits]));
  }
  return choices.map((bits) => Uint8Array.from(bits));
}
