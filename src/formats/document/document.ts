import { z } from 'zod';
import { type ErrorCode, type SourcePlace, TrifoldError } from '../../util/errors.ts';
import { FOREIGN_HINT, foreignFormat, formatOfText, otherOwnFormat } from './foreign-format.ts';
import { describeIssue, flattenIssues, MOST_PROBLEMS, type Problem } from './schema-problems.ts';
import { readYamlData } from './yaml-data.ts';
import { parseYamlText } from './yaml-text.ts';

/** Keys and indices from the root of a document to a value. */
export type KeyPath = readonly PropertyKey[];

/** One parsed YAML file: plain data, and the place of every value in the text. */
export interface Document {
  /** Name for messages; nothing is read from it. */
  readonly file: string;
  /** The content as plain data: maps, lists, strings, numbers, booleans, null. */
  readonly data: unknown;
  /** The place of the value at a path, or of its nearest ancestor that exists; with `'key'`, of the key that holds it. */
  placeOf(path: KeyPath, part?: 'key' | 'value'): SourcePlace;
  /** The same of many paths, in one walk. */
  placesOf(values: readonly PlacedPath[]): SourcePlace[];
}

/** A value, or the key that holds it. */
export interface PlacedPath {
  readonly path: KeyPath;
  readonly part: 'key' | 'value';
}

const SHOWN_PROBLEMS = 5;

/**
 * Parses the text of one YAML (or JSON) file.
 * @throws TrifoldError `foreign` for text of another tool, `syntax` with the place for text that is not YAML, duplicate keys, unknown tags, several documents in one file and what
 * exceeds the limits of a file
 */
export function parseDocument(text: string, file: string): Document {
  const foreign = formatOfText(text);
  if (foreign !== null) throw foreignError(foreign, file);
  const parsed = parseYamlText(text, file);
  const { data, offsetOf } = readYamlData(parsed);
  const placeOf = (path: KeyPath, part: 'key' | 'value' = 'value') => parsed.at(offsetOf(path, part));
  return { file, data, placeOf, placesOf: (values) => values.map(({ path, part }) => placeOf(path, part)) };
}

/**
 * Runs a schema on a document.
 * A message of the schema may carry a hint after its first newline; a custom issue may name its code in `params.code`.
 * @throws TrifoldError with the place, key path and hint of the problem; several problems are listed in one message (the first five).
 */
export function readWith<T>(schema: z.ZodType<T>, document: Document): T {
  const result = safeParse(schema, document);
  if (result.success) return result.data;
  const foreign = foreignFormat(document.data);
  if (foreign !== null) throw foreignError(foreign, document.file);
  const other = schema instanceof z.ZodObject ? otherOwnFormat(document.data, Object.keys(schema.shape)) : null;
  if (other !== null)
    throw new TrifoldError('foreign', `this is ${other}, not what is wanted here`, {
      place: { file: document.file },
      hint: 'trifold COMMAND --help says which file goes where',
    });
  throw errorOf(document, flattenIssues(result.error.issues, document.data));
}

function foreignError(what: string, file: string): TrifoldError {
  return new TrifoldError('foreign', `this is ${what}`, { place: { file }, hint: FOREIGN_HINT });
}

function safeParse<T>(schema: z.ZodType<T>, document: Document): z.ZodSafeParseResult<T> {
  try {
    return schema.safeParse(document.data, { error: describeIssue, reportInput: true });
  } catch (error) {
    // Zod hands problems on as arguments of a call, of which there can be some hundred thousand.
    if (!(error instanceof RangeError)) throw error;
    throw new TrifoldError('schema', 'this file has too many problems to list them', {
      place: { file: document.file },
      hint: 'is it a file of another kind?',
    });
  }
}

/** An error about the value (or the key) at a path of a document, for checks beyond the schema. */
export function errorAt(
  document: Document,
  path: KeyPath,
  code: ErrorCode,
  message: string,
  hint?: string,
  part: 'key' | 'value' = 'value',
): TrifoldError {
  return errorOf(document, [{ path, part, code, message, hint }]);
}

/** Runs a check of the value at a path; its TrifoldErrors without a place get that of the value. */
export function atPlace<T>(document: Document, path: KeyPath, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof TrifoldError) || error.details.place !== undefined) throw error;
    throw errorAt(document, path, error.code, error.message, error.details.hint);
  }
}

function errorOf(document: Document, problems: readonly Problem[]): TrifoldError {
  const places = document.placesOf(problems);
  const placed = problems.map((problem, i) => ({ ...problem, place: places[i]! })).sort(byPlace);
  const first = placed[0]!;
  const { place } = first;
  if (placed.length === 1) {
    const keyPath = first.path.map(String).join('.');
    return new TrifoldError(first.code, first.message, {
      place,
      ...(keyPath === '' ? {} : { keyPath }),
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    });
  }
  const lines = placed.slice(0, SHOWN_PROBLEMS).map((problem) => {
    const { line, column } = problem.place;
    const hint = problem.hint === undefined ? '' : ` (${problem.hint})`;
    return `  ${line}:${column} ${problem.path.map(String).join('.')}: ${problem.message}${hint}`;
  });
  const more = problems.length - lines.length;
  const most = problems.length < MOST_PROBLEMS ? '' : 'at least ';
  if (more > 0) lines.push(`  and ${most}${more} more`);
  return new TrifoldError(first.code, `${most}${problems.length} problems:`, { place, lines });
}

function byPlace(a: { readonly place: SourcePlace }, b: { readonly place: SourcePlace }): number {
  return (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0);
}
