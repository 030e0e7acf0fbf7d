import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArrayDimension, areaMm2 } from '../../../src/accelerator/accelerator.ts';
import { checkBudget, peakPowerMw } from '../../../src/accelerator/budget.ts';
import { buildAccelerator } from '../../../src/accelerator/build.ts';
import { specificationProblems } from '../../../src/accelerator/specification.ts';
import { decodePoint, encodingOf } from '../../../src/optimizers/encoding.ts';
import type { Point, Space } from '../../../src/optimizers/space.ts';
import {
  acceleratorSpace,
  baselinePoint,
  decodePointToDesign,
  type EncodingContext,
  encodeDesign,
} from '../../../src/search/accelerator/accelerator-encoding.ts';
import { parallelAxes, RANKED_DIMS, richestAxis } from '../../../src/search/accelerator/array-wiring.ts';
import { isDesign } from '../../../src/search/accelerator/design-levels.ts';
import type { Design } from '../../../src/search/ports.ts';
import { product } from '../../../src/util/integers.ts';
import { BUDGETS, budgetCase, CONNECTIVITIES, contextOf } from './fixtures.ts';

/** The point behind a vector in [0, 1]^n, as the numeric optimizers see it. */
function pointOf(space: Space, vector: readonly number[]): Point {
  const { coordinates } = encodingOf(space);
  const scaled = coordinates.map((coordinate, i) =>
    coordinate.kind === 'unit'
      ? vector[i]!
      : Math.min(coordinate.levels - 1, Math.floor(vector[i]! * coordinate.levels)),
  );
  return decodePoint(space, { coordinates: scaled, choices: [] });
}

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1_000_000).map((millionth) => millionth / 1_000_000) },
  { weight: 3, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  fc.constantFrom(0, 1),
);
const vector = fc.array(unit, { minLength: 20, maxLength: 20 });

/** Every budget and encoding; the number of dims per axis changes from one to the next. */
const cases = BUDGETS.flatMap((one, b) =>
  CONNECTIVITIES.map((connectivity, c) => ({
    one,
    connectivity,
    dimsPerAxis: connectivity === 'fixed' ? 1 : 1 + ((b + 2 * c) % 6),
    bufferSizes: (b + c) % 2 === 0 ? ('geometric' as const) : ('linear' as const),
  })),
);

describe.each(
  cases.map((entry) => ({
    ...entry,
    name: `${entry.one.name}, ${entry.connectivity}, ${entry.dimsPerAxis} per axis, ${entry.bufferSizes}`,
  })),
)('decodePointToDesign: $name', ({ one, connectivity, dimsPerAxis, bufferSizes }) => {
  const context = contextOf(one, connectivity, dimsPerAxis, bufferSizes);
  const space = acceleratorSpace(context);

  it('accepts only designs within the budget, on the steps and without faults', () => {
    let accepted = 0;
    fc.assert(
      fc.property(vector, (values) => {
        const decoded = decodePointToDesign(pointOf(space, values), context);
        if (decoded.kind === 'rejected') return;
        accepted++;
        const { design, specification, accelerator } = decoded;
        expect(specificationProblems(specification)).toEqual([]);
        expect(checkBudget(buildAccelerator(specification, one.technology), one.budget)).toEqual([]);
        expect(accelerator).toEqual(buildAccelerator(specification, one.technology));
        const sizes = design.axes.map((axis) => axis.size);
        expect(design.processingElements).toBe(product(sizes));
        expect(accelerator.mac.instances).toBe(product(sizes));
        expect(design.processingElements % 8).toBe(0);
        expect(design.l1BytesPerPe % 16).toBe(0);
        expect(design.l2Bytes % 16).toBe(0);
        for (const size of sizes) expect(size % 2).toBe(0);
        const used = design.processingElements * design.l1BytesPerPe + design.l2Bytes;
        expect(used * 8).toBeLessThanOrEqual(one.budget.onChipBits);
      }),
      { numRuns: 150 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it('gives the same answer again', () => {
    fc.assert(
      fc.property(vector, (values) => {
        const point = pointOf(space, values);
        expect(decodePointToDesign(point, context)).toEqual(decodePointToDesign(structuredClone(point), context));
      }),
      { numRuns: 30 },
    );
  });

  it('encodes what it decoded', () => {
    fc.assert(
      fc.property(vector, (values) => {
        const decoded = decodePointToDesign(pointOf(space, values), context);
        if (decoded.kind === 'rejected') return;
        const point = encodeDesign(decoded.design, context);
        expect(point).toBeDefined();
        expect(decodePointToDesign(point!, context)).toEqual(decoded);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a budget that limits area and power', () => {
  it.each(CONNECTIVITIES)('is never exceeded by an accepted design (%s)', (connectivity) => {
    const one = budgetCase('eyeriss');
    const own = buildAccelerator(one.baseline, one.technology);
    let accepted = 0;
    let rejected = 0;
    fc.assert(
      fc.property(
        vector,
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        (values, area, power) => {
          const budget = { ...one.budget, areaMm2: area * areaMm2(own), powerMw: power * peakPowerMw(own) };
          const context = { ...contextOf(one, connectivity, 2), budget };
          const decoded = decodePointToDesign(pointOf(acceleratorSpace(context), values), context);
          if (decoded.kind === 'rejected') {
            if (decoded.reason === 'area' || decoded.reason === 'power') rejected++;
            return;
          }
          accepted++;
          const built = buildAccelerator(decoded.specification, one.technology);
          expect(areaMm2(built)).toBeLessThanOrEqual(budget.areaMm2 * (1 + 1e-9));
          expect(peakPowerMw(built)).toBeLessThanOrEqual(budget.powerMw * (1 + 1e-9));
          expect(checkBudget(built, budget)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(20);
    expect(rejected).toBeGreaterThan(20);
  });
});

describe('acceleratorSpace', () => {
  it('has the sizes of the paper and one importance per ranked dim', () => {
    const context = contextOf(budgetCase('eyeriss'), 'importance');
    const space = acceleratorSpace(context);
    expect(space.map((dimension) => dimension.name)).toEqual(
      'PEs size1 size2 size3 L1 L2 bandwidth dimensions parallel'.split(' '),
    );
    expect(encodingOf(space).coordinates).toHaveLength(14);
  });

  it('searches sizes only when the connectivity is fixed', () => {
    const context = contextOf(budgetCase('eyeriss'), 'fixed');
    expect(acceleratorSpace(context).map((dimension) => dimension.name)).toEqual(
      'PEs size1 size2 L1 L2 bandwidth'.split(' '),
    );
  });

  it.each([
    ['geometric', (share: number, most: number) => 16 * (most / 16) ** share],
    ['linear', (share: number, most: number) => share * most],
  ] as const)('has buffer sizes on a %s scale from a step to all that the budget has', (bufferSizes, bytesAt) => {
    const one = budgetCase('nvdla-256');
    // Its buffer moves blocks of 32 words of a byte.
    const ONE_BLOCK = 32;
    const context = contextOf(one, 'fixed', 1, bufferSizes);
    const space = acceleratorSpace(context);
    const most = one.budget.onChipBits / 8;
    const at = space.findIndex(({ name }) => name === 'L2');
    for (const share of [0, 0.1, 0.25, 0.5, 0.75, 0.9]) {
      const vector = space.map((_, i) => (i === at ? share : 0));
      const decoded = decodePointToDesign(pointOf(space, vector), context);
      expect(decoded.kind).toBe('design');
      if (decoded.kind === 'design')
        expect(Math.abs(decoded.design.l2Bytes - Math.max(ONE_BLOCK, bytesAt(share, most)))).toBeLessThanOrEqual(
          8 + 1e-6,
        );
    }
  });

  it('refuses budgets that allow nothing and templates with nothing on chip', () => {
    const context = contextOf(budgetCase('eyeriss'), 'importance');
    const tiny: EncodingContext = { ...context, budget: { ...context.budget, processingElements: 7 } };
    expect(() => acceleratorSpace(tiny)).toThrow(/too small/);
    const flat: EncodingContext = {
      ...context,
      baseline: { ...context.baseline, levels: context.baseline.levels.slice(0, 1) },
    };
    expect(() => acceleratorSpace(flat)).toThrow(/cannot be the baseline/);
    for (const dimsPerAxis of [0, 1.5, 7])
      expect(() => acceleratorSpace({ ...context, dimsPerAxis })).toThrow(/1 to 6 dims/);
  });
});

describe('connectivity', () => {
  const importances = (values: Partial<Record<(typeof RANKED_DIMS)[number], number>>) =>
    RANKED_DIMS.map((dim) => values[dim] ?? 0);

  it("runs C and K in parallel on a 2-D 16 x 16 array when they are the most important (the paper's example)", () => {
    const context = contextOf(budgetCase('nvdla-256'), 'importance');
    const space = acceleratorSpace(context);
    const coordinates = [
      1,
      1,
      1,
      0.5,
      0,
      0.5,
      1,
      1,
      ...importances({ C: 0.9, K: 0.8, R: 0.5, S: 0.4, P: 0.2, Q: 0.1 }),
    ];
    const decoded = decodePointToDesign(decodePoint(space, { coordinates, choices: [] }), context);
    expect(decoded).toMatchObject({
      kind: 'design',
      design: {
        processingElements: 256,
        axes: [
          { name: 'X', size: 16, parallelDims: ['C', 'G'] },
          { name: 'Y', size: 16, parallelDims: ['K', 'G'] },
        ],
      },
    });
  });

  it('takes the k most important dims in decreasing order, G only beside K and C', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (order, k) => {
          const axes = parallelAxes(order, [2, 4, 6].slice(0, k), 1);
          expect(axes.map((axis) => axis.parallelDims[0])).toEqual(order.slice(0, k).map((i) => RANKED_DIMS[i]));
          for (const { parallelDims } of axes)
            expect(parallelDims.includes('G')).toBe(parallelDims.includes('K') || parallelDims.includes('C'));
        },
      ),
    );
  });

  it('deals the dims to the axes in turn, each at most so many, none twice', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 6 }),
        (order, k, most) => {
          const axes = parallelAxes(order, [2, 4, 6].slice(0, k), most);
          const ranked = axes.map(({ parallelDims }) =>
            parallelDims === 'any' ? [] : parallelDims.filter((d) => d !== 'G'),
          );
          const wired = Math.min(6, k * most);
          expect(ranked.flat()).toHaveLength(wired);
          for (let rank = 0; rank < wired; rank++)
            expect(ranked[rank % k]![Math.floor(rank / k)]).toBe(RANKED_DIMS[order[rank]!]);
          const fewer = parallelAxes(order, [2, 4, 6].slice(0, k), Math.max(1, most - 1));
          fewer.forEach((axis, i) => {
            for (const dim of axis.parallelDims) expect(axes[i]!.parallelDims).toContain(dim);
          });
          for (const { parallelDims } of axes)
            expect(parallelDims.includes('G')).toBe(parallelDims.includes('K') || parallelDims.includes('C'));
        },
      ),
    );
  });

  it('keeps the axes of the baseline when it is fixed', () => {
    const one = budgetCase('eyeriss');
    const context = contextOf(one, 'fixed');
    const decoded = decodePointToDesign(pointOf(acceleratorSpace(context), [1, 0.5, 0.5, 0.2, 0.4, 1]), context);
    const axes = one.baseline.levels[1]!.fanOut.dimensions;
    expect(decoded).toMatchObject({
      kind: 'design',
      design: { axes: axes.map(({ name, parallelDims }) => ({ name, parallelDims })) },
    });
  });
});

describe('encodeDesign', () => {
  it('encodes the Eyeriss preset for sizing', () => {
    const one = budgetCase('eyeriss');
    const context = contextOf(one, 'fixed');
    const design: Design = {
      processingElements: 168,
      l1BytesPerPe: 512,
      l2Bytes: 108 * 1024,
      bufferWordsPerCycle: 13,
      axes: one.baseline.levels[1]!.fanOut.dimensions,
    };
    const decoded = decodePointToDesign(encodeDesign(design, context)!, context);
    expect(decoded).toMatchObject({ kind: 'design', design });
    const { levels } = one.baseline;
    if (decoded.kind === 'design') expect(decoded.specification.levels).toEqual(levels);
  });

  it('has no point for axes that are wired for more ranked dims than allowed, or share one', () => {
    const one = budgetCase('eyeriss');
    const axes = one.baseline.levels[1]!.fanOut.dimensions;
    const design = { processingElements: 168, l1BytesPerPe: 512, l2Bytes: 4096, bufferWordsPerCycle: 13, axes };
    for (const dimsPerAxis of [1, 2, 6])
      expect(encodeDesign(design, contextOf(one, 'importance', dimsPerAxis))).toBeUndefined();
  });
});

describe('richestAxis', () => {
  it('counts the ranked dims of the axis that carries most', () => {
    const counts = Object.fromEntries(BUDGETS.map(({ name, baseline }) => [name, richestAxis(baseline)]));
    expect(counts).toMatchObject({ eyeriss: 4, 'nvdla-256': 1, 'edge-tpu': 1, shidiannao: 1 });
    const { baseline } = budgetCase('nvdla-256');
    const [dram, l2, l1] = baseline.levels;
    const withAxis = (parallelDims: ArrayDimension['parallelDims']) =>
      richestAxis({
        ...baseline,
        levels: [dram!, { ...l2!, fanOut: { ...l2!.fanOut, dimensions: [{ name: 'X', size: 8, parallelDims }] } }, l1!],
      });
    expect(withAxis('any')).toBe(6);
    expect(withAxis(['G', 'N'])).toBe(1);
  });
});

describe('baselinePoint', () => {
  it.each(BUDGETS.filter((one) => isDesign(one.baseline)).map((one) => ({ one, name: one.name })))(
    'is the design of $name itself, the first dims of its axes ranked first',
    ({ one }) => {
      const { levels } = one.baseline;
      for (const [connectivity, dimsPerAxis] of CONNECTIVITIES.flatMap((one) =>
        [1, 2, 3, 6].map((n) => [one, n] as const),
      )) {
        const context = contextOf(one, connectivity, dimsPerAxis);
        const decoded = decodePointToDesign(baselinePoint(context)!, context);
        if (decoded.kind !== 'design') throw new Error(decoded.message);
        const [, l2, l1] = decoded.specification.levels;
        expect([l2!.capacity, l1!.capacity]).toEqual([levels[1]!.capacity, levels[2]!.capacity]);
        expect(l2!.bandwidth).toEqual(levels[1]!.bandwidth);
        decoded.design.axes.forEach((axis, i) => {
          const own = levels[1]!.fanOut.dimensions[i]!;
          expect(axis.size).toBe(own.size);
          expect(own.parallelDims).toContain(axis.parallelDims[0]);
        });
      }
    },
  );

  it('has no point where the axes have no ranked dims to share', () => {
    const one = budgetCase('nvdla-256');
    const [dram, l2, l1] = one.baseline.levels;
    const dimensions = l2!.fanOut.dimensions.map((axis) => ({ ...axis, parallelDims: ['K'] as const }));
    const baseline = { ...one.baseline, levels: [dram!, { ...l2!, fanOut: { ...l2!.fanOut, dimensions } }, l1!] };
    expect(baselinePoint({ ...contextOf(one, 'importance'), baseline })).toBeUndefined();
    expect(baselinePoint({ ...contextOf(one, 'fixed'), baseline })).toBeDefined();
  });
});

describe('rejections', () => {
  it('names the resource: memory, area and power', () => {
    const context = contextOf(budgetCase('eyeriss'), 'fixed');
    const space = acceleratorSpace(context);
    const full = decodePointToDesign(pointOf(space, [1, 0.5, 0.5, 0.9, 0.9, 1]), context);
    expect(full).toMatchObject({ kind: 'rejected', reason: 'on-chip memory' });
    const small = pointOf(space, [1, 0.5, 0.5, 0.1, 0.1, 1]);
    const limited = (limits: object): EncodingContext => ({ ...context, budget: { ...context.budget, ...limits } });
    expect(decodePointToDesign(small, context).kind).toBe('design');
    expect(decodePointToDesign(small, limited({ areaMm2: 0.01 }))).toMatchObject({ kind: 'rejected', reason: 'area' });
    expect(decodePointToDesign(small, limited({ powerMw: 0.01 }))).toMatchObject({ kind: 'rejected', reason: 'power' });
  });
});
