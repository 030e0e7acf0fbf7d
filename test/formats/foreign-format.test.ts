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
  ['name: soc\ncores: { 0: a.yaml }\ngraph: { type: bus }\n', 'a Stream accelerator'],
  ['- { name: default, core_allocation: [0], intra_core_tiling: [D] }\n', 'a Stream mapping'],
  ['shape:\n  name: CNN\n  dimensions: [C, M]\n', 'a Timeloop shape of problems'],
  ['mapper:\n  algorithm: random\n', 'Timeloop settings of a mapper'],
  ['num_pes: 256\nl1_size_cstr: 100\n', 'a MAESTRO accelerator'],
  ['# vgg\n\nNetwork vgg16 {\n  Layer CONV1 { Type: CONV }\n}\n', 'a MAESTRO network'],
  ['Layer name, IFMAP Height, IFMAP Width,\nConv1, 224, 224,\n', 'a SCALE-Sim topology'],
  ['Layer, M, N, K,\nGEMM1, 128, 64, 32,\n', 'a SCALE-Sim topology'],
  ['[general]\nrun_name = x\n', 'a SCALE-Sim configuration'],
  ['// config\npackage gemmini\n\nimport chisel3._\n', 'a Gemmini configuration'],
  ['#ifndef GEMMINI_PARAMS_H\n#define DIM 16\n', 'a Gemmini header'],
  ['arch = { subtree : ( ) };\n', 'a Timeloop file in the format of libconfig'],
  ['workload = {\n    0: {"operator_type": "conv"},\n}\n', 'a ZigZag file in Python'],
  ['name: "AlexNet"\nlayer {\n  name: "data"\n}\n', 'a Caffe model'],
  ['[net]\nbatch=1\n', 'a Darknet model'],
  ['module {\n  func.func @main() {}\n}\n', 'an MLIR module'],
  ['{"class_name": "Functional", "config": {}}', 'a Keras model as JSON'],
];

describe('files of other tools', () => {
  it.each(FOREIGN)('%j is called by its name', (text, what) => {
    for (const schema of [workloadSchema, acceleratorSchema]) {
      const error = errorOf(() => readWith<unknown>(schema, parseDocument(text, 'x.yaml')));
      expect(error.code).toBe('foreign');
      expect(error.message).toBe(`this is ${what}`);
    }
  });

  it('are told apart from files of Trifold with a key of theirs', () => {
    const text = 'name: net\nsource: me\ninput: [3]\nshape: [3]\nlayers: [{ name: a, kind: linear, out: 2 }]\n';
    const error = errorOf(() => readWith<unknown>(workloadSchema, parseDocument(text, 'x.yaml')));
    expect([error.code, error.message]).toEqual(['schema', "unknown key 'shape'"]);
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
