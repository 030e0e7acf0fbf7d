import { describe, expect, it } from 'vitest';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { TrifoldError } from '../../src/util/errors.ts';

const VALID = `name: toy
source: a test
technology: cacti-45nm
clock: 1 GHz
wordBits: 8
link: { bandwidth: 1 GB/s }
levels:
  - name: DRAM
    role: dram
    bandwidth: { shared: 16 GB/s }
  - name: Sums
    role: buffer
    capacity: 64 KiB
    mayKeep: [Outputs]
    requests: { bytes: 64, cycles: 1 }
    layout: { Outputs: [K] }
    compression: rlc(run 5, word 16, packs 3 in 64)
    doubleBuffered: true
    wires: tree
    hopEnergy: 1 pJ
    array: [{ name: X, size: 4, parallel: [K] }]
  - name: Registers
    role: register-file
    capacity: 64 B
    overlap: none
    bandwidth: { read: 1 words/cycle }
mac: {}
`;

/** The error of the valid file after one edit, with the line that it names. */
function refusal(from: string, to: string) {
  expect(VALID).toContain(from);
  const text = VALID.replace(from, to);
  try {
    parseAccelerator(text, 'toy.yaml');
  } catch (error) {
    if (!(error instanceof TrifoldError)) throw error;
    const { keyPath, place } = error.details;
    return {
      code: error.code,
      message: error.message,
      keyPath,
      text: text.split('\n')[(place?.line ?? 0) - 1]?.trim(),
    };
  }
  return undefined;
}

describe('what a file states without effect', () => {
  it('is nothing where all is used', () => {
    expect(refusal('toy', 'toy')).toBeUndefined();
    expect(refusal('mayKeep: [Outputs]', 'mayKeep: [Inputs, Outputs]')).toBeUndefined();
  });

  it.each([
    ['capacity: 64 B', 'capacity: 64 B\n    wires: line', 'no array below', 'levels.2.wires', 'wires: line'],
    ['capacity: 64 B', 'capacity: 64 B\n    hopEnergy: 2 pJ', 'no array', 'levels.2.hopEnergy', 'hopEnergy: 2 pJ'],
    [
      'mayKeep: [Outputs]',
      'mayKeep: [Weights]',
      'weights are not compressed',
      'levels.1.compression',
      'compression: rlc(run 5, word 16, packs 3 in 64)',
    ],
    ['{ Outputs: [K] }', '{ Weights: [K] }', 'never kept here', 'levels.1.layout.Weights', 'layout: { Weights: [K] }'],
    [
      'bandwidth: { read: 1 words/cycle }',
      'blockWords: 1',
      'its transfers take no time',
      'levels.2.overlap',
      'overlap: none',
    ],
    ['wires: tree', 'overlap: none', 'holds every tile twice', 'levels.1.overlap', 'overlap: none'],
  ])('%s -> %s is refused at its place', (from, to, message, keyPath, text) => {
    const refused = refusal(from, to);
    expect(refused).toMatchObject({ code: 'value', keyPath, text });
    expect(refused?.message).toContain(message);
  });

  it('are quantities of which figures would be no numbers', () => {
    const range = (key: string, unit: string) => ({
      code: 'value',
      keyPath: key,
      message: expect.stringContaining(`between 1e-30 and 1e+30 ${unit}`),
    });
    expect(refusal('1 GB/s', '1e-315 GB/s')).toMatchObject(range('link.bandwidth', 'B/s'));
    expect(refusal('1 GHz', '1e-320 GHz')).toMatchObject(range('clock', 'Hz'));
    expect(refusal('16 GB/s', '1e-310 words/cycle')).toMatchObject(range('levels.0.bandwidth.shared', 'words/cycle'));
    expect(refusal('hopEnergy: 1 pJ', 'hopEnergy: 1e31 pJ')).toMatchObject(range('levels.1.hopEnergy', 'pJ'));
    expect(refusal('hopEnergy: 1 pJ', 'hopEnergy: 1e30 pJ')).toBeUndefined();
    expect(refusal('hopEnergy: 1 pJ', 'hopEnergy: 1e-30 pJ')).toBeUndefined();
    expect(refusal('hopEnergy: 1 pJ', 'hopEnergy: 0')).toBeUndefined();
  });
});
