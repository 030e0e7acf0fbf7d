import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, matchesGlob, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TESTS } from '../vitest.config.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** What people leave beside the sources. */
const OF_A_USER = [
  'mine.json',
  'net.ts',
  'my.test.ts',
  'runs/x-1/run.json',
  'mine/net.test.ts',
  'mine.yaml',
  'knip.old.json',
];

function read(name: string) {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
}

/** Patterns of all files that the checks of `npm test` read, without those that leave files out again. */
const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  biome: read('biome.json').files.includes,
  knip: [...read('knip.json').entry, ...read('knip.json').project],
  typescript: read('tsconfig.json').include.map((name: string) =>
    statSync(join(ROOT, name)).isDirectory() ? `${name}/**` : name,
  ),
  vitest: TESTS,
};

describe.each(Object.entries(PATTERNS))('%s', (_, patterns) => {
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));

  it('reads folders of sources and files by their names, none that a user leaves beside them', () => {
    expect(included.length).toBeGreaterThan(0);
    for (const pattern of included) {
      const [start = ''] = pattern.split(/[*{[?]/);
      expect(existsSync(join(ROOT, start)), pattern).toBe(true);
      for (const file of OF_A_USER) expect(matchesGlob(file, pattern), `${file} by ${pattern}`).toBe(false);
    }
  });
});
