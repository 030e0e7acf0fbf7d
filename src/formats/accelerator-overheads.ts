import { z } from 'zod';
import { OTHER_DIMS } from '../accelerator/overhead-data.ts';
import type { ArrayOverheads, HostLink, LevelOverheads, RunLengthCode } from '../accelerator/overheads.ts';
import { DIMS, type Dim, type PerTensor, TENSORS } from '../util/vocabulary.ts';
import { listOfDifferent } from './document/list-of-different.ts';
import { bits, bytesPerSecond, picojoulesPerBit } from './quantity/quantity-schema.ts';

const cycles = (what: string) => z.int().min(0).describe(`${what}, in cycles.`);

const contiguous = z
  .array(z.union([z.enum(DIMS), z.literal(OTHER_DIMS)]))
  .refine((dims) => dims.lastIndexOf(OTHER_DIMS) <= 0, { error: `${OTHER_DIMS} stands first or not at all` })
  .transform((dims): readonly Dim[] => dims.filter((dim) => dim !== OTHER_DIMS));

const CODE = /^rlc\(\s*run (\d+)\s*,\s*word (\d+)\s*,\s*packs (\d+) in (\d+)\s*\)$/;

const compression = z
  .string()
  .describe(
    'Run-length code of zeros, "rlc(run 5, word 16, packs 3 in 64)": pairs of a run of 5 bits and a word of 16, 3 in 64 bits. Shrinks Inputs and Outputs of layers that state their zeros.',
  )
  .transform((text, context): RunLengthCode => {
    const [, runBits, wordBits, pairsPerBlock, blockBits] = (CODE.exec(text.trim()) ?? []).map(Number);
    if (runBits !== undefined && wordBits !== undefined && pairsPerBlock !== undefined && blockBits !== undefined)
      return { runBits, wordBits, pairsPerBlock, blockBits };
    context.addIssue({
      code: 'custom',
      message: `'${text}' is no code of zeros\nwrite for example rlc(run 5, word 16, packs 3 in 64)`,
    });
    return z.NEVER;
  });

/** Keys of a level for what real hardware adds; all optional. */
export const overheadKeys = {
  launch: z
    .strictObject({
      cycles: cycles('Of a visit of a tile'),
      matrixCycles: cycles('Of a visit in matrix products; absent = cycles').optional(),
    })
    .optional()
    .describe("Every visit of the level's tile takes a sequencer this long, beside everything else."),
  refetch: listOfDifferent(z.enum(TENSORS))
    .optional()
    .describe('Tensors whose tiles come anew at every visit, even where the next one needs the same words.'),
  spill: z.literal('never').optional().describe('Partial sums never leave the level to come back.'),
  requests: z
    .strictObject({
      bytes: z.int().min(1).describe('Contiguous bytes of a request at most.'),
      cycles: z.int().min(1).describe("Cycles of the level's port for a request, beside those of its words."),
    })
    .optional()
    .describe('Transfers that the level serves are cut into requests of contiguous words; needs layout.'),
  layout: z
    .strictObject({ Weights: contiguous.optional(), Inputs: contiguous.optional(), Outputs: contiguous.optional() })
    .optional()
    .describe(
      'Dims along which a tensor is contiguous in the level, fastest last, ".." for all others; P and Q are rows and columns.',
    ),
  drain: z
    .enum(['charged', 'free'])
    .optional()
    .describe('Whether words of Outputs on their way out are read from the level; absent = free.'),
  compression: compression.optional(),
  overlap: z.literal('none').optional().describe("The level's transfers do not overlap with compute."),
  fill: z
    .strictObject({
      cyclesPerLoad: cycles('Between two loads of stationary weights at least'),
      leastRows: z.int().min(1).default(1).describe('Rows that stream between two loads take at least as many cycles.'),
    })
    .optional()
    .describe('New weights in the array below take time of it.'),
  ramp: cycles("To fill and drain the array's pipeline at every visit of the level's tile").optional(),
};

const keys = z.object(overheadKeys);

/** What a level of a file states of overheads. */
export type OverheadData = z.output<typeof keys>;

/** Overheads of a level as a file states them. */
export function toLevelOverheads(data: OverheadData): LevelOverheads {
  const { launch, refetch, spill, requests, layout, drain, compression: code, overlap } = data;
  return {
    ...(launch === undefined
      ? {}
      : { launch: { cycles: launch.cycles, matrixCycles: launch.matrixCycles ?? launch.cycles } }),
    ...(refetch === undefined || refetch.length === 0 ? {} : { refetch }),
    ...(spill === undefined ? {} : { spill }),
    ...(requests === undefined ? {} : { requests: { ...requests, layout: statedOnly(layout ?? {}) } }),
    ...(drain === 'charged' ? { drain } : {}),
    ...(code === undefined ? {} : { compression: code }),
    ...(overlap === undefined ? {} : { overlap }),
  };
}

/** Overheads of the array below a level as a file states them. */
export function toArrayOverheads({ fill, ramp }: OverheadData): ArrayOverheads {
  return { ...(fill === undefined ? {} : { fill }), ...(ramp === undefined ? {} : { rampCycles: ramp }) };
}

/** Schema of a link to the host. */
export const linkSchema = z
  .strictObject({
    bandwidth: bytesPerSecond(),
    resident: bits().default(0).describe('Weights of a network that stay on the accelerator between its runs.'),
    energy: picojoulesPerBit().default(0),
  })
  .describe(
    "Link to the host: a network's inputs, outputs and the weights that are not resident go over it, after one another with its layers.",
  );

/** A link as a file states it. */
export function toLink({ bandwidth, resident, energy }: z.output<typeof linkSchema>): HostLink {
  return { bytesPerSecond: bandwidth, residentBits: resident, pjPerBit: energy };
}

function statedOnly(
  layout: {
    readonly [tensor in keyof PerTensor<unknown>]?: readonly Dim[] | undefined;
  },
): Partial<PerTensor<readonly Dim[]>> {
  return Object.fromEntries(Object.entries(layout).filter(([, dims]) => dims !== undefined));
}
