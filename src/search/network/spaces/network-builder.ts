import { type Activation, convolution, convolutionKind, linear, slidingOutput } from '../../../workload/layers.ts';
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
}

/** Appends layers one after the other and keeps track of what flows between them. */
export class NetworkBuilder {
  readonly #layers: Layer[] = [];
  readonly #options: BuildOptions;
  #flow: Activation;
  #looseParameters = 0;

  /** Starts with square images. @throws RangeError when the batch is not a positive integer */
  constructor(input: { readonly channels: number; readonly size: number }, options: BuildOptions) {
    if (!Number.isSafeInteger(options.batch) || options.batch < 1)
      throw new RangeError(`the batch must be a positive integer, not ${options.batch}`);
    this.#options = options;
    this.#flow = { channels: input.channels, size: [input.size, input.size], form: 'map' };
  }

  /** Output of the last layer. */
  get flow(): Activation {
    return this.#flow;
  }

  /** Continues from an earlier place: a shortcut or a parallel branch. */
  from(flow: Activation): this {
    this.#flow = flow;
    return this;
  }

  /** Appends a convolution. @throws RangeError when it does not fit what flows in */
  convolution(name: string, entry: ConvolutionEntry): this {
    const { out, kernel = 1, stride = 1, groups = 1 } = entry;
    const shape = convolution({
      name,
      inChannels: this.#flow.channels,
      outChannels: out,
      input: this.#flow.size,
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
    this.#push(name, convolutionKind(shape.value), shape.value, weights + extra);
    this.#flow = { channels: out, size: [bounds.P, bounds.Q], form: 'map' };
    return this;
  }

  /** Appends a fully connected layer with biases that reads all words that flow in. */
  linear(name: string, out: number): this {
    const inputs = this.#flow.channels * this.#flow.size[0] * this.#flow.size[1];
    const problem = linear({ name, inputs, outputs: out, tokens: 1, batch: this.#options.batch });
    this.#push(name, 'linear', problem, (inputs + 1) * out);
    this.#flow = { channels: out, size: [1, 1], form: 'vector' };
    return this;
  }

  /** Pooling changes the size only: ceil(size / stride) for kernels padded by half their size. */
  pool(kernel: number, stride: number): this {
    const sliding = slidingOutput({
      input: this.#flow.size,
      kernel: [kernel, kernel],
      stride: [stride, stride],
      dilation: [1, 1],
      padding: 'same',
    });
    if (!sliding.ok) throw new RangeError(sliding.message);
    this.#flow = { ...this.#flow, size: sliding.value.output };
    return this;
  }

  /** Averages every map to one word. The words stay a map of one row and column. */
  globalPool(): this {
    this.#flow = { ...this.#flow, size: [1, 1] };
    return this;
  }

  /** Squeeze-and-excitation on what flows: two fully connected layers with biases; pooling and scaling are no layers. */
  squeezeExcite(name: string, squeezed: number): this {
    const flow = this.#flow;
    this.globalPool().linear(`${name}.se-squeeze`, squeezed).linear(`${name}.se-excite`, flow.channels);
    return this.from(flow);
  }

  /** Learned parameters that no layer reads as weights, e.g. of a normalisation that follows no convolution; they join the next layer. */
  parameters(count: number): this {
    this.#looseParameters += count;
    return this;
  }

  /** The network so far. */
  build(name: string, source: string): Network {
    return { name, source, layers: [...this.#layers] };
  }

  #push(name: string, kind: string, problem: Layer['problem'], parameters: number): void {
    this.#layers.push({
      name,
      kind,
      problem,
      wordBits: this.#options.wordBits,
      repeat: 1,
      parameters: parameters + this.#looseParameters,
    });
    this.#looseParameters = 0;
  }
}
