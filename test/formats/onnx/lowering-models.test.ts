import { describe, expect, it } from 'vitest';
import { networkMacs, networkParameters, operatorParameters } from '../../../src/workload/network.ts';
import { macCount } from '../../../src/workload/problem.ts';
import { errorOf } from '../errors.ts';
import { expectSameWhenReread, ModelWriter, networkOf, vectorKinds } from './lowering.ts';

describe('parameters', () => {
  const parametersOf = (w: ModelWriter) => {
    const net = networkOf(w.model(), {}, true);
    expectSameWhenReread(net);
    return networkParameters(net) + operatorParameters(net);
  };
  it('of a table of which constant rows are read are the whole table', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 8]);
    const rows = w.node('Slice', [w.ints(0, 1, 2, 3, 4, 5), w.ints(0), w.ints(4)]);
    w.output(w.node('Add', [x, w.node('Gather', [w.weights([6, 8]), rows])]), w.node('MatMul', [x, w.weights([8, 2])]));
    expect(parametersOf(w)).toBe(6 * 8 + 8 * 2);
  });
  it('of a token that is written out are those of one', () => {
    const w = new ModelWriter();
    const x = w.node('MatMul', [w.input('x', [3, 4, 8]), w.weights([8, 8])]);
    const token = w.node('Expand', [w.weights([1, 1, 8]), w.ints(3, 1, 8)]);
    w.output(w.node('Concat', [token, x], { axis: 1 }));
    const net = networkOf(w.model(), {}, true);
    expect(networkParameters(net) + operatorParameters(net)).toBe(8 + 8 * 8);
  });
  it('that several operators read count once', () => {
    const w = new ModelWriter();
    const table = w.weights([50, 8]);
    const [kernel, bias] = [w.weights([8, 8, 1, 1]), w.weights([8])];
    const y = w.node('Gather', [table, w.input('ids', [1, 6], 7)]);
    w.output(w.node('MatMul', [y, w.node('Transpose', [table], { perm: [1, 0] })]));
    for (const size of [4, 2]) w.output(w.node('Conv', [w.input(`x${size}`, [1, 8, size, size]), kernel, bias]));
    expect(parametersOf(w)).toBe(50 * 8 + 8 * 8 + 8);
  });
  it('in nodes count as those beside them; weights that follow from a shape count their words, masks nothing', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 4, 4]);
    const bias = w.node('Constant', [], { value: { tensor: { dims: [4], floats: [1, 2, 3, 4] } } });
    const y = w.node('Add', [w.node('MatMul', [x, w.node('ConstantOfShape', [w.ints(4, 4)])]), bias]);
    const mask = w.node('Cast', [w.weights([4, 4], 2)], { to: 9 });
    w.output(w.node('Where', [mask, y, w.numbers(0)]), w.node('Add', [y, w.node('ConstantOfShape', [w.ints(4, 4)])]));
    expect(parametersOf(w)).toBe(4 * 4 + 4);
  });
  it('of functions are slopes and biases', () => {
    const w = new ModelWriter();
    const y = w.node('Conv', [w.input('x', [1, 3, 4, 4]), w.weights([8, 3, 1, 1])]);
    w.output(w.node('PRelu', [y, w.weights([8, 1, 1])]));
    expect(parametersOf(w)).toBe(8 * 3 + 8);
  });
});

describe('several inputs together', () => {
  it('multiply the inputs of layers, also through reshapes', () => {
    const w = new ModelWriter();
    const x = w.input('x', ['batch', 6, 8]);
    const flat = w.node('Reshape', [x, w.ints(-1, 8)]);
    const y = w.node('Relu', [w.node('Gemm', [flat, w.weights([8, 16])])]);
    const back = w.node('Reshape', [y, w.ints(-1, 6, 16)]);
    const scores = w.node('MatMul', [back, w.node('Transpose', [back], { perm: [0, 2, 1] })]);
    w.output(w.node('Softmax', [scores]));
    for (const batch of [1, 4]) {
      const net = networkOf(w.model(), { batch }, true);
      expect(networkMacs(net)).toBe(batch * (6 * 8 * 16 + 6 * 16 * 6));
      expect(net.layers[0]!.problem.bounds).toMatchObject({ N: batch, P: 6 });
      expect(net.graph!.tensors.every(({ sizes }) => sizes[0] === batch)).toBe(true);
      expectSameWhenReread(net, batch);
    }
  });
});

describe('what is not known', () => {
  const detector = () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 3, 8, 8]);
    const y = w.node('Conv', [x, w.weights([6, 3, 1, 1])]);
    const flat = w.node('Reshape', [y, w.ints(1, 6, 64)]);
    const scores = w.node('Slice', [flat, w.ints(0), w.ints(2), w.ints(1)]);
    const boxes = w.node('Transpose', [w.node('Slice', [flat, w.ints(2), w.ints(6), w.ints(1)])], { perm: [0, 2, 1] });
    const kept = w.node('NonMaxSuppression', [boxes, scores], {}, { name: 'nms' });
    const [top] = w.nodes('TopK', [scores, w.ints(5)], { axis: -1 }, { outputs: 2 });
    w.output(w.node('Gather', [kept, w.ints(2)], { axis: 1 }), top!);
    return w;
  };
  it('is listed with its words, and no error', () => {
    const net = networkOf(detector().model());
    expect(net.layers).toHaveLength(1);
    expect(net.graph!.uncounted!.map(({ name, count }) => [name, count])).toEqual([
      ['NonMaxSuppression', 1],
      ['TopK', 1],
      ['Gather', 1],
    ]);
    expectSameWhenReread(net);
  });
  it('is refused where that is asked', () => {
    expect(errorOf(() => networkOf(detector().model(), {}, true)).message).toMatch(/node "(nms|t\d+)"/);
  });
  it('is an error with the node where a layer needs it', () => {
    const w = detector();
    const kept = w.graph.nodes.find(({ op }) => op === 'NonMaxSuppression')!.outputs[0]!;
    w.output(w.node('MatMul', [w.node('Cast', [kept], { to: 1 }), w.weights([3, 2])], {}, { name: 'late' }));
    expect(errorOf(() => networkOf(w.model())).message).toContain('node "late" (MatMul) wants the shapes');
  });
});

describe('graphs in nodes', () => {
  const chosen = () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 8]);
    const first = w.node('MatMul', [x, w.weights([8, 2])]);
    const yes = w.node('Cast', [w.node('ReduceMax', [first], { keepdims: 0 })], { to: 9 });
    const v = w.weights([8, 4]);
    const branch = (op: string, inputs: string[]) => ({
      graph: { nodes: [{ op, inputs, outputs: ['made'], name: 'inner' }], outputs: [{ name: 'made' }] },
    });
    const branches = { then_branch: branch('MatMul', [x, v]), else_branch: branch('Identity', [x]) };
    w.output(w.node('If', [yes], branches, { name: 'if' }));
    return w.model();
  };
  it('of a condition that only a run knows: one counts beside what decides, and the choice is listed', () => {
    const net = networkOf(chosen());
    expect(net.layers.map(({ problem }) => problem.bounds.K)).toEqual([2, 4]);
    expect(net.graph!.uncounted).toEqual([
      {
        name: 'If',
        count: 1,
        words: null,
        reason: 'its condition is known only to a run: its then_branch counts, the other branch does not',
      },
    ]);
    expect(errorOf(() => networkOf(chosen(), {}, true)).message).toBe(
      'node "if" (If): its condition is known only to a run',
    );
  });
  it('of a condition that a setting gives: what decides is no input', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 8]);
    const rate = w.input('rate', [], 7);
    const v = w.weights([8, 4]);
    const branch = (op: string, inputs: string[]) => ({
      graph: { nodes: [{ op, inputs, outputs: ['made'] }], outputs: [{ name: 'made' }] },
    });
    const branches = { then_branch: branch('MatMul', [x, v]), else_branch: branch('Identity', [x]) };
    const yes = w.node('Equal', [rate, w.node('Squeeze', [w.ints(16000)])]);
    w.output(w.node('MatMul', [w.node('If', [yes], branches), w.weights([4, 2])]));
    const net = networkOf(w.model(13), { dims: new Map([['rate', 16000]]) }, true);
    expect(net.layers.map(({ problem }) => problem.bounds.K)).toEqual([4, 2]);
    expect(net.graph!.inputs).toHaveLength(1);
    expect(vectorKinds(net)).toEqual([]);
    expectSameWhenReread(net);
  });
  it('keep what they alone read', () => {
    const w = new ModelWriter();
    const x = w.input('x', [1, 8]);
    const read = w.node('MatMul', [x, w.weights([8, 2])]);
    const body = {
      graph: {
        inputs: [{ name: 'i' }, { name: 'go' }, { name: 'state' }],
        nodes: [{ op: 'Add', inputs: ['state', read], outputs: ['next'] }],
        outputs: [{ name: 'go' }, { name: 'next' }],
      },
    };
    w.output(w.node('Loop', [w.input('count', [], 7), '', w.input('begin', [1, 2])], { body }));
    const net = networkOf(w.model());
    expect(net.layers).toHaveLength(1);
    expect(net.graph!.uncounted!.map(({ name, reason }) => [name, reason])).toEqual([['Loop', 'it is not known']]);
  });
});

describe('what costs nothing', () => {
  it('is what no output needs, and second outputs', () => {
    const w = new ModelWriter();
    const y = w.node('MatMul', [w.input('x', [1, 4, 8]), w.weights([8, 8])]);
    w.node('MatMul', [y, w.weights([8, 800])]);
    const [kept] = w.nodes('Dropout', [y], {}, { outputs: 2 });
    w.output(w.node('Relu', [kept!]));
    const net = networkOf(w.model(), {}, true);
    expect(net.layers.map(({ problem }) => macCount(problem))).toEqual([4 * 64]);
    expect(vectorKinds(net)).toEqual(['relu']);
  });
});

describe('odd names', () => {
  it('are one line each, and differ', () => {
    const w = new ModelWriter();
    let x = w.input('input', [1, 8]);
    for (const name of [
      '',
      'a\nb',
      'a b',
      'x'.repeat(500),
      `${'x'.repeat(500)}y`,
      'input',
      'y.input',
      'y',
      '😀'.repeat(90),
      '\u202e\u2028',
    ])
      x = w.node('MatMul', [x, w.weights([8, 8])], {}, { name });
    w.output(x);
    const net = networkOf(w.model());
    expect(new Set(net.layers.map(({ name }) => name)).size).toBe(10);
    expect(net.layers.every(({ name }) => name.length <= 200 && !/\p{Cs}/u.test(name))).toBe(true);
    expectSameWhenReread(net);
  });
});
