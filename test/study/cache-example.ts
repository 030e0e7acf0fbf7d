import { createHash } from 'node:crypto';
import { EntryCache } from '../../src/study/entry-cache.ts';
import type { FileOperations } from '../../src/study/file-operations.ts';

/** A key like those of `mappingKey`. */
export function keyOf(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex');
}

export interface Result {
  readonly number: number;
  readonly loops: readonly { readonly dim: string; readonly bound: number }[];
}

/** A result that tells its number, of a length that depends on it. */
export function resultOf(number: number, loops = number % 40): Result {
  return { number, loops: Array.from({ length: loops }, (_, i) => ({ dim: 'K', bound: 1 + i + 0.125 })) };
}

function isResult(value: unknown): value is Result {
  return (
    typeof value === 'object' &&
    value !== null &&
    'number' in value &&
    typeof value.number === 'number' &&
    'loops' in value &&
    Array.isArray(value.loops) &&
    value.loops.every((loop) => 'bound' in loop)
  );
}

/** A cache of such results. */
export function openCache(directory: string, maxBytes?: number, files?: FileOperations): EntryCache<Result> {
  return new EntryCache(directory, isResult, maxBytes, files);
}
