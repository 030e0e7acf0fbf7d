import type { Accelerator } from '../../accelerator/accelerator.ts';
import { mayKeep, mustKeep } from '../../mapping/homes.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { tileBitsAt } from '../../mapping/tile-bits.ts';
import type { LayerShape } from '../../workload/network.ts';
import type { Residency } from '../../workload/residency.ts';
import {
  type CutLayer,
  constraintsOf,
  type MappedLayer,
  type MapperSettings,
  type MappingStops,
  type SearchedLayer,
  searchLayer,
  type UnmappableLayer,
} from './map-layer.ts';
import { makeMapspace } from './mapspace.ts';
import { type Objective, valueRatio } from './objective.ts';
import { leastRoomBits } from './space/least-room.ts';

/** A step with its best mapping. Plain data. */
export interface MappedStep extends MappedLayer {
  /** The layer with the way in which its Outputs stay: that which the mapping is evaluated with. */
  readonly shape: LayerShape;
  /** Of the room in the retention level; the mapping is the best one for every room from these bits to the one asked for. */
  readonly tileBits: number;
}

/** A step without a mapping. */
export interface UnmappableStep extends UnmappableLayer {
  /** Bits of room that any mapping needs at least, where those that there are do not suffice; null: it is not for want of room. */
  readonly leastRoomBits: number | null;
}

/** What became of a step. */
export type StepOutcome = MappedStep | CutLayer | UnmappableStep;

/**
 * The best mapping of a layer as a step of a schedule. Where its Outputs are retained, in the best way, whichever of the two its residency names: a mapping
 * that sends every word complete updates them in place, others stage them.
 * @throws TrifoldError as `mapLayer`; `unsupported` when operands cannot be where the layer says they are
 */
export function mapStep(
  layer: LayerShape,
  accelerator: Accelerator,
  objective: Objective,
  settings: MapperSettings,
  stops: MappingStops = {},
): StepOutcome {
  const shapes = waysOf(layer, accelerator, settings);
  let best: MappedStep | null = null;
  const all: SearchedLayer[] = [];
  for (const shape of shapes) {
    const cutoff = best === null ? stops.cutoff : Math.min(best.proof.value, stops.cutoff ?? Number.POSITIVE_INFINITY);
    const searched = searchLayer(shape, accelerator, objective, settings, { ...stops, cutoff });
    all.push(searched);
    const { outcome } = searched;
    if (outcome.kind === 'mapped' && (best === null || outcome.proof.value < best.proof.value))
      best = { ...outcome, shape, tileBits: tileBitsAt(shape, accelerator, outcome.mapping) };
  }
  const sum = (key: 'evaluations' | 'nodes' | 'cut') => all.reduce((total, one) => total + one[key], 0);
  const work = { evaluations: sum('evaluations'), nodes: sum('nodes'), cut: sum('cut') };
  if (best === null) return withoutMapping(shapes, accelerator, settings, all, work.evaluations);
  const lowerBound = leastBound(all, best.proof.value);
  const isProven = lowerBound !== null && lowerBound >= best.proof.value;
  const gap = lowerBound === null ? null : isProven ? 0 : valueRatio(objective, best.proof.value, lowerBound) - 1;
  return { ...best, proof: { ...best.proof, ...work, optimal: isProven, lowerBound, gap } };
}

/** The least of the bounds of all searches, at most the value found; null when one of them knows nothing. */
function leastBound(all: readonly SearchedLayer[], value: number): number | null {
  let least = value;
  for (const { lowerBound } of all) {
    if (lowerBound === null) return null;
    least = Math.min(least, lowerBound);
  }
  return least;
}

/** What all searches say where none found a mapping: that of one that may still find some comes first. */
function withoutMapping(
  shapes: readonly LayerShape[],
  accelerator: Accelerator,
  settings: MapperSettings,
  all: readonly SearchedLayer[],
  evaluations: number,
): CutLayer | UnmappableStep {
  const outcomes = all.map(({ outcome }) => outcome);
  const cut = outcomes.flatMap((outcome) => (outcome.kind === 'cut' ? [outcome] : []));
  const open = all.find(
    ({ outcome, lowerBound }) => outcome.kind === 'unmappable' && lowerBound !== Number.POSITIVE_INFINITY,
  );
  const failed = (open?.outcome ?? outcomes.at(-1)!) as UnmappableLayer;
  if (open === undefined && cut.length > 0)
    return { kind: 'cut', lowerBound: Math.min(...cut.map(({ lowerBound }) => lowerBound)), evaluations };
  if (open !== undefined) return { ...failed, leastRoomBits: null };
  const { name } = accelerator.levels[shapes[0]!.residency?.level ?? 0]!;
  const room = shapes[0]!.residency?.roomBits ?? null;
  const least = room === null ? null : roomNeeded(shapes, accelerator, settings);
  if (room === null || least === null || least <= room) return { ...failed, leastRoomBits: null };
  const reason = `${failed.reason}: its tiles need at least ${least} bits of ${name}, ${least - room} more than the ${room} that are left`;
  return { ...failed, reason, leastRoomBits: least };
}

/** Bits of room that any mapping needs at least; null where none exists in any room. */
function roomNeeded(shapes: readonly LayerShape[], accelerator: Accelerator, settings: MapperSettings): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (const shape of shapes) {
    const layer = { ...shape, residency: { ...shape.residency!, roomBits: null } };
    const { factors, temporalReuse } = settings;
    const constraints = constraintsOf(layer, accelerator, settings);
    const mapspace = makeMapspace({ layer, accelerator, factors, temporalReuse, constraints });
    if (mapspace.feasible) least = Math.min(least, leastRoomBits(mapspace));
  }
  return least === Number.POSITIVE_INFINITY ? null : least;
}

/**
 * The layer with every way in which its Outputs have to be searched. Where the retention level may go without a tile of them, staged mappings include those
 * that send every word complete, at the same cost as in place; where partial sums are no wider than what stays, staging never pays.
 */
function waysOf(layer: LayerShape, accelerator: Accelerator, settings: MapperSettings): LayerShape[] {
  const { residency } = layer;
  if (residency === undefined || residency.outputs === 'outermost') return [layer];
  const level = accelerator.levels[residency.level]!;
  const fixed = constraintsOf(layer, accelerator, settings).levels[residency.level]?.keep?.includes('Outputs');
  const canKeep = fixed ?? mayKeep(layer, level, residency.level, 'Outputs');
  const canBypass = !(fixed ?? mustKeep(staged(residency), level, residency.level, 'Outputs'));
  const isNarrow = storedWordBits(level, layer, 'Outputs') === residency.activationBits;
  const inPlace: LayerShape = { ...layer, residency: { ...residency, outputs: 'in-place' } };
  const asStaged: LayerShape = { ...layer, ...staged(residency) };
  if (!canKeep) return [asStaged];
  // Where partial sums must not come back into a level, that holds for a tile in it alone.
  if (isNarrow && !(canBypass && level.spill === 'never')) return [inPlace];
  return canBypass ? [asStaged] : [inPlace, asStaged];
}

function staged(residency: Residency): Pick<LayerShape, 'residency'> {
  return { residency: { ...residency, outputs: 'staged' } };
}
