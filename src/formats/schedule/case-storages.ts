import { product } from '../../util/integers.ts';
import type { SequenceOperator, Storage } from '../../workload/graph/sequence.ts';
import type { KeyPath } from '../document/document.ts';
import type { RecordedGraph } from './case-schema.ts';

/** Storages of a graph, and the one of each tensor. */
export interface CaseStorages {
  readonly storages: readonly Storage[];
  readonly storageOf: readonly number[];
}

/**
 * Parts of a concatenation lie in the storage of the whole, which has the name of the outermost whole.
 * @param fail refuses what stands at a path of the graph
 */
export function caseStorages(
  { tensors }: RecordedGraph,
  operators: readonly SequenceOperator[],
  wordBits: number,
  fail: (at: KeyPath, message: string) => never,
): CaseStorages {
  const whole = tensors.map((_, index) => index);
  for (const [index, { kind, name, inputs, output }] of operators.entries()) {
    if (kind !== 'view') continue;
    for (const [i, part] of inputs.entries()) {
      const at = ['operators', index, 'inputs', i];
      if (whole[part] !== part || part === output)
        fail(at, `${tensors[part]!.name} is a part of two concatenations, or twice of ${name}`);
      whole[part] = output;
    }
  }
  // Operators stand in order, so that a whole follows its parts.
  const rootOf = (tensor: number): number => {
    let root = tensor;
    while (whole[root] !== root) root = whole[root]!;
    return root;
  };
  const roots = tensors.map((_, index) => rootOf(index));
  const own = [...new Set(roots)].sort((a, b) => a - b);
  const storages = own.map((root): Storage => {
    const roles = new Set(tensors.flatMap(({ role }, index) => (roots[index] === root ? [role] : [])));
    return {
      name: tensors[root]!.name,
      words: product(tensors[root]!.shape),
      wordBits,
      role: roles.has('output') ? 'output' : roles.has('input') ? 'input' : 'inner',
    };
  });
  return { storages, storageOf: roots.map((root) => own.indexOf(root)) };
}
