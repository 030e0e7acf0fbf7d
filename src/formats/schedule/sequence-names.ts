import { suggestWord } from '../../util/suggestion.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { KeyPath } from '../document/document.ts';
import type { Fail } from './fail-below.ts';

/** Names in a file as indices of a sequence; what a sequence does not have is refused at its place. */
export class SequenceNames {
  readonly #sequence: Sequence;
  readonly #fail: Fail;
  readonly #operators: ReadonlyMap<string, number>;
  readonly #tensors: ReadonlyMap<string, number>;

  constructor(sequence: Sequence, fail: Fail) {
    this.#sequence = sequence;
    this.#fail = fail;
    this.#operators = new Map(sequence.operators.map(({ name }, index) => [name, index]));
    this.#tensors = new Map(sequence.tensors.map(({ name }, index) => [name, index]));
  }

  /** Index of a tensor; undefined: there is none of that name. */
  findTensor(name: string): number | undefined {
    return this.#tensors.get(name);
  }

  /** Index of a tensor. @param meant names that are suggested instead */
  tensor(name: string, at: KeyPath, meant: Iterable<string> = this.#tensors.keys()): number {
    const index = this.#tensors.get(name);
    if (index !== undefined) return index;
    return this.#fail(at, 'not-found', `the network has no tensor ${name}`, suggestWord(name, [...meant]));
  }

  /** Index of an operator. */
  operator(name: string, at: KeyPath): number {
    const index = this.#operators.get(name);
    if (index !== undefined) return index;
    const known = [...this.#operators.keys()];
    return this.#fail(at, 'not-found', `the network has no operator ${name}`, suggestWord(name, known));
  }

  /** Index of an operator that has parameters. */
  parameters(name: string, at: KeyPath): number {
    const index = this.operator(name, at);
    const operator = this.#sequence.operators[index]!;
    if (operator.kind === 'mac' && operator.second.kind === 'parameters') return index;
    return this.#fail(at, 'value', `${name} has no parameters that could stay`);
  }

  /** Indices of a list in which none may stand twice. */
  different(names: readonly string[], at: KeyPath, indexOf: (name: string, at: KeyPath) => number): number[] {
    const seen = new Set<number>();
    return names.map((name, i) => {
      const index = indexOf(name, [...at, i]);
      if (seen.has(index)) this.#fail([...at, i], 'value', `${name} stands twice in the list`, 'remove one');
      seen.add(index);
      return index;
    });
  }
}
