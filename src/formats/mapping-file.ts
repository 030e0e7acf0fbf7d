import { isPair, isScalar, isSeq, visit, Document as YamlDocument } from 'yaml';
import { z } from 'zod';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { dataflowProblems } from '../mapping/dataflow-problems.ts';
import type { DataflowTemplate, LevelTemplate } from '../mapping/dataflow-template.ts';
import type { LevelMapping, Mapping } from '../mapping/mapping.ts';
import { DIMS, type Dim, TENSORS } from '../util/vocabulary.ts';
import { type Document, errorAt, type KeyPath, readWith } from './document/document.ts';

const DIM_PATTERN = DIMS.join('');
const dim = z.enum(DIMS);
const tensors = listOfDifferent(z.enum(TENSORS));
const temporalLoop = z
  .string()
  .regex(new RegExp(`^[${DIM_PATTERN}] [1-9][0-9]*$`), 'a temporal loop is a dim and a bound, for example "K 16"');
const spatialLoop = z
  .string()
  .regex(
    new RegExp(`^[${DIM_PATTERN}] [1-9][0-9]* [A-Z]$`),
    'a spatial loop is a dim, a bound and an array dimension, for example "K 16 X"',
  );

/** A list in which no word may stand twice. */
function listOfDifferent<T extends z.ZodType<string>>(word: T) {
  return z.array(word).superRefine((list, context) => {
    for (const [index, one] of list.entries())
      if (list.indexOf(one) < index)
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `${one} stands twice in the list\nremove one`,
          input: one,
        });
  });
}

const levelSchema = z.strictObject({
  level: z.string(),
  temporal: z.array(temporalLoop).default([]),
  spatial: z.array(spatialLoop).default([]),
  keep: tensors,
  noMulticast: tensors.default([]),
});

/** Complete mappings of the layers of a network, as files hold them. */
export const mappingFileSchema = z.strictObject({
  name: z.string(),
  source: z.string().default(''),
  accelerator: z.string().optional(),
  workload: z.string().optional(),
  batch: z.number().int().positive().optional(),
  mappings: z.array(z.strictObject({ layer: z.string(), levels: z.array(levelSchema).min(1) })).min(1),
});

const bound = z.union([z.number().int().positive(), z.literal('full')]);
const free = bound.optional();
const bounds = z.strictObject({ N: free, K: free, C: free, P: free, Q: free, R: free, S: free, G: free });

/** A partial mapping (dataflow preset or user's constraints), as files hold it. */
export const dataflowFileSchema = z.strictObject({
  name: z.string(),
  source: z.string().default(''),
  dataflow: z
    .array(
      z.strictObject({
        level: z.string(),
        temporal: bounds.optional(),
        spatial: z.record(z.string(), bounds).optional(),
        parallelOnly: listOfDifferent(dim).optional().describe('The only dims that may run in parallel; [] = none.'),
        order: listOfDifferent(dim).min(1).optional().describe('Innermost loops of the level, from outer to inner.'),
        keep: tensors.optional().describe('Exactly the tensors that the level keeps; [] = none.'),
      }),
    )
    .min(1),
});

type MappingFile = z.infer<typeof mappingFileSchema>;

/** Mappings of several layers under their layers' names. */
export interface MappingSet {
  readonly name: string;
  readonly source: string;
  readonly accelerator?: string;
  readonly workload?: string;
  /** Batch that the mappings were made for. */
  readonly batch?: number;
  /** The mapping of a layer for an accelerator; undefined when the file has none for it. Level names are checked here. */
  readonly mappingOf: (layer: string, accelerator: Accelerator) => Mapping | undefined;
  readonly layers: readonly string[];
}

/** Whether a parsed file holds a dataflow (partial mapping) rather than complete mappings. */
export function isDataflowFile(document: Document): boolean {
  return typeof document.data === 'object' && document.data !== null && 'dataflow' in document.data;
}

/** Reads complete mappings. @throws TrifoldError with place and key */
export function readMappings(document: Document): MappingSet {
  const file = readWith(mappingFileSchema, document);
  return {
    name: file.name,
    source: file.source,
    ...(file.accelerator === undefined ? {} : { accelerator: file.accelerator }),
    ...(file.workload === undefined ? {} : { workload: file.workload }),
    ...(file.batch === undefined ? {} : { batch: file.batch }),
    layers: file.mappings.map((entry) => entry.layer),
    mappingOf: (layer, accelerator) => {
      const index = file.mappings.findIndex((entry) => entry.layer === layer);
      return index < 0 ? undefined : mappingOf(document, file, index, accelerator);
    },
  };
}

/**
 * Checks that an accelerator gives a meaning to everything that the template of a document states.
 * @throws TrifoldError with place and key
 */
export function checkDataflow(document: Document, template: DataflowTemplate, accelerator: Accelerator): void {
  const [problem] = dataflowProblems(template, accelerator);
  if (problem !== undefined)
    throw errorAt(document, problem.path, problem.code, problem.message, problem.hint, problem.part);
}

/** Reads a dataflow or constraints file. @throws TrifoldError with place and key */
export function readDataflow(document: Document): DataflowTemplate {
  const file = readWith(dataflowFileSchema, document);
  for (const [i, entry] of file.dataflow.entries()) refuseEmpty(document, ['dataflow', i], entry);
  return {
    name: file.name,
    source: file.source,
    levels: file.dataflow.map((entry): LevelTemplate => {
      const { level, temporal, spatial, parallelOnly, order, keep } = entry;
      return {
        level,
        ...(temporal === undefined ? {} : { temporal: present(temporal) }),
        ...(spatial === undefined
          ? {}
          : {
              spatial: Object.fromEntries(Object.entries(spatial).map(([array, wanted]) => [array, present(wanted)])),
            }),
        ...(parallelOnly === undefined ? {} : { parallelOnly }),
        ...(order === undefined ? {} : { order }),
        ...(keep === undefined ? {} : { keep }),
      };
    }),
  };
}

type DataflowEntry = z.infer<typeof dataflowFileSchema>['dataflow'][number];

/** @throws TrifoldError for a part of an entry without any statement: it would have no effect */
function refuseEmpty(document: Document, path: KeyPath, { level: _, ...entry }: DataflowEntry): void {
  const parts: readonly (readonly [KeyPath, object | undefined])[] = [
    [[], entry],
    [['temporal'], entry.temporal],
    [['spatial'], entry.spatial],
    ...Object.entries(entry.spatial ?? {}).map(([array, wanted]) => [['spatial', array], wanted] as const),
  ];
  for (const [keys, part] of parts)
    if (part !== undefined && Object.keys(part).length === 0)
      throw errorAt(
        document,
        [...path, ...keys],
        'schema',
        'states nothing',
        'state a bound, an order or kept tensors here, or remove it',
      );
}

function present<T>(record: Readonly<Partial<Record<Dim, T | undefined>>>): Partial<Record<Dim, T>> {
  const result: Partial<Record<Dim, T>> = {};
  for (const name of DIMS) {
    const value = record[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function mappingOf(document: Document, file: MappingFile, index: number, accelerator: Accelerator): Mapping {
  const entry = file.mappings[index]!;
  const names = accelerator.levels.map((level) => level.name);
  const path = ['mappings', index, 'levels'];
  if (entry.levels.length !== names.length)
    throw errorAt(
      document,
      path,
      'illegal-mapping',
      `${entry.layer}: the mapping has ${entry.levels.length} levels, ${accelerator.name} has ${names.length}`,
      `levels of ${accelerator.name}, outermost first: ${names.join(', ')}`,
    );
  return {
    levels: entry.levels.map((level, i): LevelMapping => {
      if (level.level !== names[i])
        throw errorAt(
          document,
          [...path, i, 'level'],
          'illegal-mapping',
          `${entry.layer}: level ${i} is ${names[i]} on ${accelerator.name}, not ${level.level}`,
          `levels of ${accelerator.name}, outermost first: ${names.join(', ')}`,
        );
      return {
        temporal: level.temporal.map((text) => {
          const [loopDim, loopBound] = text.split(' ');
          // The schema's pattern guarantees a dim here.
          return { dim: loopDim as Dim, bound: Number(loopBound) };
        }),
        spatial: level.spatial.map((text) => {
          const [loopDim, loopBound, array] = text.split(' ');
          return { dim: loopDim as Dim, bound: Number(loopBound), array: array! };
        }),
        keep: level.keep,
        noMulticast: level.noMulticast,
      };
    }),
  };
}

/** Mappings as YAML text that {@link readMappings} reads back to the same mappings. */
export function formatMappings(
  header: { name: string; source: string; accelerator: Accelerator; workload: string; batch: number },
  mappings: readonly { readonly layer: string; readonly mapping: Mapping }[],
): string {
  const { accelerator } = header;
  const document = new YamlDocument({
    name: header.name,
    source: header.source,
    accelerator: accelerator.name,
    workload: header.workload,
    batch: header.batch,
    mappings: mappings.map(({ layer, mapping }) => ({
      layer,
      levels: mapping.levels.map((level, i) => ({
        level: accelerator.levels[i]!.name,
        temporal: level.temporal.filter((loop) => loop.bound > 1).map((loop) => `${loop.dim} ${loop.bound}`),
        spatial: level.spatial
          .filter((loop) => loop.bound > 1)
          .map((loop) => `${loop.dim} ${loop.bound} ${loop.array}`),
        keep: [...level.keep],
        ...(level.noMulticast.length === 0 ? {} : { noMulticast: [...level.noMulticast] }),
      })),
    })),
  });
  visit(document, {
    Pair: (_, pair) => {
      if (isPair(pair) && isScalar(pair.key) && pair.key.value !== 'mappings' && pair.key.value !== 'levels')
        if (isSeq(pair.value)) pair.value.flow = true;
    },
  });
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}
