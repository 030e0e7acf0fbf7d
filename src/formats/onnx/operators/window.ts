import { shapeText } from '../messages/tensor-message.ts';
import type { RuleNode } from './rule-node.ts';

/** A sliding window over the spatial axes, with every default and automatic padding resolved. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padsBegin: readonly number[];
  readonly padsEnd: readonly number[];
  /** Positions of the window per axis. */
  readonly outputs: readonly number[];
}

/** Attributes of a window, checked: one number per spatial axis. */
export interface WindowAttributes {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Undefined when they are automatic. */
  readonly pads: readonly number[] | undefined;
  readonly autoPad: string;
}

/** Reads the attributes of a window over so many spatial axes; `kernel` is that of the weights when the node states none. */
export function windowAttributes(node: RuleNode, axes: number, kernel?: readonly number[]): WindowAttributes {
  const list = (name: string, least: number, length: number, otherwise: readonly number[] | undefined) => {
    const values = node.ints(name) ?? otherwise;
    if (values === undefined) throw node.error(`wants the attribute ${name}, found none`);
    node.check(
      values.length === length && values.every((value) => value >= least && value <= 2 ** 31),
      () => `wants ${length} numbers of at least ${least} in the attribute ${name}, found [${values.slice(0, 16)}]`,
    );
    return values;
  };
  const ones = new Array<number>(axes).fill(1);
  const found = list('kernel_shape', 1, axes, kernel);
  if (kernel !== undefined && found.some((size, axis) => size !== kernel[axis]))
    throw node.error(`wants the kernel ${shapeText(kernel)} of its weights, found ${shapeText(found)} in kernel_shape`);
  const autoPad = node.text('auto_pad', 'NOTSET') || 'NOTSET';
  node.check(
    ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(autoPad),
    () => `wants NOTSET, VALID, SAME_UPPER or SAME_LOWER in auto_pad, found ${autoPad}`,
  );
  return {
    kernel: found,
    strides: list('strides', 1, axes, ones),
    dilations: list('dilations', 1, axes, ones),
    pads: autoPad === 'NOTSET' ? list('pads', 0, 2 * axes, new Array<number>(2 * axes).fill(0)) : undefined,
    autoPad,
  };
}

/**
 * The window of a convolution or a pooling.
 * @param spatial sizes of the input without batch and channels
 * @param isCeil whether a last window that hangs over counts; it does not when it starts in the padding behind
 */
export function slidingWindow(
  node: RuleNode,
  spatial: readonly number[],
  attributes: WindowAttributes,
  isCeil = false,
): Window {
  const { kernel, strides, dilations, pads, autoPad } = attributes;
  const padsBegin: number[] = [];
  const padsEnd: number[] = [];
  const outputs = spatial.map((size, axis) => {
    const stride = strides[axis]!;
    const extent = (kernel[axis]! - 1) * dilations[axis]! + 1;
    let begin = pads?.[axis] ?? 0;
    let end = pads?.[spatial.length + axis] ?? 0;
    if (autoPad.startsWith('SAME')) {
      const all = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size);
      begin = autoPad === 'SAME_LOWER' ? Math.ceil(all / 2) : Math.floor(all / 2);
      end = all - begin;
    }
    padsBegin.push(begin);
    padsEnd.push(end);
    const free = size + begin + end - extent;
    if (free < 0)
      throw node.error(
        `its window of ${extent} does not fit into ${size} with padding ${begin} and ${end} (axis ${axis})`,
      );
    const positions = (isCeil ? Math.ceil(free / stride) : Math.floor(free / stride)) + 1;
    return isCeil && (positions - 1) * stride >= size + begin ? positions - 1 : positions;
  });
  return { kernel, strides, dilations, padsBegin, padsEnd, outputs };
}
