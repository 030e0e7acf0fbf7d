import { product } from '../../util/integers.ts';
import type { Sequence, SequenceOperator } from '../../workload/graph/sequence.ts';
import type { Retention, Unfit } from '../retention.ts';
import type { Home, Placement, Segment } from '../schedule.ts';
import { isReduced } from '../shared-axes.ts';
import { storageLives } from '../storage-lives.ts';
import { type OperatorFacts, operatorFacts } from './operator-facts.ts';
import { parameterSizes, type Sizes, slicedReaches } from './reach.ts';

/**
 * Where the words of an operand of a segment are. whole: in the retention level, as a whole tensor or pinned. tile: made inside, and only the part that an
 * iteration needs stays. held: from outside, likewise. partial: sums of the sink, which stay until they are complete. streamed: in the outermost level.
 */
export type Place = 'whole' | 'tile' | 'held' | 'partial' | 'streamed';

/** An activation or the parameters of an operator, as a segment sees them. */
export interface FrameOperand {
  readonly what: 'tensor' | 'parameters';
  /** Index of the tensor, or of the operator whose parameters they are. */
  readonly index: number;
  readonly name: string;
  readonly sizes: Sizes;
  /** Of a word between operators, and in the retention level. */
  readonly wordBits: number;
  readonly bits: number;
  place: Place;
  /** Operator of the frame that makes it; -1: made outside. */
  readonly maker: number;
  /** Whether it goes to the outermost level beside its tile. */
  readonly isDrained: boolean;
  /** Operators of the frame that make or read it, under whatever name, ascending. */
  readonly touching: number[];
  /** How many read it, views aside. */
  readers: number;
  /** Whether it is another name for words of operands that have their own. */
  readonly isAlias: boolean;
}

/** An operator of a segment. */
export interface FrameOperator extends OperatorFacts {
  /** Index in the sequence. */
  readonly index: number;
  readonly operator: SequenceOperator;
  /** Operands of the frame: of a layer Inputs and then the second operand. */
  readonly inputs: readonly number[];
  readonly output: number;
}

/** Partial sums of a segment's sink, to which each iteration over reduced channels adds. */
export interface PartialSums {
  /** The output of the sink among the operands of the frame. */
  readonly operand: number;
  /** Of a partial sum in the retention level. */
  readonly wordBits: number;
  /** Bits that a word takes beside its home: all of them, or in a whole retained tensor those that a partial sum has more than a complete word. */
  readonly roomBits: number;
}

/** A segment with everything that does not change from one iteration to the next. */
export interface Frame {
  readonly operands: readonly FrameOperand[];
  readonly operators: readonly FrameOperator[];
  /** Null: its sink makes complete words. */
  readonly partial: PartialSums | null;
}

/** Where the operands of a segment are. */
interface Places extends Placement {
  readonly isHeld: (what: FrameOperand['what'], index: number) => boolean;
}

/** Gathers the operands of a segment, or says why it cannot run with its homes and what it holds. */
export function frameOf(
  sequence: Sequence,
  retention: Retention,
  placement: Placement,
  segment: Segment,
): Frame | Unfit {
  const { first, end, held } = segment;
  const isHeld = (what: FrameOperand['what'], index: number) =>
    held.some((one) =>
      one.kind === 'tensor'
        ? what === 'tensor' && one.tensor === index
        : what === 'parameters' && one.operator === index,
    );
  const { frame, reason } = gathered(sequence, retention, { ...placement, isHeld }, segment);
  if (reason !== null) return { reason };
  const { operands, operators } = frame;
  const problem = end - first === 1 ? null : linkProblem(operands, operators, true);
  return problem ?? heldProblem(sequence, frame, held) ?? frame;
}

/**
 * The frame of a segment of several operators for whatever places: as if everything from outside were held and everything made inside a tile that is drained.
 * Whether its places go together is not looked at.
 */
export function unplacedFrame(
  sequence: Sequence,
  retention: Retention,
  segment: Omit<Segment, 'held' | 'halo'>,
): Frame | Unfit {
  const homes = sequence.storages.map((): Home => 'outermost');
  const { frame } = gathered(sequence, retention, { homes, isPinned: () => false, isHeld: () => true }, segment);
  return linkProblem(frame.operands, frame.operators, false) ?? frame;
}

function gathered(
  sequence: Sequence,
  retention: Retention,
  { homes, isPinned, isHeld }: Places,
  segment: Omit<Segment, 'held' | 'halo'>,
): { readonly frame: Frame; readonly reason: string | null } {
  const { first, end } = segment;
  const operands: FrameOperand[] = [];
  const operators: FrameOperator[] = [];
  const byTensor = new Map<number, number>();
  const lives = storageLives(sequence);
  const facts = operatorFacts(sequence);
  let reason: string | null = null;

  const tensorAt = (tensor: number, at: number, maker: number): number => {
    const before = byTensor.get(tensor);
    if (before !== undefined) return before;
    const { name, sizes, wordBits, storage } = sequence.tensors[tensor]!;
    const home = homes[storage]!;
    const { role } = sequence.storages[storage]!;
    const life = lives[storage]!;
    if (role !== 'inner' && home !== 'outermost')
      reason = `${name} is an ${role} of the network, so its home is the outermost level`;
    const isLast = maker === end - first - 1;
    if (
      home === 'fused' &&
      (maker < 0 || isLast || life.until >= end || life.parts.some(({ from }) => from < first || from >= end))
    )
      reason = `${name} can only exist as tiles where one segment alone makes and reads it`;
    const inner: Place = isLast ? (isReduced(segment) ? 'partial' : 'streamed') : 'tile';
    const outer: Place = isHeld('tensor', tensor) ? 'held' : 'streamed';
    const place = home === 'retained' ? 'whole' : maker >= 0 ? inner : outer;
    byTensor.set(tensor, operands.length);
    operands.push({
      what: 'tensor',
      index: tensor,
      name,
      sizes,
      wordBits,
      bits: retention.activationBits(wordBits),
      place,
      maker,
      isDrained: maker >= 0 && !isLast && home === 'outermost',
      touching: [at],
      readers: 0,
      isAlias: maker >= 0 && sequence.operators[first + maker]!.kind === 'view',
    });
    return operands.length - 1;
  };

  for (let index = first; index < end; index++) {
    const operator = sequence.operators[index]!;
    const at = index - first;
    const tensors = operator.kind === 'mac' ? operator.inputs.slice(0, 1) : operator.inputs;
    const inputs = tensors.map((tensor) => tensorAt(tensor, at, -1));
    if (operator.kind === 'mac') {
      const { second, shape, name } = operator;
      if (second.kind === 'parameters') {
        inputs.push(operands.length);
        operands.push({
          what: 'parameters',
          index,
          name,
          sizes: parameterSizes(shape.problem),
          wordBits: second.wordBits,
          bits: retention.parameterBits(second.wordBits),
          place: isPinned(index) ? 'whole' : isHeld('parameters', index) ? 'held' : 'streamed',
          maker: -1,
          isDrained: false,
          touching: [at],
          readers: 0,
          isAlias: false,
        });
      } else inputs.push(tensorAt(second.tensor, at, -1));
      const second_ = operands[inputs[1]!]!;
      if (!retention.keepsWeights && second_.place !== 'streamed')
        reason = `${retention.levelName} cannot hold the second operand of ${name}`;
    }
    for (const input of inputs) {
      const operand = operands[input]!;
      if (operand.touching.at(-1) !== at) operand.touching.push(at);
      if (operator.kind !== 'view') operand.readers++;
    }
    const output = tensorAt(operator.output, at, at);
    const { reaches, ...rest } = facts[index]!;
    const isSliced = index === end - 1 && operator.kind === 'mac' && isReduced(segment);
    operators.push({
      index,
      operator,
      inputs,
      output,
      ...rest,
      reaches: isSliced ? slicedReaches(operator, reaches) : reaches,
    });
  }
  return {
    frame: { operands, operators, partial: partialSums(retention, segment, operands, operators.at(-1)!) },
    reason,
  };
}

/** Bits that a partial sum takes beside its home. @param isWhole whether its home is a whole retained tensor, with `bits` a word */
export function partialRoomBits(wordBits: number, bits: number, isWhole: boolean): number {
  return isWhole ? Math.max(0, wordBits - bits) : wordBits;
}

function partialSums(
  retention: Retention,
  segment: Pick<Segment, 'loops'>,
  operands: readonly FrameOperand[],
  { operator, output }: FrameOperator,
): PartialSums | null {
  if (operator.kind !== 'mac' || !isReduced(segment)) return null;
  const { place, bits } = operands[output]!;
  const wordBits = retention.partialBits(operator.shape);
  return { operand: output, wordBits, roomBits: partialRoomBits(wordBits, bits, place === 'whole') };
}

/**
 * What of a segment of several operators is not linked as it must be; parts live as long as what they are parts of.
 * @param isPlaced whether the places of the operands are known
 */
function linkProblem(
  operands: readonly FrameOperand[],
  operators: readonly FrameOperator[],
  isPlaced: boolean,
): Unfit | null {
  const sink = operators.length - 1;
  if (operators[sink]!.operator.kind === 'view')
    return {
      reason: `${operators[sink]!.operator.name} is a view, which cannot be the last operator of a segment of several`,
    };
  for (let at = sink; at >= 0; at--) {
    const { operator, inputs, output } = operators[at]!;
    const own = operands[output]!;
    if (at < sink && own.touching.at(-1)! <= at)
      return { reason: `${operator.name} is not used in its segment, which would have two ends` };
    if (operator.kind !== 'view') continue;
    for (const input of inputs) {
      const part = operands[input]!;
      part.touching.push(...own.touching.filter((one) => !part.touching.includes(one)));
      part.touching.sort((a, b) => a - b);
      part.readers += own.readers;
      if (isPlaced && part.maker < 0 && own.place !== 'whole')
        return {
          reason: `${part.name} is made before the segment in which ${operator.name} makes it a part of another`,
        };
    }
  }
  return null;
}

/** What of the held operands is none that the segment streams. */
function heldProblem(sequence: Sequence, { operands }: Frame, held: Segment['held']): Unfit | null {
  for (const one of held) {
    const what = one.kind;
    const index = one.kind === 'tensor' ? one.tensor : one.operator;
    const operand = operands.find((other) => other.what === what && other.index === index);
    const name = one.kind === 'tensor' ? sequence.tensors[one.tensor]?.name : sequence.operators[one.operator]?.name;
    if (operand === undefined) return { reason: `the segment holds ${name ?? index}, which it does not read` };
    if (operand.place !== 'held')
      return {
        reason: `the segment holds ${name ?? index}, which ${operand.maker < 0 ? 'is retained' : 'it makes'} anyway`,
      };
  }
  return null;
}

/** Words of an operand in all. */
export function operandWords({ sizes }: Pick<FrameOperand, 'sizes'>): number {
  return product(sizes);
}
