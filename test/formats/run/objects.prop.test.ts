import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadWorkload } from '../../../src/app/presets/load.ts';
import { budget, network, specification, technology } from '../../../src/formats/run/objects.ts';
import { selectNetwork } from '../../../src/workload/select-layers.ts';
import { specificationArbitrary } from '../../accelerator/arbitraries.ts';
import { TECHNOLOGIES } from '../../accelerator/files.ts';
import { SMALL_NETWORK } from '../../app/small-files.ts';

const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

// Killed by: a key that a file of a run does not give back, so that a run that goes on works for other hardware than it began with.
describe('what a run folder says of hardware is read as it was written', () => {
  it('accelerators, with all that they state', () => {
    fc.assert(
      fc.property(specificationArbitrary, (value) => {
        expect(specification.parse(written(value))).toEqual(written(value));
      }),
      { numRuns: 60 },
    );
  });

  it('networks, with the layers that a part of one leaves out', () => {
    const part = selectNetwork(loadWorkload(SMALL_NETWORK).network, 'conv');
    expect(part.others).toEqual(['wide']);
    expect(network.parse(written(part))).toEqual(written(part));
  });

  it('technologies', () => {
    for (const value of TECHNOLOGIES.values()) expect(technology.parse(written(value))).toEqual(written(value));
  });

  it('budgets', () => {
    const range = fc.record({ least: fc.nat(), most: fc.nat() }, { requiredKeys: [] });
    const bounds = fc.dictionary(fc.constantFrom('buffer', 'registers', 'X'), range);
    fc.assert(
      fc.property(
        fc.record({ capacityBits: bounds, axisSizes: bounds }, { requiredKeys: [] }),
        fc.constantFrom({ accelerator: 'a' }, { accelerator: 'a', dataflow: 'b' }),
        (stated, baseline) => {
          const whole = { name: 'b', source: 's', baseline, processingElements: 4, onChipBits: 8, bounds: stated };
          expect(budget.parse(written(whole))).toEqual(written(whole));
        },
      ),
      { numRuns: 30 },
    );
  });
});
