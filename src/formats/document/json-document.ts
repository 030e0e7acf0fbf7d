import { TrifoldError } from '../../util/errors.ts';
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
  const before = text.slice(0, Math.max(0, faultLength(text) - 1));
  const message = error instanceof Error ? error.message : String(error);
  return new TrifoldError('syntax', 'this is not JSON', {
    place: { file, line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') },
    hint: message.replace(/\s+/g, ' ').slice(0, 160),
  });
}

/** Length of the shortest prefix that no text could complete to JSON (found by bisection: engines do not always tell the position). */
function faultLength(text: string): number {
  let completable = 0;
  let broken = text.length;
  while (broken - completable > 1) {
    const middle = Math.floor((completable + broken) / 2);
    if (isCompletable(text.slice(0, middle))) completable = middle;
    else broken = middle;
  }
  return broken;
}

function isCompletable(prefix: string): boolean {
  try {
    JSON.parse(prefix);
    return true;
  } catch (error) {
    return (
      error instanceof Error && /Unexpected end|Unterminated string|No number after|exponent part/.test(error.message)
    );
  }
}
