import type { Sequence, SequenceOperator } from '../../workload/graph/sequence.ts';
import { inputReach, parameterSizes, type Reach, secondReach, vectorReach, viewReach } from './reach.ts';

/** What of an operator does not depend on the segment that it is in. */
export interface OperatorFacts {
  /** By operand: of a layer Inputs and then the second operand. */
  readonly reaches: readonly Reach[];
  /** Channels of its output that only run together. */
  readonly together: number;
  /** Whether it only runs whole. */
  readonly isWhole: boolean;
}

const known = new WeakMap<Sequence, readonly OperatorFacts[]>();

/** The facts of all operators of a sequence. */
export function operatorFacts(sequence: Sequence): readonly OperatorFacts[] {
  const before = known.get(sequence);
  if (before !== undefined) return before;
  const facts = sequence.operators.map((operator) => factsOf(sequence, operator));
  known.set(sequence, facts);
  return facts;
}

/** Channels of a tensor that its maker only makes together: a range of channels that cuts them is no box. */
export function channelsTogether(sequence: Sequence, tensor: number): number {
  const maker = sequence.operators.findIndex(({ output }) => output === tensor);
  return maker < 0 ? 1 : operatorFacts(sequence)[maker]!.together;
}

function factsOf({ tensors }: Sequence, operator: SequenceOperator): OperatorFacts {
  const sizesOf = (tensor: number) => tensors[tensor]!.sizes;
  const { inputs } = operator;
  if (operator.kind === 'mac') {
    const { problem } = operator.shape;
    const { second } = operator;
    const sizes = second.kind === 'parameters' ? parameterSizes(problem) : sizesOf(second.tensor);
    return {
      reaches: [inputReach(problem, sizesOf(inputs[0]!)), secondReach(operator, sizes)],
      together: problem.bounds.G > 1 ? problem.bounds.K : 1,
      isWhole: !operator.tiles || second.kind === 'whole',
    };
  }
  if (operator.kind === 'vector')
    return {
      reaches: inputs.map((tensor, i) => vectorReach(operator, i, sizesOf(tensor))),
      together: operator.span.kind === 'channels' ? operator.span.group : 1,
      isWhole: operator.span.kind === 'whole',
    };
  const whole = sizesOf(operator.output);
  let channel = 0;
  const reaches = inputs.map((tensor) => {
    const reach = viewReach(operator, channel, sizesOf(tensor), whole);
    channel += sizesOf(tensor)[1];
    return reach;
  });
  return { reaches, together: 1, isWhole: reaches.some(({ rules }) => rules[0] !== 0) };
}
