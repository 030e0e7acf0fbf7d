import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator, StorageLevel } from '../../../../src/accelerator/accelerator.ts';
import { hopsPerWord } from '../../../../src/cost/reference/wire-hops.ts';
import { UNCONSTRAINED } from '../../../../src/mapping/constraints.ts';
import type { SpatialLoop } from '../../../../src/mapping/mapping.ts';
import { spatialChoices } from '../../../../src/search/mapping/space/spatial-choices.ts';
import { divisors, product } from '../../../../src/util/integers.ts';
import { DIMS, type Dim, perTensor, TENSORS } from '../../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../../src/workload/problem.ts';
import { smallCase } from '../random-mapspace.ts';

const AXES = ['X', 'Y', 'Z'] as const;
const LOOPED = ['K', 'C', 'P'] as const;

/** An accelerator whose last level has an array with wires. */
function wired(sizes: readonly number[], parallel: readonly (readonly Dim[])[], multicast: boolean): Accelerator {
  const { accelerator } = smallCase(1, {
    levels: [2],
    dims: ['K'],
    bounds: [2],
    mostMacs: 4,
    padding: false,
    mostChildren: 2,
  });
  const fanOut: StorageLevel['fanOut'] = {
    dimensions: sizes.map((size, a) => ({ name: AXES[a]!, size, parallelDims: parallel[a]! })),
    multicast: perTensor(() => multicast),
    hopEnergyPj: 0,
    wires: { geometry: 'line', hopMm: 1, pjPerBitHop: 1, areaMm2: 0 },
  };
  const levels = accelerator.levels.map(
    (level): StorageLevel => ({ ...level, fanOut: { ...level.fanOut, dimensions: [] } }),
  );
  return { ...accelerator, levels: levels.with(-1, { ...levels.at(-1)!, fanOut }) };
}

/** All ways to run dims in parallel on the axes, each bound a divisor of what is left. */
function assignments(
  bounds: Readonly<Partial<Record<Dim, number>>>,
  sizes: readonly number[],
  parallel: readonly (readonly Dim[])[],
): SpatialLoop[][] {
  let all: SpatialLoop[][] = [[]];
  sizes.forEach((size, a) => {
    for (const dim of parallel[a]!)
      all = all.flatMap((loops) => {
        const left = (bounds[dim] ?? 1) / product(loops.filter((one) => one.dim === dim).map(({ bound }) => bound));
        const used = product(loops.filter(({ array }) => array === AXES[a]).map(({ bound }) => bound));
        return divisors(left)
          .filter((bound) => used * bound <= size)
          .map((bound) => (bound === 1 ? loops : [...loops, { dim, bound, array: AXES[a]! }]));
      });
  });
  return all;
}

const dims = fc.subarray([...LOOPED], { minLength: 1 });

describe('spatial choices on arrays with wires', () => {
  it('state their hops, and for every way to place loops on axes hold one with the same bounds and no more hops', () => {
    let several = 0;
    fc.assert(
      fc.property(
        fc.record({ K: fc.constantFrom(2, 4), C: fc.constantFrom(1, 2, 4), P: fc.constantFrom(1, 2, 3) }),
        fc
          .array(fc.tuple(fc.integer({ min: 1, max: 6 }), dims), { minLength: 1, maxLength: 3 })
          .map((axes) => ({ sizes: axes.map(([size]) => size), parallel: axes.map(([, own]) => own) })),
        fc.boolean(),
        (bounds, { sizes, parallel }, multicast) => {
          const accelerator = wired(sizes, parallel, multicast);
          const last = accelerator.levels.length - 1;
          const inputSize = [bounds.P, 1] as const;
          const problem = makeProblem({
            name: 'p',
            bounds,
            stride: [1, 1],
            dilation: [1, 1],
            paddingBefore: [0, 0],
            inputSize,
          });
          const { fanOut } = accelerator.levels[last]!;
          const hopsOf = (spatial: readonly SpatialLoop[]) =>
            TENSORS.map((tensor) =>
              hopsPerWord(problem, fanOut, { temporal: [], spatial, keep: [], noMulticast: [] }, tensor),
            );
          const boundsOf = (spatial: readonly SpatialLoop[]) =>
            DIMS.map((dim) => product(spatial.filter((one) => one.dim === dim).map(({ bound }) => bound))).join();
          const choices = spatialChoices(accelerator, problem.bounds, 'perfect', UNCONSTRAINED).map(
            ({ loops, hops }) => {
              expect([...hops.subarray(last * TENSORS.length)]).toEqual(hopsOf(loops[last]!));
              return { key: boundsOf(loops[last]!), hops: hopsOf(loops[last]!) };
            },
          );
          if (new Set(choices.map(({ key }) => key)).size < choices.length) several++;
          for (const placed of assignments(bounds, sizes, parallel)) {
            const wanted = hopsOf(placed);
            expect(
              choices.some(
                ({ key, hops }) => key === boundsOf(placed) && hops.every((value, t) => value <= wanted[t]!),
              ),
            ).toBe(true);
          }
        },
      ),
      { numRuns: 120 },
    );
    expect(several).toBeGreaterThan(0);
  });
});
