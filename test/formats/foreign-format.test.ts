import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceleratorSchema } from '../../src/formats/accelerator-file.ts';
import { parseDocument, readWith } from '../../src/formats/document/document.ts';
import { foreignFormat } from '../../src/formats/document/foreign-format.ts';
import { workloadSchema } from '../../src/formats/workload/workload-schema.ts';
import { errorOf } from './errors.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Beginnings of files of other tools, written after their documentation. */
const FOREIGN: readonly (readonly [text: string, what: string])[] = [
  ['architecture:\n  version: 0.4\n  nodes:\n    - !Container\n      name: chip\n', 'a Timeloop architecture'],
  ['architecture:\n  version: 0.3\n  subtree: [{ name: system }]\n', 'a Timeloop architecture'],
  ['problem:\n  shape: { dimensions: [C, M] }\n  instance: { C: 3, M: 4 }\n', 'a Timeloop problem'],
  ['mapping:\n  - { target: DRAM, type: temporal, factors: C=1 }\n', 'a Timeloop mapping'],
  ['mapspace:\n  constraints: []\n', 'a Timeloop mapspace'],
  ['arch:\n  nodes:\n    - !Memory\n      name: DRAM\n', 'an AccelForge architecture'],
  ['workload:\n  einsums: []\n', 'an AccelForge workload'],
  ['- { id: 0, operator_type: Conv, equation: "O[k]+=W[k]*I[k]" }\n', 'a ZigZag workload'],
  ['name: tpu\nmemories: {}\noperational_array: {}\n', 'a ZigZag accelerator'],
  ['- { name: default, spatial_mapping: {} }\n', 'a ZigZag mapping'],
];

describe('files of other tools', () => {
  it.each(FOREIGN)('%j is called by its name', (text, what) => {
    for (const schema of [workloadSchema, acceleratorSchema]) {
      const error = errorOf(() => readWith<unknown>(schema, parseDocument(text, 'x.yaml')));
      expect(error.code).toBe('foreign');
      expect(error.message).toBe(`this is ${what}`);
    }
  });

  it('are told apart from files of Trifold, whole and damaged', () => {
    const folders = ['workloads', 'accelerators', 'accelerators/budgets', 'accelerators/technology', 'mappings'];
    for (const folder of folders)
      for (const name of readdirSync(join(ROOT, folder)).filter((file) => file.endsWith('.yaml'))) {
        const { data } = parseDocument(readFileSync(join(ROOT, folder, name), 'utf8'), name);
        expect(foreignFormat(data)).toBeNull();
      }
  });
});
