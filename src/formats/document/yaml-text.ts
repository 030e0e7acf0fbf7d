import { Composer, type CST, Lexer, LineCounter, Parser, type Document as YamlDocument } from 'yaml';
import { type SourcePlace, TrifoldError } from '../../util/errors.ts';
import { DOCUMENT_LIMITS, overLimit } from './limits.ts';

/** A parsed YAML text before its aliases are resolved. */
export interface YamlText {
  readonly yaml: YamlDocument;
  /** The place of an offset in the text. */
  readonly at: (offset: number) => SourcePlace;
}

/** In what the lexer gives: the next piece is a scalar. */
const SCALAR_FOLLOWS = '\u001f';
/** Pieces that stand for no character of the text. */
const NO_WIDTH: ReadonlySet<string> = new Set([SCALAR_FOLLOWS, '\u0002', '\u0018']);

/**
 * Parses one YAML document within {@link DOCUMENT_LIMITS}, which are checked before the parser holds what they forbid. Duplicate keys are not looked for
 * here: the parser compares every pair.
 * @throws TrifoldError `syntax` with the place
 */
export function parseYamlText(text: string, file: string): YamlText {
  if (text.length > DOCUMENT_LIMITS.yamlBytes) throw overLimit('yamlBytes', { file });
  const lines = new LineCounter();
  const at = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? { file } : { file, line, column: col };
  };
  const tokens = readTokens(text, lines, at);
  const composer = new Composer({ lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const [yaml, second] = withoutTraces(() => firstTwo(composer.compose(tokens, true, text.length)));
  // With forceDoc there is always a document.
  const [problem] = [...yaml!.errors, ...yaml!.warnings];
  if (problem !== undefined) throw new TrifoldError('syntax', problem.message, { place: at(problem.pos[0]) });
  if (second !== undefined)
    throw new TrifoldError('syntax', 'a second document starts here', {
      place: at(second.range[0]),
      hint: "keep one document per file: remove '---'",
    });
  return { yaml: yaml!, at };
}

function readTokens(text: string, lines: LineCounter, at: (offset: number) => SourcePlace): CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let offset = 0;
  let pieces = 0;
  let aliases = 0;
  let isScalar = false;
  lines.addNewLine(0);
  for (const piece of new Lexer().lex(text)) {
    pieces++;
    if (pieces > DOCUMENT_LIMITS.pieces) throw overLimit('pieces', at(offset));
    if (isScalar && piece.length > DOCUMENT_LIMITS.textCharacters) throw overLimit('textCharacters', at(offset));
    if (!isScalar && (piece[0] === '&' || piece[0] === '*')) {
      aliases++;
      if (aliases > DOCUMENT_LIMITS.aliases) throw overLimit('aliases', at(offset));
    }
    isScalar = !isScalar && piece === SCALAR_FOLLOWS;
    for (const token of parser.next(piece)) {
      if (token.type === 'error') throw new TrifoldError('syntax', token.message, { place: at(token.offset) });
      tokens.push(token);
    }
    checkOpen(parser.stack, at);
    if (!NO_WIDTH.has(piece)) offset += piece.length;
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** Checks what the parser has on its stack: the document, the maps and lists around the place it has reached, and at most one scalar. */
function checkOpen(stack: readonly CST.Token[], at: (offset: number) => SourcePlace): void {
  for (let i = Math.max(1, stack.length - 2); i < stack.length; i++) {
    const token = stack[i]!;
    if (!('items' in token)) continue;
    if (i > DOCUMENT_LIMITS.nesting) throw overLimit('nesting', at(token.offset));
    const isMap = token.type === 'block-map' || (token.type === 'flow-collection' && token.start.source === '{');
    // The last item may be what stands before a closing bracket.
    const limit = isMap ? 'mapKeys' : 'listEntries';
    if (token.items.length > DOCUMENT_LIMITS[limit] + 1) throw overLimit(limit, at(token.offset));
  }
}

function firstTwo<T>(all: Iterable<T>): T[] {
  const first: T[] = [];
  for (const one of all) if (first.push(one) === 2) break;
  return first;
}

/** The parser makes an Error per problem; a trace of each would take most of the time of a text full of problems. */
function withoutTraces<T>(action: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return action();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
