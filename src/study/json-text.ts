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

/** {@link parseJson} of UTF-8. Bytes without a text that Node can hold are no JSON. */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}
