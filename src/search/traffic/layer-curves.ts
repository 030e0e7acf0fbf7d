import type { Layer } from '../../workload/network.ts';
import type { Border } from './border.ts';
import type { CurveStep, TrafficCurve } from './traffic-curve.ts';

/** A layer with its curve; layers that cost the same are one. */
export interface LayerCurve {
  /** The first of them. */
  readonly layer: Layer;
  /** Times that the network runs it, all of them together. */
  readonly repeat: number;
  readonly border: Border;
  readonly curve: TrafficCurve;
}

/** The stair of a curve that holds for a room; undefined where no tile fits. */
export function stepWithin({ steps }: Pick<TrafficCurve, 'steps'>, bits: number): CurveStep | undefined {
  return steps.findLast((step) => step.heldBits <= bits);
}

/** The stairs of all layers for a room, each layer having it all; null where some layer has no tile that fits. */
export function stepsWithin(layers: readonly LayerCurve[], bits: number): readonly CurveStep[] | null {
  const steps = layers.flatMap(({ curve }) => stepWithin(curve, bits) ?? []);
  return steps.length === layers.length ? steps : null;
}

/** Rooms at which the sum over the layers falls, ascending, from the least in which every layer has a tile. */
export function roomsOfStairs(layers: readonly LayerCurve[]): number[] {
  const least = Math.max(...layers.map(({ curve }) => curve.steps[0]!.heldBits));
  const rooms = layers.flatMap(({ curve }) => curve.steps.map(({ heldBits }) => heldBits));
  return [...new Set(rooms)].filter((bits) => bits >= least).sort((a, b) => a - b);
}
