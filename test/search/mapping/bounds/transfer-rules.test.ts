import { describe, expect, it } from 'vitest';
import { compileModel } from '../../../../src/cost/kernel/model.ts';
import { transferRules } from '../../../../src/search/mapping/bounds/transfer-rules.ts';
import { perTensor } from '../../../../src/util/vocabulary.ts';
import { smallCase } from '../random-mapspace.ts';
import { withResidency } from '../random-residency.ts';

const step = withResidency(
  smallCase(3, { levels: [4], dims: ['K', 'C'], bounds: [2], mostMacs: 4, padding: false, mostChildren: 2 }),
  3,
);

/** The levels into which partial sums must not come back, by what keeps Outputs from the outermost level inwards. */
function banned(keepsOutputs: readonly boolean[], partialBits: number): number[] {
  const residency = { ...step.layer.residency, level: 1, outputs: 'in-place', activationBits: 16 } as const;
  const levels = step.accelerator.levels.map((level) => ({
    ...level,
    instances: 1,
    storedBits: { Outputs: partialBits },
    fanOut: { ...level.fanOut, dimensions: [] },
  }));
  const layer = { ...step.layer, wordBits: perTensor(() => 16), residency };
  const model = compileModel(layer, { ...step.accelerator, levels }, { temporalReuse: 'exact' });
  const keep = Uint8Array.from(keepsOutputs, (isKept) => (isKept ? 4 : 0));
  return [...keep.keys()].filter((level) => transferRules(model, keep, level).bansSpill);
}

describe('rules of transfers', () => {
  it('ban partial sums from what sends Outputs to a home of complete words: the first level inside that keeps them', () => {
    expect(banned([true, true, true, true], 32)).toEqual([2]);
    expect(banned([true, true, false, true], 32)).toEqual([3]);
    expect(banned([true, true, false, false], 32)).toEqual([]);
    expect(banned([true, true, true, true], 16)).toEqual([]);
  });
});
