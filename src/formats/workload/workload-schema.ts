import { z } from 'zod';
import { nameSchema } from '../name-schema.ts';
import {
  activation,
  bits,
  count,
  from,
  name,
  numberOrPair,
  padding,
  size,
  sizes,
  wordWidth,
  zeros,
} from './entry-fields.ts';
import { vectorEntries, viewEntries } from './operator-schema.ts';

const wordBits = z
  .strictObject({ Weights: wordWidth, Inputs: wordWidth, Outputs: wordWidth })
  .describe('Word widths; Outputs are partial sums. Default 16 bits each.');

const share = z.number().min(0).max(1);
const zeroShares = z
  .strictObject({ Inputs: share.optional(), Outputs: share.optional() })
  .describe(
    'Shares of Inputs and Outputs that are zeros, in [0, 1], spread at random; levels with compression store and move fewer bits for them. Default: not known, so dense.',
  )
  .optional();

const listedAs = nameSchema.describe(
  'Line of layer tables that this layer shares with equal ones, e.g. query, key and value of an attention. Default: its own name.',
);

const common = {
  name,
  from: from.optional(),
  repeat: count('Times that the network runs this layer with other weights. Default 1.').optional(),
  bias: z.boolean().describe('Whether the layer learns a bias per output channel.').optional(),
  norm: z.boolean().describe('Whether a normalisation with scale and shift per output channel follows.').optional(),
  parameters: z
    .int()
    .min(0)
    .describe('Learned parameters of one instance, when they do not follow from the shape.')
    .optional(),
  wordBits: wordBits.optional(),
  zeros: zeroShares,
  activation: activation.optional(),
  listedAs: listedAs.optional(),
  bits,
};

const map = {
  in: count('Input channels; checked against what flows in.').optional(),
  input: size(
    'Rows and columns of the input. With it the layer stands alone; without, the size follows from what flows in.',
  ).optional(),
  output: size('Rows and columns of the output; only checked.').optional(),
};

const stride = numberOrPair('Output step in input words. Default 1.').optional();
const kernel = numberOrPair('Filter rows and columns.');

const conv = z.strictObject({
  kind: z.literal('conv'),
  ...common,
  ...map,
  out: count('Output channels.'),
  kernel,
  stride,
  dilation: numberOrPair('Filter step in input words. Default 1.').optional(),
  padding: padding.optional(),
  groups: count('Groups; divides both channel counts. Default 1.').optional(),
});
const pointwise = z.strictObject({
  kind: z.literal('pointwise'),
  ...common,
  ...map,
  out: count('Output channels.'),
  stride,
});
const depthwise = z.strictObject({
  kind: z.literal('depthwise'),
  ...common,
  ...map,
  kernel,
  stride,
  dilation: numberOrPair('Filter step in input words. Default 1.').optional(),
  padding: padding.optional(),
  multiplier: count('Output channels per input channel. Default 1.').optional(),
});
const transposed = z.strictObject({
  kind: z.literal('transposed'),
  ...common,
  ...map,
  out: count('Output channels.'),
  kernel: numberOrPair('Kernel and stride: they are equal, so no two outputs overlap.'),
});
const linear = z.strictObject({
  kind: z.literal('linear'),
  ...common,
  in: count('Input features; checked against what flows in.').optional(),
  out: count('Output features.'),
  tokens: count('Positions that share the weights. With it and `in` the layer stands alone.').optional(),
});
const matmul = z.strictObject({
  kind: z.literal('matmul'),
  name,
  from: z
    .tuple([z.string(), z.string()])
    .describe('The two entries whose outputs are multiplied; without it the product stands alone.')
    .optional(),
  repeat: common.repeat,
  wordBits: common.wordBits,
  zeros: common.zeros,
  activation: common.activation,
  listedAs: common.listedAs,
  bits,
  heads: count('Independent products. Default 1.').optional(),
  rows: count('Rows of the first factor.'),
  inner: count('Columns of the first factor = rows of the second.'),
  columns: count('Columns of the second factor.'),
});
const problem = z.strictObject({
  kind: z.literal('problem'),
  name,
  as: nameSchema.describe('Kind to show. Default problem.').optional(),
  from: from.describe('The entry whose output it reads; without it the problem stands alone.').optional(),
  repeat: common.repeat,
  parameters: common.parameters,
  wordBits: common.wordBits,
  zeros: common.zeros,
  activation: common.activation,
  listedAs: common.listedAs,
  bits,
  bounds: z
    .strictObject({
      N: count('Batch.').optional(),
      G: count('Groups.').optional(),
      K: count('Output channels per group.').optional(),
      C: count('Input channels per group.').optional(),
      P: count('Output rows.').optional(),
      Q: count('Output columns.').optional(),
      R: count('Filter rows.').optional(),
      S: count('Filter columns.').optional(),
    })
    .describe('Loop bounds; absent ones are 1.'),
  stride: size('Stride along P and Q.').optional(),
  dilation: size('Dilation along R and S.').optional(),
  inputSize: size('Stored rows and columns of the input.').optional(),
  paddingBefore: z.tuple([zeros, zeros]).describe('Zero rows and columns before the input.').optional(),
  to: sizes
    .describe('Sizes of what flows out, of as many words. Default: a map of G x K channels, P rows and Q columns.')
    .optional(),
});

const macEntries = [conv, pointwise, depthwise, transposed, linear, matmul, problem] as const;
const macEntry = z.discriminatedUnion('kind', macEntries);

/** A layer with multiply-accumulates, an operator without, or a change of shape that moves no word. */
const plainLayer = [...macEntries, ...vectorEntries, ...viewEntries] as const;
const layerInBlock = z.discriminatedUnion('kind', plainLayer);
const block = z.strictObject({
  kind: z.literal('block'),
  name,
  from: from.optional(),
  repeat: count(
    'Times that the network runs the block; above 1 its output must have the shape of its input. Default 1.',
  ).optional(),
  layers: z
    .array(layerInBlock)
    .min(1)
    .describe('Entries of the block; their names get the name of the block and a dot in front.'),
});
const layer = z.discriminatedUnion('kind', [...plainLayer, block]);

const tolerance = z.number().min(0).max(0.015);

/** The YAML form of a network. `z.toJSONSchema(workloadSchema, { io: 'input' })` gives its JSON Schema. */
export const workloadSchema = z.strictObject({
  name: name.describe('Short name.'),
  title: z.string().describe('Full name and variant.').optional(),
  source: z.string().describe('Where the layer table comes from.'),
  notes: z.string().describe('What a reader should know: variant, what is left out, why a count differs.').optional(),
  published: z
    .strictObject({
      macs: z.number().positive().describe('Multiply-accumulates for batch 1.').optional(),
      parameters: z.number().positive().describe('Learned parameters.').optional(),
      tolerance: z
        .union([tolerance, z.strictObject({ macs: tolerance, parameters: tolerance })])
        .describe('Largest relative difference between this file and the published counts; at most 0.015.'),
      source: z.string().min(1).describe('Who published the counts.'),
    })
    .describe('Published counts that this file must reproduce; those that nobody published are absent.')
    .optional(),
  otherParameters: z
    .record(z.string(), z.int().min(0))
    .describe(
      'Parameters outside the layers, by name: embeddings, position tables. Looking them up takes no multiply-accumulates.',
    )
    .optional(),
  wordBits: wordBits.optional(),
  defaults: z
    .strictObject({ bias: z.boolean().optional(), norm: z.boolean().optional(), activation: activation.optional() })
    .describe('bias, norm and activation of layers that do not say; default: none.')
    .optional(),
  input: sizes
    .describe('What the network reads: [channels, rows, columns], [features, tokens] or [length].')
    .optional(),
  batch: count(
    'Inputs that the network always runs together; sizes are those of one. Default: as many as a command asks for.',
  ).optional(),
  layers: z.array(layer).min(1).describe('Entries in the order in which they run.'),
  uncounted: z
    .array(
      z.strictObject({
        operation: z.string().min(1).describe('What is not counted.'),
        count: count('How many there are.'),
        words: z.number().min(0).describe('Words that they read and write; absent where that is not known.').optional(),
        reason: z.string().min(1).describe('Why, as results say it.'),
      }),
    )
    .describe('Operators that figures leave out, in whole or in part. Default: the entries of kind unknown.')
    .optional(),
});

/** A validated workload file. */
export type WorkloadFile = z.output<typeof workloadSchema>;

/** One entry of its layers with multiply-accumulates. */
export type MacEntry = z.output<typeof macEntry>;

/** An entry with multiply-accumulates or a change of shape, or a block of them. */
export type Entry = z.output<typeof layer>;
