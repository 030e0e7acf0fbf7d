import fc from 'fast-check';
import { DEFAULT_WORD_BITS } from '../../src/formats/workload/workload.ts';
import { DIMS } from '../../src/util/vocabulary.ts';
import { convolution, convolutionKind, linear, matrixProduct } from '../../src/workload/layers.ts';
import type { Layer, Network } from '../../src/workload/network.ts';
import { inputSpan, makeProblem, type Problem } from '../../src/workload/problem.ts';

/** A small count. */
export const small = fc.integer({ min: 1, max: 6 });
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
const share = fc.constantFrom(0, 0.39, 1 / 3, 1);
const zeros = fc
  .record({ Inputs: share, Outputs: share }, { requiredKeys: [] })
  .filter((shares) => Object.keys(shares).length > 0);
const layer = fc.record(
  {
    name,
    shape: kindAndProblem,
    wordBits: fc.oneof(fc.constant(DEFAULT_WORD_BITS), wordBits),
    zeros,
    repeat: small,
    parameters: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
  },
  { requiredKeys: ['name', 'shape', 'wordBits', 'repeat', 'parameters'] },
);
/** Any network that the format can say. */
export const network: fc.Arbitrary<Network> = fc
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
