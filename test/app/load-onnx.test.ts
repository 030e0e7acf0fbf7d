import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importFile } from '../../src/app/import/import.ts';
import { loadWorkload } from '../../src/app/presets/load.ts';
import type { TestModel } from '../formats/onnx/encode.ts';
import { encodeModel, toBytes } from '../formats/onnx/encode.ts';
import { EXPORTED_MODELS } from '../formats/onnx/exported-models.ts';
import { ModelWriter } from '../formats/onnx/lowering.ts';
import { errorOf } from '../formats/onnx/models.ts';

const folder = mkdtempSync(join(tmpdir(), 'load-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

function saved(name: string, model: TestModel | string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, typeof model === 'string' || model instanceof Uint8Array ? model : toBytes(encodeModel(model)));
  return path;
}

const asked = (file: string, more: object = {}) => importFile({ file, batch: 1, strict: false, ...more });

describe('a model as a workload', () => {
  it('is the network of its workload file', () => {
    for (const [index, model] of EXPORTED_MODELS.entries()) {
      const path = saved(`model${index}.onnx`, model);
      const { text, inputsTogether } = asked(path);
      const written = loadWorkload(saved(`model${index}.yaml`, text), inputsTogether).network;
      const { uncounted: _, ...graph } = loadWorkload(path).network.graph!;
      expect(written).toEqual({ ...loadWorkload(path).network, graph });
    }
  });

  it('takes sizes of its open dims from --batch and --dim', () => {
    const w = new ModelWriter();
    w.output(w.node('MatMul', [w.input('x', ['n', 'tokens', 8]), w.weights([8, 4])]));
    const path = saved('open.onnx', w.model());
    const { network, inputsTogether } = asked(path, { batch: 3, dims: ['tokens=5'] });
    expect(network.layers[0]!.problem.bounds).toMatchObject({ N: 3, P: 5, C: 8, K: 4 });
    expect(inputsTogether).toBe(3);
    expect(errorOf(() => asked(path)).message).toContain('tokens');
    expect(errorOf(() => asked(path, { dims: ['tokens'] })).details.hint).toContain('--dim NAME=VALUE');
  });
});

describe('what is no model', () => {
  const small = EXPORTED_MODELS[0]!;
  it.each<[string, () => string, string, RegExp]>([
    ['text', () => saved('text.onnx', 'name: net\nlayers: []\n'), 'foreign', /ONNX/],
    ['nothing', () => saved('empty.onnx', ''), 'foreign', /ONNX/],
    ['a part of one', () => saved('part.onnx', toBytes(encodeModel(small)).subarray(0, 700)), 'syntax', /./],
    [
      'a model without layers',
      () => {
        const w = new ModelWriter();
        return saved('relu.onnx', w.output(w.node('Relu', [w.input('x', [1, 4])])).model());
      },
      'value',
      /no layer with multiply-accumulates/,
    ],
    ['another file', () => saved('net.yaml', 'name: net'), 'usage', /no file that can be imported/],
  ])('is refused: %s', (_, path, code, message) => {
    const error = errorOf(() => asked(path()));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('is refused beyond the limits of networks', () => {
    const padded = new ModelWriter();
    const wide = { pads: [5000, 0, 0, 0] };
    padded.output(padded.node('Conv', [padded.input('x', [1, 1, 9000, 8]), padded.weights([1, 1, 5001, 1])], wide));
    expect(errorOf(() => asked(saved('padded.onnx', padded.model()))).message).toMatch(
      /5000 rows or columns of padding/,
    );
    const large = new ModelWriter();
    const x = large.input('x', [1, 2 ** 20, 2 ** 18]);
    large.output(large.node('MatMul', [x, large.weights([2 ** 18, 2 ** 18])]));
    expect(errorOf(() => asked(saved('large.onnx', large.model()))).message).toMatch(/multiply-accumulates/);
    const long = new ModelWriter();
    let y = long.input('x', [1, 8]);
    for (let n = 0; n < 10_001; n++)
      y = long.node(n === 0 ? 'MatMul' : 'Sin', n === 0 ? [y, long.weights([8, 8])] : [y]);
    expect(errorOf(() => asked(saved('long.onnx', long.output(y).model()))).message).toContain('10001 operators');
  });

  it('is refused: a folder, a pipe, a name of nothing', () => {
    const directory = join(folder, 'folder.onnx');
    mkdirSync(directory);
    const pipe = join(folder, 'pipe.onnx');
    execFileSync('mkfifo', [pipe]);
    for (const path of [directory, pipe, join(folder, 'missing.onnx')])
      expect(errorOf(() => asked(path)).code).toBe('io');
  });

  it('names the node whose sizes a layer wants', () => {
    const w = new ModelWriter();
    const kept = w.node('NonZero', [w.input('x', [4, 4])]);
    w.output(w.node('MatMul', [w.node('Cast', [kept], { to: 1 }), w.weights([3, 2])], {}, { name: 'late' }));
    expect(errorOf(() => asked(saved('late.onnx', w.model()))).message).toContain('"late"');
  });
});

describe('--strict', () => {
  it('refuses operators that are not known, of models and of workload files', () => {
    const w = new ModelWriter();
    const x = w.node('MatMul', [w.input('x', [1, 8]), w.weights([8, 4])]);
    w.output(w.node('Frobnicate', [x]));
    const path = saved('unknown.onnx', w.model());
    const file = saved(
      'unknown.yaml',
      'name: x\nsource: y\ninput: [8]\nlayers:\n  - { name: a, kind: linear, out: 4 }\n  - { name: b, kind: unknown, operation: frobnicate, to: [4] }\n',
    );
    for (const one of [path, file]) {
      expect(loadWorkload(one).network.layers).toHaveLength(1);
      const error = errorOf(() => loadWorkload(one, 1, { strict: true }));
      expect(error.code).toBe('unsupported');
      expect(error.details.hint).toContain('--strict');
    }
    expect(() => loadWorkload('resnet18', 1, { strict: true })).not.toThrow();
  });
});
