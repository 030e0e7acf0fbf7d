/** What an exact search can say of its answer. */
export interface Certificate {
  /** Mappings of the mapspace: tilings x orders of all loop dims per level x kept tensors x spatial choices, as a power of ten. */
  readonly mapspaceLog10: number;
  /** Complete mappings scored by the cost model. */
  readonly evaluations: number;
  /** Partial mappings bounded, and those of them cut by their bound with everything inside. */
  readonly nodes: number;
  readonly cut: number;
  /** Best value found; infinite when nothing was found. */
  readonly incumbent: number;
  /** No mapping of the mapspace has a smaller value (or, with a cutoff, a value below this that is also below the cutoff). */
  readonly lowerBound: number;
  /** Whether the incumbent is proven to be the least value. */
  readonly optimal: boolean;
}
