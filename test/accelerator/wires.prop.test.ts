import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageHops, fanOutWires } from '../../src/accelerator/wires.ts';

const WIRE = { pjPerBitMm: 0.12, pitchMm: 1e-4, multiplexerMm2: 2e-6 };

/** Children along one axis: in use, of them those that share a word, and all. */
interface Axis {
  readonly size: number;
  readonly used: number;
  readonly shared: number;
}

const axis: fc.Arbitrary<Axis> = fc
  .record({ shared: fc.integer({ min: 1, max: 3 }), apart: fc.integer({ min: 1, max: 3 }), more: fc.nat({ max: 2 }) })
  .map(({ shared, apart, more }) => ({ size: shared * apart + more, used: shared * apart, shared }));

/** Links of a word to each group of children that share it, listed hop by hop for one order of the axes; the mean over the groups. */
function countedLinks(axes: readonly Axis[], order: readonly number[]): number {
  let children: number[][] = [[]];
  for (const { used } of axes)
    children = children.flatMap((at) => Array.from({ length: used }, (_, place) => [...at, place]));
  const links = new Map<string, Set<string>>();
  for (const child of children) {
    const group = axes.map(({ shared }, a) => Math.floor(child[a]! / shared)).join();
    const taken = links.get(group) ?? new Set<string>();
    links.set(group, taken);
    let from = '';
    for (const a of order) {
      if (axes[a]!.size === 1) continue;
      for (let place = 0; place <= child[a]!; place++) taken.add(`${from} ${a}:${place}`);
      from += ` ${a}=${child[a]}`;
    }
  }
  return [...links.values()].reduce((sum, taken) => sum + taken.size, 0) / links.size;
}

function orders(count: number): number[][] {
  if (count === 0) return [[]];
  return orders(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, place) => order.toSpliced(place, 0, count - 1)),
  );
}

/** Length of the H-tree's links to the children from..to-1 of 4^depth, numbered quarter by quarter; the side of a child is 1. */
function treeLinks(depth: number, from: number, to: number): number {
  const side = 2 ** depth;
  const links = new Map<string, number>([['trunk', side / 2]]);
  for (let child = from; child < to; child++) {
    let square = '';
    for (let d = depth - 1; d >= 0; d--) {
      const quarter = Math.floor(child / 4 ** d) % 4;
      links.set(`${square} half ${quarter >> 1}`, 2 ** (d + 1) / 4);
      square += ` ${quarter}`;
      links.set(square, 2 ** (d + 1) / 4);
    }
  }
  return [...links.values()].reduce((sum, length) => sum + length, 0);
}

const hops = (geometry: 'line' | 'tree', axes: readonly Axis[]) =>
  averageHops(
    geometry,
    axes.map(({ size }) => size),
    axes.map(({ used }) => used),
    axes.map(({ shared }) => shared),
  );

describe('hops of a word', () => {
  it('on lines are the links to all its children, on average, in the best order of the axes', () => {
    fc.assert(
      fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), (axes) => {
        const counted = Math.min(...orders(axes.length).map((order) => countedLinks(axes, order)));
        expect(hops('line', axes)).toBeCloseTo(counted, 9);
      }),
    );
  });

  it('in a tree are the links of an H-tree to all its children', () => {
    for (const depth of [0, 1, 2, 3])
      for (let shared = 1; shared <= 4 ** depth; shared *= 4) {
        const children = 4 ** depth;
        const all = Array.from({ length: children / shared }, (_, i) => treeLinks(depth, i * shared, (i + 1) * shared));
        const mean = all.reduce((sum, length) => sum + length, 0) / all.length;
        expect(hops('tree', [{ size: children, used: children, shared }])).toBeCloseTo(mean, 9);
      }
  });

  it('are never fewer with more children in use or more of them sharing, but sharing takes fewer than a word for each', () => {
    fc.assert(
      fc.property(fc.constantFrom('line', 'tree'), axis, axis, (geometry, one, other) => {
        const now = hops(geometry, [one, other]);
        const wider = { ...one, size: one.size * 2, used: one.used * 2 };
        expect(hops(geometry, [wider, other])).toBeGreaterThan(now);
        expect(hops(geometry, [{ ...wider, shared: one.shared * 2 }, other])).toBeGreaterThan(now);
        const alone = hops(geometry, [one, { ...other, shared: 1 }]);
        expect(now).toBeLessThanOrEqual(other.shared * alone + 1e-9);
      }),
    );
  });
});

describe('links of a fan-out', () => {
  const any = (size: number) => ({ name: 'X', size, parallelDims: 'any' as const });
  const serving = (count: number) => [
    { name: 'X', size: 4, parallelDims: (['K', 'C', 'P'] as const).slice(0, count) },
    { name: 'Y', size: 1, parallelDims: 'any' as const },
  ];

  it('are as long as a child is wide, or as its links are', () => {
    const wide = fanOutWires('line', serving(1), 0.04, 40, undefined, WIRE);
    expect(wide.hopMm).toBeCloseTo(0.2, 12);
    expect(wide.pjPerBitHop).toBeCloseTo(0.024, 12);
    expect(wide.areaMm2).toBeCloseTo(4 * 0.2 * 40 * 1e-4, 12);
    expect(fanOutWires('line', serving(1), 0, 40, undefined, WIRE).hopMm).toBeCloseTo(0.004, 12);
  });

  it('take a multiplexer per child, bit and further dim of an axis, which makes children wider', () => {
    for (const [dims, extra] of [
      [1, 0],
      [2, 1],
      [3, 2],
    ] as const) {
      const { hopMm, areaMm2 } = fanOutWires('line', serving(dims), 0.01, 40, undefined, WIRE);
      expect(hopMm ** 2).toBeCloseTo(0.01 + extra * 40 * 2e-6, 12);
      expect(areaMm2).toBeCloseTo(4 * hopMm * 40 * 1e-4 + 4 * extra * 40 * 2e-6, 12);
    }
    expect(fanOutWires('line', [any(4)], 0.01, 40, undefined, WIRE).hopMm ** 2).toBeCloseTo(0.01 + 7 * 8e-5, 12);
  });

  it('cost what is stated per hop, and have no length where the technology knows none', () => {
    expect(fanOutWires('tree', [any(4)], 0.01, 40, 0.5, WIRE).pjPerBitHop).toBe(0.5);
    const unknown = { geometry: 'line', hopMm: 0, pjPerBitHop: 0.5, areaMm2: 0 };
    expect(fanOutWires('line', [any(4)], 0.01, 40, 0.5, null)).toEqual(unknown);
  });
});
