import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATOR_COVERAGE } from '../../../src/formats/onnx/operators/operator-table.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import { Random } from '../../../src/util/random.ts';
import { encodeModel, toBytes } from './encode.ts';
import { EXPORTED_MODELS } from './exported-models.ts';
import { importBytes } from './import-bytes.ts';
import { damagedModel, exchangedModel } from './mutate.ts';

const OPERATORS = OPERATOR_COVERAGE.map(({ name }) => name);

// One seed, as imports are counted.
describe('a model with other operators, connections and sizes', () => {
  it.each([
    ['damaged', damagedModel, 1],
    ['exchanged', exchangedModel, 5],
  ])('%s, becomes a workload file that is read, or is refused', (_, damage, least) => {
    let imported = 0;
    fc.assert(
      fc.property(fc.constantFrom(...EXPORTED_MODELS), fc.integer(), (model, seed) => {
        const random = Random.fromSeed(seed);
        const bytes = toBytes(encodeModel(damage(model, OPERATORS, (limit) => random.nextInt(limit))));
        try {
          if (importBytes(bytes, { batch: 1 + random.nextInt(3) })) imported++;
        } catch (error) {
          if (!(error instanceof TrifoldError)) throw error;
        }
      }),
      { numRuns: 80, seed: 20_261_129 },
    );
    expect(imported).toBeGreaterThanOrEqual(least);
  });
});
