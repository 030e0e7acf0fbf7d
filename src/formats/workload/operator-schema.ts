import { z } from 'zod';
import { ACTIVATION_FUNCTIONS, ELEMENT_WISE } from '../../workload/graph/vector-operation.ts';
import { activation, bits, count, from, name, numberOrPair, padding, size, sizes } from './entry-fields.ts';

const optionalName = { name: name.optional(), from: from.optional() };
const operator = { ...optionalName, bits };
const learned = z
  .int()
  .min(0)
  .describe('Learned parameters of one instance, read with it. Default: as many as it has.');
const stride = numberOrPair('Output step in input words. Default 1.').optional();

const constants = z
  .int()
  .min(0)
  .describe('Words of constants that it reads and that are not learned. Default: none.')
  .optional();

const unread = z
  .int()
  .min(0)
  .describe('Those of its parameters that it does not read, such as other rows of a table. Default: none.')
  .optional();

const pool = z.strictObject({
  kind: z.literal('pool'),
  ...operator,
  kernel: numberOrPair('Window rows and columns.'),
  stride,
  padding: padding.optional(),
  ceil: z.boolean().describe('Whether a window that sticks out at the end counts. Default false.').optional(),
  how: z.enum(['max', 'average']).describe('Default max.').optional(),
  output: size('Rows and columns of the output; only checked.').optional(),
});
const globalPool = z.strictObject({
  kind: z.literal('global-pool'),
  ...operator,
  how: z.enum(['max', 'average']).describe('Default average.').optional(),
});
const function_ = z.strictObject({
  kind: z.literal('activation'),
  ...operator,
  function: z.enum(ACTIVATION_FUNCTIONS),
  parameters: z.int().min(0).describe('Learned parameters, such as slopes. Default: none.').optional(),
  constants,
  unread,
});
const elementWise = z.strictObject({
  kind: z.enum(ELEMENT_WISE),
  name: name.optional(),
  from: z
    .union([z.string(), z.array(z.string()).min(1).describe('Names of earlier entries.')])
    .describe('The operands; one alone is combined with parameters. One of fewer words is used for several.')
    .optional(),
  parameters: z.int().min(0).describe('Learned parameters that are its last operand. Default: none.').optional(),
  constants,
  unread,
  activation: activation.optional(),
  bits,
});
const softmax = z.strictObject({
  kind: z.literal('softmax'),
  ...operator,
  heads: count('Groups of channels that are normalised apart. Default 1.').optional(),
});
const norm = z.strictObject({
  kind: z.enum(['layer-norm', 'rms-norm']),
  ...operator,
  heads: count('Groups of channels that are normalised apart, with the same parameters. Default 1.').optional(),
  parameters: learned.optional(),
  constants,
  unread,
});
const batchNorm = z.strictObject({
  kind: z.literal('batch-norm'),
  ...operator,
  parameters: learned.optional(),
  constants,
  unread,
});
const localNorm = z.strictObject({
  kind: z.literal('local-norm'),
  ...operator,
  window: count('Neighbouring channels that are normalised together. Default 5.').optional(),
});
const rotary = z.strictObject({
  kind: z.literal('rotary'),
  ...operator,
  share: z.number().gt(0).max(1).describe('Share of the words that are rotated. Default 1.').optional(),
  constants,
});
const embedding = z.strictObject({
  kind: z.literal('embedding'),
  name,
  rows: count('Rows of the table.').optional(),
  out: count('Features of a row.'),
  tokens: count('Rows that are looked up per input.'),
  bits,
  parameters: z
    .int()
    .min(0)
    .describe('Learned parameters. Default rows x out; 0 for a table that another layer reads too.')
    .optional(),
});
const resize = z.strictObject({
  kind: z.literal('resize'),
  ...operator,
  to: size('Rows and columns of the output.'),
  how: z.enum(['nearest', 'linear', 'cubic']).describe('Default nearest.').optional(),
});
const move = z.strictObject({
  kind: z.literal('move'),
  ...operator,
  to: sizes.describe('Sizes of the output.'),
});

const reduce = z.strictObject({
  kind: z.literal('reduce'),
  ...operator,
  to: sizes.describe('Sizes of the output, of at most as many words as the input.'),
});
const unknown = z.strictObject({
  kind: z.literal('unknown'),
  ...operator,
  operation: z.string().min(1).describe('What it does, in words; its words count, its operations do not.'),
  to: sizes.describe('Sizes of the output.'),
});

/** Operators without multiply-accumulates that compute or move words. */
export const vectorEntries = [
  pool,
  globalPool,
  function_,
  elementWise,
  softmax,
  norm,
  batchNorm,
  localNorm,
  rotary,
  embedding,
  resize,
  move,
  reduce,
  unknown,
] as const;

const concat = z.strictObject({
  kind: z.literal('concat'),
  name: name.optional(),
  from: z.array(z.string()).min(2).describe('Earlier entries whose channels (or tokens) are joined.'),
  along: z
    .enum(['channels', 'rows', 'columns'])
    .describe('rows: the tokens of sequences. Default channels.')
    .optional(),
});
const reshape = z.strictObject({
  kind: z.literal('reshape'),
  ...optionalName,
  to: sizes.describe(
    '[channels, rows, columns], [features, tokens] or [length]: for crops, flattening, class tokens and other changes that move no word.',
  ),
});

const input = z.strictObject({
  kind: z.literal('input'),
  name,
  to: sizes.describe('Its sizes.'),
  bits,
});

/** Changes of shape that move no word, and further inputs of the network. */
export const viewEntries = [concat, reshape, input] as const;

/** An entry of {@link vectorEntries}. */
export type VectorEntry = z.output<(typeof vectorEntries)[number]>;

/** An operation word by word. */
export type ElementWiseEntry = z.output<typeof elementWise>;

/** An entry of {@link viewEntries}. */
export type ViewEntry = z.output<(typeof viewEntries)[number]>;
