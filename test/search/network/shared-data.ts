import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../../../shared/nas');

/** Whether the full benchmark files are at hand; tests over them are skipped otherwise. */
export const HAS_SHARED_NAS = existsSync(FOLDER);

/** Text of a file of the benchmark folder. */
export function sharedText(name: string): string {
  return readFileSync(resolve(FOLDER, name), 'utf8');
}

/** Bytes of a file of the benchmark folder. */
export function sharedBytes(name: string): Uint8Array {
  return readFileSync(resolve(FOLDER, name));
}
