import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Budget } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { parseAccelerator } from '../../formats/accelerator-file.ts';
import { parseBudget } from '../../formats/budget-file.ts';
import { type Document, parseDocument } from '../../formats/document/document.ts';
import { isDataflowFile, type MappingSet, readDataflow, readMappings } from '../../formats/mapping-file.ts';
import { parseTechnology } from '../../formats/technology-file.ts';
import { readWorkload, type Workload } from '../../formats/workload/workload.ts';
import type { DataflowTemplate } from '../../mapping/dataflow.ts';
import { TrifoldError } from '../../util/errors.ts';
import { suggestWord } from '../../util/suggestion.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Kinds of presets and the folder that holds each. */
export const PRESET_FOLDERS = {
  workloads: 'workloads',
  accelerators: 'accelerators',
  budgets: 'accelerators/budgets',
  technologies: 'accelerators/technology',
  mappings: 'mappings',
  measurements: 'accelerators/measurements',
} as const;

/** One kind of preset. */
export type PresetKind = keyof typeof PRESET_FOLDERS;

const SINGULAR: Readonly<Record<PresetKind, string>> = {
  workloads: 'workload',
  accelerators: 'accelerator',
  budgets: 'budget',
  technologies: 'technology',
  mappings: 'mapping',
  measurements: 'measurement',
};

/** Version of the package, from its package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

/** Names of the presets of one kind, sorted. */
export function presetNames(kind: PresetKind): string[] {
  return readdirSync(resolve(ROOT, PRESET_FOLDERS[kind]))
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/** Names of the dataflow presets. */
export function dataflowNames(): string[] {
  return presetNames('mappings').filter((name) => name.endsWith('-stationary'));
}

/** File of a preset, or of a path; presets first. @throws TrifoldError `not-found` with the nearest preset */
export function resolveFile(kind: PresetKind, nameOrPath: string): string {
  const preset = resolve(ROOT, PRESET_FOLDERS[kind], `${nameOrPath}.yaml`);
  if (/^[\w.-]+$/.test(nameOrPath) && existsSync(preset)) return preset;
  const found = statSync(nameOrPath, { throwIfNoEntry: false });
  if (found?.isFile() === true) return nameOrPath;
  if (found?.isDirectory() === true)
    throw new TrifoldError('io', `${nameOrPath} is a folder, not a file`, {
      hint: `give the ${SINGULAR[kind]} file in it; trifold list ${kind} shows the presets`,
    });
  const names = presetNames(kind);
  throw new TrifoldError('not-found', `no ${SINGULAR[kind]} preset and no file named ${nameOrPath}`, {
    hint: `${suggestWord(nameOrPath, names)}; trifold list ${kind} shows the presets`,
  });
}

/** Text of a file. @throws TrifoldError `io` when it cannot be read, `syntax` when it is empty or no text */
export function readText(path: string): string {
  const place = { file: displayName(path) };
  const bytes = readBytes(path);
  if (bytes.includes(0)) throw new TrifoldError('syntax', 'this is a binary file, not text', { place });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TrifoldError('syntax', 'this is not UTF-8 text', { place });
  }
  if (text.trim() === '') throw new TrifoldError('syntax', 'the file is empty', { place });
  return text;
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new TrifoldError('io', `${path} is a folder, not a file`);
    throw new TrifoldError('io', `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readPreset(kind: PresetKind, nameOrPath: string): Document {
  const file = resolveFile(kind, nameOrPath);
  return parseDocument(readText(file), displayName(file));
}

function displayName(file: string): string {
  return file.startsWith(ROOT) ? file.slice(ROOT.length) : file;
}

/** Loads a network by preset name or path. */
export function loadWorkload(nameOrPath: string, batch = 1): Workload {
  return readWorkload(readPreset('workloads', nameOrPath), { batch });
}

/** Loads a technology by preset name or path. */
export function loadTechnology(nameOrPath: string): Technology {
  const file = resolveFile('technologies', nameOrPath);
  return parseTechnology(readText(file), displayName(file));
}

/**
 * Loads an accelerator's specification by preset name or path.
 * @param technology what the specification is built with instead of its own technology, which need not exist then
 */
export function loadSpecification(nameOrPath: string, technology?: string): AcceleratorSpecification {
  const file = resolveFile('accelerators', nameOrPath);
  const checkTechnology = (name: string): void => {
    if (technology === undefined) resolveFile('technologies', name);
  };
  return parseAccelerator(readText(file), displayName(file), checkTechnology);
}

/** Loads an accelerator and resolves its constants with its own technology, or with another one. */
export function loadAccelerator(nameOrPath: string, technology?: string): Accelerator {
  const specification = loadSpecification(nameOrPath, technology);
  return buildAccelerator(specification, loadTechnology(technology ?? specification.technology));
}

/** Loads a budget by preset name or path. */
export function loadBudget(nameOrPath: string): Budget {
  const file = resolveFile('budgets', nameOrPath);
  return parseBudget(readText(file), displayName(file));
}

/** Complete mappings, or a partial mapping (dataflow or constraints). */
export type LoadedMapping =
  | { readonly kind: 'mappings'; readonly mappings: MappingSet }
  | { readonly kind: 'dataflow'; readonly dataflow: DataflowTemplate };

/** Loads a mapping file by preset name or path. */
export function loadMapping(nameOrPath: string): LoadedMapping {
  const document = readPreset('mappings', nameOrPath);
  return isDataflowFile(document)
    ? { kind: 'dataflow', dataflow: readDataflow(document) }
    : { kind: 'mappings', mappings: readMappings(document) };
}

/** Loads a dataflow or constraints file. @throws TrifoldError `usage` when it holds complete mappings */
export function loadDataflow(nameOrPath: string): DataflowTemplate {
  const loaded = loadMapping(nameOrPath);
  if (loaded.kind === 'dataflow') return loaded.dataflow;
  throw new TrifoldError('usage', `${nameOrPath} holds complete mappings, not a dataflow`, {
    hint: 'score complete mappings with trifold eval --mapping',
  });
}
