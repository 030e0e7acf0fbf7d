import type { Activation } from '../layers.ts';
import type { Layer } from '../network.ts';
import {
  type Block,
  type Graph,
  type GraphOperator,
  type GraphTensor,
  type TensorIndex,
  tensorSize,
  type ViewOperator,
} from './graph.ts';
import { type VectorOperation, vectorWork } from './vector-operation.ts';

/** A tensor while a graph is built. */
export interface Flow {
  readonly tensor: TensorIndex;
  readonly activation: Activation;
  readonly wordBits: number;
}

/** Sizes of a tensor for one input, and how many inputs run together where that is not the batch of the network. */
export type FlowShape = Activation & { readonly batch?: number };

/** What a vector operator reads besides activations. */
export interface VectorParameters {
  /** Words of parameters, tables and constants; default 0. */
  readonly words?: number;
  /** Learned parameters of one instance; default as many. */
  readonly learned?: number;
}

/** Collects the operators of a graph in the order in which they run. */
export class GraphBuilder {
  readonly #batch: number;
  readonly #tensors: GraphTensor[] = [];
  readonly #operators: GraphOperator[] = [];
  readonly #blocks: Block[] = [];
  readonly #inputs: TensorIndex[] = [];
  readonly #names = new Set<string>();
  /** By name, the last number that was put behind it. */
  readonly #numbers = new Map<string, number>();
  #repeat = 1;

  /** @param batch inputs that run together */
  constructor(batch: number) {
    this.#batch = batch;
  }

  /** Operators so far. */
  get size(): number {
    return this.#operators.length;
  }

  /** An input of the network. */
  input(name: string, activation: FlowShape, wordBits: number): Flow {
    const flow = this.#flow(name, activation, wordBits);
    this.#inputs.push(flow.tensor);
    return flow;
  }

  /**
   * A layer. `inputs`: its activation; of products of two activations, both.
   * @param copies times that it runs on the same input with other weights; the output is that of the last
   */
  mac(name: string, layer: Layer, inputs: readonly Flow[], output: FlowShape, wordBits: number, copies = 1): Flow {
    const flow = this.#flow(name, output, wordBits);
    this.#operators.push({
      name: this.#nameOf(flow),
      repeat: this.#repeat * copies,
      output: flow.tensor,
      kind: 'mac',
      layer,
      inputs: inputs.map(indexOf),
    });
    return flow;
  }

  /** An operator without multiply-accumulates. @param copies as of a layer */
  vector(
    name: string,
    operation: VectorOperation,
    inputs: readonly Flow[],
    output: FlowShape,
    wordBits: number,
    { words = 0, learned = words }: VectorParameters = {},
    copies = 1,
  ): Flow {
    const flow = this.#flow(name, output, wordBits);
    this.#operators.push({
      name: this.#nameOf(flow),
      repeat: this.#repeat * copies,
      output: flow.tensor,
      kind: 'vector',
      operation,
      work: vectorWork(operation, tensorSize(this.#tensors[flow.tensor]!)),
      parameterWords: words,
      parameters: learned,
      inputs: inputs.map(indexOf),
    });
    return flow;
  }

  /** Another name for words that stay where they are. */
  view(name: string, view: ViewOperator['view'], inputs: readonly Flow[], output: FlowShape): Flow {
    const flow = this.#flow(name, output, inputs[0]!.wordBits);
    this.#operators.push({
      name: this.#nameOf(flow),
      repeat: this.#repeat,
      output: flow.tensor,
      kind: 'view',
      view,
      inputs: inputs.map(indexOf),
    });
    return flow;
  }

  /** Operators that `fill` adds run `repeat` times; it returns what flows out. */
  block(name: string, repeat: number, input: Flow | null, fill: () => Flow): Flow {
    const first = this.#operators.length;
    const place = this.#blocks.length;
    const outer = this.#repeat;
    this.#repeat = outer * repeat;
    const output = fill();
    this.#repeat = outer;
    const block = {
      name,
      repeat,
      first,
      end: this.#operators.length,
      input: input === null ? null : input.tensor,
      output: output.tensor,
    };
    this.#blocks.splice(place, 0, block);
    return output;
  }

  /** The graph so far. */
  build(): Graph {
    const read = new Set(this.#operators.flatMap(({ inputs }) => inputs));
    const outputs = this.#operators.map(({ output }) => output).filter((tensor) => !read.has(tensor));
    return {
      tensors: [...this.#tensors],
      operators: [...this.#operators],
      blocks: [...this.#blocks],
      inputs: [...this.#inputs],
      outputs,
    };
  }

  #nameOf({ tensor }: Flow): string {
    return this.#tensors[tensor]!.name;
  }

  /** A new tensor; what makes it has its name. */
  #flow(base: string, { batch = this.#batch, ...activation }: FlowShape, wordBits: number): Flow {
    const { channels, size, form } = activation;
    const name = this.#unique(base);
    const tensor = this.#tensors.push({ name, sizes: [batch, channels, size[0], size[1]], form, wordBits }) - 1;
    return { tensor, activation, wordBits };
  }

  /** `base`, or with a number behind where an operator has this name. */
  #unique(base: string): string {
    let name = base;
    if (this.#names.has(base)) {
      let number = this.#numbers.get(base) ?? 1;
      do name = `${base}-${++number}`;
      while (this.#names.has(name));
      this.#numbers.set(base, number);
    }
    this.#names.add(name);
    return name;
  }
}

function indexOf({ tensor }: Flow): TensorIndex {
  return tensor;
}
