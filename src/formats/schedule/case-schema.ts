import { z } from 'zod';
import { DIMS } from '../../util/vocabulary.ts';
import { AXES } from '../../workload/graph/sequence.ts';
import { longList } from '../document/long-list.ts';
import { nameSchema } from '../name-schema.ts';

/** Schemas of the tool-neutral cases of whole networks: an architecture, a graph, and schedules with the figures that another program gave their steps. */

/** Largest size of an axis, a dim or a memory: products of a few stay exact. */
const MOST = 2 ** 30;
const positive = z.number().int().positive().max(MOST);
const index = z.number().int().nonnegative().max(MOST);
const figure = z.number().nonnegative();
const rate = z.number().positive();
const dim = z.enum(DIMS);
const pair = z.tuple([positive, positive]);
const range = z.tuple([index, index]);

const levelSchema = z.object({
  name: nameSchema,
  dram: z.boolean(),
  capacity_words: positive.nullable(),
  word_bits: positive,
  block_words: positive,
  instances: positive,
  bandwidth: z.object({ read: rate.optional(), write: rate.optional(), shared: rate.optional() }).default({}),
  energy_pJ: z.object({ read: figure, fill: figure, update: figure }),
});

const architectureSchema = z.object({
  levels: z.array(levelSchema).min(2).max(6),
  spatial: z.object({
    level: z.string(),
    array: z.string().regex(/^[A-Z]$/, 'is not the name of an array dimension\na capital letter, as X'),
    dims: z.array(dim),
    size: positive,
  }),
  mac: z.object({ instances: positive, energy_pJ: figure }),
  bits: z.object({ activation: positive, weight: positive, partial: z.record(z.string(), positive) }),
  vector: z.object({ lanes: rate, energy_pJ: figure }),
});

const tensorSchema = z.object({
  name: nameSchema,
  shape: z.tuple([positive, positive, positive, positive]),
  role: z.enum(['input', 'output']).optional(),
});

const macSchema = z.object({
  kind: z.literal('mac'),
  name: nameSchema,
  dims: z.partialRecord(dim, positive),
  stride: pair,
  dilation: pair,
  pad: z.tuple([index, index]),
  input: z.string(),
  weights: z.union([
    z.object({ words: positive }),
    z.object({ tensor: z.string(), layout: z.enum(['keys', 'values']) }),
  ]),
  output: z.string(),
});

const vectorSchema = z.object({
  kind: z.literal('vector'),
  name: nameSchema,
  op: z.string().default(''),
  inputs: z.array(z.string()).min(1),
  output: z.string(),
  work_per_word: figure,
  window: z.object({ size: pair, stride: pair, pad: z.tuple([index, index]) }).optional(),
  inplace: index.optional(),
});

const concatSchema = z.object({
  kind: z.literal('concat'),
  name: nameSchema,
  inputs: z.array(z.string()).min(1),
  output: z.string(),
});

const graphSchema = z.object({
  tensors: z.array(tensorSchema).min(1),
  operators: z.array(z.discriminatedUnion('kind', [macSchema, vectorSchema, concatSchema])).min(1),
});

const box = z.tuple([range, range, range, range]);
const boxes = z.record(z.string(), box);
const home = z.enum(['D', 'R']);

const stepSchema = z.object({
  operator: z.string(),
  iteration: index,
  output_box: z.object({ n: range, c: range, p: range, q: range }),
  homes: z.object({ Weights: home, Inputs: home, Outputs: home }).optional(),
  holds: boxes,
  fetch: boxes,
  drain: boxes,
  room_bits: z.number().optional(),
  tile_bits: figure.optional(),
  in_place_words: index.optional(),
  mapping: z
    .array(
      z.object({
        level: z.string(),
        temporal: z.array(z.tuple([dim, positive])),
        spatial: z.array(z.tuple([dim, positive, z.string()])),
      }),
    )
    .optional(),
  counts: z.record(z.string(), z.tuple([figure, figure, figure])),
  energy_pJ: figure,
  cycles: figure,
});

const scheduleSchema = z.object({
  homes: z.record(z.string(), z.enum(['D', 'R', 'F'])),
  pinned: z.array(z.string()).default([]),
  segments: z
    .array(
      z.object({
        operators: z.array(z.string()).min(1),
        held: z.array(z.string()).default([]),
        loops: z.array(z.tuple([z.enum(AXES), positive])).default([]),
        halo: z.enum(['cached', 'recomputed']).default('cached'),
        steps: longList(stepSchema).optional(),
      }),
    )
    .min(1),
});

const bestSchema = z.object({
  energy_pJ: figure,
  cycles: figure,
  value: figure,
  schedule: scheduleSchema,
});

const front = longList(z.tuple([figure, figure]));

const resultsSchema = z.discriminatedUnion('feasible', [
  z.object({ feasible: z.literal(false) }),
  z.object({
    feasible: z.literal(true),
    front,
    front_stage_a: front,
    edp: bestSchema,
    energy: bestSchema,
    latency: bestSchema,
  }),
]);

const common = { id: nameSchema, kind: z.string(), arch: architectureSchema, graph: graphSchema };

/** A case that another program solved, or a schedule that it executed. */
const caseSchema = z.union([
  z.object({
    ...common,
    space: z.object({ fusion: z.boolean(), pinning: z.boolean(), loops: z.array(z.array(z.enum(AXES)).min(1).max(2)) }),
    results: resultsSchema,
  }),
  z.object({ ...common, schedule: scheduleSchema, energy_pJ: figure, cycles: figure }),
]);

/** A file of cases. */
export const scheduleCaseFileSchema = longList(caseSchema);

/** A case as recorded. */
export type RecordedCase = z.infer<typeof caseSchema>;
/** An architecture as recorded, levels outermost first. */
export type RecordedArchitecture = z.infer<typeof architectureSchema>;
/** A graph as recorded. */
export type RecordedGraph = z.infer<typeof graphSchema>;
/** A schedule as recorded, with the figures of its steps where these are. */
export type RecordedSchedule = z.infer<typeof scheduleSchema>;
/** A step with its figures. */
export type RecordedStep = z.infer<typeof stepSchema>;
