import { outlineSegment, planSegment, type SegmentOutline } from '../../schedule/plan.ts';
import { isUnfit, type Retention } from '../../schedule/retention.ts';
import type { Placement, Segment } from '../../schedule/schedule.ts';
import type { StepKind } from '../../schedule/step-kind.ts';
import { type Frame, type Place, partialRoomBits } from '../../schedule/tiles/frame.ts';
import type { OutlineStep } from '../../schedule/tiles/step-collector.ts';
import { makeStep, stepTraffic } from '../../schedule/tiles/step-maker.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { type Moves, NO_MOVES } from '../../workload/residency.ts';
import { type PricedStep, type StepPrice, type StepPricing, stepPrice } from './step-prices.ts';

/** Where an operand of a segment is: `drained` is a tile that also goes to the outermost level, `open` is not decided. */
export type WayPlace = Place | 'drained' | 'open';

/** What the steps of ways are made from. */
export interface WaySource {
  readonly sequence: Sequence;
  readonly retention: Retention;
  readonly pricing: StepPricing;
}

/**
 * The steps of segments with their prices. What does not depend on where operands are is planned once for loops that are alike, and the price of each of its steps
 * once for the places of its own operands: the rest is sums of bits.
 */
export class Ways {
  readonly #source: WaySource;
  readonly #outlines = new Map<string, SegmentOutline | null>();
  readonly #prices = new Map<OutlineStep, Map<string, StepPrice>>();

  constructor(source: WaySource) {
    this.#source = source;
  }

  /** The steps of one operator that runs whole; null where it cannot. */
  ofOperator(placement: Placement, segment: Segment): PricedStep[] | null {
    const { sequence, retention, pricing } = this.#source;
    const plan = planSegment(sequence, retention, placement, segment);
    if (isUnfit(plan)) return null;
    return plan.kinds.map((step) => ({
      ...{ at: step.operator - segment.first, count: step.count, fixedBits: step.fixedBits },
      ...stepPrice(step, pricing, NOTHING_OPEN),
    }));
  }

  /**
   * The steps of a segment of several operators; null where it cannot run so.
   * @param alike equal for segments with equal steps: of operators that are alike, with the same loops and halo
   * @param places of the operands of its frame, in their order
   * @param wholeBits of the retained storages that it touches
   */
  ofRange(
    alike: string,
    segment: Omit<Segment, 'held'>,
    places: readonly WayPlace[],
    wholeBits: number,
  ): PricedStep[] | null {
    const outline = this.#outlineOf(alike, segment);
    if (outline === null) return null;
    const { retention } = this.#source;
    const { operands, operators, partial } = outline.frame;
    const { pricesVectors, capacityBits, copies } = retention;
    const capacity = capacityBits ?? Number.POSITIVE_INFINITY;
    const steps: PricedStep[] = [];
    for (const one of outline.steps) {
      const { operator, output } = operators[one.at]!;
      const isVector = operator.kind === 'vector';
      // Into a whole retained tensor nothing is written in place: the tile that is read stays beside it.
      const overwritten = places[output] === 'whole' ? -1 : one.overwrites;
      let fixedBits = wholeBits;
      for (let i = 0; i < places.length; i++) {
        const place = places[i]!;
        const isPartial = i === partial?.operand;
        if (place === 'streamed' || place === 'open' || (place === 'whole' && !isPartial)) continue;
        const moved = place === 'tile' || place === 'whole' ? 0 : one.moved[i]!;
        if (moved > 0 && isVector && !pricesVectors) return null;
        const arriving = place === 'held' ? moved * (copies - 1) : 0;
        const wordBits = isPartial
          ? partialRoomBits(partial.wordBits, operands[i]!.bits, place === 'whole')
          : operands[i]!.bits;
        fixedBits += ((i === overwritten ? 0 : one.kept[i]!) + arriving) * wordBits;
      }
      if (fixedBits > capacity) return null;
      steps.push({ at: one.at, count: one.count, fixedBits, ...this.#priceOf(outline.frame, one, places) });
    }
    return steps;
  }

  #outlineOf(alike: string, segment: Omit<Segment, 'held'>): SegmentOutline | null {
    const before = this.#outlines.get(alike);
    if (before !== undefined) return before;
    const { sequence, retention } = this.#source;
    const made = outlineSegment(sequence, retention, segment);
    const outline = isUnfit(made) ? null : made;
    this.#outlines.set(alike, outline);
    return outline;
  }

  #priceOf(frame: Frame, one: OutlineStep, places: readonly WayPlace[]): StepPrice {
    const { inputs, output, operator } = frame.operators[one.at]!;
    const key = `${inputs.map((input) => places[input]).join()},${places[output]}`;
    const known = this.#prices.get(one) ?? new Map<string, StepPrice>();
    this.#prices.set(one, known);
    const before = known.get(key);
    if (before !== undefined) return before;
    const isOpen = (operand: number) => places[inputs[operand]!] === 'open';
    const hasParameters = operator.kind === 'mac' && operator.second.kind === 'parameters';
    const price = stepPrice(placedStep(frame, this.#source.retention.level, one, places), this.#source.pricing, {
      parameters: hasParameters && isOpen(1),
      operand: (operand) => isOpen(operand) && !(hasParameters && operand === 1),
    });
    known.set(key, price);
    return price;
  }
}

const NOTHING_OPEN = { parameters: false, operand: () => false };

/** A step of an outline with its operands where they are; what takes room beside is left out. */
function placedStep(frame: Frame, level: number, one: OutlineStep, places: readonly WayPlace[]): StepKind {
  const operands = frame.operands.map((operand, i) => ({ ...operand, place: placeOf(places[i]!) }));
  const fetched: Moves['fetched'][number][] = [];
  const drained: Moves['drained'][number][] = [];
  operands.forEach(({ bits }, i) => {
    const words = one.moved[i]!;
    if (words > 0 && places[i] === 'held') fetched.push({ words, wordBits: bits });
    if (words > 0 && (places[i] === 'drained' || places[i] === 'partial')) drained.push({ words, wordBits: bits });
  });
  const moves = fetched.length + drained.length === 0 ? NO_MOVES : { fetched, drained };
  return makeStep({ ...frame, operands }, level, one.at, one.made, stepTraffic([], moves));
}

function placeOf(place: WayPlace): Place {
  if (place === 'drained') return 'tile';
  return place === 'open' ? 'streamed' : place;
}
