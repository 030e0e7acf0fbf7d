import { describe, expect, it } from 'vitest';
import { exactSettings } from '../../../../src/search/mapping/map-layer.ts';
import { EDP } from '../../../../src/search/mapping/objective.ts';
import { mapStep } from '../../../../src/search/mapping/step-label.ts';
import { TENSORS } from '../../../../src/util/vocabulary.ts';
import { smallCase } from '../random-mapspace.ts';
import { withResidency } from '../random-residency.ts';

describe('label of a step whose partial sums go to the MACs at every step', () => {
  it('stages them, whichever way is named, as no word arrives complete', () => {
    const { layer, accelerator } = withResidency(
      smallCase(5, { levels: [2], dims: ['C'], bounds: [4], mostMacs: 4, padding: false, mostChildren: 2 }),
      5,
    );
    const levels = accelerator.levels.map((level) => ({
      ...level,
      ...{ instances: 1, mayKeep: TENSORS, mustKeep: TENSORS, storedBits: { Outputs: 32 } },
      fanOut: { ...level.fanOut, dimensions: [] },
    }));
    for (const outputs of ['in-place', 'staged'] as const) {
      const residency = { ...layer.residency, outputs, activationBits: 8, roomBits: null };
      const settings = exactSettings({ factors: 'perfect' });
      expect(mapStep({ ...layer, residency }, { ...accelerator, levels }, EDP, settings)).toMatchObject({
        kind: 'mapped',
        shape: { residency: { outputs: 'staged' } },
        proof: { optimal: true },
      });
    }
  });
});
