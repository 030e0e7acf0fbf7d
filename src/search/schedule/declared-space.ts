import type { SharedLoop } from '../../schedule/schedule.ts';
import {
  isSliceable,
  iterationsOf,
  LOOP_AXES,
  type LoopAxis,
  loopSizes,
  MOST_ITERATIONS,
} from '../../schedule/shared-axes.ts';
import { channelsTogether } from '../../schedule/tiles/operator-facts.ts';
import type { Sequence, SequenceOperator } from '../../workload/graph/sequence.ts';

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
  /** Where loops over channels may cut them: anywhere, or only between groups (heads of an attention) where a sink has several. */
  readonly channelCuts: 'anywhere' | 'between-groups';
  /** fewest: the smallest tile for each number of tiles, beside slices of summed channels for 2, 4, 8 and so on of them; all: every size below the axis. */
  readonly tiles: 'fewest' | 'all';
  /** Operators of a segment at most; null: any number. Views do not count. */
  readonly longestSegment: number | null;
}

/** Homes alone. */
export const RETAIN: Omit<ScheduleSpace, 'pins'> = {
  fuses: false,
  fusesViews: false,
  loops: [],
  channelCuts: 'anywhere',
  tiles: 'fewest',
  longestSegment: 1,
};

/** All lists of shared loops that a segment may have, by the sizes of its sink's output and by the channels that the sink sums. */
export function* sharedLoops(
  sequence: Sequence,
  sink: number,
  { loops, channelCuts, tiles }: ScheduleSpace,
): Generator<SharedLoop[]> {
  const operator = sequence.operators[sink]!;
  const sizes = loopSizes(sequence, sink);
  // A range of channels that cuts a group is no box: channels are cut between groups, where there are any.
  const groups = groupsOf(operator, sizes[1]!);
  const units: Readonly<Partial<Record<LoopAxis, number>>> = {
    c: groups > 1 ? sizes[1]! / groups : 1,
    reduced: channelsTogether(sequence, operator.inputs[0]!),
  };
  for (const axes of loops) {
    if (axes.includes('reduced') && !isSliceable(operator)) continue;
    if (axes.includes('c') && channelCuts === 'between-groups' && groups === 1) continue;
    const set = axes.includes('reduced') && tiles === 'fewest' ? 'halves' : tiles;
    const choices = axes.map((axis) => tileSizes(sizes[LOOP_AXES.indexOf(axis)]!, units[axis] ?? 1, set));
    for (const made of combined(axes, choices, 0)) if (iterationsOf(made, sizes) <= MOST_ITERATIONS) yield made;
  }
}

/** Groups of channels that only run together. */
function groupsOf(operator: SequenceOperator, channels: number): number {
  if (operator.kind === 'mac') return operator.shape.problem.bounds.G;
  return operator.kind === 'vector' && operator.span.kind === 'channels' ? channels / operator.span.group : 1;
}

function* combined(axes: readonly LoopAxis[], choices: readonly number[][], from: number): Generator<SharedLoop[]> {
  if (from === axes.length) {
    yield [];
    return;
  }
  for (const tile of choices[from]!)
    for (const rest of combined(axes, choices, from + 1)) yield [{ axis: axes[from]!, tile }, ...rest];
}

/** Sizes of tiles of an axis in multiples of `unit`, all below the axis, ascending. @param tiles halves: the smallest for 2, 4, 8 and so on of them */
export function tileSizes(size: number, unit: number, tiles: ScheduleSpace['tiles'] | 'halves'): number[] {
  const units = size / unit;
  const sizes: number[] = [];
  if (tiles === 'halves') {
    for (let tile = Math.ceil(units / 2), parts = 2; tile < units; tile = Math.ceil(units / parts)) {
      sizes.unshift(tile * unit);
      if (tile === 1) break;
      parts *= 2;
    }
    return [...new Set(sizes)];
  }
  for (let tile = 1; tile < units; tile++)
    if (tiles === 'all' || tile === 1 || Math.ceil(units / tile) < Math.ceil(units / (tile - 1)))
      sizes.push(tile * unit);
  return sizes;
}
