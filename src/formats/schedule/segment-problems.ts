import type { Segment, SharedLoop } from '../../schedule/schedule.ts';
import { iterationsOf, LOOP_AXES, loopSizes, MOST_ITERATIONS } from '../../schedule/shared-axes.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';

/** What is wrong with a list of segments: at one of them (as many as there are: behind the last), or at a loop of it. */
export interface SegmentProblem {
  readonly segment: number;
  readonly loop?: number;
  readonly message: string;
  readonly hint: string;
}

/**
 * The first mistake that a list of segments has by itself: operators that stand in two segments or in none, shared loops that a segment cannot have. What
 * planning finds out (boxes, room) is not looked at.
 */
export function segmentProblem(
  sequence: Sequence,
  segments: readonly Pick<Segment, 'first' | 'end' | 'loops'>[],
): SegmentProblem | null {
  const { operators } = sequence;
  const named = (index: number) => operators[index]!.name;
  let next = 0;
  for (const [segment, { first, end, loops }] of segments.entries()) {
    if (first < next)
      return {
        segment,
        message: `${named(first)} stands in a segment before`,
        hint: 'segments follow one another in the order of the operators, and none shares an operator with another',
      };
    if (first > next) return { segment, ...missing(named(next), named(first - 1)) };
    const problem = loopsProblem(loops, end - first, named(end - 1), loopSizes(sequence, end - 1));
    if (problem !== null) return { segment, ...problem };
    next = end;
  }
  if (next < operators.length)
    return { segment: segments.length, ...missing(named(next), named(operators.length - 1)) };
  return null;
}

function missing(first: string, last: string): Pick<SegmentProblem, 'message' | 'hint'> {
  return {
    message: first === last ? `${first} stands in no segment` : `${first} to ${last} stand in no segment`,
    hint: 'every operator stands in a segment; one that runs by itself is a segment of one',
  };
}

function loopsProblem(
  loops: readonly SharedLoop[],
  operators: number,
  sink: string,
  sizes: readonly number[],
): Omit<SegmentProblem, 'segment'> | null {
  if (operators === 1 && loops.length > 0)
    return { loop: 0, message: 'a segment of one operator has no loops', hint: 'it runs whole; leave loops out' };
  if (operators > 1 && (loops.length === 0 || loops.length > 2))
    return {
      message: `a segment of ${operators} operators has one or two loops, not ${loops.length}`,
      hint: `an axis of the output of ${sink}, or reduced for the channels that it sums, and a tile of it, for example "p 4"`,
    };
  const iterations = iterationsOf(loops, sizes);
  for (const [loop, { axis, tile }] of loops.entries()) {
    const size = sizes[LOOP_AXES.indexOf(axis)]!;
    if (axis === 'reduced' && size === 0)
      return { loop, message: `${sink} sums no channels`, hint: 'reduced runs over the channels that a layer sums' };
    if (axis === 'reduced' && loop < loops.length - 1)
      return { loop, message: 'the loop over reduced channels is not the inner one', hint: 'write it last' };
    if (tile > size)
      return {
        loop,
        message: `the tile of ${tile} is larger than the axis ${axis} of ${sink}`,
        hint: `the axis has ${size} positions`,
      };
  }
  if (loops.length === 2 && loops[0]!.axis === loops[1]!.axis)
    return { loop: 1, message: `two loops run over the axis ${loops[1]!.axis}`, hint: 'take one tile size' };
  if (loops.length === 2 && loops.every(({ axis }) => axis === 'p' || axis === 'q'))
    return { loop: 1, message: 'both loops run over an axis with windows', hint: 'p or q, with n or c' };
  if (iterations > MOST_ITERATIONS)
    return {
      loop: 0,
      message: `the loops have ${iterations} iterations, more than ${MOST_ITERATIONS}`,
      hint: 'take larger tiles',
    };
  return null;
}
