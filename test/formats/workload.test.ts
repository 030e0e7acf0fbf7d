import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { parseDocument } from '../../src/formats/document.ts';
import { DEFAULT_WORD_BITS, readWorkload } from '../../src/formats/workload.ts';
import { workloadSchema } from '../../src/formats/workload-schema.ts';
import { formatWorkload } from '../../src/formats/workload-writer.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { DIMS } from '../../src/util/vocabulary.ts';
import { convolution, convolutionKind, linear, matrixProduct } from '../../src/workload/layers.ts';
import { type Layer, type Network, networkMacs, networkParameters } from '../../src/workload/network.ts';
import { inputSpan, makeProblem, type Problem } from '../../src/workload/problem.ts';

const read = (text: string, batch = 1) => readWorkload(parseDocument(text, 'net.yaml'), { batch }).network;
const file = (layers: unknown[], more: object = {}) => stringify({ name: 'net', source: 'test', ...more, layers });

function errorOf(text: string): TrifoldError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const small = fc.integer({ min: 1, max: 6 });
const pair = fc.tuple(small, small);

const anyProblem = fc
  .record({
    bounds: fc.tuple(...DIMS.map(() => small)),
    stride: pair,
    dilation: pair,
    padding: fc.tuple(fc.nat(4), fc.nat(4)),
    slack: fc.tuple(fc.integer({ min: -4, max: 9 }), fc.integer({ min: -4, max: 9 })),
  })
  .map(({ bounds: sizes, stride, dilation, padding, slack }): Problem => {
    const bounds = Object.fromEntries(DIMS.map((dim, i) => [dim, sizes[i]!]));
    const span = (outputs: string, filter: string, i: 0 | 1) =>
      inputSpan(bounds[outputs]!, bounds[filter]!, stride[i], dilation[i]);
    const spans = [span('P', 'R', 0), span('Q', 'S', 1)] as const;
    const paddingBefore = [padding[0] % spans[0], padding[1] % spans[1]] as const;
    const length = (i: 0 | 1) => Math.max(1, spans[i] - paddingBefore[i] + slack[i]);
    return makeProblem({ name: 'x', bounds, stride, dilation, paddingBefore, inputSize: [length(0), length(1)] });
  });

const anyConvolution = fc
  .record({
    groups: small,
    per: pair,
    input: fc.tuple(fc.integer({ min: 6, max: 40 }), fc.integer({ min: 6, max: 40 })),
    kernel: pair,
    stride: pair,
    dilation: fc.constantFrom([1, 1] as const, [2, 1] as const),
    padding: fc.oneof(
      fc.constantFrom('same' as const, 'valid' as const),
      fc.nat(3),
      fc.tuple(small, small, small, small),
    ),
  })
  .map(({ groups, per: [k, c], ...rest }) =>
    convolution({ name: 'x', inChannels: groups * c, outChannels: groups * k, groups, batch: 1, ...rest }),
  )
  .filter((result) => result.ok)
  .map((result) => (result.ok ? result.value : undefined)!);

const kindAndProblem = fc.oneof(
  fc.tuple(
    fc.constantFrom('problem', 'transposed', 'something else', 'conv', 'linear', 'matmul', 'depthwise'),
    anyProblem,
  ),
  anyConvolution.map((problem) => [convolutionKind(problem), problem] as const),
  fc
    .tuple(small, small, small)
    .map(([inputs, outputs, tokens]) => ['linear', linear({ name: 'x', inputs, outputs, tokens, batch: 1 })] as const),
  fc
    .tuple(small, small, small, small)
    .map(
      ([rows, inner, columns, heads]) =>
        ['matmul', matrixProduct({ name: 'x', rows, inner, columns, heads, batch: 1 })] as const,
    ),
);

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/),
  fc.constantFrom(
    'input',
    '/layer1/conv:0',
    '1x1',
    'true',
    'null',
    '#3',
    'a: b',
    "it's",
    '[x]',
    '*',
    '&a',
    '3',
    '1e3',
    'é',
  ),
);
const wordBits = fc.record({ Weights: small, Inputs: small, Outputs: small });
const layer = fc.record({
  name,
  shape: kindAndProblem,
  wordBits: fc.oneof(fc.constant(DEFAULT_WORD_BITS), wordBits),
  repeat: small,
  parameters: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
});
const network: fc.Arbitrary<Network> = fc
  .record({
    name,
    source: fc.string(),
    layers: fc.uniqueArray(layer, { minLength: 1, maxLength: 6, selector: (l) => l.name }),
  })
  .map(({ layers, ...rest }) => ({
    ...rest,
    layers: layers.map(
      ({ shape: [kind, problem], ...l }): Layer => ({ ...l, kind, problem: { ...problem, name: l.name } }),
    ),
  }));

describe('formatWorkload', () => {
  it('is read back as the same network', () => {
    fc.assert(
      fc.property(network, (net) => {
        expect(read(formatWorkload(net))).toEqual(net);
      }),
      { numRuns: 300 },
    );
  });

  it('writes one readable line per layer', () => {
    const text = formatWorkload(
      read(
        file(
          [
            { name: 'a', kind: 'conv', out: 8, kernel: 3, stride: 2, padding: 'same', bias: true },
            { name: 'b', kind: 'depthwise', kernel: [3, 1], repeat: 2 },
            { name: 'c', kind: 'pointwise', out: 4 },
            { name: 'd', kind: 'linear', out: 10 },
            { name: 'e', kind: 'matmul', heads: 2, rows: 4, inner: 8, columns: 4 },
            { name: 'f', kind: 'transposed', in: 4, input: [4, 4], out: 2, kernel: 2 },
          ],
          { input: [3, 16, 16] },
        ),
      ),
    );
    expect(text.slice(text.indexOf('layers:'))).toBe(
      [
        'layers:',
        '  - { name: a, kind: conv, in: 3, out: 8, kernel: 3, padding: [ 0, 1, 0, 1 ], stride: 2, input: [ 16, 16 ], output: [ 8, 8 ], parameters: 224 }',
        '  - { name: b, kind: depthwise, in: 8, kernel: [ 3, 1 ], input: [ 8, 8 ], output: [ 6, 8 ], repeat: 2 }',
        '  - { name: c, kind: pointwise, in: 8, out: 4, input: [ 6, 8 ], output: [ 6, 8 ] }',
        '  - { name: d, kind: linear, in: 192, out: 10, tokens: 1 }',
        '  - { name: e, kind: matmul, heads: 2, rows: 4, inner: 8, columns: 4 }',
        '  - { name: f, kind: problem, as: transposed, bounds: { K: 8, C: 4, P: 4, Q: 4 } }',
        '',
      ].join('\n'),
    );
  });
});

/** A chain of convolutions: the same network can be written in many ways. */
const chain = fc.record({
  input: fc.tuple(small, fc.integer({ min: 20, max: 40 }), fc.integer({ min: 20, max: 40 })),
  batch: fc.integer({ min: 1, max: 9 }),
  stages: fc.array(
    fc.record({
      out: small,
      kernel: fc.constantFrom(1, 2, 3),
      stride: fc.constantFrom(1, 2),
      padding: fc.constantFrom('same' as const, 0, 1),
      depthwise: fc.boolean(),
      copies: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('readWorkload', () => {
  it('counts the same however a layer is written', () => {
    fc.assert(
      fc.property(chain, ({ input, stages, batch }) => {
        const stage = ({ out, kernel, stride, padding, depthwise }: (typeof stages)[number]) =>
          depthwise ? { kind: 'depthwise', kernel, stride, padding } : { kind: 'conv', out, kernel, stride, padding };
        const flowing = read(
          file(
            stages.map((s, i) => ({ name: `l${i}`, ...stage(s), repeat: s.copies })),
            { input },
          ),
          batch,
        );

        let channels = input[0];
        const explicit: object[] = [];
        const copies: object[] = [];
        const blocks: object[] = [];
        for (const [i, s] of stages.entries()) {
          const { P, Q } = flowing.layers[i]!.problem.bounds;
          const [rows, columns] = flowing.layers[i]!.problem.inputSize;
          const out = s.depthwise ? channels : s.out;
          const groups = s.depthwise ? channels : 1;
          const full = {
            kind: 'conv',
            in: channels,
            out,
            groups,
            kernel: [s.kernel, s.kernel],
            stride: [s.stride, s.stride],
            padding: s.padding,
            input: [rows, columns],
            output: [P, Q],
          };
          explicit.push({ name: `l${i}`, ...full, repeat: s.copies });
          const from = i === 0 ? 'input' : `l${i - 1}-0`;
          for (let copy = 0; copy < s.copies; copy++) copies.push({ name: `l${i}-${copy}`, ...stage(s), from });
          blocks.push({ kind: 'block', name: `b${i}`, layers: [{ name: 'l', ...full, repeat: s.copies }] });
          channels = out;
        }
        for (const layers of [explicit, copies, blocks]) {
          const net = read(file(layers, { input }), batch);
          expect(networkMacs(net)).toBe(networkMacs(flowing));
          expect(networkParameters(net)).toBe(networkParameters(flowing));
        }
        expect(read(file(explicit), batch)).toEqual(flowing);
      }),
    );
  });

  it('multiplies multiply-accumulates by the batch and leaves parameters alone', () => {
    fc.assert(
      fc.property(network, fc.integer({ min: 1, max: 64 }), (net, batch) => {
        const text = formatWorkload(net);
        const batched = read(text, batch);
        expect(networkMacs(batched)).toBe(batch * networkMacs(net));
        expect(networkParameters(batched)).toBe(networkParameters(net));
      }),
    );
  });

  it('puts the batch of a product of two activations into G, since neither factor is shared', () => {
    const text = file([
      { name: 'a', kind: 'matmul', heads: 3, rows: 4, inner: 5, columns: 6 },
      { name: 'b', kind: 'linear', in: 7, out: 8, tokens: 1 },
    ]);
    expect(read(text, 4).layers.map(({ problem: { bounds } }) => [bounds.N, bounds.G])).toEqual([
      [1, 12],
      [4, 1],
    ]);
  });

  it('repeats blocks, joins channels and keeps residual branches apart', () => {
    const net = read(
      file(
        [
          {
            kind: 'block',
            name: 'res',
            repeat: 3,
            layers: [
              { name: 'a', kind: 'pointwise', out: 4 },
              { name: 'b', kind: 'conv', from: 'input', out: 4, kernel: 3, padding: 1 },
              { name: 'c', kind: 'pointwise', from: ['a', 'b'], out: 8, repeat: 2 },
            ],
          },
          { kind: 'concat', from: ['res.a', 'res'] },
          { name: 'tail', kind: 'pointwise', out: 2 },
          { kind: 'global-pool' },
          { name: 'fc', kind: 'linear', out: 5, bias: true },
        ],
        { input: [8, 6, 6] },
      ),
    );
    expect(net.layers.map((l) => [l.name, l.repeat, l.problem.bounds.C, l.problem.bounds.K])).toEqual([
      ['res.a', 3, 8, 4],
      ['res.b', 3, 8, 4],
      ['res.c', 6, 8, 8],
      ['tail', 1, 12, 2],
      ['fc', 1, 2, 5],
    ]);
    expect(net.layers.at(-1)!.parameters).toBe(2 * 5 + 5);
  });

  it('lets a block read layers before it, its own names first', () => {
    const net = read(
      file(
        [
          { name: 'a', kind: 'pointwise', out: 2 },
          { name: 'b', kind: 'pointwise', out: 4 },
          {
            kind: 'block',
            name: 'c',
            layers: [
              { name: 'd', kind: 'pointwise', from: 'a', out: 5 },
              { name: 'b', kind: 'pointwise', from: 'b', out: 6 },
              { name: 'e', kind: 'pointwise', from: 'b', out: 1 },
            ],
          },
        ],
        { input: [3, 4, 4] },
      ),
    );
    expect(net.layers.map((l) => [l.name, l.problem.bounds.C])).toEqual([
      ['a', 3],
      ['b', 2],
      ['c.d', 2],
      ['c.b', 4],
      ['c.e', 6],
    ]);
  });

  it('applies a linear layer to every token of a sequence and to all words of a map', () => {
    const sequence = read(
      file([
        { name: 'a', kind: 'linear', in: 4, out: 6, tokens: 5 },
        { name: 'b', kind: 'linear', out: 7 },
        { kind: 'reshape', to: [7, 1, 5] },
        { name: 'c', kind: 'linear', out: 2 },
      ]),
    );
    expect(sequence.layers.map(({ problem: { bounds } }) => [bounds.C, bounds.K, bounds.P])).toEqual([
      [4, 6, 5],
      [6, 7, 5],
      [35, 2, 1],
    ]);
  });

  it('reads word widths of the file and of a layer', () => {
    const net = read(
      file(
        [
          { name: 'a', kind: 'linear', in: 2, out: 2 },
          { name: 'b', kind: 'linear', out: 2, wordBits: { Weights: '4 bit' } },
        ],
        { wordBits: { Weights: '1 byte', Outputs: 32 } },
      ),
    );
    expect(net.layers.map((l) => l.wordBits)).toEqual([
      { Weights: 8, Inputs: 16, Outputs: 32 },
      { Weights: 4, Inputs: 16, Outputs: 32 },
    ]);
  });

  it('rounds pooling up when asked', () => {
    const outputs = (ceil: boolean) =>
      read(
        file(
          [
            { kind: 'pool', kernel: 3, stride: 2, ceil },
            { name: 'a', kind: 'pointwise', out: 1 },
          ],
          { input: [1, 6, 7] },
        ),
      ).layers[0]!.problem.bounds;
    expect([outputs(false).P, outputs(false).Q, outputs(true).P, outputs(true).Q]).toEqual([2, 3, 3, 3]);
  });

  it('has a JSON Schema', () => {
    const json = z.toJSONSchema(workloadSchema, { io: 'input' });
    expect(json).toMatchObject({ type: 'object', additionalProperties: false, required: ['name', 'source', 'layers'] });
    expect(JSON.stringify(json)).toContain('depthwise');
  });
});

describe('mistakes in workload files', () => {
  const head = 'name: net\nsource: test\ninput: [3, 8, 8]\nlayers:\n';
  /** `»` marks the place that the error must name. */
  it.each([
    ['- {name: a, kind: conv, out: »0, kernel: 3}', 'layers.0.out', 'must be at least 1, not 0'],
    ['- {name: a, kind: conv, out: »-4, kernel: 3}', 'layers.0.out', 'must be at least 1, not -4'],
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
    ['- {name: a, kind: pointwise, from: »b, out: 4}', 'layers.0.from', "no earlier layer is named 'b'"],
    [
      '- {kind: global-pool}\n- »{name: a, kind: conv, out: 4, kernel: 3}',
      'layers.1',
      'needs a map, but a vector of 3 flows in',
    ],
    ['»- {kind: global-pool}', 'layers', 'no layer has multiply-accumulates'],
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
    ['- {name: a, kind: problem, bounds: {K: 2, »M: 3}}', 'layers.0.bounds.M', "unknown key 'M'"],
    [
      '- {name: a, kind: problem, bounds: {K: 2}, paddingBefore: »[1, 0]}',
      'layers.0.paddingBefore',
      'the kernel touches nothing but padding',
    ],
  ])('%s', (marked, keyPath, message) => {
    const before = (head + marked).split('»')[0]!.split('\n');
    const error = errorOf((head + marked).replace('»', ''));
    if (message !== undefined) expect(error.message).toBe(message);
    expect(error.details.keyPath).toBe(keyPath);
    expect(error.details.place).toEqual({ file: 'net.yaml', line: before.length, column: before.at(-1)!.length + 1 });
    expect(['value', 'schema', 'unit']).toContain(error.code);
  });

  it('says so when nothing flows into a layer', () => {
    expect(errorOf(file([{ name: 'a', kind: 'conv', out: 4, kernel: 3 }]))).toMatchObject({
      message: 'nothing flows into this layer',
    });
    expect(errorOf(file([{ name: 'a', kind: 'conv', input: [4, 4], out: 4, kernel: 3 }]))).toMatchObject({
      message: "'in' is missing",
    });
  });

  it('refuses an empty list of layers and a batch of zero', () => {
    expect(errorOf(file([]))).toMatchObject({ message: 'must have at least 1 entry' });
    expect(() => read(file([{ name: 'a', kind: 'linear', in: 1, out: 1 }]), 0)).toThrow('batch');
    expect(() => read(file([{ name: 'a', kind: 'linear', in: 1, out: 1 }]), 1.5)).toThrow('batch');
  });
});
