import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArrayDimension } from '../../../src/accelerator/accelerator.ts';
import { drawArray } from '../../../src/tui/drawing/array-drawing.ts';
import { Canvas } from '../../../src/tui/drawing/canvas.ts';
import { wireTexts } from '../../../src/tui/drawing/wire-texts.ts';
import { DIMS } from '../../../src/util/vocabulary.ts';

const MULTICAST = { Weights: true, Inputs: true, Outputs: true };

const axisSizes = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 0, maxLength: 3 });
const axes = axisSizes.chain((sizes) =>
  fc.tuple(
    ...sizes.map((size, i) =>
      fc.record({
        name: fc.constant(['X', 'Y', 'Z'][i]!),
        size: fc.constant(size),
        parallelDims: fc.oneof(fc.constant('any' as const), fc.subarray([...DIMS])),
      }),
    ),
  ),
) as fc.Arbitrary<ArrayDimension[]>;

function drawn(array: readonly ArrayDimension[], width: number, height: number): { lines: string[]; rows: number } {
  const canvas = Canvas.create(width, height);
  const rows = drawArray(canvas, { dimensions: array, multicast: MULTICAST });
  return { lines: canvas.lines().map((line) => line.map(({ text }) => text).join('')), rows };
}

const axis = (name: string, size: number, ...parallelDims: (typeof DIMS)[number][]): ArrayDimension => ({
  name,
  size,
  parallelDims,
});
const count = (lines: readonly string[], pattern: RegExp) => [...lines.join('\n').matchAll(pattern)].length;

describe('array drawing', () => {
  it('keeps its size for any array and tells how many rows it took', () => {
    fc.assert(
      fc.property(axes, fc.nat(120), fc.nat(60), (array, width, height) => {
        const { lines, rows } = drawn(array, width, height);
        expect(lines).toHaveLength(height);
        for (const line of lines) expect(line).toHaveLength(width);
        expect(rows).toBeLessThanOrEqual(Math.max(0, height));
        for (const line of lines.slice(Math.max(0, rows))) expect(line.trim()).toBe('');
      }),
    );
  });

  it('draws one PE per column and row where they fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 }), (columns, rows) => {
        const { lines } = drawn([axis('X', columns, 'K'), axis('Y', rows, 'C')], 13 + 2 * columns, 3 + rows);
        expect(count(lines, /■|│PE│|┌─┐/g)).toBe(columns * rows);
      }),
    );
  });

  it('draws every PE or says how many it draws', () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: 40, max: 120 }), fc.integer({ min: 8, max: 40 }), (array, width, height) => {
        const { lines, rows } = drawn(array, width, height);
        const sheet = array.slice(0, 2).reduce((product, { size }) => product * size, 1);
        const [, columns, down] = /\((\d+)×(\d+) drawn\)/.exec(lines[0]!) ?? [];
        expect(rows).toBeGreaterThan(0);
        expect(count(lines, /■|│PE│|┌─┐/g)).toBe(columns === undefined ? sheet : Number(columns) * Number(down));
        if (columns !== undefined) expect(Number(columns) * Number(down)).toBeLessThan(sheet);
      }),
      { numRuns: 300 },
    );
  });

  it('folds a single row or column that is too long, with all PEs and one way in or out', () => {
    const single = fc.tuple(
      fc.integer({ min: 80, max: 240 }),
      fc.constantFrom('K' as const, 'C' as const, 'G' as const),
      fc.boolean(),
    );
    fc.assert(
      fc.property(single, ([size, dim, isColumn]) => {
        const array = isColumn ? [axis('X', 1, 'N'), axis('Y', size, dim)] : [axis('X', size, dim), axis('Y', 1, 'N')];
        const { lines } = drawn(array, 60, 30);
        const [, folded] = new RegExp(`${isColumn ? 'Y' : 'X'} = ${size} in (\\d+) lines`).exec(lines[0]!)!;
        const full = lines.filter((line) => line.includes('■'));
        expect(full).toHaveLength(Number(folded));
        expect(count(lines, /■/g)).toBe(size);
        expect(count(lines, /►/g)).toBe(dim === 'G' ? 0 : 1);
        expect(count(lines, /┄/g)).toBe(dim === 'G' ? 0 : 2 * (full.length - 1));
        if (dim !== 'G') expect((dim === 'K' ? full[0] : full.at(-1))!.trim()).toMatch(dim === 'K' ? /^►/ : /►$/);
      }),
    );
  });

  it('leaves a row that fits on one line', () => {
    const { lines } = drawn([axis('X', 20, 'K')], 60, 14);
    expect(lines[0]).toContain('X = 20  ∥ K');
    expect(lines.filter((line) => line.includes('■'))).toHaveLength(1);
  });

  it('shows the middle cut out of an array that does not fit, with its ends', () => {
    const { lines } = drawn([axis('X', 200, 'K'), axis('Y', 2, 'C')], 80, 12);
    expect(count(lines, /⋯/g)).toBe(2);
    expect(lines[0]).toMatch(/X = 200 \(\d+×2 drawn\)/);
  });

  it('lets broadcast words enter and reduced partial sums leave', () => {
    const broadcast = drawn([axis('X', 4, 'K'), axis('Y', 3, 'P')], 60, 8).lines;
    expect(count(broadcast, /►/g)).toBe(3);
    expect(broadcast.findIndex((line) => line.includes('▼'))).toBeLessThan(
      broadcast.findIndex((line) => line.includes('■')),
    );
    const reduced = drawn([axis('X', 4, 'C'), axis('Y', 3, 'R')], 60, 8).lines;
    expect(reduced.find((line) => line.includes('►'))).toMatch(/■.*►/);
    expect(reduced.findIndex((line) => line.includes('▼'))).toBeGreaterThan(
      reduced.findLastIndex((line) => line.includes('■')),
    );
    const apart = drawn([axis('X', 4, 'G'), axis('Y', 3, 'G')], 60, 8).lines;
    expect(count(apart, /[►▼─│]/g)).toBe(0);
  });

  it('names the planes of a third axis', () => {
    const { lines } = drawn([axis('X', 4, 'K'), axis('Y', 8, 'C'), axis('Z', 5, 'P')], 60, 16);
    expect(lines.join('\n')).toMatch(/Z = 5 {2}∥ P {2}behind/);
  });
});

describe('wires in words', () => {
  const array = [axis('X', 14, 'K', 'G'), axis('Y', 12, 'C', 'R')];

  it('name the tensor, what happens to it and the dims', () => {
    expect(wireTexts({ dimensions: array, multicast: MULTICAST }, 80).map(({ text }) => text)).toEqual([
      'Inputs broadcast along X (K)',
      'Outputs reduced along Y (C, R)',
    ]);
  });

  it('are all shorter where one has no room, with the same dims', () => {
    const wide = [axis('X', 14, 'C', 'R', 'S', 'Q', 'P'), axis('Y', 12, 'K')];
    expect(wireTexts({ dimensions: wide, multicast: MULTICAST }, 31).map(({ text }) => text)).toEqual([
      'Outputs reduced X (CRS)',
      'Weights broadcast X (QP)',
      'Inputs broadcast Y (K)',
    ]);
  });

  it('leave out what the array cannot do', () => {
    const multicast = { ...MULTICAST, Outputs: false };
    expect(wireTexts({ dimensions: array, multicast }, 80).map(({ text }) => text)).toEqual([
      'Inputs broadcast along X (K)',
    ]);
    const canvas = Canvas.create(60, 8);
    drawArray(canvas, { dimensions: [axis('X', 4, 'C')], multicast });
    const lines = canvas.lines().map((line) => line.map(({ text }) => text).join(''));
    expect(count(lines, /[►→]/g)).toBe(0);
  });
});
