import { describe, expect, it } from 'vitest';
import { buildAccelerator } from '../../src/accelerator/build.ts';
import { mappingKey } from '../../src/study/mapping-key.ts';
import { budgetCase, layerOf } from '../search/accelerator/fixtures.ts';

describe('mappingKey', () => {
  const base = questionOf();

  it('does not depend on names or the order of keys', () => {
    const { layers, accelerator, mapper } = base;
    const [layer] = layers;
    const renamed = {
      ...base,
      layers: [{ ...layer, problem: { ...layer.problem, name: 'other' } }],
      accelerator: { ...accelerator, name: 'other', source: 'other' },
      mapper: Object.fromEntries(Object.entries(mapper).reverse()),
    };
    expect(mappingKey(renamed)).toBe(mappingKey(base));
    expect(mappingKey(base)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('depends on everything else', () => {
    const { layers, accelerator } = base;
    const [layer] = layers;
    const others = [
      { ...base, layers: [{ ...layer, problem: { ...layer.problem, bounds: { ...layer.problem.bounds, K: 99 } } }] },
      { ...base, layers: [{ ...layer, wordBits: { ...layer.wordBits, Outputs: 32 } }] },
      { ...base, layers: [layer, layer] },
      { ...base, accelerator: { ...accelerator, mac: { ...accelerator.mac, energyPj: 9 } } },
      { ...base, goal: { kind: 'text', objective: 'energy' } },
      { ...base, goal: { kind: 'supporting-line', lambda: 1 } },
      { ...base, goal: { kind: 'supporting-line', lambda: 2 } },
      { ...base, mapper: { ...base.mapper, factors: 'imperfect' } },
      { ...base, packageVersion: '2.0.0' },
    ];
    expect(new Set([base, ...others].map(mappingKey)).size).toBe(others.length + 1);
  });
});

function questionOf() {
  const layer = layerOf('conv', { K: 16, C: 8, P: 14, Q: 14, R: 3, S: 3 });
  const { baseline, technology } = budgetCase('eyeriss');
  return {
    layers: [layer] as const,
    accelerator: buildAccelerator(baseline, technology),
    goal: { kind: 'text', objective: 'edp' },
    mapper: { kind: 'exact', factors: 'perfect', nodeLimit: 5 },
    packageVersion: '1.0.0',
  };
}
