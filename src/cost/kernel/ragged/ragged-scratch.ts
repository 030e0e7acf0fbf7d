import { DIM_COUNT, type KernelModel } from '../model.ts';

/**
 * Tiles of one dim, sorted into classes. Class 0 holds all tiles away from every edge; its position does not matter. The others are
 * single tiles at the ragged edge or near padding. All arrays are [class], in positions of the dim but for `tiles`.
 */
export interface TileClasses {
  /** Classes in use, class 0 included. */
  count: number;
  /** Number of tiles. */
  tiles: Float64Array;
  position: Float64Array;
  length: Float64Array;
  /** The tile that it is compared with: displacement and length. */
  move: Float64Array;
  movedLength: Float64Array;
}

/** Room for classes that a layer's few tiles near edges need; more is made when a mapping has more. */
const USUAL_CLASSES = 16;

/** Makes room for so many classes; their contents are lost. */
export function growClasses(classes: TileClasses, count: number): void {
  if (count > classes.tiles.length) Object.assign(classes, emptyClasses(2 * count));
}

/** A list with its contents and twice the room. */
export function grownTiles(tiles: Float64Array): Float64Array {
  const grown = new Float64Array(2 * tiles.length);
  grown.set(tiles);
  return grown;
}

function emptyClasses(room: number): TileClasses {
  const perClass = () => new Float64Array(room);
  return {
    count: 0,
    tiles: perClass(),
    position: perClass(),
    length: perClass(),
    move: perClass(),
    movedLength: perClass(),
  };
}

/** A group of children with equal shifts, whose tiles start together but end, and die, differently. */
export interface UnitedGroup {
  /** [member]: offsets along the output and the filter dim; the first `members` count. */
  readonly outputOffsets: Float64Array;
  readonly filterOffsets: Float64Array;
  members: number;
  /** Largest output offset of the members. */
  farthest: number;
  /** Places in the list of temporal loops of the axis's loops that run in the sum and of those inside the cut; the counts tell how many. */
  readonly freeLoops: Uint8Array;
  readonly cutLoops: Uint8Array;
  freeCount: number;
  cutCount: number;
  /** [free loop]: index from which it runs. */
  readonly firstIndex: Uint8Array;
  /** The union of their tiles found last, in words of the axis: alive, first word, first word behind. */
  isLive: boolean;
  start: number;
  end: number;
}

/**
 * Working memory for dims whose loops cover more than the bound. Loops over one dim form a mixed-radix number (T(0), S(0), T(1), ...
 * digits); a position is live below the bound. Going inwards, the blocks before the one that holds the bound are full, those behind it dead,
 * so one block per digit is open.
 */
export interface RaggedScratch {
  /** [level * 8 + dim], level up to the MACs: positions that the level's instance 0 handles over the whole run. */
  readonly owned: Float64Array;
  /** [levels * 8 + dim]: live index combinations of the dim's temporal loops of the outermost `levels` levels, spatial indices 0. */
  readonly live: Float64Array;
  /** [levels * 8 + dim]: the live index combinations that `repeatsOver` found last. */
  readonly repeats: Float64Array;
  /** [dim]: where the open block of the innermost skipped loop starts, and the words shared there. */
  readonly openAt: Float64Array;
  readonly wrapped: Float64Array;
  readonly outputClasses: TileClasses;
  readonly filterClasses: TileClasses;
  /** [tile]: positions of tiles near an edge while they are sorted. */
  openTiles: Float64Array;
  nextTiles: Float64Array;
  readonly group: UnitedGroup;
}

/** Fresh working memory for a model; its size does not grow with the layer's. */
export function raggedScratch({ levelCount, bounds, rows, columns, arraySize }: KernelModel): RaggedScratch {
  const perDim = () => new Float64Array((levelCount + 1) * DIM_COUNT);
  const children = arraySize.reduce((count, size) => count * size, 1);
  const filters = Math.max(bounds[rows.filter]!, bounds[columns.filter]!);
  const perMember = () => new Float64Array(Math.min(2 * filters, children));
  const perAxisLoop = () => new Uint8Array(2 * levelCount);
  return {
    owned: perDim(),
    live: perDim(),
    repeats: perDim(),
    openAt: new Float64Array(DIM_COUNT),
    wrapped: new Float64Array(DIM_COUNT),
    outputClasses: emptyClasses(USUAL_CLASSES),
    filterClasses: emptyClasses(USUAL_CLASSES),
    openTiles: new Float64Array(USUAL_CLASSES),
    nextTiles: new Float64Array(USUAL_CLASSES),
    group: {
      outputOffsets: perMember(),
      filterOffsets: perMember(),
      members: 0,
      farthest: 0,
      freeLoops: perAxisLoop(),
      cutLoops: perAxisLoop(),
      freeCount: 0,
      cutCount: 0,
      firstIndex: perAxisLoop(),
      isLive: false,
      start: 0,
      end: 0,
    },
  };
}
