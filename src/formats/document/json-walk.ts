/** What {@link walkJson} meets, in the order of the text. */
export interface JsonVisitor {
  /** A value begins. */
  readonly value: (offset: number) => void;
  /** A key with its quotes. */
  readonly key: (from: number, to: number) => void;
  /** The value that has begun is a map or a list. */
  readonly open: (isList: boolean) => void;
  readonly close: () => void;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_MAP = 123;
const CLOSE_MAP = 125;

/**
 * Walks a JSON text once, without recursion.
 * @returns the offset of the first character that no JSON text could have there; null for a complete text
 */
export function walkJson(text: string, visitor: JsonVisitor): number | null {
  const lists: boolean[] = [];
  let at = skipBlanks(text, 0);
  for (;;) {
    visitor.value(at);
    const code = text.charCodeAt(at);
    let isEmpty = false;
    if (code === OPEN_LIST || code === OPEN_MAP) {
      const isList = code === OPEN_LIST;
      lists.push(isList);
      visitor.open(isList);
      at = skipBlanks(text, at + 1);
      isEmpty = text.charCodeAt(at) === (isList ? CLOSE_LIST : CLOSE_MAP);
      if (!isEmpty && isList) continue;
      if (!isEmpty) {
        const end = walkKey(text, at, visitor);
        if (end < 0) return ~end;
        at = end;
        continue;
      }
    } else {
      const end = scalarEnd(text, at);
      if (end < 0) return ~end;
      at = end;
    }
    for (let isValueNext = false; !isValueNext; ) {
      at = skipBlanks(text, at);
      const isList = lists.at(-1);
      if (isList === undefined) return at === text.length ? null : at;
      const next = text.charCodeAt(at);
      if (next === (isList ? CLOSE_LIST : CLOSE_MAP)) {
        lists.pop();
        visitor.close();
        at++;
      } else if (next === COMMA) {
        at = skipBlanks(text, at + 1);
        const end = isList ? at : walkKey(text, at, visitor);
        if (end < 0) return ~end;
        at = end;
        isValueNext = true;
      } else return at;
    }
  }
}

/** What a JSON text holds, by its signs outside strings. */
export interface JsonMeasures {
  /** Colons: the keys of all its maps. */
  readonly keys: number;
  /** Commas, and openings of lists and maps: no fewer than its values but one. */
  readonly values: number;
  /** Offset of the first list or map that lies too deep; null when none does. */
  readonly tooDeep: number | null;
}

/** Measures a text before it is parsed; ends at the first list or map below `mostNesting`. */
export function measureJson(text: string, mostNesting: number): JsonMeasures {
  let keys = 0;
  let values = 0;
  let nesting = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(text, at);
    else if (code === COLON) keys++;
    else if (code === COMMA) values++;
    else if (code === OPEN_LIST || code === OPEN_MAP) {
      values++;
      nesting++;
      if (nesting > mostNesting) return { keys, values, tooDeep: at };
    } else if (code === CLOSE_LIST || code === CLOSE_MAP) nesting--;
  }
  return { keys, values, tooDeep: null };
}

/** Offset of the quote that ends a string; the end of the text when there is none. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

/** Where the value of a key begins; the complement of a fault's offset where there is no key and colon. */
function walkKey(text: string, at: number, visitor: JsonVisitor): number {
  if (text.charCodeAt(at) !== QUOTE) return ~at;
  const end = stringEnd(text, at);
  if (end < 0) return end;
  visitor.key(at, end);
  const colon = skipBlanks(text, end);
  return text.charCodeAt(colon) === COLON ? skipBlanks(text, colon + 1) : ~colon;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9; )
    code = text.charCodeAt(++at);
  return at;
}

function scalarEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === QUOTE) return stringEnd(text, at);
  const word = code === 116 ? 'true' : code === 102 ? 'false' : code === 110 ? 'null' : undefined;
  if (word === undefined) return numberEnd(text, at);
  for (let i = 1; i < word.length; i++) if (text[at + i] !== word[i]) return ~(at + i);
  return at + word.length;
}

const ESCAPED = new Set('"\\/bfnrtu');

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < 32) return ~at;
    if (code !== BACKSLASH) continue;
    at++;
    if (!ESCAPED.has(text[at]!)) return ~at;
    if (text[at] === 'u')
      for (const last = at + 4; at < last; ) if (!/^[0-9a-fA-F]$/.test(text[++at] ?? '')) return ~at;
  }
  return ~text.length;
}

function numberEnd(text: string, start: number): number {
  let at = text[start] === '-' ? start + 1 : start;
  const whole = text[at] === '0' ? at + 1 : digitsEnd(text, at);
  if (whole === at) return ~at;
  at = whole;
  if (text[at] === '.') {
    const end = digitsEnd(text, at + 1);
    if (end === at + 1) return ~end;
    at = end;
  }
  if (text[at] === 'e' || text[at] === 'E') {
    const signed = text[at + 1] === '+' || text[at + 1] === '-' ? at + 2 : at + 1;
    const end = digitsEnd(text, signed);
    if (end === signed) return ~end;
    at = end;
  }
  return at;
}

function digitsEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57; ) code = text.charCodeAt(++at);
  return at;
}
