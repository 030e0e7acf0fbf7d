import type { Accelerator } from '../../accelerator/accelerator.ts';
import { isAtHome, isOutsideHome, isResumed } from '../../mapping/homes.ts';
import { storedWordBits } from '../../mapping/legality.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import type { LayerShape } from '../../workload/network.ts';
import { movedWords } from '../moves.ts';

/** What of a tensor's ordinary counts does not happen at a level, as bits. */
export const [DROPS_READS, DROPS_FILLS, DROPS_UPDATES, DROPS_NETWORK] = [1, 2, 4, 8] as const;

/** Where the home of Outputs is, and how words are accumulated in it (`Residency.outputs`). */
export const [AT_OUTERMOST, IN_PLACE, STAGED] = [0, 1, 2] as const;

/** Where the operands of a step are; arrays by level run from the outermost inwards. */
export interface ResidencyModel {
  /** Index of the retention level. */
  readonly level: number;
  /**
   * [level * 3 + tensor]: DROPS_... bits. What is dropped of staged Outputs at the outermost level goes to their home in the retention level; those in place
   * keep reads and updates there, at `homeBits`.
   */
  readonly dropped: Uint8Array;
  readonly outputs: number;
  /** Whether words of Outputs hold partial sums of a step before, so that no first touch is free. */
  readonly resumes: boolean;
  /** Bits of a word of Outputs in their home. */
  readonly homeBits: number;
  /** Whether words of Outputs in place may arrive complete only: partial sums are wider than their home. */
  readonly needsComplete: boolean;
  /** [level]: bits that moves add to the port of reads, and to that of fills and updates; both 0 where nothing moves. */
  readonly movedReadBits: Float64Array;
  readonly movedWriteBits: Float64Array;
  /** [level]: cycles that the requests of moves add to these ports. */
  readonly movedReadCycles: Float64Array;
  readonly movedWriteCycles: Float64Array;
  /** [level]: energy of moves in pJ. */
  readonly movedPj: Float64Array;
}

/** Compiles where the operands of a layer are; null: all in the outermost level. */
export function compileResidency(layer: LayerShape, accelerator: Accelerator): ResidencyModel | null {
  const { residency } = layer;
  if (residency === undefined) return null;
  const { levels } = accelerator;
  const moved = levels.map((_, index) => movedWords(layer, accelerator, index));
  const figures = (figureOf: (one: NonNullable<(typeof moved)[number]>, index: number) => number) =>
    Float64Array.from(moved, (one, index) => (one === null ? 0 : figureOf(one, index)));
  const requestCycles = (index: number) => levels[index]!.requests?.cycles ?? 0;
  const retention = levels[residency.level]!;
  return {
    level: residency.level,
    dropped: Uint8Array.from(
      levels.flatMap((_, index) =>
        TENSORS.map((tensor) => {
          if (isOutsideHome(layer, index, tensor)) return DROPS_READS | DROPS_FILLS | DROPS_UPDATES | DROPS_NETWORK;
          return isAtHome(layer, index, tensor) ? DROPS_FILLS : 0;
        }),
      ),
    ),
    outputs: ['outermost', 'in-place', 'staged'].indexOf(residency.outputs),
    resumes: isResumed(residency),
    homeBits: residency.activationBits,
    needsComplete:
      residency.outputs === 'in-place' && storedWordBits(retention, layer, 'Outputs') !== residency.activationBits,
    movedReadBits: figures(({ readBits }) => readBits),
    movedWriteBits: figures(({ writtenBits }) => writtenBits),
    movedReadCycles: figures(({ readRequests }, index) => readRequests * requestCycles(index)),
    movedWriteCycles: figures(({ writeRequests }, index) => writeRequests * requestCycles(index)),
    movedPj: figures(({ energyPj }) => energyPj),
  };
}
