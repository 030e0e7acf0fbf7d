import { product } from '../../src/util/integers.ts';
import type { SecondOperand, Sequence, SequenceOperator, SequenceTensor } from '../../src/workload/graph/sequence.ts';
import { makeProblem } from '../../src/workload/problem.ts';
import type { PeerOperator, PeerWorkload } from './peer-data.ts';

/**
 * A workload of the peer as a sequence: rows are the batch, columns and heads the channels.
 * @param mostCopiedWords copies of more words are left out: their results are what they copy
 */
export function peerSequence(
  name: string,
  { word_bits: wordBits, operators: all }: PeerWorkload,
  mostCopiedWords = Number.POSITIVE_INFINITY,
): Sequence {
  const operators = all.filter((one) => one.kind !== 'copy' || one.words <= mostCopiedWords);
  const sizes = new Map<string, SequenceTensor['sizes']>();
  for (const operator of operators) for (const [tensor, size] of sizesOf(operator, sizes)) sizes.set(tensor, size);
  const names = [...sizes.keys()];
  const made = new Set(operators.map(({ output }) => output));
  const used = new Set(operators.flatMap((operator) => usedBy(operator)));
  let layers = 0;
  return {
    name,
    tensors: names.map((tensor, storage) => ({ name: tensor, sizes: sizes.get(tensor)!, wordBits, storage })),
    storages: names.map((tensor) => ({
      name: tensor,
      words: product(sizes.get(tensor)!),
      wordBits,
      role: !made.has(tensor) ? 'input' : used.has(tensor) ? 'inner' : 'output',
    })),
    operators: operators.map((operator): SequenceOperator => {
      const input = names.indexOf(operator.input);
      const output = names.indexOf(operator.output);
      if (operator.kind !== 'matmul')
        return {
          kind: 'vector',
          name: operator.name,
          inputs: [input],
          output,
          load: {
            repeat: 1,
            reads: [],
            wordsOut: operator.words,
            work: { simple: operator.words, special: 0 },
            wordBits,
          },
          span: { kind: 'words' },
          inPlace: 0,
          fused: [],
        };
      const { G = 1, C, K } = operator.dims;
      const { weights } = operator;
      const second: SecondOperand =
        typeof weights === 'string'
          ? { kind: 'parameters', words: G * C * K, wordBits }
          : { kind: weights.layout, tensor: names.indexOf(weights.tensor), rowAxis: 'n' };
      return {
        kind: 'mac',
        name: operator.name,
        inputs: second.kind === 'parameters' ? [input] : [input, second.tensor],
        output,
        layer: layers++,
        shape: {
          problem: makeProblem({ name: operator.name, bounds: operator.dims }),
          wordBits: { Weights: wordBits, Inputs: wordBits, Outputs: wordBits },
        },
        second,
        tiles: true,
        fused: [],
      };
    }),
  };
}

function usedBy(operator: PeerOperator): string[] {
  if (operator.kind !== 'matmul' || typeof operator.weights === 'string') return [operator.input];
  return [operator.input, operator.weights.tensor];
}

/** Sizes of the tensors of an operator that are not known from one before. */
function* sizesOf(
  operator: PeerOperator,
  known: ReadonlyMap<string, SequenceTensor['sizes']>,
): Generator<[string, SequenceTensor['sizes']]> {
  if (operator.kind !== 'matmul') {
    const size = known.get(operator.input) ?? known.get(operator.output) ?? [1, operator.words, 1, 1];
    yield [operator.input, size];
    yield [operator.output, size];
    return;
  }
  const { G = 1, N, C, K } = operator.dims;
  yield [operator.input, [N, G * C, 1, 1]];
  if (typeof operator.weights !== 'string')
    yield [operator.weights.tensor, operator.weights.layout === 'keys' ? [K, G * C, 1, 1] : [C, G * K, 1, 1]];
  yield [operator.output, [N, G * K, 1, 1]];
}
