import type { EnergyAndCycles } from '../../util/network-totals.ts';
import { energyText } from '../../util/quantity-text.ts';
import { ENERGY, LATENCY, type Objective } from '../mapping/objective.ts';
import { type Limit, limitedBound, weightTowards } from './bounds/limit-bound.ts';
import { cuttingLambda, neededAbove, type SupportingLine, worstCorner } from './bounds/line-bound.ts';
import type { FoundSchedule } from './found-schedule.ts';
import { type LabelAsk, type LabelOutcome, ROUNDING, weighed } from './step-labels.ts';
import type { LabelSteps, LineCourse, ScheduleLines, SupportingSchedule } from './supporting-schedule.ts';

/** Layers to be mapped for a weight of their cycles; null: for the least latency. */
export interface LabelBatch {
  readonly lambda: number | null;
  readonly asks: readonly LabelAsk[];
}

/** Yields layers to be mapped, is given the outcomes in their order (null: the time is over), and returns the best schedule. */
export type ScheduleSteps<Answer> = Generator<LabelBatch, Answer, readonly LabelOutcome[] | null>;

/** What a schedule is searched for. */
export interface ScheduleGoal {
  /** A product of powers of the sums: EDP, ED2P, energy or latency. */
  readonly objective: Objective;
  /** A limit on the sums that stays broken when energy or cycles grow; absent: none. */
  readonly holds?: Limit | undefined;
  /** Weights of cycles (pJ per cycle) for which layers of their own are mapped already: one of them is taken where it serves; absent: none. */
  readonly weights?: readonly number[] | undefined;
  /** Sums of which those looked for are not far, as where every layer is on its own; absent: none are known. */
  readonly expected?: EnergyAndCycles | undefined;
}

/** Weights within this factor are near. */
const NEAR = 1.5;

/** Lines that are solved for one goal at most. */
const MOST_LINES = 64;

/** Of the least energy, what all cycles that could be saved weigh at first where the fastest of equal energy is looked for. */
const FIRST_TRADE = 1e-6;

/** A search for one goal while it runs. */
export interface Course extends ScheduleGoal {
  readonly worthOf: (found: FoundSchedule) => number;
  /** No schedule has less energy, or fewer cycles. */
  readonly least: EnergyAndCycles;
  lines: SupportingLine[];
  lambdas: number;
  isStopped: boolean;
  /** Whether searches of mappings ended before they found any. */
  isOpen: boolean;
}

/** The best schedule of a line, and the line. */
export interface SolvedLine {
  readonly best: FoundSchedule | null;
  readonly line: SupportingLine;
  readonly isStopped: boolean;
}

/** Why there is no schedule. */
export const NOTHING_FITS = 'no schedule fits';

/** What the hull of a stage proves. */
export interface HullProof {
  readonly lowerBound: number;
  /** Why there is no schedule. */
  readonly reason: string;
}

/**
 * The lower hull of the sums of schedules, as far as a goal needs it. The objective is quasi-concave in the sums of energy and cycles, so its optimum is a corner of
 * the hull, and a corner is the best schedule for some weight of the cycles.
 */
export class ScheduleHull {
  readonly #beside: EnergyAndCycles;
  /** Schedules met, for whatever goal. */
  readonly #met: FoundSchedule[] = [];

  /** @param beside what the network costs beside its operators */
  constructor(beside: EnergyAndCycles) {
    this.#beside = beside;
  }

  /**
   * What bounds a goal from below over all schedules of a stage, with the best of equal value met. Without its limit first: where the optimum keeps that, it is the answer.
   */
  *prove(stage: ScheduleLines, course: Course): ScheduleSteps<HullProof> {
    const { objective, holds, worthOf, least } = course;
    const beside = this.#beside;
    const proof = yield* this.#byCorners(stage, course, (found) => {
      const { energyPj, cycles } = sumOf(found, beside);
      return objective.value(energyPj, cycles);
    });
    if (proof.lowerBound === Number.POSITIVE_INFINITY) return proof;
    if (!course.isStopped && objective === LATENCY) course.isStopped = yield* this.#thriftiest(stage, least.energyPj);
    if (!course.isStopped && objective === ENERGY) course.isStopped = yield* this.fastest(stage, least.cycles);
    const best = this.bestMet(worthOf);
    if (holds === undefined || (best !== null && worthOf(best) * (1 - ROUNDING) <= proof.lowerBound)) return proof;
    return yield* this.#withinLimit(stage, course, holds);
  }

  /** Solves the lines that cut off the corner with the least value, until no corner is better than what was met. @param worthOf of a goal without limit */
  *#byCorners(
    stage: ScheduleLines,
    course: Course,
    worthOf: (found: FoundSchedule) => number,
  ): ScheduleSteps<HullProof> {
    const { objective, least, lines, weights = [] } = course;
    let lambda: number | null = this.#firstLambda(course, worthOf);
    for (let round = 0; round < MOST_LINES; round++) {
      const found = yield* this.#line(stage, lambda, course);
      if (found === null && !course.isStopped) return { lowerBound: Number.POSITIVE_INFINITY, reason: NOTHING_FITS };
      const best = this.bestMet(worthOf);
      const value = best === null ? Number.POSITIVE_INFINITY : worthOf(best);
      const corner = worstCorner(lines, least, objective.value);
      if (course.isStopped || corner.value >= value * (1 - ROUNDING))
        return { lowerBound: Math.min(corner.value, value), reason: '' };
      const next = cuttingLambda(corner, { least, value: objective.value, cutoff: value, weights });
      // A line that is known already, and open, cuts nothing.
      if (lines.some((line) => line.lambda === next)) break;
      lambda = next;
    }
    return { lowerBound: worstCorner(lines, least, objective.value).value, reason: '' };
  }

  /**
   * The weight at which the objective changes as the sums do: where the best schedule met is, or the least sums are. Where sums are expected, the one whose line through them
   * leaves nothing better with fewer cycles, if that is near; else one for which more is known, if that is.
   */
  #firstLambda(
    { objective, least, expected, weights = [] }: Course,
    worthOf: (found: FoundSchedule) => number,
  ): number | null {
    const met = this.bestMet(worthOf);
    const { energyPj, cycles } = met === null ? (expected ?? least) : sumOf(met, this.#beside);
    const [e, c] = [Math.max(energyPj, 1) * 1e-6, Math.max(cycles, 1) * 1e-6];
    const here = objective.value(energyPj, cycles);
    const byEnergy = (objective.value(energyPj + e, cycles) - here) / e;
    const byCycles = (objective.value(energyPj, cycles + c) - here) / c;
    if (byEnergy === 0) return null;
    const lambda = byCycles / byEnergy;
    if (met !== null || expected === undefined || lambda === 0) return lambda;
    const needed = neededAbove(expected, { least, value: objective.value, cutoff: here });
    if (needed <= lambda * NEAR) return Math.max(needed, lambda);
    const far = (own: number) => Math.abs(Math.log(own / lambda));
    const nearest = weights.reduce((best, own) => (own > 0 && far(own) < far(best) ? own : best), lambda * 2 * NEAR);
    return far(nearest) <= Math.log(NEAR) ? nearest : lambda;
  }

  /**
   * Solves the lines that raise the bound where the hull meets a limit that its best corner breaks. What keeps the limit best may lie above the hull: what schedules
   * met make together comes near it, and the gap to the bound is left.
   */
  *#withinLimit(stage: ScheduleLines, course: Course, holds: Limit): ScheduleSteps<HullProof> {
    const { objective, worthOf, least, lines } = course;
    for (let round = 0; ; round++) {
      const bound = limitedBound(lines, least, objective.value, holds);
      const isBeyond = bound.value === Number.POSITIVE_INFINITY;
      const best = this.bestMet(worthOf);
      const value = best === null ? Number.POSITIVE_INFINITY : worthOf(best);
      const next = weightTowards(lines, bound);
      const isSettled = isBeyond || bound.value >= value * (1 - ROUNDING);
      if (!isSettled && !course.isStopped && next !== undefined && round < MOST_LINES) {
        yield* this.#line(stage, next, course);
        continue;
      }
      if (isBeyond) return { lowerBound: bound.value, reason: `no schedule keeps the limit: ${this.#endsText()}` };
      if (!isSettled) {
        const made = stage.combined([...this.#met].reverse(), this.#beside, { value: objective.value, holds });
        if (made !== null) this.#met.push(made);
      }
      return { lowerBound: bound.value, reason: `no schedule met keeps the limit: ${this.#endsText()}` };
    }
  }

  /** The ends of what was met. */
  #endsText(): string {
    const fastest = this.bestMet(({ cycles }) => cycles);
    const thriftiest = this.bestMet(({ energyPj }) => energyPj);
    if (fastest === null || thriftiest === null) return 'none was met at all';
    const { cycles } = sumOf(fastest, this.#beside);
    const { energyPj } = sumOf(thriftiest, this.#beside);
    return `the least latency met is ${cycles} cycles, the least energy met ${energyText(energyPj)}`;
  }

  /** Solves one line for a goal. */
  *#line(stage: ScheduleLines, lambda: number | null, course: Course): ScheduleSteps<FoundSchedule | null> {
    course.lambdas++;
    const { best, line, isStopped } = yield* this.line(stage, lambda);
    course.isStopped ||= isStopped;
    course.isOpen ||= best === null && line.lowerBound < Number.POSITIVE_INFINITY;
    course.lines.push(line);
    return best;
  }

  /** Solves one line. @param course told of the sums of schedules */
  *line(stage: Pick<ScheduleLines, 'solve'>, lambda: number | null, course?: LineCourse): ScheduleSteps<SolvedLine> {
    const beside = this.#beside;
    const besideWeight = weighed(lambda, beside.energyPj, beside.cycles);
    const own = this.bestMet(({ energyPj, cycles }) => weighed(lambda, energyPj, cycles));
    const { best, lowerBound, isStopped } = yield* batched(
      lambda,
      stage.solve(lambda, own, course && { ...course, tell: (bound) => course.tell(bound + besideWeight) }),
    );
    if (best !== null) this.#met.push(best);
    const isProven = lowerBound >= weighedSum(lambda, best) * (1 - ROUNDING);
    const line = {
      lambda,
      lowerBound: lowerBound + besideWeight,
      at: best === null || !isProven ? null : sumOf(best, beside),
    };
    return { best, line, isStopped };
  }

  /**
   * Of the fastest schedules one of the least energy, but for rounding: a cycle weighs more than all the energy that could be saved for it.
   * @returns whether the time was over
   */
  *#thriftiest(stage: ScheduleLines, leastPj: number): ScheduleSteps<boolean> {
    const fastest = this.bestMet(({ cycles }) => cycles);
    if (fastest === null) return false;
    const lambda = Math.max(1, 2 * (fastest.energyPj - leastPj));
    const own = this.bestMet(({ energyPj, cycles }) => weighed(lambda, energyPj, cycles));
    const { best, isStopped } = yield* batched(lambda, stage.solve(lambda, own));
    if (best !== null) this.#met.push(best);
    return isStopped;
  }

  /**
   * Of the schedules of the least energy one of the fewest cycles, but for rounding. No weight of cycles is sure to lie below all that cycles are bought for, so
   * the first that buys some gives way to the one at which these cost what the least energy does, until nothing lies below that line.
   * @returns whether the time was over
   */
  *fastest(stage: Pick<ScheduleLines, 'solve'>, leastCycles: number): ScheduleSteps<boolean> {
    let lambda: number | null = null;
    for (let round = 0; round < MOST_LINES; round++) {
      const thriftiest = this.bestMet(({ energyPj }) => energyPj);
      if (thriftiest === null) return false;
      const fastest = this.fastestAlike(thriftiest);
      const most = fastest.cycles - leastCycles;
      lambda ??= (FIRST_TRADE * fastest.energyPj) / most;
      // Weights below that are lost in the rounding of sums.
      if (most <= 0 || lambda * most <= ROUNDING * fastest.energyPj) return false;
      const weigh = ({ energyPj, cycles }: FoundSchedule) => weighed(lambda, energyPj, cycles);
      const { best, isStopped }: SupportingSchedule = yield* batched(lambda, stage.solve(lambda, this.bestMet(weigh)));
      if (best !== null) this.#met.push(best);
      if (isStopped || best === null) return isStopped;
      if (isAlike(best, thriftiest) || weigh(best) >= weigh(fastest) * (1 - ROUNDING)) return false;
      lambda = (best.energyPj - thriftiest.energyPj) / (fastest.cycles - best.cycles);
    }
    return false;
  }

  /** Of the schedules met with the energy of one, but for rounding, the one of the fewest cycles. @param isAllowed default: all are */
  fastestAlike(thriftiest: FoundSchedule, isAllowed: (found: FoundSchedule) => boolean = () => true): FoundSchedule {
    let best = thriftiest;
    for (const one of this.#met) if (one.cycles < best.cycles && isAlike(one, thriftiest) && isAllowed(one)) best = one;
    return best;
  }

  /** The schedule met that has the least value, and of those the least energy; null: none was met. */
  bestMet(worthOf: (found: FoundSchedule) => number): FoundSchedule | null {
    let best: FoundSchedule | null = null;
    for (const one of this.#met) {
      if (best === null) best = one;
      else if (worthOf(one) < worthOf(best)) best = one;
      else if (worthOf(one) === worthOf(best) && one.energyPj < best.energyPj) best = one;
    }
    return best;
  }
}

/** The sums of a network with a schedule. */
export function sumOf(found: EnergyAndCycles, beside: EnergyAndCycles): EnergyAndCycles {
  return { energyPj: found.energyPj + beside.energyPj, cycles: found.cycles + beside.cycles };
}

/** Whether a schedule takes no more energy than the thriftiest, but for rounding. */
function isAlike({ energyPj }: EnergyAndCycles, thriftiest: EnergyAndCycles): boolean {
  return energyPj <= thriftiest.energyPj * (1 + ROUNDING);
}

function weighedSum(lambda: number | null, found: EnergyAndCycles | null): number {
  return found === null ? Number.POSITIVE_INFINITY : weighed(lambda, found.energyPj, found.cycles);
}

/** Asks for the labels of a search with the weight that they are asked for. */
export function* batched<Answer>(lambda: number | null, steps: LabelSteps<Answer>): ScheduleSteps<Answer> {
  let step = steps.next();
  while (step.done !== true) step = steps.next(yield { lambda, asks: step.value });
  return step.value;
}
