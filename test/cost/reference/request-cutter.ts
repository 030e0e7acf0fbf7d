/** One axis of a tensor: words from..to-1 of `size` are stored; coordinates are sums of coefficient x dim. */
interface CutAxis {
  readonly terms: readonly { readonly dim: number; readonly coefficient: number; readonly bound: number }[];
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

interface CutOptions {
  /** Dims as numbers, fastest last. */
  readonly layout: readonly number[];
  /** [dim]: positions of the tiles that are moved. */
  readonly extents: readonly number[];
  readonly bits: number;
  readonly bytes: number;
  /** Whether tiles are moved with the words between those that are used, so that they have no gaps. */
  readonly isBox: boolean;
}

/**
 * Requests of the words of a transfer, found by sorting their addresses in the layout. Words that differ along an axis that the layout does not name, or along
 * one that full tiles leave gaps in, are never neighbours. Gaps that only a shorter tile at the edge has are no gaps.
 * @param words numbered row by row over all axes, padding included
 */
export function cutIntoRequests(words: readonly number[], axes: readonly CutAxis[], options: CutOptions): number {
  const { layout, extents, bits, bytes, isBox } = options;
  const named = layout.map((dim) => axes.findIndex(({ terms }) => terms.some((term) => term.dim === dim)));
  const places = words.map((word) => coordinates(word, axes));
  const used = axes.map((_, i) => [...new Set(places.map((at) => at[i]!))].sort((a, b) => a - b));
  // An axis with gaps ends a run, so that none further out takes part.
  const contiguous = named.slice(1 + named.findLastIndex((i) => !isBox && hasGaps(axes[i]!, extents)));
  const streams = new Map<string, number[]>();
  for (const at of places) {
    const apart = axes.map((_, i) => (contiguous.includes(i) ? '' : at[i]));
    const address = named.reduce((sum, i) => sum * (axes[i]!.to - axes[i]!.from) + used[i]!.indexOf(at[i]!), 0);
    const key = apart.join(',');
    streams.set(key, [...(streams.get(key) ?? []), address]);
  }
  let requests = 0;
  for (const addresses of streams.values()) {
    let run = 0;
    addresses.sort((a, b) => a - b);
    addresses.forEach((address, i) => {
      run++;
      if (addresses[i + 1] === address + 1) return;
      requests += Math.ceil((run * bits) / 8 / bytes);
      run = 0;
    });
  }
  return requests;
}

function coordinates(word: number, axes: readonly CutAxis[]): number[] {
  const at: number[] = [];
  let rest = word;
  for (const { size } of [...axes].reverse()) {
    at.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return at;
}

/** Whether a full tile skips coordinates of an axis. */
function hasGaps({ terms }: CutAxis, extents: readonly number[]): boolean {
  let used = [0];
  for (const { dim, coefficient, bound } of terms)
    used = used.flatMap((at) => Array.from({ length: Math.min(extents[dim]!, bound) }, (_, k) => at + coefficient * k));
  const sorted = [...new Set(used)].sort((a, b) => a - b);
  return sorted.some((at, i) => at !== i);
}
