import { tensorSize } from './graph.ts';
import { equalSizes } from './operand-parts.ts';
import type { Sequence, SequenceOperator, SequenceTensor, SequenceVector, Storage } from './sequence.ts';

/** A tensor while a sequence is built. */
export interface OpenTensor extends Omit<SequenceTensor, 'storage'> {
  /** Operators that make its words, under whatever names; none of an input of the network. */
  readonly makers: readonly number[];
  /** Tensors of which it is a view. */
  readonly from: readonly number[];
  readonly isInput: boolean;
}

/**
 * A sequence of operators with the storages of what flows between them. Left out are views whose words all readers take under another name, and tensors that
 * no operator touches.
 * @param outputs tensors that leave the network: under one of their names nobody reads them
 * @param overwriting operators that may write a word where they read one
 */
export function finishSequence(
  name: string,
  open: readonly OpenTensor[],
  all: readonly SequenceOperator[],
  outputs: ReadonlySet<number>,
  overwriting: ReadonlySet<number>,
): Sequence {
  const needed = neededOperators(all, outputs);
  const kept = [...new Set(needed.flatMap(({ inputs, output }) => [...inputs, output]))].sort((a, b) => a - b);
  const placeOf = new Map(kept.map((tensor, place) => [tensor, place]));
  const place = (tensor: number) => placeOf.get(tensor)!;
  const tensors = kept.map((tensor) => open[tensor]!);
  const groups = new Groups(tensors.length);
  for (const { kind, inputs, output } of needed)
    if (kind === 'view') for (const tensor of inputs) groups.join(place(tensor), place(output));
  const members = groups.list();
  const storageOf = new Array<number>(tensors.length);
  for (const [storage, group] of members.entries()) for (const tensor of group) storageOf[tensor] = storage;
  const lastUse = new Array<number>(members.length).fill(-1);
  for (const [index, { inputs }] of needed.entries())
    for (const tensor of inputs) lastUse[storageOf[place(tensor)]!] = index;
  const mayOverwrite = new Set([...overwriting].map((index) => all[index]));
  return {
    name,
    tensors: tensors.map(({ name: own, sizes, wordBits }, index) => ({
      ...{ name: own, sizes, wordBits, storage: storageOf[index]! },
    })),
    storages: members.map((group) => storageOfGroup(group, kept, tensors, outputs)),
    operators: needed.map((operator, index) => {
      const moved = { ...operator, inputs: operator.inputs.map(place), output: place(operator.output) };
      if (moved.kind === 'mac' && moved.second.kind !== 'parameters')
        return { ...moved, second: { ...moved.second, tensor: place(moved.second.tensor) } };
      if (moved.kind !== 'vector' || !mayOverwrite.has(operator)) return moved;
      return { ...moved, inPlace: overwritten(moved, tensors, (tensor) => lastUse[storageOf[tensor]!] === index) };
    }),
  };
}

/** Without the views that nothing needs. */
function neededOperators(all: readonly SequenceOperator[], outputs: ReadonlySet<number>): SequenceOperator[] {
  const needed: SequenceOperator[] = [];
  const isTaken = new Set<number>();
  for (const operator of [...all].reverse()) {
    const { kind, inputs, output } = operator;
    if (kind === 'view' && !outputs.has(output) && !isTaken.has(output)) continue;
    needed.push(operator);
    for (const tensor of inputs) isTaken.add(tensor);
  }
  return needed.reverse();
}

/** Sets of tensors that are parts of one another. */
class Groups {
  readonly #parent: number[];

  constructor(count: number) {
    this.#parent = Array.from({ length: count }, (_, index) => index);
  }

  #root(tensor: number): number {
    let root = tensor;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    for (let next = tensor; next !== root; ) {
      const up = this.#parent[next]!;
      this.#parent[next] = root;
      next = up;
    }
    return root;
  }

  join(a: number, b: number): void {
    this.#parent[this.#root(b)] = this.#root(a);
  }

  /** Members of each, in order. */
  list(): number[][] {
    const byRoot = new Map<number, number[]>();
    for (const index of this.#parent.keys()) {
      const root = this.#root(index);
      const group = byRoot.get(root) ?? [];
      group.push(index);
      byRoot.set(root, group);
    }
    return [...byRoot.values()];
  }
}

function storageOfGroup(
  group: readonly number[],
  kept: readonly number[],
  tensors: readonly OpenTensor[],
  outputs: ReadonlySet<number>,
): Storage {
  const own = group.map((tensor) => tensors[tensor]!);
  const whole = own.reduce((most, tensor) => (tensorSize(tensor) > tensorSize(most) ? tensor : most));
  // What no view made are words of their own; views are parts of these, or all of them.
  const made = own.filter(({ from }) => from.length === 0).reduce((sum, tensor) => sum + tensorSize(tensor), 0);
  const isInput = own.some((tensor) => tensor.isInput);
  const isOutput = group.some((tensor) => outputs.has(kept[tensor]!));
  return {
    name: whole.name,
    words: Math.max(made, tensorSize(whole)),
    wordBits: Math.max(...own.map(({ wordBits }) => wordBits)),
    role: isInput ? 'input' : isOutput ? 'output' : 'inner',
  };
}

/** The operand whose words an operator may overwrite: best one that nobody reads later, and of these the one that was made last. */
function overwritten(
  { inputs, output }: SequenceVector,
  tensors: readonly OpenTensor[],
  diesHere: (tensor: number) => boolean,
): number | null {
  const { sizes, wordBits } = tensors[output]!;
  let found: number | null = null;
  for (const [i, tensor] of inputs.entries()) {
    if (tensors[tensor]!.wordBits !== wordBits || !equalSizes(tensors[tensor]!.sizes, sizes)) continue;
    const before = found === null ? null : inputs[found]!;
    const [dies, died] = [diesHere(tensor), before !== null && diesHere(before)];
    if (before === null || (dies && !died) || (dies === died && tensor > before)) found = i;
  }
  return found;
}
