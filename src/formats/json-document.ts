import { TrifoldError } from '../util/errors.ts';
import { type Document, parseDocument } from './document.ts';

/**
 * Parses a JSON file; places of values are found only when an error needs them.
 * @throws TrifoldError `syntax` with line and column for text that is not JSON
 */
export function parseJson(text: string, file: string): Document {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw jsonError(error, text, file);
  }
  return {
    file,
    data,
    placeOf: (path, part) => parseDocument(text, file).placeOf(path, part),
  };
}

function jsonError(error: unknown, text: string, file: string): TrifoldError {
  const message = error instanceof Error ? error.message : String(error);
  const position = /position (\d+)/.exec(message)?.[1];
  const before = text.slice(
    0,
    position === undefined ? (/end of JSON/.test(message) ? text.length : 0) : Number(position),
  );
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return new TrifoldError('syntax', 'this is not JSON', {
    place: { file, line, column },
    hint: message.replace(/\s+/g, ' ').slice(0, 160),
  });
}
