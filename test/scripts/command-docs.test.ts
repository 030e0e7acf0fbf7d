import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { commandDocs } from '../../scripts/command-docs.ts';

it('docs/commands.md is what the schemas say', () => {
  const file = resolve(import.meta.dirname, '../../docs/commands.md');
  expect(readFileSync(file, 'utf8')).toBe(commandDocs());
});
