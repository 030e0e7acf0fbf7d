/**
 * Writes accelerators/technology/scaled-<node>nm.yaml from the rows of the cacti files and published scaling equations.
 * Usage: tsx scripts/scale-technology.ts [--check]. With --check nothing is written; exit code 1 if a file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { measuredRows } from './measured-rows.ts';
import { scaledTechnologyYaml, TARGETS } from './scaled-technology.ts';

const root = resolve(import.meta.dirname, '..');
const rows = measuredRows(root);

for (const target of TARGETS) {
  const path = resolve(root, `accelerators/technology/scaled-${target.nm}nm.yaml`);
  const text = scaledTechnologyYaml(target, rows);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.log(`${path} differs from what the equations give`);
    process.exitCode = 1;
  }
}
