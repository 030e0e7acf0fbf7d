import { describe, expect, it } from 'vitest';
import { loadAccelerator } from '../../src/app/presets/load.ts';
import { isUnfit, retentionOf } from '../../src/schedule/retention.ts';
import { TENSORS } from '../../src/util/vocabulary.ts';

const base = loadAccelerator('edge-tpu');

/** The accelerator with its first level on chip changed. */
const withLevel = (change: object) => ({
  ...base,
  levels: base.levels.map((level, index) =>
    index === 1 ? { ...level, ...change } : index > 1 ? { ...level, instances: 4 } : level,
  ),
});

describe('the retention level', () => {
  // Killed by: the innermost such level, DRAM counted as one, a level that is partitioned or has several instances.
  it('is the outermost one on chip that can hold activations as one pool', () => {
    const found = retentionOf(
      withLevel({ instances: 1, doubleBuffered: true, capacity: { kind: 'shared', bits: 640 }, mayKeep: ['Inputs'] }),
    );
    expect(found).toMatchObject({ level: 1, capacityBits: 640, copies: 2, keepsOutputs: false, keepsWeights: false });
    const plain = retentionOf(
      withLevel({
        instances: 1,
        doubleBuffered: false,
        capacity: { kind: 'unlimited' },
        mayKeep: TENSORS,
        storedBits: { Inputs: 9 },
      }),
    );
    expect(plain).toMatchObject({ level: 1, capacityBits: null, copies: 1, keepsOutputs: true, keepsWeights: true });
    if (isUnfit(plain)) throw new Error(plain.reason);
    expect([plain.activationBits(8), plain.parameterBits(8)]).toEqual([9, 8]);
  });

  it('is missing for a reason', () => {
    const reasons = [
      { instances: 2 },
      { instances: 1, mayKeep: ['Weights', 'Outputs'] },
      { instances: 1, capacity: { kind: 'partitioned', bits: { Weights: 8, Inputs: 8, Outputs: 8 } } },
      { instances: 1, isDram: true },
    ].map((change) => {
      const found = retentionOf(withLevel(change));
      return isUnfit(found) ? found.reason : null;
    });
    const name = base.levels[1]!.name;
    expect(reasons.map((reason) => reason?.match(new RegExp(`: ${name} (.*?)(?:;|$)`))?.[1])).toEqual([
      'has 2 instances',
      'cannot hold Inputs',
      'has a part for each tensor',
      'is off chip',
    ]);
    expect(retentionOf({ ...base, levels: base.levels.slice(0, 1) })).toEqual({
      reason: 'no level can hold activations between operators: there is none on chip',
    });
  });
});
