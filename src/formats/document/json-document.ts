import { type SourcePlace, TrifoldError } from '../../util/errors.ts';
import type { Document } from './document.ts';
import { findKey, jsonOffsets, placesInText } from './json-places.ts';
import { measureJson, walkJson } from './json-walk.ts';
import { DOCUMENT_LIMITS, overLimit } from './limits.ts';
import { unknownProto } from './yaml-data.ts';

/**
 * Parses a JSON file; places of values are found only when an error needs them.
 * @throws TrifoldError `syntax` with line and column for text that is not JSON, duplicate keys and what exceeds the limits of a file
 */
export function parseJson(text: string, file: string): Document {
  if (text.length > DOCUMENT_LIMITS.jsonBytes) throw overLimit('jsonBytes', { file });
  const placeAt = (offset: number) => placesInText(text, file, [offset])[0]!;
  const { keys, values, tooDeep } = measureJson(text, DOCUMENT_LIMITS.nesting);
  if (tooDeep !== null) throw overLimit('nesting', placeAt(tooDeep));
  if (values > DOCUMENT_LIMITS.jsonValues) throw overLimit('jsonValues', { file });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw jsonError(error, placeAt(faultOf(text)));
  }
  if (keysOf(data) !== keys) throw keyError(text, placeAt);
  return {
    file,
    data,
    placeOf: (path, part = 'value') => placeAt(jsonOffsets(text, [{ path, part }])[0]!),
    placesOf: (values) => placesInText(text, file, jsonOffsets(text, values)),
  };
}

function jsonError(error: unknown, place: SourcePlace): TrifoldError {
  const message = error instanceof Error ? error.message : String(error);
  return new TrifoldError('syntax', 'this is not JSON', { place, hint: message.replace(/\s+/g, ' ').slice(0, 160) });
}

function faultOf(text: string): number {
  const nothing = () => {};
  return walkJson(text, { value: nothing, key: nothing, open: nothing, close: nothing }) ?? 0;
}

/** Keys of all maps in a value, without `__proto__`: fewer than the colons of its text where a key is refused or stands twice. */
function keysOf(data: unknown): number {
  let keys = 0;
  const open: unknown[] = [data];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object') open.push(item);
      continue;
    }
    for (const [key, item] of Object.entries(value)) {
      if (key !== '__proto__') keys++;
      if (typeof item === 'object') open.push(item);
    }
  }
  return keys;
}

function keyError(text: string, placeAt: (offset: number) => SourcePlace): TrifoldError {
  const { offset, key } = findKey(text, (name) => name === '__proto__') ?? { offset: 0, key: '' };
  if (key === '__proto__') return unknownProto(placeAt(offset));
  return new TrifoldError('syntax', 'this key appears twice in one map', {
    place: placeAt(offset),
    hint: 'remove or rename one of the two',
  });
}
