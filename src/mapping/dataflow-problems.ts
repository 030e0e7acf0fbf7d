import { type Accelerator, childrenOf, type StorageLevel } from '../accelerator/accelerator.ts';
import type { ErrorCode } from '../util/errors.ts';
import { suggestWord } from '../util/suggestion.ts';
import { DIMS, type Dim } from '../util/vocabulary.ts';
import type { DataflowTemplate, LevelTemplate, TemplateBounds } from './dataflow-template.ts';

/** Something that a template states and an accelerator gives no meaning. */
export interface DataflowProblem {
  readonly code: Extract<ErrorCode, 'not-found' | 'value'>;
  /** Keys and indices from the root of the template's file. */
  readonly path: readonly (string | number)[];
  /** Whether the key or its value is at fault. */
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
}

/** Names of levels by their place in the hierarchy, which every accelerator has. */
const ROLES = ['outermost', 'array', 'innermost'] as const;

/** Index of the level that an entry is about; undefined when the accelerator has none. A level's own name goes before roles. */
export function levelOfEntry(name: string, accelerator: Accelerator): number | undefined {
  const { levels } = accelerator;
  const named = levels.findIndex((level) => level.name === name);
  if (named >= 0) return named;
  if (name === 'outermost') return 0;
  if (name === 'innermost') return levels.length - 1;
  if (name !== 'array') return undefined;
  const parallel = levels.findLastIndex((level) => childrenOf(level) > 1);
  const array = parallel >= 0 ? parallel : levels.findLastIndex((level) => level.fanOut.dimensions.length > 0);
  return array < 0 ? undefined : array;
}

/** All statements of a template that would have no effect or contradict each other on an accelerator, whatever the layer. */
export function dataflowProblems(template: DataflowTemplate, accelerator: Accelerator): DataflowProblem[] {
  const earlier = new Map<number, LevelTemplate[]>();
  return template.levels.flatMap((entry, i) => {
    const path = ['dataflow', i];
    const index = levelOfEntry(entry.level, accelerator);
    if (index === undefined) return [unknownLevel(entry, path, accelerator)];
    const others = earlier.get(index) ?? [];
    earlier.set(index, [...others, entry]);
    const level = accelerator.levels[index]!;
    return [
      ...others.flatMap((other) => overlap(other, entry, path, level)),
      ...arrayProblems(entry, path, level),
      ...exclusions(entry, path),
    ];
  });
}

/** Dims that a template runs in parallel as far as possible, and that no array dimension of the level is wired for: `full` is 1 there. */
export function unwiredDims(template: DataflowTemplate, accelerator: Accelerator): { level: string; dims: Dim[] }[] {
  return template.levels.flatMap((entry) => {
    const level = accelerator.levels[levelOfEntry(entry.level, accelerator) ?? -1];
    if (level === undefined) return [];
    const wires = level.fanOut.dimensions.map((dimension) => dimension.parallelDims);
    const dims = DIMS.filter(
      (dim) => entry.spatial?.any?.[dim] === 'full' && !wires.some((wired) => wired === 'any' || wired.includes(dim)),
    );
    return dims.length === 0 ? [] : [{ level: level.name, dims }];
  });
}

function unknownLevel(entry: LevelTemplate, path: DataflowProblem['path'], accelerator: Accelerator): DataflowProblem {
  const { name, levels } = accelerator;
  const known = [...levels.map((level) => level.name), ...ROLES];
  return {
    code: 'not-found',
    path: [...path, 'level'],
    part: 'value',
    message: entry.level === 'array' ? `${name} has no array` : `${name} has no level ${entry.level}`,
    hint: `${suggestion(entry.level, known)}levels: ${levels.map((level) => level.name).join(', ')}; roles: ${ROLES.join(', ')}`,
  };
}

/** "did you mean ...; " where a known word is near. */
function suggestion(word: string, known: readonly string[]): string {
  const hint = suggestWord(word, known);
  return hint.startsWith('did you mean') ? `${hint} ` : '';
}

/**
 * Entries for one level. Two roles may meet on one level, as a template does not know the accelerator, if they state different things there; a
 * second entry under a level's own name is a mistake.
 */
function overlap(
  other: LevelTemplate,
  entry: LevelTemplate,
  path: DataflowProblem['path'],
  { name }: StorageLevel,
): DataflowProblem[] {
  const twice = (what: string): DataflowProblem => ({
    code: 'value',
    path: [...path, 'level'],
    part: 'value',
    message: `${what} of level ${name} stands twice: under ${other.level} and under ${entry.level}`,
    hint: 'join both entries to one, or remove one of them',
  });
  const areRoles = [other, entry].every(({ level }) => level !== name);
  if (!areRoles || other.level === entry.level) return [{ ...twice('an entry'), path: [...path, 'level'] }];
  const shared = (['parallelOnly', 'order', 'keep'] as const).filter(
    (key) => other[key] !== undefined && entry[key] !== undefined,
  );
  const dims = commonDims(other.temporal, entry.temporal).map((dim) => `temporal ${dim}`);
  for (const array of Object.keys(other.spatial ?? {}))
    dims.push(...commonDims(other.spatial?.[array], entry.spatial?.[array]).map((dim) => `spatial ${array} ${dim}`));
  return [...shared, ...dims].map(twice);
}

function commonDims(a: TemplateBounds = {}, b: TemplateBounds = {}): string[] {
  return DIMS.filter((dim) => a[dim] !== undefined && b[dim] !== undefined);
}

function arrayProblems(entry: LevelTemplate, path: DataflowProblem['path'], level: StorageLevel): DataflowProblem[] {
  const problems: DataflowProblem[] = [];
  const { dimensions } = level.fanOut;
  const names = dimensions.map((dimension) => dimension.name);
  const report = (key: readonly string[], message: string, hint?: string, part: 'key' | 'value' = 'key') =>
    problems.push({ code: 'value', path: [...path, ...key], part, message, ...(hint === undefined ? {} : { hint }) });
  if (dimensions.length === 0) {
    for (const key of ['spatial', 'parallelOnly'] as const)
      if (entry[key] !== undefined)
        report([key], `level ${level.name} has no array: nothing runs in parallel below it`, `leave ${key} out`);
    return problems;
  }
  for (const [array, bounds] of Object.entries(entry.spatial ?? {})) {
    const wires =
      array === 'any'
        ? dimensions.map((one) => one.parallelDims)
        : dimensions.filter((one) => one.name === array).map((one) => one.parallelDims);
    if (wires.length === 0) {
      const hint = `${suggestion(array, names)}array dimensions: ${names.join(', ')}; any = all of them together`;
      report(['spatial', array], `level ${level.name} has no array dimension ${array}`, hint);
      continue;
    }
    for (const dim of DIMS) {
      const bound = bounds[dim];
      const isWired = wires.some((dims) => dims === 'any' || dims.includes(dim));
      if (bound === undefined || bound === 1 || isWired || (array === 'any' && bound === 'full')) continue;
      const listed = wires.map((dims) => (dims === 'any' ? 'any dim' : dims.join(', '))).join('; ');
      const where = array === 'any' ? 'no array dimension' : `array dimension ${array}`;
      report(
        ['spatial', array, dim],
        `${where} of level ${level.name} is ${array === 'any' ? '' : 'not '}wired for ${dim}`,
        `wired for ${listed || 'nothing'}`,
      );
    }
  }
  return problems;
}

/** Dims that one key runs in parallel and another forbids. */
function exclusions({ spatial, parallelOnly }: LevelTemplate, path: DataflowProblem['path']): DataflowProblem[] {
  if (parallelOnly === undefined) return [];
  return Object.entries(spatial ?? {}).flatMap(([array, bounds]) =>
    DIMS.filter((dim) => bounds[dim] !== undefined && bounds[dim] !== 1 && !parallelOnly.includes(dim)).map(
      (dim): DataflowProblem => ({
        code: 'value',
        path: [...path, 'spatial', array, dim],
        part: 'key',
        message: `${dim} runs in parallel here, but parallelOnly leaves it out`,
        hint: `add ${dim} to parallelOnly, or remove this bound`,
      }),
    ),
  );
}
