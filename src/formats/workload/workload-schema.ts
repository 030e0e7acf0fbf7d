import { z } from 'zod';
import { nameSchema } from '../name-schema.ts';
import { widthInBits } from '../quantity/quantity-schema.ts';

const count = (description: string) => z.int().min(1).describe(description);
const size = (description: string) => z.tuple([z.int().min(1), z.int().min(1)]).describe(description);
const numberOrPair = (description: string) =>
  z.union([z.int().min(1), z.tuple([z.int().min(1), z.int().min(1)])]).describe(description);
const zeros = z.int().min(0);
const padding = z
  .union([z.enum(['same', 'valid']), zeros, z.tuple([zeros, zeros]), z.tuple([zeros, zeros, zeros, zeros])])
  .describe(
    'Zeros around the map: same, valid, a number, [vertical, horizontal] or [top, bottom, left, right]. Default 0.',
  );
const name = nameSchema.describe('Name, unique in its network.');
const from = z
  .union([z.string(), z.array(z.string()).min(1)])
  .describe(
    'What the layer reads: the name of an earlier layer, a list of names to concatenate along the channels, or `input` (of the network; in a block, of the block). Default: the layer before.',
  );

const wordWidth = widthInBits().pipe(z.int().min(1)).optional();
const wordBits = z
  .strictObject({ Weights: wordWidth, Inputs: wordWidth, Outputs: wordWidth })
  .describe('Word widths; Outputs are partial sums. Default 16 bits each.');

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
  repeat: common.repeat,
  wordBits: common.wordBits,
  heads: count('Independent products. Default 1.').optional(),
  rows: count('Rows of the first factor.'),
  inner: count('Columns of the first factor = rows of the second.'),
  columns: count('Columns of the second factor.'),
});
const problem = z.strictObject({
  kind: z.literal('problem'),
  name,
  as: z.string().describe('Kind to show. Default problem.').optional(),
  repeat: common.repeat,
  parameters: common.parameters,
  wordBits: common.wordBits,
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
});

const optionalName = { name: name.optional(), from: from.optional() };
const pool = z.strictObject({
  kind: z.literal('pool'),
  ...optionalName,
  kernel,
  stride,
  padding: padding.optional(),
  ceil: z.boolean().describe('Whether a window that sticks out at the end counts. Default false.').optional(),
  output: map.output,
});
const concat = z.strictObject({
  kind: z.literal('concat'),
  name: name.optional(),
  from: z.array(z.string()).min(2).describe('Earlier layers whose channels are joined.'),
});
const globalPool = z.strictObject({ kind: z.literal('global-pool'), ...optionalName });
const reshape = z.strictObject({
  kind: z.literal('reshape'),
  ...optionalName,
  to: z
    .union([
      z.tuple([z.int().min(1)]),
      z.tuple([z.int().min(1), z.int().min(1)]),
      z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]),
    ])
    .describe(
      '[channels, rows, columns], [features, tokens] or [length]: for crops, flattening, class tokens and other moves of data.',
    ),
});

/** A layer with multiply-accumulates, or a change of shape (pool, global-pool, concat, reshape) that the cost model does not charge. */
const plainLayer = [
  conv,
  pointwise,
  depthwise,
  transposed,
  linear,
  matmul,
  problem,
  pool,
  globalPool,
  concat,
  reshape,
] as const;
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
    .describe('Layers of the block; their names get the name of the block and a dot in front.'),
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
    .strictObject({ bias: z.boolean().optional(), norm: z.boolean().optional() })
    .describe('bias and norm of layers that do not say; default false.')
    .optional(),
  input: z
    .union([
      z.tuple([z.int().min(1)]),
      z.tuple([z.int().min(1), z.int().min(1)]),
      z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]),
    ])
    .describe('What the network reads: [channels, rows, columns], [features, tokens] or [length].')
    .optional(),
  layers: z.array(layer).min(1).describe('Layers in the order in which they run.'),
});

/** A validated workload file. */
export type WorkloadFile = z.output<typeof workloadSchema>;

/** One entry of its layers that is not a block. */
export type LayerEntry = z.output<typeof layerInBlock>;

/** An entry with multiply-accumulates or a change of shape, or a block of them. */
export type Entry = z.output<typeof layer>;
