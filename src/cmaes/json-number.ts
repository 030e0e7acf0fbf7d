/** A number that survives JSON: the values JSON has no notation for are words. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** @returns the number, or its name where JSON would turn it into null */
export function toJsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** Inverse of {@link toJsonNumber}. */
export function fromJsonNumber(value: JsonNumber): number {
  return Number(value);
}
