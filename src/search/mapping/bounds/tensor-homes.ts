import { type KernelModel, OUTPUTS, TENSOR_COUNT } from '../../../cost/kernel/model.ts';
import { AT_OUTERMOST, DROPS_FILLS, STAGED } from '../../../cost/kernel/residency-model.ts';

/** Where a tensor of a layer comes from or goes to: the outermost level, or its home in the retention level. */
export interface TensorHome {
  readonly level: number;
  /** Of a word there. */
  readonly wordBits: number;
  /** The first level that can hold tiles which are filled from there: that of the home itself where Outputs are staged. */
  readonly first: number;
}

/** The home of a tensor. */
export function homeOf({ residency, wordBitsOf }: KernelModel, tensor: number): TensorHome {
  const outermost = { level: 0, wordBits: wordBitsOf[tensor]!, first: 1 };
  if (residency === null) return outermost;
  const { level, outputs, homeBits, dropped } = residency;
  const at = level * TENSOR_COUNT + tensor;
  if (tensor !== OUTPUTS)
    return (dropped[at]! & DROPS_FILLS) === 0 ? outermost : { level, wordBits: wordBitsOf[at]!, first: level + 1 };
  if (outputs === AT_OUTERMOST) return outermost;
  return { level, wordBits: homeBits, first: outputs === STAGED ? level : level + 1 };
}
