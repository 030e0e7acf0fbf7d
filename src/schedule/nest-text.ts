import type { Sequence } from '../workload/graph/sequence.ts';
import { partName } from './overflow.ts';
import type { Schedule, Segment } from './schedule.ts';
import { isReduced, LOOP_AXES, loopSizes } from './shared-axes.ts';

/**
 * A segment as the nest that people read: its shared loops outer to inner, what stays in the retention level, and its operators with where their operands lie;
 * each by its mapping inside.
 * @param levelName of the retention level
 */
export function describeSegment(
  sequence: Sequence,
  { homes, pinned }: Pick<Schedule, 'homes' | 'pinned'>,
  segment: Segment,
  levelName: string,
): string {
  const { tensors, operators } = sequence;
  const { first, end, loops, halo, held } = segment;
  const sizes = loopSizes(sequence, end - 1);
  const lines: string[] = [];
  const held_ = held.map((one) =>
    one.kind === 'tensor'
      ? tensors[one.tensor]!.name
      : partName(sequence, { what: 'held-parameters', index: one.operator, bits: 0 }),
  );
  const isTiled = end - first > 1;
  const keeps = [...(held_.length > 0 ? [`holds ${held_.join(', ')}`] : []), ...(isTiled ? [`halos ${halo}`] : [])];
  if (keeps.length > 0) lines.push(`${levelName} [${keeps.join('; ')}]`);
  for (const { axis, tile } of loops) {
    const size = sizes[LOOP_AXES.indexOf(axis)]!;
    lines.push(`${'  '.repeat(lines.length)}for ${axis === 'reduced' ? 'reduced c' : axis} in 0..${size} by ${tile}`);
  }
  const indent = '  '.repeat(lines.length);
  const made = new Set(operators.slice(first, end - 1).map(({ output }) => output));
  const sums = isReduced(segment) ? operators[end - 1]!.output : -1;
  const place = (tensor: number) => {
    const home = homes[tensors[tensor]!.storage]!;
    if (tensor === sums)
      return home === 'retained' ? `partial sums in ${levelName}` : 'partial sums, drained at the end';
    if (home === 'retained') return `in ${levelName}`;
    if (made.has(tensor)) return home === 'fused' ? 'tile' : 'tile, drained';
    return held.some((one) => one.kind === 'tensor' && one.tensor === tensor) ? 'held' : 'streamed';
  };
  const named = (tensor: number) => `${tensors[tensor]!.name} [${place(tensor)}]`;
  for (const [i, operator] of operators.slice(first, end).entries()) {
    const at = first + i;
    const isHeld = held.some((one) => one.kind === 'parameters' && one.operator === at);
    const weights =
      operator.kind !== 'mac' || operator.second.kind !== 'parameters'
        ? []
        : [`weights [${pinned.includes(at) ? 'pinned' : isHeld ? 'held' : 'streamed'}]`];
    const operands = [...operator.inputs.map(named), ...weights].join(', ');
    const what = operator.kind === 'view' ? ' (a view)' : '';
    lines.push(
      `${indent}${operator.name}${what}: ${operands === '' ? '' : `${operands} `}-> ${named(operator.output)}`,
    );
  }
  return lines.join('\n');
}
