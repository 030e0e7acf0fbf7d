import { describe, expect, it } from 'vitest';
import { parseBudget } from '../../src/formats/budget-file.ts';
import { TrifoldError } from '../../src/util/errors.ts';

const VALID = `name: toy
source: a test
processingElements: 168
onChipMemory: 192 KiB
`;

describe('budget file', () => {
  it('leaves out limits that are not stated', () => {
    expect(parseBudget(VALID, 'toy.yaml')).toEqual({
      name: 'toy',
      source: 'a test',
      processingElements: 168,
      onChipBits: 192 * 8192,
    });
  });

  it('resolves units', () => {
    const text = `${VALID}dramBandwidth: 480 MB/s\nbufferBandwidth: 26 B/cycle\narea: 4 mm^2\npower: 0.3 W\n`;
    expect(parseBudget(text, 'toy.yaml')).toMatchObject({
      dramBytesPerSecond: 4.8e8,
      bufferBytesPerCycle: 26,
      areaMm2: 4,
      powerMw: 300,
    });
  });

  it('reads bounds of memories and of the array, whose sizes may be fixed', () => {
    const text = `${VALID}levels: { L2: { capacity: { min: 1 KiB } }, registers: { capacity: { max: 64 B } } }
array: { X: 12, Y: { min: 2, max: 14 } }
`;
    expect(parseBudget(text, 'toy.yaml').bounds).toEqual({
      capacityBits: { L2: { least: 8192 }, registers: { most: 512 } },
      axisSizes: { X: { least: 12, most: 12 }, Y: { least: 2, most: 14 } },
    });
  });

  it.each([
    ['name: toy', 'array: { X: { min: 3, max: 2 } }\nname: toy', 'value', 'array.X', 1],
    ['name: toy', 'array: {}\nname: toy', 'value', 'array', 1],
    ['name: toy', 'levels: { L2: { capacity: {} } }\nname: toy', 'value', 'levels.L2.capacity', 1],
    ['name: toy', 'levels: { L2: { capacity: { min: 3 } } }\nname: toy', 'unit', 'levels.L2.capacity.min', 1],
    ['192 KiB', '192 KHz', 'unit', 'onChipMemory', 4],
    ['192 KiB', '-1 KiB', 'value', 'onChipMemory', 4],
    ['processingElements: 168', 'processingElements: 0', 'schema', 'processingElements', 3],
    ['source: a test', 'sauce: a test', 'schema', undefined, undefined],
  ])('refuses %s -> %s', (from, to, code, keyPath, line) => {
    let error: unknown;
    try {
      parseBudget(VALID.replace(from, to), 'toy.yaml');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TrifoldError);
    const { code: actual, details } = error as TrifoldError; // checked above
    expect(actual).toBe(code);
    if (keyPath !== undefined) expect(details).toMatchObject({ keyPath, place: { file: 'toy.yaml', line } });
  });
});
