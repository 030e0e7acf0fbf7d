import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trifold-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A path in the folder of this process, which is removed at its end. */
export function scratchPath(name: string): string {
  return name === '' ? `${folder}/` : join(folder, name);
}

/** Writes a file of the folder anew. @returns its path */
export function scratchFile(name: string, content: string | Buffer): string {
  const path = scratchPath(name);
  writeFileSync(path, content);
  return path;
}

/** Texts of the presets in a folder of the project whose names match. */
export function presetTexts(directory: string, names = /\.yaml$/): Buffer[] {
  const files = readdirSync(join(ROOT, directory)).filter((name) => names.test(name));
  return files.sort().map((name) => readFileSync(join(ROOT, directory, name)));
}

/** Small files that failed once, where they are at hand. */
export function caseTexts(names: RegExp): Buffer[] {
  const cases = join(ROOT, '../shared/cases');
  try {
    return readdirSync(cases, { recursive: true, encoding: 'utf8' })
      .filter((name) => names.test(name))
      .sort()
      .map((name) => readFileSync(join(cases, name)));
  } catch {
    return [];
  }
}
