import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageVersion } from '../presets/package.ts';
import { task } from './layer-work.ts';

let version: string | undefined;

/**
 * The version of the package with a hash of the code that maps: in a checkout the code changes without the version, and
 * mappings of other code must not be taken for those of this one.
 */
export function modelVersion(): string {
  version ??= `${packageVersion()}+${codeHash(task.moduleUrl)}`;
  return version;
}

/**
 * 16 hex digits over the text of a module and of everything that it imports by a relative path, directly or not. Follows the
 * imports that the code states, so that it holds wherever a file is moved and whatever it is called.
 * @param entry URL of a module on disk
 */
export function codeHash(entry: string): string {
  const hash = createHash('sha256');
  const seen = new Set<string>();
  const visit = (url: string): void => {
    if (seen.has(url)) return;
    seen.add(url);
    const path = fileURLToPath(url);
    // Modules of types alone are not there after compilation.
    if (!existsSync(path)) return;
    const text = readFileSync(path, 'utf8');
    hash.update(`${text.length}\n`).update(text);
    for (const [, specifier = ''] of text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g))
      visit(new URL(specifier, url).href);
  };
  visit(entry);
  return hash.digest('hex').slice(0, 16);
}
