import type { Sequence } from '../workload/graph/sequence.ts';
import type { Retention } from './retention.ts';
import type { Schedule } from './schedule.ts';

/** One reason why a schedule cannot run. */
export interface ScheduleViolation {
  /**
   * retention: no level can hold activations. homes, pinned, segments: what the schedule says of them does not fit the network. segment: one cannot run so.
   * room: a step overflows the retention level. mapping: a step has none, or one that cannot run.
   */
  readonly rule: 'retention' | 'homes' | 'pinned' | 'segments' | 'segment' | 'room' | 'mapping';
  /** Operator at which it shows; null: the schedule as a whole. */
  readonly operator: number | null;
  /** First iteration of the shared loops in which it shows; null: no single step. */
  readonly iteration: number | null;
  /** Sentence with operators, tensors and bits. */
  readonly message: string;
}

/** What of a schedule does not fit its network at all; empty where every segment can be planned. */
export function scheduleViolations(
  { storages, operators }: Sequence,
  { keepsWeights, levelName }: Retention,
  { homes, pinned, segments }: Schedule,
): ScheduleViolation[] {
  const violations: ScheduleViolation[] = [];
  const broken = (rule: ScheduleViolation['rule'], operator: number | null, message: string) =>
    violations.push({ rule, operator, iteration: null, message });
  if (homes.length !== storages.length)
    broken('homes', null, `the schedule has homes of ${homes.length} tensors, the network ${storages.length}`);
  storages.forEach(({ name, role }, storage) => {
    const home = homes[storage];
    if (role !== 'inner' && home !== undefined && home !== 'outermost')
      broken('homes', null, `${name} is an ${role} of the network, so its home is the outermost level`);
  });
  for (const [i, operator] of pinned.entries()) {
    const one = operators[operator];
    if (one === undefined || one.kind !== 'mac' || one.second.kind !== 'parameters')
      broken('pinned', one === undefined ? null : operator, `${one?.name ?? operator} has no parameters to pin`);
    else if (!keepsWeights) broken('pinned', operator, `${levelName} cannot hold the parameters of ${one.name}`);
    else if (i > 0 && pinned[i - 1]! >= operator)
      broken('pinned', operator, `${one.name} is not pinned in order, or twice`);
  }
  let next = 0;
  for (const { first, end } of segments) {
    if (first !== next || end <= first || end > operators.length) {
      const name = operators[next]?.name ?? 'the end';
      broken(
        'segments',
        operators[next] === undefined ? null : next,
        `segments must follow one another, but none starts at ${name}`,
      );
      return violations;
    }
    next = end;
  }
  if (next < operators.length) broken('segments', next, `${operators[next]!.name} is in no segment`);
  return violations;
}
