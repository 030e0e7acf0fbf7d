import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { onnxDocs } from '../../scripts/onnx-docs.ts';

it('docs/onnx.md lists the operators that models are read with', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/onnx.md'), 'utf8');
  expect(page).toBe(onnxDocs(page));
});
