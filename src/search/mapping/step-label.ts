import type { Accelerator } from '../../accelerator/accelerator.ts';
import { mayKeep, mustKeep } from '../../mapping/homes.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { tileBitsAt } from '../../mapping/tile-bits.ts';
import { bitsText } from '../../util/quantity-text.ts';
import type { LayerShape } from '../../workload/network.ts';
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
    // Of equal values another one may be better, so that the first is no cutoff where there are such.
    const known = objective.hasTies || best === null ? Number.POSITIVE_INFINITY : best.proof.value;
    const cutoff = known < Number.POSITIVE_INFINITY ? Math.min(known, stops.cutoff ?? known) : stops.cutoff;
    const searched = searchLayer(shape, accelerator, objective, settings, { ...stops, cutoff });
    all.push(searched);
    const { outcome } = searched;
    if (outcome.kind === 'mapped' && (best === null || isBetter(objective, outcome, best)))
      best = { ...outcome, shape, tileBits: tileBitsAt(shape, accelerator, outcome.mapping) };
  }
  const sum = (key: 'evaluations' | 'nodes' | 'cut') => all.reduce((total, one) => total + one[key], 0);
  const work = { evaluations: sum('evaluations'), nodes: sum('nodes'), cut: sum('cut') };
  if (best === null) {
    const failed = failureOf(all, work.evaluations);
    return failed.kind === 'cut' ? failed : withRoom(failed, shapes, accelerator, settings);
  }
  const { value } = best.proof;
  const lowerBound = leastBound(all, value);
  const isProven = lowerBound !== null && lowerBound >= value;
  const gap = lowerBound === null ? null : isProven ? 0 : valueRatio(objective, value, lowerBound) - 1;
  return { ...best, proof: { ...best.proof, ...work, optimal: isProven, lowerBound, gap } };
}

/** Whether a mapping has a smaller value than another, or the same, but for rounding, and less of what decides ties. */
function isBetter({ hasTies, value, tie }: Objective, one: MappedLayer, other: MappedLayer): boolean {
  const figures = ({ evaluation }: MappedLayer) => [evaluation.energyPj, evaluation.cycles] as const;
  const [own, best] = [value(...figures(one)), value(...figures(other))];
  if (hasTies && Math.abs(own - best) <= 1e-12 * Math.abs(best)) return tie(...figures(one)) < tie(...figures(other));
  return own < best;
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

/** What searches that found no mapping say together: of none at all only where all of them say so. */
function failureOf(all: readonly SearchedLayer[], evaluations: number): CutLayer | UnmappableLayer {
  let least = Number.POSITIVE_INFINITY;
  let none: UnmappableLayer | null = null;
  for (const { outcome, lowerBound } of all) {
    if (outcome.kind === 'cut') least = Math.min(least, outcome.lowerBound);
    if (outcome.kind !== 'unmappable') continue;
    if (lowerBound !== Number.POSITIVE_INFINITY) return outcome;
    none = outcome;
  }
  return none !== null && least === Number.POSITIVE_INFINITY ? none : { kind: 'cut', lowerBound: least, evaluations };
}

/** Adds how much room is missing, if it is room. */
function withRoom(
  failed: UnmappableLayer,
  shapes: readonly LayerShape[],
  accelerator: Accelerator,
  settings: MapperSettings,
): UnmappableStep {
  const { level, roomBits: room } = shapes[0]!.residency ?? { level: 0, roomBits: null };
  const least = room === null ? Number.POSITIVE_INFINITY : roomNeeded(shapes, accelerator, settings);
  if (room === null || least <= room || least === Number.POSITIVE_INFINITY) return { ...failed, leastRoomBits: null };
  const { name } = accelerator.levels[level]!;
  const reason = `${failed.reason}: its tiles need at least ${bitsText(least)} of ${name}, ${bitsText(least - room, '')} more than the ${bitsText(room, '')} that are left`;
  return { ...failed, reason, leastRoomBits: least };
}

/** Bits of room that any mapping needs at least; infinite where none exists in any room. */
function roomNeeded(shapes: readonly LayerShape[], accelerator: Accelerator, settings: MapperSettings): number {
  let least = Number.POSITIVE_INFINITY;
  for (const shape of shapes) {
    const layer = { ...shape, residency: { ...shape.residency!, roomBits: null } };
    const { factors, temporalReuse } = settings;
    const constraints = constraintsOf(layer, accelerator, settings);
    const mapspace = makeMapspace({ layer, accelerator, factors, temporalReuse, constraints });
    if (mapspace.feasible) least = Math.min(least, leastRoomBits(mapspace));
  }
  return least;
}

/**
 * The layer with every way in which its Outputs have to be searched. Where the retention level may go without a tile of them, staged mappings include those
 * that send every word complete, at the same cost as in place; where partial sums are no wider than what stays, staging never pays.
 */
function waysOf(layer: LayerShape, accelerator: Accelerator, settings: MapperSettings): LayerShape[] {
  const { residency } = layer;
  if (residency === undefined || residency.outputs === 'outermost') return [layer];
  const level = accelerator.levels[residency.level];
  if (level === undefined) return [layer];
  const fixed = constraintsOf(layer, accelerator, settings).levels[residency.level]?.keep?.includes('Outputs');
  const canKeep = fixed ?? mayKeep(layer, level, residency.level, 'Outputs');
  const asStaged: LayerShape = { ...layer, residency: { ...residency, outputs: 'staged' } };
  const canBypass = !(fixed ?? mustKeep(asStaged, level, residency.level, 'Outputs'));
  const isNarrow = storedWordBits(level, layer, 'Outputs') === residency.activationBits;
  const inPlace: LayerShape = { ...layer, residency: { ...residency, outputs: 'in-place' } };
  if (!canKeep) return [asStaged];
  // Where partial sums must not come back into a level, that holds for a tile in it alone.
  if (isNarrow && !(canBypass && level.spill === 'never')) return [inPlace];
  return canBypass ? [asStaged] : [inPlace, asStaged];
}
