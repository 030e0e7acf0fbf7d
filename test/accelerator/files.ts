import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Technology } from '../../src/accelerator/technology.ts';
import { parseTechnology } from '../../src/formats/technology-file.ts';

const root = resolve(import.meta.dirname, '../..');

/** Folder of shared reference data beside the project. */
export const SHARED = resolve(root, '../shared');

/** Whether the shared reference data is there. */
export const hasShared = existsSync(SHARED);

/** Name (without ending) and text of every YAML file of a folder of the project. */
export function yamlFiles(folder: string): { name: string; file: string; text: string }[] {
  return readdirSync(resolve(root, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({
      name: basename(file, '.yaml'),
      file: `${folder}/${file}`,
      text: readFileSync(resolve(root, folder, file), 'utf8'),
    }));
}

/** Every technology of the project by name. */
export const TECHNOLOGIES: ReadonlyMap<string, Technology> = new Map(
  yamlFiles('accelerators/technology').map(({ name, file, text }) => [name, parseTechnology(text, file)]),
);
