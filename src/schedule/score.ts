import type { Accelerator } from '../accelerator/accelerator.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { EnergyAndCycles } from '../util/network-totals.ts';
import type { Sequence } from '../workload/graph/sequence.ts';
import { overflowMessage } from './overflow.ts';
import { pinnedBits, planSegment } from './plan.ts';
import { isUnfit, type Retention, retentionOf } from './retention.ts';
import { passingBits } from './room.ts';
import type { Schedule, Segment } from './schedule.ts';
import { type ScheduleViolation, scheduleViolations } from './schedule-legality.ts';
import { firstIterations, type MacStep, type SegmentPlan, type StepKind } from './step-kind.ts';
import { type Evaluate, evaluateExactly, type ScoredStep, scoreStep } from './step-score.ts';

/** A segment with the figures of its kinds of steps, by kind. */
export interface ScoredSegment {
  readonly segment: Segment;
  readonly plan: SegmentPlan;
  readonly steps: readonly ScoredStep[];
  /** Bits of retained storages that only pass by. */
  readonly passingBits: number;
}

/** A schedule of a whole network with the figures of its steps. */
export interface ScoredSchedule extends EnergyAndCycles {
  readonly feasible: true;
  readonly retention: Retention;
  readonly segments: readonly ScoredSegment[];
  /** Bits of all pinned parameters. */
  readonly pinnedBits: number;
}

/** A schedule that the accelerator cannot run: a value with reasons. */
export interface IllegalSchedule {
  readonly feasible: false;
  /** One or more, in order of the operators. */
  readonly violations: readonly ScheduleViolation[];
}

/** What a mapping is asked for. */
export interface MappedKind {
  /** Indices of the segment, and of the kind in its plan. */
  readonly segment: number;
  readonly kind: number;
  /** First iteration of the shared loops with such a step. */
  readonly iteration: number;
  readonly step: MacStep;
}

/**
 * The figures of a schedule, step by step; or every reason why it cannot run.
 * @param mappingOf null: there is none, which is a reason too
 */
export function scoreSchedule(
  sequence: Sequence,
  accelerator: Accelerator,
  schedule: Schedule,
  mappingOf: (asked: MappedKind) => Mapping | null,
  evaluate: Evaluate = evaluateExactly,
): ScoredSchedule | IllegalSchedule {
  const retention = retentionOf(accelerator);
  if (isUnfit(retention))
    return {
      feasible: false,
      violations: [{ rule: 'retention', operator: null, iteration: null, message: retention.reason }],
    };
  const broken = scheduleViolations(sequence, retention, schedule);
  if (broken.length > 0) return { feasible: false, violations: broken };
  const pins = schedule.pinned.reduce((sum, operator) => sum + pinnedBits(sequence, retention, operator), 0);
  const scorer = new Scorer({ sequence, accelerator, retention, schedule, pinnedBits: pins }, evaluate);
  const segments = schedule.segments.map((segment, index) => scorer.segment(segment, index, mappingOf));
  if (scorer.violations.length > 0) return { feasible: false, violations: scorer.violations };
  const all = segments.flatMap((segment) => segment?.steps ?? []);
  return {
    feasible: true,
    retention,
    segments: segments.filter((segment) => segment !== null),
    pinnedBits: pins,
    energyPj: all.reduce((sum, { step, energyPj }) => sum + step.count * energyPj, 0),
    cycles: all.reduce((sum, { step, cycles }) => sum + step.count * cycles, 0),
  };
}

/** What is scored. */
interface Setting {
  readonly sequence: Sequence;
  readonly accelerator: Accelerator;
  readonly retention: Retention;
  readonly schedule: Schedule;
  readonly pinnedBits: number;
}

/** Scores segments and collects what keeps them from running. */
class Scorer {
  readonly violations: ScheduleViolation[] = [];
  readonly #setting: Setting;
  readonly #evaluate: Evaluate;

  constructor(setting: Setting, evaluate: Evaluate) {
    this.#setting = setting;
    this.#evaluate = evaluate;
  }

  /** Null: it cannot run; {@link violations} say why. */
  segment(segment: Segment, index: number, mappingOf: (asked: MappedKind) => Mapping | null): ScoredSegment | null {
    const { sequence, retention, schedule } = this.#setting;
    const isPinned = (operator: number) => schedule.pinned.includes(operator);
    const plan = planSegment(sequence, retention, { homes: schedule.homes, isPinned }, segment);
    if (isUnfit(plan)) {
      this.violations.push({ rule: 'segment', operator: segment.first, iteration: null, message: plan.reason });
      return null;
    }
    const passing = passingBits(sequence, retention, schedule.homes, segment);
    const first = firstIterations(plan);
    const steps = plan.kinds.map((step, kind) => {
      const roomBits = this.#room(step, first[kind]!, passing);
      if (roomBits === undefined) return null;
      const iteration = first[kind]!;
      const mapping = step.kind === 'mac' ? mappingOf({ segment: index, kind, iteration, step }) : null;
      const scored = scoreStep(this.#setting, step, roomBits, mapping, this.#evaluate);
      if (!('violations' in scored)) return scored;
      for (const { message } of scored.violations)
        this.#fail('mapping', step, iteration, `${this.#nameOf(step, iteration)}: ${message}`);
      return null;
    });
    const scored = steps.filter((step) => step !== null);
    return scored.length < steps.length ? null : { segment, plan, steps: scored, passingBits: passing };
  }

  #fail(rule: ScheduleViolation['rule'], { operator }: StepKind, iteration: number, message: string): null {
    this.violations.push({ rule, operator, iteration, message });
    return null;
  }

  /** Bits for tiles, null where unlimited; undefined: it overflows. */
  #room(step: StepKind, iteration: number, passing: number): number | null | undefined {
    const { sequence, retention, pinnedBits } = this.#setting;
    const { capacityBits } = retention;
    if (capacityBits === null) return null;
    const room = capacityBits - pinnedBits - passing - step.fixedBits;
    if (room >= 0) return room;
    const others = { pinnedBits, passingBits: passing };
    const name = this.#nameOf(step, iteration);
    this.#fail('room', step, iteration, overflowMessage(sequence, retention, capacityBits, name, step.fixed, others));
    return undefined;
  }

  #nameOf({ operator, count }: StepKind, iteration: number): string {
    const { name } = this.#setting.sequence.operators[operator]!;
    return iteration === 0 && count === 1 ? name : `${name} at iteration ${iteration}`;
  }
}
