import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Choice, Choices } from './choices.ts';
import { type Arc, CutGraph, type Path } from './cut-graph.ts';
import type { Cuts } from './cuts.ts';
import { type LabelAsk, type LabelOutcome, ROUNDING, type StepLabels, weighed } from './step-labels.ts';
import { knownCost, lowerCost, openAsks } from './step-prices.ts';

/** A choice between two states, with the bits of what passes by. */
export interface ChoiceArc extends Arc {
  readonly choice: Choice;
  readonly passingBits: number;
}

/** Asks for labels, is given their outcomes in the same order; null: the time is over. */
export type LabelSteps<Answer> = Generator<readonly LabelAsk[], Answer, readonly LabelOutcome[] | null>;

/** A complete schedule: its choices in order, with what it costs. */
export interface FoundSchedule extends EnergyAndCycles {
  /** Weight that it was found for: its mappings are the best known for it. */
  readonly lambda: number | null;
  readonly choices: readonly ChoiceArc[];
  /** Bits of all pinned parameters. */
  readonly pinnedBits: number;
}

/** The schedules on one supporting line. */
export interface SupportingSchedule {
  /** The best that was met; null: none. */
  readonly best: FoundSchedule | null;
  /** No schedule weighs less. */
  readonly lowerBound: number;
  /** Whether the search ended before its proof. */
  readonly isStopped: boolean;
}

/** What was done. */
export interface ScheduleCounts {
  /** Rounds of paths. */
  rounds: number;
  /** Choices that were decided further. */
  decided: number;
  /** Intervals of pinned bits. */
  intervals: number;
}

/** An interval of pinned bits: everything has room as if `low` were pinned, and no more than `high` may be. */
interface PinnedInterval {
  readonly low: number;
  readonly high: number;
  readonly bound: number;
}

/**
 * Least weighed sum over all schedules of a sequence: a shortest path over the homes of what lives across each cut.
 *
 * Costs of arcs are bounds that only rise: labels that nobody has asked for, loops and operands that are not decided count as good as they can be. The cheapest
 * path tells what to ask for or to decide next; when nothing of it is open, it is the optimum. Pins are the one thing that all steps share: an interval of
 * pinned bits is bounded with the room of its low end, and halved where its path pins more.
 */
export class ScheduleLines {
  readonly counts: ScheduleCounts = { rounds: 0, decided: 0, intervals: 0 };
  readonly #cuts: Cuts;
  readonly #choices: Choices;
  readonly #labels: StepLabels;
  readonly #capacityBits: number;
  readonly #graph: CutGraph<ChoiceArc>;
  readonly #bounds: readonly EnergyAndCycles[];

  constructor(
    source: {
      readonly cuts: Cuts;
      readonly choices: Choices;
      readonly labels: StepLabels;
      readonly capacityBits: number | null;
    },
    /** By operator. */
    bounds: readonly EnergyAndCycles[],
    operators: number,
  ) {
    this.#cuts = source.cuts;
    this.#choices = source.choices;
    this.#labels = source.labels;
    this.#capacityBits = source.capacityBits ?? Number.POSITIVE_INFINITY;
    this.#bounds = bounds;
    this.#graph = new CutGraph(this.#cuts.states.length);
    for (let first = 0; first < operators; first++) {
      for (const choice of this.#choices.ofOperator(first)) this.#add(choice);
      for (let end = first + 2; end <= operators; end++)
        for (const choice of this.#choices.ofRange(first, end)) this.#add(choice);
    }
  }

  /** The best schedule for energy + lambda * cycles; null: least latency. */
  *solve(lambda: number | null): LabelSteps<SupportingSchedule> {
    let best: FoundSchedule | null = null;
    let value = Number.POSITIVE_INFINITY;
    let isStopped = false;
    const open: PinnedInterval[] = [{ low: 0, high: this.#capacityBits, bound: Number.NEGATIVE_INFINITY }];
    let least = Number.POSITIVE_INFINITY;
    while (open.length > 0) {
      open.sort((a, b) => b.bound - a.bound);
      const interval = open.pop()!;
      if (isStopped || interval.bound >= value * (1 - ROUNDING)) {
        least = Math.min(least, interval.bound);
        continue;
      }
      this.counts.intervals++;
      const { path, isStopped: isEarly } = yield* this.#interval(lambda, interval);
      isStopped ||= isEarly;
      if (path === null) continue;
      const bound = Math.max(path.lowerBound, interval.bound);
      const { pinnedBits } = path;
      const priced: FoundSchedule | null = yield* this.#price(lambda, path);
      if (priced !== null) {
        const own = weighed(lambda, priced.energyPj, priced.cycles);
        if (own < value || (own === value && best !== null && priced.energyPj < best.energyPj))
          [best, value] = [priced, own];
      }
      const isExact = pinnedBits === interval.low && !isEarly && path.lowerBound === path.cost;
      if (isExact || isStopped) {
        least = Math.min(least, bound);
        continue;
      }
      if (pinnedBits > interval.low) {
        const middle = interval.low + Math.ceil((pinnedBits - interval.low) / 2);
        open.push({ low: interval.low, high: middle - 1, bound });
        open.push({ low: middle, high: interval.high, bound });
      } else least = Math.min(least, bound);
    }
    return { best, lowerBound: Math.min(least, value), isStopped };
  }

  /** The cheapest path whose pins stay within an interval, all of it settled. */
  *#interval(
    lambda: number | null,
    { low, high }: PinnedInterval,
  ): LabelSteps<{ readonly path: Path<ChoiceArc> | null; readonly isStopped: boolean }> {
    const costOf = (arc: ChoiceArc) => this.#lower(arc, lambda, low);
    for (;;) {
      this.counts.rounds++;
      const bracket = this.#graph.bracket(costOf, high);
      if (bracket === null) return { path: null, isStopped: false };
      const both = new Set([...bracket.below.arcs, ...(bracket.within?.arcs ?? [])]);
      let path: Path<ChoiceArc> | null = null;
      let work = this.#workOn([...both], lambda, low);
      if (work === null) {
        path = this.#graph.cheapest(costOf, high, bracket);
        work = path === null ? null : this.#workOn(path.arcs, lambda, low);
        if (work === null) return { path, isStopped: false };
      }
      for (const choice of work.open) this.#decide(choice);
      if (work.asks.length === 0 || (yield* this.#ask(lambda, work.asks))) continue;
      const { within, lowerBound } = bracket;
      return { path: path ?? (within === null ? null : { ...within, lowerBound }), isStopped: true };
    }
  }

  /** What would raise the costs of arcs: labels to ask for, and choices to be decided; null where nothing is open. */
  #workOn(
    arcs: readonly ChoiceArc[],
    lambda: number | null,
    low: number,
  ): { readonly asks: readonly LabelAsk[]; readonly open: readonly Choice[] } | null {
    const asks: LabelAsk[] = [];
    const open = new Set<Choice>();
    for (const { choice, passingBits } of arcs) {
      const own = openAsks(choice.steps, this.#labels, lambda, this.#capacityBits - low - passingBits);
      asks.push(...own);
      if (own.length === 0 && (choice.segment === null || choice.open.length > 0)) open.add(choice);
    }
    return asks.length + open.size === 0 ? null : { asks, open: [...open] };
  }

  /** The sums of a path with the room that its own pins leave; null where something has no mapping there. */
  *#price(lambda: number | null, { arcs, pinnedBits }: Path<ChoiceArc>): LabelSteps<FoundSchedule | null> {
    if (arcs.some(({ choice }) => choice.segment === null || choice.open.length > 0)) return null;
    const base = ({ passingBits }: ChoiceArc) => this.#capacityBits - pinnedBits - passingBits;
    for (;;) {
      const asks = arcs.flatMap((arc) => openAsks(arc.choice.steps, this.#labels, lambda, base(arc)));
      if (asks.length === 0 || !(yield* this.#ask(lambda, asks))) break;
    }
    let energyPj = 0;
    let cycles = 0;
    for (const arc of arcs) {
      const own = knownCost(arc.choice.steps, this.#labels, lambda, base(arc));
      if (own === null) return null;
      energyPj += own.energyPj;
      cycles += own.cycles;
    }
    return { lambda, choices: arcs, pinnedBits, energyPj, cycles };
  }

  /** @returns false when the time is over */
  *#ask(lambda: number | null, asks: readonly LabelAsk[]): LabelSteps<boolean> {
    const own = new Map(asks.map((ask) => [`${ask.label},${ask.roomBits}`, ask]));
    const distinct = [...own.values()];
    const outcomes = yield distinct;
    if (outcomes === null) return false;
    distinct.forEach((ask, i) => {
      this.#labels.answer(ask, lambda, outcomes[i]!);
    });
    return true;
  }

  #lower({ choice, passingBits }: ChoiceArc, lambda: number | null, lowBits: number): number {
    if (choice.segment !== null)
      return lowerCost(choice.steps, this.#labels, lambda, this.#capacityBits - lowBits - passingBits);
    let sum = 0;
    for (let i = choice.first; i < choice.end; i++)
      sum += weighed(lambda, this.#bounds[i]!.energyPj, this.#bounds[i]!.cycles);
    return sum;
  }

  #decide(choice: Choice): void {
    this.counts.decided++;
    for (const state of this.#cuts.statesAt(choice.first)) this.#graph.drop(state, (arc) => arc.choice === choice);
    for (const made of this.#choices.decide(choice)) this.#add(made);
  }

  #add(choice: Choice): void {
    const { first, end, border, retained, pinnedBits } = choice;
    const live = this.#cuts.live[first]!;
    for (const from of this.#cuts.statesAt(first)) {
      const state = this.#cuts.states[from]!;
      const agrees = border.entering.every((s) => retained.has(s) === (((state.mask >> live.indexOf(s)) & 1) !== 0));
      if (!agrees) continue;
      const to = this.#cuts.after(state, border, end, (s) => retained.has(s));
      if (to === undefined) continue;
      const passingBits = this.#cuts.passingBits(state, border, first, end);
      this.#graph.add({ from, to, pinnedBits, choice, passingBits });
    }
  }
}
