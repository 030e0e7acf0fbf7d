import type { Accelerator } from '../../accelerator/accelerator.ts';
import { tileBitsAt } from '../../mapping/tile-bits.ts';
import type { Retention } from '../../schedule/retention.ts';
import type { MacStep } from '../../schedule/step-kind.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import type { LayerShape } from '../../workload/network.ts';
import { NO_MOVES, type Residency } from '../../workload/residency.ts';
import { layerBound } from '../mapping/bounds/layer-bound.ts';
import { layerDemand } from '../mapping/bounds/layer-demand.ts';
import type { MappedLayer } from '../mapping/map-layer.ts';
import type { Factors } from '../mapping/space/spatial-choices.ts';

/** Where the operands of a step are: which of them lie in the retention level. */
export type StepHomes = Pick<MacStep, 'weights' | 'inputs' | 'outputs' | 'moves'>;

/** A mapping of a step with what it takes. */
export interface LabelPoint {
  readonly energyPj: number;
  readonly cycles: number;
  /** Bits of the retention level that its tiles take. */
  readonly tileBits: number;
  readonly mapped: MappedLayer;
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
  | { readonly kind: 'mapped'; readonly mapped: MappedLayer; readonly tileBits: number; readonly lowerBound: number }
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
  readonly shape: LayerShape;
  readonly homes: StepHomes;
  /** No mapping has less energy, or fewer cycles. */
  readonly least: { readonly energyPj: number; readonly cycles: number };
  readonly points: LabelPoint[];
  readonly asked: Asked[];
  /** Largest room in which nothing fits; -1: not known. */
  closedBits: number;
  /** Largest room in which a search was stopped without a mapping. */
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
  readonly #retention: Pick<Retention, 'level' | 'capacityBits' | 'activationBits'>;
  readonly #factors: Factors;
  readonly #labels: Label[] = [];
  readonly #numbers = new Map<string, number>();
  /** Searches answered, and those proven. */
  readonly counts = { asked: 0, proven: 0 };

  constructor(
    accelerator: Accelerator,
    retention: Pick<Retention, 'level' | 'capacityBits' | 'activationBits'>,
    factors: Factors,
  ) {
    this.#accelerator = accelerator;
    this.#retention = retention;
    this.#factors = factors;
  }

  /** Number of a step; equal steps have the same. */
  numberOf(shape: LayerShape, homes: StepHomes, activationBits: number): number {
    const residency = this.#residency(homes, activationBits, null);
    const full = residency === null ? shape : { ...shape, residency };
    const key = layerKey(full);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      const least = layerBound(layerDemand(full), this.#accelerator, this.#factors);
      number =
        this.#labels.push({ shape, homes: { ...homes }, least, points: [], asked: [], closedBits: -1, reason: '' }) - 1;
      this.#activationBits.push(activationBits);
      this.#numbers.set(key, number);
    }
    return number;
  }

  readonly #activationBits: number[] = [];

  /** What is known of a step's least value in a room, for a weight. */
  rangeOf(number: number, lambda: number | null, roomBits: number): LabelRange {
    const { least, points, asked, closedBits } = this.#labels[number]!;
    if (roomBits <= closedBits || roomBits < 0) return NOTHING;
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
    let lower = weighed(lambda, least.energyPj, least.cycles);
    for (const one of asked) if (one.roomBits >= roomBits) lower = Math.max(lower, boundFrom(one, lambda, least));
    lower = Math.max(lower, between(asked, lambda, roomBits));
    return { lower: Math.min(lower, upper), upper, point };
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
    const residency = this.#residency(homes, this.#activationBits[number]!, bits);
    return { label: number, roomBits: bits, shape: residency === null ? shape : { ...shape, residency } };
  }

  /** Takes the outcome of a search. */
  answer({ label, roomBits }: LabelAsk, lambda: number | null, outcome: LabelOutcome): void {
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
      return;
    }
    const { mapped, lowerBound } = outcome;
    const tileBits = isIsland(own.homes) ? this.#islandBits(own, mapped) : outcome.tileBits;
    const { energyPj, cycles } = mapped.evaluation;
    if (mapped.proof.optimal) this.counts.proven++;
    own.points.push({ energyPj, cycles, tileBits, mapped });
    own.asked.push({ lambda, roomBits: room, lower: lowerBound, isStopped: !mapped.proof.optimal });
  }

  /** Why nothing fits in a room. */
  reasonOf(number: number): string {
    return this.#labels[number]!.reason;
  }

  #islandBits({ shape }: Label, { mapping }: MappedLayer): number {
    const { level } = this.#retention;
    const residency = {
      level,
      weights: false,
      inputs: false,
      outputs: 'outermost',
      activationBits: 1,
      roomBits: null,
      moves: NO_MOVES,
    } as const;
    return tileBitsAt({ ...shape, residency }, this.#accelerator, mapping);
  }

  /** Homes as the model takes them; null: as a layer of its own in all of the level. */
  #residency(
    { weights, inputs, outputs, moves }: StepHomes,
    activationBits: number,
    roomBits: number | null,
  ): Residency | null {
    const { level, capacityBits } = this.#retention;
    if (isIsland({ weights, inputs, outputs, moves }) && roomBits === capacityBits) return null;
    return { level, weights, inputs, outputs: outputs ? 'in-place' : 'outermost', activationBits, roomBits, moves };
  }
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
