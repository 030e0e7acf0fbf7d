import type { VectorOperation } from '../../workload/graph/vector-operation.ts';
import { type Activation, activationWords, slidingOutput } from '../../workload/layers.ts';
import {
  activationOf,
  checkOutput,
  describeActivation,
  type EntryContext,
  inflowOf,
  mapOf,
  mismatch,
  type Pair,
  paddingOf,
  pair,
  unwrap,
  vector,
} from './entry-context.ts';
import type { ElementWiseEntry, VectorEntry, ViewEntry } from './operator-schema.ts';

/** What an entry without multiply-accumulates is. */
export interface OperatorResult {
  readonly operation: VectorOperation;
  readonly output: Activation;
  /** Words of parameters and constants that it reads; default 0. */
  readonly words?: number;
  /** Learned parameters of one instance; default as many. */
  readonly learned?: number;
}

type Of<K extends VectorEntry['kind']> = Extract<VectorEntry, { kind: K }>;

/**
 * What an entry computes from its operands.
 * @throws TrifoldError `value` with the place when sizes do not fit each other
 */
export function readOperator(
  entry: VectorEntry,
  operands: readonly Activation[],
  context: EntryContext,
): OperatorResult {
  switch (entry.kind) {
    case 'pool':
      return readPool(entry, context);
    case 'global-pool': {
      const { channels, size } = inflowOf(context);
      const operation = {
        kind: 'pool',
        how: entry.how ?? 'average',
        kernel: size,
        stride: [1, 1],
        paddingBefore: [0, 0],
      } as const;
      return { operation, output: vector(channels) };
    }
    case 'activation':
      return {
        operation: { kind: 'activation', function: entry.function },
        output: inflowOf(context),
        ...readParameters(entry, context),
      };
    case 'softmax': {
      const output = inflowOf(context);
      return { operation: { kind: 'softmax', rows: rowsOf(output, entry.heads ?? 1, context) }, output };
    }
    case 'layer-norm':
    case 'rms-norm': {
      const output = inflowOf(context);
      const heads = entry.heads ?? 1;
      const words = (entry.kind === 'layer-norm' ? 2 : 1) * (output.channels / heads);
      const operation = { kind: entry.kind, rows: rowsOf(output, heads, context) };
      return { operation, output, ...readWords(entry, words, context) };
    }
    case 'batch-norm': {
      const output = inflowOf(context);
      const words = 2 * output.channels;
      return { operation: { kind: 'batch-norm' }, output, ...readWords(entry, words, context) };
    }
    case 'local-norm':
      return { operation: { kind: 'local-norm', window: entry.window ?? 5 }, output: inflowOf(context) };
    case 'rotary': {
      const output = inflowOf(context);
      const rotated = Math.round((entry.share ?? 1) * activationWords(output));
      if (rotated === 0)
        throw mismatch(
          context,
          ['share'],
          `${entry.share} of ${activationWords(output)} words rotates none`,
          'write the share of the words that are rotated, or leave it out for all',
        );
      const words = context.batch * rotated;
      return { operation: { kind: 'rotary', words }, output, words: entry.constants ?? 0, learned: 0 };
    }
    case 'embedding': {
      const learned = entry.parameters ?? (entry.rows === undefined ? undefined : entry.rows * entry.out);
      if (learned === undefined)
        throw mismatch(context, [], "'rows' is missing", 'write rows, or the parameters of the table');
      const output: Activation = { channels: entry.out, size: [entry.tokens, 1], form: 'sequence' };
      return { operation: { kind: 'embedding' }, output, learned };
    }
    case 'resize': {
      const { channels } = inflowOf(context);
      return { operation: { kind: 'resize', how: entry.how ?? 'nearest' }, output: mapOf(channels, entry.to) };
    }
    case 'move':
      inflowOf(context);
      return { operation: { kind: 'move' }, output: activationOf(entry.to) };
    case 'reduce': {
      const output = activationOf(entry.to);
      const window = activationWords(inflowOf(context)) / activationWords(output);
      if (window < 1)
        throw mismatch(
          context,
          ['to'],
          `${describeActivation(output)} cannot be made of ${describeActivation(inflowOf(context))}`,
        );
      return { operation: { kind: 'reduce', window }, output };
    }
    case 'unknown':
      inflowOf(context);
      return { operation: { kind: 'unknown', name: entry.operation }, output: activationOf(entry.to) };
    default:
      return readElementWise(entry, operands, context);
  }
}

/** The output of a change of shape. @throws TrifoldError `value` with the place */
export function readView(entry: ViewEntry, operands: readonly Activation[], context: EntryContext): Activation {
  if (entry.kind !== 'concat') return activationOf(entry.to);
  if (entry.along === undefined || entry.along === 'channels') return joinChannels(operands, context);
  return joinAlong(operands, entry.along === 'rows' ? 0 : 1, context);
}

/** What layers read that name several: their channels joined. @throws TrifoldError `value` with the place */
export function joinChannels(
  operands: readonly Activation[],
  context: Pick<EntryContext, 'document' | 'path'>,
): Activation {
  const first = operands[0]!;
  const other = operands.find(
    ({ form, size }) => form !== first.form || size[0] !== first.size[0] || size[1] !== first.size[1],
  );
  if (other !== undefined)
    throw mismatch(
      context,
      ['from'],
      `cannot concatenate ${describeActivation(first)} and ${describeActivation(other)}`,
    );
  return { ...first, channels: operands.reduce((sum, { channels }) => sum + channels, 0) };
}

function joinAlong(operands: readonly Activation[], axis: 0 | 1, context: EntryContext): Activation {
  const first = operands[0]!;
  const other = operands.find(
    ({ channels, size }) => channels !== first.channels || size[1 - axis] !== first.size[1 - axis],
  );
  const name = axis === 0 ? 'rows' : 'columns';
  if (other !== undefined)
    throw mismatch(
      context,
      ['from'],
      `cannot join the ${name} of ${describeActivation(first)} and ${describeActivation(other)}`,
    );
  const total = operands.reduce((sum, { size }) => sum + size[axis], 0);
  const size = axis === 0 ? ([total, first.size[1]] as const) : ([first.size[0], total] as const);
  return { channels: first.channels, size, form: first.form === 'vector' ? 'sequence' : first.form };
}

/** What a normalisation reads: as much as it usually has, whether it counts here or not; with `constants`, what is stated. */
function readWords(
  { parameters, constants, unread }: ReadBeside,
  usual: number,
  context: EntryContext,
): { words: number; learned: number } {
  const learned = parameters ?? usual;
  if (constants === undefined && unread === undefined) return { words: usual, learned };
  return readParameters({ parameters: learned, constants, unread }, context);
}

type ReadBeside = Pick<Of<'batch-norm'>, 'parameters' | 'constants' | 'unread'>;

/** Words of parameters and constants that are read. @throws TrifoldError `value` with the place where more are not read than there are */
function readParameters(
  { parameters: learned = 0, constants = 0, unread = 0 }: ReadBeside,
  context: EntryContext,
): { words: number; learned: number } {
  if (unread > learned) throw mismatch(context, ['unread'], `${unread} parameters are not read, but it has ${learned}`);
  return { words: learned - unread + constants, learned };
}

function readElementWise(
  entry: ElementWiseEntry,
  operands: readonly Activation[],
  context: EntryContext,
): OperatorResult {
  const output = operands.reduce<Activation>(
    (largest, operand) => (activationWords(operand) > activationWords(largest) ? operand : largest),
    inflowOf(context),
  );
  const other = operands.find((operand) => !isUsedForAll(operand, output));
  if (other !== undefined)
    throw mismatch(
      context,
      ['from'],
      `cannot combine ${describeActivation(output)} and ${describeActivation(other)}`,
      'every size must be equal or 1',
    );
  const { parameters, constants } = entry;
  if (operands.length < 2 && parameters === undefined && constants === undefined)
    throw mismatch(
      context,
      [],
      `${entry.kind} has one operand`,
      'name two in from, or give the parameters that are the second',
    );
  return { operation: { kind: entry.kind }, output, ...readParameters(entry, context) };
}

/** Whether each word of `output` has its word of an operand: sizes are equal or 1, or features of a sequence are those of each of its heads. */
function isUsedForAll(operand: Activation, output: Activation): boolean {
  const sizes = [operand.channels, ...operand.size];
  const isOfEachHead = output.form === 'sequence' && output.channels % operand.channels === 0;
  return [output.channels, ...output.size].every(
    (size, i) => sizes[i] === size || sizes[i] === 1 || (i === 0 && isOfEachHead),
  );
}

function rowsOf(activation: Activation, heads: number, context: EntryContext): number {
  if (activation.channels % heads !== 0)
    throw mismatch(context, ['heads'], `${heads} heads do not divide ${activation.channels} channels`);
  return context.batch * heads * activation.size[0] * activation.size[1];
}

function readPool(entry: Of<'pool'>, context: EntryContext): OperatorResult {
  const inflow = inflowOf(context);
  if (inflow.form !== 'map') throw mismatch(context, [], `needs a map, but ${describeActivation(inflow)} flows in`);
  const kernel = pair(entry.kernel);
  const stride = pair(entry.stride ?? 1);
  const padding = paddingOf(entry.padding);
  const window = { input: inflow.size, kernel, stride, dilation: [1, 1] as const, padding };
  const whole = unwrap(slidingOutput(window), context);
  const grown: Pair = [inflow.size[0] + stride[0] - 1, inflow.size[1] + stride[1] - 1];
  const sliding = entry.ceil === true ? unwrap(slidingOutput({ ...window, input: grown }), context) : whole;
  const output = mapOf(inflow.channels, sliding.output);
  checkOutput(entry.output, output, context);
  const { paddingBefore } = sliding;
  const operation = { kind: 'pool', how: entry.how ?? 'max', kernel, stride, paddingBefore } as const;
  return { operation, output };
}
