import { product } from '../../util/integers.ts';
import { suggestWord } from '../../util/suggestion.ts';
import type {
  SecondOperand,
  Sequence,
  SequenceMac,
  SequenceOperator,
  SequenceVector,
} from '../../workload/graph/sequence.ts';
import type { WordBits } from '../../workload/layer.ts';
import { makeProblem, type Problem, type ProblemSpec } from '../../workload/problem.ts';
import type { Document, KeyPath } from '../document/document.ts';
import type { RecordedGraph } from './case-schema.ts';
import { caseStorages } from './case-storages.ts';
import { type Fail, failBelow } from './fail-below.ts';

type Operator = RecordedGraph['operators'][number];
type Mac = Extract<Operator, { kind: 'mac' }>;
type Vector = Extract<Operator, { kind: 'vector' }>;

/**
 * The graph of a case as a sequence.
 * @throws TrifoldError with place and key: unknown or equal names, a tensor that is used before it is made, made twice or never, sizes that do not fit
 */
export function caseSequence(
  document: Document,
  path: KeyPath,
  name: string,
  graph: RecordedGraph,
  wordBits: WordBits,
): Sequence {
  return new SequenceReader(failBelow(document, path), graph, wordBits).read(name);
}

class SequenceReader {
  readonly #fail: Fail;
  readonly #graph: RecordedGraph;
  readonly #wordBits: WordBits;
  readonly #tensors: ReadonlyMap<string, number>;
  #layers = 0;

  constructor(fail: Fail, graph: RecordedGraph, wordBits: WordBits) {
    this.#fail = fail;
    this.#graph = graph;
    this.#wordBits = wordBits;
    const seen = new Map<string, KeyPath>();
    for (const list of ['tensors', 'operators'] as const)
      for (const [index, { name }] of graph[list].entries()) {
        if (seen.has(name))
          this.#fail([list, index, 'name'], 'value', `two tensors or operators of the graph are called ${name}`);
        seen.set(name, [list, index]);
      }
    this.#tensors = new Map(graph.tensors.map((tensor, index) => [tensor.name, index]));
  }

  read(name: string): Sequence {
    const made = new Set(this.#graph.tensors.flatMap(({ role }, index) => (role === 'input' ? [index] : [])));
    const operators = this.#graph.operators.map((operator, index): SequenceOperator => {
      const at = ['operators', index];
      const read = this.#operator(operator, at);
      for (const tensor of read.inputs)
        if (!made.has(tensor))
          this.#fail(
            at,
            'value',
            `${operator.name} uses ${this.#graph.tensors[tensor]!.name} before an operator makes it`,
            'operators stand in the order in which they run, and a graph has no cycles; network inputs have the role input',
          );
      if (made.has(read.output))
        this.#fail([...at, 'output'], 'value', `${operator.output} is a network input, or made by an operator before`);
      made.add(read.output);
      return read;
    });
    for (const [index, tensor] of this.#graph.tensors.entries())
      if (!made.has(index)) this.#fail(['tensors', index], 'value', `no operator makes ${tensor.name}`);
    const { storages, storageOf } = caseStorages(this.#graph, operators, this.#wordBits.Inputs, (at, message) =>
      this.#fail(at, 'value', message),
    );
    const tensors = this.#graph.tensors.map((tensor, index) => ({
      name: tensor.name,
      sizes: tensor.shape,
      wordBits: this.#wordBits.Inputs,
      storage: storageOf[index]!,
    }));
    return { name, tensors, storages, operators };
  }

  #operator(operator: Operator, at: KeyPath): SequenceOperator {
    const output = this.#tensor(operator.output, [...at, 'output']);
    if (operator.kind === 'mac') return this.#mac(operator, at, output);
    const inputs = operator.inputs.map((name, i) => this.#tensor(name, [...at, 'inputs', i]));
    if (operator.kind === 'vector') return this.#vector(operator, at, inputs, output);
    this.#concat(inputs, output, at);
    return { kind: 'view', view: 'concat', name: operator.name, inputs, output };
  }

  #mac(operator: Mac, at: KeyPath, output: number): SequenceMac {
    const { name, dims, stride, dilation, pad, weights } = operator;
    const input = this.#tensor(operator.input, [...at, 'input']);
    const [n, c, p, q] = this.#sizes(input);
    const { N = 1, G = 1, K = 1, C = 1, P = 1, Q = 1, R = 1, S = 1 } = dims;
    this.#expect([...at, 'input'], operator.input, [n, c], [N, G * C], 'N and G * C');
    this.#expect([...at, 'output'], operator.output, this.#sizes(output), [N, G * K, P, Q], 'N, G * K, P and Q');
    let second: SecondOperand;
    if ('words' in weights) {
      if (weights.words !== G * K * C * R * S)
        this.#fail([...at, 'weights', 'words'], 'value', `${name} has ${G * K * C * R * S} weights by its dims`);
      second = { kind: 'parameters', words: weights.words, wordBits: this.#wordBits.Weights };
    } else {
      const tensor = this.#tensor(weights.tensor, [...at, 'weights', 'tensor']);
      const isKeys = weights.layout === 'keys';
      const sizes = [isKeys ? K : C, G * (isKeys ? C : K), 1, 1];
      const words = isKeys ? 'K, G * C, 1 and 1' : 'C, G * K, 1 and 1';
      this.#expect([...at, 'weights', 'tensor'], weights.tensor, this.#sizes(tensor), sizes, words);
      if (R * S > 1) this.#fail([...at, 'dims'], 'value', `${name} takes an activation for weights and has a filter`);
      second = { kind: weights.layout, tensor, rowAxis: 'n' };
    }
    const sizesOf: ProblemSpec = { name, bounds: dims, stride, dilation, paddingBefore: pad, inputSize: [p, q] };
    return {
      kind: 'mac',
      name,
      inputs: second.kind === 'parameters' ? [input] : [input, second.tensor],
      output,
      layer: this.#layers++,
      shape: { problem: this.#problem(sizesOf, at), wordBits: this.#wordBits },
      second,
      tiles: true,
      fused: [],
    };
  }

  #problem(sizes: ProblemSpec, at: KeyPath): Problem {
    try {
      return makeProblem(sizes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return this.#fail(at, 'value', error.message);
    }
  }

  #vector(operator: Vector, at: KeyPath, inputs: readonly number[], output: number): SequenceVector {
    const { name, window, work_per_word, inplace = null } = operator;
    const sizes = this.#sizes(output);
    for (const [i, input] of inputs.entries()) {
      const own = this.#sizes(input);
      const isWindowed = window !== undefined && i === 0;
      if (own.some((size, axis) => size !== sizes[axis] && size !== 1 && !(isWindowed && axis >= 2)))
        this.#fail(
          [...at, 'inputs', i],
          'value',
          `the sizes of ${operator.inputs[i]} are not those of ${operator.output}`,
        );
    }
    if (inplace !== null && (inputs[inplace] === undefined || product(this.#sizes(inputs[inplace])) !== product(sizes)))
      this.#fail([...at, 'inplace'], 'value', `${name} has no operand ${inplace} with as many words as its output`);
    const wordsOut = product(sizes);
    return {
      kind: 'vector',
      name,
      inputs,
      output,
      load: {
        repeat: 1,
        reads: [],
        wordsOut,
        work: { simple: wordsOut * work_per_word, special: 0 },
        wordBits: this.#wordBits.Inputs,
      },
      span: window === undefined ? { kind: 'words' } : { kind: 'window', ...window },
      inPlace: inplace,
      fused: [],
    };
  }

  #concat(inputs: readonly number[], output: number, at: KeyPath): void {
    const [n, c, p, q] = this.#sizes(output);
    const parts = inputs.map((input) => this.#sizes(input));
    const together = parts.reduce((sum, sizes) => sum + sizes[1], 0);
    if (together !== c || parts.some((sizes) => sizes[0] !== n || sizes[2] !== p || sizes[3] !== q))
      this.#fail(at, 'value', 'the parts do not make up the output along c');
  }

  #expect(at: KeyPath, name: string, sizes: readonly number[], expected: readonly number[], words: string): void {
    if (expected.some((size, axis) => size !== sizes[axis]))
      this.#fail(
        at,
        'value',
        `${name} must have the sizes ${expected.join(', ')}, not ${sizes.join(', ')}`,
        `${words} of the operator`,
      );
  }

  #sizes(tensor: number): readonly [number, number, number, number] {
    return this.#graph.tensors[tensor]!.shape;
  }

  #tensor(name: string, at: KeyPath): number {
    const known = this.#tensors.get(name);
    if (known !== undefined) return known;
    return this.#fail(at, 'not-found', `there is no tensor ${name}`, suggestWord(name, [...this.#tensors.keys()]));
  }
}
