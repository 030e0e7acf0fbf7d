import { type Flow, GraphBuilder } from '../../../workload/graph/graph-builder.ts';
import type { ActivationFunction, VectorOperation } from '../../../workload/graph/vector-operation.ts';
import {
  type Activation,
  activationWords,
  convolution,
  convolutionKind,
  linear,
  slidingOutput,
} from '../../../workload/layers.ts';
import type { Layer, Network } from '../../../workload/network.ts';
import type { BuildOptions } from './network-space.ts';

/** A convolution of a network, square in kernel and stride, padded by half its kernel. */
export interface ConvolutionEntry {
  /** Output channels. */
  readonly out: number;
  /** Odd. Default 1. */
  readonly kernel?: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly groups?: number;
  /** Whether the outputs have biases. Default false. */
  readonly bias?: boolean;
  /** Whether normalisation with scale and shift follows: two parameters per output channel. Default true. */
  readonly norm?: boolean;
  /** Function of every output word. Default none. */
  readonly activation?: ActivationFunction;
}

/** Takes the operators of a network. */
type OperatorSink = Pick<GraphBuilder, 'input' | 'mac' | 'vector' | 'view'>;

/** Keeps none of them. */
const NO_GRAPH: OperatorSink = {
  input: (_name, activation, wordBits) => ({ tensor: 0, activation, wordBits }),
  mac: (_name, _layer, _inputs, activation, wordBits) => ({ tensor: 0, activation, wordBits }),
  vector: (_name, _operation, _inputs, activation, wordBits) => ({ tensor: 0, activation, wordBits }),
  view: (_name, _view, inputs, activation) => ({ tensor: 0, activation, wordBits: inputs[0]!.wordBits }),
};

/** Appends layers one after the other and keeps track of what flows between them. */
export class NetworkBuilder {
  readonly #layers: Layer[] = [];
  readonly #options: BuildOptions;
  /** Null where only the layers are asked for. */
  readonly #graph: GraphBuilder | null;
  readonly #operators: OperatorSink;
  #flow: Flow;
  #looseParameters = 0;

  /** Starts with square images. @throws RangeError when the batch is not a positive integer */
  constructor(input: { readonly channels: number; readonly size: number }, options: BuildOptions) {
    if (!Number.isSafeInteger(options.batch) || options.batch < 1)
      throw new RangeError(`the batch must be a positive integer, not ${options.batch}`);
    this.#options = options;
    this.#graph = options.isLayersOnly === true ? null : new GraphBuilder(options.batch);
    this.#operators = this.#graph ?? NO_GRAPH;
    const image: Activation = { channels: input.channels, size: [input.size, input.size], form: 'map' };
    this.#flow = this.#operators.input('input', image, options.wordBits.Inputs);
  }

  /** Output of the last layer. */
  get flow(): Flow {
    return this.#flow;
  }

  /** Channels of the last output. */
  get channels(): number {
    return this.#shape.channels;
  }

  get #shape(): Activation {
    return this.#flow.activation;
  }

  /** Continues from an earlier place: a shortcut or a parallel branch. */
  from(flow: Flow): this {
    this.#flow = flow;
    return this;
  }

  /** Appends a convolution. @throws RangeError when it does not fit what flows in */
  convolution(name: string, entry: ConvolutionEntry): this {
    const { out, kernel = 1, stride = 1, groups = 1 } = entry;
    const shape = convolution({
      name,
      inChannels: this.#shape.channels,
      outChannels: out,
      input: this.#shape.size,
      kernel: [kernel, kernel],
      stride: [stride, stride],
      dilation: [1, 1],
      padding: (kernel - 1) / 2,
      groups,
      batch: this.#options.batch,
    });
    if (!shape.ok) throw new RangeError(`${name}: ${shape.message}`);
    const { bounds } = shape.value;
    const weights = bounds.G * bounds.K * bounds.C * bounds.R * bounds.S;
    const extra = (entry.bias === true ? out : 0) + (entry.norm === false ? 0 : 2 * out);
    const output: Activation = { channels: out, size: [bounds.P, bounds.Q], form: 'map' };
    this.#push(name, convolutionKind(shape.value), shape.value, weights + extra, output);
    return entry.activation === undefined ? this : this.activation(`${name}.${entry.activation}`, entry.activation);
  }

  /** Appends a fully connected layer with biases that reads all words that flow in. */
  linear(name: string, out: number): this {
    const inputs = activationWords(this.#shape);
    const read: Activation = { channels: inputs, size: [1, 1], form: 'vector' };
    if (this.#shape.form !== 'vector')
      this.#flow = this.#operators.view(`${name}.flatten`, 'reshape', [this.#flow], read);
    const problem = linear({ name, inputs, outputs: out, tokens: 1, batch: this.#options.batch });
    this.#push(name, 'linear', problem, (inputs + 1) * out, { channels: out, size: [1, 1], form: 'vector' });
    return this;
  }

  /** Applies a function to every word. */
  activation(name: string, function_: ActivationFunction): this {
    return this.#vector(name, { kind: 'activation', function: function_ }, [this.#flow], this.#shape);
  }

  /** Adds what flows and another flow, word by word. */
  add(name: string, other: Flow): this {
    return this.#vector(name, { kind: 'add' }, [this.#flow, other], this.#shape);
  }

  /** Pooling: ceil(size / stride) positions of a window padded by half its size. */
  pool(name: string, how: 'max' | 'average', kernel: number, stride: number): this {
    const sliding = slidingOutput({
      input: this.#shape.size,
      kernel: [kernel, kernel],
      stride: [stride, stride],
      dilation: [1, 1],
      padding: 'same',
    });
    if (!sliding.ok) throw new RangeError(sliding.message);
    const { output, paddingBefore } = sliding.value;
    const operation = { kind: 'pool', how, kernel: [kernel, kernel], stride: [stride, stride], paddingBefore } as const;
    return this.#vector(name, operation, [this.#flow], { ...this.#shape, size: output });
  }

  /** Averages every map to one word. The words stay a map of one row and column. */
  globalPool(name: string): this {
    const { size } = this.#shape;
    if (size[0] * size[1] === 1) return this;
    const operation = { kind: 'pool', how: 'average', kernel: size, stride: [1, 1], paddingBefore: [0, 0] } as const;
    return this.#vector(name, operation, [this.#flow], { ...this.#shape, size: [1, 1] });
  }

  /** Squeeze-and-excitation on what flows: global pooling, two fully connected layers with biases, scaling of every channel. */
  squeezeExcite(name: string, squeezed: number, functions: readonly [ActivationFunction, ActivationFunction]): this {
    const flow = this.#flow;
    this.globalPool(`${name}.se-pool`)
      .linear(`${name}.se-squeeze`, squeezed)
      .activation(`${name}.se-squeeze.${functions[0]}`, functions[0])
      .linear(`${name}.se-excite`, flow.activation.channels)
      .activation(`${name}.se-excite.${functions[1]}`, functions[1]);
    return this.#vector(`${name}.se-scale`, { kind: 'multiply' }, [flow, this.#flow], flow.activation);
  }

  /** Learned parameters that no layer reads as weights, e.g. of a normalisation that follows no convolution; they join the next layer. */
  parameters(count: number): this {
    this.#looseParameters += count;
    return this;
  }

  /** The network so far. */
  build(name: string, source: string): Network {
    const layers = [...this.#layers];
    return this.#graph === null ? { name, source, layers } : { name, source, layers, graph: this.#graph.build() };
  }

  #vector(name: string, operation: VectorOperation, inputs: readonly Flow[], output: Activation): this {
    this.#flow = this.#operators.vector(name, operation, inputs, output, this.#options.wordBits.Inputs);
    return this;
  }

  #push(name: string, kind: string, problem: Layer['problem'], parameters: number, output: Activation): void {
    const layer: Layer = {
      name,
      kind,
      problem,
      wordBits: this.#options.wordBits,
      repeat: 1,
      parameters: parameters + this.#looseParameters,
    };
    this.#layers.push(layer);
    this.#flow = this.#operators.mac(name, layer, [this.#flow], output, this.#options.wordBits.Inputs);
    this.#looseParameters = 0;
  }
}
