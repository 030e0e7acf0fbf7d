import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/formats/onnx/messages/model-message.ts';
import { bytesSource } from '../../../src/formats/onnx/wire/byte-source.ts';
import { WireReader } from '../../../src/formats/onnx/wire/wire-reader.ts';
import { errorOf } from '../errors.ts';
import { encodeModel, integer, message, type Part, type TestModel, text, toBytes, varint } from './encode.ts';

const modelOf = (parts: readonly Part[]) => readModel(bytesSource(toBytes(parts), 'test.onnx'));

describe('varints', () => {
  it('hold every integer of 64 bits, to the bit within 2^53', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes = varint(value);
        const reader = new WireReader(bytesSource(bytes, 'x'));
        expect(reader.varint(bytes.length)).toBe(Number(value));
        expect(reader.position).toBe(bytes.length);
      }),
    );
    for (const value of [0, 1, 127, 128, 2 ** 28, 2 ** 53 - 1, -1, -(2 ** 53) + 1]) {
      const bytes = varint(value);
      expect(new WireReader(bytesSource(bytes, 'x')).varint(bytes.length)).toBe(value);
    }
  });

  it('of more than 64 bits or without an end are errors', () => {
    const endless = new WireReader(bytesSource(new Uint8Array(12).fill(0xff), 'x'));
    expect(errorOf(() => endless.varint(12)).message).toContain('more than 64 bits');
    const cut = new WireReader(bytesSource(Uint8Array.of(0x80), 'x'));
    expect(errorOf(() => cut.varint(1)).message).toContain('after the end');
  });
});

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const tensor = fc
  .record({
    name,
    ints: fc.array(fc.maxSafeInteger(), { maxLength: 5 }),
    unpacked: fc.boolean(),
    isFloat: fc.boolean(),
  })
  .map(({ name, ints, unpacked, isFloat }) => ({
    name,
    dims: [ints.length],
    unpacked,
    ...(isFloat ? { floats: ints.map(Math.fround) } : { ints }),
  }));
const attribute = fc.oneof(
  fc.maxSafeInteger(),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.maxSafeInteger()),
  fc.record({ float: fc.float({ noNaN: true }) }),
  fc.record({ floats: fc.array(fc.float({ noNaN: true }), { minLength: 1 }) }),
);
const node = fc.record({
  op: name,
  name,
  inputs: fc.array(name, { maxLength: 3 }),
  outputs: fc.array(name, { maxLength: 3 }),
  attributes: fc.dictionary(name, attribute, { maxKeys: 3, noNullPrototype: true }),
  domain: name,
});
const value = fc.record({
  name,
  dims: fc.array(fc.oneof(fc.nat(), name, fc.constant(undefined)), { maxLength: 4 }),
});

describe('a model', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.record({
          nodes: fc.array(node, { maxLength: 4 }),
          inputs: fc.array(value, { maxLength: 3 }),
          outputs: fc.array(value, { maxLength: 3 }),
          initializers: fc.array(tensor, { maxLength: 3 }),
          stated: fc.array(value, { maxLength: 3 }),
        }),
        fc.integer({ min: 1, max: 30 }),
        (graph, opset) => {
          const model: TestModel = { graph, opset };
          const found = modelOf(encodeModel(model));
          expect([...found.operatorSets]).toEqual([['', opset]]);
          const plain = (values: typeof graph.inputs) => values.map(({ name, dims }) => ({ name, dims }));
          const stated = (values: typeof found.graph.inputs) => values.map(({ name, dims }) => ({ name, dims }));
          expect(stated(found.graph.inputs)).toEqual(plain(graph.inputs));
          expect(stated(found.graph.outputs)).toEqual(plain(graph.outputs));
          expect(stated(found.graph.valueInfos)).toEqual(plain(graph.stated));
          expect(found.graph.initializers.map(({ name, dims, values }) => ({ name, dims, values }))).toEqual(
            graph.initializers.map((one) => ({
              name: one.name,
              dims: one.dims,
              values: 'ints' in one ? one.ints : one.floats,
            })),
          );
          found.graph.nodes.forEach((one, index) => {
            const { op, attributes, ...rest } = graph.nodes[index]!;
            expect(one).toMatchObject({ ...rest, opType: op });
            const values = Object.entries(attributes).map(([key, written]) => [key, written]);
            expect([...one.attributes].map(([key, read]) => [key, plainValue(read)])).toEqual(values);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps small values and passes over weights', () => {
    const raw = new Uint8Array(BigInt64Array.of(1n, -1n).buffer);
    const initializers = [
      { name: 'shape', dims: [2], type: 7, raw },
      { name: 'weights', dims: [4096, 64], raw: 4096 * 64 * 4 },
      { name: 'outside', dims: [10], external: true },
      { name: 'half', dims: [2], type: 10, raw: Uint8Array.of(0, 0x3c, 0, 0xc0) },
      { name: 'brain', dims: [1], type: 16, raw: Uint8Array.of(0x80, 0x3f) },
      { name: 'bits4', dims: [3], type: 22, raw: Uint8Array.of(1, 2) },
      { name: 'nothing', dims: [3] },
    ];
    const { graph } = modelOf(encodeModel({ graph: { nodes: [], initializers } }));
    expect(graph.initializers.map(({ values }) => values)).toEqual([
      [1, -1],
      undefined,
      undefined,
      [1, -2],
      [1],
      undefined,
      undefined,
    ]);
    expect(graph.initializers.map(({ external }) => external).indexOf(true)).toBe(2);
    expect(graph.initializers[5]!.elementType).toMatchObject({ name: 'int4', bits: 4 });
  });

  it('never asks its source for the weights', () => {
    const bytes = toBytes(
      encodeModel({ graph: { nodes: [], initializers: [{ name: 'w', dims: [2 ** 22], raw: 2 ** 24 }] } }),
    );
    let asked = 0;
    const source = bytesSource(bytes, 'test.onnx');
    readModel({
      ...source,
      read(offset, length) {
        const found = source.read(offset, length);
        asked += found.length;
        return found;
      },
    });
    expect(asked).toBeLessThan(2 ** 18);
  });
});

function plainValue(value: object & { type?: unknown }): unknown {
  const { type, ...rest } = value as { type: string; value?: unknown; values?: unknown };
  if (type === 'float') return { float: rest.value };
  if (type === 'floats') return { floats: rest.values };
  return rest.value ?? rest.values;
}

describe('what is no model', () => {
  it.each<[string, Part[], string]>([
    ['an empty file', [], 'an empty file'],
    ['text', [new TextEncoder().encode('name: net\nlayers: []\n')], 'text'],
    ['a zip archive', [Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)], 'a zip archive'],
    ['another message', [...integer(1, 8), ...text(2, 'x')], 'a graph, found none'],
  ])('%s is said to be that', (_, parts, found) => {
    const error = errorOf(() => modelOf(parts));
    expect(error.code).toBe('foreign');
    expect(error.message).toContain(found);
    expect(error.details.hint).toBeDefined();
  });
});

describe('a damaged file', () => {
  const graph = (parts: readonly Part[]) => [...integer(1, 8), ...message(7, parts)];

  it.each<[string, Part[], string, string | undefined]>([
    [
      'a length beyond the end',
      [...integer(1, 8), varint(7 * 8 + 2), varint(100)],
      'wants 100 bytes, 0 remain',
      undefined,
    ],
    ['a negative length', [...integer(1, 8), varint(7 * 8 + 2), varint(-1)], 'wants -1 bytes', undefined],
    ['a wrong wire type', graph(integer(1, 5)), 'node wants bytes with a length, found a varint', 'graph'],
    [
      'a name that is no text',
      graph(message(1, message(4, [Uint8Array.of(0xff)]))),
      'op_type is no UTF-8',
      'graph.node.0',
    ],
    ['a node without an operator', graph(message(1, text(3, 'a'))), 'wants an op_type', 'graph.node.0'],
    [
      'an element type that is none',
      graph(message(5, integer(2, 99))),
      'wants an element type, found 99',
      'graph.initializer.0',
    ],
    [
      'a negative dim',
      graph(message(5, [...integer(1, -3), ...integer(2, 1)])),
      'has the dim -3',
      'graph.initializer.0',
    ],
    [
      'huge dims',
      graph(message(5, [...integer(1, 2 ** 40), ...integer(1, 2 ** 40), ...integer(2, 1)])),
      '2^53',
      'graph.initializer.0',
    ],
    [
      'too few bytes',
      graph(message(5, [...integer(1, 3), ...integer(2, 1), ...message(9, [4])])),
      'wants 12 bytes, found 4',
      'graph.initializer.0',
    ],
    [
      'too many numbers',
      graph(message(5, [...integer(1, 1), ...integer(2, 7), ...message(7, [1, 1])])),
      'wants 1 numbers, found 2',
      'graph.initializer.0',
    ],
    ['the field 0', [Uint8Array.of(0, 0)], 'found the tag 0', undefined],
    ['a group', [...integer(1, 8), Uint8Array.of(0x7b)], 'wire type 3', undefined],
  ])('with %s is an error with its place', (_, parts, found, keyPath) => {
    const error = errorOf(() => modelOf(parts));
    expect(error.message).toContain(found);
    expect(error.message).toMatch(/^byte \d+: /);
    expect(error.details.keyPath).toBe(keyPath);
    expect(error.details.place?.file).toBe('test.onnx');
  });

  it.each([70, 100_000])('with %i dims is an error', (count) => {
    const tensor = [...message(1, [new Uint8Array(count).fill(1)]), ...integer(2, 1)];
    expect(errorOf(() => modelOf(graph(message(5, tensor)))).message).toContain('more than 63 dims');
  });

  it('with messages deep in each other ends', () => {
    let parts: Part[] = [];
    for (let depth = 0; depth < 100; depth++)
      parts = message(1, message(5, [...text(1, 'body'), ...message(6, parts), ...integer(20, 5)]));
    expect(errorOf(() => modelOf(graph(parts))).message).toContain('deep in each other');
  });
});
