import type { Accelerator } from '../accelerator/accelerator.ts';
import { evaluateMapping } from '../cost/evaluate.ts';
import type { Evaluation, Infeasible } from '../cost/evaluation.ts';
import { vectorCost } from '../cost/vector-cost.ts';
import { type VectorOperatorCost, vectorStepCost } from '../cost/vector-step.ts';
import type { Violation } from '../mapping/legality.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { EnergyAndCycles } from '../util/network-totals.ts';
import { TENSORS } from '../util/vocabulary.ts';
import type { Sequence } from '../workload/graph/sequence.ts';
import type { LayerShape } from '../workload/layer.ts';
import { overflowMessage } from './overflow.ts';
import { pinnedBits, planSegment } from './plan.ts';
import { isUnfit, type Retention, retentionOf } from './retention.ts';
import { passingBits } from './room.ts';
import type { Schedule, Segment } from './schedule.ts';
import { type ScheduleViolation, scheduleViolations } from './schedule-legality.ts';
import type { MacStep, SegmentPlan, StepKind, VectorStep } from './step-kind.ts';
import { residentLayer } from './step-residency.ts';

/** Gives the figures of one step of a layer. */
export type Evaluate = (layer: LayerShape, accelerator: Accelerator, mapping: Mapping) => Evaluation | Infeasible;

/** A kind of steps with its figures; energy and cycles are those of one of them, and include what runs with it. */
export interface ScoredStep extends EnergyAndCycles {
  readonly step: StepKind;
  /** What the retention level has for tiles of its mapping; null: unlimited. */
  readonly roomBits: number | null;
  /** What tiles of its mapping take there, copies included. */
  readonly tileBits: number;
  /** Words that it reads from and writes to the outermost level. */
  readonly dramWords: number;
  /** Of a layer; null: a vector operator. */
  readonly evaluation: Evaluation | null;
  readonly mapping: Mapping | null;
  /** Of a vector operator on an accelerator with a vector unit. */
  readonly vector: VectorOperatorCost | null;
}

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
  readonly step: MacStep;
}

const evaluateExactly: Evaluate = (layer, accelerator, mapping) =>
  evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });

/**
 * The figures of a schedule, step by step; or every reason why it cannot run. An output in the retention level is updated in place where the mapping allows that,
 * and staged otherwise.
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
      if (step.kind === 'vector') return this.#vectorStep(step, roomBits);
      const mapping = mappingOf({ segment: index, kind, step });
      return this.#macStep(step, first[kind]!, roomBits, mapping);
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

  #macStep(step: MacStep, iteration: number, roomBits: number | null, mapping: Mapping | null): ScoredStep | null {
    const name = this.#nameOf(step, iteration);
    if (mapping === null) return this.#fail('mapping', step, iteration, `${name} has no mapping`);
    const { accelerator, retention } = this.#setting;
    const scored = (mode: 'in-place' | 'staged') =>
      this.#evaluate(residentLayer(retention, step, mode, roomBits), accelerator, mapping);
    let evaluation = scored('in-place');
    if (step.outputs && !evaluation.feasible) {
      const staged = scored('staged');
      if (staged.feasible || evaluation.violations.some(isIncomplete)) evaluation = staged;
    }
    if (!evaluation.feasible) {
      for (const { message } of evaluation.violations) this.#fail('mapping', step, iteration, `${name}: ${message}`);
      return null;
    }
    const fused = vectorCost(step.fused, accelerator);
    const { usedBits } = evaluation.levels[retention.level]!;
    return {
      ...{ step, roomBits, evaluation, mapping, vector: null },
      tileBits: usedBits * retention.copies,
      dramWords: evaluatedDramWords(evaluation) + fusedWords(step),
      energyPj: evaluation.energyPj + fused.energyPj,
      cycles: evaluation.cycles + fused.cycles,
    };
  }

  #vectorStep(step: VectorStep, roomBits: number | null): ScoredStep {
    const { accelerator } = this.#setting;
    const vector = vectorStepCost(step.load, accelerator);
    const fused = vectorCost(step.fused, accelerator);
    const { reads, written } = step.load;
    const moved = [...step.moves.fetched, ...step.moves.drained];
    const passing = [...reads, written].filter(({ home }) => home === 0);
    return {
      ...{ step, roomBits, evaluation: null, mapping: null, vector, tileBits: 0 },
      dramWords: [...passing, ...moved].reduce((sum, { words }) => sum + words, fusedWords(step)),
      energyPj: (vector?.energyPj ?? 0) + fused.energyPj,
      cycles: (vector?.cycles ?? 0) + fused.cycles,
    };
  }
}

function isIncomplete({ rule }: Violation): boolean {
  return rule === 'complete';
}

/** Words that a layer's step reads from and writes to the outermost level, moves included. */
function evaluatedDramWords({ levels }: Evaluation): number {
  const { tensors, moved } = levels[0]!;
  const own = TENSORS.reduce((sum, tensor) => sum + tensors[tensor].reads + tensors[tensor].updates, 0);
  return own + (moved === undefined ? 0 : moved.reads + moved.updates);
}

/** Parameters of what runs with a step. */
function fusedWords({ fused }: StepKind): number {
  return fused.reduce((sum, { reads }) => reads.reduce((all, { words }) => all + words, sum), 0);
}

/** First iteration with a step of each kind. */
function firstIterations({ kinds, order }: SegmentPlan): readonly number[] {
  const first = kinds.map(() => -1);
  for (const { kind, iteration } of order()) if (first[kind]! < 0) first[kind] = iteration;
  return first;
}
