import type { Mapping } from '../../mapping/mapping.ts';
import { DIMS, TENSORS } from '../../util/vocabulary.ts';
import type { CurveStep } from './traffic-curve.ts';

/** The mapping of a stair on two levels, the outer one and the buffer. Loops inside the buffer, whose order does not matter, run through its tile. */
export function stepMapping({ extents, loops }: Pick<CurveStep, 'extents' | 'loops'>): Mapping {
  const inside = DIMS.map((dim) => ({ dim, bound: extents[dim] })).filter(({ bound }) => bound > 1);
  const level = { spatial: [], keep: TENSORS, noMulticast: [] };
  return {
    levels: [
      { ...level, temporal: loops },
      { ...level, temporal: inside },
    ],
  };
}
