/**
 * A value as one line of JSON that reads back equal; -0 becomes 0, and keys that are undefined are left out.
 * @throws TypeError, naming the key, for what JSON would change in silence: NaN, infinities, functions, symbols,
 * undefined in a list, and objects of classes without toJSON.
 */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value, refuseLossy);
}

function refuseLossy(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`JSON cannot hold ${value} at key '${key}'`);
  if (
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    (value === undefined && (key === '' || Array.isArray(this)))
  )
    throw new TypeError(`JSON cannot hold ${typeof value} at key '${key}'`);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null)
      throw new TypeError(`JSON cannot hold an object of class ${value.constructor.name} at key '${key}'`);
  }
  return value;
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a whole number of at least 0. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The value of a JSON text; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a JSON document of a run may hold at most: beyond that its objects might take more memory than there is. */
export const JSON_LIMITS = { nesting: 64, values: 16_000_000 } as const;

/** Sizes of a JSON text. */
export interface JsonMeasures {
  /** Lists and maps within each other. */
  readonly nesting: number;
  /** Values and keys, at most. */
  readonly values: number;
}

const [QUOTE, ESCAPE, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];

/** Measures a JSON text in UTF-8 without reading it as objects. */
export function measureJson(bytes: Uint8Array): JsonMeasures {
  let open = 0;
  let nesting = 0;
  let values = 1;
  let isText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (isText) {
      if (byte === ESCAPE) i++;
      else if (byte === QUOTE) isText = false;
      continue;
    }
    if (byte === QUOTE) isText = true;
    else if (byte === COMMA || byte === COLON) values++;
    else if (byte === 0x5b || byte === 0x7b) {
      open++;
      values++;
      if (open > nesting) nesting = open;
    } else if (byte === 0x5d || byte === 0x7d) open--;
  }
  return { nesting, values };
}

/** Why a text is not read as JSON although it might be; null when it is within the limits. */
export function overJsonLimits({ nesting, values }: JsonMeasures): string | null {
  if (nesting > JSON_LIMITS.nesting) return `lists and maps are nested more than ${JSON_LIMITS.nesting} deep`;
  return values > JSON_LIMITS.values ? `it holds more than ${JSON_LIMITS.values} values` : null;
}

/** {@link parseJson} of UTF-8. What exceeds {@link JSON_LIMITS}, and bytes without a text that Node can hold, are no JSON. */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  if (overJsonLimits(measureJson(bytes)) !== null) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}
