import { z } from 'zod';
import {
  EXAMPLE,
  isOutOfRange,
  type QuantityKind,
  type QuantityResult,
  rangeMessage,
  readQuantity,
  UNIT,
  withoutUnit,
} from './quantity.ts';

/** Schema of text with a unit; 0 needs none. */
function quantity(kind: QuantityKind, what: string, checkNumber: (value: number) => boolean = (value) => value === 0) {
  const description = `${what}: text with a unit such as "${EXAMPLE[kind]}".`;
  return z
    .union([z.number(), z.string()])
    .describe(description)
    .transform((input, context) => {
      const isNumber = typeof input === 'number';
      const result: QuantityResult = !isNumber
        ? readQuantity(input, kind)
        : checkNumber(input)
          ? { ok: true, value: input }
          : { ok: false, ...withoutUnit(input, [kind]) };
      const isUsual = result.ok && Number.isFinite(result.value) && result.value >= 0;
      if (isUsual && !isOutOfRange(result.value)) return result.value;
      const [message, hint] = result.ok
        ? [
            isUsual ? rangeMessage(UNIT[kind]) : 'must not be negative or infinite',
            `write for example '${EXAMPLE[kind]}'`,
          ]
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

/** An amount of storage in bits. >= 0. */
export const bits = () => quantity('information', 'Storage (KiB = 1024 B, KB = kB = 1000 B)');
/** A width of words in bits, under a key that says so: a number, or text with a unit. >= 0. */
export const widthInBits = () => quantity('information', 'Width in bits: a number, or', () => true);
/** A frequency in Hz. >= 0. */
export const hertz = () => quantity('frequency', 'Frequency');
/** An energy in pJ. >= 0. */
export const picojoules = () => quantity('energy', 'Energy');
/** A power in mW. >= 0. */
export const milliwatts = () => quantity('power', 'Power');
/** A time in seconds. >= 0. */
export const seconds = () => quantity('time', 'Time');
/** An area in mm^2. >= 0. */
export const squareMillimetres = () => quantity('area', 'Area');
/** A length in nm. >= 0. */
export const nanometres = () => quantity('length', 'Length');
/** A bandwidth in bytes per second. >= 0. */
export const bytesPerSecond = () => quantity('informationPerTime', 'Bandwidth');
/** A bandwidth in bits per clock cycle. >= 0. */
export const bitsPerCycle = () => quantity('informationPerCycle', 'Bandwidth');
/** A bandwidth in words per clock cycle. >= 0. */
export const wordsPerCycle = () => quantity('wordsPerCycle', 'Bandwidth');
/** An energy per bit in pJ/bit. >= 0. */
export const picojoulesPerBit = () => quantity('energyPerInformation', 'Energy per bit');
