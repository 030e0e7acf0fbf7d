import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type { Accelerator } from '../../accelerator/accelerator.ts';
import type { Budget } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import { parseAccelerator } from '../../formats/accelerator-file.ts';
import { parseBudget } from '../../formats/budget-file.ts';
import { checkDataflow, isDataflowFile, readDataflow } from '../../formats/dataflow-file.ts';
import { beginsAsOnnx, knownContent, knownText } from '../../formats/document/binary-format.ts';
import { type Document, parseDocument } from '../../formats/document/document.ts';
import { DOCUMENT_LIMITS } from '../../formats/document/limits.ts';
import { type MappingSet, readMappings } from '../../formats/mapping-file.ts';
import { isScheduleFile, readSchedule, type SavedSchedule } from '../../formats/schedule/schedule-file.ts';
import { parseTechnology } from '../../formats/technology-file.ts';
import { readWorkload, type Workload } from '../../formats/workload/workload.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import { ioError } from '../../study/file-operations.ts';
import { readRegularFile, refuseIrregular } from '../../study/read-file.ts';
import { type SourcePlace, TrifoldError } from '../../util/errors.ts';
import { suggestWord } from '../../util/suggestion.ts';
import { isOnnxPath, readModel } from './models.ts';
import { ROOT } from './package.ts';

/** Kinds of presets and the folder that holds each. */
export const PRESET_FOLDERS = {
  workloads: 'workloads',
  accelerators: 'accelerators',
  budgets: 'accelerators/budgets',
  technologies: 'accelerators/technology',
  mappings: 'mappings',
  measurements: 'accelerators/measurements',
  boards: 'accelerators/boards',
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
  boards: 'board',
};

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

/** File of a preset, or of a path; presets first, and what stands for a board is an accelerator too. @throws TrifoldError `not-found` with the nearest preset */
export function resolveFile(kind: PresetKind, nameOrPath: string): string {
  if (isPreset(kind, nameOrPath)) return presetFile(kind, nameOrPath);
  if (kind === 'accelerators' && isPreset('boards', nameOrPath)) return presetFile('boards', nameOrPath);
  const found = statOf(nameOrPath);
  if (found?.isFile() === true) return nameOrPath;
  if (found?.isDirectory() === true)
    throw new TrifoldError('io', `${nameOrPath} is a folder, not a file`, {
      hint: `give the ${SINGULAR[kind]} file in it; trifold list ${kind} shows the presets`,
    });
  if (found !== undefined) refuseIrregular(nameOrPath, found);
  const names = presetNames(kind);
  throw new TrifoldError('not-found', `no ${SINGULAR[kind]} preset and no file named ${nameOrPath}`, {
    hint: `${suggestWord(basename(nameOrPath, '.yaml'), names)}; trifold list ${kind} shows the presets`,
  });
}

/** What stands at a path; undefined where nothing does. @throws TrifoldError `io` where that cannot be known */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw ioError('read', path, error);
  }
}

/** What a file names: a preset by its name, or another file by its path from the folder of the file. @throws TrifoldError `not-found` */
function referredFile(kind: PresetKind, name: string, from: string): string {
  if (isPreset(kind, name) || (kind === 'accelerators' && isPreset('boards', name))) return name;
  const path = join(dirname(from), name);
  return resolveFile(kind, isAbsolute(name) ? name : path);
}

/** Whether two names or paths are of one file. @throws TrifoldError `not-found` */
export function isSameFile(kind: PresetKind, a: string, b: string): boolean {
  return a === b || resolve(resolveFile(kind, a)) === resolve(resolveFile(kind, b));
}

function isPreset(kind: PresetKind, name: string): boolean {
  return /^[\w.-]+$/.test(name) && existsSync(presetFile(kind, name));
}

function presetFile(kind: PresetKind, name: string): string {
  return resolve(ROOT, PRESET_FOLDERS[kind], `${name}.yaml`);
}

/**
 * Text of a file that the user names.
 * @param limitBytes of {@link DOCUMENT_LIMITS}
 * @throws TrifoldError `io` when it is no regular file, is larger or cannot be read, `syntax` when it is empty or no text
 */
export function readText(path: string, limitBytes: number = DOCUMENT_LIMITS.yamlBytes): string {
  const place = { file: displayName(path) };
  const bytes = readRegularFile(path, { limitBytes, links: 'followed' });
  if (bytes.includes(0)) throw noText(bytes, place, 'this is a binary file, not text');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw noText(bytes, place, 'this is not UTF-8 text');
  }
  if (text.trim() === '') throw new TrifoldError('syntax', 'the file is empty', { place });
  const known = knownText(text);
  if (known !== null) throw new TrifoldError('foreign', `this is ${known.text}`, { place, hint: known.hint });
  return text;
}

/** What a file is that is read as text and is none, where it is known. */
function noText(bytes: Uint8Array, place: SourcePlace, otherwise: string): TrifoldError {
  const known = beginsAsOnnx(bytes)
    ? { text: 'an ONNX model', hint: 'commands read models where they take a workload, from files NAME.onnx' }
    : knownContent(bytes);
  if (known === null) return new TrifoldError('syntax', otherwise, { place });
  return new TrifoldError('foreign', `this is ${known.text}`, { place, hint: known.hint });
}

function readPreset(kind: PresetKind, nameOrPath: string): Document {
  const file = resolveFile(kind, nameOrPath);
  return parseDocument(readText(file), displayName(file));
}

function displayName(file: string): string {
  return file.startsWith(ROOT) ? file.slice(ROOT.length) : file;
}

/** What a request may say of its networks. */
export interface WorkloadOptions {
  /** Sizes of dims that a model leaves open, as `name=value`. */
  readonly dims?: readonly string[] | undefined;
  /** Whether operators that are not known are errors. */
  readonly strict?: boolean | undefined;
}

/**
 * Loads a network by preset name or path, of a YAML file or an ONNX model (`prepareToRead` first).
 * @throws TrifoldError `usage` for dims of what is no model
 */
export function loadWorkload(
  nameOrPath: string,
  batch = 1,
  { dims = [], strict = false }: WorkloadOptions = {},
): Workload {
  const file = resolveFile('workloads', nameOrPath);
  if (isOnnxPath(file)) return readModel(file, { batch, dims, isStrict: strict });
  if (dims.length > 0)
    throw new TrifoldError('usage', `${nameOrPath} is no ONNX model: its dims have their sizes`, {
      hint: 'leave out --dim',
    });
  const workload = readWorkload(parseDocument(readText(file), displayName(file)), { batch });
  if (strict) refuseUnknown(workload, displayName(file));
  return workload;
}

function refuseUnknown({ network }: Workload, file: string): void {
  const unknown = network.graph?.operators.find(
    (operator) => operator.kind === 'vector' && operator.operation.kind === 'unknown',
  );
  if (unknown !== undefined)
    throw new TrifoldError('unsupported', `what ${unknown.name} does is not known, so that its work is not counted`, {
      place: { file },
      hint: 'leave out --strict to count its words alone',
    });
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
  return parseAccelerator(readText(file), displayName(file), (name) =>
    technology === undefined ? referredFile('technologies', name, file) : name,
  );
}

/** Loads an accelerator and resolves its constants with its own technology, or with another one. */
export function loadAccelerator(nameOrPath: string, technology?: string): Accelerator {
  const specification = loadSpecification(nameOrPath, technology);
  return buildAccelerator(specification, loadTechnology(technology ?? specification.technology));
}

/** Loads a budget by preset name or path. */
export function loadBudget(nameOrPath: string): Budget {
  const file = resolveFile('budgets', nameOrPath);
  return parseBudget(readText(file), displayName(file), (kind, name) => referredFile(kind, name, file));
}

/** Complete mappings, a schedule with those of its steps, or a partial mapping (dataflow or constraints); with their file, for messages about places in it. */
export type LoadedMapping = { readonly document: Document } & (
  | { readonly kind: 'mappings'; readonly mappings: MappingSet }
  | { readonly kind: 'schedule'; readonly schedule: SavedSchedule }
  | { readonly kind: 'dataflow'; readonly dataflow: DataflowTemplate }
);

/** Loads a mapping file by preset name or path. */
export function loadMapping(nameOrPath: string): LoadedMapping {
  const document = readPreset('mappings', nameOrPath);
  if (isDataflowFile(document)) return { kind: 'dataflow', document, dataflow: readDataflow(document) };
  if (isScheduleFile(document)) return { kind: 'schedule', document, schedule: readSchedule(document) };
  return { kind: 'mappings', document, mappings: readMappings(document) };
}

/**
 * Loads a dataflow or constraints file.
 * @param accelerator must give a meaning to everything that the file states; undefined = not checked yet
 * @throws TrifoldError `usage` when it holds complete mappings or a schedule
 */
export function loadDataflow(nameOrPath: string, accelerator?: Accelerator): DataflowTemplate {
  const loaded = loadMapping(nameOrPath);
  if (loaded.kind === 'dataflow') {
    if (accelerator !== undefined) checkDataflow(loaded.document, loaded.dataflow, accelerator);
    return loaded.dataflow;
  }
  const [what, whole] =
    loaded.kind === 'schedule' ? ['a schedule', 'schedules'] : ['complete mappings', 'complete mappings'];
  throw new TrifoldError('usage', `${nameOrPath} holds ${what}, not a dataflow`, {
    hint: `score ${whole} with trifold eval --mapping`,
  });
}
