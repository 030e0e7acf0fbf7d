import type { Random } from '../../src/util/random.ts';

/** One of some values. */
export function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.nextInt(values.length)]!;
}

/** Whether something happens that happens once in so many times. */
export function oneIn(random: Random, times: number): boolean {
  return random.nextInt(times) === 0;
}

/** A list in which an item stands as often as its weight says. */
export function weighted<T extends { readonly weight: number }>(values: readonly T[]): T[] {
  return values.flatMap((value) => Array.from({ length: value.weight }, () => value));
}
