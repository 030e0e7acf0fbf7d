/** Depth to which maps and lists are taken apart: far enough that no piece holds more than one layer of a network. */
const DEPTH = 3;

/**
 * The text of `JSON.stringify(value, null, 2)` in pieces, so that a large document never stands in memory as one text. What has a `toJSON` of its own
 * is made when its turn comes.
 */
export function* jsonPieces(value: unknown, depth = DEPTH, indent = ''): Generator<string> {
  if (depth === 0 || !isPlain(value)) {
    // No line end stands in a string of JSON: all of them are between values.
    yield JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
    return;
  }
  const isList = Array.isArray(value);
  const entries = isList
    ? value.map((item) => ['', isJson(item) ? item : null] as const)
    : Object.entries(value).filter(([, item]) => isJson(item));
  const inner = `${indent}  `;
  let before = isList ? '[' : '{';
  for (const [key, item] of entries) {
    yield `${before}\n${inner}${isList ? '' : `${JSON.stringify(key)}: `}`;
    yield* jsonPieces(item, depth - 1, inner);
    before = ',';
  }
  const end = isList ? ']' : '}';
  yield entries.length === 0 ? `${before}${end}` : `\n${indent}${end}`;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

/** Whether JSON can hold a value: in a map, what it cannot hold is left out. */
function isJson(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}
