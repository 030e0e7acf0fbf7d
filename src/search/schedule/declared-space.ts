import type { SharedLoop } from '../../schedule/schedule.ts';
import { isSliceable, LOOP_AXES, type LoopAxis, loopSizes } from '../../schedule/shared-axes.ts';
import { channelsTogether } from '../../schedule/tiles/operator-facts.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';

/** What a search of schedules may choose: the space that its certificate names. */
export interface ScheduleSpace {
  /** Whether operators may run tile by tile together. */
  readonly fuses: boolean;
  /** Whether words may pass a view inside a segment. */
  readonly fusesViews: boolean;
  /** Whether parameters may stay in the retention level between runs of the network. */
  readonly pins: boolean;
  /** Lists of shared axes, outer to inner. */
  readonly loops: readonly (readonly LoopAxis[])[];
  /** fewest: the smallest tile for each number of tiles; all: every size below the axis. */
  readonly tiles: 'fewest' | 'all';
  /** Operators of a segment at most; null: any number. Views do not count. */
  readonly longestSegment: number | null;
}

/** Homes alone. */
export const RETAIN: Omit<ScheduleSpace, 'pins'> = {
  fuses: false,
  fusesViews: false,
  loops: [],
  tiles: 'fewest',
  longestSegment: 1,
};

/** All lists of shared loops that a segment may have, by the sizes of its sink's output and by the channels that the sink sums. */
export function* sharedLoops(
  sequence: Sequence,
  sink: number,
  { loops, tiles }: ScheduleSpace,
): Generator<SharedLoop[]> {
  const operator = sequence.operators[sink]!;
  const sizes = loopSizes(sequence, sink);
  // A range of channels that cuts a group is no box: channels are cut between groups, where there are any.
  const groups = operator.kind === 'mac' ? operator.shape.problem.bounds.G : 1;
  const units: Readonly<Partial<Record<LoopAxis, number>>> = {
    c: groups > 1 ? sizes[1]! / groups : 1,
    reduced: channelsTogether(sequence, operator.inputs[0]!),
  };
  for (const axes of loops) {
    if (axes.includes('reduced') && !isSliceable(operator)) continue;
    const choices = axes.map((axis) => tileSizes(sizes[LOOP_AXES.indexOf(axis)]!, units[axis] ?? 1, tiles));
    yield* combined(axes, choices, 0);
  }
}

function* combined(axes: readonly LoopAxis[], choices: readonly number[][], from: number): Generator<SharedLoop[]> {
  if (from === axes.length) {
    yield [];
    return;
  }
  for (const tile of choices[from]!)
    for (const rest of combined(axes, choices, from + 1)) yield [{ axis: axes[from]!, tile }, ...rest];
}

/** Sizes of tiles of an axis in multiples of `unit`, all below the axis, ascending. */
export function tileSizes(size: number, unit: number, tiles: ScheduleSpace['tiles']): number[] {
  const units = size / unit;
  const sizes: number[] = [];
  for (let tile = 1; tile < units; tile++)
    if (tiles === 'all' || tile === 1 || Math.ceil(units / tile) < Math.ceil(units / (tile - 1)))
      sizes.push(tile * unit);
  return sizes;
}
