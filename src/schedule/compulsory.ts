import { product } from '../util/integers.ts';
import type { Sequence } from '../workload/graph/sequence.ts';
import { tensorWords } from '../workload/problem.ts';
import { storageLives } from './storage-lives.ts';

/**
 * Words that pass the outermost level under every schedule with these pins: of each input of the network those that some operator uses, of each output those
 * that are made, and parameters that are not pinned, once.
 */
export function compulsoryWords(sequence: Sequence, pinned: readonly number[]): number {
  const { storages, operators, tensors } = sequence;
  const lives = storageLives(sequence);
  /** By input of the network: most words that one operator uses of it. */
  const used = storages.map(() => 0);
  const use = (tensor: number, words: number) => {
    const { storage } = tensors[tensor]!;
    used[storage] = Math.max(used[storage]!, words);
  };
  let words = 0;
  for (const [index, operator] of operators.entries()) {
    if (operator.kind === 'view') continue;
    const own = operator.kind === 'mac' ? operator.fused : [...operator.fused, operator.load];
    for (const { reads } of own) for (const read of reads) words += read.words;
    if (operator.kind === 'mac') {
      const { second, shape, inputs } = operator;
      if (second.kind !== 'parameters') use(second.tensor, product(tensors[second.tensor]!.sizes));
      else if (!pinned.includes(index)) words += second.words;
      use(inputs[0]!, tensorWords(shape.problem, 'Inputs'));
    } else for (const tensor of operator.inputs) use(tensor, product(tensors[tensor]!.sizes));
  }
  for (const [storage, { role }] of storages.entries()) {
    if (role === 'inner') continue;
    const made = lives[storage]!.parts.filter(({ from }) => from >= 0);
    if (role === 'input') words += used[storage]!;
    else words += made.reduce((sum, part) => sum + part.words, 0);
  }
  return words;
}
