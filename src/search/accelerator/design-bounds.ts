import type { Budget } from '../../accelerator/budget.ts';
import { boundedLevel, type ParameterBounds } from '../../accelerator/budget-bounds.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import { TrifoldError } from '../../util/errors.ts';
import { BYTES_STEP, designLevels } from './design-levels.ts';

/** Least and most of a searched number; `most` may be infinite. */
export interface SearchedRange {
  readonly least: number;
  readonly most: number;
}

/** What a budget leaves of the parameters that are searched. */
export interface DesignBounds {
  /** Bytes of a register file and of the global buffer, on the steps. */
  readonly l1: SearchedRange;
  readonly l2: SearchedRange;
  /** The only axes of the array, with their sizes; null: any. */
  readonly axes: readonly (SearchedRange & { readonly name: string })[] | null;
}

/**
 * The bounds of a budget on the parameters of designs.
 * @throws TrifoldError `not-found` for a level that designs do not have; as {@link designLevels} does
 */
export function designBounds(baseline: AcceleratorSpecification, { name, bounds = {} }: Budget): DesignBounds {
  const { dram, l2, l1 } = designLevels(baseline);
  const levels = [dram, l2, l1];
  for (const level of Object.keys(bounds.capacityBits ?? {})) {
    const bounded = boundedLevel(levels, level);
    if (bounded === undefined || bounded === dram)
      throw new TrifoldError(
        'not-found',
        `budget ${name} bounds ${level}, which designs do not have or do not search`,
        {
          hint: `they have ${l2.name} (buffer) and ${l1.name} (registers)`,
        },
      );
  }
  const bytes = (own: typeof l1): SearchedRange => {
    const ranges = Object.entries(bounds.capacityBits ?? {}).flatMap(([level, range]) =>
      boundedLevel(levels, level) === own ? [range] : [],
    );
    const least = Math.max(0, ...ranges.map((range) => range.least ?? 0));
    const most = Math.min(...ranges.map((range) => range.most ?? Number.POSITIVE_INFINITY));
    return {
      least: Math.max(1, Math.ceil(least / 8 / BYTES_STEP)) * BYTES_STEP,
      most: Math.floor(most / 8 / BYTES_STEP) * BYTES_STEP,
    };
  };
  const axes = bounds.axisSizes === undefined ? null : Object.entries(bounds.axisSizes).map(axisRange);
  return { l1: bytes(l1), l2: bytes(l2), axes };
}

function axisRange([name, { least = 1, most = Number.POSITIVE_INFINITY }]: readonly [string, ParameterBounds]) {
  return { name, least, most };
}
