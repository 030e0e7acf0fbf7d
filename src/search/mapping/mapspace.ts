import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { TemporalReuse } from '../../cost/evaluation.ts';
import { compileModel, type KernelModel } from '../../cost/kernel/model.ts';
import { type MappingConstraints, UNCONSTRAINED } from '../../mapping/constraints.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { withFixedBounds } from './space/fixed-bounds.ts';
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
  const tooSmall = firstTooSmall(layer, accelerator, constraints);
  if (tooSmall !== null) return { feasible: false, reason: tooSmall };
  const keepChoices = listKeepChoices(accelerator, constraints);
  if (keepChoices.length === 0)
    return {
      feasible: false,
      reason: 'the constraints keep a tensor where the accelerator cannot, or bypass a level that must keep it',
    };
  const choices = listSpatialChoices(layer, accelerator, factors, constraints);
  if (typeof choices === 'string') return { feasible: false, reason: choices };
  return {
    feasible: true,
    layer,
    accelerator,
    factors,
    temporalReuse,
    constraints,
    model: compileModel(layer, accelerator, { temporalReuse }),
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
): SpatialChoice[] | string {
  const { name, bounds } = layer.problem;
  const spread = spatialChoices(accelerator, bounds, factors, constraints);
  if (spread.length === 0) return `no spatial bounds of the constraints fit the arrays or divide the dims of ${name}`;
  const choices = withFixedBounds(spread, bounds, accelerator.levels.length, factors, constraints);
  return choices.length === 0
    ? `no loops with ${factors} factors over the dims of ${name} have the temporal bounds that the constraints fix`
    : choices;
}

/** A level that cannot hold one word of each tensor it must keep. */
function firstTooSmall(layer: LayerShape, accelerator: Accelerator, constraints: MappingConstraints): string | null {
  for (const [index, level] of accelerator.levels.entries()) {
    const { capacity } = level;
    if (capacity.kind === 'unlimited') continue;
    const kept = index === 0 ? TENSORS : (constraints.levels[index]?.keep ?? level.mustKeep);
    const copies = level.doubleBuffered ? 2 : 1;
    let needed = 0;
    for (const tensor of kept) {
      const bits = storedWordBits(level, layer, tensor) * copies;
      needed += bits;
      if (capacity.kind === 'partitioned' && bits > capacity.bits[tensor])
        return `level ${level.name} cannot hold one word of ${tensor}: it needs ${bits} bits of ${capacity.bits[tensor]}`;
    }
    if (capacity.kind === 'shared' && needed > capacity.bits)
      return `level ${level.name} cannot hold one word of each tensor it must keep (${kept.join(', ')}): they need ${needed} bits of ${capacity.bits}`;
  }
  return null;
}

function listKeepChoices(accelerator: Accelerator, constraints: MappingConstraints): Uint8Array[] {
  const bitsOf = (names: readonly string[]) =>
    TENSORS.reduce((bits, t, i) => (names.includes(t) ? bits | (1 << i) : bits), 0);
  let choices: number[][] = [[]];
  for (const [index, level] of accelerator.levels.entries()) {
    const may = bitsOf(level.mayKeep);
    const must = index === 0 ? 7 : bitsOf(level.mustKeep);
    const fixed = constraints.levels[index]?.keep;
    const allowed = [7, 6, 5, 4, 3, 2, 1, 0].filter(
      (bits) => (bits & ~may) === 0 && (must & ~bits) === 0 && (fixed === undefined || bits === bitsOf(fixed)),
    );
    choices = choices.flatMap((outer) => allowed.map((bits) => [...outer, bits]));
  }
  return choices.map((bits) => Uint8Array.from(bits));
}
