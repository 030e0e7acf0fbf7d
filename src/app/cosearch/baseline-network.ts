import { DEFAULT_WORD_BITS } from '../../formats/workload/workload.ts';
import type { NetworkSpace } from '../../search/network/spaces/network-space.ts';
import type { Network } from '../../workload/network.ts';
import { loadWorkload } from '../presets/load.ts';

/** The published network that a found one is compared with. */
export interface BaselineNetwork {
  readonly network: Network;
  /** Published top-1 in percent; null when the space's own evaluator says it. */
  readonly top1Percent: number | null;
  readonly source: string;
}

/** Word widths of all searched networks: those of workload files that state none. */
export const COSEARCH_WORD_BITS = DEFAULT_WORD_BITS;

/** Presets that networks of a space are compared with, with the top-1 accuracy of the weights published first. */
const BASELINE_PRESETS: readonly (readonly [space: string, preset: string, top1Percent: number, source: string])[] = [
  ['ofa-resnet50', 'resnet50', 76.13, 'torchvision, ResNet50_Weights.IMAGENET1K_V1'],
  ['ofa-mobilenetv3', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['ofa-mobilenetv3-w1.2', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['ofa-proxyless', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['mobilenetv2-ibn', 'mobilenetv2', 71.88, 'torchvision, MobileNet_V2_Weights.IMAGENET1K_V1'],
  ['accel-nasbench', 'efficientnet-b0', 77.69, 'torchvision, EfficientNet_B0_Weights.IMAGENET1K_V1'],
];

/** A well-known network of the kind; for benchmarks of cells or blocks the one that has a 3x3 convolution everywhere. */
export function baselineNetwork(space: NetworkSpace): BaselineNetwork {
  const known = BASELINE_PRESETS.find(([name]) => name === space.name);
  if (known !== undefined) {
    const [, preset, top1Percent, source] = known;
    return { network: loadWorkload(preset).network, top1Percent, source };
  }
  const genotype = space.genes.map(({ values }) => {
    const place = values.findIndex((value) => value === 'nor_conv_3x3' || value === 'mbconv-k3-e3');
    return Math.max(0, place);
  });
  const network = space.build(genotype, { batch: 1, wordBits: COSEARCH_WORD_BITS });
  return {
    network: { ...network, name: `${space.name}-3x3` },
    top1Percent: null,
    source: 'the network of the space with a 3x3 convolution everywhere',
  };
}
