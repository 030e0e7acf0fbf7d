import { nearestWord, suggestWord } from '../../util/suggestion.ts';
import { evaluateQuantity, isArithmetic } from './quantity-expression.ts';

/** Kind of a quantity. Values are in the unit of {@link UNIT}; texts always carry theirs. */
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

/** The unit of each kind in which results are returned. */
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
/** The names in units, which alone stand in expressions: mathjs knows others, such as MW or mHz, that are slips of the pen here. */
const WORDS: ReadonlySet<string> = new Set([...UNITS.keys()].flatMap(wordsOf));
/** The units that are read without mathjs. */
export const SIMPLE_UNITS: readonly string[] = [...UNITS.keys()];

/** Least and most of a positive quantity in its {@link UNIT}: products of several stay numbers, and nothing that is built is near. */
const LEAST = 1e-30;
const MOST = 1e30;

/** Whether a positive quantity is so small or large that figures made of it may be no numbers. */
export function isOutOfRange(value: number): boolean {
  return value > 0 && !(value >= LEAST && value <= MOST);
}

/** Why {@link isOutOfRange} refuses. */
export function rangeMessage(unit: string): string {
  return `must lie between ${LEAST} and ${MOST} ${unit}`;
}

/** Most characters of a quantity. */
const MAX_CHARACTERS = 200;

/** What follows the number is a unit with blanks around its signs alone: one run of characters once these are taken out. */
const NUMBER_AND_UNIT = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d+))?\s*([A-Za-zµμ]\S*)$/;

/** A quantity read from text, or why it cannot be read. */
export type QuantityResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Reads `<number> <simple unit>` from the table of units, exactly rounded; undefined when the text is not of that form. */
export function readSimpleQuantity(text: string): { readonly kind: QuantityKind; readonly value: number } | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const match = NUMBER_AND_UNIT.exec(text.trim().replace(/\s*([/^])\s*/g, '$1'));
  const unit = match === null ? undefined : UNITS.get(match[3]!);
  if (match === null || unit === undefined) return undefined;
  const value = Number(`${match[1]}e${Number(match[2] ?? 0) + unit.ten}`) * 2 ** unit.two;
  return { kind: unit.kind, value };
}

/** Reads text such as `108 KiB` or `4 * 27 KiB` as a quantity of the given kind, in the kind's {@link UNIT}. */
export function readQuantity(text: string, kind: QuantityKind): QuantityResult {
  if (text.length > MAX_CHARACTERS)
    return {
      ok: false,
      message: `a text of ${text.length} characters is not a quantity`,
      hint: `write for example '${EXAMPLE[kind]}'`,
    };
  const simple = readSimpleQuantity(text);
  if (simple !== undefined) return simple.kind === kind ? { ok: true, value: simple.value } : wrongKind(text, kind);
  if (isBareNumber(text)) return { ok: false, ...withoutUnit(text, [kind]) };
  const unknown = text.match(/[A-Za-z\u00b5\u03bc]+/g)?.find((word) => !WORDS.has(word) && !/^[eE]$/.test(word));
  if (unknown !== undefined && isArithmetic(text)) return unknownUnit(unknown, text, kind);
  const result = evaluateQuantity(text, UNIT[kind]);
  if (result.ok) return result;
  if (result.reason === 'dimension') return wrongKind(text, kind);
  return { ok: false, message: `'${text}' is not a quantity`, hint: `write for example '${EXAMPLE[kind]}'` };
}

/** Whether a text is a number and nothing else. */
export function isBareNumber(text: string): boolean {
  return /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text);
}

/**
 * The refusal of a number without a unit: what it says depends on the unit by a factor of 8 or 1000, so that none is taken for granted.
 * @param kinds that the quantity may have
 */
export function withoutUnit(
  number: string | number,
  kinds: readonly QuantityKind[],
): { message: string; hint: string } {
  const text = String(number).trim();
  const readings = kinds.flatMap((kind) => READINGS[kind]).map((unit) => `'${text} ${unit}'`);
  const last = readings.pop();
  return {
    message: `'${text}' has no unit`,
    hint: readings.length === 0 ? `write ${last}` : `is it ${readings.join(', ')} or ${last}?`,
  };
}

/** Units that a number without one is taken for, per kind. */
const READINGS: Readonly<Record<QuantityKind, readonly string[]>> = {
  information: ['B', 'KiB', 'bit'],
  frequency: ['Hz', 'MHz'],
  energy: ['pJ', 'nJ'],
  power: ['mW', 'W'],
  time: ['s', 'ms'],
  area: ['mm^2', 'um^2'],
  length: ['nm', 'um'],
  informationPerTime: ['B/s', 'GB/s'],
  informationPerCycle: ['B/cycle', 'bit/cycle'],
  wordsPerCycle: ['words/cycle'],
  energyPerInformation: ['pJ/bit', 'pJ/B'],
};

/** A lower-case `b`, or a prefix alone, may mean bits or bytes: both are shown. */
function unknownUnit(unit: string, text: string, kind: QuantityKind): QuantityResult {
  const message = `unknown unit '${unit}' in '${text}'`;
  const [, prefix] = /^([kmgt]?)i?b?$/i.exec(unit) ?? [];
  const isInformation = ['information', 'informationPerTime', 'informationPerCycle', 'energyPerInformation'].includes(
    kind,
  );
  if (prefix === undefined || !isInformation) {
    const known = [...UNITS].filter(([, one]) => one.kind === kind).map(([name]) => name);
    const nearest = nearestWord(unit, known.flatMap(wordsOf));
    const hint = nearest === undefined ? suggestWord(unit, known) : `did you mean '${nearest}'?`;
    return { ok: false, message, hint };
  }
  const large = prefix.toUpperCase();
  const bytes = large === '' ? ['B'] : [`${large}iB`, `${large}B`];
  const bits = large === '' ? 'bit' : `${large === 'K' ? 'k' : large}bit`;
  const all = [...bytes, bits].map(
    (one) => `'${text.trim().replace(/[A-Za-z\u00b5\u03bc]+/g, (word) => (word === unit ? one : word))}'`,
  );
  return {
    ok: false,
    message: `${message}: bits or bytes?`,
    hint: `write ${all.slice(0, -1).join(' or ')}, or ${all.at(-1)}`,
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

/** A quantity of each kind as people write it. */
export const EXAMPLE: Readonly<Record<QuantityKind, string>> = {
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

function wordsOf(unit: string): string[] {
  return unit.match(/[A-Za-z\u00b5\u03bc]+/g) ?? [];
}

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
      ...['bit', 'bits'].map((n) => [n, 0] as const),
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
