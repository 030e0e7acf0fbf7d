import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../errors.ts';
import { dimsOf } from './models.ts';

const axis = fc.record({
  size: fc.integer({ min: 1, max: 14 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  begin: fc.integer({ min: 0, max: 4 }),
  end: fc.integer({ min: 0, max: 4 }),
});
type Axis = typeof axis extends fc.Arbitrary<infer One> ? One : never;

/** Starts of the window whose last tap still lies in the padded input. */
function positions({ size, kernel, stride, dilation, begin, end }: Axis): number {
  let count = 0;
  for (let start = -begin; start + (kernel - 1) * dilation < size + end; start += stride) count++;
  return count;
}

/** With a last window that hangs over, when it starts in the input or the padding in front. */
function ceilPositions(one: Axis): number {
  const { size, kernel, stride, dilation, begin, end } = one;
  let count = positions(one);
  const reached = -begin + (count - 1) * stride + (kernel - 1) * dilation;
  const next = -begin + count * stride;
  if (reached < size + end - 1 && next < size) count++;
  return count;
}

const attributesOf = (axes: readonly Axis[]) => ({
  kernel_shape: axes.map(({ kernel }) => kernel),
  strides: axes.map(({ stride }) => stride),
  dilations: axes.map(({ dilation }) => dilation),
  pads: [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)],
});

const axes = fc.array(axis, { minLength: 1, maxLength: 3 });

describe('a convolution', () => {
  it('has as many outputs as its window has positions, in any rank and with groups', () => {
    fc.assert(
      fc.property(axes, fc.constantFrom(1, 2, 4), fc.constantFrom('Conv', 'ConvInteger'), (axes, group, op) => {
        const wanted = axes.map(positions);
        const node = {
          op,
          inputs: [
            [2, 4, ...axes.map(({ size }) => size)],
            [8, 4 / group, ...axes.map(({ kernel }) => kernel)],
          ],
          attributes: { ...attributesOf(axes), group },
        };
        if (wanted.includes(0)) expect(errorOf(() => dimsOf(node)).message).toContain('does not fit');
        else expect(dimsOf(node)).toEqual([2, 8, ...wanted]);
      }),
    );
  });

  it('that is transposed gives the smallest input of the convolution it reverses', () => {
    fc.assert(
      fc.property(axes, (axes) => {
        const node = {
          op: 'ConvTranspose',
          inputs: [
            [1, 3, ...axes.map(({ size }) => size)],
            [3, 5, ...axes.map(({ kernel }) => kernel)],
          ],
          attributes: attributesOf(axes),
        };
        const wanted = axes.map((one) => {
          for (let size = 1; size < 100; size++) if (positions({ ...one, size }) === one.size) return size;
          return 0;
        });
        // Without input there is nothing to give: padding alone makes as many positions.
        const isEmpty = axes.some(
          ({ size, stride, kernel, dilation, begin, end }) =>
            (size - 1) * stride + (kernel - 1) * dilation + 1 - begin - end < 1,
        );
        if (isEmpty) expect(errorOf(() => dimsOf(node)).message).toContain('at least 1');
        else expect(dimsOf(node)).toEqual([1, 5, ...wanted]);
      }),
    );
  });

  it('with SAME padding has one output per stride, all of the input in it, and no more padding than that takes', () => {
    fc.assert(
      fc.property(axis, fc.constantFrom('SAME_UPPER', 'SAME_LOWER'), ({ size, kernel, stride, dilation }, auto_pad) => {
        const attributes = { kernel_shape: [kernel], strides: [stride], dilations: [dilation], auto_pad };
        const dims = dimsOf({
          op: 'Conv',
          inputs: [
            [1, 1, size],
            [1, 1, kernel],
          ],
          attributes,
        });
        let wanted = 0;
        for (let start = 0; start < size; start += stride) wanted++;
        expect(dims).toEqual([1, 1, wanted]);
      }),
    );
  });
});

describe('a pooling', () => {
  it.each(['MaxPool', 'AveragePool', 'LpPool'])('%s has as many outputs as its window has positions', (op) => {
    fc.assert(
      fc.property(axes, fc.boolean(), (drawn, isCeil) => {
        // No window lies in the padding alone, as runtimes want it.
        const axes = drawn.map((one) => ({ ...one, end: Math.min(one.end, (one.kernel - 1) * one.dilation) }));
        const wanted = axes.map(isCeil ? ceilPositions : positions);
        const node = {
          op,
          inputs: [[2, 4, ...axes.map(({ size }) => size)]],
          attributes: { ...attributesOf(axes), ceil_mode: Number(isCeil) },
        };
        if (axes.map(positions).includes(0)) expect(errorOf(() => dimsOf(node)).message).toContain('does not fit');
        else expect(dimsOf(node)).toEqual([2, 4, ...wanted]);
      }),
    );
  });
});
