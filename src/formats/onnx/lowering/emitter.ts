import { product } from '../../../util/integers.ts';
import { perTensor } from '../../../util/vocabulary.ts';
import type { Graph, UncountedOperator } from '../../../workload/graph/graph.ts';
import { type Flow, GraphBuilder } from '../../../workload/graph/graph-builder.ts';
import type { VectorOperation } from '../../../workload/graph/vector-operation.ts';
import { type Activation, activationWords, linear } from '../../../workload/layers.ts';
import type { Layer, WordBits } from '../../../workload/network.ts';
import { type Problem, problemKey } from '../../../workload/problem.ts';
import { graphError } from '../graph/graph-error.ts';
import { type InferredTensor, isConstant } from '../inference/inferred-model.ts';
import { nameOfLine } from './node-name.ts';
import {
  activationIn,
  isSameActivation,
  type Place,
  type Placed,
  plainActivation,
  sizesIn,
  usualPlaces,
} from './placement.ts';
import type { StoredParameters } from './stored-parameters.ts';
import type { Widths } from './widths.ts';

/** A layer before it has a name. */
export interface LayerShape {
  readonly kind: string;
  readonly problem: Problem;
  readonly parameters: number;
  readonly wordBits: WordBits;
}

/** Parameters that an operator reads. */
export interface Parameters {
  readonly words?: number;
  readonly learned?: number;
}

/** Collects the operators of a model as a graph whose shapes are those that a workload file states. */
export class Emitter {
  readonly batch: number;
  readonly widths: Widths;
  readonly #stored: StoredParameters;
  readonly #file: string;
  readonly #builder: GraphBuilder;
  readonly #flows = new Map<string, Placed>();
  readonly #names = new Map<string, number>();
  readonly #problems = new Map<string, Problem>();
  /** Inputs that run together in flows where that is not the batch. */
  readonly #batchOf = new Map<number, number>();

  constructor(file: string, batch: number, widths: Widths, stored: StoredParameters) {
    this.#file = file;
    this.batch = batch;
    this.widths = widths;
    this.#stored = stored;
    this.#builder = new GraphBuilder(batch);
  }

  build(uncounted: readonly UncountedOperator[]): Graph {
    return { ...this.#builder.build(), ...(uncounted.length === 0 ? {} : { uncounted }) };
  }

  /** A name that no operator has yet: this one, or with a number behind. */
  name(text: string): string {
    const base = nameOfLine(text);
    let name = base;
    let count = this.#names.get(base) ?? 1;
    while (this.#names.has(name)) name = `${base}-${++count}`;
    this.#names.set(base, count);
    if (name !== base) this.#names.set(name, 1);
    return name;
  }

  /** An input of the network. @param isMap whether three dims are [N, C, L] */
  input(tensor: InferredTensor, isMap: boolean): void {
    const { name, dims } = tensor;
    // A cache that is empty at first is no words, and a number that is given is none of the inputs.
    if (dims === undefined || dims.includes(0) || isConstant(tensor)) return;
    const usual = usualPlaces(dims, this.batch);
    const places = isMap && dims.length === 3 ? ([0, 1, 2] as const) : usual;
    const activation =
      places === undefined ? plainActivation(dims, this.batch) : activationIn(dims, places, isMap ? 'map' : undefined);
    const shape = { ...activation, batch: places === undefined ? this.batch : sizesIn(dims, places)[0] };
    const flow = this.#builder.input(this.name(name), shape, this.widths.of(tensor));
    this.put(tensor, { flow: this.#kept(flow, shape.batch), places });
  }

  /** What flows in a tensor; undefined for constants and where there is none. @throws TrifoldError where its shape is not known */
  placed(tensor: InferredTensor | undefined): Placed | undefined {
    if (tensor === undefined || isConstant(tensor)) return undefined;
    const placed = this.#flows.get(tensor.name);
    if (placed !== undefined || tensor.dims !== undefined) return placed;
    throw graphError(
      this.#file,
      `the tensor ${tensor.name} has no known shape: ${tensor.unknownBecause ?? ''}`,
      'value',
      'export the model with its shapes inferred',
    );
  }

  put(tensor: InferredTensor | undefined, placed: Placed): void {
    if (tensor !== undefined) this.#flows.set(tensor.name, placed);
  }

  /** The same words in other sizes. */
  fit(flow: Flow, activation: Activation, name: string): Flow {
    if (isSameActivation(flow.activation, activation)) return flow;
    // Where one input runs at a time, a reader that wants fewer words takes a part.
    const words = this.batch === 1 ? activationWords(activation) : this.wordsOf(flow);
    return this.view(`${name}.reshaped`, 'reshape', [flow], activation, words);
  }

  /** Inputs that run together in a flow. */
  inputsOf(flow: Flow): number {
    return this.#batchOf.get(flow.tensor) ?? this.batch;
  }

  /** Words of a flow, of all inputs together. */
  wordsOf(flow: Flow): number {
    return activationWords(flow.activation) * this.inputsOf(flow);
  }

  /** Sizes of so many words, of all inputs together. Where one input runs at a time, several in front of a tensor are further rows of it. */
  #shape(activation: Activation, words: number): Activation & { readonly batch: number } {
    const own = activationWords(activation);
    if (own === 0 || own === words) return { ...activation, batch: own === 0 ? this.batch : 1 };
    const batch = words / own;
    if (this.batch > 1 || !Number.isInteger(batch)) return { ...activation, batch: this.batch > 1 ? batch : 1 };
    const { channels, size, form } = activation;
    return { channels, size: [size[0] * batch, size[1]], form: form === 'vector' ? 'sequence' : form, batch: 1 };
  }

  #kept(flow: Flow, batch: number): Flow {
    if (batch !== this.batch) this.#batchOf.set(flow.tensor, batch);
    return flow;
  }

  /** An operator without multiply-accumulates that makes so many words for all inputs together. */
  vector(
    name: string,
    operation: VectorOperation,
    inputs: readonly Flow[],
    activation: Activation,
    words: number,
    bits: number,
    parameters: Parameters = {},
  ): Flow {
    const shape = this.#shape(activation, words);
    return this.#kept(this.#builder.vector(this.name(name), operation, inputs, shape, bits, parameters), shape.batch);
  }

  /** The same words, or parts of them, in other sizes; `words` for all inputs together. */
  view(
    name: string,
    view: 'concat' | 'reshape' | 'slice',
    inputs: readonly Flow[],
    activation: Activation,
    words: number,
  ): Flow {
    const shape = this.#shape(activation, words);
    const isWhole = activationWords(shape) * shape.batch === this.wordsOf(inputs[0]!);
    const kind = view === 'concat' ? view : isWhole ? 'reshape' : 'slice';
    return this.#kept(this.#builder.view(this.name(name), kind, inputs, shape), shape.batch);
  }

  /** A layer that reads these in the sizes that its problem says; gives what it makes. */
  layer(text: string, shape: LayerShape, inputs: readonly Flow[], bits: number, output?: Activation): Flow {
    const name = this.name(text);
    const { kind, wordBits, parameters } = shape;
    const problem = this.#shared(this.#perInput(shape));
    const layer: Layer = { name, kind, problem: { ...problem, name }, parameters, repeat: 1, wordBits };
    const reads = this.#readsOf({ kind, problem }, inputs);
    const fitted = reads.map((read, index) => this.fit(inputs[index]!, read, name));
    const made = output ?? this.#outputOf({ kind, problem }, fitted[0]!);
    const { N, G, K, P, Q } = problem.bounds;
    const words = output === undefined ? N * G * K * P * Q : activationWords(made) * this.batch;
    const flowShape = this.#shape(made, words);
    return this.#kept(this.#builder.mac(name, layer, fitted, flowShape, bits), flowShape.batch);
  }

  /** Equal problems are one, as most layers of deep models are. */
  #shared(problem: Problem): Problem {
    const key = problemKey(problem);
    const known = this.#problems.get(key);
    if (known === undefined) this.#problems.set(key, problem);
    return known ?? problem;
  }

  /** The problem of a layer whose inputs run together as those of the network do; others of a linear layer are further tokens. */
  #perInput({ kind, problem }: LayerShape): Problem {
    const { N, K, C, P } = problem.bounds;
    if (kind !== 'linear' || N === this.batch) return problem;
    const batch = (N * P) % this.batch === 0 ? this.batch : 1;
    return linear({ name: problem.name, inputs: C, outputs: K, tokens: (N * P) / batch, batch });
  }

  #readsOf({ kind, problem }: Pick<LayerShape, 'kind' | 'problem'>, inputs: readonly Flow[]): readonly Activation[] {
    const { N, G, C, K, P } = problem.bounds;
    const heads = G % this.batch === 0 ? G / this.batch : G;
    if (inputs.length > 1)
      return [
        { channels: heads * C, size: [P, 1], form: 'sequence' },
        { channels: heads * K, size: [C, 1], form: 'sequence' },
      ];
    if (kind === 'linear') return [{ channels: C, size: [P, 1], form: this.#linearForm(P, inputs[0]) }];
    const [rows, columns] = problem.inputSize;
    return [{ channels: G * C, size: [this.#ownInputs(N) * rows, columns], form: 'map' }];
  }

  #linearForm(tokens: number, flow: Flow | undefined): Activation['form'] {
    return tokens > 1 || (flow?.activation.form === 'sequence' && flow.activation.size[0] === 1)
      ? 'sequence'
      : 'vector';
  }

  #outputOf({ kind, problem }: Pick<LayerShape, 'kind' | 'problem'>, read: Flow): Activation {
    const { N, G, K, P, Q } = problem.bounds;
    if (kind === 'linear') return { channels: K, size: [P, 1], form: read.activation.form };
    if (kind === 'matmul' && N === 1 && G % this.batch === 0)
      return { channels: (G / this.batch) * K, size: [P, 1], form: 'sequence' };
    return { channels: G * K, size: [this.#ownInputs(N) * P, Q], form: 'map' };
  }

  /** Inputs of a layer beside those that run together: further rows of what it reads and makes. */
  #ownInputs(inputs: number): number {
    return inputs % this.batch === 0 ? inputs / this.batch : 1;
  }

  /** The flow of a tensor with a place for every dim, in other sizes where its dims cut across those that it has. */
  withPlaces(tensor: InferredTensor, placed: Placed, name: string): { flow: Flow; places: readonly Place[] } {
    const { flow, places } = placed;
    if (places !== undefined) return { flow, places };
    const dims = tensor.dims!;
    const usual =
      usualPlaces(dims, this.inputsOf(flow)) ?? dims.map((_, axis): Place => (axis === dims.length - 1 ? 1 : 2));
    const inputs = sizesIn(dims, usual)[0];
    if (inputs !== this.inputsOf(flow)) return { flow, places: usual };
    return { flow: this.fit(flow, activationIn(dims, usual), name), places: usual };
  }

  /** Widths of the three tensors of a layer. */
  wordBits(input: InferredTensor, weights: InferredTensor): WordBits {
    const [own, others, sums] = [this.widths.of(input), this.widths.of(weights), this.widths.ofSums(input)];
    return perTensor((tensor) => (tensor === 'Weights' ? others : tensor === 'Inputs' ? own : sums));
  }

  /** Parameters that an operand stands for, where no operator before has counted them; 0 for absent ones and activations. */
  parametersOf(tensor: InferredTensor | undefined): number {
    if (tensor?.dims === undefined || !isConstant(tensor)) return 0;
    return this.#stored.take(tensor, 1) ?? product(tensor.dims);
  }

  /** Constants of several words that an operator reads beside its activations. @param isLearned whether they are parameters even where the file stores none */
  constants(tensors: readonly (InferredTensor | undefined)[], isLearned: boolean): Required<Parameters> {
    let [words, learned] = [0, 0];
    for (const tensor of tensors) {
      const own = this.constantWords(tensor);
      if (tensor === undefined || own <= 1) continue;
      words += own;
      learned += this.#stored.take(tensor, 2) ?? (isLearned ? own : 0);
    }
    return { words, learned };
  }

  /** Words of an operand that is the same for every input; 0 for others and absent ones. */
  constantWords(tensor: InferredTensor | undefined): number {
    return tensor?.dims !== undefined && isConstant(tensor) ? product(tensor.dims) : 0;
  }
}
