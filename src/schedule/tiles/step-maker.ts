import type { HomedLoad, HomedWords } from '../../cost/vector-step.ts';
import type { VectorLoad } from '../../workload/graph/fusion.ts';
import type { SequenceMac, SequenceVector } from '../../workload/graph/sequence.ts';
import type { LayerShape } from '../../workload/layer.ts';
import { makeProblem } from '../../workload/problem.ts';
import type { ReadWords } from '../../workload/read-words.ts';
import type { FixedPart, StepKind } from '../step-kind.ts';
import { BOX, boxWords } from './boxes.ts';
import { type Frame, type FrameOperand, operandWords } from './frame.ts';
import { touchBox } from './reach.ts';
import { type SinkStage, sinkStage } from './sink-stage.ts';

/** What a step takes of the retention level and moves to and from it. */
export type StepTraffic = Pick<StepKind, 'fixed' | 'fixedBits' | 'moves'>;

/** One step of an operator that makes a box of its output. Written out: searches make them by the thousand. @param level the retention level */
export function makeStep(
  frame: Frame,
  level: number,
  at: number,
  made: Int32Array,
  { fixed, fixedBits, moves }: StepTraffic,
): StepKind {
  const { operator, index, output, inputs } = frame.operators[at]!;
  if (operator.kind === 'view') throw new RangeError(`${operator.name} is a view, which has no step`);
  const whole = frame.operands[output]!;
  const words = boxWords(made, BOX * at);
  const of = operandWords(whole);
  // What reads no activation reads rows of a table.
  const parameters: Share['parameters'] = inputs.length === 0 ? [words, of] : [extentOf(made, at, 1), whole.sizes[1]];
  const share: Share = { words: [words, of], parameters };
  const stage = frame.partial !== null && at === frame.operators.length - 1 ? sinkStage(frame, made) : null;
  // What runs with a layer takes complete words.
  const fused =
    operator.fused.length === 0 || stage?.completes === false
      ? NONE
      : operator.fused.map((load) => scaledLoad(load, share));
  if (operator.kind === 'mac')
    return {
      kind: 'mac',
      count: 1,
      operator: index,
      fixedBits,
      fixed,
      moves,
      shape: words === of && stage === null ? operator.shape : stepShape(frame, at, operator, made, stage),
      weights: isRetained(frame.operands[inputs[1]!]!),
      inputs: isRetained(frame.operands[inputs[0]!]!),
      outputs: isRetained(whole),
      activationBits: stage === null ? whole.bits : frame.partial!.wordBits,
      resumes: stage?.resumes ?? false,
      fused,
    };
  return {
    kind: 'vector',
    count: 1,
    operator: index,
    fixedBits,
    fixed,
    moves,
    extents: [0, 1, 2, 3].map((axis) => extentOf(made, at, axis)),
    load: vectorLoad(frame, level, at, operator, made, share, moves),
    fused,
  };
}

const NONE: readonly VectorLoad[] = [];

/** Shares of an operator's work and of its parameters in a step, as a part and the whole. */
interface Share {
  readonly words: readonly [part: number, whole: number];
  readonly parameters: readonly [part: number, whole: number];
}

function isAll({ words: [part, whole] }: Share): boolean {
  return part === whole;
}

function extentOf(made: Int32Array, at: number, axis: number): number {
  return made[BOX * at + 2 * axis + 1]! - made[BOX * at + 2 * axis]!;
}

function vectorLoad(
  frame: Frame,
  level: number,
  at: number,
  { load }: SequenceVector,
  made: Int32Array,
  share: Share,
  moves: StepKind['moves'],
): HomedLoad {
  const { inputs, reaches, output } = frame.operators[at]!;
  const { operands } = frame;
  const touched = new Int32Array(BOX);
  const homed = (operand: FrameOperand, words: number): HomedWords => ({
    words,
    wordBits: operand.wordBits,
    home: isRetained(operand) ? level : 0,
  });
  const { reads, work } = scaledLoad(load, share);
  const read = inputs.map((input, i) => {
    if (isAll(share)) return homed(operands[input]!, operandWords(operands[input]!));
    touchBox(reaches[i]!, made, BOX * at, touched, 0);
    return homed(operands[input]!, boxWords(touched, 0));
  });
  return {
    work,
    reads: [...read, ...reads.map((one) => ({ ...one, home: 0 }))],
    written: homed(operands[output]!, boxWords(made, BOX * at)),
    residency: { level, moves },
  };
}

/** Whether a step finds or leaves an operand in the retention level. */
export function isRetained({ place }: Pick<FrameOperand, 'place'>): boolean {
  return place !== 'streamed';
}

function scaledLoad(load: VectorLoad, share: Share): VectorLoad {
  if (isAll(share)) return load;
  const { words, parameters } = share;
  const scaled = (value: number, [part, whole]: Share['words']) => Math.ceil((value * part) / whole);
  return {
    ...load,
    reads: load.reads.map((read): ReadWords => ({ ...read, words: scaled(read.words, parameters) })),
    wordsOut: scaled(load.wordsOut, words),
    work: { simple: scaled(load.work.simple, words), special: scaled(load.work.special, words) },
  };
}

/** Shapes of steps that were made before: tile sizes and placements of a search share most of them. */
const shapes = new WeakMap<LayerShape, Map<string, LayerShape>>();

/** The problem of a step, with the padding and the stored size of the input as they are at its border. */
function stepShape(
  frame: Frame,
  at: number,
  { shape }: SequenceMac,
  made: Int32Array,
  stage: SinkStage | null,
): LayerShape {
  const { paddingBefore, stride, bounds } = shape.problem;
  const box = BOX * at;
  const touched = new Int32Array(BOX);
  touchBox(frame.operators[at]!.reaches[0]!, made, box, touched, 0);
  const padding = (axis: 2 | 3) => Math.max(0, paddingBefore[axis - 2]! - made[box + 2 * axis]! * stride[axis - 2]!);
  const border: Border = {
    extents: [extentOf(made, at, 0), extentOf(made, at, 1), extentOf(made, at, 2), extentOf(made, at, 3)],
    padding: [padding(2), padding(3)],
    inputSize: [touched[5]! - touched[4]!, touched[7]! - touched[6]!],
    summed: stage?.channels ?? bounds.C,
  };
  const key = `${border.extents},${border.padding},${border.inputSize},${border.summed}`;
  const own = shapes.get(shape) ?? new Map<string, LayerShape>();
  shapes.set(shape, own);
  const before = own.get(key);
  if (before !== undefined) return before;
  const shaped = borderShape(shape, border);
  own.set(key, shaped);
  return shaped;
}

/** Sizes of a step along n, c, p, q of its output, and of its input's rows and columns. */
interface Border {
  readonly extents: readonly [number, number, number, number];
  readonly padding: readonly [number, number];
  readonly inputSize: readonly [number, number];
  /** Channels of a group that it sums. */
  readonly summed: number;
}

function borderShape(
  { problem, wordBits, zeros }: LayerShape,
  { extents, padding, inputSize, summed }: Border,
): LayerShape {
  const { bounds, stride, dilation, name } = problem;
  const [N, channels, P, Q] = extents;
  const dims = bounds.G > 1 ? { G: channels / bounds.K, K: bounds.K } : { G: 1, K: channels };
  return {
    problem: makeProblem({
      name,
      bounds: { ...bounds, ...dims, C: summed, N, P, Q },
      stride,
      dilation,
      paddingBefore: padding,
      inputSize,
    }),
    wordBits,
    ...(zeros === undefined ? {} : { zeros }),
  };
}

/** Parts of the room with their sum, and moves, of what a step keeps. */
export function stepTraffic(fixed: readonly FixedPart[], moves: StepKind['moves']): StepTraffic {
  return { fixed, fixedBits: fixed.reduce((sum, { bits }) => sum + bits, 0), moves };
}
