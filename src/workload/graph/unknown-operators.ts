import { type Graph, tensorSize, type UncountedOperator } from './graph.ts';

/** The operations of a graph that the model does not know, with the words that they read and write, repeats counted. */
export function unknownOperators({ tensors, operators }: Pick<Graph, 'tensors' | 'operators'>): UncountedOperator[] {
  const found = new Map<string, { count: number; words: number }>();
  for (const operator of operators) {
    if (operator.kind !== 'vector' || operator.operation.kind !== 'unknown') continue;
    const { operation, inputs, output, repeat } = operator;
    const one = found.get(operation.name) ?? { count: 0, words: 0 };
    one.count += repeat;
    for (const tensor of [...inputs, output]) one.words += repeat * tensorSize(tensors[tensor]!);
    found.set(operation.name, one);
  }
  return [...found].map(([name, one]) => ({ name, ...one, reason: 'its operations are not known' }));
}
