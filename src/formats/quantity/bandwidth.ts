import { z } from 'zod';
import {
  isBareNumber,
  isOutOfRange,
  type QuantityKind,
  type QuantityResult,
  rangeMessage,
  readQuantity,
  readSimpleQuantity,
  withoutUnit,
} from './quantity.ts';

/** A bandwidth as a file states it. */
export interface StatedRate {
  readonly unit: 'words/cycle' | 'bit/cycle' | 'B/s';
  /** > 0. */
  readonly value: number;
}

const UNIT_OF = {
  wordsPerCycle: 'words/cycle',
  informationPerCycle: 'bit/cycle',
  informationPerTime: 'B/s',
} as const satisfies Partial<Record<QuantityKind, StatedRate['unit']>>;

/** In the order in which a rate is read; the last one's failure is told. */
const RATE_KINDS = ['wordsPerCycle', 'informationPerCycle', 'informationPerTime'] as const;

const HINT = "write for example '4 words/cycle', '64 bit/cycle' or '25.6 GB/s'";

/** Schema of a bandwidth: text such as `4 words/cycle`, `64 bit/cycle` or `25.6 GB/s`. */
export const statedRate = () =>
  z
    .union([z.number(), z.string()])
    .transform((input, context): StatedRate => {
      const fail = (message: string, hint: string, code: 'unit' | 'value') => {
        context.addIssue({ code: 'custom', message: `${message}\n${hint}`, params: { code }, input });
        return z.NEVER;
      };
      const rate =
        input === 0
          ? ({ unit: 'words/cycle', value: 0 } as const)
          : typeof input === 'number'
            ? withoutUnit(input, RATE_KINDS)
            : readRate(input);
      if ('message' in rate) return fail(rate.message, rate.hint, 'unit');
      if (!(rate.value > 0 && Number.isFinite(rate.value)))
        return fail('must be positive; leave it out when it is unlimited', HINT, 'value');
      if (isOutOfRange(rate.value)) return fail(rangeMessage(rate.unit), HINT, 'value');
      return rate;
    })
    .describe('Bandwidth: text with a unit such as "4 words/cycle", "64 bit/cycle" or "25.6 GB/s".');

/** Reads a bandwidth of any kind. */
export function readRate(text: string): StatedRate | { readonly message: string; readonly hint: string } {
  if (isBareNumber(text)) return withoutUnit(text, RATE_KINDS);
  const simple = readSimpleQuantity(text);
  if (simple !== undefined)
    return isRateKind(simple.kind)
      ? { unit: UNIT_OF[simple.kind], value: simple.value }
      : { message: `'${text}' is not a bandwidth`, hint: HINT };
  let failure: Extract<QuantityResult, { ok: false }> | undefined;
  for (const kind of RATE_KINDS) {
    const result = readQuantity(text, kind);
    if (result.ok) return { unit: UNIT_OF[kind], value: result.value };
    failure = result;
  }
  const isAmbiguous = failure?.message.endsWith('bits or bytes?') === true;
  return { message: failure?.message ?? `'${text}' is not a bandwidth`, hint: isAmbiguous ? failure!.hint : HINT };
}

function isRateKind(kind: QuantityKind): kind is keyof typeof UNIT_OF {
  return kind in UNIT_OF;
}
