import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { ChoiceArc } from './choice-arcs.ts';
import type { LabelPoint } from './step-labels.ts';

/** A complete schedule: its choices in order, with what it costs. */
export interface FoundSchedule extends EnergyAndCycles {
  readonly arcs: readonly ChoiceArc[];
  /** By arc and step; null: a step without a mapping. */
  readonly points: readonly (readonly (LabelPoint | null)[])[];
  /** Bits of all pinned parameters. */
  readonly pinnedBits: number;
}
