import { DIMS, type Dim } from '../util/vocabulary.ts';
import type { WireTechnology } from './technology.ts';

/** How the links from a level to its children run: along the axes of the array, or as an H-tree. */
export type WireGeometry = 'line' | 'tree';

/** An axis of an array with the problem dims that may run in parallel on it. */
interface WiredAxis {
  readonly size: number;
  readonly parallelDims: readonly Dim[] | 'any';
}

/** The links below one instance of a level. */
export interface FanOutWires {
  readonly geometry: WireGeometry;
  /** Length of a hop: from a child to its neighbour. */
  readonly hopMm: number;
  readonly pjPerBitHop: number;
  /** Of the links below one instance, and of the multiplexers in its children. */
  readonly areaMm2: number;
}

/**
 * Hops of a word from a level to all children that use it, on average over the children, and as well of a word that these children sum up on its way to
 * the level. The one place of the formula; figures are of one array axis each, up to three.
 *
 * `line`: a word enters at the edge of the array next to the level. On an axis of which s children are used, m of them share the word and sit
 * side by side, it runs to the last of them: (s + m) / 2 hops on average, so (s + 1) / 2 for one child and s for all. Axes are crossed one after the
 * other: from each of the m children of the first (the trunk) a branch runs along the next. Each tensor has the order of axes with the fewest hops, and
 * an axis of a single child takes none.
 *
 * `tree`: an H-tree over the n used children, laid out as a square of which the trunk crosses half a side. With a = sqrt(n) and b = sqrt(m), m = children
 * that share a word: a / 2 for the trunk, a - b down to the branch that holds the m children, and 3 (m - b) / 2 for all links within it.
 * @param sizes children on each axis
 * @param used children in use on each axis; >= 1
 * @param shared of those in use, children to which a word goes at once; >= 1, a divisor of `used`
 */
export function averageHops(
  geometry: WireGeometry,
  sizes: ArrayLike<number>,
  used: ArrayLike<number>,
  shared: ArrayLike<number>,
): number {
  const m0 = shared[0] ?? 1;
  const m1 = shared[1] ?? 1;
  const m2 = shared[2] ?? 1;
  if (geometry === 'tree') {
    const children = (used[0] ?? 1) * (used[1] ?? 1) * (used[2] ?? 1);
    const sharing = m0 * m1 * m2;
    return 1.5 * Math.sqrt(children) - 2.5 * Math.sqrt(sharing) + 1.5 * sharing;
  }
  const h0 = lineHops(sizes[0] ?? 1, used[0] ?? 1, m0);
  const h1 = lineHops(sizes[1] ?? 1, used[1] ?? 1, m1);
  const h2 = lineHops(sizes[2] ?? 1, used[2] ?? 1, m2);
  return Math.min(
    h0 + m0 * Math.min(h1 + m1 * h2, h2 + m2 * h1),
    h1 + m1 * Math.min(h0 + m0 * h2, h2 + m2 * h0),
    h2 + m2 * Math.min(h0 + m0 * h1, h1 + m1 * h0),
  );
}

function lineHops(size: number, used: number, shared: number): number {
  return size === 1 ? 0 : (used + shared) / 2;
}

/** Links of all children in hops: those that a word for every child takes. */
function linkHops(geometry: WireGeometry, sizes: readonly number[]): number {
  return averageHops(geometry, sizes, sizes, sizes);
}

/** Problem dims that an axis can serve beyond the first, each of which takes a 2:1 multiplexer per child and bit. */
function extraDims({ size, parallelDims }: WiredAxis): number {
  if (size === 1) return 0;
  return Math.max(0, (parallelDims === 'any' ? DIMS.length : parallelDims.length) - 1);
}

/**
 * The links below one instance of a level. A hop is as long as the side of a square of the area of a child with everything inside it, multiplexers
 * included, and at least as long as the links of a child are wide.
 * @param childMm2 area of one child with everything inside it
 * @param linkBits bits of one weight, one input and one partial sum
 * @param statedPjPerBitHop absent = by the technology
 * @param wire null: the technology knows no wires, so that they have no length and no area
 */
export function fanOutWires(
  geometry: WireGeometry,
  dimensions: readonly WiredAxis[],
  childMm2: number,
  linkBits: number,
  statedPjPerBitHop: number | undefined,
  wire: WireTechnology | null,
): FanOutWires {
  if (wire === null) return { geometry, hopMm: 0, pjPerBitHop: statedPjPerBitHop ?? 0, areaMm2: 0 };
  const sizes = dimensions.map(({ size }) => size);
  const children = sizes.reduce((all, size) => all * size, 1);
  const extra = dimensions.reduce((sum, dimension) => sum + extraDims(dimension), 0);
  const multiplexersMm2 = extra * linkBits * wire.multiplexerMm2;
  const hopMm = Math.max(Math.sqrt(childMm2 + multiplexersMm2), linkBits * wire.pitchMm);
  return {
    geometry,
    hopMm,
    pjPerBitHop: statedPjPerBitHop ?? hopMm * wire.pjPerBitMm,
    areaMm2: linkHops(geometry, sizes) * hopMm * linkBits * wire.pitchMm + children * multiplexersMm2,
  };
}
