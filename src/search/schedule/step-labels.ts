import type { Accelerator } from '../../accelerator/accelerator.ts';
import { evaluateMapping } from '../../cost/evaluate.ts';
import { movedWords } from '../../cost/moves.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { tileBitsAt } from '../../mapping/tile-bits.ts';
import type { Retention } from '../../schedule/retention.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import type { LayerShape } from '../../workload/network.ts';
import { NO_MOVES, type Residency } from '../../workload/residency.ts';
import { layerBound } from '../mapping/bounds/layer-bound.ts';
import { layerDemand } from '../mapping/bounds/layer-demand.ts';
import type { Factors } from '../mapping/space/spatial-choices.ts';
import type { MappedStep } from '../mapping/step-label.ts';
import type { StepHomes } from './retained-twins.ts';
import { type RetainedTwin, retainedTwins } from './retained-twins.ts';

/** A mapping of a step with what it takes. */
export interface LabelPoint {
  readonly energyPj: number;
  readonly cycles: number;
  /** Bits of the retention level that its tiles take. */
  readonly tileBits: number;
  readonly mapping: Mapping;
}

/** What is kept of a mapping that a search gave: a search of schedules has thousands. */
interface MetMapping {
  readonly mapping: Mapping;
  readonly tileBits: number;
  /** The way in which its Outputs stay. */
  readonly outputs: Residency['outputs'];
}

/** What is known of the least value of a step in a room. */
export interface LabelRange {
  readonly lower: number;
  /** Infinite when no mapping is known. */
  readonly upper: number;
  readonly point: LabelPoint | null;
}

/** What became of a search for the mapping of a step. */
export type LabelOutcome =
  | { readonly kind: 'mapped'; readonly mapped: MappedStep; readonly lowerBound: number }
  /** No mapping fits; or the search was stopped before any was found. */
  | { readonly kind: 'none'; readonly reason: string; readonly isStopped: boolean };

/** A search that is asked for. */
export interface LabelAsk {
  readonly label: number;
  readonly roomBits: number | null;
  readonly shape: LayerShape;
}

/** A search that was made: the least value for a weight, within a room. */
interface Asked {
  readonly lambda: number | null;
  readonly roomBits: number;
  readonly lower: number;
  /** Whether the search was stopped: asking again brings nothing. */
  readonly isStopped: boolean;
}

/** All that is known of one step: the same problem with the same homes, in any room and for any weight of its cycles. */
interface Label {
  /** Numbers of all that an answer of this step tells of: its own first, itself with moves, and steps with less in the retention level. */
  readonly told: number[];
  readonly shape: LayerShape;
  readonly homes: StepHomes;
  /** No mapping has less energy, or fewer cycles. */
  readonly least: { readonly energyPj: number; readonly cycles: number };
  /** The same without moves, and their energy; null: nothing moves. */
  readonly still: { readonly label: Label; readonly movedPj: number } | null;
  /** Steps with more in the retention level, and what this one costs at least beyond them; empty where something moves. */
  readonly twins: readonly { readonly label: Label; readonly beyond: RetainedTwin['beyond'] }[];
  readonly points: LabelPoint[];
  /** Mappings that searches of this step gave, whatever moved beside. */
  readonly met: MetMapping[];
  /** How many of those that the step without moves has met are points of this one. */
  taken: number;
  readonly asked: Asked[];
  /** Largest room in which nothing fits; -1: not known. */
  closedBits: number;
  /** Why. */
  reason: string;
}

/** Energy and cycles weighed: pJ per cycle; null: cycles alone. */
export function weighed(lambda: number | null, energyPj: number, cycles: number): number {
  return lambda === null ? cycles : energyPj + lambda * cycles;
}

/** Share of a value by which equal values may differ: sums in other orders. */
export const ROUNDING = 1e-12;

/**
 * Least values of steps, as far as searches have answered. The least value falls with the room and is concave in lambda, and a mapping that takes u bits is one
 * in every room from u on: so one answer holds for a stair of rooms and bounds all others, and two bound every lambda between them.
 */
export class StepLabels {
  readonly #accelerator: Accelerator;
  readonly #retention: Pick<Retention, 'level' | 'capacityBits'>;
  readonly #factors: Factors;
  readonly #labels: Label[] = [];
  readonly #numbers = new Map<string, number>();
  /** Searches answered, and those proven. */
  readonly counts = { asked: 0, proven: 0 };

  constructor(accelerator: Accelerator, retention: Pick<Retention, 'level' | 'capacityBits'>, factors: Factors) {
    this.#accelerator = accelerator;
    this.#retention = retention;
    this.#factors = factors;
  }

  /** Number of a step; equal steps have the same. */
  numberOf(shape: LayerShape, step: StepHomes): number {
    const { weights, inputs, outputs, activationBits, resumes, moves } = step;
    const homes = { weights, inputs, outputs, activationBits, resumes, moves };
    const key = layerKey({ ...shape, residency: this.#residency(homes, null) });
    let number = this.#numbers.get(key);
    if (number === undefined) {
      const label = this.#newLabel(shape, homes);
      number = this.#labels.push(label) - 1;
      for (const one of tellersOf(label)) one.told.push(number);
      this.#numbers.set(key, number);
    }
    return number;
  }

  #newLabel(shape: LayerShape, homes: StepHomes): Label {
    const residency = this.#residency(homes, null);
    const least = layerBound(layerDemand({ ...shape, residency }), this.#accelerator, this.#factors);
    const isStill = homes.moves.fetched.length + homes.moves.drained.length === 0;
    const still = isStill
      ? null
      : {
          label: this.#labels[this.numberOf(shape, { ...homes, moves: NO_MOVES })]!,
          movedPj: this.#movedPj(residency),
        };
    return {
      told: [],
      shape,
      homes,
      least,
      still,
      twins: isStill ? this.#twinsOf(shape, homes) : [],
      points: [],
      met: [],
      taken: 0,
      asked: [],
      closedBits: -1,
      reason: '',
    };
  }

  /** All steps with more in the retention level. */
  #twinsOf(shape: LayerShape, homes: StepHomes): Label['twins'] {
    const all = new Map<Label, RetainedTwin['beyond']>();
    for (const { homes: more, beyond } of retainedTwins(shape, homes, this.#accelerator, this.#retention.level)) {
      const label = this.#labels[this.numberOf(shape, more)]!;
      all.set(label, beyond);
      for (const one of label.twins) if (!all.has(one.label)) all.set(one.label, summed(beyond, one.beyond));
    }
    return [...all].map(([label, beyond]) => ({ label, beyond }));
  }

  #movedPj(residency: Residency): number {
    return this.#accelerator.levels.reduce(
      (sum, _, index) => sum + (movedWords({ residency }, this.#accelerator, index)?.energyPj ?? 0),
      0,
    );
  }

  /** What is known of a step's least value in a room, for a weight. */
  rangeOf(number: number, lambda: number | null, roomBits: number): LabelRange {
    return this.#rangeOf(this.#labels[number]!, lambda, roomBits);
  }

  #rangeOf(label: Label, lambda: number | null, roomBits: number): LabelRange {
    const { points, closedBits, still, twins } = label;
    if (roomBits <= closedBits || roomBits < 0 || (still !== null && roomBits <= still.label.closedBits))
      return NOTHING;
    if (still !== null) this.#takePoints(label, still.label);
    let point: LabelPoint | null = null;
    let upper = Number.POSITIVE_INFINITY;
    let tie = Number.POSITIVE_INFINITY;
    for (const one of points) {
      if (one.tileBits > roomBits) continue;
      const value = weighed(lambda, one.energyPj, one.cycles);
      const other = lambda === null ? one.energyPj : one.cycles;
      if (value > upper || (value === upper && other >= tie)) continue;
      [point, upper, tie] = [one, value, other];
    }
    let lower = ownLower(label, lambda, roomBits);
    if (lower < upper)
      for (const { label: twin, beyond } of twins) {
        const most = beyond(lambda);
        if (twin.asked.length > 0 && most !== null) lower = Math.max(lower, ownLower(twin, lambda, roomBits) + most);
      }
    // What moves beside costs its energy, whatever the mapping, and makes nothing faster.
    if (still !== null && lower < upper)
      lower = Math.max(
        lower,
        this.#rangeOf(still.label, lambda, roomBits).lower + (lambda === null ? 0 : still.movedPj),
      );
    return { lower: Math.min(lower, upper), upper, point };
  }

  /** All mappings of a step that are known and fit in a room. */
  pointsIn(number: number, roomBits: number): readonly LabelPoint[] {
    const label = this.#labels[number]!;
    if (label.still !== null) this.#takePoints(label, label.still.label);
    return label.points.filter(({ tileBits }) => tileBits <= roomBits);
  }

  /** Takes the mappings that the step without moves has met for this one. */
  #takePoints(label: Label, { met }: Label): void {
    while (label.taken < met.length) label.points.push(this.#pointOf(label, met[label.taken++]!));
  }

  /** A mapping of the same step with other moves: they take no room of its tiles. */
  #pointOf({ shape: own, homes }: Label, { mapping, tileBits, outputs }: MetMapping): LabelPoint {
    const shape = { ...own, residency: { ...this.#residency(homes, null), outputs } };
    const evaluation = evaluateMapping(shape, this.#accelerator, mapping, { temporalReuse: 'exact' });
    if (!evaluation.feasible) throw new Error('moves make no mapping illegal');
    const { energyPj, cycles } = evaluation;
    return { energyPj, cycles, tileBits, mapping };
  }

  /** Whether a search would tell more of a step in a room. */
  isOpen(number: number, lambda: number | null, roomBits: number): boolean {
    const { lower, upper } = this.rangeOf(number, lambda, roomBits);
    if (lower === Number.POSITIVE_INFINITY || upper <= lower * (1 + ROUNDING)) return false;
    return !this.#labels[number]!.asked.some(
      (one) => one.lambda === lambda && one.roomBits === roomBits && one.isStopped,
    );
  }

  /** The search that tells most of a step in a room: in all of the level first, which holds for a stair of rooms. */
  askOf(number: number, lambda: number | null, roomBits: number): LabelAsk {
    const { asked } = this.#labels[number]!;
    const most = this.#retention.capacityBits ?? Number.POSITIVE_INFINITY;
    const isKnown = asked.some((one) => one.lambda === lambda && one.roomBits >= roomBits);
    return this.askIn(number, isKnown ? roomBits : most);
  }

  /** The search of a step in a room, at most all of the level. */
  askIn(number: number, roomBits: number): LabelAsk {
    const { shape, homes } = this.#labels[number]!;
    const room = Math.min(roomBits, this.#retention.capacityBits ?? Number.POSITIVE_INFINITY);
    const bits = room === Number.POSITIVE_INFINITY ? null : room;
    // In all of the level, a step with nothing retained is a layer of its own.
    const isLayer = isIsland(homes) && bits === this.#retention.capacityBits;
    return {
      label: number,
      roomBits: bits,
      shape: isLayer ? shape : { ...shape, residency: this.#residency(homes, bits) },
    };
  }

  /** Takes the outcome of a search. @returns numbers of the labels of which more is known now */
  answer({ label, roomBits }: LabelAsk, lambda: number | null, outcome: LabelOutcome): readonly number[] {
    const own = this.#labels[label]!;
    const room = roomBits ?? Number.POSITIVE_INFINITY;
    this.counts.asked++;
    if (outcome.kind === 'none') {
      if (!outcome.isStopped) {
        this.counts.proven++;
        own.closedBits = Math.max(own.closedBits, room);
        own.reason = outcome.reason;
      } else
        own.asked.push({
          lambda,
          roomBits: room,
          lower: weighed(lambda, own.least.energyPj, own.least.cycles),
          isStopped: true,
        });
      return (own.still?.label ?? own).told;
    }
    const { lowerBound, mapped } = outcome;
    const met = this.#metBy(own, mapped);
    const { mapping, tileBits } = met;
    const { energyPj, cycles } = mapped.evaluation;
    if (mapped.proof.optimal) this.counts.proven++;
    if (own.still === null) own.points.push({ energyPj, cycles, tileBits, mapping });
    own.asked.push({ lambda, roomBits: room, lower: lowerBound, isStopped: !mapped.proof.optimal });
    const first = own.still?.label ?? own;
    first.met.push(met);
    if (first !== own) first.points.push(this.#pointOf(first, met));
    return first.told;
  }

  /** Why nothing fits in a room. */
  reasonOf(number: number): string {
    return this.#labels[number]!.reason;
  }

  /** The search in all of the level whose outcome says how much room is missing. */
  askWhy(number: number): LabelAsk {
    const { shape, homes } = this.#labels[number]!;
    const roomBits = this.#retention.capacityBits;
    return { label: number, roomBits, shape: { ...shape, residency: this.#residency(homes, roomBits) } };
  }

  #metBy({ shape, homes }: Label, { mapping, tileBits, shape: mapped }: MappedStep): MetMapping {
    if (!isIsland(homes)) return { mapping, tileBits, outputs: mapped.residency?.outputs ?? 'outermost' };
    // Of a layer of its own nobody counted the bits that its tiles take as a step.
    const own = { ...shape, residency: this.#residency(homes, null) };
    return { mapping, tileBits: tileBitsAt(own, this.#accelerator, mapping), outputs: 'outermost' };
  }

  #residency({ outputs, resumes, ...homes }: StepHomes, roomBits: number | null): Residency {
    const { level } = this.#retention;
    return { level, ...homes, outputs: outputs ? 'in-place' : 'outermost', ...(resumes ? { resumes } : {}), roomBits };
  }
}

/** Steps whose answers tell of a step: itself, without its moves, and with more in the retention level. */
function tellersOf(label: Label): Label[] {
  const still = label.still?.label ?? label;
  return [...new Set([label, still, ...still.twins.map((twin) => twin.label)])];
}

function summed(one: RetainedTwin['beyond'], other: RetainedTwin['beyond']): RetainedTwin['beyond'] {
  return (lambda) => {
    const [a, b] = [one(lambda), other(lambda)];
    return a === null || b === null ? null : a + b;
  };
}

/** What searches of a step itself say of its least value. */
function ownLower({ least, asked }: Label, lambda: number | null, roomBits: number): number {
  let lower = weighed(lambda, least.energyPj, least.cycles);
  for (const one of asked) if (one.roomBits >= roomBits) lower = Math.max(lower, boundFrom(one, lambda, least));
  return Math.max(lower, between(asked, lambda, roomBits));
}

/** Whether a step is a layer of its own. */
function isIsland({ weights, inputs, outputs, moves }: StepHomes): boolean {
  return !weights && !inputs && !outputs && moves.fetched.length + moves.drained.length === 0;
}

const NOTHING: LabelRange = { lower: Number.POSITIVE_INFINITY, upper: Number.POSITIVE_INFINITY, point: null };

/** What the least value for one weight says of another: it grows by at least the least cycles (or energy) for each unit of the weight. */
function boundFrom({ lambda: known, lower }: Asked, lambda: number | null, least: Label['least']): number {
  if (known === lambda) return lower;
  if (known === null) return lambda === null ? lower : least.energyPj + lambda * lower;
  if (lambda === null) return Number.NEGATIVE_INFINITY;
  return lambda >= known
    ? lower + (lambda - known) * least.cycles
    : least.energyPj + (lambda / known) * (lower - least.energyPj);
}

/** The chord of the least values for two weights around a third. */
function between(asked: readonly Asked[], lambda: number | null, roomBits: number): number {
  if (lambda === null) return Number.NEGATIVE_INFINITY;
  let best = Number.NEGATIVE_INFINITY;
  for (const low of asked) {
    if (low.lambda === null || low.lambda > lambda || low.roomBits < roomBits) continue;
    for (const high of asked) {
      if (high.lambda === null || high.lambda < lambda || high.roomBits < roomBits || high.lambda === low.lambda)
        continue;
      const share = (lambda - low.lambda) / (high.lambda - low.lambda);
      best = Math.max(best, low.lower + share * (high.lower - low.lower));
    }
  }
  return best;
}
