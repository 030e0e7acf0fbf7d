import type { StorageLevel } from '../../../src/accelerator/accelerator.ts';
import type { TensorName } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';

/** Bits of a word as it is stored: pairs by the number of words that one stands for, added up run by run. */
export function storedBitsOf(
  { storedBits, compression }: StorageLevel,
  { wordBits, zeros }: LayerShape,
  tensor: TensorName,
): number {
  const dense = storedBits[tensor] ?? wordBits[tensor];
  const share = tensor === 'Weights' ? undefined : zeros?.[tensor];
  if (compression === undefined || share === undefined || compression.wordBits < dense) return dense;
  const { runBits, pairsPerBlock, blockBits } = compression;
  let words = 0;
  for (let run = 0; run < 2 ** runBits; run++) words += share ** run;
  const bits = blockBits / pairsPerBlock / words;
  return Math.min(dense, Math.ceil(64 * bits) / 64);
}
