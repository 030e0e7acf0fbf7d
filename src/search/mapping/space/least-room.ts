import { OUTPUTS } from '../../../cost/kernel/model.ts';
import { tileCapacity } from '../../../mapping/homes.ts';
import { tileBits } from '../../../mapping/tile-bits.ts';
import { perDim, TENSORS } from '../../../util/vocabulary.ts';
import { transferCosts } from '../bounds/transfer-costs.ts';
import type { Mapspace, Placement } from '../mapspace.ts';
import { childrenAlong } from './spatial-choices.ts';

/**
 * The fewest bits of room in the retention level that a mapping needs: those of the least tiles, all temporal loops being at the outermost level. Fixed
 * temporal bounds are left aside, so that with them more may be needed. Infinite where no mapping fits into the other levels.
 */
export function leastRoomBits(mapspace: Mapspace): number {
  const { model, spatial, keeps, factors } = mapspace;
  const needsComplete = model.residency?.needsComplete === true;
  let least = Number.POSITIVE_INFINITY;
  const [weights, inputs, outputs] = keeps.patterns.map(fewestKept);
  if (weights === undefined || inputs === undefined || outputs === undefined) return least;
  // What a level need not keep only takes room, but for Outputs that must arrive complete.
  const choicesOfOutputs = needsComplete ? keeps.patterns[OUTPUTS]! : [outputs];
  const keepChoices = choicesOfOutputs.map((pattern) => keeps.keepOf([weights, inputs, pattern]));
  const walk = spatial.walk();
  for (let choice = walk.next(); choice !== undefined; choice = walk.next())
    for (const keep of keepChoices) {
      const bits = roomBits(mapspace, { keep, choice });
      if (bits >= least) continue;
      if (needsComplete && transferCosts(model, choice, keep, factors).fixedPj === Number.POSITIVE_INFINITY) continue;
      least = bits;
    }
  return least;
}

/** The pattern of which all others keep more; undefined where there is none. */
function fewestKept(patterns: readonly number[]): number | undefined {
  return patterns.length === 0 ? undefined : Math.min(...patterns);
}

/** Bits of the least tiles of a placement in the retention level; infinite where another level cannot hold its own. */
function roomBits({ layer, accelerator }: Mapspace, { keep, choice }: Placement): number {
  let room = 0;
  for (const [index, level] of accelerator.levels.entries()) {
    const extents = perDim((_, d) => childrenAlong(choice.bounds, d, index));
    const bitsOf = TENSORS.map((tensor, t) =>
      index === 0 || ((keep[index]! >> t) & 1) === 0 ? 0 : tileBits(layer, accelerator, index, tensor, extents),
    );
    const sum = bitsOf.reduce((bits, own) => bits + own, 0);
    if (index === layer.residency?.level) {
      room = sum;
      continue;
    }
    const capacity = tileCapacity(level, layer, index);
    const fits =
      index === 0 ||
      capacity.kind === 'unlimited' ||
      (capacity.kind === 'shared'
        ? sum <= capacity.bits
        : TENSORS.every((tensor, t) => bitsOf[t]! <= capacity.bits[tensor]));
    if (!fits) return Number.POSITIVE_INFINITY;
  }
  return room;
}
