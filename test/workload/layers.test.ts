import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activationWords,
  convolution,
  convolutionKind,
  linear,
  matrixProduct,
  problemSpec,
  resolvePadding,
  samePadding,
  slidingOutput,
  upConvolution,
  type Window,
  windowOutputs,
} from '../../src/workload/layers.ts';
import { macCount, makeProblem, problemKey, tensorWords } from '../../src/workload/problem.ts';

const window: fc.Arbitrary<Window> = fc.record({
  input: fc.integer({ min: 1, max: 40 }),
  filter: fc.integer({ min: 1, max: 7 }),
  stride: fc.integer({ min: 1, max: 5 }),
  dilation: fc.integer({ min: 1, max: 3 }),
});
const zeros = fc.nat(4);

/** Output positions by trying every start of the window. */
function countPositions({ input, filter, stride, dilation }: Window, before: number, after: number): number {
  let positions = 0;
  for (let start = -before; start + (filter - 1) * dilation < input + after; start += stride) positions++;
  return positions;
}

describe('windowOutputs', () => {
  it('counts the positions of the window', () => {
    fc.assert(
      fc.property(window, zeros, zeros, (w, before, after) => {
        expect(Math.max(0, windowOutputs(w, [before, after]))).toBe(countPositions(w, before, after));
      }),
    );
  });
});

describe('samePadding', () => {
  it('gives ceil(input / stride) outputs with the fewest zeros, the odd one after', () => {
    fc.assert(
      fc.property(window, (w) => {
        const [before, after] = samePadding(w);
        expect(countPositions(w, before, after)).toBe(Math.ceil(w.input / w.stride));
        expect([0, 1]).toContain(after - before);
        if (after > 0) expect(countPositions(w, before, after - 1)).toBeLessThan(Math.ceil(w.input / w.stride));
      }),
    );
  });

  it('is asymmetric for the stride-2 stem of TensorFlow networks', () => {
    expect(samePadding({ input: 224, filter: 3, stride: 2, dilation: 1 })).toEqual([0, 1]);
    expect(samePadding({ input: 224, filter: 7, stride: 2, dilation: 1 })).toEqual([2, 3]);
    expect(samePadding({ input: 8, filter: 1, stride: 2, dilation: 1 })).toEqual([0, 0]);
  });
});

describe('resolvePadding', () => {
  it('means the same however it is written', () => {
    fc.assert(
      fc.property(window, window, zeros, zeros, zeros, zeros, (rows, columns, a, b, c, d) => {
        expect(resolvePadding([a, b, c, d], rows, columns)).toEqual([
          [a, b],
          [c, d],
        ]);
        expect(resolvePadding([a, b], rows, columns)).toEqual(resolvePadding([a, a, b, b], rows, columns));
        expect(resolvePadding(a, rows, columns)).toEqual(resolvePadding([a, a], rows, columns));
        expect(resolvePadding('valid', rows, columns)).toEqual(resolvePadding(0, rows, columns));
        expect(resolvePadding('same', rows, columns)).toEqual([samePadding(rows), samePadding(columns)]);
      }),
    );
  });
});

const shape = fc
  .record({
    name: fc.constant('l'),
    groups: fc.integer({ min: 1, max: 4 }),
    inPerGroup: fc.integer({ min: 1, max: 5 }),
    outPerGroup: fc.integer({ min: 1, max: 5 }),
    rows: window,
    columns: window,
    padding: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), zeros, fc.tuple(zeros, zeros, zeros, zeros)),
    batch: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ rows, columns, inPerGroup, outPerGroup, ...rest }) => ({
    ...rest,
    inChannels: inPerGroup * rest.groups,
    outChannels: outPerGroup * rest.groups,
    input: [rows.input, columns.input] as const,
    kernel: [rows.filter, columns.filter] as const,
    stride: [rows.stride, columns.stride] as const,
    dilation: [rows.dilation, columns.dilation] as const,
  }));

describe('convolution', () => {
  it('has one multiply-accumulate per output word, filter word and channel of its group', () => {
    fc.assert(
      fc.property(shape, (spec) => {
        const result = convolution(spec);
        const sliding = slidingOutput(spec);
        expect(result.ok).toBe(sliding.ok);
        if (!result.ok || !sliding.ok) return;
        const [rows, columns] = sliding.value.output;
        const outputs = spec.batch * spec.outChannels * rows * columns;
        expect(tensorWords(result.value, 'Outputs')).toBe(outputs);
        expect(macCount(result.value)).toBe(
          outputs * (spec.inChannels / spec.groups) * spec.kernel[0] * spec.kernel[1],
        );
        expect(result.value.inputSize).toEqual(spec.input);
      }),
    );
  });

  it('names the field that does not fit', () => {
    const base = {
      name: 'l',
      inChannels: 4,
      outChannels: 6,
      input: [5, 9],
      kernel: [3, 3],
      stride: [1, 1],
      dilation: [1, 1],
      padding: 0,
      groups: 1,
      batch: 1,
    } as const;
    expect(convolution({ ...base, groups: 4 })).toMatchObject({ ok: false, field: 'groups' });
    expect(convolution({ ...base, kernel: [6, 3] })).toMatchObject({
      ok: false,
      field: 'kernel',
      message: 'the 6x3 kernel is larger than the padded 5x9 input',
    });
    expect(convolution({ ...base, kernel: [6, 3], padding: [1, 0, 0, 0] })).toMatchObject({ ok: true });
    expect(convolution({ ...base, dilation: [3, 1] })).toMatchObject({
      ok: false,
      message: expect.stringContaining('dilated by 3x1'),
    });
  });

  it('is depthwise, grouped, pointwise or plain', () => {
    const kind = (groups: number, kernel: number) => {
      const result = convolution({
        name: 'l',
        inChannels: 4,
        outChannels: 4,
        input: [8, 8],
        kernel: [kernel, kernel],
        stride: [1, 1],
        dilation: [1, 1],
        padding: 0,
        groups,
        batch: 1,
      });
      return result.ok ? convolutionKind(result.value) : undefined;
    };
    expect([kind(4, 3), kind(2, 3), kind(2, 1), kind(1, 1), kind(1, 3)]).toEqual([
      'depthwise',
      'grouped',
      'grouped',
      'pointwise',
      'conv',
    ]);
  });
});

const size = fc.integer({ min: 1, max: 50 });

describe('linear, matrixProduct, upConvolution', () => {
  it('have the multiply-accumulates and operands of their definition', () => {
    fc.assert(
      fc.property(size, size, size, size, size, (a, b, c, d, batch) => {
        const dense = linear({ name: 'l', inputs: a, outputs: b, tokens: c, batch });
        expect(macCount(dense)).toBe(a * b * c * batch);
        expect([tensorWords(dense, 'Weights'), tensorWords(dense, 'Inputs'), tensorWords(dense, 'Outputs')]).toEqual([
          a * b,
          a * c * batch,
          b * c * batch,
        ]);

        const product = matrixProduct({ name: 'l', rows: a, inner: b, columns: c, heads: d, batch });
        expect(macCount(product)).toBe(a * b * c * d * batch);
        expect([
          tensorWords(product, 'Weights'),
          tensorWords(product, 'Inputs'),
          tensorWords(product, 'Outputs'),
        ]).toEqual([b * c * d * batch, a * b * d * batch, a * c * d * batch]);

        const up = upConvolution({ name: 'l', inChannels: a, outChannels: b, input: [c, d], kernel: [2, 3], batch });
        expect(macCount(up)).toBe(a * b * (2 * c) * (3 * d) * batch);
        expect(tensorWords(up, 'Outputs')).toBe(b * (2 * c) * (3 * d) * batch);
        expect(tensorWords(up, 'Weights')).toBe(a * b * 2 * 3);
      }),
    );
  });
});

describe('problemSpec', () => {
  it('gives back an equal problem', () => {
    fc.assert(
      fc.property(shape, (spec) => {
        const result = convolution(spec);
        if (!result.ok) return;
        const again = makeProblem(problemSpec(result.value));
        expect(again).toEqual(result.value);
        expect(problemKey(again)).toBe(problemKey(result.value));
      }),
    );
  });

  it('leaves out what has its default value', () => {
    expect(problemSpec(makeProblem({ name: 'l', bounds: { K: 3, P: 4, R: 2 } }))).toEqual({
      name: 'l',
      bounds: { K: 3, P: 4, R: 2 },
    });
  });
});

describe('activationWords', () => {
  it('multiplies channels and size', () => {
    expect(activationWords({ channels: 512, size: [7, 7], form: 'map' })).toBe(25_088);
  });
});
