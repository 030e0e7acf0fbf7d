import type { Accelerator, StorageLevel } from '../../accelerator/accelerator.ts';
import { storedWordBits, type TileView, tileView } from '../../mapping/legality.ts';
import { type PerTensor, perTensor } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';

/** The border between a level and a buffer inside it, through which all three tensors of a layer pass. */
export interface Border {
  /** Bits of a word of each tensor in the outer level, where it crosses. */
  readonly outerBits: PerTensor<number>;
  /** Bits that a word of a tile takes of the buffer, every copy of a double-buffered one counting. */
  readonly heldBits: PerTensor<number>;
  /** What of a tile moves and takes room. */
  readonly view: TileView;
}

/** The part of a level that a border depends on. */
type WidthLevel = Pick<StorageLevel, 'storedBits' | 'compression' | 'doubleBuffered'>;

/** A level that stores words as the layer states them, once. */
export const PLAIN_LEVEL: WidthLevel = { storedBits: {}, doubleBuffered: false };

/**
 * The border of a layer between two levels.
 * @param tiles of the accelerator that has the levels
 */
export function borderOf(
  layer: Omit<LayerShape, 'problem'>,
  outer: WidthLevel,
  buffer: WidthLevel,
  { tiles }: Pick<Accelerator, 'tiles'> = {},
): Border {
  const copies = buffer.doubleBuffered ? 2 : 1;
  return {
    outerBits: perTensor((tensor) => storedWordBits(outer, layer, tensor)),
    heldBits: perTensor((tensor) => copies * storedWordBits(buffer, layer, tensor)),
    view: tileView(tiles === undefined ? {} : { tiles }),
  };
}
