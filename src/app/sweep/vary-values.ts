import { TrifoldError } from '../../util/errors.ts';

/** Reads one value of a parameter; `unit` is what followed the last value, for values without one. @throws TrifoldError */
export type ValueReader = (text: string, unit: string) => number;

/** Most values of one parameter. */
export const MAX_VALUES = 64;

const HINT = "write for example '64KiB..1MiB' (doubling), '8..32 +4', '1..27 x3' or '8,12,14'";

/**
 * Values of a parameter: a list `a,b,c`, or a range `a..b` by doubling, `a..b xN` by another factor, `a..b +N` by steps.
 * The end of a range is always one of the values. Values without a unit take that of the last one.
 * @throws TrifoldError `syntax` or `value` with a hint
 */
export function readValues(text: string, read: ValueReader): number[] {
  const range = /^(.+?)\.\.(.+?)(?:\s*(x|×|\+)\s*([^x×+]+))?$/.exec(text.trim());
  const values = range === null ? readList(text, read) : readRange(text, range, read);
  if (values.length > MAX_VALUES)
    throw new TrifoldError('value', `'${text}' has more than ${MAX_VALUES} values`, {
      hint: 'take a larger step',
    });
  return values;
}

function readList(text: string, read: ValueReader): number[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === ''))
    throw new TrifoldError('syntax', `'${text}' is neither a list nor a range of values`, { hint: HINT });
  const unit = unitOf(items.at(-1)!);
  return [...new Set(items.map((item) => read(item, unit)))].sort((a, b) => a - b);
}

function readRange(text: string, match: RegExpExecArray, read: ValueReader): number[] {
  const [, first, last, sign, stepText] = match.map((part) => part?.trim());
  const unit = unitOf(last!);
  // The last one first: a missing unit is missed there.
  const to = read(last!, unit);
  const from = read(first!, unit);
  if (from > to)
    throw new TrifoldError('value', `the range '${text}' ends before it starts`, { hint: `write '${last}..${first}'` });
  const step = sign === undefined ? 2 : sign === '+' ? read(stepText!, unit) : Number(stepText);
  const isAdding = sign === '+';
  if (!(isAdding ? step > 0 : step > 1))
    throw new TrifoldError(
      'value',
      isAdding ? `the step of '${text}' is not above 0` : `the factor of '${text}' is not above 1`,
      {
        hint: HINT,
      },
    );
  const values: number[] = [];
  for (
    let value = from;
    value < to * (1 - 1e-12) && values.length <= MAX_VALUES;
    value = isAdding ? value + step : value * step
  )
    values.push(value);
  values.push(to);
  return values;
}

function unitOf(text: string): string {
  return text.replace(/^[+-]?[\d.]+(?:e[+-]?\d+)?/i, '').trim();
}
