import type { ActivationFunction } from '../../../workload/graph/vector-operation.ts';
import type { Network } from '../../../workload/network.ts';
import { multipleOf8, roundHalfEven } from './channels.ts';
import { type Gene, type Genotype, geneList, numbersUnder, placesOf, RESOLUTION_KEY, singleGene } from './genes.ts';
import { addInvertedBottleneck } from './inverted-bottleneck.ts';
import { NetworkBuilder } from './network-builder.ts';
import { type BuildOptions, defineSpace, type NetworkSpace } from './network-space.ts';

const KERNELS = [3, 5, 7] as const;
const EXPANSIONS = [3, 4, 6] as const;
const DEPTHS = [2, 3, 4] as const;
/** Block slots of a stage with elastic depth. */
const SLOTS = 4;
const CLASSES = 1000;

/** Structure of one mobile space of Once-for-All. */
interface MobileStructure {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** Input resolutions. */
  readonly imageSizes: readonly number[];
  /** Multiplies all channel counts. */
  readonly widthMultiplier: number;
  readonly stem: number;
  /** Channels of the first, fixed block (kernel 3, no expansion). */
  readonly firstBlock: number;
  /** Stages with 2 to 4 blocks. */
  readonly stages: readonly {
    readonly width: number;
    readonly stride: number;
    readonly squeezeExcite: boolean;
    /** Default: that of the whole network. */
    readonly activation?: ActivationFunction;
  }[];
  /** Of layers outside the stages, and of stages that have none of their own. */
  readonly activation: ActivationFunction;
  /** Channels of one more block with elastic kernel and expansion; null: none. */
  readonly lastBlock: number | null;
  /** Channels of the 1x1 convolution before pooling; null: none. */
  readonly finalExpand: number | null;
  /** Channels before the classifier. */
  readonly featureMix: number;
  /** Whether pooling comes before the feature mix, which then has no normalisation. */
  readonly poolsFirst: boolean;
}

const MOBILENETV3: Omit<MobileStructure, 'name' | 'title' | 'source' | 'imageSizes' | 'widthMultiplier'> = {
  stem: 16,
  activation: 'hard-swish',
  firstBlock: 16,
  stages: [
    { width: 24, stride: 2, squeezeExcite: false, activation: 'relu' },
    { width: 40, stride: 2, squeezeExcite: true, activation: 'relu' },
    { width: 80, stride: 2, squeezeExcite: false },
    { width: 112, stride: 1, squeezeExcite: true },
    { width: 160, stride: 2, squeezeExcite: true },
  ],
  lastBlock: null,
  finalExpand: 960,
  featureMix: 1280,
  poolsFirst: true,
};

const PROXYLESS: typeof MOBILENETV3 = {
  stem: 32,
  activation: 'relu6',
  firstBlock: 16,
  stages: [
    { width: 24, stride: 2, squeezeExcite: false },
    { width: 40, stride: 2, squeezeExcite: false },
    { width: 80, stride: 2, squeezeExcite: false },
    { width: 96, stride: 1, squeezeExcite: false },
    { width: 192, stride: 2, squeezeExcite: false },
  ],
  lastBlock: 320,
  finalExpand: null,
  featureMix: 1280,
  poolsFirst: false,
};

const CODE = 'Cai et al., ICLR 2020; structure of the published';
const STEP = 'resolutions in steps of 4, as the networks that were published';

/**
 * The MobileNetV3 space of Once-for-All. Genes: `image_size`; `ks`, `e`: kernel and expansion of the 20 block slots; `d`: blocks of the five stages.
 * @param widthMultiplier 1 or 1.2, the two super-networks that were trained
 * @param imageSizes input resolutions; default 128, 132, ... 224 (from 160 for 1.2)
 */
export function ofaMobileNetV3(widthMultiplier: 1 | 1.2, imageSizes?: readonly number[]): NetworkSpace {
  const isWide = widthMultiplier === 1.2;
  return mobileSpace({
    ...MOBILENETV3,
    name: isWide ? 'ofa-mobilenetv3-w1.2' : 'ofa-mobilenetv3',
    title: `Once-for-All MobileNetV3, width ${widthMultiplier}, ImageNet`,
    source: `${CODE} OFAMobileNetV3 code; ${STEP}`,
    imageSizes: imageSizes ?? resolutions(isWide ? 160 : 128, 224),
    widthMultiplier,
  });
}

/**
 * The ProxylessNAS space of Once-for-All at width 1.3. Genes as in {@link ofaMobileNetV3} with a 21st block slot, the last block.
 * @param imageSizes input resolutions; default 128, 132, ... 224
 */
export function ofaProxyless(imageSizes: readonly number[] = resolutions(128, 224)): NetworkSpace {
  return mobileSpace({
    ...PROXYLESS,
    name: 'ofa-proxyless',
    title: 'Once-for-All ProxylessNAS, width 1.3, ImageNet',
    source: `${CODE} OFAProxylessNASNets code with its own stage widths; ${STEP}`,
    imageSizes,
    widthMultiplier: 1.3,
  });
}

function resolutions(low: number, high: number): number[] {
  return Array.from({ length: (high - low) / 4 + 1 }, (_, i) => low + 4 * i);
}

function mobileSpace(structure: MobileStructure): NetworkSpace {
  const stages = structure.stages.length;
  const slots = stages * SLOTS + (structure.lastBlock === null ? 0 : 1);
  const genes: readonly Gene[] = [
    singleGene(RESOLUTION_KEY, structure.imageSizes),
    ...geneList('ks', slots, KERNELS),
    ...geneList('e', slots, EXPANSIONS),
    ...geneList('d', stages, DEPTHS),
  ];
  const choices = KERNELS.length * EXPANSIONS.length;
  const perStage = DEPTHS.reduce<number>((sum, depth) => sum + choices ** depth, 0);
  const slotPlaces = (['ks', 'e'] as const).map((key) => placesOf(genes, key));
  return defineSpace({
    name: structure.name,
    title: structure.title,
    source: structure.source,
    genes,
    distinctSize: structure.imageSizes.length * perStage ** stages * (structure.lastBlock === null ? 1 : choices),
    isSilent: (genotype) => {
      const silent = Array.from({ length: genes.length }, () => false);
      for (const [stage, depth] of numbersUnder(genes, genotype, 'd').entries())
        for (let block = depth; block < SLOTS; block++)
          for (const places of slotPlaces) silent[places[stage * SLOTS + block]!] = true;
      return silent;
    },
    build: (genotype, options) => buildNetwork(structure, genes, genotype, options),
  });
}

function buildNetwork(
  structure: MobileStructure,
  genes: readonly Gene[],
  genotype: Genotype,
  options: BuildOptions,
): Network {
  const [size] = numbersUnder(genes, genotype, RESOLUTION_KEY);
  const kernels = numbersUnder(genes, genotype, 'ks');
  const expansions = numbersUnder(genes, genotype, 'e');
  const depths = numbersUnder(genes, genotype, 'd');
  const scaled = (channels: number) => multipleOf8(channels * structure.widthMultiplier);
  const builder = new NetworkBuilder({ channels: 3, size: size! }, options);
  builder.convolution('stem', {
    out: scaled(structure.stem),
    kernel: 3,
    stride: 2,
    activation: structure.activation,
  });
  addInvertedBottleneck(builder, {
    name: 'block1',
    kernel: 3,
    expanded: null,
    out: scaled(structure.firstBlock),
    stride: 1,
    activation: structure.stages[0]!.activation ?? structure.activation,
  });
  const addBlock = (
    name: string,
    slot: number,
    out: number,
    stride: number,
    squeezeExcite: boolean,
    activation = structure.activation,
  ): void => {
    const expanded = multipleOf8(roundHalfEven(builder.channels * expansions[slot]!));
    addInvertedBottleneck(builder, {
      name,
      kernel: kernels[slot]!,
      expanded,
      out,
      stride,
      activation,
      ...(squeezeExcite ? { squeezed: multipleOf8(Math.floor(expanded / 4)) } : {}),
    });
  };
  for (const [stage, { width, stride, squeezeExcite, activation }] of structure.stages.entries())
    for (let block = 0; block < depths[stage]!; block++)
      addBlock(
        `stage${stage + 1}.block${block + 1}`,
        stage * SLOTS + block,
        scaled(width),
        block === 0 ? stride : 1,
        squeezeExcite,
        activation,
      );
  if (structure.lastBlock !== null)
    addBlock('last', structure.stages.length * SLOTS, scaled(structure.lastBlock), 1, false);
  if (structure.finalExpand !== null)
    builder.convolution('final-expand', { out: scaled(structure.finalExpand), activation: structure.activation });
  if (structure.poolsFirst) builder.globalPool('pool');
  builder.convolution('feature-mix', {
    out: scaled(structure.featureMix),
    norm: !structure.poolsFirst,
    activation: structure.activation,
  });
  return builder.globalPool('pool').linear('classifier', CLASSES).build(structure.name, structure.source);
}
