import { describe, expect, it } from 'vitest';
import { loadWorkload } from '../../../src/app/presets/load.ts';
import { networkSequence } from '../../../src/workload/graph/network-sequence.ts';
import type { Sequence, SequenceMac, SequenceOperator, SequenceVector } from '../../../src/workload/graph/sequence.ts';
import { networkPart } from '../../../src/workload/network-part.ts';
import { type Entry, networkOf } from './workload-entries.ts';

function sequenceOf(input: readonly number[], layers: readonly Entry[], batch = 1): Sequence {
  const sequence = networkSequence(networkOf({ input, layers }, batch));
  if ('reason' in sequence) throw new Error(sequence.reason);
  return sequence;
}

const macs = ({ operators }: Sequence) => operators.filter((one): one is SequenceMac => one.kind === 'mac');
const vectors = ({ operators }: Sequence) => operators.filter((one): one is SequenceVector => one.kind === 'vector');
const namesOf = (operators: readonly SequenceOperator[]) => operators.map(({ name }) => name);

function attention(heads: number, width: number, tokens: number): readonly Entry[] {
  const out = heads * width;
  return [
    { name: 'query', kind: 'linear', from: 'input', out },
    { name: 'key', kind: 'linear', from: 'input', out },
    { name: 'value', kind: 'linear', from: 'input', out },
    { name: 'scores', kind: 'matmul', from: ['query', 'key'], heads, rows: tokens, inner: width, columns: tokens },
    { name: 'softmax', kind: 'softmax', heads },
    { name: 'context', kind: 'matmul', from: ['softmax', 'value'], heads, rows: tokens, inner: tokens, columns: width },
  ];
}

describe('operands of attention', () => {
  // Killed by: keys read as the layer names them, a view that nobody needs left, a second operand that is not among the inputs.
  it('are keys and values by their rows', () => {
    const sequence = sequenceOf([6, 5], attention(3, 2, 5));
    const [, , , scores, context] = macs(sequence);
    const tensorOf = (index: number) => sequence.tensors[index]!.name;
    expect(scores!.second).toMatchObject({ kind: 'keys', rowAxis: 'p' });
    expect(scores!.inputs.map(tensorOf)).toEqual(['query', 'key']);
    expect(context!.second).toMatchObject({ kind: 'values', rowAxis: 'p' });
    expect(context!.inputs.map(tensorOf)).toEqual(['softmax', 'value']);
    expect([scores!.tiles, context!.tiles]).toEqual([true, true]);
    expect(sequence.operators.some(({ kind }) => kind === 'view')).toBe(false);
    expect(vectors(sequence)[0]!.span).toEqual({ kind: 'channels', group: 5 });
    expect(vectors(sequence)[0]!.inPlace).toBe(0);
  });

  // Killed by: heads of several inputs taken for channels of one, squares taken for either.
  it('are taken whole where heads of several inputs, or both sides of a square, cannot be told apart', () => {
    const [, , , scores, context] = macs(sequenceOf([6, 5], attention(3, 2, 5), 2));
    for (const { second, tiles } of [scores!, context!]) expect([second.kind, tiles]).toEqual(['whole', false]);
    const [, , , square] = macs(sequenceOf([4, 4], attention(1, 4, 4)));
    expect([square!.second.kind, square!.tiles]).toEqual(['whole', true]);
    // Of whole heads both ways take the same words.
    const [, , , , squares] = macs(sequenceOf([8, 4], attention(2, 4, 4)));
    expect(squares!.second.kind).not.toBe('whole');
  });
});

describe('views', () => {
  it('along the channels join parts, others pass whole, and what keeps all sizes is no operator', () => {
    const sequence = sequenceOf(
      [4, 3, 3],
      [
        { name: 'a', kind: 'pointwise', from: 'input', out: 2 },
        { name: 'b', kind: 'pointwise', from: 'input', out: 3 },
        { name: 'both', kind: 'concat', from: ['a', 'b'] },
        { name: 'c', kind: 'pointwise', out: 1 },
        { name: 'flat', kind: 'reshape', from: 'both', to: [45] },
        { name: 'same', kind: 'reshape', to: [45, 1] },
        { name: 'd', kind: 'linear', out: 2 },
      ],
    );
    expect(sequence.operators.flatMap((one) => (one.kind === 'view' ? [[one.name, one.view]] : []))).toEqual([
      ['both', 'concat'],
      ['flat', 'other'],
    ]);
    const storage = (name: string) => sequence.tensors.find((tensor) => tensor.name === name)!.storage;
    expect(new Set(['a', 'b', 'both', 'flat'].map(storage)).size).toBe(1);
    expect(sequence.storages[storage('a')]).toEqual({ name: 'both', words: 45, wordBits: 16, role: 'inner' });
    expect(sequence.storages[storage('c')]!.role).toBe('output');
    expect(sequence.storages.map(({ name }) => name)).toEqual(['input', 'both', 'c', 'd']);
    const rows = sequenceOf(
      [4, 3, 3],
      [
        { name: 'a', kind: 'pointwise', from: 'input', out: 4 },
        { name: 'b', kind: 'pointwise', from: 'input', out: 4 },
        { name: 'both', kind: 'concat', from: ['a', 'b'], along: 'rows' },
      ],
    );
    expect(rows.operators.at(-1)).toMatchObject({ kind: 'view', view: 'other' });
    expect(rows.storages.at(-1)).toMatchObject({ words: 72, role: 'output' });
  });

  // Killed by: words that leave the network under one name and are read under another, taken for inner ones.
  it('that leave the network make their words outputs', () => {
    const { storages } = sequenceOf(
      [4, 3],
      [
        { name: 'a', kind: 'linear', out: 2 },
        { name: 'b', kind: 'linear', out: 2 },
        { name: 'out', kind: 'reshape', from: 'a', to: [2, 3, 1] },
      ],
    );
    expect(storages.map(({ name, role }) => [name, role])).toEqual([
      ['input', 'input'],
      ['a', 'output'],
      ['b', 'output'],
    ]);
  });
});

describe('operators', () => {
  it('are named by the runs of their blocks, and fold what follows them', () => {
    const mlp = [
      { name: 'up', kind: 'linear', out: 8, activation: 'gelu' },
      { name: 'down', kind: 'linear', out: 4, repeat: 2, activation: 'relu' },
      { name: 'sum', kind: 'add', from: ['down', 'input'], activation: 'tanh' },
    ];
    const sequence = sequenceOf([4, 3], [{ name: 'b', kind: 'block', repeat: 2, layers: mlp }]);
    expect(namesOf(sequence.operators)).toEqual([
      ...['b[0].up', 'b[0].down[0]', 'b[0].down[1]', 'b[0].sum'],
      ...['b[1].up', 'b[1].down[0]', 'b[1].down[1]', 'b[1].sum'],
    ]);
    const [up, , down, sum] = sequence.operators as [SequenceMac, SequenceMac, SequenceMac, SequenceVector];
    expect(up.fused.map(({ work }) => work)).toEqual([{ simple: 8 * 24, special: 24 }]);
    // What the output stage applies costs nothing.
    expect(down.fused).toEqual([]);
    expect(sum.fused.map(({ work }) => work)).toEqual([{ simple: 0, special: 12 }]);
    // Of two copies on the same input the last goes on; the other leaves.
    const roleOf = (name: string) => sequence.storages.find((storage) => storage.name === name)?.role;
    expect([roleOf('b[1].down[0]'), roleOf('b[1].down[1]')]).toEqual(['output', 'inner']);
    const [x, y] = sequence.operators.filter(({ name }) => name.endsWith('sum')) as [SequenceVector, SequenceVector];
    expect(y.inputs[1]).toBe(x.output);
  });

  // Killed by: numbers of inner blocks in front of those of outer ones, a function of joined parts that runs before all of them are there.
  it('are named by all their blocks, and fold what follows several into the last', () => {
    const chain = { name: 'x', kind: 'linear', out: 4, repeat: 2 };
    const nested = sequenceOf([4, 3], [{ name: 'b', kind: 'block', repeat: 2, layers: [chain] }]);
    expect(namesOf(nested.operators)).toEqual(['b[0].x[0]', 'b[0].x[1]', 'b[1].x[0]', 'b[1].x[1]']);
    const joined = sequenceOf(
      [4, 3],
      [
        { name: 'a', kind: 'linear', from: 'input', out: 4 },
        { name: 'b', kind: 'linear', from: 'input', out: 4 },
        { name: 'both', kind: 'concat', from: ['a', 'b'] },
        { name: 'swish', kind: 'activation', function: 'silu' },
      ],
    );
    expect(macs(joined).map(({ fused }) => fused.length)).toEqual([0, 1]);
  });

  // Killed by: a pool that takes words, a pool of everything that is no window, heads of a norm left out, a scale of each head spread over all.
  it('take windows, groups of channels or the word at the same place', () => {
    const spans = vectors(
      sequenceOf(
        [6, 4, 4],
        [
          { name: 'a', kind: 'pointwise', out: 6 },
          { name: 'pool', kind: 'pool', kernel: 3, stride: 2, padding: 1 },
          { name: 'norm', kind: 'layer-norm', heads: 2 },
          { name: 'near', kind: 'local-norm', window: 3 },
          { name: 'all', kind: 'global-pool' },
          { name: 'scaled', kind: 'multiply', from: ['near', 'all'] },
          { name: 'mean', kind: 'reduce', to: [6] },
          { name: 'moved', kind: 'move', from: 'near', to: [6, 2, 2] },
        ],
      ),
    ).map(({ name, span, inPlace }) => [name, span, inPlace]);
    expect(spans).toEqual([
      ['pool', { kind: 'window', size: [3, 3], stride: [2, 2], pad: [1, 1] }, null],
      ['norm', { kind: 'channels', group: 3 }, 0],
      ['near', { kind: 'channels', group: 6 }, null],
      ['all', { kind: 'window', size: [2, 2], stride: [1, 1], pad: [0, 0] }, null],
      ['scaled', { kind: 'words' }, 0],
      ['mean', { kind: 'window', size: [2, 2], stride: [1, 1], pad: [0, 0] }, null],
      ['moved', { kind: 'whole' }, null],
    ]);
    const ofHeads = vectors(
      sequenceOf(
        [6, 5],
        [
          { name: 'a', kind: 'linear', out: 6 },
          { name: 'b', kind: 'linear', from: 'input', out: 3 },
          { name: 'scaled', kind: 'multiply', from: ['a', 'b'] },
        ],
      ),
    );
    expect(ofHeads[0]!.span).toEqual({ kind: 'whole' });
  });

  // Killed by: the first operand taken where it lives on.
  it('overwrite an operand that nobody reads later', () => {
    const adds = vectors(
      sequenceOf(
        [4, 3],
        [
          { name: 'a', kind: 'linear', out: 4 },
          { name: 'b', kind: 'linear', out: 4 },
          { name: 'first', kind: 'add', from: ['b', 'a'] },
          { name: 'c', kind: 'linear', from: 'first', out: 4 },
          { name: 'second', kind: 'add', from: ['b', 'c'] },
          { name: 'd', kind: 'linear', from: 'c', out: 4 },
          { name: 'third', kind: 'add', from: ['c', 'd', 'second'] },
          { name: 'fourth', kind: 'add', from: ['second', 'third'] },
        ],
      ),
    );
    // a dies, b lives on; b dies, c lives on; d was made last of those that die; both die.
    expect(adds.map(({ inPlace }) => inPlace)).toEqual([1, 0, 1, 1]);
  });
});

describe('a network without a sequence', () => {
  it('says why', () => {
    const { network } = loadWorkload('resnet18', 1);
    const { graph: _, ...layers } = network;
    const reasonOf = (one: typeof network) => (networkSequence(one) as { readonly reason: string }).reason;
    expect(reasonOf(layers)).toContain('only its layers are known');
    expect(reasonOf(networkPart(network, network.layers.slice(1)))).toContain('only some of its layers');
    const [first] = network.layers;
    expect(reasonOf({ ...network, layers: [...network.layers, { ...first!, name: 'more' }] })).toContain(
      'layers that its graph leaves out',
    );
    const many = networkOf({
      input: [4, 3],
      layers: [{ name: 'b', kind: 'block', repeat: 20_001, layers: [{ name: 'a', kind: 'linear', out: 4 }] }],
    });
    expect(reasonOf(many)).toBe('it runs 20,001 operators, and at most 20,000 are scheduled');
  });
});
