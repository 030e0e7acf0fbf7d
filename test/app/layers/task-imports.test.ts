import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../../src');

/** Everything that a module loads when it is loaded: files below src/ and packages. Types and `import()` do not count. */
function loadedBy(file: string, loaded = new Set<string>()): Set<string> {
  loaded.add(relative(SRC, file));
  const text = readFileSync(file, 'utf8');
  for (const [statement, specifier = ''] of text.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s+'([^']+)';/gm)) {
    if (/^(?:import|export) type\b/.test(statement)) continue;
    const names = /\{([^}]*)\}/
      .exec(statement)?.[1]
      ?.split(',')
      .map((name) => name.trim());
    if (names?.filter((name) => name !== '').every((name) => name.startsWith('type ')) === true) continue;
    if (!specifier.startsWith('.')) loaded.add(specifier);
    else if (!loaded.has(relative(SRC, resolve(dirname(file), specifier))))
      loadedBy(resolve(dirname(file), specifier), loaded);
  }
  return loaded;
}

describe('a worker thread', () => {
  it.each(['app/layers/layer-work.ts', 'parallel/network-task.ts'])(
    'that runs %s loads no parser, no view, no command and no run folder',
    (task) => {
      const loaded = [...loadedBy(resolve(SRC, task))];
      expect(loaded.length).toBeGreaterThan(20);
      expect(loaded).toContain('search/mapping/exact/exact.ts');
      const packages = loaded.filter((name) => !name.endsWith('.ts') && !name.startsWith('node:'));
      expect(packages.filter((name) => !['pure-rand', 'ml-matrix'].includes(name.split('/')[0]!))).toEqual([]);
      const heavy = /^(?:tui|cli|report|study)\/|^app\/(?!layers)|^formats\/document/;
      expect(loaded.filter((name) => heavy.test(name))).toEqual([]);
    },
  );
});
