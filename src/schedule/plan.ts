import type { Sequence } from '../workload/graph/sequence.ts';
import { isUnfit, type Retention, type Unfit } from './retention.ts';
import type { Placement, Segment } from './schedule.ts';
import { reducedProblem } from './shared-axes.ts';
import type { SegmentPlan } from './step-kind.ts';
import { type Frame, frameOf } from './tiles/frame.ts';
import { Iterations } from './tiles/iterations.ts';
import { StepCollector, type StepOutline } from './tiles/step-collector.ts';

/**
 * The steps of a segment with what each needs, equal ones together; or why the segment cannot run so. Whether the steps fit into the retention level is not
 * looked at: their `fixedBits` say what is left.
 */
export function planSegment(
  sequence: Sequence,
  retention: Retention,
  placement: Placement,
  segment: Segment,
): SegmentPlan | Unfit {
  return planBy(sequence, retention, placement, segment, true);
}

/** The same without a short cut for iterations that are like the ones before. */
export function planStepByStep(
  sequence: Sequence,
  retention: Retention,
  placement: Placement,
  segment: Segment,
): SegmentPlan | Unfit {
  return planBy(sequence, retention, placement, segment, false);
}

function planBy(
  sequence: Sequence,
  retention: Retention,
  placement: Placement,
  segment: Segment,
  skips: boolean,
): SegmentPlan | Unfit {
  const problem = loopProblem(sequence, segment) ?? reducedProblem(sequence, retention, segment);
  if (problem !== null) return problem;
  const frame = frameOf(sequence, retention, placement, segment);
  if (isUnfit(frame)) return frame;
  const collector = new StepCollector(sequence, retention, frame, segment, true);
  const stuck = collect(new Iterations(frame, segment), collector, skips);
  if (stuck !== null) return stuck;
  const plan = collector.plan();
  return (retention.pricesVectors ? null : unpricedMove(sequence, plan)) ?? plan;
}

/** Gathers the steps of all iterations; why they cannot be, or null. */
function collect(iterations: Iterations, collector: StepCollector, skips: boolean): Unfit | null {
  for (let made = 0; made < iterations.count; made++) {
    const stuck = iterations.advance();
    if (stuck !== null) return stuck;
    if (made === 0) continue;
    collector.add(iterations, made - 1);
    const skipped = skips ? iterations.skip() : 0;
    if (skipped > 0) collector.repeat(skipped, made - 1);
    made += skipped;
  }
  collector.add(iterations, iterations.count - 1);
  return null;
}

/** The steps of a segment of several operators wherever its operands are. */
export interface SegmentOutline extends StepOutline {
  /** As if everything from outside were held, and everything made inside a tile that is drained. */
  readonly frame: Frame;
}

/**
 * What plans of a segment of several operators have in common, whatever the homes and what is held; or why there is no plan.
 * @param frame its {@link unplacedFrame}
 */
export function outlineSegment(
  sequence: Sequence,
  retention: Retention,
  segment: Omit<Segment, 'held'>,
  frame: Frame,
): SegmentOutline | Unfit {
  const unheld = { ...segment, held: [] };
  const problem = loopProblem(sequence, unheld) ?? reducedProblem(sequence, retention, unheld);
  if (problem !== null) return problem;
  const collector = new StepCollector(sequence, retention, frame, unheld, false);
  return collect(new Iterations(frame, segment), collector, true) ?? { frame, ...collector.outline() };
}

function unpricedMove({ operators }: Sequence, { kinds }: SegmentPlan): Unfit | null {
  const step = kinds.find(({ kind, moves }) => kind === 'vector' && moves.fetched.length + moves.drained.length > 0);
  if (step === undefined) return null;
  const { name } = operators[step.operator]!;
  return { reason: `words would move for ${name}, which nothing prices without a vector unit` };
}

function loopProblem({ operators, tensors }: Sequence, { first, end, loops }: Segment): Unfit | null {
  const sink = operators[end - 1];
  if (sink === undefined || first < 0 || first >= end)
    return { reason: `the network has no operators ${first} to ${end - 1}` };
  if (end - first === 1)
    return loops.length === 0 ? null : { reason: `${sink.name} alone runs whole, without shared loops` };
  const axes = loops.map(({ axis }) => axis);
  if (loops.length < 1 || loops.length > 2 || new Set(axes).size < loops.length)
    return { reason: 'the operators of a segment share loops over one or two axes' };
  if (axes.includes('p') && axes.includes('q'))
    return { reason: 'shared loops run over rows or over columns, not both' };
  if (loops.some(({ tile }) => !Number.isSafeInteger(tile) || tile < 1))
    return { reason: `tiles of a segment have one position or more (${tensors[sink.output]!.name})` };
  return null;
}

/** Bits that the parameters of an operator take in the retention level when they are pinned there, in every step of a network; 0 without parameters. */
export function pinnedBits({ operators }: Sequence, { parameterBits }: Retention, operator: number): number {
  const one = operators[operator]!;
  if (one.kind !== 'mac' || one.second.kind !== 'parameters') return 0;
  return one.second.words * parameterBits(one.second.wordBits);
}
