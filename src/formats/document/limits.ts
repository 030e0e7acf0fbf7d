import { type SourcePlace, TrifoldError } from '../../util/errors.ts';

/**
 * What a file may hold at most. Far above what people write, and low enough that any file is read or refused in about a second; tables of
 * accuracy alone may be large, and take time in proportion.
 */
export const DOCUMENT_LIMITS = {
  /** Bytes of a YAML file. */
  yamlBytes: 8 * 2 ** 20,
  /** Bytes of a JSON file: tables of accuracy, records of other tools. */
  jsonBytes: 128 * 2 ** 20,
  /** Values of a JSON file: what takes memory. */
  jsonValues: 10_000_000,
  /** Lexical pieces of a YAML file, blanks, line ends and comments included. */
  pieces: 1_600_000,
  /** Values of a YAML file, those that aliases repeat counted every time. */
  values: 400_000,
  /** Anchors and aliases of a YAML file together. */
  aliases: 2000,
  /** Maps and lists in each other. */
  nesting: 64,
  /** Entries of one map of a YAML file. */
  mapKeys: 10_000,
  /** Entries of one list of a YAML file. */
  listEntries: 20_000,
  /** Characters of one key. */
  keyCharacters: 1000,
  /** Characters of one text of a YAML file. */
  textCharacters: 100_000,
} as const;

/** One of {@link DOCUMENT_LIMITS}. */
export type DocumentLimit = keyof typeof DOCUMENT_LIMITS;

const WHAT: Readonly<Record<DocumentLimit, string>> = {
  yamlBytes: 'the file has more than 8 MiB',
  jsonBytes: 'the file has more than 128 MiB',
  jsonValues: `the file has more than ${grouped(DOCUMENT_LIMITS.jsonValues)} values`,
  pieces: `the file has more than ${grouped(DOCUMENT_LIMITS.pieces)} words, signs, line ends and comments`,
  values: `the file has more than ${grouped(DOCUMENT_LIMITS.values)} values, repeated ones counted`,
  aliases: `the file has more than ${grouped(DOCUMENT_LIMITS.aliases)} anchors and aliases`,
  nesting: `maps and lists are nested more than ${DOCUMENT_LIMITS.nesting} deep`,
  mapKeys: `this map has more than ${grouped(DOCUMENT_LIMITS.mapKeys)} keys`,
  listEntries: `this list has more than ${grouped(DOCUMENT_LIMITS.listEntries)} entries`,
  keyCharacters: `this key has more than ${grouped(DOCUMENT_LIMITS.keyCharacters)} characters`,
  textCharacters: `this text has more than ${grouped(DOCUMENT_LIMITS.textCharacters)} characters`,
};

const HINT: Readonly<Record<DocumentLimit, string>> = {
  yamlBytes: 'is it the right file? docs/files.md lists the limits',
  jsonBytes: 'keep the columns that are read; docs/files.md lists the limits',
  jsonValues: 'keep the columns that are read; docs/files.md lists the limits',
  pieces: 'split the file, or use repeat and block for layers that are alike',
  values: 'split the file, or use repeat and block for layers that are alike',
  aliases: 'write values out, or use repeat and block for layers that are alike',
  nesting: 'no format of Trifold nests deeper than a few levels',
  mapKeys: 'no format of Trifold has maps of that size',
  listEntries: 'split the file, or use repeat and block for layers that are alike',
  keyCharacters: 'is a line end or a quote missing?',
  textCharacters: 'is a quote missing? keep long texts in a file of their own',
};

/** The refusal of a file that exceeds a limit. */
export function overLimit(limit: DocumentLimit, place: SourcePlace): TrifoldError {
  return new TrifoldError('syntax', WHAT[limit], { place, hint: HINT[limit] });
}

function grouped(count: number): string {
  // Of the language's own way, the first use takes as long as reading a network.
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
