import { readQuantity } from '../../formats/quantity/quantity.ts';
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
  const range = rangeOf(text.trim());
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

/** The parts of `a..b`, `a..b xN` and `a..b +N` as they are written. */
interface Range {
  readonly first: string;
  readonly last: string;
  readonly step: { readonly sign: string; readonly text: string } | null;
}

/** Null for what is no range. By search for the signs: the effort grows with the length alone. */
function rangeOf(text: string): Range | null {
  const dots = text.indexOf('..', 1);
  const rest = text.slice(dots + 2);
  if (dots < 0 || rest === '') return null;
  const first = text.slice(0, dots).trim();
  const at = Math.max(...['x', '×', '+'].map((sign) => rest.lastIndexOf(sign)));
  if (at < 1 || at === rest.length - 1) return { first, last: rest.trim(), step: null };
  return { first, last: rest.slice(0, at).trim(), step: { sign: rest[at]!, text: rest.slice(at + 1).trim() } };
}

function readRange(text: string, { first, last, step: stated }: Range, read: ValueReader): number[] {
  const unit = unitOf(last);
  // The last one first: a missing unit is missed there.
  const to = read(last, unit);
  const from = read(first, unit);
  if (from > to)
    throw new TrifoldError('value', `the range '${text}' ends before it starts`, { hint: `write '${last}..${first}'` });
  const isAdding = stated?.sign === '+';
  const step = stated === null ? 2 : isAdding ? read(stated.text, unit) : Number(stated.text);
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

/** A value with the unit that follows the last one, where it is a bare number. */
export function withUnit(text: string, unit: string): string {
  return /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(text) && unit !== '' ? `${text} ${unit}` : text;
}

/** Reads capacities in bits. @param before what stands before the values in the example of an error, e.g. `L2=` */
export function capacityReader(before: string): ValueReader {
  const example = `'${before}64KiB..1MiB'`;
  return (value, unit) => {
    const full = withUnit(value, unit);
    const quantity = readQuantity(full, 'information');
    if (!quantity.ok)
      throw new TrifoldError('unit', quantity.message, {
        hint: `${quantity.hint}; for example ${example}; units: B, KiB, MiB, KB, bit`,
      });
    if (!Number.isSafeInteger(quantity.value) || quantity.value < 1)
      throw new TrifoldError('value', `'${full}' is not a capacity: it must be a whole number of bits above 0`, {
        hint: `write for example ${example}; units: B, KiB, MiB, KB, bit`,
      });
    return quantity.value;
  };
}
