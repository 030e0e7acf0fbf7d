import type { SequenceMac, SequenceVector, SequenceView } from '../../workload/graph/sequence.ts';
import type { Problem } from '../../workload/problem.ts';
import { REDUCED } from '../shared-axes.ts';
import { BOX } from './boxes.ts';

/** Sizes along the four axes of a tensor; of parameters: groups, input channels, output channels, filter positions. */
export type Sizes = readonly [number, number, number, number];

/**
 * Which words of an operand a box of the output needs: along each axis [from * by / per - before, to * by / per + after) of an axis of the output,
 * clipped to the operand; all of it where there is no such axis.
 */
export interface Reach {
  /** Five numbers an axis: axis of the output (or `REDUCED`) or -1 for all, by, per, before, after. */
  readonly rules: Int32Array;
  readonly sizes: Sizes;
}

/** An axis of the rule: of the output, and how it is followed. */
type Rule = readonly [axis: number, by: number, per: number, before: number, after: number];

const ALL: Rule = [-1, 1, 1, 0, 0];
const CHANNELS = 1;

function same(axis: number): Rule {
  return [axis, 1, 1, 0, 0];
}

/** Positions under a window of `span` that moves by `stride` and starts `pad` before the first. */
function windowed(axis: number, stride: number, span: number, pad: number): Rule {
  return [axis, stride, 1, pad, span - stride - pad];
}

function reachOf(sizes: Sizes, rules: readonly [Rule, Rule, Rule, Rule]): Reach {
  return { rules: Int32Array.from(rules.flat()), sizes };
}

/** Reach of the first operand of a layer. */
export function inputReach({ bounds, stride, dilation, paddingBefore }: Problem, sizes: Sizes): Reach {
  const rows = windowed(2, stride[0], (bounds.R - 1) * dilation[0] + 1, paddingBefore[0]);
  const columns = windowed(3, stride[1], (bounds.S - 1) * dilation[1] + 1, paddingBefore[1]);
  return reachOf(sizes, [same(0), groupRule(bounds, bounds.C), rows, columns]);
}

/** Channels of the groups that output channels belong to, `perGroup` a group; all where there is one group. */
function groupRule({ G, K }: Problem['bounds'], perGroup: number): Rule {
  return G > 1 ? [CHANNELS, perGroup, K, 0, 0] : ALL;
}

/** Reach of the second operand of a layer. */
export function secondReach({ second, shape }: SequenceMac, sizes: Sizes): Reach {
  const { bounds } = shape.problem;
  const outputs = bounds.G > 1 ? ALL : same(CHANNELS);
  if (second.kind === 'parameters') return reachOf(sizes, [groupRule(bounds, 1), ALL, outputs, ALL]);
  if (second.kind === 'whole') return reachOf(sizes, [ALL, ALL, ALL, ALL]);
  const rows = second.kind === 'keys' ? outputs : ALL;
  const channels = second.kind === 'keys' ? groupRule(bounds, bounds.C) : same(CHANNELS);
  return reachOf(sizes, second.rowAxis === 'n' ? [rows, channels, ALL, ALL] : [ALL, channels, rows, ALL]);
}

/** Sizes of the parameters of a layer as a tensor. */
export function parameterSizes({ bounds }: Problem): Sizes {
  return [bounds.G, bounds.C, bounds.K, bounds.R * bounds.S];
}

/** Reaches of a layer of one group that sums a slice of its channels: the same but along these, which stand behind the axes of its output. */
export function slicedReaches({ second }: SequenceMac, [inputs, other]: readonly Reach[]): readonly Reach[] {
  const rows = second.kind === 'values' ? (second.rowAxis === 'n' ? 0 : 2) : CHANNELS;
  return [sliced(inputs!, CHANNELS), sliced(other!, rows)];
}

function sliced({ rules, sizes }: Reach, axis: number): Reach {
  const own = rules.slice();
  own.set(same(REDUCED), 5 * axis);
  return { rules: own, sizes };
}

/** Reach of an operand of a vector operator. */
export function vectorReach({ span }: SequenceVector, operand: number, sizes: Sizes): Reach {
  if (span.kind === 'whole') return reachOf(sizes, [ALL, ALL, ALL, ALL]);
  const plain = sizes.map((size, axis) => (size === 1 ? ALL : same(axis))) as [Rule, Rule, Rule, Rule];
  if (span.kind !== 'window' || operand > 0) return reachOf(sizes, plain);
  const { size, stride, pad } = span;
  const rows = windowed(2, stride[0], size[0], pad[0]);
  return reachOf(sizes, [same(0), same(1), rows, windowed(3, stride[1], size[1], pad[1])]);
}

/** Reach of a view: a part that starts at a channel of the whole, or all of it. */
export function viewReach({ view }: SequenceView, firstChannel: number, sizes: Sizes, output: Sizes): Reach {
  if (view === 'concat')
    return reachOf(sizes, [same(0), [CHANNELS, 1, 1, firstChannel, -firstChannel], same(2), same(3)]);
  const isAlike = sizes.every((size, axis) => size === output[axis]);
  return reachOf(sizes, isAlike ? [same(0), same(1), same(2), same(3)] : [ALL, ALL, ALL, ALL]);
}

/** Whether positions of an operand are needed for other positions of the output than one, along an axis of the output, or for none. */
export function isWindowed({ rules }: Reach, axis: number): boolean {
  for (let rule = 0; rule < rules.length; rule += 5)
    if (rules[rule] === axis && (rules[rule + 1] !== 1 || rules[rule + 3] !== 0 || rules[rule + 4] !== 0)) return true;
  return false;
}

/** Writes the box of an operand that a box of the output needs; it may be empty. Behind that of a sink stand the channels that it sums. */
export function touchBox(
  { rules, sizes }: Reach,
  outputs: Int32Array,
  output: number,
  boxes: Int32Array,
  at: number,
): void {
  for (let axis = 0; axis < BOX / 2; axis++) {
    const rule = 5 * axis;
    const source = rules[rule]!;
    let from = 0;
    let to = sizes[axis]!;
    if (source >= 0) {
      const by = rules[rule + 1]!;
      const per = rules[rule + 2]!;
      from = Math.max(0, (outputs[output + 2 * source]! * by) / per - rules[rule + 3]!);
      to = Math.min(to, (outputs[output + 2 * source + 1]! * by) / per + rules[rule + 4]!);
    }
    boxes[at + 2 * axis] = from;
    boxes[at + 2 * axis + 1] = Math.max(from, to);
  }
}

/** Words of an operand that an output of these sizes needs, in whatever boxes it is made: not those between windows that are further apart than they are long. */
export function neededWords({ rules, sizes }: Reach, output: Sizes): number {
  return sizes.reduce((words, size, axis) => {
    const rule = 5 * axis;
    const source = rules[rule]!;
    if (source < 0) return words * size;
    const by = rules[rule + 1]!;
    const per = rules[rule + 2]!;
    let needed = 0;
    let last = 0;
    for (let i = 0; i < output[source]!; i++) {
      const from = Math.max(last, Math.trunc((i * by) / per) - rules[rule + 3]!);
      last = Math.max(from, Math.min(size, Math.trunc(((i + 1) * by) / per) + rules[rule + 4]!));
      needed += last - from;
    }
    return words * needed;
  }, 1);
}
