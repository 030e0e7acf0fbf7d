import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDocument, readWith } from '../../src/formats/document/document.ts';
import {
  isBareNumber,
  type QuantityKind,
  readQuantity,
  readSimpleQuantity,
  SIMPLE_UNITS,
  UNIT,
} from '../../src/formats/quantity/quantity.ts';
import { evaluateQuantity, isMathjsLoaded } from '../../src/formats/quantity/quantity-expression.ts';
import {
  bits,
  bitsPerCycle,
  bytesPerSecond,
  hertz,
  milliwatts,
  nanometres,
  picojoules,
  picojoulesPerBit,
  seconds,
  squareMillimetres,
  wordsPerCycle,
} from '../../src/formats/quantity/quantity-schema.ts';
import { errorOf } from './errors.ts';

const KINDS = Object.keys(UNIT) as QuantityKind[];
const unit = fc.constantFrom(...SIMPLE_UNITS);
const decimal = fc
  .tuple(fc.nat(99_999), fc.nat(9_999), fc.integer({ min: -9, max: 9 }), fc.boolean())
  .map(([whole, fraction, exponent, scientific]) => `${whole}.${fraction}${scientific ? `e${exponent}` : ''}`);

// First in the file: nothing before it may need mathjs.
describe('simple quantities', () => {
  it('are read without mathjs, whatever the unit and the outcome', () => {
    expect(SIMPLE_UNITS.length).toBeGreaterThan(100);
    for (const name of SIMPLE_UNITS) {
      const simple = readSimpleQuantity(`1.5 ${name}`);
      expect(simple, name).toBeDefined();
      for (const kind of KINDS) expect(readQuantity(`1.5${name}`, kind).ok).toBe(kind === simple?.kind);
    }
    expect(readQuantity('12', 'energy')).toMatchObject({ ok: false, message: "'12' has no unit" });
    expect(isMathjsLoaded()).toBe(false);
  });

  it('agree with mathjs on every unit', () => {
    const compare = (number: string, name: string) => {
      const simple = readSimpleQuantity(`${number} ${name}`)!;
      const full = evaluateQuantity(`${number} ${name}`, UNIT[simple.kind]);
      expect(full.ok, `${number} ${name}`).toBe(true);
      if (full.ok) expect(Math.abs(simple.value - full.value)).toBeLessThanOrEqual(1e-12 * Math.abs(full.value));
    };
    for (const name of SIMPLE_UNITS) compare('3', name);
    expect(isMathjsLoaded()).toBe(true);
    fc.assert(fc.property(decimal, unit, compare), { numRuns: 500 });
  });

  it('round decimal prefixes exactly', () => {
    fc.assert(
      fc.property(
        decimal,
        fc.constantFrom(['fJ', -3], ['pJ', 0], ['nJ', 3], ['uJ', 6], ['J', 12] as const),
        (text, [name, power]) => {
          const [mantissa, exponent = '0'] = text.split('e');
          const expected = Number(`${mantissa}e${Number(exponent) + Number(power)}`);
          expect(readQuantity(`${text} ${name}`, 'energy')).toEqual({ ok: true, value: expected });
        },
      ),
    );
  });

  it('ignore blanks around number, unit and slash', () => {
    fc.assert(
      fc.property(decimal, unit, fc.constantFrom('', ' ', '  '), (number, name, blank) => {
        const spaced = `${blank}${number}${blank}${name.replace('/', `${blank}/${blank}`)}${blank}`;
        expect(readSimpleQuantity(spaced)).toEqual(readSimpleQuantity(`${number} ${name}`));
      }),
    );
  });
});

describe('readQuantity', () => {
  it.each([
    ['108 KiB', 'information', 884_736],
    ['108 KB', 'information', 864_000],
    ['108 kB', 'information', 864_000],
    ['16 bit', 'information', 16],
    ['2 MiB', 'information', 2 ** 24],
    ['25.6 GB/s', 'informationPerTime', 25.6e9],
    ['8 Gbit/s', 'informationPerTime', 1e9],
    ['6 pJ', 'energy', 6],
    ['0.2 nJ', 'energy', 200],
    ['200 MHz', 'frequency', 2e8],
    ['1.5 mm^2', 'area', 1.5],
    ['1.5 mm²', 'area', 1.5],
    ['2500 um^2', 'area', 0.0025],
    ['2 words/cycle', 'wordsPerCycle', 2],
    ['8 byte/cycle', 'informationPerCycle', 64],
    ['4 pJ/bit', 'energyPerInformation', 4],
    ['32 pJ/byte', 'energyPerInformation', 4],
    ['45 nm', 'length', 45],
    ['10 ns', 'time', 1e-8],
    ['3.5 mW', 'power', 3.5],
  ] as const)('reads %s', (text, kind, value) => {
    expect(readQuantity(text, kind)).toEqual({ ok: true, value });
  });

  it.each([
    ['4 * 27 KiB', 'information', 884_736],
    ['168 * (448 + 48) B', 'information', 168 * 496 * 8],
    ['64 bit * 200 MHz', 'informationPerTime', 1.6e9],
    ['3.5 mm * 3.5 mm', 'area', 12.25],
    ['16 bit * 4 / cycle', 'informationPerCycle', 64],
    ['2 * 3 words/cycle', 'wordsPerCycle', 6],
  ] as const)('computes %s', (text, kind, value) => {
    const result = readQuantity(text, kind);
    expect(result.ok && Math.abs(result.value / value - 1)).toBeLessThan(1e-12);
  });

  it.each([
    ['3 GHz', 'information', "'3 GHz' is not an amount of storage"],
    ['3 GHz * 2', 'information', "'3 GHz * 2' is not an amount of storage"],
    ['3 / 2', 'energy', "'3 / 2' is not an energy"],
    ['2 words', 'information', "'2 words' is not an amount of storage"],
    ['8 B/s', 'informationPerCycle', "'8 B/s' is not a bandwidth in bits per cycle"],
    ['3 KiBs', 'information', "unknown unit 'KiBs' in '3 KiBs'"],
    ['', 'energy', "'' is not a quantity"],
    ['3 +', 'energy', "'3 +' is not a quantity"],
    ['import("fs")', 'energy', '\'import("fs")\' is not a quantity'],
    ['zeros(100000)', 'energy', "'zeros(100000)' is not a quantity"],
    ['x = 3 pJ', 'energy', "'x = 3 pJ' is not a quantity"],
    ['sqrt(-1) pJ', 'energy', "'sqrt(-1) pJ' is not a quantity"],
    ['(2 i) pJ', 'energy', "unknown unit 'i' in '(2 i) pJ'"],
  ] as const)('refuses %s as %s', (text, kind, message) => {
    expect(readQuantity(text, kind)).toMatchObject({ ok: false, message });
  });

  it('tells numbers without a unit from others, in time that grows with their length alone', () => {
    for (const text of ['12', ' 1. ', '.5', '-1.5e-3', '+7E2']) expect(isBareNumber(text), text).toBe(true);
    for (const text of ['', '.', '1.2.3', 'e5', '1 KiB']) expect(isBareNumber(text), text).toBe(false);
    // For minutes with two ways to split the digits.
    expect(isBareNumber(`${'1'.repeat(400_000)}!`)).toBe(false);
  });

  it('refuses a text of any length and form without throwing', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.eE+-*/^() _KiBpJmsGHz'), maxLength: 300 });
    fc.assert(
      fc.property(text, fc.constantFrom(...KINDS), (input, kind) => {
        const result = readQuantity(input, kind);
        if (!result.ok) expect(result.hint.length).toBeGreaterThan(5);
      }),
      { numRuns: 300 },
    );
  });

  it('hints at the unit that was meant', () => {
    expect(readQuantity('200 Mhz', 'frequency')).toMatchObject({ hint: "did you mean 'MHz'?" });
    expect(readQuantity('3 frogs', 'energy')).toMatchObject({ hint: expect.stringContaining('known are') });
  });

  it.each([
    ['256 kb', 'information', "write '256 KiB' or '256 KB', or '256 kbit'"],
    ['256 Kb', 'information', "write '256 KiB' or '256 KB', or '256 kbit'"],
    ['256 Kib', 'information', "write '256 KiB' or '256 KB', or '256 kbit'"],
    ['256 kib', 'information', "write '256 KiB' or '256 KB', or '256 kbit'"],
    ['256 K', 'information', "write '256 KiB' or '256 KB', or '256 kbit'"],
    ['256k', 'information', "write '256KiB' or '256KB', or '256kbit'"],
    ['8 mb', 'information', "write '8 MiB' or '8 MB', or '8 Mbit'"],
    ['512 b', 'information', "write '512 B', or '512 bit'"],
    ['4 * 27 kb', 'information', "write '4 * 27 KiB' or '4 * 27 KB', or '4 * 27 kbit'"],
    ['2 * (3 + 1) Kb', 'information', "write '2 * (3 + 1) KiB' or '2 * (3 + 1) KB', or '2 * (3 + 1) kbit'"],
    ['8 Gb/s', 'informationPerTime', "write '8 GiB/s' or '8 GB/s', or '8 Gbit/s'"],
    ['64 b/cycle', 'informationPerCycle', "write '64 B/cycle', or '64 bit/cycle'"],
    ['2 kb + 2 kb', 'information', "write '2 KiB + 2 KiB' or '2 KB + 2 KB', or '2 kbit + 2 kbit'"],
    ['8 bit + 3 b', 'information', "write '8 bit + 3 B', or '8 bit + 3 bit'"],
    ['4 pJ/b', 'energyPerInformation', "write '4 pJ/B', or '4 pJ/bit'"],
  ] as const)('%s may be bits or bytes: both are shown', (text, kind, hint) => {
    const result = readQuantity(text, kind);
    expect(result).toMatchObject({ ok: false, hint });
    expect(result.ok ? '' : result.message).toMatch(/^unknown unit '.*: bits or bytes\?$/);
    for (const [, reading] of hint.matchAll(/'([^']+)'/g)) expect(readQuantity(reading!, kind).ok).toBe(true);
  });

  it.each([
    ['200 mHz', 'frequency', 'MHz'],
    ['500 MW', 'power', 'mW'],
    ['6 PJ', 'energy', 'pJ'],
    ['2 * 3 MJ', 'energy', 'mJ'],
    ['1.5 MM^2', 'area', 'mm'],
  ] as const)('%s is a slip of the shift key, whatever mathjs knows', (text, kind, meant) => {
    expect(readQuantity(text, kind)).toMatchObject({
      ok: false,
      hint: expect.stringContaining(`did you mean '${meant}`),
    });
  });
});

describe('schemas of quantities', () => {
  const schemas = {
    information: bits(),
    frequency: hertz(),
    energy: picojoules(),
    power: milliwatts(),
    time: seconds(),
    area: squareMillimetres(),
    length: nanometres(),
    informationPerTime: bytesPerSecond(),
    informationPerCycle: bitsPerCycle(),
    wordsPerCycle: wordsPerCycle(),
    energyPerInformation: picojoulesPerBit(),
  } satisfies Record<QuantityKind, z.ZodType<number>>;

  it('refuse a bare number, as a number and as a text, and show readings of it that are read; 0 needs no unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), fc.constantFrom(...KINDS), (number, kind) => {
        for (const input of [number, String(number)]) {
          const result = schemas[kind].safeParse(input);
          const message = result.error?.issues[0]?.message ?? '';
          expect(message).toContain(`'${number}' has no unit`);
          const readings = [...message.split('\n')[1]!.matchAll(/'([^']+)'/g)].map(([, reading]) => reading!);
          const values = readings.map((reading) => schemas[kind].parse(reading));
          expect(new Set(values).size).toBe(kind === 'wordsPerCycle' ? 1 : values.length);
          expect(values.length).toBeGreaterThan(kind === 'wordsPerCycle' ? 0 : 1);
        }
        expect(schemas[kind].parse(`${number} ${UNIT[kind]}`)).toBe(number);
        expect(schemas[kind].parse(0)).toBe(0);
      }),
    );
  });

  it.each([-1, 6, Number.NaN, Number.POSITIVE_INFINITY, '-3 pJ', '9^9^9 pJ', '2', true, null, [1]])(
    'refuse %s',
    (value) => {
      expect(schemas.energy.safeParse(value).success).toBe(false);
    },
  );

  it('name place, key and hint of a wrong unit', () => {
    const schema = z.strictObject({ level: z.strictObject({ capacity: bits() }) });
    const error = errorOf(() => readWith(schema, parseDocument('level:\n  capacity: 3 GHz\n', 'a.yaml')));
    expect(error.code).toBe('unit');
    expect(error.details).toEqual({
      place: { file: 'a.yaml', line: 2, column: 13 },
      keyPath: 'level.capacity',
      hint: "write for example '108 KiB'",
    });
  });

  it('have a JSON Schema', () => {
    for (const schema of Object.values(schemas))
      expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({
        type: ['number', 'string'],
        description: expect.any(String),
      });
  });
});

describe('hostile texts', () => {
  // Tried in all their splits, as many blanks, digits or signs would take longer than anyone waits.
  it.each([
    `1 ${'a/'.repeat(90)}b c`,
    `1 ${'m^2'.repeat(60)} x`,
    `${'1'.repeat(100)} `.padEnd(199),
    `${' '.repeat(198)}x`,
    `1${' '.repeat(190)}/ B`,
    `${'9'.repeat(500)} B`,
    '('.repeat(150),
    `${'9^'.repeat(90)}9 B`,
  ])('refuses %j', (text) => {
    const result = readQuantity(text, 'information');
    expect(result.ok && Number.isFinite(result.value)).toBe(false);
  });

  it('takes blanks around the signs of a unit', () => {
    expect(readSimpleQuantity(' 3  GB  /  s ')).toEqual(readSimpleQuantity('3 GB/s'));
    expect(readSimpleQuantity('2 mm ^ 2')).toEqual(readSimpleQuantity('2 mm^2'));
    expect(readSimpleQuantity('3 G B')).toBeUndefined();
  });
});
