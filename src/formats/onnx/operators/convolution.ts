import { INT32 } from '../messages/element-types.ts';
import { shapeText } from '../messages/tensor-message.ts';
import type { OperatorTable, Rule } from './rule.ts';
import { type RuleNode, typeOf } from './rule-node.ts';
import { slidingWindow, type Window, windowAttributes } from './window.ts';

/** Where a convolution has its operands. */
export interface Operands {
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
}

const PLAIN: Operands = { input: 0, weights: 1, bias: 2 };
const WITH_SCALES: Operands = { input: 0, weights: 3, bias: 8 };
/** The offsets move the taps and change no shape. */
const WITH_OFFSETS: Operands = { input: 0, weights: 1, bias: 3 };
const WITHOUT_BIAS: Operands = { input: 0, weights: 1, bias: -1 };

/** Shape of a convolution of any rank: [N, C, spatial...] with weights [M, C / groups, kernel...]. */
export interface Convolution {
  readonly batch: number;
  readonly groups: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly window: Window;
  /** [N, spatial..., C] in place of [N, C, spatial...]; weights stay as they are. */
  readonly isChannelsLast: boolean;
}

const OPERANDS: ReadonlyMap<string, Operands> = new Map([
  ['QLinearConv', WITH_SCALES],
  ['ConvInteger', WITHOUT_BIAS],
  ['DeformConv', WITH_OFFSETS],
]);

/** Where a convolution of this operator has its operands. */
export function operandsOf(opType: string): Operands {
  return OPERANDS.get(opType) ?? PLAIN;
}

/** Reads the shape of a convolution and checks that operands fit. */
export function convolution(node: RuleNode): Convolution {
  const operands = operandsOf(node.opType);
  const { dims, groups, weights, isChannelsLast } = channels(node, operands);
  const [batch, inputChannels] = dims as [number, number];
  const outputChannels = weights[0]!;
  node.check(
    weights[1]! * groups === inputChannels,
    () => `wants ${inputChannels} / ${groups} channels in weights ${shapeText(weights)}, found ${weights[1]}`,
  );
  node.check(
    outputChannels % groups === 0,
    () => `wants output channels that ${groups} groups divide, found ${outputChannels}`,
  );
  checkBias(node, operands, outputChannels);
  const window = slidingWindow(node, dims.slice(2), windowAttributes(node, dims.length - 2, weights.slice(2)));
  return { batch, groups, inputChannels, outputChannels, window, isChannelsLast };
}

function channels(node: RuleNode, operands: Operands) {
  const stored = node.dims(operands.input);
  node.check(stored.length >= 3, () => `wants an input of at least 3 dims, found ${shapeText(stored)}`);
  const isChannelsLast = node.opType.startsWith('Nhwc') || node.int('channels_last', 0) === 1;
  const dims = isChannelsLast ? [stored[0]!, stored.at(-1)!, ...stored.slice(1, -1)] : stored;
  const weights = node.ranked(operands.weights, dims.length);
  const groups = node.int('group', 1);
  node.check(groups >= 1 && Number.isSafeInteger(groups), () => `wants at least 1 group, found ${groups}`);
  return { dims, weights, groups, isChannelsLast };
}

function checkBias(node: RuleNode, operands: Operands, outputChannels: number): void {
  if (!node.has(operands.bias)) return;
  const bias = node.dims(operands.bias);
  node.check(
    bias.length === 1 && bias[0] === outputChannels,
    () => `wants a bias of [${outputChannels}], found ${shapeText(bias)}`,
  );
}

function outputDims({ batch, outputChannels, window, isChannelsLast }: Convolution): number[] {
  return isChannelsLast ? [batch, ...window.outputs, outputChannels] : [batch, outputChannels, ...window.outputs];
}

const conv: Rule = (node) => [{ dims: outputDims(convolution(node)), elementType: typeOf(node, 0, 1) }];

const convInteger: Rule = (node) => [{ dims: outputDims(convolution(node)), elementType: INT32 }];

/** The type of the result is that of its zero point. */
const quantizedConv: Rule = (node) => [{ dims: outputDims(convolution(node)), elementType: typeOf(node, 7, 0) }];

/**
 * [N, C, spatial...] with weights [C, M / groups, kernel...]. The window is that of the convolution which it reverses: it slides over the
 * output, and its positions are the input; `outputs` are the spatial sizes of the output all the same.
 */
export function transposedConvolution(node: RuleNode): Convolution {
  const { dims, weights, groups, isChannelsLast } = channels(node, PLAIN);
  const [batch, inputChannels] = dims as [number, number];
  node.check(
    weights[0] === inputChannels && inputChannels % groups === 0,
    () => `wants weights of ${inputChannels} input channels in ${groups} groups, found ${shapeText(weights)}`,
  );
  const outputChannels = weights[1]! * groups;
  checkBias(node, PLAIN, outputChannels);
  const axes = dims.length - 2;
  const { kernel, strides, dilations, pads, autoPad } = windowAttributes(node, axes, weights.slice(2));
  const extra = node.ints('output_padding') ?? new Array<number>(axes).fill(0);
  const stated = node.ints('output_shape');
  node.check(extra.length === axes, () => `wants ${axes} numbers in output_padding, found ${extra.length}`);
  const padsBegin: number[] = [];
  const padsEnd: number[] = [];
  const outputs = dims.slice(2).map((size, axis) => {
    const stride = strides[axis]!;
    const whole = (size - 1) * stride + extra[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1;
    const isSame = autoPad.startsWith('SAME');
    if (stated === undefined && !isSame) {
      padsBegin.push(pads?.[axis] ?? 0);
      padsEnd.push(pads?.[axes + axis] ?? 0);
      return whole - padsBegin[axis]! - padsEnd[axis]!;
    }
    const output = stated === undefined ? size * stride : (stated[stated.length - axes + axis] ?? 0);
    const all = Math.max(0, whole - output);
    padsBegin.push(autoPad === 'SAME_UPPER' ? Math.floor(all / 2) : Math.ceil(all / 2));
    padsEnd.push(all - padsBegin[axis]!);
    return output;
  });
  node.check(
    outputs.every((size) => size > 0 && Number.isSafeInteger(size)),
    () => `wants an output of at least 1 along every axis, found ${shapeText(outputs)}`,
  );
  const window = { kernel, strides, dilations, padsBegin, padsEnd, outputs };
  return { batch, groups, inputChannels, outputChannels, window, isChannelsLast };
}

const convTranspose: Rule = (node) => [
  { dims: outputDims(transposedConvolution(node)), elementType: typeOf(node, 0, 1) },
];

/** A depthwise convolution over the past: the output is as long as the input, the state one shorter than the kernel. */
const causalConv: Rule = (node) => {
  const dims = node.ranked(0, 3);
  const weights = node.ranked(1, 3);
  node.check(
    weights[0] === dims[1] && weights[1] === 1,
    () => `wants weights of [${dims[1]}x1xkernel], found ${shapeText(weights)}`,
  );
  const elementType = node.type(0);
  return [
    { dims, elementType },
    { dims: [dims[0]!, dims[1]!, weights[2]! - 1], elementType },
  ];
};

/** Operators with a convolution in them. */
export const CONVOLUTIONS: OperatorTable = [
  ['Conv DeformConv com.microsoft:FusedConv com.microsoft:NhwcConv com.microsoft:NhwcFusedConv', 'mac', conv],
  ['ConvInteger', 'mac', convInteger],
  ['QLinearConv com.microsoft:QLinearConv', 'mac', quantizedConv],
  ['CausalConvWithState com.microsoft:CausalConvWithState', 'mac', causalConv],
  ['ConvTranspose', 'mac', convTranspose],
];
