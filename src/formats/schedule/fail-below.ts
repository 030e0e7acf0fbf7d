import type { ErrorCode } from '../../util/errors.ts';
import { type Document, errorAt, type KeyPath } from '../document/document.ts';

/** Refuses what stands at a path below that of a part of a document. */
export type Fail = (at: KeyPath, code: ErrorCode, message: string, hint?: string) => never;

/** Refusals of a part of a document, by paths below its own. */
export function failBelow(document: Document, path: KeyPath): Fail {
  return (at, code, message, hint) => {
    throw errorAt(document, [...path, ...at], code, message, hint);
  };
}
