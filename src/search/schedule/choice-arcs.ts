import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Choice, Choices } from './choices.ts';
import { type Arc, CutGraph } from './cut-graph.ts';
import type { Cuts } from './cuts.ts';
import { type StepLabels, weighed } from './step-labels.ts';
import { lowerCost } from './step-prices.ts';

/** A choice between two states, with the bits of what passes by. */
export interface ChoiceArc extends Arc {
  readonly choice: Choice;
  readonly passingBits: number;
  /** Its cost, and of which costs it is one. */
  readonly known: { cost: number; of: ArcCosts | null };
}

/** Least costs of arcs for one weight and room. */
export interface ArcCosts {
  readonly lambda: number | null;
  /** Of the retention level, less what the whole network pins. */
  readonly baseBits: number;
  readonly of: (arc: ChoiceArc) => number;
}

/** What arcs are made from. */
export interface ArcSource {
  readonly cuts: Cuts;
  readonly choices: Choices;
  readonly labels: StepLabels;
  /** By operator: what it costs at least, whatever is chosen. */
  readonly bounds: readonly EnergyAndCycles[];
}

/** The choices of a sequence as arcs between states. Costs are kept until more is known of a label that they rest on. */
export class ChoiceArcs {
  readonly graph: CutGraph<ChoiceArc>;
  readonly #source: ArcSource;
  readonly #arcsOf = new Map<Choice, ChoiceArc[]>();
  /** [label] */
  readonly #choicesWith: (Set<Choice> | undefined)[] = [];

  /** @param ranges whether segments of several operators are among them */
  constructor(source: ArcSource, ranges: boolean) {
    const { cuts, choices, bounds } = source;
    this.#source = source;
    this.graph = new CutGraph(cuts.states.length);
    for (let first = 0; first < bounds.length; first++) {
      for (const choice of choices.ofOperator(first)) this.#add(choice);
      if (!ranges) continue;
      for (let end = first + 2; end <= bounds.length; end++)
        for (const choice of choices.ofRange(first, end)) this.#add(choice);
    }
  }

  /** Least costs for a weight and room, from now on. */
  costs(lambda: number | null, baseBits: number): ArcCosts {
    const costs: ArcCosts = {
      lambda,
      baseBits,
      of: ({ choice, passingBits, known }) => {
        if (known.of !== costs) {
          known.of = costs;
          known.cost = this.#lower(choice, lambda, baseBits - passingBits);
        }
        return known.cost;
      },
    };
    return costs;
  }

  /** Puts the choices that decide one thing more in the place of a choice. */
  decide(choice: Choice): void {
    const arcs = new Set(this.#arcsOf.get(choice));
    this.#arcsOf.delete(choice);
    for (const from of new Set([...arcs].map((arc) => arc.from))) this.graph.drop(from, (arc) => arcs.has(arc));
    for (const { labels } of choice.steps) for (const label of labels) this.#choicesWith[label]!.delete(choice);
    for (const made of this.#source.choices.decide(choice)) this.#add(made);
  }

  /** More is known of some labels. */
  learn(labels: readonly number[]): void {
    for (const label of labels)
      for (const choice of this.#choicesWith[label] ?? [])
        for (const { known } of this.#arcsOf.get(choice)!) known.of = null;
  }

  #lower(choice: Choice, lambda: number | null, baseBits: number): number {
    if (choice.segment !== null) return lowerCost(choice.steps, this.#source.labels, lambda, baseBits);
    let sum = 0;
    for (let i = choice.first; i < choice.end; i++) {
      const { energyPj, cycles } = this.#source.bounds[i]!;
      sum += weighed(lambda, energyPj, cycles);
    }
    return sum;
  }

  #add(choice: Choice): void {
    const { cuts } = this.#source;
    const { first, end, border, retained, pinnedBits } = choice;
    const live = cuts.live[first]!;
    const arcs: ChoiceArc[] = [];
    for (const from of cuts.statesAt(first)) {
      const state = cuts.states[from]!;
      const agrees = border.entering.every((s) => retained.has(s) === (((state.mask >> live.indexOf(s)) & 1) !== 0));
      if (!agrees) continue;
      const to = cuts.after(state, border, end, (s) => retained.has(s));
      if (to === undefined) continue;
      const passingBits = cuts.passingBits(state, border, first, end);
      arcs.push({ from, to, pinnedBits, choice, passingBits, known: { cost: 0, of: null } });
    }
    if (arcs.length === 0) return;
    this.#arcsOf.set(choice, arcs);
    for (const arc of arcs) this.graph.add(arc);
    for (const { labels } of choice.steps)
      for (const label of labels) {
        const users = this.#choicesWith[label] ?? new Set<Choice>();
        this.#choicesWith[label] = users.add(choice);
      }
  }
}
