import type { Network } from '../../../workload/network.ts';
import { multipleOf8 } from './channels.ts';
import { type Gene, type Genotype, geneList, numbersUnder, placesOf, RESOLUTION_KEY, singleGene } from './genes.ts';
import { addInvertedBottleneck } from './inverted-bottleneck.ts';
import { NetworkBuilder } from './network-builder.ts';
import { type BuildOptions, defineSpace, type NetworkSpace } from './network-space.ts';

/** Stages of MobileNetV2 after its first block (Sandler et al., CVPR 2018, table 2). */
const STAGES = [
  { width: 24, blocks: 2, stride: 2 },
  { width: 32, blocks: 3, stride: 2 },
  { width: 64, blocks: 4, stride: 2 },
  { width: 96, blocks: 3, stride: 1 },
  { width: 160, blocks: 3, stride: 2 },
  { width: 320, blocks: 1, stride: 1 },
] as const;
const BLOCKS = STAGES.reduce((sum, { blocks }) => sum + blocks, 0);
const STEM = 32;
const FIRST_BLOCK = 16;
const HEAD = 1280;
const CLASSES = 1000;
const BLOCK_TYPES = ['ibn', 'fused-ibn'] as const;

const GENES: readonly Gene[] = [
  singleGene(RESOLUTION_KEY, [160, 176, 192, 208, 224, 240, 256]),
  ...geneList('width', STAGES.length, [0.5, 0.75, 1, 1.25]),
  ...geneList('type', BLOCKS, BLOCK_TYPES, false),
  ...geneList('kernel', BLOCKS, [3, 5, 7]),
  ...geneList('expansion', BLOCKS, [3, 6]),
];
const TYPE_PLACES = placesOf(GENES, 'type');

/**
 * MobileNetV2 whose blocks choose between inverted bottlenecks and fused ones (a full convolution in place of expansion and depthwise filter),
 * after NAHAS. Genes: `image_size`; `width`: factor of the channels of six stages; `type`, `kernel`, `expansion`: of the 16 blocks after the
 * first. All widths 1, types `ibn`, kernels 3, expansions 6 at 224 are MobileNetV2 itself.
 */
export const mobileNetV2Ibn: NetworkSpace = defineSpace({
  name: 'mobilenetv2-ibn',
  title: 'MobileNetV2 with fused inverted bottlenecks, ImageNet',
  source:
    'after NAHAS (Zhou et al., 2021, arXiv 2102.08619): kernels, expansions and fused blocks as described there; width factors and resolutions are assumptions of this project',
  genes: GENES,
  distinctSize: 7 * 4 ** STAGES.length * (BLOCK_TYPES.length * 3 * 2) ** BLOCKS,
  build: buildNetwork,
});

function buildNetwork(genotype: Genotype, options: BuildOptions): Network {
  const [size] = numbersUnder(GENES, genotype, RESOLUTION_KEY);
  const widths = numbersUnder(GENES, genotype, 'width');
  const kernels = numbersUnder(GENES, genotype, 'kernel');
  const expansions = numbersUnder(GENES, genotype, 'expansion');
  const builder = new NetworkBuilder({ channels: 3, size: size! }, options);
  builder.convolution('stem', { out: STEM, kernel: 3, stride: 2, activation: 'relu6' });
  addInvertedBottleneck(builder, {
    name: 'block1',
    kernel: 3,
    expanded: null,
    out: FIRST_BLOCK,
    stride: 1,
    activation: 'relu6',
  });
  let slot = 0;
  for (const [stage, { width, blocks, stride }] of STAGES.entries())
    for (let block = 0; block < blocks; block++) {
      addInvertedBottleneck(builder, {
        name: `stage${stage + 1}.block${block + 1}`,
        kernel: kernels[slot]!,
        expanded: builder.channels * expansions[slot]!,
        out: multipleOf8(width * widths[stage]!),
        stride: block === 0 ? stride : 1,
        activation: 'relu6',
        fused: BLOCK_TYPES[genotype[TYPE_PLACES[slot]!]!] === 'fused-ibn',
      });
      slot++;
    }
  return builder
    .convolution('head', { out: HEAD, activation: 'relu6' })
    .globalPool('pool')
    .linear('classifier', CLASSES)
    .build('mobilenetv2-ibn', mobileNetV2Ibn.source);
}
