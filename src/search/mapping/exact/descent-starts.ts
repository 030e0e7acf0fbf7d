import { DIM_COUNT, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { greatestCommonDivisor } from '../../../util/integers.ts';
import { DIMS, TENSORS } from '../../../util/vocabulary.ts';
import type { Placement } from '../mapspace.ts';
import type { KeepSpace } from '../space/keep-space.ts';
import { ALL_DIMS } from '../space/loop-orders.ts';
import type { Place } from './chain-descent.ts';

/** The placement of a mapping, and its tiles and orders to descend from. */
export function descentFrom({ levels }: Mapping): Place & { readonly choice: Placement['choice'] } {
  const bounds = new Float64Array(levels.length * DIM_COUNT).fill(1);
  const spatial = bounds.slice();
  const orders: number[] = [];
  const keep = new Uint8Array(levels.length);
  for (const [level, own] of levels.entries()) {
    const looping = own.temporal.map(({ dim }) => DIMS.indexOf(dim));
    for (const { dim, bound } of own.temporal) bounds[level * DIM_COUNT + DIMS.indexOf(dim)]! *= bound;
    for (const { dim, bound } of own.spatial) spatial[level * DIM_COUNT + DIMS.indexOf(dim)]! *= bound;
    orders.push(...ALL_DIMS.filter((d) => !looping.includes(d)), ...looping);
    for (const tensor of own.keep) keep[level]! |= 1 << TENSORS.indexOf(tensor);
  }
  // Hops are of no account for a mapping that is scored as a whole.
  const hops = new Float64Array(levels.length * TENSOR_COUNT);
  const choice = { bounds: spatial, loops: levels.map((own) => own.spatial), hops };
  return { choice, keep, bounds, orders: Uint8Array.from(orders) };
}

/** Gives choices of kept tensors one after the other, all of them before one comes again, those that follow one another unlike. */
export function variedKeeps(keeps: KeepSpace): () => Uint8Array {
  const { patterns, count } = keeps;
  let stride = Math.max(1, Math.floor(count * GOLDEN));
  while (greatestCommonDivisor(stride, count) > 1) stride++;
  let place = 0;
  return () => {
    place = (place + stride) % count;
    let rest = place;
    return keeps.keepOf(
      patterns.map((own) => {
        const pattern = own[rest % own.length]!;
        rest = Math.floor(rest / own.length);
        return pattern;
      }),
    );
  };
}

/** About the golden section: places that it leads to are spread evenly. */
const GOLDEN = 0.618;
