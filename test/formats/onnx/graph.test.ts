import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { bytesSource } from '../../../src/formats/onnx/wire/byte-source.ts';
import { errorOf } from '../errors.ts';
import { read, scalar } from './models.ts';
import { graphOf, node, x } from './small-graphs.ts';

describe('the order of nodes', () => {
  it('is topological whatever order the file has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
        (needs, keys) => {
          const nodes = needs.map((inputs, index) => {
            const names = inputs.map((input) => (input % (index + 1) === 0 ? 'x' : `t${(input % (index + 1)) - 1}`));
            return node('Sum', names, [`t${index}`]);
          });
          const shuffled = nodes.map((one, index) => ({ one, key: keys[index]! })).sort((a, b) => a.key - b.key);
          const model = read(graphOf(shuffled.map(({ one }) => one)));
          expect(model.nodes).toHaveLength(nodes.length);
          const seen = new Set(['x']);
          for (const { inputs, outputs } of model.nodes) {
            for (const input of inputs) expect(seen).toContain(input!.name);
            for (const output of outputs) {
              expect(output!.dims).toEqual([2, 3]);
              seen.add(output!.name);
            }
          }
        },
      ),
    );
  });

  it('stays that of the file when it is right', () => {
    const nodes = ['c', 'a', 'b'].map((name) => node('Relu', ['x'], [name], { name }));
    expect(read(graphOf(nodes)).nodes.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });
});

describe('names of nodes', () => {
  it('are made up where the file has none, and made unique', () => {
    const nodes = [
      node('Relu', ['x'], ['a']),
      node('Relu', ['a'], ['b'], { name: 'n' }),
      node('Abs', ['b'], ['c'], { name: 'n' }),
    ];
    expect(read(graphOf(nodes)).nodes.map(({ name }) => name)).toEqual(['Relu_0', 'n', 'n_2']);
  });
});

describe('a graph that cannot be', () => {
  const a = (inputs: readonly string[]) => node('Add', inputs, ['a'], { name: 'A' });

  it.each<[string, Parameters<typeof read>[0], string]>([
    ['a cycle', graphOf([a(['x', 'b']), node('Relu', ['a'], ['b'], { name: 'B' })]), 'lies on a cycle of 2 nodes'],
    ['a node that eats itself', graphOf([a(['x', 'a'])]), 'lies on a cycle of 1 nodes: A -> A'],
    [
      'an input that nothing makes',
      graphOf([a(['x', 'q'])]),
      'node "A" (Add) wants the tensor "q", which nothing makes',
    ],
    [
      'two makers',
      graphOf([a(['x', 'x']), node('Relu', ['x'], ['a'], { name: 'B' })]),
      'makes the tensor "a", which node "A" (Add) makes too',
    ],
    ['a maker of an input', graphOf([node('Relu', ['x'], ['x'])]), 'which an input of the graph makes too'],
    [
      'two initializers of one name',
      graphOf([a(['x', 'w'])], {
        initializers: [
          { ...scalar(1), name: 'w' },
          { ...scalar(2), name: 'w' },
        ],
      }),
      'two initializers are called "w"',
    ],
    [
      'two inputs of one name',
      { graph: { inputs: [x, x], nodes: [a(['x', 'x'])] } },
      'two inputs of the graph are called "x"',
    ],
    ['an output that nothing makes', graphOf([a(['x', 'x'])], { outputs: [{ name: 'z' }] }), 'wants the output "z"'],
    ['no nodes', graphOf([]), 'wants nodes, found none'],
    [
      'no version of the operators',
      { ...graphOf([a(['x', 'x'])]), opset: 0, otherOpsets: { local: 1 } },
      'found no opset_import',
    ],
  ])('with %s is an error', (_, model, found) => {
    const error = errorOf(() => read(model));
    expect(error.message).toContain(found);
    expect(error.details.place?.file).toBe('test.onnx');
  });

  it('with a shape that the file states otherwise names the tensor and both', () => {
    const model = graphOf([node('Relu', ['x'], ['a'], { name: 'A' })], { stated: [{ name: 'a', dims: [2, 4] }] });
    expect(errorOf(() => read(model)).message).toBe(
      'node "A" (Relu): the file states [2x4] of its output "a", found [2x3]',
    );
  });

  it('with more than 2^53 elements is an error', () => {
    const model = {
      graph: {
        inputs: [
          { name: 'x', dims: [2 ** 40, 1] },
          { name: 'y', dims: [1, 2 ** 40] },
        ],
        nodes: [node('Add', ['x', 'y'], ['z'])],
      },
    };
    expect(errorOf(() => read(model)).message).toContain('has more than 2^53 elements');
  });
});

describe('sizes of dims', () => {
  const model = {
    graph: {
      inputs: [
        { name: 'x', dims: ['N', 'length', 4] },
        { name: 'y', dims: [undefined, 'length', undefined] },
      ],
      outputs: [{ name: 'z', dims: ['N', 'length', 'width'] }],
      nodes: [
        node('MatMul', ['x', 'x2'], ['z']),
        node('Transpose', ['y'], ['x2'], { attributes: { perm: [0, 2, 1] } }),
      ],
    },
  };
  const dims = (entries: Record<string, number>) => new Map(Object.entries(entries));

  it('come from the batch and from names', () => {
    const found = read(model, { batch: 5, dims: dims({ length: 7, 'y.2': 4 }) });
    expect(found.inputs.map((input) => input.dims)).toEqual([
      [5, 7, 4],
      [5, 7, 4],
    ]);
    expect(found.outputs[0]!.dims).toEqual([5, 7, 7]);
  });

  it('of a name count before the batch', () => {
    const found = read(model, { batch: 5, dims: dims({ length: 7, 'y.2': 4, N: 1 }) });
    expect(found.outputs[0]!.dims).toEqual([5, 7, 7]);
    expect(found.inputs[0]!.dims).toEqual([1, 7, 4]);
  });

  it.each<[string, Parameters<typeof read>[1], string, string]>([
    [
      'a symbol',
      { batch: 5, dims: dims({ 'y.2': 4 }) },
      'input "x" has the dim 1 "length" without a size',
      '--dim length=VALUE',
    ],
    [
      'a batch',
      { dims: dims({ length: 7, 'y.2': 4 }) },
      'input "x" has the dim 0 "N" without a size',
      '--dim N=VALUE or --batch N',
    ],
    [
      'a dim without a name',
      { batch: 5, dims: dims({ length: 7 }) },
      'input "y" has the dim 2 without a size',
      '--dim y.2=VALUE',
    ],
    ['a name of nothing', { batch: 5, dims: dims({ depth: 7 }) }, '--dim depth names no dim', '"N", "length"'],
    ['a fraction', { batch: 0.5 }, '--batch wants a whole number', ''],
  ])('that miss %s are an error with the option', (_, settings, found, hint) => {
    const error = errorOf(() => read(model, settings));
    expect(error.message).toContain(found);
    expect(error.details.hint ?? '').toContain(hint);
  });

  it('that miss several are an error with all of them', () => {
    const error = errorOf(() => read(model, { batch: 5 }));
    expect(error.details.hint).toBe('set it with --dim length=VALUE; others without a size: y.2');
  });

  it('may differ from those that the file states of an example, where inputs leave dims open', () => {
    const nodes = [node('Relu', ['x'], ['y'])];
    const stated = { nodes, outputs: [{ name: 'y', dims: [1, 4] }] };
    const open = { graph: { ...stated, inputs: [{ name: 'x', dims: ['N', 4] }] } };
    expect(read(open, { batch: 3 }).outputs[0]!.dims).toEqual([3, 4]);
    const fixed = { graph: { ...stated, inputs: [{ name: 'x', dims: [3, 4] }] } };
    expect(errorOf(() => read(fixed)).message).toContain('the file states [1x4] of its output "y", found [3x4]');
  });

  it('that the file fixes cannot be set', () => {
    const fixed = graphOf([node('Relu', ['x'], ['y'])]);
    expect(errorOf(() => read(fixed, { batch: 4 })).message).toContain('input "x" has the fixed first dim 2');
    expect(read(fixed, { batch: 2 }).inputs[0]!.dims).toEqual([2, 3]);
    const none = { graph: { nodes: [node('Relu', ['w'], ['y'])], initializers: [{ ...scalar(1), name: 'w' }] } };
    expect(errorOf(() => read(none, { batch: 2 })).message).toContain('no input of the model has a first dim');
  });

  it('are wanted of every input', () => {
    const error = errorOf(() => read({ graph: { inputs: [{ name: 'x' }], nodes: [node('Relu', ['x'], ['y'])] } }));
    expect(error.message).toContain('input "x" wants a shape');
  });
});

describe('an operator that is not known', () => {
  const mystery = (inputs: string[], outputs: string[]) => node('Mystery', inputs, outputs, { domain: 'other' });

  it('takes the shapes that the file states, and is counted', () => {
    const nodes = [
      mystery(['x'], ['a']),
      mystery(['a'], ['b']),
      node('Relu', ['a'], ['c']),
      node('Relu', ['b'], ['d'], { name: 'D' }),
    ];
    const found = read(graphOf(nodes, { stated: [{ name: 'a', dims: [5, 6] }] }));
    expect(found.unknownOperators).toEqual([
      { name: 'other:Mystery', count: 2, words: 30, outputsWithoutShape: 1, node: 'Mystery_0' },
    ]);
    expect(found.nodes.map(({ family }) => family)).toEqual(['unknown', 'unknown', 'vector', 'vector']);
    expect(found.nodes[2]!.outputs[0]!.dims).toEqual([5, 6]);
    const open = found.nodes[3]!.outputs[0]!;
    expect(open.dims).toBeUndefined();
    expect(open.unknownBecause).toBe('node "Mystery_1" (Mystery) is of an operator that is not known');
  });

  it('is no constant, and a shape that depends on values has none', () => {
    const nodes = [node('NonZero', ['x'], ['places'], { name: 'N' }), node('Transpose', ['places'], ['y'])];
    const open = read(graphOf(nodes)).nodes[1]!.outputs[0]!;
    expect(open.unknownBecause).toBe('node "N" (NonZero) has a shape that depends on the values of "x"');
  });
});

describe('what exporters write around a Reshape', () => {
  it('folds to a shape, and its nodes make constants', () => {
    const one = (name: string, ...ints: number[]) => ({ name, dims: [ints.length], ints });
    const { nodes } = read({
      graph: {
        inputs: [{ name: 'x', dims: [2, 12, 4, 5] }],
        nodes: [
          node('Shape', ['x'], ['s']),
          node('Gather', ['s', 'zero'], ['n']),
          node('Unsqueeze', ['n', 'axes'], ['n1']),
          node('Constant', [], ['heads'], { attributes: { value: { tensor: { dims: [1], ints: [3] } } } }),
          node('Slice', ['s', 'from', 'to'], ['hw']),
          node('ReduceProd', ['hw'], ['area'], { attributes: { keepdims: 1 } }),
          node('Concat', ['n1', 'heads', 'rest', 'area'], ['shape'], { attributes: { axis: 0 } }),
          node('Cast', ['shape'], ['cast'], { attributes: { to: 7 } }),
          node('Reshape', ['x', 'cast'], ['y']),
        ],
        initializers: [
          { ...scalar(0), name: 'zero' },
          one('axes', 0),
          one('from', 2),
          one('to', 2 ** 53),
          one('rest', -1),
        ],
      },
    });
    expect(nodes.at(-1)!.outputs[0]).toMatchObject({ dims: [2, 3, 4, 20], origin: 'node' });
    expect(nodes.slice(0, -1).every(({ outputs }) => outputs[0]!.origin === 'constant')).toBe(true);
  });

  it('keeps weights that go through nodes apart from activations', () => {
    const { nodes } = read(
      graphOf(
        [
          node('DequantizeLinear', ['w', 's', 'z'], ['f']),
          node('Transpose', ['f'], ['t']),
          node('MatMul', ['x', 't'], ['y']),
        ],
        {
          initializers: [
            { name: 'w', dims: [8, 3], type: 22, external: true },
            { name: 's', dims: [], floats: [0.5] },
            { name: 'z', dims: [], type: 22, raw: Uint8Array.of(0) },
          ],
        },
      ),
    );
    expect(nodes[0]!.inputs[0]!.elementType).toMatchObject({ name: 'int4', bits: 4 });
    expect(nodes[2]!.inputs.map((input) => input!.origin)).toEqual(['input', 'constant']);
    expect(nodes[2]!.outputs[0]).toMatchObject({ dims: [2, 8], origin: 'node', elementType: { name: 'float32' } });
  });
});

describe('an annotation of quantisation', () => {
  it('says in which type a tensor is stored', () => {
    const { nodes } = read(
      graphOf([node('Relu', ['x'], ['y'])], {
        initializers: [{ name: 'zero', dims: [], type: 2, raw: Uint8Array.of(128) }],
        zeroPoints: { y: 'zero', other: 'nothing' },
      }),
    );
    expect(nodes[0]!.outputs[0]).toMatchObject({
      elementType: { name: 'float32' },
      storedType: { name: 'uint8', bits: 8 },
    });
    expect(nodes[0]!.inputs[0]!.storedType).toBeUndefined();
  });
});

const SHARED = resolve(import.meta.dirname, '../../../../shared/onnx');

describe.skipIf(!existsSync(SHARED))('real files', () => {
  /** Multiply-accumulates of the convolutions and products. */
  const macsOf = (file: string) => {
    const { nodes, unknownOperators } = readOnnx(bytesSource(readFileSync(join(SHARED, file)), file));
    expect(unknownOperators).toEqual([]);
    const product = (dims: readonly number[]) => dims.reduce((all, dim) => all * dim, 1);
    return nodes.flatMap(({ family, opType, inputs, outputs }) => {
      if (family !== 'mac') return [];
      const weights = inputs[1]!.dims!;
      return [product(outputs[0]!.dims!) * (opType === 'Conv' ? product(weights.slice(1)) : weights[1]!)];
    });
  };

  it('have the shapes that they state, and the work of their networks', () => {
    const resnet = macsOf('resnet18.onnx');
    expect(resnet).toHaveLength(21);
    expect(resnet.reduce((all, macs) => all + macs, 0)).toBe(1_814_073_344);
    const alexnet = macsOf('alexnet.onnx');
    expect(alexnet).toEqual([
      101_616_768, 207_667_200, 127_401_984, 95_551_488, 63_700_992, 37_748_736, 16_777_216, 4_096_000,
    ]);
  });
});
