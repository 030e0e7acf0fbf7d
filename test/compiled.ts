import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** The compiled package. */
export const DIST = join(ROOT, 'dist');

/** Whether the compiled package is there and newer than every file that it is made of. */
export function isBuilt(): boolean {
  const builtMs = statSync(join(DIST, 'index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
  return sources.every((name) => statSync(join(SRC, name)).mtimeMs < builtMs);
}

/**
 * The compiled module of an imported source file, which Node loads by itself: in less than half of the time of loading TypeScript, threads included.
 * @returns null where there is none, and for the thread pool in its own tests, as the tasks of these are TypeScript
 */
export function compiledModule(specifier: string, importer: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const name = relative(SRC, resolve(dirname(importer), specifier));
  if (name.startsWith('..') || !/\.tsx?$/.test(name)) return null;
  if (name.startsWith('parallel/') && /\/(?:test|src)\/parallel\/[^/]+$/.test(importer)) return null;
  const file = join(DIST, name.replace(/\.tsx?$/, '.js'));
  return statSync(file, { throwIfNoEntry: false }) === undefined ? null : file;
}
