import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAccelerator } from '../../src/formats/accelerator-file.ts';
import { formatAccelerator } from '../../src/formats/accelerator-text.ts';
import { TrifoldError } from '../../src/util/errors.ts';
import { specificationArbitrary } from '../accelerator/arbitraries.ts';
import { yamlFiles } from '../accelerator/files.ts';

const VALID = `name: toy
source: a test
technology: cacti-45nm
clock: 1 GHz
wordBits: 8
levels:
  - name: DRAM
    role: dram
    bandwidth: { shared: 16 GB/s }
  - name: L2
    role: buffer
    capacity: 64 KiB
    mustKeep: [Weights, Outputs]
    storedBits: { Outputs: 32 }
    bandwidth: { read: 64 bit/cycle, write: 2 words/cycle }
    array:
      - { name: X, size: 4, parallel: [K, C] }
      - { name: Y, size: 2, parallel: any }
  - name: L1
    role: register-file
    capacity: { Weights: 16 B, Outputs: 64 bit }
    instances: 8
mac: { instances: 8 }
`;

/** The error that parsing gives, after one edit of the valid file. */
function errorAfter(from: string, to: string): TrifoldError {
  expect(VALID).toContain(from);
  try {
    parseAccelerator(VALID.replace(from, to), 'toy.yaml');
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
  throw new Error(`accepted: ${to}`);
}

/** A vector unit behind the MACs. */
function vectorUnit(level: string): string {
  return `mac: { instances: 8 }\nvectorUnit: { level: ${level}, simplePerCycle: 1, specialPerCycle: 1, energy: { simple: 1 pJ, special: 1 pJ } }`;
}

/** Line of the valid file that holds a text. */
const lineOf = (text: string): number => VALID.slice(0, VALID.indexOf(text)).split('\n').length;

describe('accelerator file', () => {
  it('reads back what is written, whatever the specification', () => {
    fc.assert(
      fc.property(specificationArbitrary, (specification) => {
        expect(parseAccelerator(formatAccelerator(specification), 'written.yaml')).toEqual(specification);
      }),
      { numRuns: 500 },
    );
  });

  it('reads back the presets when written', () => {
    for (const { file, text } of yamlFiles('accelerators')) {
      const specification = parseAccelerator(text, file);
      expect(parseAccelerator(formatAccelerator(specification), file)).toEqual(specification);
    }
  });

  it('resolves units and defaults', () => {
    const { levels, mac, clockHz, countLeakage } = parseAccelerator(VALID, 'toy.yaml');
    expect(clockHz).toBe(1e9);
    expect(countLeakage).toBe(true);
    expect(levels[0]).toMatchObject({
      capacity: { kind: 'unlimited' },
      wordBits: 8,
      blockWords: 1,
      bandwidth: { shared: { unit: 'B/s', value: 16e9 } },
      mayKeep: ['Weights', 'Inputs', 'Outputs'],
      mustKeep: [],
    });
    expect(levels[1]).toMatchObject({
      capacity: { kind: 'shared', bits: 64 * 8192 },
      storedBits: { Outputs: 32 },
      bandwidth: { read: { unit: 'words/cycle', value: 8 }, write: { unit: 'words/cycle', value: 2 } },
      fanOut: {
        dimensions: [
          { name: 'X', size: 4, parallelDims: ['K', 'C'] },
          { name: 'Y', size: 2, parallelDims: 'any' },
        ],
        multicast: { Weights: true, Inputs: true, Outputs: true },
      },
    });
    expect(levels[2]!.capacity).toEqual({ kind: 'partitioned', bits: { Weights: 128, Inputs: 0, Outputs: 64 } });
    expect(mac).toEqual({ weightBits: 8, inputBits: 8, accumulatorBits: 32 });
  });

  it('lets a level override the stored widths of the file', () => {
    const text = VALID.replace('wordBits: 8\n', 'wordBits: 8\nstoredBits: { Weights: 8, Outputs: 16 }\n');
    const { levels } = parseAccelerator(text, 'toy.yaml');
    expect(levels.map((level) => level.storedBits)).toEqual([
      { Weights: 8, Outputs: 16 },
      { Weights: 8, Outputs: 32 },
      { Weights: 8, Outputs: 16 },
    ]);
  });

  it('writes a design as a person would', () => {
    expect(formatAccelerator(parseAccelerator(VALID, 'toy.yaml'))).toBe(`name: toy
source: a test
technology: cacti-45nm
clock: 1 GHz
levels:
  - name: DRAM
    role: dram
    wordBits: 8
    bandwidth: { shared: 16 GB/s }
  - name: L2
    role: buffer
    capacity: 64 KiB
    wordBits: 8
    storedBits: { Outputs: 32 }
    bandwidth: { read: 8 words/cycle, write: 2 words/cycle }
    mustKeep: [ Weights, Outputs ]
    array:
      - { name: X, size: 4, parallel: [ K, C ] }
      - { name: Y, size: 2, parallel: any }
  - name: L1
    role: register-file
    capacity: { Weights: 16 B, Inputs: 0 bit, Outputs: 8 B }
    wordBits: 8
mac:
  weightBits: 8
  inputBits: 8
  accumulatorBits: 32
`);
  });
});

describe('errors of an accelerator file', () => {
  const cases: readonly (readonly [
    what: string,
    from: string,
    to: string,
    code: string,
    message: RegExp,
    at?: string,
  ])[] = [
    ['an unknown key', 'capacity: 64 KiB', 'capacty: 64 KiB', 'schema', /unknown key 'capacty'/],
    ['a negative size', '64 KiB', '-64 KiB', 'value', /must not be negative/],
    ['an unknown unit', '64 KiB', '64 KeB', 'unit', /unknown unit 'KeB'/],
    ['a unit of another kind', '64 KiB', '64 pJ', 'unit', /not an amount of storage/],
    ['an unknown dim', '[K, C]', '[K, M]', 'schema', /not 'M'/],
    ['an unknown role', 'role: buffer', 'role: bufer', 'schema', /bufer/],
    ['an array size of 0', 'size: 4', 'size: 0', 'schema', /at least 1/],
    [
      'a fan-out that does not match',
      'instances: 8\nmac',
      'instances: 16\nmac',
      'value',
      /L1: 16 instances do not match.*give 8/,
    ],
    ['MACs that do not match', 'mac: { instances: 8 }', 'mac: { instances: 9 }', 'value', /mac: 9 instances.*give 8/],
    ['too few instances', 'mac: { instances: 8 }', 'mac: { instances: 7 }', 'value', /mac: 7 instances.*give 8/],
    [
      'a level that is too small',
      'capacity: 64 KiB',
      'capacity: 39 bit',
      'value',
      /L2: 39 bits are too small for one word/,
    ],
    ['no DRAM level', 'role: dram', 'role: buffer\n    capacity: 1 MiB', 'value', /no DRAM level/, 'levels:'],
    ['a bandwidth of the wrong kind', '16 GB/s', '16 GHz', 'unit', /not a bandwidth/],
    ['a bandwidth without a unit', '2 words/cycle', "'2'", 'unit', /no unit/],
    ['a bandwidth of 0', '2 words/cycle', '0', 'value', /must be positive/],
    ['two equal names', 'name: L1', 'name: L2', 'value', /a second level is named L2/],
    [
      'a vector unit of no level',
      'mac: { instances: 8 }',
      vectorUnit('L3'),
      'value',
      /vector unit: there is no level L3/,
      'mac: { instances: 8 }',
    ],
    [
      'a vector unit at a level without room for activations',
      'capacity: { Weights: 16 B, Outputs: 64 bit }\n    instances: 8\nmac: { instances: 8 }',
      `capacity: { Weights: 16 B }\n    instances: 8\n${vectorUnit('L1')}`,
      'value',
      /vector unit: it works on activations, which L1 cannot keep/,
      'mac: { instances: 8 }',
    ],
    [
      'a vector unit at a level that may keep weights alone',
      'capacity: { Weights: 16 B, Outputs: 64 bit }\n    instances: 8\nmac: { instances: 8 }',
      `capacity: 16 B\n    mayKeep: [Weights]\n${vectorUnit('L1')}`,
      'value',
      /vector unit: it works on activations, which L1 cannot keep/,
      'mac: { instances: 8 }',
    ],
    ['an on-chip level without size', '    capacity: 64 KiB\n', '', 'value', /needs a capacity/, '- name: L2'],
  ];

  it.each(cases.map(([what, ...edit]) => ({ what, edit })))('$what', ({ edit: [from, to, code, message, at] }) => {
    const error = errorAfter(from, to);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.details.place?.file).toBe('toy.yaml');
    expect(error.details.place?.line).toBeGreaterThanOrEqual(lineOf(at ?? from));
    expect(error.details.place?.line).toBeLessThanOrEqual(lineOf(at ?? from) + 1);
    expect(error.details.keyPath).toBeTruthy();
  });

  it('names the key path in words of the file', () => {
    expect(errorAfter('size: 4', 'size: 4.5').details.keyPath).toBe('levels.1.array.0.size');
    expect(errorAfter('[K, C]', '[K, K]').details.keyPath).toBe('levels.1.array.0.parallel');
    expect(errorAfter('capacity: 64 KiB', 'capacity: 39 bit').details.keyPath).toBe('levels.1.capacity');
    expect(errorAfter('clock: 1 GHz', 'clock: 0').details.keyPath).toBe('clock');
  });

  it('asks for a word width that is stated nowhere', () => {
    expect(errorAfter('wordBits: 8\n', '').message).toContain('wordBits is missing');
  });
});
