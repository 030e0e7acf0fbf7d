import type { ChoiceTree, TreeNode } from './choice-tree.ts';

/** What costs are known of. */
type CostedTree = Pick<ChoiceTree, 'sets' | 'nodes'>;

/** Least costs of a choice by what it pins: [set] of {@link ChoiceTree.sets}, infinite where it cannot. */
export type CostsOf = (node: TreeNode, lambda: number | null, baseBits: number, costs: Float64Array) => void;

/** What is known of the costs of a node. */
interface KnownCosts {
  readonly node: TreeNode;
  /** [set]: no less in all of the retention level; null: not known for this weight. */
  widest: Float64Array | null;
  /** [set]: no less in the present room. */
  readonly here: Float64Array;
  /** Room for which `here` was found: it bounds all that is smaller. */
  baseBits: number;
  /** Whether `here` is all that is known in the present room. */
  isSettled: boolean;
}

/**
 * Least costs of a tree of choices by what they pin, for one weight and room at a time. Costs only rise as more is learned and as the room falls, so what is known
 * from before bounds them, and only the choices that come out best are looked at again.
 */
export class TreeCosts {
  /** Bits of retained storages that the range does not touch. */
  readonly passingBits: number;
  /** [set]: least cost. */
  readonly least: Float64Array;
  readonly #best: (KnownCosts | null)[];
  readonly #known = new Map<TreeNode, KnownCosts>();
  readonly #costsOf: CostsOf;
  readonly #capacityBits: number;
  #lambda: number | null = null;
  #baseBits = Number.NaN;
  #isOpen = true;

  /** @param capacityBits of the retention level */
  constructor(tree: CostedTree, passingBits: number, costsOf: CostsOf, capacityBits: number) {
    this.passingBits = passingBits;
    this.#costsOf = costsOf;
    this.#capacityBits = capacityBits;
    this.least = new Float64Array(tree.sets.length);
    this.#best = tree.sets.map(() => null);
    for (const node of tree.nodes) this.#known.set(node, this.#unknown(node));
  }

  /** The choice with the least cost that pins a set; null: none can. */
  bestOf(set: number): TreeNode | null {
    return this.#best[set]?.node ?? null;
  }

  /** More is known of a choice. */
  learn(node: TreeNode): void {
    const known = this.#known.get(node);
    if (known === undefined) return;
    known.isSettled = false;
    this.#isOpen = true;
  }

  /** A choice has given way to others: they cost no less. */
  decide(node: TreeNode, made: readonly TreeNode[]): void {
    const { widest, here, baseBits } = this.#known.get(node)!;
    this.#known.delete(node);
    for (const one of made) {
      const only = (costs: Float64Array) =>
        costs.map((cost, set) => (one.maySet[set]! ? cost : Number.POSITIVE_INFINITY));
      const known = { node: one, widest: widest && only(widest), here: only(here), baseBits, isSettled: false };
      this.#known.set(one, known);
    }
    this.#isOpen = true;
  }

  /** Brings the least costs up to what is known, for a weight and a room. @param baseBits of the retention level, less what the whole network pins */
  refresh(lambda: number | null, baseBits: number): void {
    if (lambda !== this.#lambda || baseBits !== this.#baseBits) this.#move(lambda, baseBits);
    if (!this.#isOpen) return;
    for (let set = 0; set < this.least.length; set++) {
      let best = this.#leastOf(set);
      while (best !== null && !best.isSettled) {
        this.#settle(best);
        best = this.#leastOf(set);
      }
      this.#best[set] = best;
      this.least[set] = best === null ? Number.POSITIVE_INFINITY : best.here[set]!;
    }
    this.#isOpen = false;
  }

  #move(lambda: number | null, baseBits: number): void {
    const isOther = lambda !== this.#lambda;
    this.#lambda = lambda;
    this.#baseBits = baseBits;
    this.#isOpen = true;
    for (const known of this.#known.values()) {
      known.isSettled = false;
      if (isOther) {
        known.widest = null;
        known.baseBits = Number.NEGATIVE_INFINITY;
      }
      if (known.baseBits >= baseBits) continue;
      known.baseBits = Number.POSITIVE_INFINITY;
      if (known.widest !== null) known.here.set(known.widest);
      else
        known.here.forEach((_, set) => {
          known.here[set] = known.node.maySet[set]! ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        });
    }
  }

  #settle(known: KnownCosts): void {
    this.#costsOf(known.node, this.#lambda, this.#baseBits - this.passingBits, known.here);
    known.baseBits = this.#baseBits;
    known.isSettled = true;
    if (this.#baseBits >= this.#capacityBits) known.widest = known.here.slice();
  }

  /** Of equal ones one that is settled: nothing is to be done for it. */
  #leastOf(set: number): KnownCosts | null {
    let best: KnownCosts | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const known of this.#known.values()) {
      const cost = known.here[set]!;
      if (cost < least || (cost === least && best !== null && known.isSettled && !best.isSettled)) {
        best = known;
        least = cost;
      }
    }
    return best;
  }

  #unknown(node: TreeNode): KnownCosts {
    const here = Float64Array.from(node.maySet, (may) => (may ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY));
    return { node, widest: null, here, baseBits: Number.NEGATIVE_INFINITY, isSettled: false };
  }
}
