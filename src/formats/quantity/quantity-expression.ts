import type { MathJsInstance } from 'mathjs';
import { newMathjs } from './mathjs.ts';

/** Value of a quantity expression in the wanted unit, or why there is none. */
export type ExpressionResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly reason: 'dimension' | 'syntax' };

const MAX_LENGTH = 200;
const ALLOWED = /^[\w\s.+\-*/^()µμ²]+$/;
const FUNCTION_CALL = /[A-Za-z_]\w*\s*\(/;

let loaded: MathJsInstance | undefined;

/** Whether a text is made of numbers, words, operators and parentheses alone. */
export function isArithmetic(text: string): boolean {
  return text.length <= MAX_LENGTH && ALLOWED.test(text) && !FUNCTION_CALL.test(text);
}

/**
 * Evaluates arithmetic with units such as `4 * 27 KiB` or `3 GHz * 8 byte / 2` by mathjs and converts it to `unit`.
 * Only numbers, units, operators and parentheses are let through. mathjs (about half a second to load) is loaded by the first call.
 */
export function evaluateQuantity(text: string, unit: string): ExpressionResult {
  if (!isArithmetic(text)) return { ok: false, reason: 'syntax' };
  loaded ??= loadMathjs();
  let result: unknown;
  try {
    result = loaded.evaluate(toMathjs(text));
  } catch {
    return { ok: false, reason: 'syntax' };
  }
  if (!loaded.isUnit(result)) return { ok: false, reason: 'dimension' };
  const wanted = loaded.unit(toMathjs(unit));
  if (!wanted.equalBase(result)) return { ok: false, reason: 'dimension' };
  const value: unknown = result.toNumeric(toMathjs(unit));
  return typeof value === 'number' ? { ok: true, value } : { ok: false, reason: 'syntax' };
}

/** Whether an expression has already made mathjs load; simple quantities must not. */
export function isMathjsLoaded(): boolean {
  return loaded !== undefined;
}

function loadMathjs(): MathJsInstance {
  const instance = newMathjs();
  instance.createUnit({ word: { aliases: ['words'] }, clockcycle: { aliases: ['clockcycles'] } });
  return instance;
}

/** mathjs names: KB is kB, bit prefixes only on `b`, a cycle is not an angle, ASCII only. */
function toMathjs(text: string): string {
  return text
    .replace(/[µμ]/g, 'u')
    .replace(/²/g, '^2')
    .replace(
      /\b([kKMGT]i?)(?:(bits?)|bytes?)\b/g,
      (_, prefix: string, bit: string | undefined) => `${prefix}${bit === undefined ? 'B' : 'b'}`,
    )
    .replace(/\bK(?=[bB]\b)/g, 'k')
    .replace(/\bcycles?\b/g, 'clockcycle');
}
