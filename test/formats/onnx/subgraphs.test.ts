import { describe, expect, it } from 'vitest';
import { errorOf } from '../errors.ts';
import type { TestFunction, TestGraph, TestNode } from './encode.ts';
import { read, scalar } from './models.ts';
import { graphOf, node, x } from './small-graphs.ts';

describe('functions of the model', () => {
  const twice: TestFunction = {
    name: 'Twice',
    domain: 'local',
    inputs: ['in', 'unused'],
    outputs: ['out', 'same'],
    defaults: { axis: 0 },
    nodes: [
      node('Concat', ['in', 'in'], ['both'], { name: 'cat', attributes: { axis: { reference: 'axis', type: 2 } } }),
      node('Identity', ['both'], ['out']),
      node('Relu', ['in'], ['same']),
    ],
  };
  const call = (rest: Partial<TestNode> = {}) =>
    node('Twice', ['x'], ['y', 'z'], { domain: 'local', name: 'call', ...rest });
  const otherOpsets = { local: 1 };

  it('are put in place of their calls, with the attributes of the call', () => {
    const model = { ...graphOf([call({ attributes: { axis: 1 } })]), functions: [twice], otherOpsets };
    const { nodes } = read(model);
    expect(nodes.map(({ name, opType }) => `${name} ${opType}`)).toEqual([
      'call/cat Concat',
      'call/Identity_2 Identity',
      'call/Relu_3 Relu',
    ]);
    expect(nodes[1]!.outputs[0]).toMatchObject({ name: 'y', dims: [2, 6] });
    expect(read({ ...model, graph: graphOf([call()]).graph }).nodes[1]!.outputs[0]!.dims).toEqual([4, 3]);
  });

  it('give out what goes in where they say so', () => {
    const pass = { ...twice, outputs: ['in', 'out'], nodes: twice.nodes.slice(0, 2) };
    const { nodes } = read({ ...graphOf([call()]), functions: [pass], otherOpsets });
    expect(nodes.flatMap(({ outputs }) => outputs.map((output) => output!.name)).sort()).toEqual([
      'call::both',
      'y',
      'z',
    ]);
  });

  it('that call themselves are refused, and so is a tree of calls without end', () => {
    const selfish = { ...twice, nodes: [node('Twice', ['in'], ['out', 'same'], { domain: 'local' })] };
    expect(errorOf(() => read({ ...graphOf([call()]), functions: [selfish], otherOpsets })).message).toContain(
      'calls itself',
    );
    // Many inputs make every call count for much, so that the limit is near.
    const unused = Array.from({ length: 1000 }, (_, index) => `unused${index}`);
    const level = (depth: number): TestFunction => ({
      name: `F${depth}`,
      domain: 'local',
      inputs: ['in', ...unused],
      outputs: ['out'],
      nodes:
        depth === 0
          ? [node('Relu', ['in'], ['out'])]
          : [
              node(`F${depth - 1}`, ['in'], ['one'], { domain: 'local' }),
              node(`F${depth - 1}`, ['one'], ['out'], { domain: 'local' }),
            ],
    });
    const tower = Array.from({ length: 40 }, (_, depth) => level(depth));
    const model = { ...graphOf([node('F39', ['x'], ['y'], { domain: 'local' })]), functions: tower, otherOpsets };
    expect(errorOf(() => read(model)).code).toBe('unsupported');
  });
});

describe('a condition', () => {
  const branch = (op: string): TestGraph => ({
    nodes: [node(op, ['a', 'one'], ['made'])],
    outputs: [{ name: 'made' }],
    initializers: [{ ...scalar(1), name: 'one' }],
  });
  const choose = node('If', ['yes'], ['y'], {
    name: 'if',
    attributes: { then_branch: { graph: branch('Add') }, else_branch: { graph: branch('Sub') } },
  });
  const relu = node('Relu', ['x'], ['a']);

  it.each([
    [1, 'Add'],
    [0, 'Sub'],
  ])('of %i that is known takes its branch', (value, op) => {
    const yes = { name: 'yes', dims: [], type: 9, raw: Uint8Array.of(value) };
    const { nodes } = read(graphOf([choose, relu], { initializers: [yes], outputs: [{ name: 'y', dims: [2, 3] }] }));
    expect(nodes.map(({ opType }) => opType)).toEqual(['Relu', op, 'Identity']);
    expect(nodes[1]!.inputs.map((input) => input!.name)).toEqual(['a', 'if::one']);
    expect(nodes[2]!.outputs[0]).toMatchObject({ name: 'y', dims: [2, 3] });
  });

  const chosenBy = (branches: Readonly<Record<string, TestGraph>>) =>
    graphOf(
      [
        relu,
        node('If', ['yes'], ['y'], {
          name: 'if',
          attributes: Object.fromEntries(Object.entries(branches).map(([name, graph]) => [name, { graph }])),
        }),
      ],
      { inputs: [x, { name: 'yes', dims: [], type: 9 }], initializers: [{ name: 'w', dims: [3, 3] }] },
    );
  const product: TestGraph = { nodes: [node('MatMul', ['a', 'w'], ['made'])], outputs: [{ name: 'made' }] };
  const wrong: TestGraph = { nodes: [node('MatMul', ['w', 'a'], ['made'])], outputs: [{ name: 'made' }] };
  const long: TestGraph = {
    nodes: [node('Neg', ['a'], ['b']), node('Neg', ['b'], ['made'])],
    outputs: [{ name: 'made' }],
  };

  it.each([
    ['more layers', { then_branch: long, else_branch: product }, 'else_branch', ['Relu', 'MatMul', 'Identity']],
    [
      'more nodes of as many layers',
      { then_branch: branch('Add'), else_branch: long },
      'else_branch',
      ['Relu', 'Neg', 'Neg', 'Identity'],
    ],
    [
      'the first of equal ones',
      { then_branch: branch('Add'), else_branch: branch('Sub') },
      'then_branch',
      ['Relu', 'Add', 'Identity'],
    ],
    ['sizes that fit', { then_branch: wrong, else_branch: branch('Sub') }, 'else_branch', ['Relu', 'Sub', 'Identity']],
  ])('that only a run knows stands for the branch with %s', (_, branches, taken, ops) => {
    const { nodes, assumedBranches, unknownOperators } = read(chosenBy(branches));
    expect(nodes.map(({ opType }) => opType)).toEqual(ops);
    expect(assumedBranches).toEqual([{ node: 'if', branch: taken, condition: 'yes' }]);
    expect(unknownOperators).toEqual([]);
  });

  it('is known where a setting gives the input that decides', () => {
    const settings = (yes: number) => ({ dims: new Map([['yes', yes]]) });
    const model = chosenBy({ then_branch: long, else_branch: product });
    expect(read(model, settings(1)).nodes[1]!.opType).toBe('Neg');
    expect(read(model, settings(0)).nodes[1]!.opType).toBe('MatMul');
    expect(read(model, settings(0)).assumedBranches).toEqual([]);
  });

  it('of which no branch fits is an operator that is not known', () => {
    const { nodes, unknownOperators, assumedBranches } = read(chosenBy({ then_branch: wrong, else_branch: wrong }));
    expect(unknownOperators).toEqual([{ name: 'If', count: 1, words: 0, outputsWithoutShape: 1, node: 'if' }]);
    expect(nodes[1]!.outputs[0]!.unknownBecause).toContain('node "if" (If)');
    expect(assumedBranches).toEqual([]);
  });
});
