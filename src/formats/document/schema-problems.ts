import { z } from 'zod';
import type { ErrorCode } from '../../util/errors.ts';
import { knownWords, meantWord, nearestWord, suggestWord } from '../../util/suggestion.ts';

/** One problem that a schema found. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  /** Whether the key or the value is at fault. */
  readonly part: 'key' | 'value';
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

const MISSING = 'is missing';

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

const NAMES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  tuple: 'a list',
  null: 'null',
};

/** The plain-English message of a zod issue; a hint follows after a newline. For unknown keys: the known keys, one per line. */
export function describeIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return withMeaning(MISSING, issue);
      return withMeaning(
        `must be ${NAMES[issue.expected] ?? issue.expected}, not ${describeValue(issue.input)}`,
        issue,
      );
    case 'invalid_value': {
      const known = issue.values.map(String);
      if (issue.input === undefined) return `${MISSING}\nmust be ${known.join(' or ')}`;
      const hint =
        typeof issue.input === 'string' ? suggestWord(issue.input, known, MOST_WORDS) : knownWords(known, MOST_WORDS);
      return `must be ${known.length > 8 ? 'one of the known words' : known.join(' or ')}, not ${describeValue(issue.input)}\n${hint}`;
    }
    case 'too_small':
      return withMeaning(
        describeBound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.input),
        issue,
      );
    case 'too_big':
      return withMeaning(
        describeBound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.input),
        issue,
      );
    case 'unrecognized_keys':
      return knownKeys(issue.inst).join('\n');
    case 'invalid_union':
      if (issue.discriminator === undefined || issue.errors.length > 0) return withMeaning('', issue);
      return describeDiscriminator(
        issue.discriminator,
        issue.input,
        Array.isArray(issue.options) ? issue.options.map(String) : [],
      );
    default:
      return undefined;
  }
}

/** Most words of a schema that a hint lists: all kinds of entries, all keys of one. */
const MOST_WORDS = 40;

/** A message with what its schema says of the value as its hint. */
function withMeaning(message: string, { schema }: RawIssue): string {
  const description = schema === undefined ? undefined : z.globalRegistry.get(schema)?.description;
  return description === undefined ? message : `${message}\n${description}`;
}

/** Most problems of a file that are put into words. */
export const MOST_PROBLEMS = 1000;

/**
 * The issues as problems: one per unknown key, the closest alternative of a union, missing keys put on their map. At least the first
 * {@link MOST_PROBLEMS}; what is wrong everywhere need not be said of every place.
 */
export function flattenIssues(issues: readonly Issue[], data: unknown): Problem[] {
  const problems: Problem[] = [];
  const wrong = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => path.join('\n')));
  for (const issue of issues) {
    // What is of another type has no length to speak of.
    const isBound = issue.code === 'too_small' || issue.code === 'too_big';
    if (isBound && wrong.has(issue.path.join('\n'))) continue;
    if (problems.length >= MOST_PROBLEMS) break;
    for (const problem of flattenIssue(issue, [], data)) problems.push(problem);
  }
  return problems;
}

function flattenIssue(issue: Issue, prefix: readonly PropertyKey[], data: unknown): Problem[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split('\n').filter((key) => key !== '');
    const absent = known.filter((key) => !hasKey(data, [...path, key]));
    return issue.keys.slice(0, MOST_PROBLEMS).map((key) => ({
      path: [...path, key],
      part: 'key',
      code: 'schema',
      message: `unknown key '${key}'`,
      hint: known.length === 0 ? undefined : (meantWord(key, absent) ?? knownWords(known, MOST_WORDS)),
    }));
  }
  const [text, hint] = splitHint(issue.message);
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return closestAlternative(issue.errors, path, data).map((problem) => ({ ...problem, hint: problem.hint ?? hint }));
  const message = text === MISSING && path.length > 0 ? `'${String(path.at(-1))}' is missing` : text;
  const named = issue.code === 'custom' ? issue.params?.code : undefined;
  const code: ErrorCode =
    named === 'unit' || named === 'value' || named === 'unsupported' || named === 'not-found' ? named : 'schema';
  return [{ path, part: 'value', code, message, hint }];
}

function closestAlternative(
  alternatives: readonly (readonly Issue[])[],
  path: readonly PropertyKey[],
  data: unknown,
): Problem[] {
  const all = alternatives.map((issues) => issues.flatMap((issue) => flattenIssue(issue, path, data)));
  const wrongKind = (problems: readonly Problem[]) => problems.some((problem) => problem.path.length === path.length);
  const fitting = all.filter((problems) => !wrongKind(problems));
  if (fitting.length > 0) return fitting.reduce((best, problems) => (problems.length < best.length ? problems : best));
  const kinds = all.map((problems) => problems.find((problem) => problem.path.length === path.length)!);
  const precise = kinds.find((problem) => problem.code !== 'schema');
  if (precise !== undefined) return [precise];
  const message = joinMessages(kinds.map((problem) => problem.message));
  return [
    { path, part: 'value', code: 'schema', message, hint: kinds.find((problem) => problem.hint !== undefined)?.hint },
  ];
}

/** One sentence for a value that fits no alternative; when it has the right kind for some of them, only those speak. */
function joinMessages(messages: readonly string[]): string {
  const kinds = messages.map((message) => /^must be (.*), not (.*)$/s.exec(message));
  const others = messages.filter((_, index) => kinds[index] === null);
  if (others.length > 0) return [...new Set(others)].join(' or ').replaceAll(' or must ', ' or ');
  const wanted = new Set(kinds.map((match) => match![1]!));
  return `must be ${[...wanted].join(' or ')}, not ${kinds[0]![2]}`;
}

function splitHint(message: string): [string, string | undefined] {
  const end = message.indexOf('\n');
  return end < 0 ? [message, undefined] : [message.slice(0, end), message.slice(end + 1)];
}

function describeDiscriminator(key: string, input: unknown, known: readonly string[]): string {
  const value: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
  if (value === undefined) {
    const typo = typeof input === 'object' && input !== null ? nearestWord(key, Object.keys(input)) : undefined;
    return `${MISSING}\n${typo === undefined ? `known are ${known.join(', ')}` : `did you mean '${key}' where it says '${typo}'?`}`;
  }
  return `unknown ${key} ${describeValue(value)}\n${suggestWord(String(value), known, MOST_WORDS)}`;
}

function describeBound(origin: string, relation: string, bound: number | bigint, input: unknown): string {
  if (origin === 'array' || origin === 'set')
    return `must have ${relation} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `must have ${relation} ${bound} characters`;
  return `must be ${relation} ${bound}, not ${describeValue(input)}`;
}

function describeValue(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
  return String(value);
}

function knownKeys(schema: unknown): string[] {
  // zod hands the failing schema to the error function; its definition is not part of the type of an issue.
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

function hasKey(data: unknown, path: readonly PropertyKey[]): boolean {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
    value = Reflect.get(value, key);
  }
  return true;
}
