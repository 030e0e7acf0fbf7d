import { describe, expect, it } from 'vitest';
import type { Accelerator } from '../../../src/accelerator/accelerator.ts';
import { ENERGY } from '../../../src/search/mapping/objective.ts';
import { stepWithin } from '../../../src/search/traffic/layer-curves.ts';
import { trafficCurve } from '../../../src/search/traffic/traffic-curve.ts';
import type { LayerShape } from '../../../src/workload/network.ts';
import { layerOf } from '../accelerator/fixtures.ts';
import { EXACT, mappedLayer } from '../mapping/mapped-layer.ts';
import { borderIn, crossing, twoLevels } from './brute-force.ts';

const BITS = { Weights: 8, Inputs: 8, Outputs: 8 };
const PLAIN = { outerBits: {}, bufferBits: {}, doubleBuffered: false, isBox: false };
const layers: LayerShape[] = [
  layerOf('conv', { K: 16, C: 12, P: 14, Q: 14, R: 3, S: 3 }),
  layerOf('strided', { K: 8, C: 3, P: 12, Q: 12, R: 5, S: 5 }, { stride: [2, 2] }),
  layerOf('batch', { N: 4, K: 24, C: 18, P: 6, Q: 10 }),
  layerOf('depthwise', { G: 6, P: 14, Q: 14, R: 3, S: 3 }),
].map(({ problem }) => ({ problem, wordBits: BITS }));

/** Two levels of which only the outer one costs energy, 1 pJ a word. */
function onlyCrossingCosts(bits: number): Accelerator {
  const accelerator = twoLevels(PLAIN, bits);
  const [outer, buffer] = [accelerator.levels[0]!, accelerator.levels[1]!];
  const free = { readPj: 0, fillPj: 0, updatePj: 0 };
  return { ...accelerator, levels: [outer, { ...buffer, energy: free }], mac: { ...accelerator.mac, energyPj: 0 } };
}

describe('the exact mapper, where nothing but words that cross costs energy', () => {
  it.each(layers)('finds the stair of the curve: $problem.name', (layer) => {
    const curve = trafficCurve(layer, borderIn(layer, twoLevels(PLAIN)), { factors: 'perfect', counted: 'words' })!;
    const { steps } = curve;
    for (const step of steps.filter((_, i) => i % 4 === 0))
      for (const bits of [step.heldBits, step.heldBits + 1]) {
        const accelerator = onlyCrossingCosts(bits);
        const { mapping, evaluation, proof } = mappedLayer(layer, accelerator, ENERGY, EXACT);
        expect(proof.optimal).toBe(true);
        expect(evaluation.energyPj).toBe(stepWithin(curve, bits)!.value);
        expect(crossing(layer, accelerator, mapping)!.words).toBe(evaluation.energyPj);
      }
  });
});
