import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../errors.ts';
import { dimsOf, outputsOf } from './models.ts';

const dims = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });

/** By the definition: dims from the back, a missing one is 1, of two that differ one must be 1. */
function together(left: readonly number[], right: readonly number[]): number[] | undefined {
  const result: number[] = [];
  for (let back = 1; back <= Math.max(left.length, right.length); back++) {
    const a = left.at(-back) ?? 1;
    const b = right.at(-back) ?? 1;
    if (a !== b && a !== 1 && b !== 1) return undefined;
    result.unshift(a === 1 ? b : a);
  }
  return result;
}

/** The element of a tensor at coordinates of the result, by the definition. */
function elementAt(values: readonly number[], dims: readonly number[], at: readonly number[]): number {
  let index = 0;
  dims.forEach((dim, axis) => {
    const coordinate = at[at.length - dims.length + axis]!;
    index = index * dim + (dim === 1 ? 0 : coordinate);
  });
  return values[index]!;
}

function coordinates(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (all, dim) => all.flatMap((at) => Array.from({ length: dim }, (_, one) => [...at, one])),
    [[]],
  );
}

const count = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);
const filled = (dims: readonly number[], start: number) =>
  Array.from({ length: count(dims) }, (_, index) => start + index);

describe('broadcasting', () => {
  it('follows its definition', () => {
    fc.assert(
      fc.property(dims, dims, (left, right) => {
        const wanted = together(left, right);
        const node = { op: 'Add', inputs: [left, right] };
        if (wanted === undefined) expect(errorOf(() => dimsOf(node)).message).toContain('shapes that broadcast');
        else expect(dimsOf(node)).toEqual(wanted);
      }),
    );
  });

  it('of known values gives those of the definition', () => {
    fc.assert(
      fc.property(dims, dims, fc.constantFrom('Add', 'Sub', 'Mul', 'Less'), (left, right, op) => {
        const wanted = together(left, right);
        fc.pre(wanted !== undefined);
        const [a, b] = [filled(left, 1), filled(right, 5)];
        const [output] = outputsOf({
          op,
          inputs: [
            { dims: left, ints: a },
            { dims: right, ints: b },
          ],
        });
        const apply = {
          Add: (x: number, y: number) => x + y,
          Sub: (x: number, y: number) => x - y,
          Mul: (x: number, y: number) => x * y,
          Less: (x: number, y: number) => Number(x < y),
        }[op]!;
        const values = coordinates(wanted).map((at) => apply(elementAt(a, left, at), elementAt(b, right, at)));
        expect(output!.values).toEqual(values);
        expect(output!.origin).toBe('constant');
      }),
    );
  });

  it('of Expand and of a matrix product follows it too', () => {
    fc.assert(
      fc.property(
        dims,
        dims,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (left, right, rows, inner, columns) => {
          const wanted = together(left, right);
          fc.pre(wanted !== undefined);
          expect(dimsOf({ op: 'Expand', inputs: [left, { dims: [right.length], ints: right }] })).toEqual(wanted);
          expect(
            dimsOf({
              op: 'MatMul',
              inputs: [
                [...left, rows, inner],
                [...right, inner, columns],
              ],
            }),
          ).toEqual([...wanted!, rows, columns]);
        },
      ),
    );
  });
});

describe('values that move', () => {
  it('are transposed, expanded and concatenated as their definition says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }), fc.nat(), (dims, seed) => {
        const values = filled(dims, 0);
        const perm = [...dims.keys()].sort((a, b) => ((a * 7 + seed) % 5) - ((b * 7 + seed) % 5) || a - b);
        const [transposed] = outputsOf({ op: 'Transpose', inputs: [{ dims, ints: values }], attributes: { perm } });
        const moved = perm.map((axis) => dims[axis]!);
        expect(transposed!.dims).toEqual(moved);
        const from = (at: readonly number[]) => dims.map((_, axis) => at[perm.indexOf(axis)]!);
        expect(transposed!.values).toEqual(coordinates(moved).map((at) => elementAt(values, dims, from(at))));
        const axis = seed % dims.length;
        const [joined] = outputsOf({
          op: 'Concat',
          inputs: [
            { dims, ints: values },
            { dims, ints: values },
          ],
          attributes: { axis },
        });
        const doubled = dims.with(axis, 2 * dims[axis]!);
        const half = (at: readonly number[]) => at.with(axis, at[axis]! % dims[axis]!);
        expect(joined!.values).toEqual(coordinates(doubled).map((at) => elementAt(values, dims, half(at))));
      }),
    );
  });

  it('are sliced as a loop over start, end and step does', () => {
    const number = fc.integer({ min: -8, max: 8 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        number,
        number,
        fc.integer({ min: -3, max: 3 }),
        (size, start, end, step) => {
          fc.pre(step !== 0);
          const values = filled([size], 10);
          const one = (value: number) => ({ dims: [1], ints: [value] });
          const [output] = outputsOf({
            op: 'Slice',
            inputs: [{ dims: [size], ints: values }, one(start), one(end), one(0), one(step)],
          });
          const at = (value: number) => (value < 0 ? value + size : value);
          const wanted: number[] = [];
          if (step > 0)
            for (let index = Math.max(0, at(start)); index < Math.min(size, at(end)); index += step)
              wanted.push(values[index]!);
          else
            for (let index = Math.min(size - 1, Math.max(0, at(start))); index > Math.max(-1, at(end)); index += step)
              if (index >= 0) wanted.push(values[index]!);
          expect(output!.dims).toEqual([wanted.length]);
          expect(output!.values).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });
});
