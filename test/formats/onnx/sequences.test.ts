import { describe, expect, it } from 'vitest';
import { networkMacs, networkParameters } from '../../../src/workload/network.ts';
import type { TestNode } from './encode.ts';
import { expectSameWhenReread, ModelWriter, networkOf } from './lowering.ts';
import { read, scalar } from './models.ts';

const node = (op: string, inputs: string[], outputs: string[], attributes: TestNode['attributes'] = {}): TestNode => ({
  op,
  inputs,
  outputs,
  attributes,
});
const places = [0, 1, 2, -1].map((value) => ({ ...scalar(value), name: `at${value}` }));
const sizes = { name: 'sizes', dims: [2], ints: [1, 3] };
const x = { name: 'x', dims: [5, 4] };
const dimsOf = (nodes: TestNode[]) =>
  read({
    graph: { inputs: [x], nodes, initializers: [...places, sizes], outputs: [{ name: 'y' }] },
  }).outputs.map(({ dims, values }) => values ?? dims);

describe('sequences', () => {
  it.each<[string, TestNode[], (readonly number[] | undefined)[]]>([
    ['rows', [node('SplitToSequence', ['x'], ['s']), node('SequenceAt', ['s', 'at2'], ['y'])], [[1, 4]]],
    [
      'rows without their axis',
      [node('SplitToSequence', ['x'], ['s'], { keepdims: 0 }), node('SequenceAt', ['s', 'at-1'], ['y'])],
      [[4]],
    ],
    [
      'parts of a size, the last of what is left',
      [node('SplitToSequence', ['x', 'at2'], ['s']), node('SequenceAt', ['s', 'at-1'], ['y'])],
      [[1, 4]],
    ],
    [
      'parts of sizes',
      [node('SplitToSequence', ['x', 'sizes'], ['s'], { axis: -1 }), node('SequenceAt', ['s', 'at1'], ['y'])],
      [[5, 3]],
    ],
    [
      'how many there are',
      [node('SplitToSequence', ['x'], ['s'], { axis: 1 }), node('SequenceLength', ['s'], ['y'])],
      [[4]],
    ],
    [
      'what is put in and taken out',
      [
        node('SequenceEmpty', [], ['s']),
        node('Transpose', ['x'], ['t']),
        node('SequenceInsert', ['s', 'x'], ['s1']),
        node('SequenceInsert', ['s1', 't', 'at0'], ['s2']),
        node('SequenceErase', ['s2'], ['s3']),
        node('SequenceAt', ['s3', 'at0'], ['y']),
      ],
      [[4, 5]],
    ],
    [
      'what is joined',
      [node('SequenceConstruct', ['x', 'x', 'x'], ['s']), node('ConcatFromSequence', ['s'], ['y'], { axis: 1 })],
      [[5, 12]],
    ],
    [
      'what is stacked',
      [
        node('SequenceConstruct', ['x', 'x', 'x'], ['s']),
        node('ConcatFromSequence', ['s'], ['y'], { axis: -1, new_axis: 1 }),
      ],
      [[5, 4, 3]],
    ],
    [
      'all elements where it is an output',
      [node('SplitToSequence', ['x', 'sizes'], ['y'], { axis: 1 })],
      [
        [5, 1],
        [5, 3],
      ],
    ],
    [
      'nothing at a place that is none',
      [node('SequenceConstruct', ['x'], ['s']), node('SequenceAt', ['s', 'at1'], ['y'])],
      [undefined],
    ],
  ])('give %s', (_, nodes, dims) => {
    expect(dimsOf(nodes)).toEqual(dims);
  });

  it('of more elements than a file may have are not taken apart', () => {
    const long = { name: 'x', dims: [2 ** 30] };
    const nodes = [node('SplitToSequence', ['x'], ['s']), node('SequenceAt', ['s', 'at0'], ['y'])];
    const found = read({ graph: { inputs: [long], nodes, initializers: places } });
    expect(found.unknownOperators.map(({ name }) => name)).toEqual(['SplitToSequence', 'SequenceAt']);
  });

  it('are what exporters write for loops over rows', () => {
    const w = new ModelWriter();
    const rows = w.node('SplitToSequence', [w.input('x', [3, 4, 16])], { keepdims: 0 });
    const made = [0, 1, 2].map((at) =>
      w.node('MatMul', [w.node('SequenceAt', [rows, w.node('Squeeze', [w.ints(at)])]), w.weights([16, 8])]),
    );
    w.output(w.node('ConcatFromSequence', [w.node('SequenceConstruct', made)], { new_axis: 1, axis: 0 }));
    const net = networkOf(w.model(11), {}, true);
    expect(networkMacs(net)).toBe(3 * 4 * 16 * 8);
    expect(networkParameters(net)).toBe(3 * 16 * 8);
    expectSameWhenReread(net);
  });
});
