import { planSegment } from '../../schedule/plan.ts';
import { isUnfit, type Retention } from '../../schedule/retention.ts';
import type { HeldOperand, Home, Segment } from '../../schedule/schedule.ts';
import type { MacStep } from '../../schedule/step-kind.ts';
import { subsets } from '../../util/integers.ts';
import { TENSORS } from '../../util/vocabulary.ts';
import { layerKey } from '../../workload/distinct-layers.ts';
import type { Sequence } from '../../workload/graph/sequence.ts';
import type { ReadWords } from '../../workload/read-words.ts';
import { sharedLoops } from '../schedule/declared-space.ts';
import { borderOf, PLAIN_LEVEL } from './border.ts';
import { stepWithin } from './layer-curves.ts';
import { Staircase } from './staircase.ts';
import {
  type CurveOptions,
  type CurveStep,
  crossingBits,
  crossingWords,
  type TrafficCurve,
  trafficCurve,
} from './traffic-curve.ts';

/** A step of a pair with the mapping that it runs with. */
export interface PairedStep {
  readonly step: MacStep;
  readonly mapping: CurveStep;
}

/** A way to run two operators: one after the other, or tile by tile. */
export interface PairChoice {
  /** Home of what the first makes: retained as a whole, or as tiles. */
  readonly home: Exclude<Home, 'outermost'>;
  /** The operators one by one, or both together. */
  readonly segments: readonly Segment[];
}

/** A stair of the curve of a pair. */
export interface PairStep {
  readonly heldBits: number;
  /** Words or bits, whichever are counted. */
  readonly value: number;
  readonly words: number;
  readonly bits: number;
  readonly choice: PairChoice;
  /** By segment, its kinds of steps. */
  readonly steps: readonly (readonly PairedStep[])[];
}

/** What crosses at least where two operators run as one, what flows between them staying in the buffer. */
export interface PairCurve {
  readonly steps: readonly PairStep[];
  readonly choices: number;
}

/** A buffer of any size that holds words as wide as they are, in place of a retention level. */
export const PLAIN_RETENTION: Retention = {
  level: 1,
  levelName: 'the buffer',
  capacityBits: null,
  copies: 1,
  keepsOutputs: true,
  keepsWeights: true,
  pricesVectors: true,
  activationBits: (wordBits) => wordBits,
  partialBits: ({ wordBits }) => wordBits.Outputs,
  parameterBits: (wordBits) => wordBits,
};

/** The axes of shared loops that are tried, each list from the outer to the inner one. */
const LOOPS = [['n'], ['c'], ['p'], ['q'], ['reduced'], ['p', 'reduced'], ['n', 'reduced']] as const;

/**
 * The curve of two operators that follow each other: over keeping all that flows between them, or running tile by tile within shared loops, over what is held of what
 * comes from outside, and over all mappings of each step. The room of a step is what its tiles, the tiles between the operators and what is held take.
 * @param first a layer of the sequence whose output the next one, a layer too, alone reads
 * @returns null when stopped
 */
export function pairCurve(
  sequence: Sequence,
  first: number,
  options: Omit<CurveOptions, 'inside' | 'isStaged'>,
): PairCurve | null {
  const { shouldStop = () => false, counted } = options;
  const between = sequence.operators[first]!.output;
  const stairs = new Staircase<PairStep>();
  const curves = new Map<string, TrafficCurve>();
  let choices = 0;
  for (const choice of pairChoices(sequence, first)) {
    if (shouldStop()) return null;
    choices++;
    const homes = sequence.storages.map(
      (_, storage): Home => (storage === sequence.tensors[between]!.storage ? choice.home : 'outermost'),
    );
    const plans = choice.segments.map((segment) =>
      planSegment(sequence, PLAIN_RETENTION, { homes, isPinned: () => false }, segment),
    );
    const kinds: { readonly step: MacStep; readonly curve: TrafficCurve; readonly segment: number }[] = [];
    let isFit = true;
    for (const [segment, plan] of plans.entries()) {
      if (isUnfit(plan)) {
        isFit = false;
        break;
      }
      for (const step of plan.kinds) {
        if (step.kind !== 'mac') throw new Error('a pair has no vector steps');
        const curve = curveOf(step);
        if (curve === null) return null;
        kinds.push({ step, curve, segment });
      }
    }
    if (!isFit) continue;
    const least = Math.max(...kinds.map(({ step, curve }) => step.fixedBits + curve.steps[0]!.heldBits));
    const rooms = kinds.flatMap(({ step, curve }) => curve.steps.map(({ heldBits }) => step.fixedBits + heldBits));
    for (const room of new Set([least, ...rooms])) {
      if (room < least) continue;
      const steps = kinds.map(({ step, curve }) => ({ step, mapping: stepWithin(curve, room - step.fixedBits)! }));
      const { words, bits } = sumsOf(steps);
      const value = counted === 'words' ? words : bits;
      if (value >= stairs.valueWithin(room)) continue;
      const ofSegments = choice.segments.map((_, segment) => steps.filter((_step, i) => kinds[i]!.segment === segment));
      stairs.add(room, value, { heldBits: room, value, words, bits, choice, steps: ofSegments });
    }
  }
  return { steps: stairs.points(), choices };

  function curveOf({ shape, weights, inputs, outputs, activationBits }: MacStep): TrafficCurve | null {
    const isInPlace = outputs && PLAIN_RETENTION.partialBits(shape) === activationBits;
    const isInside = { Weights: weights, Inputs: inputs, Outputs: isInPlace };
    const inside = TENSORS.filter((tensor) => isInside[tensor]);
    const isStaged = outputs && !isInPlace;
    const key = `${layerKey(shape)};${inside.join(',')};${isStaged}`;
    const known = curves.get(key);
    if (known !== undefined) return known;
    const border = borderOf(shape, PLAIN_LEVEL, PLAIN_LEVEL);
    const curve = trafficCurve(shape, border, { ...options, inside, isStaged });
    if (curve !== null) curves.set(key, curve);
    return curve;
  }
}

/** What all steps move, of their mappings and beside them. */
function sumsOf(steps: readonly PairedStep[]): { words: number; bits: number } {
  let [words, bits] = [0, 0];
  for (const { step, mapping } of steps) {
    const moved: readonly ReadWords[] = [...step.moves.fetched, ...step.moves.drained];
    words += step.count * (crossingWords(mapping.words) + moved.reduce((sum, entry) => sum + entry.words, 0));
    bits +=
      step.count *
      (crossingBits(mapping.words, step.shape.wordBits) +
        moved.reduce((sum, entry) => sum + entry.words * entry.wordBits, 0));
  }
  return { words, bits };
}

/** All ways to run a pair. */
function* pairChoices(sequence: Sequence, first: number): Generator<PairChoice> {
  const alone = (operator: number): Segment => ({
    ...{ first: operator, end: operator + 1, loops: [], halo: 'cached', held: [] },
  });
  yield { home: 'retained', segments: [alone(first), alone(first + 1)] };
  const outside = operandsOutside(sequence, first);
  const space = {
    ...{ fuses: true, fusesViews: false, pins: false, loops: LOOPS, longestSegment: 2 },
    ...{ channelCuts: 'anywhere' as const, tiles: 'fewest' as const },
  };
  for (const loops of sharedLoops(sequence, first + 1, space)) {
    const slides = loops.some(({ axis }) => axis === 'p' || axis === 'q');
    for (const halo of slides ? (['cached', 'recomputed'] as const) : (['cached'] as const))
      for (const held of subsets(outside))
        yield { home: 'fused', segments: [{ first, end: first + 2, loops, halo, held }] };
  }
}

/** What the two operators read from outside: the operands that may be held. */
function operandsOutside({ operators }: Sequence, first: number): HeldOperand[] {
  const made = operators[first]!.output;
  const found: HeldOperand[] = [];
  for (const index of [first, first + 1]) {
    const operator = operators[index]!;
    for (const tensor of operator.inputs)
      if (tensor !== made && !found.some((one) => one.kind === 'tensor' && one.tensor === tensor))
        found.push({ kind: 'tensor', tensor });
    if (operator.kind === 'mac' && operator.second.kind === 'parameters')
      found.push({ kind: 'parameters', operator: index });
  }
  return found;
}
