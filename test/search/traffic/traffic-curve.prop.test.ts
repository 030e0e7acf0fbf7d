import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import { stepMapping } from '../../../src/search/traffic/step-mapping.ts';
import {
  type Counted,
  type CurveOptions,
  crossingBits,
  crossingWords,
  trafficCurve,
} from '../../../src/search/traffic/traffic-curve.ts';
import { Random } from '../../../src/util/random.ts';
import { TENSORS } from '../../../src/util/vocabulary.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import { makeProblem, tensorWords } from '../../../src/workload/problem.ts';
import { sampleLayer } from '../../cost/arbitraries.ts';
import { borderIn, corners, crossing, heldBits, type TwoLevels, twoLevels, visitMappings } from './brute-force.ts';

const RUNS = Number(process.env.CURVE_RUNS ?? 40);

const levels: fc.Arbitrary<TwoLevels> = fc.record({
  outerBits: fc.constantFrom({}, { Outputs: 4 }, { Weights: 5, Inputs: 7 }),
  bufferBits: fc.constantFrom({}, { Outputs: 24 }, { Inputs: 3 }),
  doubleBuffered: fc.boolean(),
  isBox: fc.boolean(),
});
const cases = (maxMacs: number) =>
  fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    padding: fc.boolean(),
    maxMacs: fc.constant(maxMacs),
    factors: fc.constantFrom('perfect' as const, 'imperfect' as const),
    counted: fc.constantFrom<Counted>('words', 'bits'),
    levels,
  });
const layerOf = ({ seed, padding, maxMacs }: { seed: number; padding: boolean; maxMacs: number }) =>
  sampleLayer(Random.fromSeed(seed), { imperfect: true, padding, maxMacs });

/** The stairs of all mappings. */
function leastByBruteForce(
  layer: LayerShape,
  accelerator: Accelerator,
  factors: CurveOptions['factors'],
  counted: Counted,
): [number, number][] {
  const least = new Map<number, number>();
  visitMappings(layer, factors, (mapping) => {
    const moved = crossing(layer, accelerator, mapping)![counted];
    const bits = heldBits(layer, accelerator, mapping);
    least.set(bits, Math.min(moved, least.get(bits) ?? Number.POSITIVE_INFINITY));
  });
  const stairs: [number, number][] = [];
  for (const [bits, moved] of [...least].sort((a, b) => a[0] - b[0]))
    if (moved < (stairs.at(-1)?.[1] ?? Number.POSITIVE_INFINITY)) stairs.push([bits, moved]);
  return stairs;
}

describe('the curve of a layer', () => {
  it('is the least that any mapping moves, at any room', () => {
    fc.assert(
      fc.property(cases(40), ({ factors, counted, levels: asked, ...sampled }) => {
        const layer = layerOf(sampled);
        const accelerator = twoLevels(asked);
        const expected = leastByBruteForce(layer, accelerator, factors, counted);
        expect(corners(trafficCurve(layer, borderIn(layer, accelerator), { factors, counted })!.steps)).toEqual(
          expected,
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('knows tiles with slack, which padding and gaps may favour', () => {
    const accelerator = twoLevels({ outerBits: {}, bufferBits: {}, doubleBuffered: false, isBox: false });
    for (const [padding, dilation, input, C] of [
      [3, 1, 1, 2],
      [1, 2, 7, 1],
    ] as const) {
      const problem = makeProblem({
        ...{ name: 'slack', bounds: { P: 5, R: 3, C }, dilation: [dilation, 1] },
        ...{ paddingBefore: [padding, 0], inputSize: [input, 1] },
      });
      const layer = { problem, wordBits: { Weights: 8, Inputs: 8, Outputs: 8 } };
      const { steps } = trafficCurve(layer, borderIn(layer, accelerator), { factors: 'imperfect', counted: 'words' })!;
      expect(corners(steps)).toEqual(leastByBruteForce(layer, accelerator, 'imperfect', 'words'));
    }
  });

  it('has at each stair a mapping that moves what it says in the room that it says', () => {
    fc.assert(
      fc.property(cases(3000), ({ factors, counted, levels: asked, ...sampled }) => {
        const layer = layerOf(sampled);
        const accelerator = twoLevels(asked);
        const border = borderIn(layer, accelerator);
        for (const step of trafficCurve(layer, border, { factors, counted })!.steps) {
          const mapping = stepMapping(step);
          const fitting = twoLevels(asked, step.heldBits);
          expect(heldBits(layer, accelerator, mapping)).toBe(step.heldBits);
          expect(crossing(layer, fitting, mapping)).toEqual({
            words: crossingWords(step.words),
            bits: crossingBits(step.words, border.outerBits),
          });
          expect(crossing(layer, twoLevels(asked, step.heldBits - 1), mapping)).toBeNull();
          expect(step.value).toBe(crossing(layer, fitting, mapping)![counted]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('falls from stair to stair down to every word once', () => {
    fc.assert(
      fc.property(cases(3000), ({ factors, levels: asked, ...sampled }) => {
        const layer = layerOf(sampled);
        const border = borderIn(layer, twoLevels({ ...asked, isBox: false }));
        const { steps } = trafficCurve(layer, border, { factors, counted: 'words' })!;
        const compulsory = TENSORS.reduce((sum, tensor) => sum + tensorWords(layer.problem, tensor), 0);
        for (const [i, step] of steps.slice(1).entries()) {
          expect(step.heldBits).toBeGreaterThan(steps[i]!.heldBits);
          expect(step.value).toBeLessThan(steps[i]!.value);
        }
        expect(steps.at(-1)!.value).toBe(compulsory);
      }),
      { numRuns: RUNS },
    );
  });

  it('is nowhere higher with imperfect factors than with perfect ones', () => {
    fc.assert(
      fc.property(cases(3000), ({ counted, levels: asked, ...sampled }) => {
        const layer = layerOf(sampled);
        const border = borderIn(layer, twoLevels(asked));
        const curve = (factors: CurveOptions['factors']) => trafficCurve(layer, border, { factors, counted })!.steps;
        const imperfect = curve('imperfect');
        for (const { heldBits: bits, value } of curve('perfect'))
          expect(imperfect.findLast((step) => step.heldBits <= bits)!.value).toBeLessThanOrEqual(value);
      }),
      { numRuns: RUNS },
    );
  });

  it('is not given when it is stopped', () => {
    const layer = sampleLayer(Random.fromSeed(1), { imperfect: false, padding: false, maxMacs: 100 });
    const [large, border] = [
      { ...layer, problem: { ...layer.problem, bounds: { ...layer.problem.bounds, K: 60_000, C: 60_000 } } },
      borderIn(layer, twoLevels({ outerBits: {}, bufferBits: {}, doubleBuffered: false, isBox: false })),
    ];
    const options = { factors: 'imperfect', counted: 'words', shouldStop: () => true } as const;
    expect(trafficCurve(large, border, options)).toBeNull();
  });
});
