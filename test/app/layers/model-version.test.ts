import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codeHash, modelVersion } from '../../../src/app/layers/model-version.ts';

/** A small tree of modules: task -> deep/cost -> rules, and one that nothing imports. */
function tree() {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-code-'));
  mkdirSync(join(folder, 'deep'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('task.js', "import { cost } from './deep/cost.js';\nexport const run = () => cost();\n");
  write('deep/cost.js', 'export {\n  rule as cost,\n} from "../rules.js";\n');
  write('rules.js', 'export const rule = () => 1;\n');
  write('other.js', 'export const other = 1;\n');
  const hash = () => codeHash(pathToFileURL(join(folder, 'task.js')).href);
  return { folder, write, hash };
}

describe('the version of mappings', () => {
  it('changes with every module that the mapping code imports, however deep, and with no other', () => {
    const { write, hash } = tree();
    const before = hash();
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    write('other.js', 'export const other = 2;\n');
    expect(hash()).toBe(before);
    write('rules.js', 'export const rule = () => 2;\n');
    expect(hash()).not.toBe(before);
  });

  it('follows a module that is renamed or moved', () => {
    const { folder, write, hash } = tree();
    mkdirSync(join(folder, 'elsewhere'));
    renameSync(join(folder, 'rules.js'), join(folder, 'elsewhere/laws.js'));
    write('deep/cost.js', 'export { rule as cost } from "../elsewhere/laws.js";\n');
    const before = hash();
    write('elsewhere/laws.js', 'export const rule = () => 2;\n');
    expect(hash()).not.toBe(before);
  });

  it('ends where modules import each other', () => {
    const { write, hash } = tree();
    write('rules.js', "import './task.js';\nexport const rule = () => 1;\n");
    expect(hash()).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is that of this package and its code', () => {
    expect(modelVersion()).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{16}$/);
  });
});
