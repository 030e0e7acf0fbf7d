import type { SearchCounts } from '../bounds/incumbent.ts';

/** The proof of an exact search, with the work that it took. */
export interface Certificate extends Readonly<SearchCounts> {
  /** Mappings of the mapspace: tilings x orders of all loop dims per level x kept tensors x spatial choices, as a power of ten. */
  readonly mapspaceLog10: number;
  /** Best value found; infinite when nothing was found. */
  readonly incumbent: number;
  /** No mapping of the mapspace has a smaller value (or, with a cutoff, a value below this that is also below the cutoff). */
  readonly lowerBound: number;
  /** Whether the incumbent is proven to be the least value. */
  readonly optimal: boolean;
}
