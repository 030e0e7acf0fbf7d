import type { Accelerator } from '../accelerator/accelerator.ts';
import type { PerDim, TensorName } from '../util/vocabulary.ts';
import type { LayerShape } from '../workload/network.ts';
import { tileView, tileWordBits, tileWords } from './legality.ts';
import type { Mapping } from './mapping.ts';
import { levelExtents } from './nest.ts';

/** Bits that a tile of a tensor takes of a level, each copy of a double-buffered level counting; 0 of an operand that has its home there or further inside. */
export function tileBits(
  layer: LayerShape,
  accelerator: Accelerator,
  index: number,
  tensor: TensorName,
  extents: PerDim<number>,
): number {
  const level = accelerator.levels[index]!;
  const words = tileWords(layer.problem, tensor, extents, tileView(accelerator));
  return words * tileWordBits(level, layer, index, tensor) * (level.doubleBuffered ? 2 : 1);
}

/** Bits that the tiles of a mapping take of the room in the retention level; 0 without residency. */
export function tileBitsAt(layer: LayerShape, accelerator: Accelerator, mapping: Mapping): number {
  if (layer.residency === undefined) return 0;
  const { level } = layer.residency;
  const extents = levelExtents(mapping)[level]!;
  return mapping.levels[level]!.keep.reduce(
    (bits, tensor) => bits + tileBits(layer, accelerator, level, tensor, extents),
    0,
  );
}
