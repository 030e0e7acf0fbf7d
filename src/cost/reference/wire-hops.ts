import type { FanOut } from '../../accelerator/accelerator.ts';
import { averageHops } from '../../accelerator/wires.ts';
import type { LevelMapping } from '../../mapping/mapping.ts';
import { product } from '../../util/integers.ts';
import type { TensorName } from '../../util/vocabulary.ts';
import { type Problem, relevantDims } from '../../workload/problem.ts';

/**
 * Hops of one word of a tensor on the links below a level: a constant of the level's spatial loops, whose bounds are taken as they are, also where the
 * last round is ragged. Children along dims that do not address the tensor share its words where they are multicast; words that sliding
 * windows share, which go to children along a diagonal, count as going to one of them.
 */
export function hopsPerWord(
  problem: Problem,
  { dimensions, multicast, wires }: FanOut,
  { spatial, noMulticast }: LevelMapping,
  tensor: TensorName,
): number {
  if (wires === undefined) return 0;
  const relevant = relevantDims(problem, tensor);
  const isShared = multicast[tensor] && !noMulticast.includes(tensor);
  const loops = dimensions.map(({ name }) => spatial.filter(({ array }) => array === name));
  return averageHops(
    wires.geometry,
    dimensions.map(({ size }) => size),
    loops.map((own) => product(own.map(({ bound }) => bound))),
    loops.map((own) => product(own.map(({ dim, bound }) => (isShared && !relevant.has(dim) ? bound : 1)))),
  );
}
