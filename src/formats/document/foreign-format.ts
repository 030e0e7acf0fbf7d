/** Top-level keys by which files of other tools are known; the first that all stand in a file says what it is. */
const MAPS: readonly (readonly [keys: readonly string[], text: string])[] = [
  [['architecture'], 'a Timeloop architecture'],
  [['problem'], 'a Timeloop problem'],
  [['mapspace'], 'a Timeloop mapspace'],
  [['mapspace_constraints'], 'a Timeloop mapspace'],
  [['architecture_constraints'], 'Timeloop constraints of an architecture'],
  [['compound_components'], 'a Timeloop (Accelergy) list of components'],
  [['ERT'], 'a Timeloop (Accelergy) table of energies'],
  [['ART'], 'a Timeloop (Accelergy) table of areas'],
  [['arch'], 'an AccelForge architecture'],
  [['renames'], 'an AccelForge specification'],
  [['memories', 'operational_array'], 'a ZigZag accelerator'],
  [['cores', 'core_connectivity'], 'a Stream accelerator'],
  [['cores', 'graph'], 'a Stream accelerator'],
  [['shape'], 'a Timeloop shape of problems'],
  [['mapper'], 'Timeloop settings of a mapper'],
  [['sparse_optimizations'], 'Timeloop sparse optimizations'],
  [['variables'], 'a Timeloop list of variables'],
  [['globals'], 'a Timeloop list of variables'],
  [['classes'], 'a Timeloop (Accelergy) list of components'],
  [['num_pes'], 'a MAESTRO accelerator'],
  [['class_name', 'config'], 'a Keras model as JSON'],
  [['architectures', 'model_type'], 'a configuration of Hugging Face Transformers'],
  [['backbone', 'head'], 'a model of YOLO'],
];

/** Keys of the entries of lists by which files of other tools are known. */
const LISTS: readonly (readonly [keys: readonly string[], text: string])[] = [
  [['operator_type', 'equation'], 'a ZigZag workload'],
  [['core_allocation', 'intra_core_tiling'], 'a Stream mapping'],
  [['core_allocation'], 'a ZigZag mapping'],
  [['memory_operand_links'], 'a ZigZag mapping'],
  [['spatial_mapping'], 'a ZigZag mapping'],
  [['target', 'type'], 'a Timeloop mapping'],
];

/** Tags that other tools give to YAML nodes. */
const TAGS: Readonly<Record<string, string>> = {
  '!Component': 'a Timeloop architecture',
  '!Container': 'a Timeloop architecture',
  '!ArrayContainer': 'a Timeloop architecture',
  '!Parallel': 'a Timeloop architecture',
  '!Pipelined': 'a Timeloop architecture',
  '!Temporal': 'a Timeloop mapping',
  '!Spatial': 'a Timeloop mapping',
  '!Storage': 'a Timeloop mapping',
  '!Memory': 'an AccelForge architecture',
  '!Toll': 'an AccelForge architecture',
  '!Compute': 'an AccelForge architecture',
  '!Hierarchical': 'an AccelForge architecture',
  '!Fork': 'an AccelForge architecture',
};

/** What is said of where a file of another tool belongs. */
export const FOREIGN_HINT =
  'files of other tools are not read: write it in the YAML of Trifold (docs/files.md; networks: docs/workloads.md); trifold show NAME prints a preset as an example';

/** How text that is not YAML begins in files of other tools, behind comments and empty lines. */
const TEXTS: readonly (readonly [start: RegExp, text: string])[] = [
  [/^layer(?:[ _]?name)?\s*,\s*(?:ifmap|m\s*,)/i, 'a SCALE-Sim topology'],
  [/^\[(?:general|architecture_presets|run_presets)\]/i, 'a SCALE-Sim configuration'],
  [/^Network\s+\S+\s*\{/, 'a MAESTRO network'],
  [/^Constant\s+\S+\s+\d/, 'a MAESTRO network'],
  [/^package gemmini\b/, 'a Gemmini configuration'],
  [/^#ifndef GEMMINI/, 'a Gemmini header'],
  [/^(?:arch|architecture|problem|mapping|mapspace)\s*=\s*[({]/, 'a Timeloop file in the format of libconfig'],
  [/^(?:workload|mapping)\s*=\s*[[{]/, 'a ZigZag file in Python'],
  [/^(?:name\s*:\s*"[^"\n]*"\s*)?layers?\s*\{/, 'a Caffe model'],
  [/^\[(?:net|convolutional)\]\s*\n/, 'a Darknet model'],
  [/^(?:module|func\.func)\b[^\n:]*\{/, 'an MLIR module'],
];

/** The tool whose text begins so; null where none is known. */
export function formatOfText(text: string): string | null {
  // The guard of a header is no comment.
  const start = text.slice(0, 10_000).replace(/^(?:[ \t]*(?:(?:#(?!ifndef)|\/\/)[^\n]*)?\n)+/, '');
  return TEXTS.find(([beginning]) => beginning.test(start))?.[1] ?? null;
}

/** Keys by which kinds of files of Trifold are known, which no other kind has. */
const OWN: readonly (readonly [keys: readonly string[], text: string])[] = [
  [['layers'], 'a workload file'],
  [['levels', 'technology'], 'an accelerator file'],
  [['levels', 'clock'], 'an accelerator file'],
  [['processingElements'], 'a budget file'],
  [['memory'], 'a technology file'],
  [['mappings'], 'a file of mappings'],
  [['retentionLevel'], 'a saved schedule'],
  [['dataflow'], 'a file of a dataflow'],
];

/** Which other kind of file of Trifold has such content, where a kind with other keys is wanted; null where none is known. @param wanted keys of that kind */
export function otherOwnFormat(data: unknown, wanted: readonly string[]): string | null {
  return formatWith(
    OWN.filter(([keys]) => !keys.some((key) => wanted.includes(key))),
    data,
  );
}

/** The tool whose text has a tag; null where none is known. The key `arch` is AccelForge's, whatever the tag. */
export function formatOfTag(tag: string, text: string): string | null {
  const known = Object.hasOwn(TAGS, tag) ? TAGS[tag]! : null;
  return known !== null && /^arch\s*:/m.test(text) ? 'an AccelForge architecture' : known;
}

/** The tool whose file has such content; null where none is known. */
export function foreignFormat(data: unknown): string | null {
  if (Array.isArray(data)) return formatWith(LISTS, data[0]);
  const isMappingList = isMap(data) && Array.isArray(data.mapping);
  // A mapping file of Trifold names its workload.
  if (isMap(data) && isMap(data.workload)) return 'an AccelForge workload';
  if (isMappingList) return formatWith(LISTS, (data.mapping as unknown[])[0]) ?? 'a Timeloop mapping';
  // A key of another tool in a file of Trifold is a mistake in it.
  return formatWith(OWN, data) === null ? formatWith(MAPS, data) : null;
}

function formatWith(table: typeof MAPS, data: unknown): string | null {
  if (!isMap(data)) return null;
  return table.find(([keys]) => keys.every((key) => Object.hasOwn(data, key)))?.[1] ?? null;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
