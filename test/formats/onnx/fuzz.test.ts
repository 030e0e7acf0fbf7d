import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATOR_COVERAGE } from '../../../src/formats/onnx/operators/operator-table.ts';
import { readOnnx } from '../../../src/formats/onnx/read-onnx.ts';
import { bytesSource } from '../../../src/formats/onnx/wire/byte-source.ts';
import { TrifoldError } from '../../../src/util/errors.ts';
import { Random } from '../../../src/util/random.ts';
import { encodeModel, toBytes } from './encode.ts';
import { type Draw, damaged, damagedModel } from './mutate.ts';
import { SAMPLE_MODELS } from './sample-models.ts';

const SETTINGS = { batch: 2, dims: new Map([['length', 3]]) };
const files = SAMPLE_MODELS.map((model) => toBytes(encodeModel(model)));
const OPERATORS = OPERATOR_COVERAGE.map(({ name }) => name);
const settingsOf = (index: number) => (index === 1 ? SETTINGS : { batch: 2 });

describe('a damaged model', () => {
  it('starts from right ones', () => {
    for (const [index, bytes] of files.entries()) {
      const { nodes, unknownOperators } = readOnnx(bytesSource(bytes, 'x'), settingsOf(index));
      expect(nodes.length).toBeGreaterThan(3);
      expect(unknownOperators.map(({ name }) => name)).toEqual(index === 2 ? ['other:Mystery'] : []);
    }
  });

  it.each([
    ['bytes', (index: number, draw: Draw) => damaged(files[index]!, draw)],
    [
      'graph',
      (index: number, draw: Draw) => toBytes(encodeModel(damagedModel(SAMPLE_MODELS[index]!, OPERATORS, draw))),
    ],
  ])('in its %s is read, or refused with an error for users', (_, make) => {
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.integer(), (index, seed) => {
        const random = Random.fromSeed(seed);
        const bytes = make(index, (limit) => random.nextInt(limit));
        try {
          readOnnx(bytesSource(bytes, 'x'), settingsOf(index));
        } catch (error) {
          if (!(error instanceof TrifoldError)) throw error;
          expect(error.message.length).toBeLessThan(2000);
          refused++;
        }
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(40);
  });
});
