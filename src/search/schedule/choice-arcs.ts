import { greatestCommonDivisor } from '../../util/integers.ts';
import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Arc } from './arc.ts';
import { ChoiceTree, choiceLike, type TreeNode } from './choice-tree.ts';
import { type Choice, type Choices, isUndecided, type Way } from './choices.ts';
import type { Cuts } from './cuts.ts';
import type { OperatorFloors } from './operator-floors.ts';
import { PricedCuts } from './priced-cuts.ts';
import { type StepLabels, weighed } from './step-labels.ts';
import { lowerCost, operatorCosts } from './step-prices.ts';
import { TreeCosts } from './tree-costs.ts';

/** The least of the choices of a range between two states that pin a set of parameters. */
export interface ChoiceArc extends Arc {
  /** Of a range that is alike. */
  readonly node: TreeNode;
  /** Bits of retained storages that the range does not touch. */
  readonly passingBits: number;
  readonly range: ArcRange;
  /** Which of {@link ChoiceTree.sets} it pins. */
  readonly set: number;
}

/** A range of operators between two states. */
interface ArcRange {
  readonly from: number;
  readonly to: number;
  /** Before anything is decided of it. */
  readonly root: Choice;
  readonly tree: ChoiceTree;
  readonly costs: TreeCosts;
}

/** What arcs are made from. */
export interface ArcSource {
  readonly cuts: Cuts;
  readonly choices: Choices;
  readonly labels: StepLabels;
  readonly floors: OperatorFloors;
  readonly operators: number;
  /** Of the retention level. */
  readonly capacityBits: number;
}

/**
 * The choices of a sequence as arcs between states: of all choices of a range that pin the same, the one that costs least as far as is known. Ranges that are alike
 * share their choices, and their costs where as much passes by.
 */
export class ChoiceArcs {
  /** Bits of which all that is pinned is a multiple. */
  readonly unitBits: number;
  /** Numbers of states, from the first to the last. */
  readonly states: number;
  readonly #source: ArcSource;
  /** [state]: the ranges from it. */
  readonly #out: ArcRange[][];
  /** By what alike ranges have in common, and bits that pass by. */
  readonly #costsOf = new Map<ChoiceTree, Map<number, TreeCosts>>();
  /** [label] */
  readonly #nodesWith: (TreeNode[] | undefined)[] = [];
  readonly #treeOf = new Map<TreeNode, ChoiceTree>();

  /** @param ranges whether segments of several operators are among them */
  constructor(source: ArcSource, ranges: boolean) {
    const { cuts, choices, floors, operators } = source;
    this.#source = source;
    this.states = cuts.states.length;
    this.#out = cuts.states.map(() => []);
    const trees = new Map<Way, ChoiceTree>();
    let unitBits = 0;
    for (let first = 0; first < operators; first++) {
      const bits = floors.parametersOf(first)?.bits ?? Number.POSITIVE_INFINITY;
      if (bits < Number.POSITIVE_INFINITY) unitBits = greatestCommonDivisor(unitBits, bits);
      for (const roots of byHomes(choices.ofOperator(first))) this.#add(roots[0]!, this.#newTree(roots));
      if (!ranges) continue;
      for (let end = first + 2; end <= operators; end++)
        for (const root of choices.ofRange(first, end)) {
          const tree = trees.get(root.way) ?? this.#newTree([root]);
          trees.set(root.way, tree);
          this.#add(root, tree);
        }
    }
    this.unitBits = Math.max(1, unitBits);
  }

  /**
   * What the arcs cost at least, for a weight and room.
   * @param baseBits of the retention level, less what the whole network pins
   * @param mostPinnedBits arcs that pin more are left out
   */
  priced(lambda: number | null, baseBits: number, mostPinnedBits: number): PricedCuts<ChoiceArc> {
    const states = this.#out.length;
    let most = 0;
    for (const ranges of this.#out)
      for (const { costs } of ranges) {
        costs.refresh(lambda, baseBits);
        most += costs.least.length;
      }
    const start = new Int32Array(states + 1);
    const to = new Int32Array(most);
    const own = new Float64Array(most);
    const pinnedBits = new Float64Array(most);
    const sets = new Int32Array(most);
    const rangeOf: ArcRange[] = [];
    let count = 0;
    for (let state = 0; state < states; state++) {
      for (const range of this.#out[state]!) {
        const { least } = range.costs;
        let before = Number.POSITIVE_INFINITY;
        // By rising bits: what pins more and costs no less is of no use.
        for (let set = 0; set < least.length; set++) {
          if (range.tree.sets[set]!.bits > mostPinnedBits) break;
          if (least[set]! >= before) continue;
          before = least[set]!;
          to[count] = range.to;
          own[count] = before;
          pinnedBits[count] = range.tree.sets[set]!.bits;
          sets[count] = set;
          rangeOf.push(range);
          count++;
        }
      }
      start[state + 1] = count;
    }
    const arcAt = (arc: number): ChoiceArc => {
      const range = rangeOf[arc]!;
      const set = sets[arc]!;
      const node = range.costs.bestOf(set)!;
      const { passingBits } = range.costs;
      return { from: range.from, to: range.to, pinnedBits: pinnedBits[arc]!, node, passingBits, range, set };
    };
    return new PricedCuts({ states, start, to, costs: own, pinnedBits, arcAt });
  }

  /** Least cost of choices in another room. */
  costIn(arcs: readonly ChoiceArc[], lambda: number | null, baseBits: number): number {
    let sum = 0;
    for (const { node, passingBits, range, set } of arcs) {
      const costs = range.tree.sets.map(() => Number.POSITIVE_INFINITY);
      this.#costs(node, range.tree, lambda, baseBits - passingBits, costs);
      sum += costs[set]!;
    }
    return sum;
  }

  /** Decides one thing more of a choice. */
  decide(node: TreeNode): void {
    const tree = this.#treeOf.get(node)!;
    this.#treeOf.delete(node);
    const made = tree.decide(node, this.#source.choices);
    for (const one of made) this.#watch(one, tree);
    for (const costs of this.#costsOf.get(tree)?.values() ?? []) costs.decide(node, made);
  }

  /** More is known of some labels. */
  learn(labels: readonly number[]): void {
    for (const label of labels)
      for (const node of this.#nodesWith[label] ?? []) {
        const tree = this.#treeOf.get(node);
        // What was decided further bounds nothing any more.
        if (tree === undefined) continue;
        for (const costs of this.#costsOf.get(tree)?.values() ?? []) costs.learn(node);
      }
  }

  #newTree(roots: readonly Choice[]): ChoiceTree {
    const { floors, capacityBits } = this.#source;
    const tree = new ChoiceTree(roots, (operator) => floors.parametersOf(operator)?.bits ?? null, capacityBits);
    for (const node of tree.nodes) this.#watch(node, tree);
    return tree;
  }

  #watch(node: TreeNode, tree: ChoiceTree): void {
    this.#treeOf.set(node, tree);
    for (const label of labelsOf(node.choice.way)) {
      const users = this.#nodesWith[label] ?? [];
      this.#nodesWith[label] = users;
      users.push(node);
    }
  }

  #add(root: Choice, tree: ChoiceTree): void {
    const { cuts, capacityBits } = this.#source;
    const { first, end, border, retained } = root;
    for (const from of cuts.statesAt(first)) {
      const state = cuts.states[from]!;
      if (!cuts.agrees(state, border, retained)) continue;
      const to = cuts.after(state, border, end, (s) => retained.has(s));
      if (to === undefined) continue;
      const passingBits = cuts.passingBits(state, border, first, end);
      const known = this.#costsOf.get(tree) ?? new Map<number, TreeCosts>();
      this.#costsOf.set(tree, known);
      const costs =
        known.get(passingBits) ??
        new TreeCosts(tree, passingBits, (node, ...rest) => this.#costs(node, tree, ...rest), capacityBits);
      known.set(passingBits, costs);
      this.#out[from]!.push({ from, to, root, tree, costs });
    }
  }

  /** Least costs of a choice by what it pins. @param roomBits of the retention level, less what the whole network pins and what passes by */
  #costs(
    { choice, maySet }: TreeNode,
    tree: ChoiceTree,
    lambda: number | null,
    roomBits: number,
    costs: number[],
  ): void {
    const { labels } = this.#source;
    if (!isUndecided(choice)) {
      const own = lowerCost(choice.way.steps, labels, lambda, roomBits);
      for (let set = 0; set < costs.length; set++) costs[set] = maySet[set]! ? own : Number.POSITIVE_INFINITY;
      return;
    }
    const { pinned, fetched } = this.#openCosts(choice, lambda, roomBits);
    for (let set = 0; set < costs.length; set++) {
      costs[set] = Number.POSITIVE_INFINITY;
      if (!maySet[set]!) continue;
      const { at } = tree.sets[set]!;
      let sum = 0;
      for (let i = 0; i < pinned.length; i++) sum += at.includes(i) ? pinned[i]! : fetched[i]!;
      costs[set] = sum;
    }
  }

  /** Least costs of the operators of a choice with open operands, with and without pinned parameters. */
  #openCosts(
    choice: Choice,
    lambda: number | null,
    roomBits: number,
  ): { readonly pinned: Float64Array; readonly fetched: Float64Array } {
    const { labels, floors } = this.#source;
    const { first, end, open, way } = choice;
    const { streamed, retained } = operatorCosts(way.steps, labels, lambda, roomBits, end - first);
    const floorOf = ({ energyPj, cycles }: EnergyAndCycles) => weighed(lambda, energyPj, cycles);
    for (let i = first; i < end; i++) {
      const at = i - first;
      const floor = way.floors[at]!;
      if (!open.some(({ kind, index }) => kind === 'parameters' && index === i)) {
        streamed[at] = Math.max(streamed[at]!, floorOf(choice.pinned.includes(i) ? floor.pinned : floor.fetched));
        retained[at] = streamed[at]!;
        continue;
      }
      const held = retained[at]! + (lambda === null ? 0 : floors.parametersOf(i)!.fetchPj);
      retained[at] = Math.max(retained[at]!, floorOf(floor.pinned));
      streamed[at] = Math.max(way.steps.kinds.length === 0 ? 0 : Math.min(streamed[at]!, held), floorOf(floor.fetched));
    }
    return { pinned: retained, fetched: streamed };
  }
}

/** The choice of an arc, of its own range. */
export function choiceOf({ range, node }: ChoiceArc, choices: Choices): Choice {
  const { first, end } = range.root;
  return end - first === 1 ? node.choice : choiceLike(range.root, node, choices);
}

/** Choices with the same homes around them together. */
function byHomes(choices: readonly Choice[]): Choice[][] {
  const groups = new Map<string, Choice[]>();
  for (const choice of choices) {
    const key = [...choice.retained].join();
    groups.set(key, [...(groups.get(key) ?? []), choice]);
  }
  return [...groups.values()];
}

function labelsOf({ steps }: Way): Set<number> {
  return new Set(steps.kinds.flatMap(({ labels, ifRetained }) => [...labels, ...(ifRetained ?? [])]));
}
