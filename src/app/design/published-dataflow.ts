import type { Budget } from '../../accelerator/budget.ts';
import type { DataflowTemplate } from '../../mapping/dataflow.ts';
import { loadBudget, loadDataflow, presetNames } from '../presets/load.ts';

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
    if (baseline?.accelerator === accelerator) return loadDataflow(baseline.dataflow);
  return null;
}
