import { areaMm2 } from '../../accelerator/accelerator.ts';
import { type Budget, type BudgetViolation, checkBudget, violationText } from '../../accelerator/budget.ts';
import { buildAccelerator } from '../../accelerator/build.ts';
import type { AcceleratorSpecification } from '../../accelerator/specification.ts';
import type { Technology } from '../../accelerator/technology.ts';
import type { DataflowTemplate } from '../../mapping/dataflow-template.ts';
import type { NetworkFigures } from '../../search/ports.ts';
import type { BaselineEvent } from '../../search/run-events.ts';
import { TrifoldError } from '../../util/errors.ts';
import {
  isSameFile,
  loadBudget,
  loadDataflow,
  loadSpecification,
  loadTechnology,
  presetNames,
} from '../presets/load.ts';

/** The accelerator that a search inherits from and is compared with. */
export interface Baseline {
  readonly specification: AcceleratorSpecification;
  readonly technology: Technology;
  /** Published dataflow; null when none is known. */
  readonly dataflow: DataflowTemplate | null;
}

/**
 * Loads the baseline of a search.
 * @param own accelerator by name or file; undefined = the budget's own
 * @param technologyName undefined = the accelerator's own
 * @param budget null for a search on one accelerator
 * @throws TrifoldError `usage` when neither names an accelerator, and for unknown names and bad files
 */
export function loadBaseline(
  own: string | undefined,
  technologyName: string | undefined,
  budget: Budget | null,
): Baseline {
  const name = own ?? budget?.baseline?.accelerator;
  if (name === undefined)
    throw new TrifoldError('usage', `budget ${budget?.name} names no baseline accelerator`, {
      hint: 'give one with --baseline: designs inherit its clock, word widths and technology and are compared with it',
    });
  const specification = loadSpecification(name);
  const technology = loadTechnology(technologyName ?? specification.technology);
  return {
    specification: { ...specification, technology: technology.name },
    technology,
    dataflow: publishedDataflow(name, budget),
  };
}

/**
 * The dataflow that an accelerator was published with: as the budget of a run says, or else a budget preset that was taken from it.
 * @param accelerator name of a preset, or a file: nothing was published about that unless the budget names it
 * @param budget null = none
 * @returns null when none is known: that of another accelerator would be no published figure
 * @throws TrifoldError for bad files
 */
export function publishedDataflow(accelerator: string, budget: Budget | null): DataflowTemplate | null {
  const presets = presetNames('budgets').map((name) => loadBudget(name));
  for (const { baseline } of budget === null ? presets : [budget, ...presets])
    if (baseline !== undefined && isSameFile('accelerators', baseline.accelerator, accelerator))
      return baseline.dataflow === undefined ? null : loadDataflow(baseline.dataflow);
  return null;
}

/** A baseline as events tell it. */
export function baselineEvent(
  { template, technology, dataflow }: Omit<Baseline, 'specification'> & { readonly template: AcceleratorSpecification },
  which: BaselineEvent['which'],
  networks: readonly NetworkFigures[],
): BaselineEvent {
  return {
    kind: 'baseline',
    which,
    accelerator: template.name,
    dataflow: which === 'published' ? (dataflow?.name ?? null) : null,
    networks,
    areaMm2: areaMm2(buildAccelerator(template, technology)),
  };
}

/** The limits of a budget that a baseline exceeds; empty where it keeps them, and without a budget. */
export function baselineViolations({
  template,
  technology,
  budget,
}: Pick<Baseline, 'technology'> & {
  readonly template: AcceleratorSpecification;
  readonly budget: Budget | null;
}): readonly BudgetViolation[] {
  return budget === null ? [] : checkBudget(buildAccelerator(template, technology), budget);
}

/** What a gain over a baseline outside the budget is worth, for people; null where it keeps the budget. */
export function outsideBudgetText(violations: readonly BudgetViolation[], baseline: string): string | null {
  if (violations.length === 0) return null;
  return `the baseline ${baseline} exceeds the budget (${violations.map(violationText).join(', ')}): gains are over an accelerator that the budget does not allow`;
}

/** The limits of a budget, without where they come from. */
export function budgetLimits({ baseline: _baseline, source: _source, ...limits }: Budget) {
  return limits;
}
