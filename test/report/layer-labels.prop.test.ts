import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerLabels } from '../../src/report/layer-labels.ts';

const layers = fc.array(
  fc.record({
    name: fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '\u00d7', ' '), maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
    ),
    repeat: fc.integer({ min: 1, max: 20 }),
  }),
  { maxLength: 12 },
);

describe('layer labels', () => {
  it('are unique, as Vega merges rows of one name', () => {
    fc.assert(
      fc.property(layers, fc.integer({ min: 8, max: 40 }), (list, length) => {
        const labels = layerLabels(list, length);
        expect(labels).toHaveLength(list.length);
        expect(new Set(labels).size).toBe(list.length);
        for (const label of labels) expect([...label.replace(/ \(\d+\)$/, '')].length).toBeLessThanOrEqual(length);
      }),
    );
  });

  it('keep both ends of a long name and the repeats', () => {
    expect(
      layerLabels(
        [
          { name: 'stage4.block3.conv1', repeat: 3 },
          { name: 'conv1', repeat: 1 },
        ],
        14,
      ),
    ).toEqual(['stage\u2026conv1 \u00d73', 'conv1']);
  });
});
