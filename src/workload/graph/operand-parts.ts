import type { Problem } from '../problem.ts';
import { type GraphTensor, tensorSize, type VectorOperator } from './graph.ts';
import type { SecondOperand, VectorSpan } from './sequence.ts';
import { isElementWise } from './vector-operation.ts';

type Sizes = GraphTensor['sizes'];

/** Whether sizes are the same along all axes. */
export function equalSizes(a: Sizes, b: Sizes): boolean {
  return a.every((size, axis) => size === b[axis]);
}

/** Whether the axes of a layer's first input and output are those of its problem, so that a part of the output tells the part of the input. */
export function followsProblem({ bounds, inputSize }: Problem, input: Sizes, output: Sizes): boolean {
  const { N, G, K, C, P, Q } = bounds;
  return equalSizes(input, [N, G * C, ...inputSize]) && equalSizes(output, [N, G * K, P, Q]);
}

/** A tensor under one of its names: as it is, or as it was before views changed its sizes. */
export interface NamedSizes {
  readonly tensor: number;
  readonly sizes: Sizes;
}

/**
 * How a product of two activations reads its second one.
 * @param names of the operand, that which the layer reads first
 */
export function secondOperand({ bounds }: Problem, names: readonly NamedSizes[]): SecondOperand {
  const { N, G, K, C } = bounds;
  const [own] = names;
  const isKeys = ({ sizes }: NamedSizes) => N === 1 && equalSizes(sizes, [1, G * C, K, 1]);
  const isValues = ({ sizes }: NamedSizes) => N === 1 && equalSizes(sizes, [1, G * K, C, 1]);
  // Layers name their second factor as [inner x columns], so that keys come as another shape of themselves.
  const keys = names.slice(1).find(isKeys);
  if (keys !== undefined) return { kind: 'keys', tensor: keys.tensor, rowAxis: 'p' };
  // Squares look alike: of whole groups both ways take the same words, of a part of a group they do not.
  if (isKeys(own!) && isValues(own!) && G === 1) return { kind: 'whole', tensor: own!.tensor, rowAxis: 'p' };
  const kind = isValues(own!) ? 'values' : isKeys(own!) ? 'keys' : 'whole';
  return { kind, tensor: own!.tensor, rowAxis: 'p' };
}

/** How a vector operator takes its operands. @param inputs their sizes */
export function vectorSpan({ operation }: VectorOperator, inputs: readonly Sizes[], output: Sizes): VectorSpan {
  const [first] = inputs;
  const isAlike = inputs.every((sizes) => equalSizes(sizes, output));
  const whole: VectorSpan = { kind: 'whole' };
  const keepsChannels = inputs.length === 1 && first![0] === output[0] && first![1] === output[1];
  switch (operation.kind) {
    case 'embedding':
      return { kind: 'words' };
    case 'pool': {
      const { kernel, stride, paddingBefore } = operation;
      return keepsChannels ? { kind: 'window', size: kernel, stride, pad: paddingBefore } : whole;
    }
    case 'reduce': {
      const isOfAll = keepsChannels && output[2] * output[3] === 1;
      return isOfAll ? { kind: 'window', size: [first![2], first![3]], stride: [1, 1], pad: [0, 0] } : whole;
    }
    case 'softmax':
    case 'layer-norm':
    case 'rms-norm': {
      const group = tensorSize({ sizes: output }) / operation.rows;
      return isAlike && output[1] % group === 0 ? { kind: 'channels', group } : whole;
    }
    case 'local-norm':
    case 'rotary':
      return isAlike ? { kind: 'channels', group: output[1] } : whole;
    default: {
      const isWordWise =
        operation.kind === 'activation' || operation.kind === 'batch-norm' || isElementWise(operation.kind);
      const isUsedForAll = (sizes: Sizes) => sizes.every((size, axis) => size === 1 || size === output[axis]);
      return isWordWise && inputs.every(isUsedForAll) ? { kind: 'words' } : whole;
    }
  }
}

/** Whether an operator may write a word where it read one: once it writes, it needs no other word there. */
export function overwrites({ operation }: VectorOperator, { kind }: VectorSpan): boolean {
  return kind === 'words' || (kind === 'channels' && operation.kind !== 'local-norm');
}
