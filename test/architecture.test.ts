import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Modules in the order of DESIGN: a module may import only those listed for it (and itself). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  util: [],
  cmaes: ['util'],
  optimizers: ['util', 'cmaes'],
  workload: ['util'],
  accelerator: ['util'],
  mapping: ['util', 'workload', 'accelerator'],
  cost: ['util', 'workload', 'accelerator', 'mapping'],
  schedule: ['util', 'workload', 'accelerator', 'mapping', 'cost'],
  'search/schedule': ['util', 'workload', 'accelerator', 'mapping', 'cost', 'schedule', 'search', 'search/mapping'],
  formats: ['util', 'workload', 'accelerator', 'mapping', 'cost', 'schedule'],
  'search/mapping': ['util', 'optimizers', 'cmaes', 'workload', 'accelerator', 'mapping', 'cost', 'search'],
  'search/accelerator': [
    'util',
    'optimizers',
    'cmaes',
    'workload',
    'accelerator',
    'mapping',
    'cost',
    'search',
    'search/mapping',
  ],
  'search/network': [
    'util',
    'optimizers',
    'cmaes',
    'workload',
    'accelerator',
    'mapping',
    'cost',
    'search',
    'search/mapping',
    'search/accelerator',
  ],
  search: ['util', 'workload', 'accelerator', 'mapping', 'cost', 'schedule'],
  /** Names of rules, mappers and strategies alone: a command line shows help without loading a search. */
  options: ['util', 'cost', 'search/mapping', 'search/accelerator'],
  study: ['util', 'workload', 'accelerator', 'mapping', 'cost', 'search'],
  parallel: [
    'util',
    'workload',
    'accelerator',
    'mapping',
    'cost',
    'search',
    'search/mapping',
    'search/accelerator',
    'search/network',
    'schedule',
    'search/schedule',
  ],
  report: ['util', 'workload', 'accelerator', 'mapping', 'schedule', 'search'],
  app: [
    'util',
    'cmaes',
    'optimizers',
    'workload',
    'accelerator',
    'mapping',
    'cost',
    'formats',
    'search',
    'search/mapping',
    'search/accelerator',
    'search/network',
    'schedule',
    'search/schedule',
    'options',
    'study',
    'parallel',
    'report',
  ],
  tui: ['util', 'accelerator', 'app', 'search', 'schedule'],
  cli: [
    'util',
    'options',
    'app',
    'tui',
    'cost',
    'schedule',
    'mapping',
    'workload',
    'accelerator',
    'search',
    'search/accelerator',
  ],
};

/** Packages that only the named modules may load. */
const PACKAGE_OWNERS: Readonly<Record<string, readonly string[]>> = {
  zod: ['formats', 'options', 'cli'],
  yaml: ['formats'],
  mathjs: ['formats'],
  commander: ['cli'],
  ink: ['tui'],
  react: ['tui'],
  'ml-matrix': ['cmaes', 'optimizers'],
  'pure-rand': ['util'],
  vega: ['report'],
  'vega-lite': ['report'],
  piscina: ['parallel'],
};

/** Modules that must run in a browser: no Node built-ins, clock, global randomness or logging. */
const PURE = [
  'util',
  'cmaes',
  'optimizers',
  'workload',
  'accelerator',
  'mapping',
  'cost',
  'schedule',
  'search',
  'search/mapping',
  'search/accelerator',
  'search/network',
  'search/schedule',
  'options',
];
const IMPURE_TEXT = /\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bperformance\.now\b|\bconsole\.|\bprocess\./;

/** Words in names for which the glossary of ARCHITECTURE.md has the field's own. */
const OTHER_WORDS = /\w*(?:oracle|elite|beaten)\w*|\btellBoth\b|\bboundScale\b/gi;
/** Keys in files of runs, which old runs hold too. */
const KEPT_WORDS: ReadonlySet<string> = new Set(['elites']);

const SRC = resolve(import.meta.dirname, '../src');

function sourceFiles(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? sourceFiles(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

function moduleOf(path: string): string {
  const parts = relative(SRC, path).split(sep);
  if (parts.length === 1) return 'entry';
  if (parts[0] === 'search' && parts.length > 2) return `search/${parts[1]}`;
  return parts[0]!;
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"]([^'"]+)['"]/g)].map((match) => match[1]!);
}

function violations(path: string, text: string): string[] {
  const from = moduleOf(path);
  if (from === 'entry') return [];
  const found: string[] = [];
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [`${relative(SRC, path)}: module ${from} is not in the import table`];
  for (const specifier of importsOf(text)) {
    if (specifier.startsWith('.')) {
      const target = moduleOf(resolve(dirname(path), specifier));
      if (target !== from && !allowed.includes(target)) found.push(`${relative(SRC, path)}: ${from} imports ${target}`);
      continue;
    }
    const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!;
    const owners = PACKAGE_OWNERS[name];
    if (owners !== undefined && !owners.includes(from)) found.push(`${relative(SRC, path)}: ${from} loads ${name}`);
    if (specifier.startsWith('node:') && PURE.includes(from))
      found.push(`${relative(SRC, path)}: pure ${from} loads ${specifier}`);
  }
  if (PURE.includes(from)) {
    const impure = IMPURE_TEXT.exec(codeOf(text));
    if (impure !== null) found.push(`${relative(SRC, path)}: pure ${from} uses ${impure[0]}`);
  }
  return found;
}

/** A source without its comments. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

function localImports(path: string, text: string): string[] {
  return importsOf(text).flatMap((specifier) => (specifier.startsWith('.') ? [resolve(dirname(path), specifier)] : []));
}

/** Files that are loaded at once with a file: all but types, and what is loaded when it is needed. */
function loadedWith(start: string): string[] {
  const reached = new Set<string>([start]);
  for (const path of reached)
    for (const [, specifier] of codeOf(readFileSync(path, 'utf8')).matchAll(
      /^(?:import|export)\s+(?!type\b)(?:[^;'"]*?\bfrom\s+)?['"](\.[^'"]+)['"]/gm,
    ))
      reached.add(resolve(dirname(path), specifier!));
  return [...reached].map((path) => relative(SRC, path).replaceAll(sep, '/'));
}

/** Strongly connected parts of a graph with more than one member, or with an arrow to itself (Tarjan). */
function circles(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const own = low.size;
    low.set(node, own);
    open.push(node);
    for (const next of arrows.get(node) ?? [])
      if (!low.has(next)) low.set(node, Math.min(low.get(node)!, visit(next)));
      else if (open.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    if (low.get(node) === own) {
      const part = open.splice(open.indexOf(node));
      if (part.length > 1 || arrows.get(node)?.includes(node) === true) found.push(part);
    }
    return low.get(node)!;
  };
  for (const node of arrows.keys()) if (!low.has(node)) visit(node);
  return found;
}

describe('architecture', () => {
  const files = sourceFiles(SRC);

  it('finds the source', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((path) => importsOf(readFileSync(path, 'utf8'))).length).toBeGreaterThan(files.length);
  });

  it('has imports that go one way only', () => {
    expect(files.flatMap((path) => violations(path, readFileSync(path, 'utf8')))).toEqual([]);
  });

  it('notices a wrong import, an impure call and an unknown module', () => {
    expect(violations(join(SRC, 'cost/x.ts'), "import { a } from '../search/mapping/a.ts';")).toHaveLength(1);
    expect(violations(join(SRC, 'cost/x.ts'), "import { readFileSync } from 'node:fs';")).toHaveLength(1);
    expect(violations(join(SRC, 'workload/x.ts'), 'const t = Math.random();')).toHaveLength(1);
    expect(violations(join(SRC, 'misc/x.ts'), 'export const a = 1;')).toHaveLength(1);
    expect(violations(join(SRC, 'app/x.ts'), "import { z } from 'zod';")).toHaveLength(1);
  });

  it('has no circle of imports, types included', () => {
    expect(circles(new Map(files.map((path) => [path, localImports(path, readFileSync(path, 'utf8'))])))).toEqual([]);
    const small = new Map(Object.entries({ a: ['b'], b: ['c'], c: ['b', 'd'], d: [], e: ['e', 'a'] }));
    expect(circles(small)).toEqual([['b', 'c'], ['e']]);
  });

  it('starts a command line, and reads what is no ONNX model, without the modules of what it may not need', () => {
    const names = ['cost/temporal-reuse.ts', 'search/accelerator/strategy-names.ts', 'search/mapping/mapper-names.ts'];
    const loaded = loadedWith(join(SRC, 'cli/main.ts'));
    expect(loaded).toContain('options/map.ts');
    const heavy = loaded.filter((path) => /^(?:formats|search|study|cost|tui|report|parallel)\//.test(path));
    expect(heavy.sort()).toEqual(names);
    for (const entry of ['app/map/run.ts', 'app/design/run.ts', 'app/sweep/sweep.ts', 'app/presets/list.ts'])
      expect(loadedWith(join(SRC, entry)).filter((path) => path.startsWith('formats/onnx/'))).toEqual([]);
    expect(loadedWith(join(SRC, 'index.ts')).filter((path) => path.startsWith('formats/onnx/'))).not.toEqual([]);
  });

  it('keeps files within 400 lines', () => {
    const long = files.filter((path) => readFileSync(path, 'utf8').trimEnd().split('\n').length > 400);
    expect(long.map((path) => relative(SRC, path))).toEqual([]);
  });

  it('keeps rooms within 24 files', () => {
    const rooms = new Map<string, number>();
    for (const path of files) rooms.set(dirname(path), (rooms.get(dirname(path)) ?? 0) + 1);
    expect([...rooms].filter(([, count]) => count > 24).map(([room]) => relative(SRC, room))).toEqual([]);
  });

  it('has one place for the streams of the command line, and one for its signals', () => {
    const uses = (pattern: RegExp) =>
      files
        .filter((path) => moduleOf(path) === 'cli' && pattern.test(codeOf(readFileSync(path, 'utf8'))))
        .map((path) => relative(SRC, path));
    expect(uses(/\bprocess\.std(?:out|err|in)\b/)).toEqual([join('cli', 'streams.ts')]);
    expect(uses(/\bprocess\.(?:on|once|exit)\(/)).toEqual([join('cli', 'interrupts.ts')]);
  });

  it('calls things by the words of the glossary', () => {
    const found = files.flatMap((path) =>
      [...new Set(codeOf(readFileSync(path, 'utf8')).match(OTHER_WORDS) ?? [])]
        .filter((word) => !KEPT_WORDS.has(word))
        .map((word) => `${relative(SRC, path)}: ${word}`),
    );
    expect(found).toEqual([]);
  });
});
