import type { Accelerator } from '../../accelerator/accelerator.ts';
import { compileModel, type KernelModel } from '../../cost/kernel/model.ts';
import type { TemporalReuse } from '../../cost/temporal-reuse.ts';
import { type MappingConstraints, UNCONSTRAINED } from '../../mapping/constraints.ts';
import type { LayerShape } from '../../workload/network.ts';
import { constraintConflict, constraintText } from './space/constraint-conflicts.ts';
import { KeepSpace } from './space/keep-space.ts';
import { spatialSpace } from './space/known-spaces.ts';
import type { Factors, SpatialChoice } from './space/spatial-choices.ts';
import type { SpatialSpace } from './space/spatial-space.ts';

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
  readonly keeps: KeepSpace;
  readonly spatial: SpatialSpace;
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
  const spatial = spatialSpace({ accelerator, bounds: layer.problem.bounds, factors, constraints });
  if (spatial.isEmpty)
    return { feasible: false, reason: emptyReason(spatial, layer, accelerator, factors, constraints) };
  const keeps = new KeepSpace(model, constraints);
  return { feasible: true, layer, accelerator, factors, temporalReuse, constraints, model, keeps, spatial };
}

/** The mappings of a mapspace that have perfect factors; null when there are none. */
export function perfectPart(mapspace: Mapspace): Mapspace | null {
  const { layer, accelerator, constraints } = mapspace;
  const { bounds } = layer.problem;
  const spatial = spatialSpace({ accelerator, bounds, factors: 'perfect', constraints });
  return spatial.isEmpty ? null : { ...mapspace, factors: 'perfect', spatial };
}

/** Why no spatial choice keeps to the constraints. */
function emptyReason(
  spatial: SpatialSpace,
  layer: LayerShape,
  accelerator: Accelerator,
  factors: Factors,
  constraints: MappingConstraints,
): string {
  const loops = spatial.assignments === 0 ? 'spatial bounds' : 'loops';
  const stated = constraintText(constraints, accelerator);
  return `no ${loops} with ${factors} factors over the dims of ${layer.problem.name} meet all of: ${stated}`;
}
