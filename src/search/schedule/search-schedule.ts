import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Retention } from '../../schedule/retention.ts';
import type { Home, Schedule } from '../../schedule/schedule.ts';
import { stepExtras } from '../../schedule/step-extras.ts';
import type { StepKind } from '../../schedule/step-kind.ts';
import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { macCount } from '../../workload/problem.ts';
import { type NetworkOptimum, type NoNetworkOptimum, networkOptimumSteps } from '../mapping/network-optimum.ts';
import { LATENCY, type Objective } from '../mapping/objective.ts';
import type { Factors } from '../mapping/space/spatial-choices.ts';
import type { MappedStep } from '../mapping/step-label.ts';
import { ChoiceArcs } from './choice-arcs.ts';
import { Choices } from './choices.ts';
import { Cuts } from './cuts.ts';
import type { ScheduleSpace } from './declared-space.ts';
import { type EdpBelow, edpBelowSteps } from './edp-below.ts';
import { leastExtras } from './least-extras.ts';
import { leastAboveLines, type SupportingLine } from './line-bound.ts';
import { OperatorFloors } from './operator-floors.ts';
import { type FrontSteps, type Sums, scheduleFront } from './schedule-front.ts';
import { type LabelAsk, type LabelOutcome, ROUNDING, StepLabels, weighed } from './step-labels.ts';
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
  /** By operator, wherever its operands are. */
  readonly #floors: readonly EnergyAndCycles[];
  /** Of operators that run whole, and of all segments where there are others. */
  readonly #stages: readonly ScheduleLines[];
  /** Schedules met, for whatever goal. */
  readonly #met: FoundSchedule[] = [];

  constructor(question: ScheduleQuestion) {
    const { sequence, accelerator, retention, space, factors } = question;
    this.#question = question;
    this.#labels = new StepLabels(accelerator, retention, factors);
    this.#cuts = new Cuts(sequence, retention);
    const extras = (step: StepKind) => stepExtras(step, accelerator);
    const pricing = { labels: this.#labels, level: retention.level, extras };
    const least = leastExtras(sequence, accelerator, retention);
    const floors = new OperatorFloors({
      ...{ sequence, accelerator, retention, pins: space.pins },
      extras: (operator) => least[operator]!,
    });
    this.#choices = new Choices({ sequence, retention, cuts: this.#cuts, space, pricing, floors });
    const operators = sequence.operators.length;
    this.#floors = sequence.operators.map((_, i) => floors.of(i, ANYWHERE).pinned);
    const source = { cuts: this.#cuts, choices: this.#choices, labels: this.#labels, floors, operators };
    this.#stages = (space.fuses ? [false, true] : [false]).map(
      (ranges) => new ScheduleLines(new ChoiceArcs(source, ranges), this.#labels, retention.capacityBits),
    );
  }

  /**
   * The schedule with the least objective. It is quasi-concave in the sums of energy and cycles, so its optimum is a corner of their lower hull
   * (`networkOptimumSteps`); a corner is a shortest path over homes ({@link ScheduleLines}), and its arcs cost what the exact mapper answers. Where operators
   * may run tile by tile, the optimum without that comes first: it is one of the schedules, and what is no better than it need not be looked at.
   */
  *best({ objective, holds = () => true }: ScheduleGoal): ScheduleSteps<ScheduleOptimum | NoSchedule> {
    const { beside } = this.#question;
    const least = { energyPj: this.#leastEnergyPj(), cycles: leastCycles(this.#floors, beside) };
    const worthOf = (found: FoundSchedule) => {
      const { energyPj, cycles } = sumOf(found, beside);
      return holds(energyPj, cycles) ? objective.value(energyPj, cycles) : Number.POSITIVE_INFINITY;
    };
    let lambdas = 0;
    let corner: NetworkOptimum<FoundSchedule> | NoNetworkOptimum = { kind: 'none', reason: 'no schedule was met' };
    let lines: SupportingLine[] = [];
    let isStopped = false;
    let isProven = true;
    let isOpen = false;
    for (const [index, stage] of this.#stages.entries()) {
      lines = [];
      isProven = true;
      const known = this.#bestMet(worthOf);
      const steps = networkOptimumSteps<FoundSchedule>(least.energyPj, {
        ...{ value: objective.value, tie: objective.tie, holds },
        ...(known === null ? {} : { known: { ...sumOf(known, beside), layers: [known] } }),
      });
      let step = steps.next();
      while (step.done !== true) {
        lambdas++;
        const lambda = step.value;
        const own = this.#bestMet(({ energyPj, cycles }) => weighed(lambda, energyPj, cycles));
        const found = yield* batched(lambda, stage.solve(lambda, own));
        isStopped ||= found.isStopped;
        isProven &&= found.lowerBound >= weighedSum(lambda, found.best) * (1 - ROUNDING);
        lines.push({ lambda, lowerBound: found.lowerBound + weighed(lambda, beside.energyPj, beside.cycles) });
        if (found.best !== null) this.#met.push(found.best);
        // Only where searches of mappings ended before they found any.
        else if (found.lowerBound < Number.POSITIVE_INFINITY) isOpen = true;
        if (found.best === null) step = steps.next(NOTHING_FITS);
        else if (found.isStopped) step = steps.next('the time was over');
        else step = steps.next({ ...sumOf(found.best, beside), layers: [found.best] });
      }
      corner = step.value;
      if (!isStopped && objective === LATENCY) isStopped = yield* this.#thriftiest(stage, least.energyPj);
      if (!isStopped) continue;
      // What is proven of operators that run whole says nothing of others.
      if (index < this.#stages.length - 1) lines = [];
      break;
    }
    const met = this.#bestMet(worthOf);
    if (met === null || worthOf(met) === Number.POSITIVE_INFINITY) {
      const isTimeOut = isStopped || isOpen;
      const reason = isTimeOut ? 'the time was over before any schedule was met' : reasonOf(corner);
      return { kind: 'none', reason, isTimeOut };
    }
    const proof = !isStopped && isProven && corner.kind === 'found' ? corner : null;
    const value = worthOf(met);
    const lowerBound = proof?.lowerBound ?? leastAboveLines(lines, least, objective.value);
    return {
      kind: 'found',
      ...sumOf(met, beside),
      ...scheduled(met, this.#question),
      value,
      lowerBound: Math.min(lowerBound, value),
      optimal: proof?.optimal ?? false,
      certificate: this.#certificate(lambdas),
    };
  }

  /** No schedule has less energy, or fewer cycles; known before any step is mapped. */
  get least(): EnergyAndCycles {
    const { beside } = this.#question;
    return {
      energyPj: this.#floors.reduce((sum, { energyPj }) => sum + energyPj, beside.energyPj),
      cycles: leastCycles(this.#floors, beside),
    };
  }

  /**
   * The least EDP with operators that run whole, if it is below a cutoff: what a search of accelerators asks of each of them. The sums are those that
   * {@link best} finds, by lines that rule most accelerators out early.
   * @param lambda weight of cycles to begin with, in pJ per cycle; > 0
   * @param cutoff EDP from which on nothing matters; may fall on the way
   */
  *edpBelow(lambda: number, cutoff: () => number): ScheduleSteps<EdpBelow | NoSchedule> {
    const { beside } = this.#question;
    const [stage] = this.#stages;
    const steps = edpBelowSteps(this.least, lambda, cutoff);
    let step = steps.next();
    while (step.done !== true) {
      const own = step.value;
      const known = this.#bestMet(({ energyPj, cycles }) => weighed(own, energyPj, cycles));
      const found = yield* batched(own, stage!.solve(own, known));
      if (found.isStopped) return { kind: 'none', reason: 'the time was over', isTimeOut: true };
      if (found.best === null) return { kind: 'none', reason: NOTHING_FITS, isTimeOut: false };
      this.#met.push(found.best);
      const lowerBound = found.lowerBound + weighed(own, beside.energyPj, beside.cycles);
      step = steps.next({ point: sumOf(found.best, beside), lowerBound });
    }
    return step.value;
  }

  /**
   * Of the fastest schedules one of the least energy, but for rounding: a cycle weighs more than all the energy that could be saved for it.
   * @returns whether the time was over
   */
  *#thriftiest(stage: ScheduleLines, leastPj: number): ScheduleSteps<boolean> {
    const fastest = this.#bestMet(({ cycles }) => cycles);
    if (fastest === null) return false;
    const lambda = Math.max(1, 2 * (fastest.energyPj - leastPj));
    const own = this.#bestMet(({ energyPj, cycles }) => weighed(lambda, energyPj, cycles));
    const { best, isStopped } = yield* batched(lambda, stage.solve(lambda, own));
    if (best !== null) this.#met.push(best);
    return isStopped;
  }

  /** The schedule met that has the least value, and of those the least energy; null: none was met. */
  #bestMet(worthOf: (found: FoundSchedule) => number): FoundSchedule | null {
    let best: FoundSchedule | null = null;
    for (const one of this.#met) {
      if (best === null) best = one;
      else if (worthOf(one) < worthOf(best)) best = one;
      else if (worthOf(one) === worthOf(best) && one.energyPj < best.energyPj) best = one;
    }
    return best;
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
      decided: this.#stages.reduce((sum, { counts }) => sum + counts.decided, 0),
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

/** Why there is no schedule. */
const NOTHING_FITS = 'no schedule fits';

function* batched<Answer>(lambda: number | null, steps: LabelSteps<Answer>): ScheduleSteps<Answer> {
  let step = steps.next();
  while (step.done !== true) step = steps.next(yield { lambda, asks: step.value });
  return step.value;
}

function weighedSum(lambda: number | null, found: EnergyAndCycles | null): number {
  return found === null ? Number.POSITIVE_INFINITY : weighed(lambda, found.energyPj, found.cycles);
}

/** Activations that may be anywhere. */
const ANYWHERE = { inputs: 'either', second: 'either', output: 'either' } as const;

/** The sums of a network with a schedule. */
function sumOf(found: EnergyAndCycles, beside: EnergyAndCycles): EnergyAndCycles {
  return { energyPj: found.energyPj + beside.energyPj, cycles: found.cycles + beside.cycles };
}

function reasonOf(corner: NetworkOptimum<FoundSchedule> | NoNetworkOptimum): string {
  return corner.kind === 'none' ? corner.reason : 'no schedule keeps the limit';
}

/** The schedule that a path is, with the mappings of its steps. */
function scheduled(
  { arcs, points, pinnedBits }: FoundSchedule,
  { sequence, retention }: ScheduleQuestion,
): { readonly schedule: Schedule; readonly segments: ScheduledSegment[] } {
  const homes: Home[] = sequence.storages.map(() => 'outermost');
  const capacity = retention.capacityBits ?? Number.POSITIVE_INFINITY;
  const segments = arcs.map(({ choice, passingBits }, i): ScheduledSegment => {
    const { first, end, border, retained, steps } = choice;
    for (const storage of retained) homes[storage] = 'retained';
    if (end - first > 1) for (const storage of border.inside) homes[storage] = 'fused';
    return {
      first,
      end,
      steps: steps.map(({ step }, at) => {
        const room = capacity - pinnedBits - passingBits - step.fixedBits;
        return { step, mapped: points[i]![at]?.mapped ?? null, roomBits: Number.isFinite(room) ? room : null };
      }),
    };
  });
  return {
    schedule: {
      homes,
      pinned: arcs.flatMap(({ choice }) => choice.pinned),
      segments: arcs.map(({ choice }) => choice.segment!),
    },
    segments,
  };
}

function leastCycles(bounds: readonly EnergyAndCycles[], beside: EnergyAndCycles): number {
  return bounds.reduce((sum, { cycles }) => sum + cycles, beside.cycles);
}
