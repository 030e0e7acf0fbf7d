/** A measured figure beside the model's. */
export interface MeasuredPoint {
  readonly name: string;
  /** What it is told apart by on the plot: an array, an accelerator. */
  readonly kind: string;
  readonly measured: number;
  readonly model: number;
}

/** Measured figures of one kind and the model's. */
export interface MeasuredSource {
  /** Word for identifiers of the page; unique on it. */
  readonly id: string;
  readonly title: string;
  /** Of the figures, e.g. `cycles`. */
  readonly unit: string;
  readonly points: readonly MeasuredPoint[];
  /** Spearman's rank correlation; null where there is none. */
  readonly spearman: number | null;
  /** Mean of |model / measured - 1|; null where it says nothing. */
  readonly meanAbsoluteError: number | null;
  /** Further figures: what each is, and its text. */
  readonly facts: readonly (readonly [name: string, text: string])[];
  readonly notes: readonly string[];
  /** Who measured. */
  readonly source: string;
}

/** What a page of measured and modelled figures is made of. */
export interface ValidationInput {
  readonly title: string;
  /** The command that wrote it. */
  readonly commandLine: string;
  readonly version: string;
  readonly sources: readonly MeasuredSource[];
  /** What the figures of accelerators leave out: a sentence, and the names of the accelerators that it holds of. */
  readonly notModelled: readonly { readonly text: string; readonly accelerators: string }[];
  /** Sources that there could be, and how they are given. */
  readonly notGiven: readonly string[];
}
