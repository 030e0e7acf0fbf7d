import { pairsBelow } from '../../../util/progressions.ts';
import { type PerTensor, perTensor } from '../../../util/vocabulary.ts';
import type { LayerShape } from '../../../workload/network.ts';
import { type Axis, macCount, type Problem, tensorWords } from '../../../workload/problem.ts';

/** Work and words that a layer asks of any accelerator under any mapping. */
export interface LayerDemand {
  readonly layer: LayerShape;
  readonly macs: number;
  /** Distinct words of each tensor that take part: padding and the gaps of strides and dilations do not. */
  readonly touchedWords: PerTensor<number>;
  /** Operand words (Outputs: partial sums) of all MACs; padding is never read. */
  readonly macWords: PerTensor<number>;
}

/** The demand of a layer; independent of accelerators, so it is computed once per search. */
export function layerDemand(layer: LayerShape): LayerDemand {
  const { problem } = layer;
  const macs = macCount(problem);
  const counts = problem.tensors.Inputs.axes.map((axis) => axisCounts(problem, axis));
  const steps = counts.reduce((all, count) => all * count.steps, 1);
  const inRange = counts.reduce((all, count) => all * count.inRange, 1);
  return {
    layer,
    macs,
    touchedWords: perTensor((tensor) => tensorWords(problem, tensor)),
    macWords: perTensor((tensor) => (tensor === 'Inputs' ? (macs / steps) * inRange : macs)),
  };
}

/** Index combinations of an axis, and those that hit a stored word. */
function axisCounts(problem: Problem, axis: Axis): { steps: number; inRange: number } {
  const [first, second] = axis.terms;
  const counts = [problem.bounds[first!.dim], second === undefined ? 1 : problem.bounds[second.dim]] as const;
  const grid = { steps: [first!.coefficient, second?.coefficient ?? 1], counts } as const;
  const inRange = pairsBelow(grid, axis.paddingBefore + axis.length) - pairsBelow(grid, axis.paddingBefore);
  return { steps: counts[0] * counts[1], inRange };
}
