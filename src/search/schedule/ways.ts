import { outlineSegment, planSegment, type SegmentOutline } from '../../schedule/plan.ts';
import { isUnfit, type Retention } from '../../schedule/retention.ts';
import type { Placement, Segment } from '../../schedule/schedule.ts';
import type { StepKind } from '../../schedule/step-kind.ts';
import { type Frame, type Place, partialRoomBits } from '../../schedule/tiles/frame.ts';
import { makeStep, stepTraffic } from '../../schedule/tiles/step-maker.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { type Moves, NO_MOVES } from '../../workload/residency.ts';
import { placesKey, type WayPlace } from './places.ts';
import { type PricedStep, type SegmentSteps, type StepPricing, stepPrice } from './step-prices.ts';

/** What the steps of ways are made from. */
export interface WaySource {
  readonly sequence: Sequence;
  readonly retention: Retention;
  readonly pricing: StepPricing;
}

/** What is known of segments with equal steps. */
interface KnownSegment {
  readonly outline: SegmentOutline;
  /** By step and the places of its own operands. */
  readonly prices: Map<string, PricedStep>;
}

/**
 * The steps of segments with their prices. What does not depend on where operands are is planned once for loops that are alike, and the price of each of its steps
 * once for the places of its own operands: the rest is sums of bits.
 */
export class Ways {
  readonly #source: WaySource;
  readonly #known = new Map<string, KnownSegment | null>();

  constructor(source: WaySource) {
    this.#source = source;
  }

  /** The steps of one operator that runs whole; null where it cannot. */
  ofOperator(placement: Placement, segment: Segment): SegmentSteps | null {
    const { sequence, retention, pricing } = this.#source;
    const plan = planSegment(sequence, retention, placement, segment);
    if (isUnfit(plan)) return null;
    const kinds = plan.kinds.map((step): PricedStep => {
      const at = step.operator - segment.first;
      return { at, count: step.count, ...stepPrice(step, pricing, NOTHING_OPEN) };
    });
    return { kinds, fixedBits: plan.kinds.map(({ fixedBits }) => fixedBits) };
  }

  /**
   * The steps of a segment of several operators; null where it cannot run so.
   * @param alike equal for segments with equal steps: of operators that are alike, with the same loops and halo
   * @param frame its `unplacedFrame`
   * @param places of the operands of its frame, in their order
   * @param wholeBits of the retained storages that it touches
   */
  ofRange(
    alike: string,
    segment: Omit<Segment, 'held'>,
    frame: Frame,
    places: readonly WayPlace[],
    wholeBits: number,
  ): SegmentSteps | null {
    const known = this.#knownOf(alike, segment, frame);
    if (known === null) return null;
    const { retention } = this.#source;
    const { steps, words, frame: own } = known.outline;
    const { operands, operators, partial } = own;
    const { pricesVectors, capacityBits, copies } = retention;
    const capacity = capacityBits ?? Number.POSITIVE_INFINITY;
    const fixed: number[] = new Array(steps.length);
    for (let step = 0; step < steps.length; step++) {
      const one = steps[step]!;
      const { operator, output } = operators[one.at]!;
      const isVector = operator.kind === 'vector';
      // Into a whole retained tensor nothing is written in place: the tile that is read stays beside it.
      const overwritten = places[output] === 'whole' ? -1 : one.overwrites;
      let fixedBits = wholeBits;
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const isPartial = i === partial?.operand;
        if (place === 'streamed' || place === 'open' || (place === 'whole' && !isPartial)) continue;
        const at = 2 * (step * places.length + i);
        const moved = place === 'tile' || place === 'whole' ? 0 : words[at + 1]!;
        if (moved > 0 && isVector && !pricesVectors) return null;
        const arriving = place === 'held' ? moved * (copies - 1) : 0;
        const wordBits = isPartial
          ? partialRoomBits(partial.wordBits, operands[i]!.bits, place === 'whole')
          : operands[i]!.bits;
        fixedBits += ((i === overwritten ? 0 : words[at]!) + arriving) * wordBits;
      }
      if (fixedBits > capacity) return null;
      fixed[step] = fixedBits;
    }
    return { kinds: steps.map((_, step) => this.#priceOf(known, step, places)), fixedBits: fixed };
  }

  #knownOf(alike: string, segment: Omit<Segment, 'held'>, frame: Frame): KnownSegment | null {
    const before = this.#known.get(alike);
    if (before !== undefined) return before;
    const { sequence, retention } = this.#source;
    const outline = outlineSegment(sequence, retention, segment, frame);
    const known = isUnfit(outline) ? null : { outline, prices: new Map<string, PricedStep>() };
    this.#known.set(alike, known);
    return known;
  }

  #priceOf({ outline, prices }: KnownSegment, step: number, places: readonly WayPlace[]): PricedStep {
    const { frame, steps } = outline;
    const { at, count } = steps[step]!;
    const { inputs, output, operator } = frame.operators[at]!;
    const key = `${step}${placesKey(places, inputs)}${placesKey(places, [output])}`;
    const before = prices.get(key);
    if (before !== undefined) return before;
    const isOpen = (operand: number) => places[inputs[operand]!] === 'open';
    const hasParameters = operator.kind === 'mac' && operator.second.kind === 'parameters';
    const { pricing, retention } = this.#source;
    const price = stepPrice(placedStep(outline, retention.level, step, places), pricing, {
      parameters: hasParameters && isOpen(1),
      operand: (operand) => isOpen(operand) && !(hasParameters && operand === 1),
    });
    const priced = { at, count, ...price };
    prices.set(key, priced);
    return priced;
  }
}

const NOTHING_OPEN = { parameters: false, operand: () => false };

/** A step of an outline with its operands where they are; what takes room beside is left out. */
function placedStep(
  { frame, steps, words: all, made }: SegmentOutline,
  level: number,
  step: number,
  places: readonly WayPlace[],
): StepKind {
  const operands = frame.operands.map((operand, i) => ({ ...operand, place: placeOf(places[i]!) }));
  const fetched: Moves['fetched'][number][] = [];
  const drained: Moves['drained'][number][] = [];
  operands.forEach(({ bits }, i) => {
    const words = all[2 * (step * places.length + i) + 1]!;
    if (words > 0 && places[i] === 'held') fetched.push({ words, wordBits: bits });
    if (words > 0 && (places[i] === 'drained' || places[i] === 'partial')) drained.push({ words, wordBits: bits });
  });
  const moves = fetched.length + drained.length === 0 ? NO_MOVES : { fetched, drained };
  const boxes = made.length / steps.length;
  const own = made.subarray(step * boxes, (step + 1) * boxes);
  return makeStep({ ...frame, operands }, level, steps[step]!.at, own, stepTraffic([], moves));
}

function placeOf(place: WayPlace): Place {
  if (place === 'drained') return 'tile';
  return place === 'open' ? 'streamed' : place;
}
