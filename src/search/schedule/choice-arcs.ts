import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Arc, ArcPrices } from './arc.ts';
import { type Choice, type Choices, isUndecided, type Way } from './choices.ts';
import { CutGraph } from './cut-graph.ts';
import type { Cuts } from './cuts.ts';
import type { OperatorFloors } from './operator-floors.ts';
import { type StepLabels, weighed } from './step-labels.ts';
import { lowerCost, operatorCosts } from './step-prices.ts';

/** A choice between two states, with the bits of what passes by. */
export interface ChoiceArc extends Arc {
  readonly choice: Choice;
  readonly passingBits: number;
  /** Its cost; arcs of choices that are alike, with as much room, have the same object. */
  readonly known: KnownCost;
}

/** A cost, and of which costs it is one. */
interface KnownCost {
  cost: number;
  added: readonly number[];
  of: ArcCosts | null;
}

/** Least costs of arcs for one weight and room. */
export interface ArcCosts extends ArcPrices<ChoiceArc> {
  readonly lambda: number | null;
  /** Of the retention level, less what the whole network pins. */
  readonly baseBits: number;
}

/** What arcs are made from. */
export interface ArcSource {
  readonly cuts: Cuts;
  readonly choices: Choices;
  readonly labels: StepLabels;
  readonly floors: OperatorFloors;
  readonly operators: number;
}

/** The choices of a sequence as arcs between states. Costs are kept until more is known of a label that they rest on. */
export class ChoiceArcs {
  readonly graph: CutGraph<ChoiceArc>;
  readonly #source: ArcSource;
  readonly #arcsOf = new Map<Choice, ChoiceArc[]>();
  /** By what arcs have in common and bits that pass by. */
  readonly #knownOf = new Map<Way, Map<number, KnownCost>>();
  /** [label] */
  readonly #waysWith: (Way[] | undefined)[] = [];

  /** @param ranges whether segments of several operators are among them */
  constructor(source: ArcSource, ranges: boolean) {
    const { cuts, choices, operators } = source;
    this.#source = source;
    this.graph = new CutGraph(cuts.states.length);
    for (let first = 0; first < operators; first++) {
      for (const choice of choices.ofOperator(first)) this.#add(choice);
      if (!ranges) continue;
      for (let end = first + 2; end <= operators; end++)
        for (const choice of choices.ofRange(first, end)) this.#add(choice);
    }
  }

  /** Least costs for a weight and room, from now on. */
  costs(lambda: number | null, baseBits: number): ArcCosts {
    const learned = ({ choice, passingBits, known }: ChoiceArc) => {
      if (known.of === costs) return known;
      known.of = costs;
      const room = baseBits - passingBits;
      if (!isUndecided(choice)) known.cost = lowerCost(choice.way.steps, this.#source.labels, lambda, room);
      else Object.assign(known, this.#openCost(choice, lambda, room));
      return known;
    };
    const costs: ArcCosts = {
      ...{ lambda, baseBits },
      of: (arc) => learned(arc).cost,
      addedOf: (arc) => learned(arc).added,
    };
    return costs;
  }

  /** Puts the choices that decide one thing more in the place of a choice, in all of the arcs and in some of them. */
  decide(choice: Choice, some: CutGraph<ChoiceArc>): void {
    const arcs = new Set(this.#arcsOf.get(choice));
    this.#arcsOf.delete(choice);
    const graphs = new Set([this.graph, some]);
    for (const from of new Set([...arcs].map((arc) => arc.from)))
      for (const graph of graphs) graph.drop(from, (arc) => arcs.has(arc));
    for (const made of this.#source.choices.decide(choice)) this.#add(made, graphs);
  }

  /** More is known of some labels. */
  learn(labels: readonly number[]): void {
    for (const label of labels)
      for (const way of this.#waysWith[label] ?? [])
        for (const known of this.#knownOf.get(way)!.values()) known.of = null;
  }

  /** Least cost of a choice with open operands, and what its open parameters add where they are not pinned. */
  #openCost(choice: Choice, lambda: number | null, baseBits: number) {
    const { labels, floors } = this.#source;
    const { first, end, open, pinned } = choice;
    const { steps, floors: ownFloors } = choice.way;
    const { streamed, retained } = operatorCosts(steps, labels, lambda, baseBits, end - first);
    const added: number[] = [];
    let cost = 0;
    for (let i = first; i < end; i++) {
      const floor = ownFloors[i - first]!;
      const floorOf = ({ energyPj, cycles }: EnergyAndCycles) => weighed(lambda, energyPj, cycles);
      if (!open.some(({ kind, index }) => kind === 'parameters' && index === i)) {
        cost += Math.max(streamed[i - first]!, floorOf(pinned.includes(i) ? floor.pinned : floor.fetched));
        continue;
      }
      const { bits, fetchPj } = floors.parametersOf(i)!;
      const held = retained[i - first]! + (lambda === null ? 0 : fetchPj);
      const fetched = Math.max(steps.length === 0 ? 0 : Math.min(streamed[i - first]!, held), floorOf(floor.fetched));
      const own = bits === Number.POSITIVE_INFINITY ? fetched : Math.max(retained[i - first]!, floorOf(floor.pinned));
      cost += Math.min(own, fetched);
      // What cannot be at all costs no more without its pin.
      added.push(own === Number.POSITIVE_INFINITY ? 0 : Math.max(0, fetched - own));
    }
    return { cost, added };
  }

  #add(choice: Choice, graphs: Iterable<CutGraph<ChoiceArc>> = [this.graph]): void {
    const { cuts, floors } = this.#source;
    const { first, end, border, retained, pinnedBits } = choice;
    const arcs: ChoiceArc[] = [];
    const optionalBits = choice.open.flatMap(({ kind, index }) =>
      kind === 'parameters' ? [floors.parametersOf(index)!.bits] : [],
    );
    for (const from of cuts.statesAt(first)) {
      const state = cuts.states[from]!;
      if (!cuts.agrees(state, border, retained)) continue;
      const to = cuts.after(state, border, end, (s) => retained.has(s));
      if (to === undefined) continue;
      const passingBits = cuts.passingBits(state, border, first, end);
      const known = this.#known(choice.way, passingBits);
      arcs.push({ from, to, pinnedBits, optionalBits, choice, passingBits, known });
    }
    if (arcs.length === 0) return;
    this.#arcsOf.set(choice, arcs);
    for (const graph of graphs) for (const arc of arcs) graph.add(arc);
  }

  #known(way: Way, passingBits: number): KnownCost {
    let costs = this.#knownOf.get(way);
    if (costs === undefined) {
      costs = new Map();
      this.#knownOf.set(way, costs);
      for (const label of labelsOf(way)) {
        const users = this.#waysWith[label] ?? [];
        this.#waysWith[label] = users;
        users.push(way);
      }
    }
    let known = costs.get(passingBits);
    if (known === undefined) {
      known = { cost: 0, added: [], of: null };
      costs.set(passingBits, known);
    }
    return known;
  }
}

function labelsOf({ steps }: Way): Set<number> {
  return new Set(steps.flatMap(({ labels, ifRetained }) => [...labels, ...(ifRetained ?? [])]));
}
