import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importFile } from '../../src/app/import/import.ts';
import { notModelled } from '../../src/cost/analysis/not-modelled.ts';
import { loadWorkload } from '../../src/index.ts';
import { MAX_LAYERS } from '../../src/workload/network.ts';
import { errorOf } from '../formats/errors.ts';
import type { TestModel } from '../formats/onnx/encode.ts';
import { encodeModel, toBytes } from '../formats/onnx/encode.ts';
import { EXPORTED_MODELS } from '../formats/onnx/exported-models.ts';
import { ModelWriter } from '../formats/onnx/lowering.ts';

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
      expect(loadWorkload(saved(`model${index}.yaml`, asked(path).text)).network).toEqual(loadWorkload(path).network);
    }
  });

  it('keeps the inputs that a model always runs together', () => {
    const w = new ModelWriter();
    w.output(w.node('MatMul', [w.input('x', [3, 5, 8]), w.weights([8, 4])]));
    const path = saved('fixed.onnx', w.model());
    const { text, inputsTogether, isBatchFixed } = asked(path);
    expect([inputsTogether, isBatchFixed]).toEqual([3, true]);
    const file = saved('fixed.yaml', text);
    for (const batch of [1, 3]) expect(loadWorkload(file, batch).network).toEqual(loadWorkload(path, batch).network);
    for (const either of [file, path])
      expect(errorOf(() => loadWorkload(either, 2)).message).toMatch(/the batch is asked to be 2, but .* 3/);
  });

  it('runs as many inputs together as are asked for where its first dim is 1', () => {
    const network = (first: number | string) => {
      const w = new ModelWriter();
      const x = w.node('Conv', [w.input('x', [first, 3, 8, 8]), w.weights([4, 3, 3, 3])]);
      const pooled = w.node('GlobalAveragePool', [w.node('Add', [x, w.node('Relu', [x])])]);
      w.output(w.node('Conv', [pooled, w.weights([4, 4, 1, 1])]));
      return w.model();
    };
    const path = saved('one.onnx', network(1));
    const { text, inputsTogether } = asked(path, { batch: 4 });
    expect(inputsTogether).toBe(4);
    mkdirSync(join(folder, 'open'));
    const open = saved('open/one.onnx', network('n'));
    const file = saved('one.yaml', text);
    for (const batch of [1, 4]) {
      expect(loadWorkload(path, batch).network).toEqual(loadWorkload(open, batch).network);
      expect(loadWorkload(file, batch).network).toEqual(loadWorkload(open, batch).network);
    }
  });

  // Killed by: inputs of which one alone has a first dim of 1; networks that are written however many operators they have.
  it('runs one at a time where an input has another first dim, or operators are too many', () => {
    const two = new ModelWriter();
    const made = two.node('MatMul', [two.input('x', [1, 5, 8]), two.weights([8, 4])]);
    two.output(two.node('Add', [made, two.input('y', [3, 5, 4])]));
    const path = saved('two.onnx', two.model());
    expect(asked(path).isBatchFixed).toBe(true);
    expect(errorOf(() => loadWorkload(path, 2)).message).toMatch(/the batch is asked to be 2, but/);

    const many = new ModelWriter();
    let last = many.node('MatMul', [many.input('x', [1, 8]), many.weights([8, 4])]);
    for (let count = 0; count < MAX_LAYERS; count++) last = many.node('Abs', [last]);
    const deep = saved('many.onnx', many.output(last).model());
    expect(loadWorkload(deep, 1).network.layers).toHaveLength(1);
    expect(errorOf(() => loadWorkload(deep, 2)).message).toMatch(/fixes its first dim at 1 and has 5001 operators/);
  });

  it('keeps the widths of its tensors and what is not counted', () => {
    const w = new ModelWriter();
    const quantised = (x: string, bits: 4 | 8) => {
      const zero = w.weights([], { 8: 2, 4: 21 }[bits]);
      return w.node('DequantizeLinear', [w.node('QuantizeLinear', [x, w.numbers(0.1), zero]), w.numbers(0.1), zero]);
    };
    const x = quantised(w.input('x', [1, 6, 8]), 4);
    const narrow = quantised(w.node('Softmax', [w.node('MatMul', [x, w.weights([8, 8])])]), 8);
    const [top] = w.nodes('TopK', [narrow, w.ints(8)], {}, { outputs: 2 });
    const sum = w.node('Add', [narrow, top!]);
    w.output(w.node('MatMul', [sum, w.weights([8, 4])]));
    const path = saved('mixed.onnx', w.model(21));
    const { network } = loadWorkload(path);
    expect(new Set(network.graph!.tensors.map(({ wordBits }) => wordBits))).toEqual(new Set([4, 8, 16]));
    expect(network.graph!.uncounted).toHaveLength(1);
    const written = loadWorkload(saved('mixed.yaml', asked(path).text)).network;
    expect(written).toEqual(network);
    expect(notModelled({ levels: [] }, [written])).toEqual(notModelled({ levels: [] }, [network]));
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
    expect(errorOf(() => asked(path, { dims: ['tokens=4', 'tokens=5'] })).message).toContain('two sizes, 4 and 5');
    expect(errorOf(() => asked(path, { batch: 3, dims: ['tokens=5', 'n=4'] })).message).toMatch(
      /asked to be 3, but --dim n=4/,
    );
    expect(asked(path, { dims: ['tokens=5', 'n=4'] }).inputsTogether).toBe(4);
  });
});

describe('a file of another kind', () => {
  it.each([
    ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n', /Git LFS/, /git lfs pull/],
    ['\x1f\x8b\b\0\0\0', /gzip/, /unpack/],
    ['\xfd7zXZ\0', /xz/, /unpack/],
    ['\x28\xb5\x2f\xfd\0', /Zstandard/, /unpack/],
    [`${'model/'.padEnd(257, '\0')}ustar\0`, /tar archive/, /unpack/],
    ['PK\x03\x04\0\0archive/data.pkl', /zip/, /torch.onnx.export/],
    ['\x80\x02ctorch._utils\n', /pickle/, /torch.onnx.export/],
    ['\x1c\0\0\0TFL3\0\0', /TensorFlow Lite/, /tf2onnx/],
    ['\x1c\0\0\0ORTM\0\0', /ONNX Runtime/, /\.onnx file/],
    ['@\0\0\0\0\0\0\0{"a":{"dtype":"F32"}}', /safetensors/, /export/],
    ['7z\xbc\xaf\x27\x1c', /7z/, /unpack/],
    ['BZh91AY&SY', /bzip2/, /unpack/],
    ['\x93NUMPY\x01\0', /NumPy/, /weights/],
    ['GGUF\x03\0\0\0', /GGUF/, /export/],
    ['\x89HDF\r\n\x1a\n', /HDF5/, /tf2onnx/],
    ['<?xml version="1.0"?><net/>', /XML/, /ONNX format/],
    ['ir_version: 8\ngraph {\n  node { op_type: "Conv" }\n}\n', /text of protobuf/, /onnx.save/],
    ['name: net\nlayers: []\n', /found text/, /ModelProto/],
  ])('is named, with what to do: %j', (bytes, kind, hint) => {
    const error = errorOf(() => asked(saved('other.onnx', Buffer.from(bytes, 'latin1'))));
    expect(error.code).toBe('foreign');
    expect(error.message).toMatch(kind);
    expect(error.details.hint).toMatch(hint);
  });

  it('has a hint where it is damaged or its sizes do not fit', () => {
    const bytes = toBytes(encodeModel(EXPORTED_MODELS[0]!));
    expect(errorOf(() => asked(saved('cut.onnx', bytes.subarray(0, 900)))).details.hint).toMatch(/damaged/);
    const w = new ModelWriter();
    w.output(w.node('MatMul', [w.input('x', [1, 8]), w.weights([9, 4])]));
    expect(errorOf(() => asked(saved('unfit.onnx', w.model()))).details.hint).toMatch(/onnx.checker/);
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
    const moving = new ModelWriter();
    const moved = moving.node('Transpose', [
      moving.node('Tile', [moving.input('x', [1, 2 ** 30, 4]), moving.ints(1, 1, 2 ** 20)]),
    ]);
    moving.output(
      moving.node('Softmax', [moved]),
      moving.node('MatMul', [moving.input('y', [1, 4]), moving.weights([4, 4])]),
    );
    expect(errorOf(() => asked(saved('moving.onnx', moving.model()))).message).toMatch(/words/);
    const long = new ModelWriter();
    let y = long.input('x', [1, 8]);
    for (let n = 0; n < MAX_LAYERS + 1; n++)
      y = long.node(n === 0 ? 'MatMul' : 'Sin', n === 0 ? [y, long.weights([8, 8])] : [y]);
    expect(errorOf(() => asked(saved('long.onnx', long.output(y).model()))).message).toContain(
      `${MAX_LAYERS + 1} operators`,
    );
    const joined = new ModelWriter();
    const operands = Array.from({ length: MAX_LAYERS }, (_, n) => joined.input(`x${n}`, [1, 8]));
    const all = joined.node('Concat', operands, { axis: 1 });
    joined.output(joined.node('MatMul', [all, joined.weights([8 * MAX_LAYERS, 1])]));
    expect(errorOf(() => asked(saved('wide.onnx', joined.model()))).message).toContain(`and ${MAX_LAYERS} inputs;`);
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
