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
}

/** Appends the layers of the block; the addition of its input is no layer. */
export function addInvertedBottleneck(builder: NetworkBuilder, block: InvertedBottleneck): void {
  const { name, kernel, stride } = block;
  const width = block.expanded ?? builder.flow.channels;
  if (block.fused === true) builder.convolution(`${name}.fused`, { out: width, kernel, stride });
  else {
    if (block.expanded !== null) builder.convolution(`${name}.expand`, { out: width });
    builder.convolution(`${name}.depthwise`, { out: width, kernel, stride, groups: width });
  }
  if (block.squeezed !== undefined) builder.squeezeExcite(name, block.squeezed);
  builder.convolution(`${name}.project`, { out: block.out });
}
