import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFile, refuseOutputName } from '../../../src/app/import/import.ts';
import { showPresets } from '../../../src/app/presets/list.ts';
import {
  loadAccelerator,
  loadBudget,
  loadMapping,
  loadTechnology,
  loadWorkload,
} from '../../../src/app/presets/load.ts';
import { prepareToRead } from '../../../src/app/presets/models.ts';
import { formatWorkload } from '../../../src/formats/workload/workload-writer.ts';
import { errorOf } from '../../formats/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'trifold-wrong-'));
beforeAll(() => prepareToRead(['model.onnx']));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(content, 'latin1'));
  return path;
}

const zip = (first: string) => `PK\x03\x04${'\0'.repeat(26)}${first}`;
const imported = (path: string) => importFile({ file: path, batch: 1, strict: false });

/** Beginnings of models in other formats. */
const MODELS: readonly (readonly [content: string, what: RegExp, hint: RegExp])[] = [
  [zip('archive/data.pkl'), /a PyTorch file/, /torch\.onnx\.export/],
  [zip('metadata.json'), /a Keras file/, /tf2onnx/],
  [zip('weights.npy'), /a zip archive/, /unpack/],
  ['\x80\x02\x8a\nl\xfc\x9c', /a Python pickle/, /torch\.onnx\.export/],
  ['\x89HDF\r\n\x1a\n\0\0', /HDF5/, /tf2onnx/],
  ['\x1c\0\0\0TFL3\0\0', /TensorFlow Lite/, /tf2onnx/],
  ['GGUF\x03\0\0\0', /GGUF/, /ONNX/],
  ['\x10\0\0\0\0\0\0\0{"a":{}}', /safetensors/, /ONNX/],
  ['\x1f\x8b\x08\0', /gzip/, /unpack/],
  ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n', /Git LFS/, /git lfs pull/],
  ['<!DOCTYPE html>\n<html></html>\n', /HTML/, /the file itself/],
];

describe('files of other kinds', () => {
  it.each(MODELS)('%j is called what it is, whatever its name', (content, what, hint) => {
    for (const [name, read] of [
      ['model.pt', loadWorkload],
      ['model.onnx', loadWorkload],
      ['model.bin', loadAccelerator],
      ['model.ckpt', imported],
    ] as const) {
      const error = errorOf(() => read(file(name, content)));
      expect(error.code).toBe('foreign');
      expect(error.message).toMatch(what);
      expect(error.details.hint).toMatch(hint);
    }
  });

  it('an ONNX model by another name, or in the place of an accelerator, is told from other binary files', () => {
    const model = file('model.bin', '\x08\x08\x12\x07pytorch\0');
    for (const read of [loadWorkload, loadAccelerator, imported]) {
      const error = errorOf(() => read(model));
      expect(error).toMatchObject({ code: 'foreign', message: 'this is an ONNX model' });
      expect(error.details.hint).toContain('NAME.onnx');
    }
    const other = errorOf(() => loadWorkload(file('x.bin', '\x01\x02\0\0')));
    expect(other).toMatchObject({ code: 'syntax', message: 'this is a binary file, not text' });
  });

  it('a file of Trifold in the place of another is called what it is', () => {
    const workload = file('w.yaml', formatWorkload(loadWorkload('dqn').network));
    const accelerator = 'accelerators/eyeriss.yaml';
    const cases: readonly (readonly [read: (path: string) => unknown, path: string, what: string])[] = [
      [loadAccelerator, workload, 'a workload file'],
      [loadBudget, workload, 'a workload file'],
      [loadTechnology, workload, 'a workload file'],
      [loadMapping, workload, 'a workload file'],
      [loadWorkload, accelerator, 'an accelerator file'],
      [loadTechnology, accelerator, 'an accelerator file'],
      [loadMapping, accelerator, 'an accelerator file'],
      [loadWorkload, 'accelerators/budgets/eyeriss.yaml', 'a budget file'],
      [loadAccelerator, 'accelerators/technology/cacti-65nm.yaml', 'a technology file'],
      [loadAccelerator, 'mappings/eyeriss-alexnet.yaml', 'a file of mappings'],
      [loadWorkload, 'mappings/row-stationary.yaml', 'a file of a dataflow'],
    ];
    for (const [read, path, what] of cases)
      expect(errorOf(() => read(path)).message).toBe(`this is ${what}, not what is wanted here`);
  });
});

describe('trifold import and show', () => {
  it('say of a workload that it is one already', () => {
    for (const one of ['dqn', file('d.yaml', formatWorkload(loadWorkload('dqn').network))])
      expect(errorOf(() => imported(one))).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('as it is'),
      });
    const foreign = file('t.yaml', 'problem:\n  shape: { dimensions: [C, M] }\n  instance: { C: 3, M: 4 }\n');
    expect(errorOf(() => imported(foreign)).message).toBe('this is a Timeloop problem');
  });

  it('refuse an output that would be read as a model, and a file where a preset is wanted', () => {
    expect(errorOf(() => refuseOutputName('net.onnx')).details.hint).toBe('write net.yaml');
    expect(() => refuseOutputName('net.yaml')).not.toThrow();
    const path = file('p.yaml', 'name: p\n');
    expect(errorOf(() => showPresets(path)).message).toBe(`${path} is a file; trifold show prints presets`);
  });
});
