import { product } from '../util/integers.ts';
import type { Sequence, SequenceOperator } from '../workload/graph/sequence.ts';
import { tensorWords } from '../workload/problem.ts';
import { storageLives } from './storage-lives.ts';
import { BOX, boxWords } from './tiles/boxes.ts';
import { operatorFacts } from './tiles/operator-facts.ts';
import { touchBox } from './tiles/reach.ts';

/**
 * Words that pass the outermost level in every schedule: what is used of the inputs of the network, its outputs, and parameters that are not pinned, once.
 * @param isPinned whether the parameters of an operator stay on chip between runs of the network
 */
export function compulsoryWords(sequence: Sequence, isPinned: (operator: number) => boolean): number {
  const { storages, operators, tensors } = sequence;
  const lives = storageLives(sequence);
  // Of an input at least what one operator reads of it.
  const used = storages.map(() => 0);
  let parameters = 0;
  operators.forEach((operator, index) => {
    if (operator.kind === 'view') return;
    operator.inputs.forEach((tensor, i) => {
      const { storage } = tensors[tensor]!;
      used[storage] = Math.max(used[storage]!, readWords(sequence, index, operator, i));
    });
    for (const { reads } of operator.fused) parameters += sumOf(reads);
    if (operator.kind === 'vector') parameters += sumOf(operator.load.reads);
    else if (operator.second.kind === 'parameters' && !isPinned(index)) parameters += operator.second.words;
  });
  return storages.reduce((sum, { role }, storage) => {
    if (role === 'inner') return sum;
    return sum + (role === 'input' ? used[storage]! : sumOf(lives[storage]!.parts));
  }, parameters);
}

function sumOf(parts: readonly { readonly words: number }[]): number {
  return parts.reduce((sum, { words }) => sum + words, 0);
}

/** Words that an operator needs of an operand. */
function readWords(sequence: Sequence, index: number, operator: SequenceOperator, operand: number): number {
  if (operator.kind === 'mac') {
    if (operand > 1) return 0;
    return tensorWords(operator.shape.problem, operand === 0 ? 'Inputs' : 'Weights');
  }
  const reach = operatorFacts(sequence)[index]!.reaches[operand]!;
  const boxes = new Int32Array(2 * BOX);
  sequence.tensors[operator.output]!.sizes.forEach((size, axis) => {
    boxes[2 * axis + 1] = size;
  });
  touchBox(reach, boxes, 0, boxes, BOX);
  return Math.min(product(reach.sizes), boxWords(boxes, BOX));
}
