import type { Network } from '../../../workload/network.ts';
import { multipleOf8, roundHalfEven } from './channels.ts';
import { type Gene, type Genotype, geneList, numbersUnder, placesOf, RESOLUTION_KEY, singleGene } from './genes.ts';
import { NetworkBuilder } from './network-builder.ts';
import { type BuildOptions, defineSpace, type NetworkSpace } from './network-space.ts';

/** Blocks of each stage that every network has. */
const BASE_BLOCKS = [2, 2, 4, 2] as const;
/** Blocks of each stage that a network may add. */
const EXTRA_BLOCKS = [0, 1, 2] as const;
const STAGE_WIDTHS = [256, 512, 1024, 2048] as const;
const STAGE_STRIDES = [1, 2, 2, 2] as const;
const WIDTH_MULTIPLIERS = [0.65, 0.8, 1] as const;
const STEM_WIDTH = 64;
const CLASSES = 1000;

/** Input resolutions that the published accuracy predictor was trained on. */
export const OFA_RESNET50_SIZES = [128, 144, 160, 176, 192, 224, 240, 256] as const;
/** Widths of the 3x3 convolution of a block, as shares of the block's output. */
export const OFA_RESNET50_EXPANSIONS = [0.2, 0.25, 0.35] as const;
/** First block slot of each stage, and the number of slots. */
export const OFA_RESNET50_SLOTS = [0, 4, 8, 14, 18] as const;

const GENES: readonly Gene[] = [
  singleGene(RESOLUTION_KEY, OFA_RESNET50_SIZES),
  { key: 'd', values: [0, 2], ordered: true },
  ...geneList('d', 4, EXTRA_BLOCKS),
  ...geneList('w', 6, [0, 1, 2]),
  ...geneList('e', 18, OFA_RESNET50_EXPANSIONS),
];

const EXPANSION_PLACES = placesOf(GENES, 'e');

/** Per block slot whether the block runs. */
export function ofaResnet50ActiveSlots(extraBlocks: readonly number[]): boolean[] {
  return BASE_BLOCKS.flatMap((base, stage) =>
    Array.from({ length: base + 2 }, (_, block) => block < base + extraBlocks[stage]!),
  );
}

/** Networks per stage: every depth with every choice of expansions. */
const DISTINCT_STAGES = BASE_BLOCKS.map((base) => EXTRA_BLOCKS.reduce<number>((sum, d) => sum + 3 ** (base + d), 0));

/**
 * The ResNet-50 space of Once-for-All (ResNet-50D: three-convolution stem, average pooling before the 1x1 convolution of a shortcut).
 * Genes: `image_size`; `d`: 2 keeps the residual stem block, 0 leaves it out, then extra blocks of the four stages; `w`: index of the
 * width multiplier of stem middle, stem output and the four stages; `e`: expansion of the 18 block slots.
 */
export const ofaResnet50: NetworkSpace = defineSpace({
  name: 'ofa-resnet50',
  title: 'Once-for-All ResNet-50 (ResNet-50D), ImageNet',
  source: 'Cai et al., ICLR 2020; structure of the published OFAResNets code; the space of NAAS (Lin et al., DAC 2021)',
  genes: GENES,
  distinctSize: OFA_RESNET50_SIZES.length * 2 * 3 ** 6 * DISTINCT_STAGES.reduce((count, stage) => count * stage, 1),
  isSilent: (genotype) => {
    const silent = Array.from({ length: GENES.length }, () => false);
    ofaResnet50ActiveSlots(numbersUnder(GENES, genotype, 'd').slice(1)).forEach((active, slot) => {
      silent[EXPANSION_PLACES[slot]!] = !active;
    });
    return silent;
  },
  build: buildNetwork,
});

function buildNetwork(genotype: Genotype, options: BuildOptions): Network {
  const [size] = numbersUnder(GENES, genotype, RESOLUTION_KEY);
  const [stemBlock, ...extra] = numbersUnder(GENES, genotype, 'd');
  const multipliers = numbersUnder(GENES, genotype, 'w').map((index) => WIDTH_MULTIPLIERS[index]!);
  const expansions = numbersUnder(GENES, genotype, 'e');
  const builder = new NetworkBuilder({ channels: 3, size: size! }, options);
  const stemMiddle = multipleOf8(multipleOf8(STEM_WIDTH * multipliers[0]!) / 2);
  builder.convolution('stem.conv1', { out: stemMiddle, kernel: 3, stride: 2, activation: 'relu' });
  const stem = builder.flow;
  if (stemBlock! > 0)
    builder.convolution('stem.residual', { out: stemMiddle, kernel: 3, activation: 'relu' }).add('stem.add', stem);
  builder
    .convolution('stem.conv2', { out: multipleOf8(STEM_WIDTH * multipliers[1]!), kernel: 3, activation: 'relu' })
    .pool('stem.pool', 'max', 3, 2);
  BASE_BLOCKS.forEach((base, stage) => {
    const out = multipleOf8(STAGE_WIDTHS[stage]! * multipliers[stage + 2]!);
    for (let block = 0; block < base + extra[stage]!; block++)
      addBottleneck(builder, {
        name: `stage${stage + 1}.block${block + 1}`,
        middle: multipleOf8(roundHalfEven(out * expansions[OFA_RESNET50_SLOTS[stage]! + block]!)),
        out,
        stride: block === 0 ? STAGE_STRIDES[stage]! : 1,
        projectsShortcut: block === 0,
      });
  });
  return builder.globalPool('pool').linear('classifier', CLASSES).build('ofa-resnet50', ofaResnet50.source);
}

interface Bottleneck {
  readonly name: string;
  readonly middle: number;
  readonly out: number;
  readonly stride: number;
  readonly projectsShortcut: boolean;
}

function addBottleneck(builder: NetworkBuilder, { name, middle, out, stride, projectsShortcut }: Bottleneck): void {
  const input = builder.flow;
  builder.convolution(`${name}.reduce`, { out: middle, activation: 'relu' });
  builder.convolution(`${name}.conv`, { out: middle, kernel: 3, stride, activation: 'relu' });
  builder.convolution(`${name}.expand`, { out });
  const output = builder.flow;
  if (projectsShortcut) {
    builder.from(input);
    if (stride > 1) builder.pool(`${name}.pool`, 'average', stride, stride);
    builder.convolution(`${name}.shortcut`, { out });
  }
  const shortcut = projectsShortcut ? builder.flow : input;
  builder.from(output).add(`${name}.add`, shortcut).activation(`${name}.add.relu`, 'relu');
}
