import { BOX } from './boxes.ts';
import type { Frame } from './frame.ts';

/** Which of the channels that a sink sums an iteration adds. */
export interface SinkStage {
  /** How many. */
  readonly channels: number;
  /** Whether there are partial sums of the iteration before. */
  readonly resumes: boolean;
  /** Whether the sums are complete then. */
  readonly completes: boolean;
}

/** The stage of an iteration of a segment with partial sums. @param made of the iteration, see `IterationBoxes` */
export function sinkStage({ operators }: Pick<Frame, 'operators'>, made: Int32Array): SinkStage {
  const { operator } = operators.at(-1)!;
  if (operator.kind !== 'mac') throw new RangeError(`${operator.name} has no partial sums`);
  const at = BOX * operators.length;
  const [from, to] = [made[at]!, made[at + 1]!];
  return { channels: to - from, resumes: from > 0, completes: to === operator.shape.problem.bounds.C };
}
