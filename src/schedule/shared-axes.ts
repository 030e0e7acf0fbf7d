import { AXES, type Sequence, type SequenceOperator } from '../workload/graph/sequence.ts';
import type { Retention, Unfit } from './retention.ts';

/** Axes of shared loops: those of the sink's output, and *reduced*: the channels that the sink sums. */
export const LOOP_AXES = [...AXES, 'reduced'] as const;
/** One of {@link LOOP_AXES}. */
export type LoopAxis = (typeof LOOP_AXES)[number];

/** Place of `reduced` in {@link LOOP_AXES}. */
export const REDUCED = AXES.length;

/** Positions of the axes over which the shared loops of a segment may run, in the order of {@link LOOP_AXES}; 0 for what a sink does not sum. */
export function loopSizes({ operators, tensors }: Sequence, sink: number): readonly number[] {
  const one = operators[sink]!;
  return axisSizes(one, tensors[one.output]!.sizes);
}

/** The same for an operator whose output has these sizes. */
export function axisSizes(sink: SequenceOperator, sizes: readonly number[]): readonly number[] {
  return [...sizes, sink.kind === 'mac' ? sink.shape.problem.bounds.C : 0];
}

/** Most iterations of the shared loops of a segment. */
export const MOST_ITERATIONS = 100_000;

/** Iterations of shared loops. @param sizes positions of their axes, see {@link loopSizes} */
export function iterationsOf(
  loops: readonly { readonly axis: LoopAxis; readonly tile: number }[],
  sizes: readonly number[],
): number {
  return loops.reduce((all, { axis, tile }) => all * Math.ceil(sizes[LOOP_AXES.indexOf(axis)]! / tile), 1);
}

/** The part of a segment that says over what its operators run together. */
interface Looped {
  readonly loops: readonly { readonly axis: LoopAxis }[];
}

/** Whether the sink of a segment adds up slices of its channels, one after the other. */
export function isReduced({ loops }: Looped): boolean {
  return loops.some(({ axis }) => axis === 'reduced');
}

/** Whether an operator can add up slices of its channels, as the sink of a segment. */
export function isSliceable(operator: SequenceOperator): boolean {
  return sliceProblem(operator) === null;
}

function sliceProblem(sink: SequenceOperator): string | null {
  if (sink.kind !== 'mac') return `${sink.name} sums no channels, so that no shared loop can run over them`;
  const { G } = sink.shape.problem.bounds;
  if (G > 1) return `${sink.name} sums the channels of each of ${G} groups, which no shared loop can run over`;
  return sink.tiles && sink.second.kind !== 'whole'
    ? null
    : `${sink.name} only runs whole, not on a part of the channels that it sums`;
}

/** Why a segment cannot run slice by slice of the channels that its sink sums; null: nothing is against it, or it does not. */
export function reducedProblem(
  { operators }: Sequence,
  retention: Retention,
  segment: Looped & { readonly end: number },
): Unfit | null {
  if (!isReduced(segment)) return null;
  const sink = operators[segment.end - 1]!;
  if (segment.loops.at(-1)!.axis !== 'reduced')
    return {
      reason: `partial sums of ${sink.name} would leave and come back: the loop over reduced channels is the inner one`,
    };
  const problem = sliceProblem(sink);
  if (problem !== null) return { reason: problem };
  if (!retention.keepsOutputs)
    return {
      reason: `${retention.levelName} cannot hold the partial sums of ${sink.name} from one iteration to the next`,
    };
  return null;
}
