import { product } from '../../../util/integers.ts';
import { convolutionKind, convolution as convolutionProblem, linear } from '../../../workload/layers.ts';
import { makeProblem } from '../../../workload/problem.ts';
import type { InferredNode } from '../inference/inferred-model.ts';
import { type Convolution, convolution, operandsOf, transposedConvolution } from '../operators/convolution.ts';
import type { RuleNode } from '../operators/rule-node.ts';
import type { LoweredLayer, NoLayer } from './lowered-layer.ts';
import type { Place } from './placement.ts';

/** Which of its axes a convolution slides along as rows and as columns; the others are only walked along. */
interface Sliding {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Axes whose positions are inputs of their own. */
  readonly inputs: readonly number[];
}

/** A convolution as a layer; undefined kernels and more than two axes that slide are none. @throws TrifoldError `value` with the node where its sizes do not fit */
export function lowerConvolution(node: InferredNode, rule: RuleNode, together: number): LoweredLayer | NoLayer {
  const shape = convolution(rule);
  const { batch, groups, inputChannels, outputChannels, window, isChannelsLast } = shape;
  const operands = operandsOf(node.opType);
  const stored = node.inputs[operands.input]!.dims!;
  const spatial = isChannelsLast ? stored.slice(1, -1) : stored.slice(2);
  const sliding = slidingAxes(shape);
  if (sliding === null) return { reason: `it slides along ${window.kernel.length} axes, layers along two at most` };
  const { rows, columns, inputs } = sliding;
  const along = (list: readonly number[], otherwise: number) =>
    [list[rows[0]!] ?? otherwise, list[columns[0]!] ?? otherwise] as const;
  const size = [sizeOf(spatial, rows), sizeOf(spatial, columns)] as const;
  const [before, after] = [along(window.padsBegin, 0), along(window.padsEnd, 0)];
  const problem = convolutionProblem({
    name: node.name,
    inChannels: inputChannels,
    outChannels: outputChannels,
    input: size,
    kernel: along(window.kernel, 1),
    stride: along(window.strides, 1),
    dilation: along(window.dilations, 1),
    padding: [before[0], after[0], before[1], after[1]],
    groups,
    batch: batch * sizeOf(spatial, inputs),
  });
  if (!problem.ok) throw rule.error(problem.message);
  const { G, N, P, Q, R, S } = problem.value.bounds;
  // On a map of one place, as squeeze-and-excitation has it, a pointwise layer is a linear one.
  const isLinear = G * P * Q * R * S === 1 && size[0] * size[1] === 1;
  const first: Place = batch === together ? 0 : 2;
  const inSpace = spatial.map((_, axis): Place => (columns.includes(axis) ? 3 : 2));
  return {
    ...(isLinear
      ? {
          kind: 'linear',
          problem: linear({ name: node.name, inputs: inputChannels, outputs: outputChannels, tokens: 1, batch: N }),
        }
      : { kind: convolutionKind(problem.value), problem: problem.value }),
    ...operands,
    places: isChannelsLast ? [first, ...inSpace, 1] : [first, 1, ...inSpace],
  };
}

/** Rows and columns; where there are more axes, those of one step and no zeros join the columns, or are inputs where both others slide. */
function slidingAxes({ window }: Convolution): Sliding | null {
  const { kernel, strides, padsBegin, padsEnd } = window;
  const axes = kernel.map((_, axis) => axis);
  if (axes.length <= 2) return { rows: [0], columns: axes.slice(1), inputs: [] };
  const isSliding = (axis: number) =>
    kernel[axis]! > 1 || strides[axis]! > 1 || padsBegin[axis] !== 0 || padsEnd[axis] !== 0;
  const slid = axes.filter(isSliding);
  const others = axes.filter((axis) => !isSliding(axis));
  if (slid.length > 2) return null;
  if (slid.length === 2) return { rows: [slid[0]!], columns: [slid[1]!], inputs: others };
  const [row = 0] = slid;
  return { rows: [row], columns: axes.filter((axis) => axis !== row), inputs: [] };
}

function sizeOf(dims: readonly number[], axes: readonly number[]): number {
  return product(axes.map((axis) => dims[axis]!));
}

/**
 * Every word of a transposed convolution's input is multiplied by a whole filter: a pointwise layer to as many channels as filters have words, whose
 * overlapping outputs are added up afterwards.
 */
export function lowerTransposed(node: InferredNode, rule: RuleNode, together: number): LoweredLayer | NoLayer {
  const { batch, groups, inputChannels, outputChannels, window } = transposedConvolution(rule);
  const [, , ...spatial] = node.inputs[0]!.dims!;
  if (spatial.length > 2) return { reason: `it slides along ${spatial.length} axes, layers along two at most` };
  const problem = makeProblem({
    name: node.name,
    bounds: {
      N: batch,
      G: groups,
      K: (outputChannels / groups) * product(window.kernel),
      C: inputChannels / groups,
      P: spatial[0]!,
      Q: spatial[1] ?? 1,
    },
  });
  const [rows = 1, columns = 1] = window.outputs;
  const own = batch % together === 0 ? batch / together : 1;
  return {
    kind: 'transposed',
    problem,
    ...operandsOf(node.opType),
    places: [batch === together ? 0 : 2, 1, 2, 3].slice(0, spatial.length + 2) as Place[],
    output: { channels: outputChannels, size: [own * rows, columns], form: 'map' },
  };
}
