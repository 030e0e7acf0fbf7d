import { describe, expect, it } from 'vitest';
import { objectiveFrom } from '../../../src/app/layers/goal.ts';
import { exactSettings, mapLayer } from '../../../src/search/mapping/map-layer.ts';
import { EDP, ENERGY, valueRatio } from '../../../src/search/mapping/objective.ts';
import { perTensor } from '../../../src/util/vocabulary.ts';
import { makeProblem } from '../../../src/workload/problem.ts';
import { smallCase } from '../../search/mapping/random-mapspace.ts';

const { accelerator } = smallCase(4, {
  levels: [3],
  dims: ['K'],
  bounds: [2],
  mostMacs: 8,
  padding: false,
  mostChildren: 4,
});
const layer = {
  problem: makeProblem({ name: 'pointwise', bounds: { K: 6, C: 4, P: 6 } }),
  wordBits: perTensor(() => 8),
};

function figuresOf(objective: Parameters<typeof mapLayer>[2]) {
  const outcome = mapLayer(layer, accelerator, objective, exactSettings({ factors: 'perfect', evaluations: 200 }));
  if (outcome.kind !== 'mapped') throw new Error(outcome.kind);
  return outcome;
}

describe('an objective of a command line', () => {
  it('far below the least double gives its own optimum, with proof', () => {
    const high = figuresOf(objectiveFrom('energy^60 * latency', accelerator));
    const thrifty = figuresOf(ENERGY).evaluation;
    expect(high.proof.optimal).toBe(true);
    expect(high.proof.gap).toBe(0);
    expect(high.evaluation.energyPj / thrifty.energyPj).toBeLessThan(1.0001);
    expect(high.proof.value).toBeCloseTo(
      60 * Math.log(high.evaluation.energyPj * 1e-12) + Math.log(high.evaluation.cycles / accelerator.clockHz),
      9,
    );
    const same = figuresOf(objectiveFrom('(energy * latency)^40', accelerator)).evaluation;
    expect(same.edpPjCycles).toBeCloseTo(figuresOf(EDP).evaluation.edpPjCycles, 3);
  });

  it('that is no number for a mapping is refused, not called infeasible', () => {
    const objective = objectiveFrom('energy / (latency - latency)', accelerator);
    const refusal = expect.objectContaining({
      code: 'value',
      message: expect.stringContaining('energy / (latency - latency)'),
    });
    expect(() => figuresOf(objective)).toThrowError(refusal);
  });

  it('may not name an area that is not stated', () => {
    expect(() => objectiveFrom('edp * area', accelerator)).toThrowError(/does not state/);
  });
});

describe('the ratio of two values', () => {
  it('is that of what the values mean', () => {
    expect(valueRatio({}, 3, 2)).toBe(1.5);
    expect(valueRatio({ isLogarithm: true }, Math.log(3) - 900, Math.log(2) - 900)).toBeCloseTo(1.5, 9);
    // Of numbers below zero the larger one is worse.
    expect(valueRatio({}, -9, -10)).toBeCloseTo(1.1, 9);
    expect(valueRatio({}, -11, -10)).toBeCloseTo(0.9, 9);
  });
});
