import type { ActivationFunction } from '../../../workload/graph/vector-operation.ts';
import type { NetworkBuilder } from './network-builder.ts';

/** An inverted bottleneck (MobileNetV2): expand, filter, project; or fused: filter and expand in one convolution, project. */
export interface InvertedBottleneck {
  readonly name: string;
  readonly kernel: number;
  /** Channels between expansion and projection; null: no expansion, the input channels are filtered. */
  readonly expanded: number | null;
  readonly out: number;
  readonly stride: number;
  /** One full kernel x kernel convolution in place of expansion and depthwise filter. */
  readonly fused?: boolean;
  /** Channels of the squeeze layer; absent: no squeeze-and-excitation. */
  readonly squeezed?: number;
  /** After expansion and filter. */
  readonly activation: ActivationFunction;
  /** After squeeze and excitation; default rectifier and hard sigmoid, as in MobileNetV3. */
  readonly squeezeFunctions?: readonly [ActivationFunction, ActivationFunction];
}

/** Appends the block; its input is added where it has the size of the output. */
export function addInvertedBottleneck(builder: NetworkBuilder, block: InvertedBottleneck): void {
  const { name, kernel, stride, activation, squeezeFunctions = ['relu', 'hard-sigmoid'] } = block;
  const input = builder.flow;
  const width = block.expanded ?? builder.channels;
  if (block.fused === true) builder.convolution(`${name}.fused`, { out: width, kernel, stride, activation });
  else {
    if (block.expanded !== null) builder.convolution(`${name}.expand`, { out: width, activation });
    builder.convolution(`${name}.depthwise`, { out: width, kernel, stride, groups: width, activation });
  }
  if (block.squeezed !== undefined) builder.squeezeExcite(name, block.squeezed, squeezeFunctions);
  builder.convolution(`${name}.project`, { out: block.out });
  if (stride === 1 && input.activation.channels === block.out) builder.add(`${name}.add`, input);
}
