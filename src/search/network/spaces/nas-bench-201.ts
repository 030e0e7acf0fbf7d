import type { Network } from '../../../workload/network.ts';
import { type Genotype, geneList } from './genes.ts';
import { NetworkBuilder } from './network-builder.ts';
import { type BuildOptions, defineSpace, type NetworkSpace } from './network-space.ts';

const CELLS_PER_STAGE = 5;
const STAGE_CHANNELS = [16, 32, 64] as const;
/** Source and target node of each edge of the cell, in the order of the genes. */
const EDGES = ['0-1', '0-2', '1-2', '0-3', '1-3', '2-3'] as const;

/** Operations of an edge, in the benchmark's order. */
export const NAS_BENCH_201_OPERATIONS = [
  'none',
  'skip_connect',
  'nor_conv_1x1',
  'nor_conv_3x3',
  'avg_pool_3x3',
] as const;

/** Image data of the benchmark. */
export interface NasBench201Data {
  readonly name: string;
  readonly imageSize: number;
  readonly classes: number;
}

/** The three datasets, by the name in {@link nasBench201}. */
export const NAS_BENCH_201_DATA = {
  cifar10: { name: 'CIFAR-10', imageSize: 32, classes: 10 },
  cifar100: { name: 'CIFAR-100', imageSize: 32, classes: 100 },
  'imagenet16-120': { name: 'ImageNet16-120', imageSize: 16, classes: 120 },
} as const satisfies Readonly<Record<string, NasBench201Data>>;

/**
 * NAS-Bench-201: one cell of four nodes, repeated five times in each of three stages. Gene `cell`: the operation of the edges
 * 0-1, 0-2, 1-2, 0-3, 1-3, 2-3. Convolutions that lead nowhere count, as in the benchmark's own figures.
 */
export function nasBench201(dataset: keyof typeof NAS_BENCH_201_DATA): NetworkSpace {
  const data = NAS_BENCH_201_DATA[dataset];
  const name = dataset === 'cifar10' ? 'nas-bench-201' : `nas-bench-201-${dataset}`;
  const source = 'Dong, Yang, ICLR 2020, benchmark code';
  return defineSpace({
    name,
    title: `NAS-Bench-201, ${data.name}`,
    source,
    genes: geneList('cell', EDGES.length, NAS_BENCH_201_OPERATIONS, false),
    distinctSize: NAS_BENCH_201_OPERATIONS.length ** EDGES.length,
    build: (genotype, options) => buildNetwork(name, source, data, genotype, options),
  });
}

function buildNetwork(
  name: string,
  source: string,
  data: NasBench201Data,
  genotype: Genotype,
  options: BuildOptions,
): Network {
  const builder = new NetworkBuilder({ channels: 3, size: data.imageSize }, options);
  builder.convolution('stem', { out: STAGE_CHANNELS[0], kernel: 3 });
  for (const [stage, channels] of STAGE_CHANNELS.entries()) {
    if (stage > 0) addReduction(builder, `stage${stage + 1}.reduce`, channels);
    for (let cell = 1; cell <= CELLS_PER_STAGE; cell++)
      for (const [edge, index] of genotype.entries()) {
        const operation = NAS_BENCH_201_OPERATIONS[index];
        const flow = builder.flow;
        const layer = `stage${stage + 1}.cell${cell}.edge${EDGES[edge]}`;
        if (operation === 'nor_conv_1x1') builder.convolution(layer, { out: channels }).from(flow);
        if (operation === 'nor_conv_3x3') builder.convolution(layer, { out: channels, kernel: 3 }).from(flow);
      }
  }
  // The normalisation before the classifier has a scale and a shift per channel.
  const features = builder.flow.channels;
  return builder
    .globalPool()
    .parameters(2 * features)
    .linear('classifier', data.classes)
    .build(name, source);
}

/** A residual block with stride 2; its shortcut is average pooling and a 1x1 convolution without normalisation. */
function addReduction(builder: NetworkBuilder, name: string, out: number): void {
  const input = builder.flow;
  const output = builder
    .convolution(`${name}.conv1`, { out, kernel: 3, stride: 2 })
    .convolution(`${name}.conv2`, { out, kernel: 3 }).flow;
  builder.from(input).pool(2, 2).convolution(`${name}.shortcut`, { out, norm: false }).from(output);
}
