import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Mapping } from '../../mapping/mapping.ts';
import { planSegment } from '../../schedule/plan.ts';
import { isUnfit, type Retention } from '../../schedule/retention.ts';
import type { Home, Schedule } from '../../schedule/schedule.ts';
import { stepExtras } from '../../schedule/step-extras.ts';
import type { StepKind } from '../../schedule/step-kind.ts';
import type { EnergyAndCycles } from '../../util/network-totals.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import { ENERGY } from '../mapping/objective.ts';
import type { Factors } from '../mapping/space/spatial-choices.ts';
import { type EdpBelow, edpBelowSteps } from './bounds/edp-below.ts';
import { worstCorner } from './bounds/line-bound.ts';
import { ChoiceArcs, choiceOf } from './choice-arcs.ts';
import { Choices } from './choices.ts';
import { Cuts } from './cuts.ts';
import type { ScheduleSpace } from './declared-space.ts';
import type { FoundSchedule } from './found-schedule.ts';
import { leastExtras } from './least-extras.ts';
import { OperatorFloors } from './operator-floors.ts';
import { type FrontSteps, type Sums, scheduleFront } from './schedule-front.ts';
import {
  batched,
  type Course,
  type LabelBatch,
  NOTHING_FITS,
  type ScheduleGoal,
  ScheduleHull,
  type ScheduleSteps,
  type SolvedLine,
  sumOf,
} from './schedule-hull.ts';
import { ROUNDING, StepLabels } from './step-labels.ts';
import { ScheduleLines } from './supporting-schedule.ts';
import { unfitReason } from './unfit-operators.ts';

/** What is to be scheduled. */
export interface ScheduleQuestion {
  readonly sequence: Sequence;
  readonly accelerator: Accelerator;
  readonly retention: Retention;
  readonly space: ScheduleSpace;
  readonly factors: Factors;
  /** What the network costs beside its operators: its host link. */
  readonly beside: EnergyAndCycles;
  /** What is known of steps on this accelerator already, from other networks; undefined: nothing. */
  readonly labels?: StepLabels | undefined;
}

/** A step with its mapping; null for vector steps. */
export interface ScheduledStep {
  readonly step: StepKind;
  readonly mapping: Mapping | null;
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

/** What a search knows while it runs. */
export interface KnownSoFar {
  /** Objective of the best schedule met that keeps the limits; null: none was met. */
  readonly value: number | null;
  /** No schedule of the space has a smaller value. */
  readonly lowerBound: number;
  /** Searches of mappings of steps that were answered. */
  readonly asked: number;
  /** Whether operators that run whole are settled, and segments of several are looked at. */
  readonly inSegments: boolean;
}

/** No schedule exists, or none was met in the time given. */
export interface NoSchedule {
  readonly kind: 'none';
  readonly reason: string;
  readonly isTimeOut: boolean;
}

/**
 * Searches the schedules of a sequence over a declared space: homes of activations, pinned parameters, segments with their loops and held operands, and every
 * step's mapping. What one goal learns serves the next.
 */
export class ScheduleSearch {
  readonly #question: ScheduleQuestion;
  readonly #labels: StepLabels;
  readonly #floors: OperatorFloors;
  /** Made when the first step is to be mapped: most accelerators are ruled out before. */
  #made: ScheduleGraph | null = null;
  /** No schedule has less energy, or fewer cycles; known before any step is mapped. */
  readonly least: EnergyAndCycles;
  readonly #hull: ScheduleHull;
  /** Of {@link best}, while it runs; null: before. */
  #course: { readonly own: Course; inSegments: boolean } | null = null;
  /** What was begun for {@link edpBelow}, by weight: asked again under another cutoff it goes on from there, and ends with the same sums to the bit. */
  readonly #lines = new Map<number, BegunLine>();

  constructor(question: ScheduleQuestion) {
    const { sequence, accelerator, retention, space, factors } = question;
    this.#question = question;
    this.#hull = new ScheduleHull(question.beside);
    this.#labels = question.labels ?? new StepLabels(accelerator, retention, factors);
    const least = leastExtras(sequence, accelerator, retention);
    this.#floors = new OperatorFloors({
      ...{ sequence, accelerator, retention, pins: space.pins },
      extras: (operator) => least[operator]!,
    });
    this.least = sequence.operators.reduce(
      (sum, _, operator) => sumOf(this.#floors.of(operator, ANYWHERE).pinned, sum),
      question.beside,
    );
  }

  get #graph(): ScheduleGraph {
    this.#made ??= graphOf(this.#question, this.#labels, this.#floors);
    return this.#made;
  }

  /**
   * The schedule with the least objective. It is quasi-concave in the sums of energy and cycles, so its optimum is a corner of their lower hull
   * (`networkOptimumSteps`); a corner is a shortest path over homes ({@link ScheduleLines}), and its arcs cost what the exact mapper answers. Where operators
   * may run tile by tile, the optimum without that comes first: it is one of the schedules, and what is no better than it need not be looked at.
   */
  *best({ objective, holds, weights, expected }: ScheduleGoal): ScheduleSteps<ScheduleOptimum | NoSchedule> {
    const { beside } = this.#question;
    const { least } = this;
    const { choices, stages } = this.#graph;
    const worthOf = (found: FoundSchedule) => {
      const { energyPj, cycles } = sumOf(found, beside);
      return holds === undefined || holds(energyPj, cycles)
        ? objective.value(energyPj, cycles)
        : Number.POSITIVE_INFINITY;
    };
    const course: Course = {
      objective,
      holds,
      weights,
      expected,
      worthOf,
      least,
      lines: [],
      lambdas: 0,
      isStopped: false,
      isOpen: false,
    };
    const running = { own: course, inSegments: false };
    this.#course = running;
    let lowerBound = Number.NEGATIVE_INFINITY;
    let reason = 'no schedule was met';
    for (const [index, stage] of stages.entries()) {
      course.lines = [];
      running.inSegments = index > 0;
      const hull = yield* this.#hull.prove(stage, course);
      lowerBound = hull.lowerBound;
      reason = hull.reason;
      if (!course.isStopped) continue;
      // What is proven of operators that run whole says nothing of others.
      if (index < stages.length - 1) lowerBound = worstCorner([], least, objective.value).value;
      break;
    }
    const met = this.#hull.bestMet(worthOf);
    if (met === null || worthOf(met) === Number.POSITIVE_INFINITY) {
      const isTimeOut = course.isStopped || course.isOpen;
      if (!isTimeOut && reason === NOTHING_FITS) {
        const { sequence, retention } = this.#question;
        reason = yield* batched(null, unfitReason(sequence, retention, choices, this.#labels));
      }
      return { kind: 'none', reason: isTimeOut ? 'the time was over before any schedule was met' : reason, isTimeOut };
    }
    // Those of equal value may have been met after the corners of the hull, none of which kept the limit.
    if (lowerBound === Number.POSITIVE_INFINITY) lowerBound = worstCorner(course.lines, least, objective.value).value;
    const isOptimal = !course.isStopped && lowerBound >= worthOf(met) * (1 - ROUNDING);
    const isAllowed = (one: FoundSchedule) => worthOf(one) < Number.POSITIVE_INFINITY;
    const given = objective === ENERGY ? this.#hull.fastestAlike(met, isAllowed) : met;
    const value = worthOf(given);
    return {
      kind: 'found',
      ...sumOf(given, beside),
      ...this.#scheduled(given),
      value,
      lowerBound: Math.min(lowerBound, value),
      optimal: isOptimal,
      certificate: this.#certificate(course.lambdas),
    };
  }

  /** What {@link best} knows while it runs; null: it has not begun. */
  known(): KnownSoFar | null {
    if (this.#course === null) return null;
    const { own, inSegments } = this.#course;
    // Lines of operators that run whole bound no segments.
    const lines = this.#question.space.fuses === inSegments ? own.lines : [];
    const met = this.#hull.bestMet(own.worthOf);
    const value = met === null ? Number.POSITIVE_INFINITY : own.worthOf(met);
    return {
      value: value === Number.POSITIVE_INFINITY ? null : value,
      lowerBound: Math.min(worstCorner(lines, own.least, own.objective.value).value, value),
      asked: this.#labels.counts.asked,
      inSegments,
    };
  }

  /**
   * EDP of a schedule with operators that run whole, if that is below a cutoff: what a search of accelerators asks of each of them. The schedule is the best one,
   * within a tolerance, for a weight of cycles near its own energy per cycle ({@link edpBelowSteps}); lines rule most accelerators out early.
   * @param lambda weight of cycles to begin with, in pJ per cycle; > 0
   * @param tolerance how far the weighed sum may be above the least one: 0.01 = 1 %
   * @param cutoff EDP from which on nothing matters; may fall on the way
   */
  *edpBelow(lambda: number, tolerance: number, cutoff: () => number): ScheduleSteps<EdpBelow | NoSchedule> {
    const steps = edpBelowSteps(this.least, lambda, cutoff);
    let told: BegunLine | null = null;
    let step = steps.next();
    while (step.done !== true) {
      const line: BegunLine = this.#lines.get(step.value) ?? this.#begin(step.value, tolerance);
      // What is known of a line is told before more is asked; until it is answered a step stays the one to go on from.
      if (told === line && line.step.done !== true) line.step = line.steps.next(yield line.step.value);
      told = line;
      if (line.step.done !== true) {
        step = steps.next({ point: null, lowerBound: line.lowerBound });
        continue;
      }
      const { best, line: solved, isStopped } = line.step.value;
      if (isStopped) return { kind: 'none', reason: 'the time was over', isTimeOut: true };
      if (best === null) return { kind: 'none', reason: NOTHING_FITS, isTimeOut: false };
      step = steps.next({ point: sumOf(best, this.#question.beside), lowerBound: solved.lowerBound });
    }
    return step.value;
  }

  #begin(weight: number, tolerance: number): BegunLine {
    let lowerBound = Number.NEGATIVE_INFINITY;
    const steps = this.#hull.line(this.#graph.stages[0]!, weight, {
      tell: (bound) => {
        lowerBound = Math.max(lowerBound, bound);
      },
      tolerance,
    });
    const line = {
      ...{ steps, step: steps.next() },
      get lowerBound() {
        return lowerBound;
      },
    };
    this.#lines.set(weight, line);
    return line;
  }

  /** All Pareto-optimal sums of the space, by rising energy; for small sequences. */
  *front(): FrontSteps<Sums[]> {
    const { beside, sequence, retention } = this.#question;
    const { cuts, choices } = this.#graph;
    const front = yield* scheduleFront({
      cuts,
      choices,
      labels: this.#labels,
      capacityBits: retention.capacityBits,
      operators: sequence.operators.length,
    });
    return front.map(([energyPj, cycles]): Sums => [energyPj + beside.energyPj, cycles + beside.cycles]);
  }

  /** The schedule that a path is, with the mappings of its steps. */
  #scheduled({ arcs, points, pinnedBits }: FoundSchedule): {
    readonly schedule: Schedule;
    readonly segments: ScheduledSegment[];
  } {
    const { sequence, retention } = this.#question;
    const homes: Home[] = sequence.storages.map(() => 'outermost');
    const own = arcs.map((arc) => choiceOf(arc, this.#graph.choices));
    for (const { first, end, border, retained } of own) {
      for (const storage of retained) homes[storage] = 'retained';
      if (end - first > 1) for (const storage of border.inside) homes[storage] = 'fused';
    }
    const pinned = own.flatMap((choice) => choice.pinned);
    const isPinned = (operator: number) => pinned.includes(operator);
    const capacity = retention.capacityBits ?? Number.POSITIVE_INFINITY;
    const segments = own.map(({ first, end, segment, way }, i): ScheduledSegment => {
      const { passingBits } = arcs[i]!;
      const plan = planSegment(sequence, retention, { homes, isPinned }, segment!);
      if (isUnfit(plan)) throw new RangeError(`a segment that was priced cannot run: ${plan.reason}`);
      const mappingOf = (step: StepKind): Mapping | null => {
        if (step.kind === 'vector') return null;
        const label = this.#labels.numberOf(step.shape, step);
        const { kinds, fixedBits } = way.steps;
        const same = kinds.findIndex((one, kind) => one.labels[0] === label && fixedBits[kind] === step.fixedBits);
        return points[i]![same]!.mapping;
      };
      const steps = plan.kinds.map((step): ScheduledStep => {
        const room = capacity - pinnedBits - passingBits - step.fixedBits;
        return { step, mapping: mappingOf(step), roomBits: Number.isFinite(room) ? room : null };
      });
      return { first, end, steps };
    });
    return { schedule: { homes, pinned, segments: own.map((choice) => choice.segment!) }, segments };
  }

  #certificate(lambdas: number): ScheduleCertificate {
    const { sequence, space } = this.#question;
    const { cuts, choices, stages } = this.#graph;
    return {
      states: cuts.states.length,
      choices: choices.counts.bounded,
      decided: stages.reduce((sum, { counts }) => sum + counts.decided, 0),
      labels: { ...this.#labels.counts },
      lambdas,
      space,
      left: [...cuts.left].map((s) => sequence.storages[s]!.name),
    };
  }
}

/** A line that is solved as far as is known. */
interface BegunLine {
  readonly steps: ScheduleSteps<SolvedLine>;
  step: IteratorResult<LabelBatch, SolvedLine>;
  /** No sums of a schedule weigh less. */
  readonly lowerBound: number;
}

/** What schedules are paths of. */
interface ScheduleGraph {
  readonly cuts: Cuts;
  readonly choices: Choices;
  /** Of operators that run whole, and of all segments where there are others. */
  readonly stages: readonly ScheduleLines[];
}

function graphOf(
  { sequence, accelerator, retention, space }: ScheduleQuestion,
  labels: StepLabels,
  floors: OperatorFloors,
): ScheduleGraph {
  const cuts = new Cuts(sequence, retention);
  const extras = (step: StepKind) => stepExtras(step, accelerator);
  const pricing = { labels, level: retention.level, extras };
  const choices = new Choices({ sequence, retention, cuts, space, pricing, floors });
  const source = {
    cuts,
    choices,
    labels,
    floors,
    operators: sequence.operators.length,
    capacityBits: retention.capacityBits ?? Number.POSITIVE_INFINITY,
  };
  const stages = (space.fuses ? [false, true] : [false]).map(
    (ranges) => new ScheduleLines(new ChoiceArcs(source, ranges), labels, retention.capacityBits),
  );
  return { cuts, choices, stages };
}

/** Activations that may be anywhere. */
const ANYWHERE = { inputs: 'either', second: 'either', output: 'either' } as const;
