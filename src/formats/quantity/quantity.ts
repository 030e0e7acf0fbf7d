import { z } from 'zod';
import { suggestWord } from '../../util/suggestion.ts';
import { evaluateQuantity } from './quantity-expression.ts';

/** Kind of a quantity; the documented unit of a bare number follows in {@link UNIT}. */
export type QuantityKind =
  | 'information'
  | 'frequency'
  | 'energy'
  | 'power'
  | 'time'
  | 'area'
  | 'length'
  | 'informationPerTime'
  | 'informationPerCycle'
  | 'wordsPerCycle'
  | 'energyPerInformation';

/** The unit of a bare number of each kind, in which results are returned. */
export const UNIT: Readonly<Record<QuantityKind, string>> = {
  information: 'bit',
  frequency: 'Hz',
  energy: 'pJ',
  power: 'mW',
  time: 's',
  area: 'mm^2',
  length: 'nm',
  informationPerTime: 'B/s',
  informationPerCycle: 'bit/cycle',
  wordsPerCycle: 'word/cycle',
  energyPerInformation: 'pJ/bit',
};

/** A unit as kind and factor 10^ten * 2^two to the unit of {@link UNIT}. */
interface SimpleUnit {
  readonly kind: QuantityKind;
  readonly ten: number;
  readonly two: number;
}

const UNITS: ReadonlyMap<string, SimpleUnit> = buildUnits();
/** The units that are read without mathjs. */
export const SIMPLE_UNITS: readonly string[] = [...UNITS.keys()];

const NUMBER_AND_UNIT =
  /^\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d+))?\s*([A-Za-zµμ][^\s]*(?:\s*[/^]\s*[^\s]+)*)\s*$/;

/** A quantity read from text, or why it cannot be read. */
export type QuantityResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Reads `<number> <simple unit>` from the table of units, exactly rounded; undefined when the text is not of that form. */
export function readSimpleQuantity(text: string): { readonly kind: QuantityKind; readonly value: number } | undefined {
  const match = NUMBER_AND_UNIT.exec(text);
  const unit = match === null ? undefined : UNITS.get(match[3]!.replace(/\s+/g, ''));
  if (match === null || unit === undefined) return undefined;
  const value = Number(`${match[1]}e${Number(match[2] ?? 0) + unit.ten}`) * 2 ** unit.two;
  return { kind: unit.kind, value };
}

/** Reads text such as `108 KiB` or `4 * 27 KiB` as a quantity of the given kind, in the kind's {@link UNIT}. */
export function readQuantity(text: string, kind: QuantityKind): QuantityResult {
  const simple = readSimpleQuantity(text);
  if (simple !== undefined) return simple.kind === kind ? { ok: true, value: simple.value } : wrongKind(text, kind);
  if (/^\s*[+-]?[\d.]+(?:[eE][+-]?\d+)?\s*$/.test(text))
    return {
      ok: false,
      message: `'${text}' has no unit`,
      hint: `write '${text.trim()} ${UNIT[kind]}', or the number without quotes`,
    };
  const result = evaluateQuantity(text, UNIT[kind]);
  if (result.ok) return result;
  if (result.reason === 'dimension') return wrongKind(text, kind);
  const known = [...UNITS].filter(([, unit]) => unit.kind === kind).map(([name]) => name);
  const symbol = result.symbol ?? NUMBER_AND_UNIT.exec(text)?.[3];
  const hint = symbol === undefined ? `write for example '${EXAMPLE[kind]}'` : suggestWord(symbol, known);
  return {
    ok: false,
    message: symbol === undefined ? `'${text}' is not a quantity` : `unknown unit '${symbol}' in '${text}'`,
    hint,
  };
}

function wrongKind(text: string, kind: QuantityKind): QuantityResult {
  return { ok: false, message: `'${text}' is not ${NAME[kind]}`, hint: `write for example '${EXAMPLE[kind]}'` };
}

const NAME: Readonly<Record<QuantityKind, string>> = {
  information: 'an amount of storage',
  frequency: 'a frequency',
  energy: 'an energy',
  power: 'a power',
  time: 'a time',
  area: 'an area',
  length: 'a length',
  informationPerTime: 'a bandwidth per second',
  informationPerCycle: 'a bandwidth in bits per cycle',
  wordsPerCycle: 'a bandwidth in words per cycle',
  energyPerInformation: 'an energy per bit',
};

const EXAMPLE: Readonly<Record<QuantityKind, string>> = {
  information: '108 KiB',
  frequency: '200 MHz',
  energy: '6 pJ',
  power: '3.5 mW',
  time: '10 ns',
  area: '1.5 mm^2',
  length: '45 nm',
  informationPerTime: '25.6 GB/s',
  informationPerCycle: '64 bit/cycle',
  wordsPerCycle: '2 words/cycle',
  energyPerInformation: '4 pJ/bit',
};

/** @param leastBare bare numbers above 0 and below this are taken for a forgotten unit */
function quantity(kind: QuantityKind, description: string, leastBare = 0) {
  return z
    .union([z.number(), z.string()])
    .transform((input, context) => {
      const result: QuantityResult = typeof input === 'number' ? { ok: true, value: input } : readQuantity(input, kind);
      const isBare = typeof input === 'number' && input > 0 && input < leastBare;
      if (result.ok && Number.isFinite(result.value) && result.value >= 0 && !isBare) return result.value;
      const [message, hint] = isBare
        ? [
            `${input} without a unit means ${input} ${UNIT[kind]}, which is hardly meant`,
            `write for example '${EXAMPLE[kind]}', or '${input} ${UNIT[kind]}' if it is`,
          ]
        : result.ok
          ? ['must not be negative or infinite', `write for example '${EXAMPLE[kind]}'`]
          : [result.message, result.hint];
      context.addIssue({
        code: 'custom',
        message: `${message}\n${hint}`,
        params: { code: result.ok ? 'value' : 'unit' },
        input,
      });
      return z.NEVER;
    })
    .describe(description);
}

/** Clocks and bandwidths of chips are far above so many Hz or B/s. */
const LEAST_BARE = 1e5;

/** An amount of storage in bits; a bare number counts bits. >= 0. */
export const bits = () =>
  quantity('information', 'Storage: a number of bits, or text such as "108 KiB" (KiB = 1024 B, KB = kB = 1000 B).');
/** A frequency in Hz. >= 0. */
export const hertz = () => quantity('frequency', 'Frequency: a number of Hz, or text such as "200 MHz".', LEAST_BARE);
/** An energy in pJ. >= 0. */
export const picojoules = () => quantity('energy', 'Energy: a number of pJ, or text such as "6 pJ".');
/** A power in mW. >= 0. */
export const milliwatts = () => quantity('power', 'Power: a number of mW, or text such as "3.5 mW".');
/** A time in seconds. >= 0. */
export const seconds = () => quantity('time', 'Time: a number of seconds, or text such as "10 ns".');
/** An area in mm^2. >= 0. */
export const squareMillimetres = () => quantity('area', 'Area: a number of mm^2, or text such as "1.5 mm^2".');
/** A length in nm. >= 0. */
export const nanometres = () => quantity('length', 'Length: a number of nm, or text such as "45 nm".');
/** A bandwidth in bytes per second. >= 0. */
export const bytesPerSecond = () =>
  quantity('informationPerTime', 'Bandwidth: a number of B/s, or text such as "25.6 GB/s".', LEAST_BARE);
/** A bandwidth in bits per clock cycle. >= 0. */
export const bitsPerCycle = () =>
  quantity('informationPerCycle', 'Bandwidth: a number of bits per cycle, or text such as "64 bit/cycle".');
/** A bandwidth in words per clock cycle. >= 0. */
export const wordsPerCycle = () =>
  quantity('wordsPerCycle', 'Bandwidth: a number of words per cycle, or text such as "2 words/cycle".');
/** An energy per bit in pJ/bit. >= 0. */
export const picojoulesPerBit = () =>
  quantity('energyPerInformation', 'Energy per bit: a number of pJ/bit, or text such as "4 pJ/bit".');

function buildUnits(): ReadonlyMap<string, SimpleUnit> {
  const units = new Map<string, SimpleUnit>();
  const small = { f: -15, p: -12, n: -9, u: -6, µ: -6, μ: -6, m: -3, c: -2 };
  const large = { k: 3, M: 6, G: 9, T: 12 };
  const binary = { Ki: 10, Mi: 20, Gi: 30, Ti: 40 };
  const si = (
    names: readonly string[],
    prefixes: Readonly<Record<string, number>>,
    kind: QuantityKind,
    ten: number,
    power = 1,
  ) => {
    for (const [prefix, exponent] of Object.entries({ '': 0, ...prefixes }))
      for (const name of names) units.set(`${prefix}${name}`, { kind, ten: ten + power * exponent, two: 0 });
  };
  si(['Hz'], large, 'frequency', 0);
  si(['J'], small, 'energy', 12);
  si(['W'], small, 'power', 3);
  si(['s'], small, 'time', 0);
  si(['m'], small, 'length', 9);
  si(['m^2', 'm2', 'm²'], small, 'area', 6, 2);
  for (const cycle of ['cycle', 'cycles'])
    for (const word of ['word', 'words']) units.set(`${word}/${cycle}`, { kind: 'wordsPerCycle', ten: 0, two: 0 });
  for (const [prefix, ten, two] of [
    ['', 0, 0] as const,
    ...Object.entries({ ...large, K: 3 }).map(([name, exponent]) => [name, exponent, 0] as const),
    ...Object.entries(binary).map(([name, exponent]) => [name, 0, exponent] as const),
  ])
    for (const [name, octets] of [
      ...['b', 'bit', 'bits'].map((n) => [n, 0] as const),
      ...['B', 'byte', 'bytes'].map((n) => [n, 3] as const),
    ]) {
      const information = { kind: 'information', ten, two: two + octets } as const;
      units.set(`${prefix}${name}`, information);
      units.set(`${prefix}${name}/s`, { kind: 'informationPerTime', ten, two: two + octets - 3 });
      for (const cycle of ['cycle', 'cycles'])
        units.set(`${prefix}${name}/${cycle}`, { kind: 'informationPerCycle', ten, two: two + octets });
      if (ten === 0 && two === 0)
        for (const [energy, exponent] of Object.entries({ ...small, '': 0 }))
          units.set(`${energy}J/${name}`, { kind: 'energyPerInformation', ten: exponent + 12, two: -octets });
    }
  return units;
}
