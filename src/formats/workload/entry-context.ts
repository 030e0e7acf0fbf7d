import type { ErrorCode, TrifoldError } from '../../util/errors.ts';
import type { Activation, Padding, ShapeResult } from '../../workload/layers.ts';
import type { WordBits } from '../../workload/network.ts';
import { type Document, errorAt, type KeyPath } from '../document/document.ts';

/** One number per axis. */
export type Pair = readonly [number, number];

/** Surroundings of one entry of a workload file. */
export interface EntryContext {
  readonly document: Document;
  /** Where the entry stands. */
  readonly path: KeyPath;
  /** Name of the layer in the network. */
  readonly name: string;
  readonly batch: number;
  /** Times that the surrounding block runs. */
  readonly repeat: number;
  readonly wordBits: WordBits;
  readonly defaults: { readonly bias: boolean; readonly norm: boolean };
  /** Activation that flows in; undefined when none does. */
  readonly inflow: Activation | undefined;
  /** Bits of the words of everything that flows in. */
  readonly inflowBits: readonly number[];
}

/** An activation from its list of sizes: [channels, rows, columns], [features, tokens] or [length]. */
export function activationOf(sizes: readonly [number] | Pair | readonly [number, number, number]): Activation {
  if (sizes.length === 1) return vector(sizes[0]);
  if (sizes.length === 2) return { channels: sizes[0], size: [sizes[1], 1], form: 'sequence' };
  return { channels: sizes[0], size: [sizes[1], sizes[2]], form: 'map' };
}

/** An activation as its list of sizes, for messages. */
export function describeActivation({ channels, size, form }: Activation): string {
  if (form === 'vector') return `a vector of ${channels}`;
  if (form === 'sequence') return `${size[0]} tokens of ${channels} features`;
  return `a ${size[0]}x${size[1]} map of ${channels} channels`;
}

/**
 * Word widths of a layer that states none: those of the file, but where what it reads is stated to have others. The second factor of a product is in the
 * place of weights.
 * @param read bits of what it reads
 */
export function widthsOfReader(file: WordBits, [first, second]: readonly number[]): WordBits {
  const isStated = second !== undefined && second !== file.Inputs;
  return { ...file, Inputs: first ?? file.Inputs, Weights: isStated ? second : file.Weights };
}

/** What flows in. @throws TrifoldError `value` when nothing does */
export function inflowOf(context: EntryContext, hint = 'write input, the size of what the network reads'): Activation {
  if (context.inflow === undefined) throw mismatch(context, [], 'nothing flows into this entry', hint);
  return context.inflow;
}

/** @throws TrifoldError `value` when the entry states another output */
export function checkOutput(stated: Pair | undefined, output: Activation, context: EntryContext): void {
  if (stated === undefined || equalPair(stated, output.size)) return;
  const hint = 'check kernel, stride, padding and the input size';
  throw mismatch(context, ['output'], `is ${stated.join('x')}, but the layer gives ${output.size.join('x')}`, hint);
}

/** The shape, if there is one. @throws TrifoldError `value` with the place */
export function unwrap<T>(result: ShapeResult<T>, context: EntryContext): T {
  if (result.ok) return result.value;
  throw mismatch(context, [result.field], result.message, result.hint);
}

/** An error about an entry, or a key of it. */
export function mismatch(
  context: Pick<EntryContext, 'document' | 'path'>,
  keys: KeyPath,
  message: string,
  hint?: string,
): TrifoldError {
  const code: ErrorCode = 'value';
  return errorAt(context.document, [...context.path, ...keys], code, message, hint);
}

/** Default: none. */
export function paddingOf(padding: Padding | undefined): Padding {
  return padding ?? 0;
}

/** The same for both axes, unless two are given. */
export function pair(value: number | Pair): Pair {
  return typeof value === 'number' ? [value, value] : value;
}

/** Whether both numbers are the same. */
export function equalPair(a: Pair, b: Pair): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** A feature map. */
export function mapOf(channels: number, size: Pair): Activation {
  return { channels, size, form: 'map' };
}

/** A vector. */
export function vector(length: number): Activation {
  return { channels: length, size: [1, 1], form: 'vector' };
}
