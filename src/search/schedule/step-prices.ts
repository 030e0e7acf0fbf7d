import type { StepKind, VectorStep } from '../../schedule/step-kind.ts';
import { subsets } from '../../util/integers.ts';
import type { EnergyAndCycles } from '../../util/network-totals.ts';
import { type LabelAsk, type LabelPoint, type StepLabels, weighed } from './step-labels.ts';

/** Equal steps with what their cost is the least of. Many segments share them: they differ in the room that is left. */
export interface PricedStep extends StepPrice {
  /** Operator, counted from the first of the segment. */
  readonly at: number;
  readonly count: number;
}

/** The steps of a segment. */
export interface SegmentSteps {
  readonly kinds: readonly PricedStep[];
  /** [kind]: bits of the retention level that a step takes beside tiles of its mapping and what passes by. */
  readonly fixedBits: readonly number[];
}

/** Steps while nothing is decided of them. */
export const NO_STEPS: SegmentSteps = { kinds: [], fixedBits: [] };

/** What the cost of a step is the least of. */
export interface StepPrice {
  /** What no mapping changes: of a vector step, or of what is fused; several where operands are not decided yet. */
  readonly extras: readonly EnergyAndCycles[];
  /** Numbers of labels, of which the least counts; none: no mapping. Parameters that are not decided are streamed. */
  readonly labels: readonly number[];
  /** The same with parameters in the retention level; null: they are decided, or there are none. */
  readonly ifRetained: readonly number[] | null;
}

/** Least cost of equal steps all together. @param own labels of which the least counts */
function stepsCost(
  { count, extras }: PricedStep,
  own: readonly number[],
  labels: StepLabels,
  lambda: number | null,
  roomBits: number,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { energyPj, cycles } of extras) least = Math.min(least, weighed(lambda, energyPj, cycles));
  if (own.length > 0) least += leastLabel(own, labels, lambda, roomBits);
  return count * least;
}

/** Least cost of steps of which everything is decided, with `baseBits` of the retention level for all that is not fixed in them. */
export function lowerCost(
  { kinds, fixedBits }: SegmentSteps,
  labels: StepLabels,
  lambda: number | null,
  baseBits: number,
): number {
  let sum = 0;
  for (let i = 0; i < kinds.length; i++) {
    const one = kinds[i]!;
    const roomBits = baseBits - fixedBits[i]!;
    if (roomBits < 0) return Number.POSITIVE_INFINITY;
    sum += stepsCost(one, one.labels, labels, lambda, roomBits);
    if (sum === Number.POSITIVE_INFINITY) break;
  }
  return sum;
}

/** Least costs of the operators of steps: as they are decided, and with parameters in the retention level where that is open; by operator of the segment. */
export function operatorCosts(
  { kinds, fixedBits }: SegmentSteps,
  labels: StepLabels,
  lambda: number | null,
  baseBits: number,
  operators: number,
): { readonly streamed: Float64Array; readonly retained: Float64Array } {
  const streamed = new Float64Array(operators);
  const retained = new Float64Array(operators);
  for (let i = 0; i < kinds.length; i++) {
    const one = kinds[i]!;
    const { at } = one;
    const roomBits = baseBits - fixedBits[i]!;
    const cost = (own: readonly number[]) =>
      roomBits < 0 ? Number.POSITIVE_INFINITY : stepsCost(one, own, labels, lambda, roomBits);
    streamed[at]! += cost(one.labels);
    if (one.ifRetained !== null) retained[at]! += cost(one.ifRetained);
  }
  return { streamed, retained };
}

function leastLabel(own: readonly number[], labels: StepLabels, lambda: number | null, roomBits: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const label of own) least = Math.min(least, labels.rangeOf(label, lambda, roomBits).lower);
  return least;
}

/** The searches that would raise the least cost of steps, or settle it; none when it is settled. Of open parameters those with the least cost: in the level. */
export function openAsks(
  { kinds, fixedBits }: SegmentSteps,
  labels: StepLabels,
  lambda: number | null,
  baseBits: number,
): LabelAsk[] {
  const asks: LabelAsk[] = [];
  for (const [i, { labels: streamed, ifRetained }] of kinds.entries()) {
    const own = ifRetained ?? streamed;
    const roomBits = baseBits - fixedBits[i]!;
    if (own.length === 0 || roomBits < 0) continue;
    const least = leastLabel(own, labels, lambda, roomBits);
    const best = own.filter((label) => labels.rangeOf(label, lambda, roomBits).lower === least);
    if (best.some((label) => !labels.isOpen(label, lambda, roomBits))) continue;
    asks.push(labels.askOf(best[0]!, lambda, roomBits));
  }
  return asks;
}

/** The best known mappings of steps, with their sums; null where one has none. */
export function knownPoints(
  { kinds, fixedBits }: SegmentSteps,
  labels: StepLabels,
  lambda: number | null,
  baseBits: number,
): (EnergyAndCycles & { readonly points: readonly (LabelPoint | null)[] }) | null {
  const points: (LabelPoint | null)[] = [];
  let energyPj = 0;
  let cycles = 0;
  for (const [i, { count, extras, labels: own }] of kinds.entries()) {
    const roomBits = baseBits - fixedBits[i]!;
    if (roomBits < 0) return null;
    const point = own.length === 0 ? null : labels.rangeOf(own[0]!, lambda, roomBits).point;
    if (own.length > 0 && point === null) return null;
    points.push(point);
    energyPj += count * (extras[0]!.energyPj + (point?.energyPj ?? 0));
    cycles += count * (extras[0]!.cycles + (point?.cycles ?? 0));
  }
  return { points, energyPj, cycles };
}

/** How the steps of a plan are priced. */
export interface StepPricing {
  readonly labels: StepLabels;
  /** Index of the retention level. */
  readonly level: number;
  /** What no mapping changes of a step whose operands lie where they lie. */
  readonly extras: (step: StepKind) => EnergyAndCycles;
}

/** An operand of a segment of which nobody has decided yet how it comes into the retention level, if at all. */
export interface OpenOperand {
  readonly kind: 'tensor' | 'parameters';
  /** Tensor, or operator. */
  readonly index: number;
}

/** Which operands of a step are not decided. */
export interface OpenParts {
  /** Whether its parameters are streamed, held or pinned, nobody knows. */
  readonly parameters: boolean;
  readonly operand: (operand: number) => boolean;
}

/** What the cost of a step is the least of. */
export function stepPrice(step: StepKind, { labels, level, extras }: StepPricing, open: OpenParts): StepPrice {
  if (step.kind === 'vector') {
    const free = step.load.reads.flatMap((_, i) => (open.operand(i) ? [i] : []));
    const choices = subsets(free).map((retained) => extras(withRetained(step, retained, level)));
    return { extras: choices, labels: [], ifRetained: null };
  }
  const either = (is: boolean, operand: number) => (is || !open.operand(operand) ? [is] : [false, true]);
  // Copied, as flat maps leave room for more.
  const numbers = (seconds: readonly boolean[]) => [
    ...seconds.flatMap((weights) =>
      either(step.inputs, 0).map((inputs) => labels.numberOf(step.shape, { ...step, weights, inputs })),
    ),
  ];
  const isOpen = open.parameters && !step.weights;
  return {
    extras: [extras(step)],
    labels: numbers(either(step.weights, 1)),
    ifRetained: isOpen ? numbers([true]) : null,
  };
}

function withRetained(step: VectorStep, retained: readonly number[], level: number): VectorStep {
  if (retained.length === 0) return step;
  const reads = step.load.reads.map((words, i) => (retained.includes(i) ? { ...words, home: level } : words));
  return { ...step, load: { ...step.load, reads } };
}
