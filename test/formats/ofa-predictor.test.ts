import { describe, expect, it } from 'vitest';
import { parseOfaPredictor } from '../../src/formats/ofa-predictor.ts';
import { importedPredictor, predictFraction } from '../../src/search/network/accuracy/imported-predictor.ts';
import { ofaResnet50 } from '../../src/search/network/spaces/ofa-resnet50.ts';
import { HAS_SHARED_NAS, sharedBytes, sharedText } from '../search/network/shared-data.ts';

const INDEX = {
  source: 'a test',
  tensors: [
    { kind: 'w', shape: [2, 3], offset: 0 },
    { kind: 'b', shape: [2], offset: 24 },
    { kind: 'w', shape: [1, 2], offset: 32 },
    { kind: 'b', shape: [1], offset: 40 },
  ],
  goldens: [{ arch: { d: [0] }, predicted: 0.5, macs: 1 }],
};

/** Little-endian floats whatever the machine, at an odd place in their buffer. */
function floats(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length + 3).subarray(3);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return bytes;
}

const VALUES = [1, 2, 3, 4, 5, 6, 0.5, 0.25, -1, -2, 7];
const read = (index: unknown, bytes = floats(VALUES)) => parseOfaPredictor(JSON.stringify(index), 'p.json', bytes);

describe('accuracy network files', () => {
  it('are read in the order of their tensors', () => {
    const predictor = read(INDEX);
    expect(predictor.layers).toEqual([
      { inputs: 3, outputs: 2, weights: Float32Array.of(1, 2, 3, 4, 5, 6), biases: Float32Array.of(0.5, 0.25) },
      { inputs: 2, outputs: 1, weights: Float32Array.of(-1, -2), biases: Float32Array.of(7) },
    ]);
    expect(predictor.goldens).toEqual([{ architecture: { d: [0] }, predicted: 0.5 }]);
    expect(predictor.source).toBe('a test');
  });

  const [w1, b1, w2, b2] = INDEX.tensors;
  it.each([
    [{ ...INDEX, tensors: [w1, b1, w2] }, /pairs/],
    [{ ...INDEX, tensors: [b1, w1, w2, b2] }, /each layer is weights/],
    [{ ...INDEX, tensors: [w1, { ...b1, shape: [3] }, w2, b2] }, /2 outputs need as many biases/],
    [{ ...INDEX, tensors: [w1, b1, w2, { ...b2, offset: 44 }] }, /need 48 bytes, but there are 44/],
    [{ ...INDEX, tensors: 'none' }, /must be a list/],
    [{ ...INDEX, source: undefined }, /source/],
  ])('are refused when the index does not fit (%#)', (index, message) => {
    expect(() => read(index)).toThrow(message);
  });

  it('are refused when a value is no number', () => {
    expect(() => read(INDEX, floats(VALUES.with(4, Number.NaN)))).toThrow(/no numbers/);
    expect(() => parseOfaPredictor('{', 'p.json', floats([]))).toThrow(/not JSON/);
  });
});

describe.skipIf(!HAS_SHARED_NAS)('the published accuracy network of Once-for-All', () => {
  it('reproduces its 42 examples, and a damaged file does not', () => {
    const bytes = sharedBytes('ofa_resnet50_predictor.f32');
    const text = sharedText('ofa_resnet50_predictor.json');
    const weights = parseOfaPredictor(text, 'p.json', bytes);
    importedPredictor(weights, null);
    expect(weights.goldens.length).toBe(42);
    for (const { architecture, predicted } of weights.goldens)
      expect(Math.abs(predictFraction(weights, ofaResnet50.parse(architecture)) - predicted)).toBeLessThan(1e-6);
    const damaged = Uint8Array.from(bytes);
    damaged.fill(0, 774400, 774400 + 4000);
    expect(() => importedPredictor(parseOfaPredictor(text, 'p.json', damaged), null)).toThrow(
      /example 0 of the predictor/,
    );
  });
});
