import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Retention } from '../../schedule/retention.ts';
import type { Home, Schedule } from '../../schedule/schedule.ts';
import { stepExtras } from '../../schedule/step-extras.ts';
import type { StepKind } from '../../schedule/step-kind.ts';
import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { macCount } from '../../workload/problem.ts';
import { type NetworkPoint, networkOptimumSteps } from '../mapping/network-optimum.ts';
import type { Objective } from '../mapping/objective.ts';
import type { Factors } from '../mapping/space/spatial-choices.ts';
import type { MappedStep } from '../mapping/step-label.ts';
import { Choices } from './choices.ts';
import { Cuts } from './cuts.ts';
import type { ScheduleSpace } from './declared-space.ts';
import { operatorBounds } from './operator-bounds.ts';
import { type FrontSteps, type Sums, scheduleFront } from './schedule-front.ts';
import { type LabelAsk, type LabelOutcome, StepLabels } from './step-labels.ts';
import { type FoundSchedule, type LabelSteps, ScheduleLines } from './supporting-schedule.ts';

/** What is to be scheduled. */
export interface ScheduleQuestion {
  readonly sequence: Sequence;
  readonly accelerator: Accelerator;
  readonly retention: Retention;
  readonly space: ScheduleSpace;
  readonly factors: Factors;
  /** What the network costs beside its operators: its host link. */
  readonly beside: EnergyAndCycles;
}

/** What for. */
export interface ScheduleGoal {
  /** A product of powers of the sums: EDP, ED2P, energy or latency. */
  readonly objective: Objective;
  /** A limit on the sums that stays broken when energy or cycles grow; absent: none. */
  readonly holds?: (energyPj: number, cycles: number) => boolean;
}

/** Layers to be mapped for a weight of their cycles; null: for the least latency. */
export interface LabelBatch {
  readonly lambda: number | null;
  readonly asks: readonly LabelAsk[];
}

/** A step with its mapping; null for vector steps. */
export interface ScheduledStep {
  readonly step: StepKind;
  readonly mapped: MappedStep | null;
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
 * Searches the schedules of a sequence over a declared space: homes of activations, pinned parameters, segments with their loops and held operands, and every
 * step's mapping. What one goal learns serves the next.
 */
export class ScheduleSearch {
  readonly #question: ScheduleQuestion;
  readonly #labels: StepLabels;
  readonly #cuts: Cuts;
  readonly #choices: Choices;
  readonly #bounds: readonly EnergyAndCycles[];
  readonly #lines: ScheduleLines;

  constructor(question: ScheduleQuestion) {
    const { sequence, accelerator, retention, space, factors } = question;
    this.#question = question;
    this.#labels = new StepLabels(accelerator, retention, factors);
    this.#cuts = new Cuts(sequence, retention);
    const extras = (step: StepKind) => stepExtras(step, accelerator);
    const pricing = { labels: this.#labels, level: retention.level, extras };
    this.#choices = new Choices({ sequence, retention, cuts: this.#cuts, space, pricing });
    this.#bounds = operatorBounds(sequence, accelerator, retention, this.#choices);
    this.#lines = new ScheduleLines(
      { cuts: this.#cuts, choices: this.#choices, labels: this.#labels, capacityBits: retention.capacityBits },
      this.#bounds,
      sequence.operators.length,
    );
  }

  /**
   * The schedule with the least objective. It is quasi-concave in the sums of energy and cycles, so its optimum is a corner of their lower hull
   * (`networkOptimumSteps`); a corner is a shortest path over homes ({@link ScheduleLines}), and its arcs cost what the exact mapper answers.
   */
  *best({ objective, holds }: ScheduleGoal): ScheduleSteps<ScheduleOptimum | NoSchedule> {
    const { beside } = this.#question;
    const leastPj = this.#leastEnergyPj();
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
      const { best, isStopped: isEarly } = yield* batched(lambda, this.#lines.solve(lambda));
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
          : 'no schedule was met';
      return { kind: 'none', reason, isTimeOut: isStopped };
    }
    const lowerBound =
      corner.kind === 'found'
        ? Math.min(corner.lowerBound, metValue)
        : objective.value(leastPj, leastCycles(this.#bounds, beside));
    return {
      kind: 'found',
      ...total(met),
      ...scheduled(met, this.#labels, this.#question),
      value: metValue,
      lowerBound,
      optimal: corner.kind === 'found' && corner.optimal && lowerBound >= metValue * (1 - 1e-12),
      certificate: this.#certificate(lambdas),
    };
  }

  /** All Pareto-optimal sums of the space, by rising energy; for small sequences. */
  *front(): FrontSteps<Sums[]> {
    const { beside, sequence, retention } = this.#question;
    const front = yield* scheduleFront({
      cuts: this.#cuts,
      choices: this.#choices,
      labels: this.#labels,
      capacityBits: retention.capacityBits,
      operators: sequence.operators.length,
    });
    return front.map(([energyPj, cycles]): Sums => [energyPj + beside.energyPj, cycles + beside.cycles]);
  }

  #certificate(lambdas: number): ScheduleCertificate {
    const { sequence, space } = this.#question;
    return {
      states: this.#cuts.states.length,
      choices: this.#choices.counts.planned,
      decided: this.#lines.counts.decided,
      labels: { ...this.#labels.counts },
      lambdas,
      space,
      left: [...this.#cuts.left].map((s) => sequence.storages[s]!.name),
    };
  }

  /** Energy of all MACs and what is beside: no schedule has less. */
  #leastEnergyPj(): number {
    const { sequence, accelerator, beside } = this.#question;
    return sequence.operators.reduce(
      (sum, operator) =>
        operator.kind === 'mac' ? sum + macCount(operator.shape.problem) * accelerator.mac.energyPj : sum,
      beside.energyPj,
    );
  }
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

function leastCycles(bounds: readonly EnergyAndCycles[], beside: EnergyAndCycles): number {
  return bounds.reduce((sum, { cycles }) => sum + cycles, beside.cycles);
}
