import type { Network } from '../../../workload/network.ts';
import { type Genotype, geneList } from './genes.ts';
import { addInvertedBottleneck } from './inverted-bottleneck.ts';
import { NetworkBuilder } from './network-builder.ts';
import { type BuildOptions, defineSpace, type NetworkSpace } from './network-space.ts';

const STAGES = [
  { blocks: 2, out: 64 },
  { blocks: 3, out: 128 },
  { blocks: 3, out: 256 },
] as const;
const OPERATIONS = ['identity', 'mbconv-k3-e3', 'mbconv-k5-e6'] as const;

/**
 * NAS-Bench-Macro: eight blocks of three stages on 32x32 images; each is nothing (a 1x1 convolution where the shape changes) or an inverted
 * bottleneck. Gene `blocks`: the operation of each.
 */
export const nasBenchMacro: NetworkSpace = defineSpace({
  name: 'nas-bench-macro',
  title: 'NAS-Bench-Macro, CIFAR-10',
  source: 'Su et al., CVPR 2021 (MCT-NAS), benchmark code',
  genes: geneList('blocks', 8, OPERATIONS, false),
  distinctSize: 3 ** 8,
  build: buildNetwork,
});

function buildNetwork(genotype: Genotype, options: BuildOptions): Network {
  const builder = new NetworkBuilder({ channels: 3, size: 32 }, options);
  builder.convolution('stem', { out: 32, kernel: 3, activation: 'relu6' });
  let gene = 0;
  for (const [stage, { blocks, out }] of STAGES.entries())
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage + 1}.block${block + 1}`;
      const stride = block === 0 ? 2 : 1;
      const operation = OPERATIONS[genotype[gene++]!];
      if (operation === 'identity') {
        if (block === 0) builder.convolution(`${name}.reduce`, { out, stride, activation: 'relu6' });
        continue;
      }
      const [kernel, expansion] = operation === 'mbconv-k3-e3' ? [3, 3] : [5, 6];
      addInvertedBottleneck(builder, {
        name,
        kernel,
        expanded: builder.channels * expansion,
        out,
        stride,
        activation: 'relu6',
      });
    }
  return builder
    .convolution('head', { out: 1280, activation: 'relu6' })
    .globalPool('pool')
    .linear('classifier', 10)
    .build('nas-bench-macro', nasBenchMacro.source);
}
