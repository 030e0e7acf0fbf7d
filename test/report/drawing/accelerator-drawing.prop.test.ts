import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { macUnits, onChipBytes, placedLevels } from '../../../src/accelerator/placed-levels.ts';
import { wiresOf } from '../../../src/accelerator/wiring.ts';
import { drawAccelerator, drawingScale } from '../../../src/report/drawing/accelerator-drawing.ts';
import { wiringText } from '../../../src/report/drawing/wiring-list.ts';
import type { Design } from '../../../src/search/ports.ts';
import { DIMS } from '../../../src/util/vocabulary.ts';
import { specificationOf } from '../../search/synthetic-design.ts';

const axis = (name: string) =>
  fc.record({
    name: fc.constant(name),
    size: fc.integer({ min: 1, max: 40 }),
    parallelDims: fc.oneof(fc.constant('any' as const), fc.subarray([...DIMS], { minLength: 1 })),
  });
const design = fc
  .record({
    axes: fc.oneof(fc.tuple(axis('X')), fc.tuple(axis('X'), axis('Y')), fc.tuple(axis('X'), axis('Y'), axis('Z'))),
    l1BytesPerPe: fc.integer({ min: 1, max: 128 }).map((steps) => 16 * steps),
    l2Bytes: fc.integer({ min: 1, max: 40_000 }).map((steps) => 16 * steps),
  })
  .map(
    (parts): Design => ({
      ...parts,
      bufferWordsPerCycle: 8,
      processingElements: parts.axes.reduce((count, { size }) => count * size, 1),
    }),
  );

/** Area of a path of squares and how many there are. */
function squares(path: string): { count: number; area: number } {
  const sides = [...path.matchAll(/M[-\d.]+ [-\d.]+h([\d.]+)v/g)].map(([, side]) => Number(side));
  return { count: sides.length, area: sides.reduce((sum, side) => sum + side ** 2, 0) };
}

describe('accelerator drawing', () => {
  it('fills areas in proportion to the bytes', () => {
    fc.assert(
      fc.property(design, (candidate) => {
        const specification = specificationOf(candidate, 'any');
        const bytesPerPixel = drawingScale(specification);
        const drawing = drawAccelerator(specification).text;
        const [, width, height] = /class="fill-1"[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(drawing)!;
        const bufferArea = Number(width) * Number(height);
        // Boxes thinner than a pixel are drawn a pixel thick.
        if (Number(width) > 1 && Number(height) > 1)
          expect(Math.abs((bufferArea * bytesPerPixel) / candidate.l2Bytes - 1)).toBeLessThan(0.02);
        const memory = squares(/class="memory" d="([^"]*)"/.exec(drawing)![1]!);
        const sheet = candidate.axes.filter(({ size }) => size > 1).slice(0, 2);
        const shown = sheet.length === 1 ? sheet[0]!.size : sheet.reduce((n, { size }) => n * Math.min(size, 32), 1);
        expect(memory.count).toBe(shown);
        const side = Math.sqrt(memory.area / memory.count);
        if (side > 0.6) {
          const relative = (side ** 2 * bytesPerPixel) / candidate.l1BytesPerPe;
          expect(Math.abs(relative - 1)).toBeLessThan(0.03);
        }
      }),
    );
  });

  it('draws a line per row and column of PEs that share a tensor, in the colour of it', () => {
    fc.assert(
      fc.property(design, (candidate) => {
        const specification = specificationOf(candidate, 'any');
        const drawing = drawAccelerator(specification).text;
        const buffer = specification.levels[1]!;
        const [across, down] = candidate.axes.filter(({ size }) => size > 1);
        const lines = (direction: 'H' | 'V') =>
          [...drawing.matchAll(/class="wire wire-(\w+)" stroke-width="[^"]*" d="([^"]*)"/g)].flatMap(
            ([, tensor, path]) =>
              [...path!.matchAll(/[HV]/g)].flatMap(([letter]) => (letter === direction ? [tensor] : [])),
          );
        const shown = (size: number | undefined) => Math.min(size ?? 1, 32);
        for (const [axis, direction, count] of [
          [across, 'H', down === undefined ? Math.ceil((across?.size ?? 1) / 32) : shown(down.size)],
          [down, 'V', shown(across?.size)],
        ] as const) {
          const tensor = axis === undefined ? undefined : wiresOf(buffer.fanOut, axis)[0]?.tensor;
          expect(lines(direction)).toEqual(tensor === undefined ? [] : Array(count).fill(tensor.toLowerCase()));
          if (tensor !== undefined)
            expect(drawing).toContain(
              `${tensor} are ${tensor === 'Outputs' ? 'summed' : 'broadcast'} along ${axis!.name}`,
            );
        }
      }),
    );
  });

  it('names every level, every axis and the parallel dims', () => {
    fc.assert(
      fc.property(design, (candidate) => {
        const drawing = drawAccelerator(specificationOf(candidate, 'any')).text;
        for (const name of ['DRAM', 'GlobalBuffer', 'RegisterFile']) expect(drawing).toContain(name);
        for (const { name, size, parallelDims } of candidate.axes)
          if (size > 1)
            expect(drawing).toContain(
              `${name}: ${size} \u00d7 parallel ${parallelDims === 'any' ? 'any dim' : parallelDims.join(', ')}`,
            );
      }),
    );
  });

  it('folds a single long axis into rows that hold all its PEs, or says how many it shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 33, max: 1200 }), fc.constantFrom('K' as const, 'C' as const), (size, dim) => {
        const axes = [{ name: 'Y', size, parallelDims: [dim] }];
        const candidate = { axes, processingElements: size, l1BytesPerPe: 64, l2Bytes: 4096, bufferWordsPerCycle: 8 };
        const drawing = drawAccelerator(specificationOf(candidate, 'long')).text;
        const pes = [...(/class="pe" d="([^"]*)"/.exec(drawing)?.[1] ?? '').matchAll(/M([\d.]+) ([\d.]+)h/g)];
        const rows = new Map<string, number>();
        for (const [, , y] of pes) rows.set(y!, (rows.get(y!) ?? 0) + 1);
        const lengths = [...rows.values()];
        expect(pes).toHaveLength(Math.min(size, 32 * 24));
        expect(Math.max(...lengths)).toBeLessThanOrEqual(32);
        expect(new Set(lengths.slice(0, -1)).size).toBe(1);
        expect(drawing).toContain(
          size <= 32 * 24 ? `parallel ${dim} (folded into ${rows.size} rows)` : `parallel ${dim} (folded, 768 drawn)`,
        );
        const [, wire] = /class="wire [^"]*" stroke-width="[^"]*" d="([^"]*H[^"]*H[^"]*)"/.exec(drawing)!;
        expect(wire!.match(/H/g)).toHaveLength(rows.size);
        const [, head] = /class="head-\w+" d="([^"]*)"/.exec(drawing)!;
        const headY = Number(/^M[\d.]+ ([\d.]+)v/.exec(head!)![1]);
        const [firstY, lastY] = [Number([...rows.keys()][0]), Number([...rows.keys()].at(-1))];
        expect(Math.abs(headY - (dim === 'K' ? firstY : lastY))).toBeLessThan(11);
      }),
    );
  });

  it('stays inside its frame', () => {
    fc.assert(
      fc.property(design, (candidate) => {
        const drawing = drawAccelerator(specificationOf(candidate, 'any')).text;
        const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(drawing)!;
        for (const [, x, y, w, h] of drawing.matchAll(
          /<rect[^>]* x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
        )) {
          expect(Math.min(Number(x), Number(y))).toBeGreaterThanOrEqual(0);
          expect(Number(x) + Number(w)).toBeLessThanOrEqual(Number(width));
          expect(Number(y) + Number(h)).toBeLessThanOrEqual(Number(height));
        }
      }),
    );
  });

  it('says how many of a memory are in each PE', () => {
    const design: Design = {
      processingElements: 24,
      l1BytesPerPe: 64,
      l2Bytes: 1024,
      bufferWordsPerCycle: 8,
      axes: [{ name: 'X', size: 12, parallelDims: ['K'] }],
    };
    const specification = specificationOf(design, 'pairs');
    const [dram, buffer, inner] = specification.levels;
    const pair = {
      dimensions: [{ name: 'Y', size: 2, parallelDims: ['C' as const] }],
      multicast: inner!.fanOut.multicast,
    };
    const local = { ...inner!, name: 'Local', fanOut: pair };
    const drawing = drawAccelerator({ ...specification, levels: [dram!, buffer!, local, inner!] }).text;
    expect(drawing).toContain('in each PE: Local 64 B \u2192 Y: 2 \u00d7 parallel C');
    expect(drawing).toContain('in each PE: 2 \u00d7 RegisterFile 64 B');
  });

  it('counts what the specification says', () => {
    const candidate: Design = {
      processingElements: 12,
      l1BytesPerPe: 64,
      l2Bytes: 1024,
      bufferWordsPerCycle: 8,
      axes: [
        { name: 'X', size: 4, parallelDims: ['K', 'G'] },
        { name: 'Y', size: 3, parallelDims: ['C', 'R', 'P'] },
      ],
    };
    const specification = specificationOf(candidate, 'small');
    expect(macUnits(specification)).toBe(12);
    expect(onChipBytes(specification)).toBe(1024 + 12 * 64);
    expect(placedLevels(specification).map(({ instances, bytesPerCycle }) => [instances, bytesPerCycle])).toEqual([
      [1, 2.4],
      [1, 16],
      [12, Infinity],
    ]);
    const [, buffer] = specification.levels;
    expect(wiringText(buffer!, candidate.axes[0]!)).toBe('K: Inputs broadcast; G: nothing shared');
    expect(wiringText(buffer!, candidate.axes[1]!)).toBe('C, R: Outputs summed; P: Weights broadcast');
  });
});
