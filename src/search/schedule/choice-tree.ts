import type { Choice, Choices } from './choices.ts';

/** A choice with what was decided on the way to it. */
export interface TreeNode {
  readonly choice: Choice;
  /** The choice that it decides further; null: nothing was decided before. */
  readonly before: TreeNode | null;
  /** Sets of {@link ChoiceTree.sets} that it may pin, by number. */
  readonly maySet: readonly boolean[];
}

/** Operators whose parameters are pinned together. */
export interface PinnedSet {
  /** Places of the operators, counted from the first of the range. */
  readonly at: readonly number[];
  readonly bits: number;
}

/** Bits of the parameters of an operator if they are pinned; infinite: they cannot be; null: it has none. */
export type PinnedBits = (operator: number) => number | null;

/**
 * All that is decided of ranges of operators that are alike, with the same homes around them: what is decided once counts for each of them. Choices that were decided
 * further have given way to those that they were decided to.
 */
export class ChoiceTree {
  /** What may be pinned, by rising bits. */
  readonly sets: readonly PinnedSet[];
  readonly #first: number;
  readonly #nodes = new Set<TreeNode>();

  /**
   * @param roots choices of one range that differ in nothing but what is decided
   * @param capacityBits of the retention level
   */
  constructor(roots: readonly Choice[], bitsOf: PinnedBits, capacityBits: number) {
    const { first, end } = roots[0]!;
    this.#first = first;
    const all = Array.from({ length: end - first }, (_, at) => at);
    const pinnable = all.filter((at) => roots.some((root) => mayPin(root, first + at)));
    const sized = pinnable.map((at) => ({ at, bits: bitsOf(first + at) ?? Number.POSITIVE_INFINITY }));
    this.sets = setsOf(
      sized.filter(({ bits }) => bits < Number.POSITIVE_INFINITY),
      capacityBits,
    );
    for (const root of roots) this.#nodes.add(this.#node(root, null));
  }

  /** Choices that nothing was decided further of. */
  get nodes(): Iterable<TreeNode> {
    return this.#nodes;
  }

  /** Decides one thing more. @returns what the choice stands for */
  decide(node: TreeNode, choices: Choices): readonly TreeNode[] {
    this.#nodes.delete(node);
    const made = choices.decide(node.choice).map((choice) => this.#node(choice, node));
    for (const one of made) this.#nodes.add(one);
    return made;
  }

  #node(choice: Choice, before: TreeNode | null): TreeNode {
    const maySet = this.sets.map(
      ({ at }) =>
        at.every((one) => mayPin(choice, this.#first + one)) &&
        choice.pinned.every((operator) => at.includes(operator - this.#first)),
    );
    return { choice, before, maySet };
  }
}

/** The choice of a range that decides all that a node of a range that is alike does. @throws RangeError where the ranges are not alike */
export function choiceLike(root: Choice, node: TreeNode, choices: Choices): Choice {
  if (node.before === null) return root;
  const before = choiceLike(root, node.before, choices);
  if (before === node.before.choice) return node.choice;
  const same = choices.decide(before).find(({ way }) => way === node.choice.way);
  if (same === undefined) throw new RangeError('ranges with equal steps have unequal choices');
  return same;
}

/** Whether the parameters of an operator are pinned, or it is open whether they are. */
function mayPin({ pinned, open }: Choice, operator: number): boolean {
  return pinned.includes(operator) || open.some(({ kind, index }) => kind === 'parameters' && index === operator);
}

function setsOf(sized: readonly { readonly at: number; readonly bits: number }[], capacityBits: number): PinnedSet[] {
  let sets: PinnedSet[] = [{ at: [], bits: 0 }];
  for (const { at, bits } of sized)
    sets = sets.concat(sets.map((set) => ({ at: [...set.at, at], bits: set.bits + bits })));
  return sets.filter(({ bits }) => bits <= capacityBits).sort((a, b) => a.bits - b.bits);
}
