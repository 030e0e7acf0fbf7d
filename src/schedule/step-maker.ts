import type { ReadWords, VectorLoad } from '../workload/graph/fusion.ts';
import type { SequenceMac, SequenceVector } from '../workload/graph/sequence.ts';
import type { LayerShape } from '../workload/layer.ts';
import { makeProblem } from '../workload/problem.ts';
import { BOX, boxWords } from './boxes.ts';
import { type Frame, type FrameOperand, operandWords } from './frame.ts';
import { touchBox } from './reach.ts';
import type { FixedPart, MacStep, PlacedWords, StepKind, VectorStep } from './step-kind.ts';

/** A step without the number of its like. */
export type Step = Omit<MacStep, 'count'> | Omit<VectorStep, 'count'>;

/** What a step takes of the retention level and moves to and from it. */
export type StepTraffic = Pick<StepKind, 'fixed' | 'fixedBits' | 'moves'>;

/** The step of an operator that makes a box of its output. */
export function makeStep(frame: Frame, at: number, made: Int32Array, traffic: StepTraffic): Step {
  const { operator, index, output } = frame.operators[at]!;
  if (operator.kind === 'view') throw new RangeError(`${operator.name} is a view, which has no step`);
  const words = boxWords(made, BOX * at);
  const whole = operandWords(frame.operands[output]!);
  const channels = (made[BOX * at + 3]! - made[BOX * at + 2]!) / frame.operands[output]!.sizes[1];
  const share = { work: words / whole, parameters: channels };
  const common = { operator: index, ...traffic };
  return operator.kind === 'mac'
    ? { ...common, ...macPart(frame, at, operator, made, share) }
    : { ...common, ...vectorPart(frame, at, operator, made, share) };
}

/** Shares of an operator's work and parameters in a step. */
interface Share {
  readonly work: number;
  readonly parameters: number;
}

function macPart(frame: Frame, at: number, operator: SequenceMac, made: Int32Array, share: Share) {
  const { inputs, output } = frame.operators[at]!;
  return {
    kind: 'mac' as const,
    shape: share.work === 1 ? operator.shape : stepShape(frame, at, operator, made),
    inputs: isRetained(frame.operands[inputs[0]!]!),
    weights: isRetained(frame.operands[inputs[1]!]!),
    outputs: isRetained(frame.operands[output]!),
    fused: operator.fused.map((load) => scaledLoad(load, share)),
  };
}

function vectorPart(frame: Frame, at: number, { load }: SequenceVector, made: Int32Array, share: Share) {
  const { inputs, reaches, output } = frame.operators[at]!;
  const { operands } = frame;
  const touched = new Int32Array(BOX);
  const placed = (operand: FrameOperand, words: number): PlacedWords => ({
    words,
    wordBits: operand.wordBits,
    isRetained: isRetained(operand),
  });
  const { reads, work } = scaledLoad(load, share);
  return {
    kind: 'vector' as const,
    extents: [0, 1, 2, 3].map((axis) => made[BOX * at + 2 * axis + 1]! - made[BOX * at + 2 * axis]!),
    operands: inputs.map((input, i) => {
      if (share.work === 1) return placed(operands[input]!, operandWords(operands[input]!));
      touchBox(reaches[i]!, made, BOX * at, touched, 0);
      return placed(operands[input]!, boxWords(touched, 0));
    }),
    parameters: reads,
    output: placed(operands[output]!, boxWords(made, BOX * at)),
    work,
  };
}

/** Whether a step finds or leaves an operand in the retention level. */
export function isRetained({ place }: Pick<FrameOperand, 'place'>): boolean {
  return place !== 'streamed';
}

function scaledLoad(load: VectorLoad, { work, parameters }: Share): VectorLoad {
  if (work === 1) return load;
  const part = (value: number, share: number) => Math.ceil(value * share - 1e-9);
  return {
    ...load,
    reads: load.reads.map((read): ReadWords => ({ ...read, words: part(read.words, parameters) })),
    wordsOut: part(load.wordsOut, work),
    work: { simple: part(load.work.simple, work), special: part(load.work.special, work) },
  };
}

/** The problem of a step, with the padding and the stored size of the input as they are at its border. */
function stepShape(frame: Frame, at: number, { shape }: SequenceMac, made: Int32Array): LayerShape {
  const { problem } = shape;
  const { bounds, stride, dilation } = problem;
  const box = BOX * at;
  const extent = (axis: number) => made[box + 2 * axis + 1]! - made[box + 2 * axis]!;
  const touched = new Int32Array(BOX);
  touchBox(frame.operators[at]!.reaches[0]!, made, box, touched, 0);
  const padding = (axis: 2 | 3) => {
    const before = problem.paddingBefore[axis - 2]!;
    return Math.max(0, before - made[box + 2 * axis]! * stride[axis - 2]!);
  };
  const channels = extent(1);
  const dims = bounds.G > 1 ? { G: channels / bounds.K, K: bounds.K } : { G: 1, K: channels };
  const { wordBits, zeros } = shape;
  return {
    problem: makeProblem({
      name: problem.name,
      bounds: { ...bounds, ...dims, N: extent(0), P: extent(2), Q: extent(3) },
      stride,
      dilation,
      paddingBefore: [padding(2), padding(3)],
      inputSize: [touched[5]! - touched[4]!, touched[7]! - touched[6]!],
    }),
    wordBits,
    ...(zeros === undefined ? {} : { zeros }),
  };
}

/** Parts of the room with their sum, and moves, of what a step keeps. */
export function stepTraffic(fixed: readonly FixedPart[], moves: StepKind['moves']): StepTraffic {
  return { fixed, fixedBits: fixed.reduce((sum, { bits }) => sum + bits, 0), moves };
}
