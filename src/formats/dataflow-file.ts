import { z } from 'zod';
import type { Accelerator } from '../accelerator/accelerator.ts';
import { dataflowProblems } from '../mapping/dataflow-problems.ts';
import type { DataflowTemplate, LevelTemplate } from '../mapping/dataflow-template.ts';
import { DIMS, type Dim, TENSORS } from '../util/vocabulary.ts';
import { type Document, errorAt, type KeyPath, readWith } from './document/document.ts';
import { listOfDifferent } from './document/list-of-different.ts';
import { nameSchema } from './name-schema.ts';

const dim = z.enum(DIMS);
const bound = z.union([z.number().int().positive(), z.literal('full')]);
const free = bound.optional();
const bounds = z.strictObject({ N: free, K: free, C: free, P: free, Q: free, R: free, S: free, G: free });

/** A partial mapping (dataflow preset or user's constraints), as files hold it. */
export const dataflowFileSchema = z.strictObject({
  name: nameSchema,
  source: z.string().default(''),
  dataflow: z
    .array(
      z.strictObject({
        level: z.string(),
        temporal: bounds.optional(),
        spatial: z.record(z.string(), bounds).optional(),
        parallelOnly: listOfDifferent(dim).optional().describe('The only dims that may run in parallel; [] = none.'),
        order: listOfDifferent(dim).min(1).optional().describe('Innermost loops of the level, from outer to inner.'),
        keep: listOfDifferent(z.enum(TENSORS))
          .optional()
          .describe('Exactly the tensors that the level keeps; [] = none.'),
      }),
    )
    .min(1),
});

/** Whether a parsed file holds a dataflow (partial mapping) rather than complete mappings. */
export function isDataflowFile(document: Document): boolean {
  return typeof document.data === 'object' && document.data !== null && 'dataflow' in document.data;
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
