import type { Flow } from '../../../workload/graph/graph-builder.ts';
import type { Network } from '../../../workload/network.ts';
import { type Genotype, geneList } from './genes.ts';
import { NetworkBuilder } from './network-builder.ts';
import { type BuildOptions, defineSpace, type NetworkSpace } from './network-space.ts';

const CELLS_PER_STAGE = 5;
const STAGE_CHANNELS = [16, 32, 64] as const;
/** Source and target node of each edge of the cell, in the order of the genes. */
const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;

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
      addCell(builder, `stage${stage + 1}.cell${cell}`, channels, genotype);
  }
  // The normalisation before the classifier has a scale and a shift per channel.
  const features = builder.channels;
  return builder
    .activation('relu', 'relu')
    .globalPool('pool')
    .parameters(2 * features)
    .linear('classifier', data.classes)
    .build(name, source);
}

/** A cell: every node is the sum of its edges. Convolutions rectify what they read; a node without edges stays as what the cell reads. */
function addCell(builder: NetworkBuilder, name: string, channels: number, genotype: Genotype): void {
  const nodes: Flow[] = [builder.flow];
  const ends: Flow[][] = [[], [], [], []];
  const nodeAt = (index: number): Flow => {
    const [first, ...rest] = ends[index]!;
    nodes[index] ??=
      first === undefined
        ? nodes[0]!
        : rest.reduce((sum, flow, i) => builder.from(sum).add(`${name}.node${index}.add${i + 1}`, flow).flow, first);
    return nodes[index]!;
  };
  for (const [edge, index] of genotype.entries()) {
    const [source, target] = EDGES[edge]!;
    const layer = `${name}.edge${source}-${target}`;
    const operation = NAS_BENCH_201_OPERATIONS[index];
    const from = nodeAt(source);
    builder.from(from);
    if (operation === 'nor_conv_1x1') builder.activation(`${layer}.relu`, 'relu').convolution(layer, { out: channels });
    if (operation === 'nor_conv_3x3')
      builder.activation(`${layer}.relu`, 'relu').convolution(layer, { out: channels, kernel: 3 });
    if (operation === 'avg_pool_3x3') builder.pool(layer, 'average', 3, 1);
    if (operation !== 'none') ends[target]!.push(builder.flow);
  }
  builder.from(nodeAt(3));
}

/** A residual block with stride 2; its shortcut is average pooling and a 1x1 convolution without normalisation. */
function addReduction(builder: NetworkBuilder, name: string, out: number): void {
  const input = builder.flow;
  const output = builder
    .activation(`${name}.conv1.relu`, 'relu')
    .convolution(`${name}.conv1`, { out, kernel: 3, stride: 2, activation: 'relu' })
    .convolution(`${name}.conv2`, { out, kernel: 3 }).flow;
  builder
    .from(input)
    .pool(`${name}.pool`, 'average', 2, 2)
    .convolution(`${name}.shortcut`, { out, norm: false })
    .add(`${name}.add`, output);
}
