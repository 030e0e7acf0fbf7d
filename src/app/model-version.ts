import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageVersion } from './library.ts';

/** Modules that decide which mapping is found and what it costs. */
const MODULES = [
  'util',
  'cmaes',
  'optimizers',
  'workload',
  'accelerator',
  'mapping',
  'cost',
  'search/mapping',
  'search/accelerator',
  'app',
];
/** Files of `app` among them. */
const OF_APP = /^(map-layer|layer-task|mapper-settings|node-budget)\./;

let version: string | undefined;

/**
 * The version of the package with a hash of the code that mappings depend on: in a checkout the code changes without the version, and
 * mappings of other code must not be taken for those of this one.
 */
export function modelVersion(): string {
  version ??= `${packageVersion()}+${codeHash()}`;
  return version;
}

function codeHash(): string {
  const hash = createHash('sha256');
  for (const module of MODULES) {
    const folder = fileURLToPath(new URL(`../${module}/`, import.meta.url));
    for (const name of readdirSync(folder).sort()) {
      if (!['.ts', '.js'].includes(extname(name)) || name.endsWith('.d.ts')) continue;
      if (module === 'app' && !OF_APP.test(name)) continue;
      hash.update(`${module}/${name}\n`).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
