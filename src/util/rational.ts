/** A fraction of positive integers; numerator infinite over 1 for infinity. */
export interface Rational {
  readonly numerator: number;
  readonly denominator: number;
}

/** Share by which a number may differ from the fraction that is meant: it was read or divided in doubles. */
const ROUNDING = 2 ** -51;

/** Largest numerator and denominator. */
const MOST = 2 ** 30;

/**
 * The fraction that a positive number stands for: the first convergent of its continued fraction that equals it but for rounding, so 0.7 is 7/10 and
 * 18.285714285714285 is 128/7. A number that is near none with small terms stands for itself, over 1.
 */
export function rationalOf(value: number): Rational {
  let [numerator, denominator] = [Math.floor(value), 1];
  let [previousNumerator, previousDenominator] = [1, 0];
  let rest = value - numerator;
  while (Math.abs(numerator / denominator - value) > value * ROUNDING) {
    const inverse = 1 / rest;
    const whole = Math.floor(inverse);
    rest = inverse - whole;
    [numerator, previousNumerator] = [whole * numerator + previousNumerator, numerator];
    [denominator, previousDenominator] = [whole * denominator + previousDenominator, denominator];
    if (!(denominator <= MOST && numerator <= MOST)) return { numerator: value, denominator: 1 };
  }
  return { numerator: value === Number.POSITIVE_INFINITY ? value : numerator, denominator };
}

/** Values of quotients are multiples of 1 / PARTS. */
const PARTS = 64;

/** ceil(value * denominator / numerator), exact for a non-negative multiple of 1/64 and a fraction of integers; 0 for an infinite fraction. */
export function ceilQuotient(value: number, numerator: number, denominator: number): number {
  const scaled = value * denominator;
  const isExact =
    scaled <= Number.MAX_SAFE_INTEGER / PARTS || (scaled <= Number.MAX_SAFE_INTEGER && Number.isInteger(value));
  if (isExact || !Number.isSafeInteger(numerator)) return Math.ceil(scaled / numerator);
  const divisor = BigInt(numerator) * BigInt(PARTS);
  return Number((BigInt(value * PARTS) * BigInt(denominator) + divisor - 1n) / divisor);
}
