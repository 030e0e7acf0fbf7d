import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/formats/document/document.ts';
import { errorOf } from './errors.ts';
import { file, read } from './workload-files.ts';

describe('mistakes in workload files', () => {
  const head = 'name: net\nsource: test\ninput: [3, 8, 8]\nlayers:\n';
  /** `»` marks the place that the error must name. */
  it.each([
    ['- {name: a, kind: conv, out: »0, kernel: 3}', 'layers.0.out', 'must be at least 1, not 0'],
    ['- {name: a, kind: conv, out: »-4, kernel: 3}', 'layers.0.out', 'must be at least 1, not -4'],
    [
      '- {name: a, kind: conv, out: »1e16, kernel: 3}',
      'layers.0.out',
      'must be at most 9007199254740991, not 10000000000000000',
    ],
    ['- {name: a, kind: conv, out: »2.5, kernel: 3}', 'layers.0.out', 'must be a whole number, not 2.5'],
    ['- {name: a, kind: conv, out: ».nan, kernel: 3}', 'layers.0.out', 'must be a number, not NaN'],
    ['- {name: a, kind: conv, out: ».inf, kernel: 3}', 'layers.0.out', 'must be a number, not Infinity'],
    ['- »{name: a, kind: conv, out: 1e15, kernel: 3}', 'layers.0', 'a: it has 9.720e+17 multiply-accumulates'],
    [
      '- »{name: a, kind: conv, out: 4, kernel: 3, repeat: 9e15}',
      'layers.0',
      'a: it has 3.499e+19 multiply-accumulates',
    ],
    [
      '- »{name: a, kind: transposed, out: 64, kernel: 1e15}',
      'layers.0',
      'a: K must be a positive integer, not 6.4e+31',
    ],
    [
      '- »{name: a, kind: matmul, heads: 1e9, rows: 1e9, inner: 2, columns: 3}',
      'layers.0',
      'a: it has 6.000e+18 multiply-accumulates',
    ],
    ['- {name: a, kind: rotary, share: »0.002}', 'layers.0.share', '0.002 of 192 words rotates none'],
    [
      '- {name: a, kind: conv, out: 4, kernel: »9}',
      'layers.0.kernel',
      'the 9x9 kernel is larger than the padded 8x8 input',
    ],
    [
      '- {name: a, kind: conv, out: 4, kernel: 3, groups: »2}',
      'layers.0.groups',
      '2 groups do not divide 3 input and 4 output channels',
    ],
    ['- {name: a, kind: conv, in: »4, out: 4, kernel: 3}', 'layers.0.in', 'is 4, but a 8x8 map of 3 channels flows in'],
    [
      '- {name: a, kind: conv, in: 3, input: [9, 9], out: 4, kernel: 3, output: »[9, 9]}',
      'layers.0.output',
      'is 9x9, but the layer gives 7x7',
    ],
    [
      '- {name: a, kind: conv, from: input, input: »[9, 9], out: 4, kernel: 3}',
      'layers.0.input',
      'is 9x9, but a 8x8 map of 3 channels flows in',
    ],
    [
      '- {name: a, kind: conv, out: 4, kernel: 3, padding: »sam}',
      'layers.0.padding',
      "must be same or valid or a number or a list, not 'sam'",
    ],
    [
      '- {name: a, kind: conv, out: 4, kernel: 3, padding: »[1, 2, 3]}',
      'layers.0.padding',
      'must have at most 2 entries or have at least 4 entries',
    ],
    [
      '- {name: a, kind: conv, out: 1, kernel: 1, stride: 99, padding: »[9, 9, 0, 0]}',
      'layers.0.padding',
      'the kernel touches nothing but padding',
    ],
    ['- »{name: a, kind: conv, out: 4}', 'layers.0.kernel', "'kernel' is missing"],
    ['- {name: a, kind: conv, out: 4, »kernal: 3, kernel: 3}', 'layers.0.kernal', "unknown key 'kernal'"],
    ['- {name: a, kind: »convolution, out: 4, kernel: 3}', 'layers.0.kind', "unknown kind 'convolution'"],
    ['- {name: a, kind: pointwise, from: »b, out: 4}', 'layers.0.from', "no earlier entry is named 'b'"],
    [
      '- {kind: global-pool}\n- »{name: a, kind: conv, out: 4, kernel: 3}',
      'layers.1',
      'needs a map, but a vector of 3 flows in',
    ],
    ['»- {kind: global-pool}', 'layers', 'no entry has multiply-accumulates'],
    ['- {kind: pool, kernel: »9}', 'layers.0.kernel', 'the 9x9 kernel is larger than the padded 8x8 input'],
    ['- {name: a, kind: linear, in: »8, out: 4}', 'layers.0.in', 'is 8, but a 8x8 map of 3 channels flows in'],
    [
      '- {name: a, kind: pointwise, out: 4}\n- {name: »a, kind: pointwise, out: 4}',
      'layers.1.name',
      "the name 'a' is taken",
    ],
    [
      '- {kind: block, name: b, repeat: »2, layers: [{name: a, kind: pointwise, out: 4}]}',
      'layers.0.repeat',
      'the block cannot repeat: it reads a 8x8 map of 3 channels and gives a 8x8 map of 4 channels',
    ],
    [
      '- {name: a, kind: pointwise, stride: 2, out: 4}\n- {kind: concat, from: »[input, a]}',
      'layers.1.from',
      'cannot concatenate a 8x8 map of 3 channels and a 4x4 map of 4 channels',
    ],
    [
      '- {kind: reshape, name: r, to: [3, 8]}\n- {kind: reshape, name: m, to: [3, 8, 1]}\n- {kind: concat, from: »[r, m]}',
      'layers.2.from',
      'cannot concatenate 8 tokens of 3 features and a 8x1 map of 3 channels',
    ],
    [
      '- {name: a, kind: pointwise, out: 4, wordBits: {Weights: »0}}',
      'layers.0.wordBits.Weights',
      'must be at least 1, not 0',
    ],
    [
      '- {name: a, kind: pointwise, out: 4, wordBits: {Weights: »3 pJ}}',
      'layers.0.wordBits.Weights',
      "'3 pJ' is not an amount of storage",
    ],
    ['- {kind: add, parameters: 8, unread: »9}', 'layers.0.unread', '9 parameters are not read, but it has 8'],
    ['- {name: a, kind: problem, bounds: {K: 2, »M: 3}}', 'layers.0.bounds.M', "unknown key 'M'"],
    [
      '- {name: a, kind: problem, bounds: {K: 2}, paddingBefore: »[1, 0]}',
      'layers.0.paddingBefore',
      'the kernel touches nothing but padding',
    ],
    [
      '- {kind: reduce, name: r, to: »[384]}',
      'layers.0.to',
      'a vector of 384 cannot be made of a 8x8 map of 3 channels',
    ],
    [
      '- {name: »input, kind: pointwise, out: 4}',
      'layers.0.name',
      "the name 'input' is taken: it is what flows into the network, or into the block",
    ],
    [
      '- {name: a, kind: pointwise, out: 4}\n- {kind: block, name: b, layers: [{name: »input, kind: softmax}]}',
      'layers.1.layers.0.name',
      undefined,
    ],
    [
      '- {kind: block, name: b, layers: »[{kind: input, name: i, to: [3, 8, 8]}]}',
      'layers.0.layers',
      "the block 'b' has no operator",
    ],
    [
      '- »{kind: move, name: m, to: [1e9, 1e9]}',
      'layers.0',
      '1000000000 tokens of 1000000000 features flows out: 1.000e+18 words',
    ],
    ['- »{kind: reshape, name: m, to: [1e9, 1e9]}', 'layers.0', undefined],
    ['- »{kind: input, name: m, to: [1e9, 1e9]}', 'layers.0', undefined],
    [
      '- {kind: block, name: b, repeat: 1e15, layers: [»{kind: layer-norm, name: n}]}',
      'layers.0.layers.0',
      'a 8x8 map of 3 channels flows out in 1000000000000000 runs: 1.920e+17 words',
    ],
    [
      '»- {name: a, kind: pointwise, out: 3}\n- {kind: embedding, name: e, out: 3, tokens: 1, parameters: 9e15}\n- {kind: embedding, name: f, out: 3, tokens: 1, parameters: 9e15}',
      'layers',
      'the network has 1.800e+16 parameters',
    ],
    [
      '»- {name: a, kind: pointwise, out: 3}\n- {kind: move, name: m, to: [8e15]}\n- {kind: move, name: n, to: [3]}',
      'layers',
      'the network has 1.600e+16 words that vector operators move',
    ],
    [
      '»- {name: a, kind: pointwise, out: 3}\n- {kind: move, name: m, to: [2e15]}\n- {kind: activation, name: g, function: gelu}',
      'layers',
      'the network has 1.800e+16 operations of vector operators',
    ],
  ])('%s', (marked, keyPath, message) => {
    const before = (head + marked).split('»')[0]!.split('\n');
    const error = errorOf(() => read((head + marked).replace('»', '')));
    if (message !== undefined) expect(error.message).toBe(message);
    expect(error.details.keyPath).toBe(keyPath);
    expect(error.details.place).toEqual({ file: 'net.yaml', line: before.length, column: before.at(-1)!.length + 1 });
    expect(['value', 'schema', 'unit']).toContain(error.code);
  });

  it('counts words exactly, those of inputs that run together too', () => {
    const moved = file(
      [
        { name: 'a', kind: 'pointwise', out: 1 },
        { kind: 'move', to: [1e9] },
      ],
      { input: [1, 1, 1] },
    );
    expect(read(moved, 1_000_000).layers).toHaveLength(1);
    expect(errorOf(() => read(moved, 1e9)).message).toBe('a vector of 1000000000 flows out: 1.000e+18 words');
  });

  it('lets layers share a line that are equal, also in parameters', () => {
    const line = (other: object) =>
      file(
        [
          { name: 'a', kind: 'pointwise', out: 2, listedAs: 'both' },
          { name: 'b', kind: 'pointwise', from: 'input', out: 2, listedAs: 'both', ...other },
        ],
        { input: [3, 2, 2] },
      );
    expect(read(line({})).layers.map(({ name, repeat }) => [name, repeat])).toEqual([['both', 2]]);
    for (const other of [{ bias: true }, { parameters: 3 }, { out: 3 }, { wordBits: { Weights: 4 } }])
      expect(errorOf(() => read(line(other))).message).toBe('b is listed as both, which differs from it');
  });

  it('lets a layer have the name input where nothing flows in', () => {
    expect(read(file([{ name: 'input', kind: 'linear', in: 2, out: 2 }])).layers[0]!.name).toBe('input');
  });

  // Killed by: a schema without its meaning, a bound on what is of another type, hints that leave out keys that the entry has.
  it('say what every key of every kind of entry wants', () => {
    const entries = [
      {
        kind: 'conv',
        name: 'x',
        out: 4,
        kernel: 3,
        padding: 1,
        groups: 1,
        from: 'input',
        repeat: 2,
        wordBits: {},
        bits: 8,
      },
      { kind: 'problem', name: 'x', as: 'foo', bounds: { K: 2 }, stride: [1, 1], to: [2], listedAs: 'l' },
      { kind: 'matmul', name: 'x', heads: 2, rows: 4, inner: 4, columns: 4 },
      { kind: 'pool', kernel: 2, stride: 2, ceil: true, how: 'max', output: [4, 4] },
      { kind: 'add', from: ['input', 'input'], parameters: 3, activation: 'relu' },
      { kind: 'embedding', name: 'x', rows: 5, out: 3, tokens: 4 },
      { kind: 'unknown', operation: 'fft', to: [3] },
      { kind: 'concat', from: ['input', 'input'], along: 'rows' },
      { kind: 'block', name: 'x', from: 'input', repeat: 2, layers: [{ kind: 'softmax' }] },
    ];
    const wrong = [null, '', -1, 2 ** 53, Number.NaN, [], { colour: 1 }];
    for (const entry of entries)
      for (const key of Object.keys(entry))
        for (const value of wrong) {
          const changed = { ...entry, [key]: value };
          const error = errorOf(() =>
            read(file([{ name: 'first', kind: 'pointwise', out: 3 }, changed], { input: [3, 8, 8] })),
          );
          expect(error.details.keyPath?.split('.').slice(0, 3), `${entry.kind} ${key}`).toEqual(['layers', '1', key]);
          expect(error.details.hint, `${entry.kind} ${key} ${JSON.stringify(value)}`).toBeDefined();
        }
  });

  it.each([
    [
      { frm: 'input', from: 'input' },
      'known are kind, name, from, repeat, bias, norm, parameters, wordBits, zeros, activation, listedAs, bits, in, input, output, out, stride',
    ],
    [{ frm: 'input' }, "did you mean 'from'?"],
    [{ from: 'last' }, 'that one comes no earlier: entries stand in the order in which they run, without circles'],
    [{ from: 'x' }, 'that one comes no earlier: entries stand in the order in which they run, without circles'],
    [{ from: 'lats' }, 'known are input'],
    [{ out: 'many' }, 'Output channels.'],
    [{ bits: 'wide' }, expect.stringContaining('known are bit')],
    [{ activation: 3 }, expect.stringContaining('softplus')],
  ])('hint at what helps: %j', (wrong, hint) => {
    const entry = { name: 'x', kind: 'pointwise', out: 4, ...wrong };
    const last = { name: 'last', kind: 'pointwise', out: 4, from: 'input' };
    expect(errorOf(() => read(file([entry, last], { input: [3, 8, 8] }))).details.hint).toEqual(hint);
  });

  it('are no longer than they need be', () => {
    const layer = { name: 'x', kind: 'pointwise', out: 4, from: 'y'.repeat(9000) };
    expect(errorOf(() => read(file([layer], { input: [3, 8, 8] }))).message.length).toBeLessThan(300);
  });

  it('says so when nothing flows into a layer', () => {
    expect(errorOf(() => read(file([{ name: 'a', kind: 'conv', out: 4, kernel: 3 }])))).toMatchObject({
      message: 'nothing flows into this entry',
    });
    expect(errorOf(() => read(file([{ name: 'a', kind: 'conv', input: [4, 4], out: 4, kernel: 3 }])))).toMatchObject({
      message: "'in' is missing",
    });
  });

  it('refuses an empty list of layers and a batch of zero', () => {
    expect(errorOf(() => read(file([])))).toMatchObject({ message: 'must have at least 1 entry' });
    expect(() => read(file([{ name: 'a', kind: 'linear', in: 1, out: 1 }]), 0)).toThrow('batch');
    expect(() => read(file([{ name: 'a', kind: 'linear', in: 1, out: 1 }]), 1.5)).toThrow('batch');
  });
});

it('refuses control characters, which a terminal would obey, in values and keys', () => {
  for (const text of ['name: "x\\e]0;title\\a"\n', 'name: x\n"\\e[2Jkey": 1\n', 'name: x\nlist: ["a\\x9b2J"]\n']) {
    const error = errorOf(() => parseDocument(text, 'a.yaml'));
    expect(error.message).toMatch(/^this text has a control character, U\+00(1B|9B)$/);
    expect(error.details.place?.line).toBe(text.startsWith('name: "') ? 1 : 2);
  }
  expect(parseDocument('name: "two\\nlines\\tof text"\n', 'a.yaml').data).toEqual({ name: 'two\nlines\tof text' });
});
