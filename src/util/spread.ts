/** At most `count` of some items, evenly from the first to the last; count >= 0. */
export function spreadOver<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from(
    { length: Math.max(0, count) },
    (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1 || 1))]!,
  );
}
