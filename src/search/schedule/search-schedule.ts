import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Retention } from '../../schedule/retention.ts';
import type { Home, Schedule } from '../../schedule/schedule.ts';
import { stepExtras } from '../../schedule/step-extras.ts';
import type { StepKind } from '../../schedule/step-kind.ts';
import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { macCount } from '../../workload/problem.ts';
import type { MappedLayer } from '../mapping/map-layer.ts';
import { type NetworkPoint, networkOptimumSteps } from '../mapping/network-optimum.ts';
import type { Objective } from '../mapping/objective.ts';
import type { Factors } from '../mapping/space/spatial-choices.ts';
import { Choices } from './choices.ts';
import { Cuts } from './cuts.ts';
import type { ScheduleSpace } from './declared-space.ts';
import { operatorBounds } from './operator-bounds.ts';
import { type LabelAsk, type LabelOutcome, StepLabels } from './step-labels.ts';
import { type FoundSchedule, type LabelSteps, ScheduleLines } from './supporting-schedule.ts';

/** What is to be scheduled, and for what. */
export interface ScheduleQuestion {
  readonly sequence: Sequence;
  readonly accelerator: Accelerator;
  readonly retention: Retention;
  readonly space: ScheduleSpace;
  readonly factors: Factors;
  /** A product of powers of the sums: EDP, ED2P, energy or latency. */
  readonly objective: Objective;
  /** A limit on the sums that stays broken when energy or cycles grow; absent: none. */
  readonly holds?: (energyPj: number, cycles: number) => boolean;
  /** What the network costs beside its operators: its host link. */
  readonly beside: EnergyAndCycles;
}

/** Layers to be mapped for a weight of their cycles; null: for the least latency. */
export interface LabelBatch {
  readonly lambda: number | null;
  readonly asks: readonly LabelAsk[];
}

/** A step with its mapping; null for vector steps. */
export interface ScheduledStep {
  readonly step: StepKind;
  readonly mapped: MappedLayer | null;
  /** Bits of the retention level for tiles of the mapping; null: unlimited. */
  readonly roomBits: number | null;
}

/** The steps of a segment, a kind each. */
export interface ScheduledSegment {
  /** Operators of the sequence. */
  readonly first: number;
  readonly end: number;
  readonly steps: readonly ScheduledStep[];
}

/** What a search of schedules did, for its certificate. */
export interface ScheduleCertificate {
  /** Homes of what lives across cuts. */
  readonly states: number;
  /** Segments with homes, pins, loops and held operands that were bounded. */
  readonly choices: number;
  /** Of them, those that were decided further. */
  readonly decided: number;
  /** Searches of mappings of steps, and those that were proven. */
  readonly labels: { readonly asked: number; readonly proven: number };
  /** Weights of the cycles. */
  readonly lambdas: number;
  readonly space: ScheduleSpace;
  /** Storages that stay outermost, as too many live at once to try them all. */
  readonly left: readonly string[];
}

/** The best schedule of a network with its proof. */
export interface ScheduleOptimum extends EnergyAndCycles {
  readonly kind: 'found';
  readonly schedule: Schedule;
  readonly segments: readonly ScheduledSegment[];
  /** Objective of the sums. */
  readonly value: number;
  /** No schedule of the space (within the limit) has a smaller value. */
  readonly lowerBound: number;
  readonly optimal: boolean;
  readonly certificate: ScheduleCertificate;
}

/** No schedule exists, or none was met in the time given. */
export interface NoSchedule {
  readonly kind: 'none';
  readonly reason: string;
  readonly isTimeOut: boolean;
}

/** Yields layers to be mapped, is given the outcomes in their order (null: the time is over), and returns the best schedule. */
export type ScheduleSteps<Answer> = Generator<LabelBatch, Answer, readonly LabelOutcome[] | null>;

/**
 * The schedule of a sequence with the least objective over a declared space: homes of activations, pinned parameters, segments with their loops and held operands,
 * and every step's mapping. The objective is quasi-concave in the sums of energy and cycles, so its optimum is a corner of their lower hull
 * (`networkOptimumSteps`); a corner is a shortest path over homes ({@link ScheduleLines}), and its arcs cost what the exact mapper answers.
 */
export function* searchSchedule(question: ScheduleQuestion): ScheduleSteps<ScheduleOptimum | NoSchedule> {
  const { sequence, accelerator, retention, space, factors, objective, holds, beside } = question;
  const labels = new StepLabels(accelerator, retention, factors);
  const cuts = new Cuts(sequence, retention);
  const widths = sequence.operators.map(({ output }) => retention.activationBits(sequence.tensors[output]!.wordBits));
  const pricing = {
    labels,
    level: retention.level,
    activationBits: (operator: number) => widths[operator]!,
    extras: (step: StepKind) => stepExtras(step, accelerator),
  };
  const choices = new Choices({ sequence, retention, cuts, space, pricing });
  const bounds = operatorBounds(sequence, accelerator, retention, choices);
  const lines = new ScheduleLines(
    { cuts, choices, labels, capacityBits: retention.capacityBits },
    bounds,
    sequence.operators.length,
  );
  const leastPj = leastEnergyPj(sequence, accelerator, beside);
  const steps = networkOptimumSteps<FoundSchedule>(leastPj, {
    value: objective.value,
    tie: objective.tie,
    ...(holds === undefined ? {} : { holds }),
  });
  let lambdas = 0;
  let isStopped = false;
  let met: FoundSchedule | null = null;
  let metValue = Number.POSITIVE_INFINITY;
  const total = (found: EnergyAndCycles) => ({
    energyPj: found.energyPj + beside.energyPj,
    cycles: found.cycles + beside.cycles,
  });
  let step = steps.next();
  while (step.done !== true) {
    lambdas++;
    const lambda = step.value;
    const { best, isStopped: isEarly } = yield* batched(lambda, lines.solve(lambda));
    isStopped ||= isEarly;
    if (best !== null) {
      const { energyPj, cycles } = total(best);
      const value = objective.value(energyPj, cycles);
      if ((holds === undefined || holds(energyPj, cycles)) && value < metValue) [met, metValue] = [best, value];
    }
    const point: NetworkPoint<FoundSchedule> | string =
      best === null ? 'no schedule fits' : isEarly ? 'the time was over' : { ...total(best), layers: [best] };
    step = steps.next(point);
  }
  const corner = step.value;
  if (met === null) {
    const reason = isStopped
      ? 'the time was over before any schedule was met'
      : corner.kind === 'none'
        ? corner.reason
        : '';
    return { kind: 'none', reason, isTimeOut: isStopped };
  }
  const lowerBound =
    corner.kind === 'found'
      ? Math.min(corner.lowerBound, metValue)
      : objective.value(leastPj, leastCycles(bounds, beside));
  const certificate: ScheduleCertificate = {
    states: cuts.states.length,
    choices: choices.counts.planned,
    decided: lines.counts.decided,
    labels: { ...labels.counts },
    lambdas,
    space,
    left: [...cuts.left].map((s) => sequence.storages[s]!.name),
  };
  return {
    kind: 'found',
    ...total(met),
    ...scheduled(met, labels, question),
    value: metValue,
    lowerBound,
    optimal: corner.kind === 'found' && corner.optimal && lowerBound >= metValue * (1 - 1e-12),
    certificate,
  };
}

function* batched<Answer>(lambda: number | null, steps: LabelSteps<Answer>): ScheduleSteps<Answer> {
  let step = steps.next();
  while (step.done !== true) step = steps.next(yield { lambda, asks: step.value });
  return step.value;
}

/** The schedule that a path is, with the mappings of its steps. */
function scheduled(
  { choices, pinnedBits, lambda }: FoundSchedule,
  labels: StepLabels,
  { sequence, retention }: ScheduleQuestion,
): { readonly schedule: Schedule; readonly segments: ScheduledSegment[] } {
  const homes: Home[] = sequence.storages.map(() => 'outermost');
  const capacity = retention.capacityBits ?? Number.POSITIVE_INFINITY;
  const segments = choices.map(({ choice, passingBits }): ScheduledSegment => {
    const { first, end, border, retained, steps } = choice;
    for (const storage of retained) homes[storage] = 'retained';
    if (end - first > 1) for (const storage of border.inside) homes[storage] = 'fused';
    return {
      first,
      end,
      steps: steps.map(({ step, labels: own }) => {
        const room = capacity - pinnedBits - passingBits - step.fixedBits;
        const mapped = own.length === 0 ? null : labels.rangeOf(own[0]!, lambda, room).point!.mapped;
        return { step, mapped, roomBits: Number.isFinite(room) ? room : null };
      }),
    };
  });
  return {
    schedule: {
      homes,
      pinned: choices.flatMap(({ choice }) => choice.pinned),
      segments: choices.map(({ choice }) => choice.segment!),
    },
    segments,
  };
}

/** Energy of all MACs and what is beside: no schedule has less. */
function leastEnergyPj({ operators }: Sequence, { mac }: Accelerator, beside: EnergyAndCycles): number {
  return operators.reduce(
    (sum, operator) => (operator.kind === 'mac' ? sum + macCount(operator.shape.problem) * mac.energyPj : sum),
    beside.energyPj,
  );
}

function leastCycles(bounds: readonly EnergyAndCycles[], beside: EnergyAndCycles): number {
  return bounds.reduce((sum, { cycles }) => sum + cycles, beside.cycles);
}
