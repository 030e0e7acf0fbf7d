import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** The compiled package. */
export const DIST = join(ROOT, 'dist');

/** Whether the compiled package is there and newer than every file that it is made of. */
export function isBuilt(): boolean {
  const builtMs = statSync(join(DIST, 'index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.every((name) => statSync(join(ROOT, 'src', name)).mtimeMs < builtMs);
}
