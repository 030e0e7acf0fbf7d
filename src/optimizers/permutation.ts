/** n! exactly, for 0 <= n <= 18. */
export function factorial(n: number): number {
  let result = 1;
  for (let k = 2; k <= n; k++) result *= k;
  return result;
}

/** The order at a place, 0 <= index < length!, of the lexicographic list of all orders of 0 .. length - 1. */
export function orderAtIndex(length: number, index: number): number[] {
  const items = Array.from({ length }, (_, i) => i);
  const order: number[] = [];
  let rest = index;
  for (let left = length; left > 0; left--) {
    const block = factorial(left - 1);
    const position = Math.floor(rest / block);
    rest -= position * block;
    order.push(...items.splice(position, 1));
  }
  return order;
}

/** Inverse of {@link orderAtIndex}. */
export function indexOfOrder(order: readonly number[]): number {
  let index = 0;
  for (let i = 0; i < order.length; i++) {
    let smaller = 0;
    for (let j = i + 1; j < order.length; j++) if (order[j]! < order[i]!) smaller++;
    index += smaller * factorial(order.length - 1 - i);
  }
  return index;
}

/** Items by decreasing importance; equal importances keep the order of the items. */
export function orderByImportance(importances: readonly number[]): number[] {
  return importances.map((_, i) => i).sort((a, b) => importances[b]! - importances[a]! || a - b);
}

/** Evenly spaced importances in (0, 1) that {@link orderByImportance} turns into `order`. */
export function importancesOfOrder(order: readonly number[]): number[] {
  const importances = new Array<number>(order.length);
  order.forEach((item, place) => {
    importances[item] = (order.length - place - 0.5) / order.length;
  });
  return importances;
}
