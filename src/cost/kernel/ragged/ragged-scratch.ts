import { DIM_COUNT, type KernelModel } from '../model.ts';

/**
 * Tiles of one dim, sorted into classes. Class 0 holds all tiles away from every edge; its position does not matter. The others are
 * single tiles at the ragged edge or near padding. All arrays are [class], in positions of the dim but for `tiles`.
 */
export interface TileClasses {
  /** Classes in use, class 0 included. */
  count: number;
  /** Number of tiles. */
  readonly tiles: Float64Array;
  readonly position: Float64Array;
  readonly length: Float64Array;
  /** The tile that it is compared with: displacement and length. */
  readonly move: Float64Array;
  readonly movedLength: Float64Array;
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
  readonly openTiles: Float64Array;
  readonly nextTiles: Float64Array;
  readonly group: UnitedGroup;
}

/** Fresh working memory for a model. */
export function raggedScratch({ levelCount, bounds, rows, columns }: KernelModel): RaggedScratch {
  const perDim = () => new Float64Array((levelCount + 1) * DIM_COUNT);
  const perTile = () => new Float64Array(Math.max(...bounds) + 1);
  const perMember = () => new Float64Array(2 * Math.max(bounds[rows.filter]!, bounds[columns.filter]!));
  const perAxisLoop = () => new Uint8Array(2 * levelCount);
  const classes = (): TileClasses => ({
    count: 0,
    tiles: perTile(),
    position: perTile(),
    length: perTile(),
    move: perTile(),
    movedLength: perTile(),
  });
  return {
    owned: perDim(),
    live: perDim(),
    repeats: perDim(),
    openAt: new Float64Array(DIM_COUNT),
    wrapped: new Float64Array(DIM_COUNT),
    outputClasses: classes(),
    filterClasses: classes(),
    openTiles: perTile(),
    nextTiles: perTile(),
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
