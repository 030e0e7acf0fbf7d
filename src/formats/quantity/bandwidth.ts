import { z } from 'zod';
import { type QuantityKind, type QuantityResult, readQuantity, readSimpleQuantity } from './quantity.ts';

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

const HINT = "write for example '4 words/cycle', '64 bit/cycle' or '25.6 GB/s'";

/** Schema of a bandwidth: a number of words per cycle, or text such as `4 words/cycle`, `64 bit/cycle` or `25.6 GB/s`. */
export const statedRate = () =>
  z
    .union([z.number(), z.string()])
    .transform((input, context): StatedRate => {
      const fail = (message: string, hint: string, code: 'unit' | 'value') => {
        context.addIssue({ code: 'custom', message: `${message}\n${hint}`, params: { code }, input });
        return z.NEVER;
      };
      const rate = typeof input === 'number' ? ({ unit: 'words/cycle', value: input } as const) : readRate(input);
      if ('message' in rate) return fail(rate.message, rate.hint, 'unit');
      if (!(rate.value > 0 && Number.isFinite(rate.value)))
        return fail('must be positive; leave it out when it is unlimited', HINT, 'value');
      return rate;
    })
    .describe('Bandwidth: words per cycle, or text such as "4 words/cycle", "64 bit/cycle" or "25.6 GB/s".');

function readRate(text: string): StatedRate | { readonly message: string; readonly hint: string } {
  const simple = readSimpleQuantity(text);
  if (simple !== undefined)
    return isRateKind(simple.kind)
      ? { unit: UNIT_OF[simple.kind], value: simple.value }
      : { message: `'${text}' is not a bandwidth`, hint: HINT };
  let failure: Extract<QuantityResult, { ok: false }> | undefined;
  for (const kind of ['wordsPerCycle', 'informationPerCycle', 'informationPerTime'] as const) {
    const result = readQuantity(text, kind);
    if (result.ok) return { unit: UNIT_OF[kind], value: result.value };
    failure = result;
  }
  return { message: failure?.message ?? `'${text}' is not a bandwidth`, hint: HINT };
}

function isRateKind(kind: QuantityKind): kind is keyof typeof UNIT_OF {
  return kind in UNIT_OF;
}
