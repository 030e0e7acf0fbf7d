import type { Network } from '../../../workload/network.ts';
import { type Gene, type Genotype, geneList, numbersUnder } from './genes.ts';
import { addInvertedBottleneck } from './inverted-bottleneck.ts';
import { NetworkBuilder } from './network-builder.ts';
import { type BuildOptions, defineSpace, type NetworkSpace } from './network-space.ts';

const STEM = 32;
const STAGES = [
  { out: 16, stride: 1, repeats: 3 },
  { out: 24, stride: 2, repeats: 3 },
  { out: 40, stride: 2, repeats: 3 },
  { out: 80, stride: 2, repeats: 3 },
  { out: 112, stride: 1, repeats: 3 },
  { out: 192, stride: 2, repeats: 4 },
  { out: 320, stride: 1, repeats: 3 },
] as const;

const GENES: readonly Gene[] = [
  ...geneList('e', 7, [1, 4, 6]),
  ...geneList('k', 7, [3, 5]),
  ...STAGES.map(({ repeats }) => ({
    key: 'l',
    values: Array.from({ length: repeats }, (_, i) => i + 1),
    ordered: true,
  })),
  ...geneList('se', 7, [0, 1]),
];

/**
 * The MnasNet-like space of Accel-NASBench on 224x224 images. Genes per stage: `e` expansion, `k` kernel, `l` blocks, `se` squeeze-and-excitation.
 */
export const accelNasBench: NetworkSpace = defineSpace({
  name: 'accel-nasbench',
  title: 'Accel-NASBench, ImageNet',
  source: 'Accel-NASBench (afzalxo/Accel-NASBench), benchmark data',
  genes: GENES,
  distinctSize: 6 ** 7 * 3 ** 6 * 4 * 2 ** 7,
  build: buildNetwork,
});

function buildNetwork(genotype: Genotype, options: BuildOptions): Network {
  const [e, k, l, se] = (['e', 'k', 'l', 'se'] as const).map((key) => numbersUnder(GENES, genotype, key));
  const builder = new NetworkBuilder({ channels: 3, size: 224 }, options);
  builder.convolution('stem', { out: STEM, kernel: 3, stride: 2, activation: 'relu' });
  for (const [stage, { out, stride }] of STAGES.entries())
    for (let block = 0; block < l![stage]!; block++) {
      const input = builder.channels;
      const expansion = e![stage]!;
      addInvertedBottleneck(builder, {
        name: `stage${stage + 1}.block${block + 1}`,
        kernel: k![stage]!,
        expanded: expansion === 1 ? null : input * expansion,
        out,
        stride: block === 0 ? stride : 1,
        activation: 'relu',
        squeezeFunctions: ['relu', 'sigmoid'],
        ...(se![stage] === 1 ? { squeezed: Math.max(1, Math.floor(input / 4)) } : {}),
      });
    }
  return builder
    .convolution('head', { out: 1280, activation: 'relu' })
    .globalPool('pool')
    .linear('classifier', 1000)
    .build('accel-nasbench', accelNasBench.source);
}
