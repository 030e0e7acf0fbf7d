import { z } from 'zod';
import { DIMS, TENSORS } from '../util/vocabulary.ts';
import { longList } from './document/long-list.ts';

/** Schemas of the tool-neutral record format: a problem, an architecture and a mapping with the figures another tool gave them. */

const positive = z.number().int().positive();
const count = z.number().nonnegative();
/** Words per cycle of a port: times in cycles stay numbers that can be told. */
export const wordsPerCycle = z.number().min(1e-6).max(1e9);
const dim = z.enum(DIMS);
const tensor = z.enum(TENSORS);
const pair = z.tuple([positive, positive]);

/** A problem as recorded: no padding; K and C per group. */
export const recordProblemSchema = z.object({
  name: z.string(),
  kind: z.string().optional(),
  dims: z.partialRecord(dim, positive),
  stride: pair,
  dilation: pair,
});

const recordLevelSchema = z.object({
  name: z.string(),
  dram: z.boolean(),
  capacity_words: z.number().positive().nullable(),
  word_bits: positive,
  block_words: positive,
  instances: positive,
  meshX: positive,
  bandwidth: z.object({
    read: wordsPerCycle.optional(),
    write: wordsPerCycle.optional(),
    shared: wordsPerCycle.optional(),
  }),
  energy_pJ: z.object({ read: count, fill: count, update: count }),
});

/** An architecture as recorded, levels outermost first. */
export const recordArchitectureSchema = z.object({
  mac: z.object({ instances: positive, meshX: positive, word_bits: positive, energy_pJ: count }),
  levels: longList(recordLevelSchema, 1),
});

/** One level of a recorded mapping. */
export const recordMappingLevelSchema = z.object({
  level: z.string(),
  temporal: longList(z.tuple([dim, positive])),
  spatial: longList(z.tuple([dim, positive, z.enum(['X', 'Y', 'Z'])])),
  keep: longList(tensor),
  no_multicast: longList(tensor).optional(),
});

const recordTensorResultSchema = z.object({
  tile_words: count,
  partition_words: count.optional(),
  instances: count,
  reads: count,
  fills: count,
  updates: count,
  temporal_reductions: count.optional(),
  address_generations: count.optional(),
  energy_pJ: count,
});

const recordNetworkResultSchema = z.object({
  fanout: count,
  multicast_factor: count.optional(),
  ingresses: count,
  spatial_reductions: count,
  by_multicast: longList(z.tuple([count, count, count])).optional(),
});

/** The figures that the other tool gave; counts per instance. */
export const recordResultsSchema = z.object({
  cycles: count,
  compute_cycles: count,
  macs: count,
  mac_instances_used: count,
  utilization: count,
  energy_pJ: count,
  mac_energy_pJ: count,
  levels: z.record(z.string(), z.object({ cycles: count, tensors: z.partialRecord(tensor, recordTensorResultSchema) })),
  networks: z.record(z.string(), z.partialRecord(tensor, recordNetworkResultSchema)).optional(),
});

/** A record with results, as in `dev.json` and `hand.json`. */
export const recordSchema = z.object({
  id: z.string(),
  problem: recordProblemSchema,
  arch: recordArchitectureSchema,
  mapping: longList(recordMappingLevelSchema),
  results: recordResultsSchema,
});

/** A mapspace with what another mapper found in it. */
export const mapperRecordSchema = z.object({
  id: z.string(),
  problem: recordProblemSchema,
  arch: recordArchitectureSchema,
  mapspace: z.object({
    factors: z.enum(['perfect', 'imperfect']),
    keep: z.record(z.string(), z.union([z.literal('free'), longList(tensor)])),
    spatial: z.record(z.string(), z.partialRecord(z.enum(['X', 'Y', 'Z']), z.union([z.literal('any'), longList(dim)]))),
  }),
  timeloop_mapper: z
    .object({
      energy_pJ: count,
      cycles: count,
      edp_pJ_cycles: count,
      mapping: longList(recordMappingLevelSchema),
      cpu_s: count.optional(),
      wall_s: count.optional(),
      valid_mappings_evaluated: count.optional(),
    })
    .optional(),
});

/** A file of records. */
export const recordFileSchema = longList(recordSchema);

/** A file of mapper records. */
export const mapperRecordFileSchema = longList(mapperRecordSchema);

/** A problem as recorded. */
export type RecordProblem = z.infer<typeof recordProblemSchema>;
/** An architecture as recorded, levels outermost first. */
export type RecordArchitecture = z.infer<typeof recordArchitectureSchema>;
/** One level of a mapping as recorded. */
export type RecordMappingLevel = z.infer<typeof recordMappingLevelSchema>;
/** A record with the figures that another tool gave. */
export type TimeloopRecord = z.infer<typeof recordSchema>;
/** A mapspace with what another mapper found in it. */
export type MapperRecord = z.infer<typeof mapperRecordSchema>;
