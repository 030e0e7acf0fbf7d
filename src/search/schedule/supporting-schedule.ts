import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Path } from './arc.ts';
import { type PinnedInterval, splitInterval } from './bounds/pinned-interval.ts';
import type { ChoiceArc, ChoiceArcs } from './choice-arcs.ts';
import type { TreeNode } from './choice-tree.ts';
import { isUndecided } from './choices.ts';
import { type CombinationGoal, combinedSchedule } from './combined-schedules.ts';
import type { FoundSchedule } from './found-schedule.ts';
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

/** Choices that are worked on in a round beside those of the cheapest path. */
const WORK_BESIDE = 24;
/** Of what is left to a proof, the share that room must be worth before an interval of pins is cut. */
const ROOM_SHARE = 0.1;

/**
 * Least weighed sum over all schedules of a sequence: a shortest path over the homes of what lives across each cut.
 *
 * Costs of arcs are bounds that only rise: labels that nobody has asked for, loops and operands that are not decided count as good as they can be. The cheapest
 * path tells what to ask for or to decide next; when nothing of it is open, it is the optimum. Pins are the one thing that all steps share: an interval of
 * pinned bits is bounded with the room of its low end, and cut where its path pins more.
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
      else open.push(...splitInterval({ ...interval, bound }, pinnedBits, this.#arcs.unitBits));
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
    const baseBits = this.#capacityBits - low;
    for (;;) {
      const cuts = this.#arcs.priced(lambda, baseBits, high);
      const bracket = cuts.bracket(high);
      if (bracket === null) return { path: null, lowerBound: Number.POSITIVE_INFINITY, isStopped: false };
      const { within, lowerBound, price } = bracket;
      if (lowerBound >= cutoff * (1 - Math.max(ROUNDING, tolerance)))
        return { path: null, lowerBound, isStopped: false };
      // Cutting is cheap, and what is learned in too much room tells little.
      if (within !== null && within.pinnedBits > low) {
        const other = this.#arcs.costIn(within.arcs, lambda, this.#capacityBits - within.pinnedBits);
        const left = Math.min(cutoff, 2 * within.cost) - lowerBound;
        if (other - within.cost > ROOM_SHARE * left) return { path: within, lowerBound, isStopped: false };
      }
      let path: Path<ChoiceArc> | null = null;
      let work = this.#workOn(new Set([...bracket.below.arcs, ...(within?.arcs ?? [])]), lambda, baseBits);
      if (work === null) {
        const cheapest = cuts.cheapest(high, bracket, { cutoff, tolerance });
        path = cheapest.path;
        if (path === null) return { ...cheapest, isStopped: false };
        work = this.#workOn(path.arcs, lambda, baseBits);
        if (work === null) return { ...cheapest, isStopped: false };
      }
      work = this.#withOthers(work, cuts.nearest(price, high, cutoff), lambda, baseBits);
      for (const node of work.open) {
        this.counts.decided++;
        this.#arcs.decide(node);
      }
      if (work.asks.length > 0) tell(lowerBound);
      if (yield* this.#ask(lambda, work.asks)) continue;
      path ??= within;
      return { path, lowerBound, isStopped: true };
    }
  }

  /** The best schedule within a limit that parts of known ones make; null: none is. @param beside what the goal counts beside the operators */
  combined(met: readonly FoundSchedule[], beside: EnergyAndCycles, goal: CombinationGoal): FoundSchedule | null {
    const [labels, capacityBits] = [this.#labels, this.#capacityBits];
    return combinedSchedule(met, { labels, capacityBits, states: this.#arcs.states, beside }, goal);
  }

  /** What would raise the costs of arcs: labels to ask for, and choices to be decided; null where nothing is open. */
  #workOn(arcs: Iterable<ChoiceArc>, lambda: number | null, baseBits: number): Work | null {
    const asks: LabelAsk[] = [];
    const open = new Set<TreeNode>();
    for (const { node, passingBits } of arcs) {
      const own = openAsks(node.choice.way.steps, this.#labels, lambda, baseBits - passingBits);
      asks.push(...own);
      if (own.length === 0 && isUndecided(node.choice)) open.add(node);
    }
    return asks.length + open.size === 0 ? null : { asks, open };
  }

  /** Work with that on the arcs whose cheapest paths cost next to nothing more: it is due before the end. @param nearest cheapest first */
  #withOthers(work: Work, nearest: Iterable<ChoiceArc>, lambda: number | null, baseBits: number): Work {
    const others = new Set<TreeNode>();
    const asks = [...work.asks];
    const open = new Set(work.open);
    for (const arc of nearest) {
      if (!isUndecided(arc.node.choice) || others.has(arc.node)) continue;
      const own = this.#workOn([arc], lambda, baseBits);
      if (own === null) continue;
      others.add(arc.node);
      asks.push(...own.asks);
      for (const node of own.open) open.add(node);
      if (others.size === WORK_BESIDE) break;
    }
    return { asks, open };
  }

  /** The sums of a path with the room that its own pins leave; null where something has no mapping there. */
  *#price(lambda: number | null, { arcs, pinnedBits }: Path<ChoiceArc>): LabelSteps<FoundSchedule | null> {
    if (arcs.some(({ node }) => isUndecided(node.choice))) return null;
    const base = ({ passingBits }: ChoiceArc) => this.#capacityBits - pinnedBits - passingBits;
    for (;;) {
      const asks = arcs.flatMap((arc) => openAsks(arc.node.choice.way.steps, this.#labels, lambda, base(arc)));
      if (asks.length === 0 || !(yield* this.#ask(lambda, asks))) break;
    }
    const all: (readonly (LabelPoint | null)[])[] = [];
    let energyPj = 0;
    let cycles = 0;
    for (const arc of arcs) {
      const own = knownPoints(arc.node.choice.way.steps, this.#labels, lambda, base(arc));
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
  readonly open: ReadonlySet<TreeNode>;
}
