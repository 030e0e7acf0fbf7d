import { evaluateMapping } from '../../cost/evaluate.ts';
import type { CaseSchedule, CaseStep } from '../../formats/schedule/case-schedule.ts';
import type { CaseSums, ScheduleCase } from '../../formats/schedule/schedule-cases.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { planSegment } from '../../schedule/plan.ts';
import { isUnfit, retentionOf } from '../../schedule/retention.ts';
import {
  type Evaluate,
  type IllegalSchedule,
  type MappedKind,
  type ScoredSchedule,
  scoreSchedule,
} from '../../schedule/score.ts';
import type { OrderedStep, SegmentPlan } from '../../schedule/step-kind.ts';
import { CaseDifferences, type Difference } from './case-differences.ts';
import { compareStep } from './step-differences.ts';

/** What a replay found. */
export interface Replay {
  /** Steps that were compared. */
  readonly steps: number;
  readonly differences: readonly Difference[];
}

/**
 * Runs a recorded schedule step by step with its mappings and compares every figure: boxes, homes, moves, room, counts, energy and cycles of the steps, and their
 * sums.
 */
export function replaySchedule(one: ScheduleCase, recorded: CaseSchedule, sums: CaseSums): Replay {
  const differences = new CaseDifferences(one.id);
  const illegal = (reason: string): Replay => {
    differences.compare(null, 'schedule', 'legal', reason);
    return { steps: 0, differences: differences.found };
  };
  const plans = planAll(one, recorded);
  if (typeof plans === 'string') return illegal(plans);
  const segments = plans.map((plan, segment) => mappedOrder(plan, recorded.steps?.[segment] ?? []));
  const rounds = scoreRounds(one, recorded, segments);
  if (!Array.isArray(rounds)) return illegal(rounds.violations.map(({ message }) => message).join('; '));
  let steps = 0;
  let energyPj = 0;
  let cycles = 0;
  for (const [segment, { order, roundOf }] of segments.entries()) {
    const own = recorded.steps?.[segment] ?? [];
    const ordered = (of: readonly { operator: number; iteration: number }[]) =>
      of.map(({ operator, iteration }) => `${one.sequence.operators[operator]!.name} ${iteration}`).join(', ');
    const found = order.map(({ kind, iteration }) => ({ operator: plans[segment]!.kinds[kind]!.operator, iteration }));
    differences.compare(`segment ${segment}`, 'steps', ordered(own), ordered(found));
    for (const [i, { kind, iteration }] of order.entries()) {
      const scored = rounds[roundOf[i]!]!.segments[segment]!.steps[kind]!;
      energyPj += scored.energyPj;
      cycles += scored.cycles;
      const step = own[i];
      if (step === undefined || step.operator !== scored.step.operator) continue;
      const { name } = one.sequence.operators[step.operator]!;
      compareStep(one.sequence, step, scored, `segment ${segment}, ${name} at iteration ${iteration}`, differences);
      steps++;
    }
  }
  differences.energy(null, 'energy_pJ', sums.energyPj, energyPj);
  differences.compare(null, 'cycles', sums.cycles, cycles);
  return { steps, differences: differences.found };
}

/** The plans of all segments, or why there are none. */
function planAll({ sequence, accelerator }: ScheduleCase, { schedule }: CaseSchedule): readonly SegmentPlan[] | string {
  const retention = retentionOf(accelerator);
  if (isUnfit(retention)) return retention.reason;
  const placement = { homes: schedule.homes, isPinned: (operator: number) => schedule.pinned.includes(operator) };
  const plans: SegmentPlan[] = [];
  for (const segment of schedule.segments) {
    const plan = planSegment(sequence, retention, placement, segment);
    if (isUnfit(plan)) return plan.reason;
    plans.push(plan);
  }
  return plans;
}

/** The steps of a segment as they run, with the mappings that are recorded for each kind of them. */
interface MappedOrder {
  readonly order: readonly OrderedStep[];
  /** Different mappings of each kind. */
  readonly mappings: readonly (readonly Mapping[])[];
  /** Which of them a step has, by step; 0 for steps without one. */
  readonly roundOf: readonly number[];
}

function mappedOrder({ kinds, order }: SegmentPlan, recorded: readonly CaseStep[]): MappedOrder {
  const all = [...order()];
  const mappings = kinds.map((): Mapping[] => []);
  const keys = kinds.map((): string[] => []);
  const roundOf = all.map(({ kind }, i) => {
    const mapping = recorded[i]?.mapping ?? null;
    if (mapping === null) return 0;
    const key = JSON.stringify(mapping);
    const known = keys[kind]!.indexOf(key);
    if (known >= 0) return known;
    mappings[kind]!.push(mapping);
    return keys[kind]!.push(key) - 1;
  });
  return { order: all, mappings, roundOf };
}

/** Steps of one kind may have different mappings, so that a schedule is scored as often as a kind has mappings, each time with the next of all kinds. */
function scoreRounds(
  { sequence, accelerator }: ScheduleCase,
  { schedule }: CaseSchedule,
  segments: readonly MappedOrder[],
): ScoredSchedule[] | IllegalSchedule {
  const count = Math.max(1, ...segments.flatMap(({ mappings }) => mappings.map(({ length }) => length)));
  const rounds: ScoredSchedule[] = [];
  const evaluate = onceForEachMapping();
  for (let round = 0; round < count; round++) {
    const mappingOf = ({ segment, kind }: MappedKind) => {
      const own = segments[segment]!.mappings[kind]!;
      return own[Math.min(round, own.length - 1)] ?? null;
    };
    const scored = scoreSchedule(sequence, accelerator, schedule, mappingOf, evaluate);
    if (!scored.feasible) return scored;
    rounds.push(scored);
  }
  return rounds;
}

/** Evaluates a mapping once for each way in which it may write its output: a mapping is of one kind of steps. */
function onceForEachMapping(): Evaluate {
  const known = new Map<string | undefined, WeakMap<Mapping, ReturnType<Evaluate>>>();
  return (layer, accelerator, mapping) => {
    const mode = layer.residency?.outputs;
    const ofMode = known.get(mode) ?? new WeakMap<Mapping, ReturnType<Evaluate>>();
    known.set(mode, ofMode);
    const evaluation = ofMode.get(mapping) ?? evaluateMapping(layer, accelerator, mapping, { temporalReuse: 'exact' });
    ofMode.set(mapping, evaluation);
    return evaluation;
  };
}
