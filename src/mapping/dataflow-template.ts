import type { Dim, TensorName } from '../util/vocabulary.ts';

/** A loop bound that a template fixes: a number, or `full` = the whole dim (in space: as much of it as the arrays hold). */
export type TemplateBound = number | 'full';

/** Bounds of some dims as a template states them. */
export type TemplateBounds = Partial<Readonly<Record<Dim, TemplateBound>>>;

/** Constraints on one level of a template. */
export interface LevelTemplate {
  /** A level's name, or its role: `outermost`, `array` (innermost level with a fan-out above 1, or with any array), `innermost`. */
  readonly level: string;
  readonly temporal?: TemplateBounds;
  /** Per array dimension; `any` = all array dimensions of the level together: the product of their bounds. */
  readonly spatial?: Readonly<Record<string, TemplateBounds>>;
  /** The only dims that may run in parallel below this level. */
  readonly parallelOnly?: readonly Dim[];
  readonly order?: readonly Dim[];
  readonly keep?: readonly TensorName[];
}

/** A partial mapping that is independent of layer and accelerator: a dataflow, or a user's constraints. */
export interface DataflowTemplate {
  readonly name: string;
  readonly source: string;
  readonly levels: readonly LevelTemplate[];
}
