import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Path } from './arc.ts';
import type { ArcCosts, ChoiceArc, ChoiceArcs } from './choice-arcs.ts';
import { type Choice, isUndecided, type Way } from './choices.ts';
import { type PinnedInterval, splitInterval } from './pinned-interval.ts';
import type { PricedCuts } from './priced-cuts.ts';
import {
  type LabelAsk,
  type LabelOutcome,
  type LabelPoint,
  ROUNDING,
  type StepLabels,
  weighed,
} from './step-labels.ts';
import { knownPoints, openAsks } from './step-prices.ts';

/** Asks for labels, is given their outcomes in the same order; null: the time is over. */
export type LabelSteps<Answer> = Generator<readonly LabelAsk[], Answer, readonly LabelOutcome[] | null>;

/** A complete schedule: its choices in order, with what it costs. */
export interface FoundSchedule extends EnergyAndCycles {
  readonly arcs: readonly ChoiceArc[];
  /** By arc and step; null: a step without a mapping. */
  readonly points: readonly (readonly (LabelPoint | null)[])[];
  /** Bits of all pinned parameters. */
  readonly pinnedBits: number;
}

/** The schedules on one supporting line. */
export interface SupportingSchedule {
  /** The best that is known; null: none. */
  readonly best: FoundSchedule | null;
  /** No schedule weighs less. */
  readonly lowerBound: number;
  /** Whether the search ended before its proof. */
  readonly isStopped: boolean;
}

/** How a line is solved. */
export interface LineCourse {
  /** Told before labels are asked for what no schedule weighs less than. */
  readonly tell: (lowerBound: number) => void;
  /** The schedule found may weigh so much more than the best one: 0.01 = 1 %. */
  readonly tolerance: number;
}

const EXACTLY: LineCourse = { tell: () => {}, tolerance: 0 };

/** Ways that are worked on in a round beside those of the cheapest path. */
const WORK_BESIDE = 24;
/** Rounds after which arcs that are of no use any more are left aside. */
const NARROWED_EVERY = 8;

/**
 * Least weighed sum over all schedules of a sequence: a shortest path over the homes of what lives across each cut.
 *
 * Costs of arcs are bounds that only rise: labels that nobody has asked for, loops and operands that are not decided count as good as they can be. The cheapest
 * path tells what to ask for or to decide next; when nothing of it is open, it is the optimum. Pins are the one thing that all steps share: an interval of
 * pinned bits is bounded with the room of its low end, and halved where its path pins more.
 */
export class ScheduleLines {
  /** What was done: choices that were decided further. */
  readonly counts = { decided: 0 };
  readonly #arcs: ChoiceArcs;
  readonly #labels: StepLabels;
  readonly #capacityBits: number;

  constructor(arcs: ChoiceArcs, labels: StepLabels, capacityBits: number | null) {
    this.#arcs = arcs;
    this.#labels = labels;
    this.#capacityBits = capacityBits ?? Number.POSITIVE_INFINITY;
  }

  /**
   * The best schedule for energy + lambda * cycles; null: least latency.
   * @param known a schedule that is known already
   */
  *solve(
    lambda: number | null,
    known: FoundSchedule | null,
    { tell, tolerance }: LineCourse = EXACTLY,
  ): LabelSteps<SupportingSchedule> {
    const slack = 1 - Math.max(ROUNDING, tolerance);
    const weigh = (found: FoundSchedule | null) =>
      found === null ? Number.POSITIVE_INFINITY : weighed(lambda, found.energyPj, found.cycles);
    let best = known;
    let isStopped = false;
    let least = Number.POSITIVE_INFINITY;
    const open: PinnedInterval[] = [{ low: 0, high: this.#capacityBits, bound: Number.NEGATIVE_INFINITY }];
    while (open.length > 0) {
      open.sort((a, b) => b.bound - a.bound);
      const interval = open.pop()!;
      if (isStopped || interval.bound >= weigh(best) * slack) {
        least = Math.min(least, interval.bound);
        continue;
      }
      const others = Math.min(least, weigh(best), open.at(-1)?.bound ?? Number.POSITIVE_INFINITY);
      const tellAll = (own: number) => tell(Math.min(others, Math.max(own, interval.bound)));
      const {
        path,
        lowerBound,
        isStopped: isEarly,
      } = yield* this.#interval(lambda, interval, weigh(best), { tell: tellAll, tolerance });
      isStopped ||= isEarly;
      const bound = Math.max(lowerBound, interval.bound);
      if (path === null) {
        least = Math.min(least, bound);
        continue;
      }
      const priced: FoundSchedule | null = yield* this.#price(lambda, path);
      const [own, other] = [weigh(priced), weigh(best)];
      if (own < other || (own === other && priced !== null && priced.energyPj < best!.energyPj)) best = priced;
      const { pinnedBits } = path;
      if (isStopped || pinnedBits <= interval.low) least = Math.min(least, bound);
      else open.push(...splitInterval({ ...interval, bound }, pinnedBits));
    }
    return { best, lowerBound: Math.min(least, weigh(best)), isStopped };
  }

  /**
   * The cheapest path whose pins stay within an interval, all of it settled; null where it is not worth it, or there is none.
   * @param cutoff cost from which on a path is not worth it
   */
  *#interval(
    lambda: number | null,
    { low, high }: PinnedInterval,
    cutoff: number,
    { tell, tolerance }: LineCourse,
  ): LabelSteps<{ readonly path: Path<ChoiceArc> | null; readonly lowerBound: number; readonly isStopped: boolean }> {
    const costs = this.#arcs.costs(lambda, this.#capacityBits - low);
    // What pins too much alone would only make the bound of the interval too low.
    let graph = this.#arcs.graph.where((arc) => arc.pinnedBits <= high);
    for (let round = 0; ; round++) {
      const cuts = graph.priced(costs);
      const bracket = cuts.bracket(high);
      if (bracket === null) return { path: null, lowerBound: Number.POSITIVE_INFINITY, isStopped: false };
      if (bracket.lowerBound >= cutoff * (1 - Math.max(ROUNDING, tolerance)))
        return { path: null, lowerBound: bracket.lowerBound, isStopped: false };
      // Costs only rise: what is no better than the cutoff now never is.
      if (round % NARROWED_EVERY === 0 && cutoff < Number.POSITIVE_INFINITY)
        graph = graph.of(cuts.narrowed(bracket.price, high, cutoff));
      const both = new Set([...bracket.below.arcs, ...(bracket.within?.arcs ?? [])]);
      let path: Path<ChoiceArc> | null = null;
      let work = this.#workOn(both, costs);
      // The interval will be halved, whatever its cheapest path is.
      if (work === null && bracket.within !== null && bracket.within.pinnedBits > low) {
        const { within, lowerBound } = bracket;
        return { path: within, lowerBound, isStopped: false };
      }
      if (work === null) {
        const cheapest = cuts.cheapest(high, bracket, { cutoff, tolerance });
        path = cheapest.path;
        if (path === null) return { ...cheapest, isStopped: false };
        work = this.#workOn(path.arcs, costs);
        if (work === null) return { ...cheapest, isStopped: false };
      } else work = this.#withOthers(work, cuts, costs, bracket.price, cutoff);
      for (const choice of work.open) {
        this.counts.decided++;
        this.#arcs.decide(choice, graph);
      }
      if (work.asks.length > 0) tell(bracket.lowerBound);
      if (yield* this.#ask(lambda, work.asks)) continue;
      const { within, lowerBound } = bracket;
      path ??= within;
      return { path, lowerBound, isStopped: true };
    }
  }

  /** What would raise the costs of arcs: labels to ask for, and choices to be decided; null where nothing is open. */
  #workOn(arcs: Iterable<ChoiceArc>, { lambda, baseBits }: ArcCosts): Work | null {
    const asks: LabelAsk[] = [];
    const open = new Set<Choice>();
    for (const { choice, passingBits } of arcs) {
      const own = openAsks(choice.way.steps, this.#labels, lambda, baseBits - passingBits);
      asks.push(...own);
      if (own.length === 0 && isUndecided(choice)) open.add(choice);
    }
    return asks.length + open.size === 0 ? null : { asks, open: [...open] };
  }

  /** Work with that on the arcs whose cheapest paths cost next to nothing more: it is due before the end. */
  #withOthers(work: Work, cuts: PricedCuts<ChoiceArc>, costs: ArcCosts, price: number, cutoff: number): Work {
    const ways = new Set<Way>();
    const others: ChoiceArc[] = [];
    for (const arc of cuts.nearest(price, cutoff, ({ choice }) => isUndecided(choice))) {
      // Those that are alike are decided together: their paths cost much the same.
      if (ways.size === WORK_BESIDE && !ways.has(arc.choice.way)) continue;
      ways.add(arc.choice.way);
      others.push(arc);
    }
    const beside = this.#workOn(others, costs);
    if (beside === null) return work;
    return { asks: [...work.asks, ...beside.asks], open: [...new Set([...work.open, ...beside.open])] };
  }

  /** The sums of a path with the room that its own pins leave; null where something has no mapping there. */
  *#price(lambda: number | null, { arcs, pinnedBits }: Path<ChoiceArc>): LabelSteps<FoundSchedule | null> {
    if (arcs.some(({ choice }) => isUndecided(choice))) return null;
    const base = ({ passingBits }: ChoiceArc) => this.#capacityBits - pinnedBits - passingBits;
    for (;;) {
      const asks = arcs.flatMap((arc) => openAsks(arc.choice.way.steps, this.#labels, lambda, base(arc)));
      if (asks.length === 0 || !(yield* this.#ask(lambda, asks))) break;
    }
    const all: (readonly (LabelPoint | null)[])[] = [];
    let energyPj = 0;
    let cycles = 0;
    for (const arc of arcs) {
      const own = knownPoints(arc.choice.way.steps, this.#labels, lambda, base(arc));
      if (own === null) return null;
      all.push(own.points);
      energyPj += own.energyPj;
      cycles += own.cycles;
    }
    return { arcs, points: all, pinnedBits, energyPj, cycles };
  }

  /** @returns false when the time is over */
  *#ask(lambda: number | null, asks: readonly LabelAsk[]): LabelSteps<boolean> {
    const distinct = [...new Map(asks.map((ask) => [`${ask.label},${ask.roomBits}`, ask])).values()];
    const outcomes = yield distinct;
    if (outcomes === null) return false;
    distinct.forEach((ask, i) => {
      this.#arcs.learn(this.#labels.answer(ask, lambda, outcomes[i]!));
    });
    return true;
  }
}

/** What is to be asked and decided next. */
interface Work {
  readonly asks: readonly LabelAsk[];
  readonly open: readonly Choice[];
}
