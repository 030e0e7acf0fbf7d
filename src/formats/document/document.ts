import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument as parseYaml,
  visit,
  type Document as YamlDocument,
} from 'yaml';
import type { z } from 'zod';
import { type ErrorCode, type SourcePlace, TrifoldError } from '../../util/errors.ts';
import { describeIssue, flattenIssues, type Problem } from './schema-problems.ts';

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
}

const SHOWN_PROBLEMS = 5;

/**
 * Parses the text of one YAML (or JSON) file.
 * @throws TrifoldError `syntax` with the place for text that is not YAML, duplicate keys, unknown tags and several documents in one file.
 */
export function parseDocument(text: string, file: string): Document {
  const lineCounter = new LineCounter();
  const yaml = parseYaml(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): SourcePlace => {
    const { line, col } = lineCounter.linePos(offset);
    return line === 0 ? { file } : { file, line, column: col };
  };
  const [problem] = [...yaml.errors, ...yaml.warnings];
  if (problem !== undefined) throw syntaxError(problem.code, problem.message, at(problem.pos[0]));
  visit(yaml, {
    Alias(_, alias) {
      if (alias.resolve(yaml) === undefined)
        throw new TrifoldError('syntax', `no anchor &${alias.source} stands above this alias`, {
          place: at(alias.range?.[0] ?? 0),
        });
    },
    Scalar(_, scalar) {
      const control = typeof scalar.value === 'string' ? controlCharacter(scalar.value) : undefined;
      if (control !== undefined)
        throw new TrifoldError('syntax', `this text has a control character, ${control}`, {
          place: at(scalar.range?.[0] ?? 0),
          hint: 'remove it: a terminal would obey it',
        });
    },
  });
  return {
    file,
    data: toPlainData(yaml, file),
    placeOf: (path, part = 'value') => at(offsetOf(yaml, path, part)),
  };
}

/** The first character of a text that controls a terminal, as `U+001B`; line feeds and tabs do not count. */
function controlCharacter(text: string): string | undefined {
  const [found] = /(?![\n\r\t])\p{Cc}/u.exec(text) ?? [];
  return found === undefined ? undefined : `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Runs a schema on a document.
 * A message of the schema may carry a hint after its first newline; a custom issue may name its code in `params.code`.
 * @throws TrifoldError with the place, key path and hint of the problem; several problems are listed in one message (the first five).
 */
export function readWith<T>(schema: z.ZodType<T>, document: Document): T {
  const result = schema.safeParse(document.data, { error: describeIssue, reportInput: true });
  if (result.success) return result.data;
  throw errorOf(document, flattenIssues(result.error.issues, document.data));
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
  const placed = problems
    .map((problem) => ({ ...problem, place: document.placeOf(problem.path, problem.part) }))
    .sort(byPlace);
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
  if (more > 0) lines.push(`  and ${more} more`);
  return new TrifoldError(first.code, `${problems.length} problems:`, { place, lines });
}

function byPlace(a: { readonly place: SourcePlace }, b: { readonly place: SourcePlace }): number {
  return (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0);
}

function syntaxError(code: string, message: string, place: SourcePlace): TrifoldError {
  if (code === 'MULTIPLE_DOCS')
    return new TrifoldError('syntax', 'a second document starts here', {
      place,
      hint: "keep one document per file: remove '---'",
    });
  if (code === 'DUPLICATE_KEY')
    return new TrifoldError('syntax', 'this key appears twice in one map', {
      place,
      hint: 'remove or rename one of the two',
    });
  return new TrifoldError('syntax', message, { place });
}

function toPlainData(yaml: YamlDocument, file: string): unknown {
  try {
    return yaml.toJS();
  } catch (error) {
    // yaml throws on aliases that expand without bound.
    throw new TrifoldError('syntax', error instanceof Error ? error.message : String(error), { place: { file } });
  }
}

function offsetOf(yaml: YamlDocument, path: KeyPath, part: 'key' | 'value'): number {
  let node: unknown = yaml.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const collection: unknown = isAlias(node) ? node.resolve(yaml) : node;
    const pair: Pair | undefined = isMap(collection)
      ? collection.items.find((item) => keyText(item) === String(key))
      : undefined;
    const next: unknown = isSeq(collection) ? collection.items[Number(key)] : pair?.value;
    const wantsKey = part === 'key' && depth === path.length - 1;
    const nextOffset = (wantsKey ? startOf(pair?.key) : undefined) ?? startOf(next) ?? startOf(pair?.key);
    if (nextOffset === undefined) return offset;
    offset = nextOffset;
    node = next;
  }
  return offset;
}

function keyText(pair: unknown): string | undefined {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
